#include "services/billing/adjustment/monthly_store.h"

#include <map>

namespace reeve::billing::adjustment {
namespace {

constexpr db::Query kInsertRule{
    "monthly_rule_insert",
    "INSERT INTO monthly_rule (type_code, effective_date, amount_cents, after_month_count, "
    "at_most_billed) VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Query kFindRule{"monthly_rule_find",
                              "SELECT amount_cents, after_month_count, at_most_billed "
                              "FROM monthly_rule WHERE type_code = $1 AND effective_date = $2"};
constexpr db::Query kBills{
    "monthly_bills",
    "SELECT b.bill_id, coalesce(r.priced_date, b.bill_date), CASE WHEN r.rebilled_bill_id = 0 "
    "THEN CAST(sum(s.amount_cents) AS BIGINT) ELSE coalesce((SELECT "
    "CAST(sum(c.amount_cents) AS BIGINT) FROM rebill_charge c WHERE c.account_id = b.account_id "
    "AND c.bill_id = b.bill_id AND c.service = $2), 0) END "
    "FROM bill b JOIN cycle_run r ON r.cycle_id = b.cycle_id "
    "JOIN bill_segment s ON s.account_id = b.account_id AND s.bill_id = b.bill_id "
    "WHERE b.account_id = $1 AND s.service = $2 AND s.state = 'BILLED' AND b.state = 'POSTED' "
    "GROUP BY b.account_id, b.bill_id, coalesce(r.priced_date, b.bill_date), r.rebilled_bill_id "
    "ORDER BY coalesce(r.priced_date, b.bill_date), b.bill_id"};
constexpr db::Query kCredited{
    "monthly_credited",
    "SELECT basis FROM adjustment WHERE account_id = $1 AND type_code = $2 AND "
    "state IN ('PROPOSED', 'POSTED') ORDER BY adjustment_no"};
constexpr db::Query kRebilled{
    "monthly_rebilled",
    "SELECT bill_id, rebilled_bill_id FROM bill_rebill WHERE account_id = $1 ORDER BY bill_id"};

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const std::string& type_code, Date effective_date, const MonthlyRule& rule,
                 const Use& use) {
  return use(type_code, effective_date, rule.amount, rule.after_months, rule.at_most_billed);
}

}  // namespace

Cells CellsOfMonthlyRule(const std::string& type_code, Date effective_date,
                         const MonthlyRule& rule) {
  return WithColumns(type_code, effective_date, rule, kToCells);
}

void InsertMonthlyRule(db::Transaction& tx, const std::string& type_code, Date effective_date,
                       const MonthlyRule& rule) {
  WithColumns(type_code, effective_date, rule,
              [&tx](const auto&... cells) { tx.Execute(kInsertRule, cells...); });
}

std::optional<MonthlyRule> FindMonthlyRule(db::Transaction& tx, const std::string& type_code,
                                           Date effective_date) {
  const db::Rows rows = tx.Select(kFindRule, type_code, effective_date);
  if (rows.empty()) return std::nullopt;
  return MonthlyRule{rows[0].Cents(0), static_cast<int>(rows[0].Int(1)), rows[0].Bool(2)};
}

std::vector<MonthBill> LoadMonthBills(db::Transaction& tx, AccountId account,
                                      const std::string& service) {
  std::vector<MonthBill> bills;
  for (const db::Rows::Row row : tx.Select(kBills, account, service)) {
    bills.push_back({row.Int(0), row.Day(1), row.Cents(2)});
  }
  return bills;
}

std::set<std::int64_t> CreditedBills(db::Transaction& tx, AccountId account,
                                     const std::string& type_code) {
  std::set<std::int64_t> bills;
  for (const db::Rows::Row row : tx.Select(kCredited, account, type_code)) {
    bills.merge(BillsOfBasis(row.Text(0)));
  }
  if (bills.empty()) return bills;
  std::map<std::int64_t, std::int64_t> rebilled;
  for (const db::Rows::Row row : tx.Select(kRebilled, account)) rebilled[row.Int(0)] = row.Int(1);
  for (const auto& [bill, unused] : rebilled) {
    for (auto at = rebilled.find(bill); at != rebilled.end(); at = rebilled.find(at->second)) {
      if (bills.contains(at->second)) bills.insert(bill);
    }
  }
  return bills;
}

}  // namespace reeve::billing::adjustment
