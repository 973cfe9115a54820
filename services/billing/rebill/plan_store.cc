#include "services/billing/rebill/plan_store.h"

namespace reeve::billing::rebill {
namespace {

using db::ColumnType;

constexpr db::Query kLoadPlan{"rebill_charge_of_bill",
                              "SELECT service, due_date, amount_cents FROM rebill_charge "
                              "WHERE account_id = $1 AND bill_id = $2 ORDER BY charge_no"};
const db::InsertInto kInsertPlan{"rebill_charge_insert",
                                 "rebill_charge",
                                 {{"account_id"},
                                  {"bill_id"},
                                  {"charge_no"},
                                  {"service", ColumnType::kText},
                                  {"due_date", ColumnType::kText},
                                  {"amount_cents"}}};
constexpr db::Query kFreed{
    "bill_cancellation_freed",
    "SELECT freed_cents FROM bill_cancellation WHERE account_id = $1 AND bill_id = $2"};

constexpr db::Query kLimitsLoadedBy{
    "rebill_policy_loaded_by",
    "SELECT p.loaded_by_person_id FROM bill b JOIN bill_rebill r ON r.account_id = b.account_id "
    "AND "
    "r.bill_id = b.bill_id JOIN rebill_policy p ON p.effective_date = r.policy_date "
    "WHERE b.cycle_id = $1"};

constexpr db::Query kPaidByDay{
    "rebill_paid_by_day",
    "SELECT e.business_date, CAST(sum(a.amount_cents) AS BIGINT) FROM allocation a JOIN "
    "journal_entry e ON e.account_id = a.account_id AND e.entry_id = a.entry_id WHERE "
    "a.account_id = $1 AND a.charge_id = $2 AND ((e.kind = 'CREDIT' AND $3 = 1) OR "
    "(e.kind = 'PAYMENT' AND NOT EXISTS (SELECT 1 FROM payment_credit p WHERE "
    "p.account_id = a.account_id AND p.entry_id = a.entry_id AND p.state = 'REVERSED'))) "
    "GROUP BY e.business_date ORDER BY e.business_date"};

}  // namespace

std::vector<cycle::PlannedCharge> LoadPlan(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id) {
  std::vector<cycle::PlannedCharge> plan;
  for (const db::Rows::Row row : tx.Select(kLoadPlan, account, bill_id)) {
    plan.push_back({row.Text(0), row.Day(1), row.Cents(2)});
  }
  return plan;
}

void InsertPlan(db::Transaction& tx, const cycle::Bill& bill) {
  db::NewRows rows(kInsertPlan);
  for (std::size_t i = 0; i < bill.plan.size(); ++i) {
    const cycle::PlannedCharge& one = bill.plan[i];
    rows.Add(bill.account, bill.bill_id, i + 1, one.service, one.due_date, one.amount);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::map<Date, std::int64_t> PaidByDay(db::Transaction& tx, AccountId account,
                                       std::span<const receivable::Charge> charges,
                                       bool with_credit) {
  const std::int64_t credit = with_credit ? 1 : 0;
  std::map<Date, std::int64_t> paid;
  for (const receivable::Charge& charge : charges) {
    for (const db::Rows::Row row : tx.Select(kPaidByDay, account, charge.charge_id, credit)) {
      paid[row.Day(0)] += row.Int(1);
    }
  }
  return paid;
}

Money FreedBy(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  const db::Rows rows = tx.Select(kFreed, account, bill_id);
  return rows.empty() ? Money() : rows[0].Cents(0);
}

PersonId LimitsLoadedBy(db::Transaction& tx, std::int64_t cycle_id) {
  const db::Rows rows = tx.Select(kLimitsLoadedBy, cycle_id);
  return rows.empty() ? PersonId() : PersonId(rows[0].Int(0));
}

}  // namespace reeve::billing::rebill
