// Estimates: what a meter that nobody could read has probably measured. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::billing::read {

// Which periods an estimate is made from. kPrior: the newest. kSameSeason: those that ended at most
// fifteen days from the same day of earlier years, the newest first.
enum class Basis { kPrior, kSameSeason };
std::string_view BasisName(Basis basis);  // "SAME_SEASON"
Basis ParseBasis(std::string_view name);

// The city's method, from a day on.
struct EstimatePolicy {
  Date effective_date;
  std::string citation;
  Basis basis = Basis::kPrior;
  int period_count = 1;  // 1 to 24
  bool drops_extremes =
      false;             // of three periods or more, those of the most and the least use a day
  int in_a_row_max = 1;  // then somebody must read the meter
};

// A period that was billed.
struct BilledUse {
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;
  bool estimated = false;  // it ends with an estimate
};

namespace reason {
inline constexpr Reason kNoHistory{"NO_HISTORY"};
}  // namespace reason

// Use between two days: sum of the use of its periods over the sum of their days, times the days,
// to the nearest whole unit (a half is one): 110 in 90 days are 37 in 30. `billed` is newest first;
// estimated periods count as one with the period whose read ended them, and not before.
// FAILED_PRECONDITION NO_HISTORY if there are fewer periods than the method takes.
Result<std::int64_t> EstimateUse(const EstimatePolicy& policy, std::span<const BilledUse> billed,
                                 Date from_date, Date to_date);

// The part of what was used between two reads that belongs to the days up to one between them, to
// the nearest whole unit, and never more whole units than were used.
std::int64_t PartOfUse(std::int64_t usage_thousandths, Date from_date, Date day, Date to_date);

// What would be estimated for the days of `billed` by the use a day of an estimate that was billed,
// to the nearest thousandth.
std::int64_t StandardEstimate(std::int64_t usage_thousandths, std::int64_t day_count,
                              const BilledUse& billed);
// Whether what a read brings behind an estimate is 150 % of the standard estimate or more.
bool IsCatchUp(const BilledUse& billed, std::int64_t standard_thousandths);
// What the presumption is and what follows from it, with its force: a template binds no city, and
// is cited to no customer unless the city has adopted it.
inline constexpr std::string_view kBackBillWords =
    "at 150 % or more the bill is presumed a back-bill, sent within 3 months of the discovery and "
    "for at most 24 months back, but for fraud (template: Utah R746-310-8)";

// What the register shows after that use.
std::int64_t RegisterAfter(std::int64_t last_thousandths, std::int64_t usage_thousandths,
                           int register_digits, std::int64_t multiplier_thousandths);

}  // namespace reeve::billing::read
