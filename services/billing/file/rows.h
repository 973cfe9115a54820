// Rows of a file of lines that somebody brings in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/result.h"

namespace reeve::billing::file {

inline constexpr std::size_t kExcerptMax = 200;

// A row with the number of its line in the file. Blank lines count, but are no rows.
struct NumberedRow {
  std::int64_t line = 0;
  std::string_view text;
};

// Splits at line breaks (LF or CRLF). The first line of a file is its header and is left out.
// INVALID_REQUEST if it is another one.
Result<std::vector<NumberedRow>> SplitLines(std::string_view text, std::int64_t first_line,
                                            std::string_view header);

// Number of the line behind these.
std::int64_t NextLine(std::string_view text, std::int64_t first_line);

// A row as it may be kept and shown: at most kExcerptMax printable ASCII characters, '?' for
// any other byte.
std::string Excerpt(std::string_view row);

}  // namespace reeve::billing::file
