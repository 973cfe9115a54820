// Monthly credits of a time that a document proves: so much for each bill of a deployment, and for
// some months behind it. Cities differ in the amount, the service and how long it goes on, so all
// of that is data.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::billing::adjustment {

namespace reason {
inline constexpr Reason kMonthlyNone{"MONTHLY_NONE"};
}  // namespace reason

struct MonthlyRule {
  Money amount;                 // for each bill
  int after_months = 0;         // behind the end, in which bills are credited too; 0 to 60
  bool at_most_billed = false;  // no more than the bill has for the service
  bool operator==(const MonthlyRule&) const = default;
};
void Validate(const MonthlyRule& rule, const std::string& field, Fields& fields);

// What the document proves; without an end it has not ended.
struct ProvenTime {
  Date from_date;
  std::optional<Date> to_date;
};
// The last day whose bills are credited; nothing while the time has no end.
std::optional<Date> LastDay(const MonthlyRule& rule, const ProvenTime& time);

// A posted bill of the service.
struct MonthBill {
  std::int64_t bill_id = 0;
  Date bill_date;  // of a rebill that of the bill whose place it took
  Money amount;    // of the service
};
struct MonthlyLine {
  std::int64_t bill_id = 0;
  Date bill_date;
  Money amount;  // above zero
  bool operator==(const MonthlyLine&) const = default;
};
// The credit of each bill of that time that has none yet, in the order of `bills`. MONTHLY_NONE if
// there is none.
Result<std::vector<MonthlyLine>> CreditMonths(const MonthlyRule& rule, const ProvenTime& time,
                                              std::span<const MonthBill> bills,
                                              const std::set<std::int64_t>& credited);

// "2026-05-01..2026-09-30 and 2 months"
std::string FindingOf(const MonthlyRule& rule, const ProvenTime& time);
// "bill 77 of 2026-09-30: 25.00"
std::string FindingOf(const MonthlyLine& line);
// "2026-05-01..2026-09-30", or "2026-05-01..".
std::string TimeText(const ProvenTime& time);
// "2026-05-01..2026-09-30,77=2500,78=2500": the time, and credited cents by bill, as the adjustment
// keeps it.
std::string BasisText(const ProvenTime& time, std::span<const MonthlyLine> lines);
// The bills that such a basis credits, or that of a leak ("77=60000").
std::set<std::int64_t> BillsOfBasis(const std::string& basis);

}  // namespace reeve::billing::adjustment
