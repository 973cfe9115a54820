// Pricing by a flat plan, in 64 bits and without a copy.
#pragma once

#include <vector>

#include "services/billing/rate/price.h"

namespace reeve::billing::rate {

// Appends the lines that Price would. False, and nothing appended, where something is not as it
// nearly always is.
bool PriceFlat(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines);

}  // namespace reeve::billing::rate
