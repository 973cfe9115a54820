#include "services/reevectl/commands/line_parts.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "shared/core/fields.h"

namespace reeve::reevectl {
namespace {

constexpr std::size_t kBytesMax = 500'000;

}  // namespace

Result<std::vector<LinePart>> PartsOf(const std::string& text, std::int64_t lines_max) {
  std::vector<LinePart> parts(1);
  std::int64_t lines = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::int64_t line = parts.back().first_line + lines;
    if (end - start > kBytesMax) {
      return Error(Code::kInvalidArgument, reason::kInvalidRequest,
                   "Line " + std::to_string(line) + " is longer than a call may be.");
    }
    if (lines == lines_max || parts.back().lines.size() + end - start > kBytesMax) {
      parts.push_back({line, ""});
      lines = 0;
    }
    parts.back().lines.append(text, start, end - start);
    ++lines;
    start = end;
  }
  return parts;
}

std::string ReadWhole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace reeve::reevectl
