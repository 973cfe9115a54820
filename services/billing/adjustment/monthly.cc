#include "services/billing/adjustment/monthly.h"

#include <algorithm>
#include <limits>

#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::adjustment {
namespace {

constexpr int kAfterMonthsMax = 60;
constexpr std::int64_t kAmountMax = 100'000'00;

}  // namespace

void Validate(const MonthlyRule& rule, const std::string& field, Fields& fields) {
  fields.Range(field + "amount_cents", rule.amount.cents(), 1, kAmountMax);
  fields.Range(field + "after_months", rule.after_months, 0, kAfterMonthsMax);
}

std::optional<Date> LastDay(const MonthlyRule& rule, const ProvenTime& time) {
  if (!time.to_date) return std::nullopt;
  return time.to_date->PlusMonths(rule.after_months);
}

Result<std::vector<MonthlyLine>> CreditMonths(const MonthlyRule& rule, const ProvenTime& time,
                                              std::span<const MonthBill> bills,
                                              const std::set<std::int64_t>& credited) {
  const std::optional<Date> last = LastDay(rule, time);
  std::vector<MonthlyLine> lines;
  for (const MonthBill& bill : bills) {
    if (bill.bill_date < time.from_date || (last && bill.bill_date > *last)) continue;
    if (credited.contains(bill.bill_id)) continue;
    const Money amount = rule.at_most_billed ? std::min(rule.amount, bill.amount) : rule.amount;
    if (amount > Money()) lines.push_back({bill.bill_id, bill.bill_date, amount});
  }
  if (lines.empty()) {
    return FailedPrecondition(reason::kMonthlyNone, "No bill of that time is without this credit.");
  }
  return lines;
}

std::string FindingOf(const MonthlyRule& rule, const ProvenTime& time) {
  return TimeText(time) + " and " + std::to_string(rule.after_months) + " months";
}

std::string FindingOf(const MonthlyLine& line) {
  return "bill " + std::to_string(line.bill_id) + " of " + line.bill_date.ToString() + ": " +
         line.amount.ToString();
}

std::string TimeText(const ProvenTime& time) {
  return time.from_date.ToString() + ".." + (time.to_date ? time.to_date->ToString() : "");
}

std::string BasisText(const ProvenTime& time, std::span<const MonthlyLine> lines) {
  std::string text = TimeText(time);
  for (const MonthlyLine& line : lines) {
    text += "," + std::to_string(line.bill_id) + "=" + std::to_string(line.amount.cents());
  }
  return text;
}

std::set<std::int64_t> BillsOfBasis(const std::string& basis) {
  std::set<std::int64_t> bills;
  for (const std::string& item : SplitList(basis)) {
    if (item.find('=') == std::string::npos) continue;
    const Result<std::int64_t> bill =
        ParseDecimal(SplitPair(item, '=').first, 0, std::numeric_limits<std::int64_t>::max());
    if (bill.ok()) bills.insert(*bill);
  }
  return bills;
}

}  // namespace reeve::billing::adjustment
