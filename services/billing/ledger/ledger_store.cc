#include "services/billing/ledger/ledger_store.h"

#include "services/billing/receivable/books.h"

namespace reeve::billing::ledger {
namespace {

constexpr db::Query kAllActivity{
    "ledger_activity_all",
    "SELECT ledger_account, fund, CAST(0 AS BIGINT), "
    "CAST(sum(CASE WHEN amount_cents > 0 THEN amount_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN amount_cents < 0 THEN -amount_cents ELSE 0 END) AS BIGINT), "
    "CAST(count(*) AS BIGINT) FROM posting GROUP BY ledger_account, fund "
    "ORDER BY ledger_account, fund"};
constexpr db::Query kActivity{
    "ledger_activity",
    "SELECT p.ledger_account, p.fund, "
    "CAST(sum(CASE WHEN e.business_date < $1 THEN p.amount_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN e.business_date >= $1 AND p.amount_cents > 0 THEN p.amount_cents ELSE 0 "
    "END) "
    "AS BIGINT), "
    "CAST(sum(CASE WHEN e.business_date >= $1 AND p.amount_cents < 0 THEN -p.amount_cents ELSE 0 "
    "END) AS BIGINT), "
    "CAST(sum(CASE WHEN e.business_date >= $1 THEN 1 ELSE 0 END) AS BIGINT) "
    "FROM posting p JOIN journal_entry e ON e.account_id = p.account_id AND "
    "e.entry_id = p.entry_id WHERE e.business_date <= $2 GROUP BY p.ledger_account, p.fund "
    "ORDER BY p.ledger_account, p.fund"};
constexpr db::Query kOpenItems{
    "ledger_open_items",
    "SELECT service, due_date, CAST(count(*) AS BIGINT), CAST(sum(open_cents) AS BIGINT) "
    "FROM charge WHERE open_cents > 0 GROUP BY service, due_date ORDER BY service, due_date"};
constexpr db::Query kCredit{
    "ledger_credit",
    "SELECT CAST(coalesce(sum(credit_cents), 0) AS BIGINT), CAST(count(*) AS BIGINT) "
    "FROM billing_account WHERE credit_cents > 0"};
constexpr db::Query kChargesByService{
    "ledger_charges",
    "SELECT service, CAST(sum(open_cents) AS BIGINT), "
    "CAST(sum(CASE WHEN kind = 'DEPOSIT' THEN open_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN kind = 'DEPOSIT' THEN amount_cents - open_cents ELSE 0 END) AS BIGINT) "
    "FROM charge GROUP BY service ORDER BY service"};
constexpr db::Query kUnapplied{
    "ledger_unapplied",
    "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM payment_credit "
    "WHERE state = 'UNAPPLIED'"};

// Before and behind every day that there is.
constexpr std::string_view kFirstDay = "0000-01-01";
constexpr std::string_view kLastDay = "9999-12-31";

std::string DayOr(const std::optional<Date>& day, std::string_view otherwise) {
  return day ? day->ToString() : std::string(otherwise);
}

}  // namespace

std::vector<Activity> ListActivity(db::Transaction& tx, const Span& span) {
  std::vector<Activity> activities;
  const db::Rows rows =
      span.from || span.through
          ? tx.Select(kActivity, DayOr(span.from, kFirstDay), DayOr(span.through, kLastDay))
          : tx.Select(kAllActivity);
  for (const db::Rows::Row row : rows) {
    activities.push_back(
        {{row.Text(0), row.Text(1)}, row.Int(2), row.Int(3), row.Int(4), row.Int(5)});
  }
  return activities;
}

std::vector<OpenItems> ListOpenItems(db::Transaction& tx) {
  std::vector<OpenItems> items;
  for (const db::Rows::Row row : tx.Select(kOpenItems)) {
    items.push_back({row.Text(0), row.Day(1), row.Int(2), row.Int(3)});
  }
  return items;
}

Credit CreditOfCustomers(db::Transaction& tx) {
  const db::Rows rows = tx.Select(kCredit);
  return {rows[0].Int(0), rows[0].Int(1)};
}

Control ControlOfItems(db::Transaction& tx) {
  using namespace receivable;
  Control control;
  const auto add = [&](std::string ledger_account, std::string fund, std::int64_t cents) {
    if (cents != 0) control[{std::move(ledger_account), std::move(fund)}] = cents;
  };
  for (const db::Rows::Row row : tx.Select(kChargesByService)) {
    const std::string service = row.Text(0);
    add(ReceivableOf(service), service, row.Int(1));
    add(DepositBilledOf(service), service, -row.Int(2));
    add(std::string(kCustomerDeposits), service, -row.Int(3));
  }
  add(std::string(kCustomerCredit), std::string(kCustomers), -CreditOfCustomers(tx).cents);
  add(std::string(kUnappliedCash), std::string(kPooledCash), -tx.Select(kUnapplied)[0].Int(0));
  return control;
}

}  // namespace reeve::billing::ledger
