#include "services/reevectl/commands/file_parts.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace reeve::reevectl {

LinesFile ReadLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return {path.substr(path.rfind('/') + 1), content.str()};
}

std::string_view PartOf(std::string_view text, std::size_t start, const PartLimits& limits,
                        std::int64_t& lines) {
  std::size_t end = start;
  for (lines = 0; lines < limits.lines_max && end < text.size(); ++lines) {
    const std::size_t next = std::min(text.find('\n', end), text.size() - 1) + 1;
    if (next - start > limits.bytes_max) break;
    end = next;
  }
  return text.substr(start, end - start);
}

}  // namespace reeve::reevectl
