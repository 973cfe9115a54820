// Csv: a published file of rows (RFC 4180: quoted cells, quotes doubled, line breaks inside
// quotes).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/result.h"

namespace reeve::reevectl {

struct CsvRow {
  std::int64_t line = 0;                     // where it begins, from 1
  std::map<std::string, std::string> cells;  // by the name in the header
};

// INVALID_REQUEST, with the line, if a row has more or fewer cells than the header or a quote stays
// open.
Result<std::vector<CsvRow>> ParseCsv(std::string_view text);

}  // namespace reeve::reevectl
