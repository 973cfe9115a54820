// FilePart: a large file comes in parts of whole lines, in their order. Each is taken once; a part
// that came before has no second effect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/core/canonical.h"
#include "shared/core/fields.h"
#include "shared/core/result.h"

namespace reeve::billing::file {

namespace reason {
inline constexpr Reason kPartDiffers{"PART_DIFFERS"};
inline constexpr Reason kPartMissing{"PART_MISSING"};
}  // namespace reason

struct FilePart {
  std::string name;             // of the file, for people
  std::string file_sha256;      // of the whole file, 32 bytes
  std::int64_t first_line = 0;  // number of its first line; 1 begins the file
  std::string lines;            // at most kBytesMax
  bool last_part = false;       // it ends the file

  std::string digest() const { return Sha256(lines); }
  std::int64_t next_line() const;  // where the part behind it begins
  // Adds it to what its command is known by.
  Canonical AddTo(Canonical canonical) const;
};

inline constexpr std::size_t kBytesMax = 500'000;

// Refuses lines that are no part of a file, of which each has at most `lines_max`.
void CheckLines(Fields& fields, std::int64_t first_line, const std::string& lines,
                std::int64_t lines_max);

// A request's fields file_name, file_sha256, first_line, lines and last_part.
FilePart CheckPart(Fields& fields, FilePart part, std::int64_t lines_max);
template <class Request>
FilePart ParsePart(Fields& fields, const Request& request, std::int64_t lines_max) {
  return CheckPart(fields,
                   {request.file_name(), request.file_sha256(), request.first_line(),
                    request.lines(), request.last_part()},
                   lines_max);
}

// How far a file has come.
struct Progress {
  std::int64_t next_line = 1;
  bool complete = false;
};
enum class Arrival { kNext, kRepeated };
// `known_digest` is of the part that began at the same line; nothing if none has come.
// FAILED_PRECONDITION PART_DIFFERS (it came before with other lines), `complete` (all have come),
// PART_MISSING with next_line.
Result<Arrival> Arrive(const FilePart& part, const std::optional<std::string>& known_digest,
                       const Progress& progress, Reason complete);

}  // namespace reeve::billing::file
