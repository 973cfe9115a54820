#include "services/billing/adjustment/leak_store.h"

#include <algorithm>
#include <map>

#include "services/billing/cycle/cycle_store.h"

namespace reeve::billing::adjustment {
namespace {

constexpr db::Query kInsertRule{
    "leak_rule_insert",
    "INSERT INTO leak_rule (type_code, effective_date, normal_of, normal_count, trigger_percent, "
    "above_percent, credit_percent, period_count_max, credited_count_max, step_thousandths, "
    "rounding, again, again_month_count) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr db::Query kFindRule{
    "leak_rule_find",
    "SELECT normal_of, normal_count, trigger_percent, above_percent, credit_percent, "
    "period_count_max, credited_count_max, step_thousandths, rounding, again, again_month_count "
    "FROM leak_rule WHERE type_code = $1 AND effective_date = $2"};
constexpr db::Query kHistory{
    "leak_history",
    "SELECT s.bill_id, s.from_date, s.to_date, s.usage_thousandths FROM bill_segment s JOIN bill b "
    "ON b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "
    "s.service = $2 AND s.state = 'BILLED' AND b.state = 'POSTED' "
    "ORDER BY s.to_date, s.bill_id, s.segment_no"};
constexpr db::Query kEarlier{
    "leak_earlier",
    "SELECT entered_date FROM adjustment WHERE account_id = $1 AND type_code = $2 AND "
    "state IN ('PROPOSED', 'POSTED') ORDER BY adjustment_no"};

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const std::string& type_code, Date effective_date, const LeakRule& rule,
                 const Use& use) {
  return use(type_code, effective_date, kNormalOfName(rule.normal_of), rule.normal_count,
             rule.trigger_percent, rule.above_percent, rule.credit_percent, rule.periods_max,
             rule.periods_credited_max, rule.step_thousandths, kCreditRoundingName(rule.rounding),
             kAgainName(rule.again), rule.again_months);
}

}  // namespace

Cells CellsOfLeakRule(const std::string& type_code, Date effective_date, const LeakRule& rule) {
  return WithColumns(type_code, effective_date, rule, kToCells);
}

void InsertLeakRule(db::Transaction& tx, const std::string& type_code, Date effective_date,
                    const LeakRule& rule) {
  WithColumns(type_code, effective_date, rule,
              [&tx](const auto&... cells) { tx.Execute(kInsertRule, cells...); });
}

std::optional<LeakRule> FindLeakRule(db::Transaction& tx, const std::string& type_code,
                                     Date effective_date) {
  const db::Rows rows = tx.Select(kFindRule, type_code, effective_date);
  if (rows.empty()) return std::nullopt;
  const auto number = [&](std::size_t column) { return static_cast<int>(rows[0].Int(column)); };
  LeakRule rule;
  rule.normal_of = kNormalOfName.Read(rows[0].Text(0));
  rule.normal_count = number(1);
  rule.trigger_percent = number(2);
  rule.above_percent = number(3);
  rule.credit_percent = number(4);
  rule.periods_max = number(5);
  rule.periods_credited_max = number(6);
  rule.step_thousandths = rows[0].Int(7);
  rule.rounding = kCreditRoundingName.Read(rows[0].Text(8));
  rule.again = kAgainName.Read(rows[0].Text(9));
  rule.again_months = number(10);
  return rule;
}

std::optional<std::vector<LeakBill>> LoadLeakBills(db::Transaction& tx, AccountId account,
                                                   const std::string& service,
                                                   std::span<const std::int64_t> bill_ids) {
  std::map<std::pair<Date, std::int64_t>, LeakBill> bills;
  for (const std::int64_t bill_id : bill_ids) {
    std::optional<cycle::Bill> bill = cycle::LoadBill(tx, account, bill_id);
    if (!bill || bill->state != cycle::BillState::kPosted) return std::nullopt;
    const std::optional<UsePeriod> period = PeriodOf(*bill, service);
    const std::optional<cycle::Run> run = cycle::FindRun(tx, bill->cycle_id);
    if (!period || !run) return std::nullopt;
    const std::pair key(period->to_date, bill_id);
    bills.emplace(key, LeakBill{*std::move(bill), run->kind});
  }
  std::vector<LeakBill> ordered;
  for (auto& [key, bill] : bills) ordered.push_back(std::move(bill));
  return ordered;
}

std::vector<UsePeriod> LoadHistory(db::Transaction& tx, AccountId account,
                                   const std::string& service,
                                   std::span<const std::int64_t> without_bill_ids) {
  std::map<std::int64_t, UsePeriod> by_bill;
  for (const db::Rows::Row row : tx.Select(kHistory, account, service)) {
    const std::int64_t bill_id = row.Int(0);
    if (std::find(without_bill_ids.begin(), without_bill_ids.end(), bill_id) !=
        without_bill_ids.end()) {
      continue;
    }
    const auto [at, is_new] = by_bill.try_emplace(bill_id, UsePeriod{row.Day(1), row.Day(2), 0});
    at->second.from_date = std::min(at->second.from_date, row.Day(1));
    at->second.to_date = std::max(at->second.to_date, row.Day(2));
    at->second.usage_thousandths += row.Int(3);
  }
  std::vector<UsePeriod> history;
  for (const auto& [bill_id, period] : by_bill) history.push_back(period);
  std::sort(history.begin(), history.end(),
            [](const UsePeriod& a, const UsePeriod& b) { return a.to_date < b.to_date; });
  return history;
}

std::vector<Date> EarlierAdjustments(db::Transaction& tx, AccountId account,
                                     const std::string& type_code) {
  std::vector<Date> days;
  for (const db::Rows::Row row : tx.Select(kEarlier, account, type_code)) {
    days.push_back(row.Day(0));
  }
  return days;
}

}  // namespace reeve::billing::adjustment
