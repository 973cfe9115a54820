#include "services/billing/file/rows.h"

#include <algorithm>

#include "shared/core/fields.h"

namespace reeve::billing::file {
namespace {

Error WrongHeader(std::string_view header) {
  Fields fields;
  fields.Refuse("lines", "the first line is not \"" + std::string(header) + "\"");
  return fields.error();
}

std::string_view WithoutReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<NumberedRow>> SplitLines(std::string_view text, std::int64_t first_line,
                                            std::string_view header) {
  std::vector<NumberedRow> rows;
  std::int64_t line = first_line;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view one = WithoutReturn(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line == 1) {
      if (one != header) return WrongHeader(header);
    } else if (!one.empty()) {
      rows.push_back({line, one});
    }
  }
  if (first_line == 1 && line == 1) return WrongHeader(header);
  return rows;
}

std::int64_t NextLine(std::string_view text, std::int64_t first_line) {
  const std::int64_t breaks = std::count(text.begin(), text.end(), '\n');
  return first_line + breaks + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

std::string Excerpt(std::string_view row) {
  std::string excerpt(row.substr(0, kExcerptMax));
  std::replace_if(
      excerpt.begin(), excerpt.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return excerpt;
}

}  // namespace reeve::billing::file
