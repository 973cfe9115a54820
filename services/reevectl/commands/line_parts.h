// LinePart: a file that is sent in calls of whole lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shared/core/result.h"

namespace reeve::reevectl {

struct LinePart {
  std::int64_t first_line = 1;
  std::string lines;
};
// Each within the limits of one call: so many lines, 500,000 bytes. INVALID_REQUEST if a line alone
// is longer.
Result<std::vector<LinePart>> PartsOf(const std::string& text, std::int64_t lines_max);

}  // namespace reeve::reevectl
