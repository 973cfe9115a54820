#include "services/billing/ledger/month_store.h"

#include "services/billing/cycle/hold_store.h"
#include "services/billing/receivable/accounting_store.h"

namespace reeve::billing::ledger {
namespace {

using db::ColumnType;

#define MONTH_COLUMNS                                                                           \
  "SELECT first_date, state, close_count, digest, prepared_by_person_id, closed_by_person_id, " \
  "closed_date, reason, proposed_by_person_id, reopened_by_person_id FROM ledger_month "
constexpr db::Query kFind{"ledger_month_find", MONTH_COLUMNS "WHERE first_date = $1"};
constexpr db::Query kList{"ledger_month_list",
                          MONTH_COLUMNS "WHERE first_date < $1 ORDER BY first_date DESC LIMIT $2"};
#undef MONTH_COLUMNS
constexpr db::Query kInsert{
    "ledger_month_insert",
    "INSERT INTO ledger_month (first_date, state, close_count, digest, prepared_by_person_id, "
    "closed_by_person_id, closed_date, reason, proposed_by_person_id, reopened_by_person_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr db::Query kSave{
    "ledger_month_save",
    "UPDATE ledger_month SET state = $2, close_count = $3, digest = $4, prepared_by_person_id = "
    "$5, "
    "closed_by_person_id = $6, closed_date = $7, reason = $8, proposed_by_person_id = $9, "
    "reopened_by_person_id = $10 WHERE first_date = $1"};
const db::InsertInto kInsertTotals{"ledger_month_total_insert",
                                   "ledger_month_total",
                                   {{"first_date", ColumnType::kText},
                                    {"ledger_account", ColumnType::kText},
                                    {"fund", ColumnType::kText},
                                    {"debit_cents"},
                                    {"credit_cents"},
                                    {"posting_count"}}};
constexpr db::Query kDeleteTotals{"ledger_month_total_delete",
                                  "DELETE FROM ledger_month_total WHERE first_date = $1"};
constexpr db::Query kPostedActivity{
    "ledger_posted_activity",
    "SELECT p.ledger_account, p.fund, "
    "CAST(sum(CASE WHEN p.amount_cents > 0 THEN p.amount_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN p.amount_cents < 0 THEN -p.amount_cents ELSE 0 END) AS BIGINT), "
    "CAST(count(*) AS BIGINT) FROM posting p JOIN journal_entry e ON "
    "e.account_id = p.account_id AND e.entry_id = p.entry_id "
    "WHERE e.accounting_date >= $1 AND e.accounting_date <= $2 GROUP BY p.ledger_account, p.fund "
    "ORDER BY p.ledger_account, p.fund"};
constexpr db::Query kNextPostedDay{
    "ledger_next_posted_day",
    "SELECT accounting_date FROM ledger_sum WHERE accounting_date >= $1 AND accounting_date < $2 "
    "ORDER BY accounting_date LIMIT 1"};
// $1: the day; $2: the day less the days that a bill has without a deadline of its own.
constexpr db::Query kStaleHolds{
    "ledger_stale_holds",
    "SELECT b.account_id, b.bill_id, w.owner_person_id, w.deadline_date, b.bill_date, "
    "(SELECT CAST(coalesce(sum(h.at_stake_cents), 0) AS BIGINT) FROM bill_hold h WHERE "
    "h.account_id = b.account_id AND h.bill_id = b.bill_id) "
    "FROM bill b LEFT JOIN hold_work w ON w.account_id = b.account_id AND w.bill_id = b.bill_id "
    "WHERE b.state = 'HELD' AND (w.deadline_date < $1 OR (w.deadline_date IS NULL AND "
    "b.bill_date < $2)) ORDER BY b.account_id, b.bill_id"};
constexpr db::Query kRunsNotPosted{
    "ledger_runs_not_posted",
    "SELECT cycle_id, cycle, state, bill_date, (SELECT CAST(coalesce(sum(r.amount_cents), 0) AS "
    "BIGINT) FROM cycle_register r WHERE r.cycle_id = cycle_run.cycle_id) FROM cycle_run WHERE "
    "kind = 'PRODUCTION' AND state <> 'POSTED' AND bill_date <= $1 ORDER BY bill_date, cycle_id"};
constexpr db::Query kUnappliedCash{
    "ledger_unapplied_cash",
    "SELECT account_id, payment_id, amount_cents, business_date, reason FROM payment_credit "
    "WHERE state = 'UNAPPLIED' AND business_date <= $1 ORDER BY account_id, payment_id"};

Month ToMonth(db::Rows::Row row) {
  Month month;
  month.first_date = row.Day(0);
  month.state = ParseMonthState(row.Text(1));
  month.close_count = row.Int(2);
  month.digest = row.Text(3);
  month.prepared_by = PersonId(row.Int(4));
  month.closed_by = PersonId(row.Int(5));
  if (!row.Text(6).empty()) month.closed_date = row.Day(6);
  month.reason = row.Text(7);
  month.proposed_by = PersonId(row.Int(8));
  month.reopened_by = PersonId(row.Int(9));
  return month;
}

Month ToMonth(const db::Rows& rows, Date first_date) {
  if (!rows.empty()) return ToMonth(rows[0]);
  Month month;
  month.first_date = first_date;
  return month;
}

}  // namespace

Cells CellsOfMonth(const Month& month) {
  return CellsOf(month.first_date, MonthStateName(month.state), month.close_count, month.digest,
                 month.prepared_by, month.closed_by,
                 month.closed_date ? month.closed_date->ToString() : "", month.reason,
                 month.proposed_by, month.reopened_by);
}

Month FindMonth(db::Transaction& tx, Date first_date) {
  return ToMonth(tx.Select(kFind, first_date), first_date);
}

Month LockMonth(db::Transaction& tx, Date first_date) {
  return ToMonth(tx.SelectForUpdate(kFind, first_date), first_date);
}

bool HasMonth(db::Transaction& tx, Date first_date) {
  return !tx.Select(kFind, first_date).empty();
}

void SaveMonth(db::Transaction& tx, const Month& month, bool is_new) {
  const std::vector<db::Value> one[] = {CellsOfMonth(month)};
  tx.ExecuteEach(is_new ? kInsert : kSave, one);
}

std::vector<Month> ListMonths(db::Transaction& tx, const std::string& before, std::int64_t limit) {
  std::vector<Month> months;
  for (const db::Rows::Row row : tx.Select(kList, before, limit)) months.push_back(ToMonth(row));
  return months;
}

void InsertMonthTotals(db::Transaction& tx, Date first_date,
                       const std::vector<Activity>& activities) {
  db::NewRows rows(kInsertTotals);
  for (const Activity& one : activities) {
    if (one.posting_count == 0) continue;  // its balance came from before
    rows.Add(first_date, one.account.first, one.account.second, one.debit_cents, one.credit_cents,
             one.posting_count);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

void DeleteMonthTotals(db::Transaction& tx, Date first_date) {
  tx.Execute(kDeleteTotals, first_date);
}

std::vector<Activity> ListPostedActivity(db::Transaction& tx, Date from, Date through) {
  std::vector<Activity> activities;
  for (const db::Rows::Row row : tx.Select(kPostedActivity, from, through)) {
    activities.push_back({{row.Text(0), row.Text(1)}, 0, row.Int(2), row.Int(3), row.Int(4)});
  }
  return activities;
}

std::vector<Date> EarlierOpenMonths(db::Transaction& tx, Date first_date) {
  const Date first_open = receivable::FirstOpenDay(tx);
  if (first_open > receivable::kFirstDayOfAll) return MonthsBetween(first_open, first_date);
  const db::Rows first_posted = tx.Select(kNextPostedDay, first_open, first_date);
  if (first_posted.empty()) return {};
  return MonthsBetween(first_posted[0].Day(0), first_date);
}

Found StaleHolds(db::Transaction& tx, Date today) {
  Found found{Obstacle::kStaleHold, 0, 0, {}};
  for (const db::Rows::Row row :
       tx.Select(kStaleHolds, today, today.PlusDays(-cycle::kDeadlineDays))) {
    const Date deadline = row.MaybeDay(3).value_or(row.Day(4).PlusDays(cycle::kDeadlineDays));
    const std::optional<std::int64_t> owner = row.MaybeInt(2);
    found.Add("account " + std::to_string(row.Int(0)) + ", bill " + std::to_string(row.Int(1)) +
                  ", due " + deadline.ToString() + ", " +
                  (owner ? "owner " + std::to_string(*owner) : std::string("no owner")) + ", age " +
                  std::to_string(today - row.Day(4)) + " days",
              row.Int(5));
  }
  return found;
}

Found RunsNotPosted(db::Transaction& tx, Date through) {
  Found found{Obstacle::kRunNotPosted, 0, 0, {}};
  for (const db::Rows::Row row : tx.Select(kRunsNotPosted, through)) {
    found.Add("run " + std::to_string(row.Int(0)) + " of cycle " + std::to_string(row.Int(1)) +
                  ", bills of " + row.Text(3) + ", " + row.Text(2),
              row.Int(4));
  }
  return found;
}

Found UnappliedCash(db::Transaction& tx, Date through) {
  Found found{Obstacle::kUnappliedCash, 0, 0, {}};
  for (const db::Rows::Row row : tx.Select(kUnappliedCash, through)) {
    found.Add("payment " + row.Text(1) + " for account " + std::to_string(row.Int(0)) + " of " +
                  row.Text(3) + ", " + row.Text(4),
              row.Int(2));
  }
  return found;
}

}  // namespace reeve::billing::ledger
