// File parts: a file of lines goes to a service in parts, each within the limits of one call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "services/reevectl/commands/noun.h"
#include "shared/core/canonical.h"

namespace reeve::reevectl {

struct PartLimits {
  std::int64_t lines_max = 0;
  std::size_t bytes_max = 0;
};

// Name and content of a file.
struct LinesFile {
  std::string name;
  std::string text;
};
LinesFile ReadLines(const std::string& path);

// The part of `text` that begins at `start` and ends with a line; `lines` is how many it has.
std::string_view PartOf(std::string_view text, std::size_t start, const PartLimits& limits,
                        std::int64_t& lines);

// Sends all parts, one behind the other, and answers what the last of them did.
template <class Answer, class Request>
Result<Answer> SendParts(Desk& desk, const std::string& method, const LinesFile& file,
                         const PartLimits& limits, Request request) {
  request.set_file_name(file.name);
  request.set_file_sha256(Sha256(file.text));
  std::int64_t first_line = 1;
  for (std::size_t start = 0;;) {
    std::int64_t lines = 0;
    const std::string_view part = PartOf(file.text, start, limits, lines);
    request.set_first_line(first_line);
    request.set_lines(std::string(part));
    request.set_last_part(start + part.size() == file.text.size());
    request.set_request_id(desk.NewRequestId());
    REEVE_ASSIGN_OR_RETURN(const Answer answer, desk.Send<Answer>(method, request));
    start += part.size();
    first_line += lines;
    if (request.last_part()) return answer;
    if (part.empty()) {
      return Error(Code::kInvalidArgument, reason::kInvalidRequest,
                   "Line " + std::to_string(first_line) + " is longer than a call may be.");
    }
  }
}

}  // namespace reeve::reevectl
