// Decimal text of a scaled integer: what Money, Rate and Quantity have in common when they are read
// and printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/core/result.h"

namespace reeve {

// Reads [-]digits[.digits] with at most `decimals` digits behind the point, as an integer of
// 10^-decimals. INVALID_REQUEST if it is spelled otherwise (a sign, blank or letter elsewhere, a
// bare point, too many decimals), AMOUNT_OUT_OF_RANGE if the absolute value exceeds `max`.
Result<std::int64_t> ParseDecimal(std::string_view text, int decimals, std::int64_t max);

// The inverse. Trailing zeros are left out down to `decimals_min` digits behind the point.
std::string PrintDecimal(std::int64_t value, int decimals, int decimals_min);

}  // namespace reeve
