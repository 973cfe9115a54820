// Leak adjustments: how much of a leak's water is credited. Cities differ in everything but the
// form, so the parameters are data: a share of what lies above so many times the normal use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/result.h"
#include "shared/core/rounding.h"
#include "shared/core/spelling.h"

namespace reeve::billing::adjustment {

namespace reason {
inline constexpr Reason kLeakBills{"LEAK_BILLS"};
inline constexpr Reason kLeakTooSoon{"LEAK_TOO_SOON"};
inline constexpr Reason kLeakPeriods{"LEAK_PERIODS"};
inline constexpr Reason kLeakHistory{"LEAK_HISTORY"};
inline constexpr Reason kLeakTooSmall{"LEAK_TOO_SMALL"};
}  // namespace reason

// What normal use is: the mean of the periods just before the leak, or of the same period in the
// years before.
enum class NormalOf { kPeriodsBefore, kYearsBefore };
inline constexpr Spelling<NormalOf, 2> kNormalOfName{{"PERIODS_BEFORE", "YEARS_BEFORE"}};

// How long after one adjustment the next may follow.
enum class Again { kNever, kNextCalendarYear, kAfterMonths };
inline constexpr Spelling<Again, 3> kAgainName{{"NEVER", "NEXT_CALENDAR_YEAR", "AFTER_MONTHS"}};

inline constexpr Spelling<Rounding, 4> kCreditRoundingName{{"HALF_UP", "HALF_EVEN", "DOWN", "UP"}};

struct LeakRule {
  NormalOf normal_of = NormalOf::kPeriodsBefore;
  int normal_count = 3;               // periods or years, 1 to 60
  int trigger_percent = 100;          // of normal use that a leak must at least have reached
  int above_percent = 100;            // of normal use that the customer pays in full
  int credit_percent = 50;            // of what lies above that
  int periods_max = 1;                // that a leak may have run over
  int periods_credited_max = 1;       // of them, those of the largest use
  std::int64_t step_thousandths = 1;  // credits are whole multiples of it
  Rounding rounding = Rounding::kHalfUp;
  Again again = Again::kAfterMonths;
  int again_months = 12;  // of kAfterMonths
  bool operator==(const LeakRule&) const = default;
};
void Validate(const LeakRule& rule, const std::string& field, Fields& fields);

// A period of one service: the days behind `from_date` up to `to_date`.
struct UsePeriod {
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;  // at most 10^15
};

struct LeakShare {
  std::size_t period = 0;                   // index in the leak's periods
  std::int64_t normal_sum_thousandths = 0;  // normal use is this divided by the rule's count
  std::int64_t credited_thousandths = 0;    // above zero, at most the period's use
  bool operator==(const LeakShare&) const = default;
};

// True if an adjustment on `today` may follow one on `last`.
bool MayFollow(const LeakRule& rule, Date last, Date today);

// The credited use of each period that gets some, in the order of the periods. `leak` are the
// leak's periods in the order of their days, `history` all others of the service, `earlier` the
// days of earlier adjustments. Refusals in this order: LEAK_TOO_SOON, LEAK_PERIODS (none, or more
// than a leak may run over), LEAK_HISTORY (too few periods to know what is normal), LEAK_TOO_SMALL.
Result<std::vector<LeakShare>> CreditLeak(const LeakRule& rule, std::span<const UsePeriod> leak,
                                          std::span<const UsePeriod> history,
                                          std::span<const Date> earlier, Date today);

}  // namespace reeve::billing::adjustment
