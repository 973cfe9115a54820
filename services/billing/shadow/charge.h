// Charge: the lines of one component of a schedule beside those of the same name on the old bill,
// for the same days and use. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/billing/rate/price.h"
#include "services/billing/shadow/shadow.h"

namespace reeve::billing::shadow {

// What Reeve charges under one name.
struct Charge {
  std::string name;
  std::vector<rate::Line> lines;
  std::int64_t cents = 0;
  bool is_percent = false;
  rate::Terms terms;
};
// Adds lines of a schedule to the charges, which stay in the order in which they came.
void AddCharges(const rate::Tariff& tariff, const std::string& schedule_code,
                const std::vector<rate::Line>& lines, std::vector<Charge>& charges);

struct ChargeDifference {
  std::string name;
  Cause cause = Cause::kUnexplained;
  std::int64_t effect_cents = 0;
  std::string evidence;
};
// What differs, in the order of the old lines, then those that only Reeve has. The effects add up
// to Reeve's charges less the old lines.
//
//   LINE_MISSING, LINE_EXTRA  only one side has the name, and it is not zero
//   TAX_FOLLOWS               a percentage, right for the lines as the old bill has them (to a
//   cent) QUANTITY                  the old lines tell their quantities, and they come to another
//   one TIER_SPLIT                the same quantity, in other parts; or, untold, in another number
//   of them ROUNDING                  at most a cent for each line PRICE                     all
//   else
std::vector<ChargeDifference> CompareCharges(const std::vector<Charge>& charges,
                                             const std::vector<OldLine>& old_lines);

}  // namespace reeve::billing::shadow
