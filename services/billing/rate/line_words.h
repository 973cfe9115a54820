// The words of a printed line and of its derivation. They are never stored: a version does not
// change, so that they are made when somebody reads them. All take lines that Price made.
#pragma once

#include <span>
#include <string>

#include "services/billing/rate/price.h"

namespace reeve::billing::rate {

std::string Description(const Schedule& version, const Line& line);   // "Energy (first 500 kWh)"
std::string QuantityText(const Schedule& version, const Line& line);  // "123 kWh"; may be empty
std::string RateText(const Schedule& version, const Line& line);      // "0.1019"; may be empty
// "300 of 812 kWh lie above 500 and up to 1000"; `lines` are all of the segment.
std::string Basis(const Schedule& version, std::span<const Line> lines, const Line& line);
// "300 x 0.1019 = 30.57"; the product is exact, before rounding, or ends in "...".
std::string Formula(const Schedule& version, const Line& line);

}  // namespace reeve::billing::rate
