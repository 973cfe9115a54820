#include "services/billing/file/file_part.h"

#include <utility>

#include "services/billing/file/rows.h"

namespace reeve::billing::file {
namespace {

constexpr std::size_t kDigestSize = 32;
constexpr std::int64_t kFirstLineMax = 1'000'000'000;

}  // namespace

std::int64_t FilePart::next_line() const { return NextLine(lines, first_line); }

Canonical FilePart::AddTo(Canonical canonical) const {
  return std::move(canonical.Add("file_name", name)
                       .Add("first_line", first_line)
                       .Add("lines", digest())
                       .Add("last_part", last_part ? 1 : 0));
}

void CheckLines(Fields& fields, std::int64_t first_line, const std::string& lines,
                std::int64_t lines_max) {
  fields.Range("first_line", first_line, 1, kFirstLineMax);
  if (lines.size() > kBytesMax) fields.Refuse("lines", "have more than 500,000 bytes");
  if (NextLine(lines, 0) > lines_max) {
    fields.Refuse("lines", "are more than " + std::to_string(lines_max));
  }
}

FilePart CheckPart(Fields& fields, FilePart part, std::int64_t lines_max) {
  part.name = fields.Text("file_name", part.name, 1, 200);
  CheckLines(fields, part.first_line, part.lines, lines_max);
  if (part.file_sha256.size() != kDigestSize) {
    fields.Refuse("file_sha256", "is not 32 bytes");
  } else if (part.first_line == 1 && part.last_part && part.digest() != part.file_sha256) {
    fields.Refuse("file_sha256", "is not the digest of the lines");
  }
  if (!part.last_part && !part.lines.ends_with('\n')) {
    fields.Refuse("lines", "do not end with a whole line");
  }
  return part;
}

Result<Arrival> Arrive(const FilePart& part, const std::optional<std::string>& known_digest,
                       const Progress& progress, Reason complete) {
  if (known_digest) {
    if (*known_digest == part.digest()) return Arrival::kRepeated;
    return FailedPrecondition(reason::kPartDiffers, "This part came before with other lines.");
  }
  if (progress.complete) {
    return FailedPrecondition(complete, "All parts of this file have come.");
  }
  if (part.first_line != progress.next_line) {
    return FailedPrecondition(reason::kPartMissing, "The part before this one has not come.")
        .With("next_line", progress.next_line);
  }
  return Arrival::kNext;
}

}  // namespace reeve::billing::file
