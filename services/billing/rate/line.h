// Line: what pricing prints, with its derivation.
#pragma once

#include <cstdint>

#include "shared/core/date.h"
#include "shared/core/money.h"

namespace reeve::billing::rate {

// A printed line with its derivation: rate x quantity, rounded once as its version says; of
// kMinimum, kMaximum and kRoundOff what lines above lack of that, or have above it.
struct Line {
  Date effective_date;         // of the version
  std::int64_t component = 0;  // index in the version
  std::int64_t tier = 0;       // index in the component's tiers or sizes
  // Of use, of load, of the agreement's unit, of bills, days or months; dollars for kPercent and
  // kRoundOff, 0 for kNotLoaded. In thousandths, to be divided by `quantity_divisor`.
  std::int64_t quantity_thousandths = 0;
  std::int64_t quantity_divisor = 1;
  std::int64_t day_count = 0;  // days that the line is for
  Rate rate;
  Money amount;
  bool operator==(const Line&) const = default;
};

}  // namespace reeve::billing::rate
