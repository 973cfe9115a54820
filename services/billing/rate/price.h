// Price: the one pure function from a period and its use to printed lines. Exact integers
// throughout: a quantity is a fraction, and every line is rounded on its own, once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "services/billing/rate/line.h"
#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {

namespace reason {
inline constexpr Reason kVersionMissing{"VERSION_MISSING"};
inline constexpr Reason kFactMissing{"FACT_MISSING"};
inline constexpr Reason kValueNotLoaded{"VALUE_NOT_LOADED"};
inline constexpr Reason kFeeUnknown{"FEE_UNKNOWN"};
}  // namespace reason

// Use or load in one time of use, by its name.
struct ByPeriod {
  std::string_view period;
  std::int64_t thousandths = 0;           // >= 0
  std::int64_t received_thousandths = 0;  // of use, where the meter counts that; >= 0
};

// What one meter showed between two of its reads.
struct Measured {
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;   // >= 0
  std::span<const ByPeriod> by_period;  // of time-of-use meters
  std::string_view meter_size;          // if empty, it is that of Facts
  // What the customer delivered; of a meter that counts it.
  std::optional<std::int64_t> received_thousandths;
};

// What a water budget is made of.
struct BudgetFacts {
  std::int64_t people = 0;
  std::int64_t square_feet = 0;         // that are irrigated
  std::int64_t inches_thousandths = 0;  // of evapotranspiration in the period
};

// What is billed: the days between two dates, as the version counts them.
struct Period {
  Date from_date;
  Date to_date;
  Date bill_date;
};

// What is known of the agreement in the period. What a component needs and is not here is missing:
// that is refused, never taken for nothing.
struct Facts {
  // One behind the other over the whole period: two when a meter was exchanged. None: no meter.
  std::span<const Measured> measured;
  std::int64_t quantity_thousandths = 0;  // the agreement's; >= 0
  std::string_view meter_size;
  std::span<const ByPeriod> demands;  // kW, of the period
  // Highest of each month before, newest first; 0 in one that the ratchet leaves out.
  std::span<const std::int64_t> earlier_demands;
  bool allows_not_loaded = false;       // a demo prints what production refuses
  std::optional<Rate> power_factor;     // of the period; above 0, at most 1
  std::int64_t banked_thousandths = 0;  // delivered in earlier periods; >= 0
  std::optional<BudgetFacts> budget;

  std::string_view SizeOf(const Measured& meter) const {
    return meter.meter_size.empty() ? meter_size : meter.meter_size;
  }
  // Of the meter in place at the end; empty if it is not known.
  std::string_view LastSize() const {
    return measured.empty() ? meter_size : SizeOf(measured.back());
  }
};

// Appends the lines of the period: by version, oldest first, then in the order of the components; a
// block or unit of which nothing was used has none. A version that takes effect within the period
// splits it; use that was measured over the split is divided by days, by largest remainder (of two
// equal ones the earlier). On a refusal `lines` is as before:
// INVALID_REQUEST (dates that do not follow each other), VERSION_MISSING (a day without prices),
// VALUE_NOT_LOADED (unless allowed), FACT_MISSING, AMOUNT_OUT_OF_RANGE.
Result<> Price(const Versions& versions, const Period& period, const Facts& facts,
               std::vector<Line>& lines);

// rate x thousandths / divisor in cents, rounded as `terms` say.
Result<Money> LineAmount(const Terms& terms, Rate rate, std::int64_t thousandths,
                         std::int64_t divisor);

// What a one-off fee comes to by a version of kFeeService. FEE_UNKNOWN if it has none of that name,
// VALUE_NOT_LOADED if its value is not known.
Result<Money> FeeOf(const Schedule& fees, std::string_view name);

// Days of the period as a version counts them.
std::int64_t CountDays(DayCount day_count, Date from_date, Date to_date);

}  // namespace reeve::billing::rate
