// Simulation: a bill as it would be with other use, dates or schedules. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "services/billing/cycle/cycle.h"
#include "shared/core/fields.h"

namespace reeve::billing::bill {

// What is changed in all parts of a service; what is not given stays.
struct Change {
  std::string service;  // empty: all that have no change of their own
  std::optional<std::int64_t> usage_thousandths;
  std::optional<std::int64_t> quantity_thousandths;
  std::optional<Date> from_date;
  std::optional<Date> to_date;
  std::optional<std::string> schedule_code;
};

// The bill with its changes, not priced. Refuses under "changes[0].usage" and the like: a service
// that the bill does not have or that is changed twice, use of an unmetered service or of several
// meters at once, dates that do not follow each other, a schedule that is not there or not for the
// service, its unit and what its quantity counts.
cycle::Bill ApplyChanges(const cycle::Bill& bill, const rate::Tariff& tariff,
                         std::span<const Change> changes, Fields& fields);

// Prices every part on the bill's date; what comes of it is nobody's bill and has no id. Refuses as
// cycle::PriceSegment does.
Result<cycle::Bill> PriceAnew(cycle::Bill bill, const rate::Tariff& tariff, cycle::Kind kind);

}  // namespace reeve::billing::bill
