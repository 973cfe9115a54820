// What credited use is worth: each bill is priced again, by the versions that priced it, with the
// use that is left. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/adjustment/leak.h"
#include "services/billing/cycle/cycle.h"

namespace reeve::billing::adjustment {

// A posted bill of the leak, with segments and lines.
struct LeakBill {
  cycle::Bill bill;
  cycle::Kind kind = cycle::Kind::kProduction;  // of the run that made it
};

// The service's measured days and use on a bill; nothing if it has none.
std::optional<UsePeriod> PeriodOf(const cycle::Bill& bill, std::string_view service);

// What the bill's lines of the service would be less with so much less use, taken from the segment,
// and in it from the meter, of the largest use first. Refuses as PriceSegment does.
Result<Money> WorthOf(const rate::Tariff& tariff, const LeakBill& leak, std::string_view service,
                      std::int64_t credited_thousandths);

// One bill's part of a leak adjustment.
struct LeakLine {
  std::int64_t bill_id = 0;
  UsePeriod period;
  std::int64_t normal_thousandths = 0;  // rounded half up, to be read
  std::int64_t credited_thousandths = 0;
  Money amount;
};
// The credits of the rule and what they are worth; refusals as CreditLeak's, then LEAK_TOO_SMALL if
// they are worth nothing. `bills` are in the order of their days and have the service.
Result<std::vector<LeakLine>> PriceLeak(const LeakRule& rule, std::string_view service,
                                        const rate::Tariff& tariff, std::span<const LeakBill> bills,
                                        std::span<const UsePeriod> history,
                                        std::span<const Date> earlier, Date today);

// "bill 77 to 2026-09-30: use 125, normal 6, credited 60, worth 12.34"
std::string FindingOf(const LeakLine& line);

// "77=60000,78=1500": credited thousandths by bill, as the adjustment keeps it.
std::string BasisText(std::span<const LeakLine> lines);

}  // namespace reeve::billing::adjustment
