#include "services/billing/ledger/ledger_store.h"

#include <algorithm>

#include "services/billing/ledger/month.h"
#include "services/billing/receivable/accounting_store.h"
#include "services/billing/receivable/books.h"

namespace reeve::billing::ledger {
namespace {

// By day first: in the order of the index, so that only what is left is sorted.
#define SUMS(days)                                                                             \
  "UNION ALL SELECT accounting_date, ledger_account, fund, CAST(sum(debit_cents) AS BIGINT), " \
  "CAST(sum(credit_cents) AS BIGINT), CAST(sum(posting_count) AS BIGINT) FROM ledger_sum "     \
  "WHERE accounting_date BETWEEN " days " GROUP BY accounting_date, ledger_account, fund "
// $1, $2: first and last day; $3, $4: closed months of which they are not the first, or last, with
// their last days $6, $7, or empty; $5: the first day that is open.
constexpr db::Query kActivity{
    "ledger_activity",
    "SELECT ledger_account, fund, "
    "CAST(sum(CASE WHEN day < $1 THEN debit_cents - credit_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN day >= $1 THEN debit_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN day >= $1 THEN credit_cents ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN day >= $1 THEN posting_count ELSE 0 END) AS BIGINT) "
    "FROM (SELECT first_date AS day, ledger_account, fund, debit_cents, credit_cents, "
    "posting_count FROM ledger_month_total WHERE first_date <= $2 AND first_date <> $3 AND "
    "first_date <> $4 " SUMS("$5 AND $2") SUMS("$3 AND $6") SUMS(
        "$4 AND $7") ") AS counted GROUP BY ledger_account, fund ORDER BY ledger_account, fund"};
#undef SUMS
// Of charges that are paid, only deposits make up something.
constexpr db::Query kItems{
    "ledger_items",
    "SELECT service, due_date, kind, CAST(sum(CASE WHEN open_cents > 0 THEN 1 ELSE 0 END) AS "
    "BIGINT), CAST(sum(open_cents) AS BIGINT), CAST(sum(amount_cents - open_cents) AS BIGINT) "
    "FROM charge WHERE open_cents > 0 OR kind = 'DEPOSIT' GROUP BY service, due_date, kind "
    "ORDER BY service, due_date, kind"};
constexpr db::Query kCredit{
    "ledger_credit",
    "SELECT CAST(coalesce(sum(credit_cents), 0) AS BIGINT), CAST(count(*) AS BIGINT) "
    "FROM billing_account WHERE credit_cents > 0"};
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

// A closed month that a report has only a part of.
struct Part {
  std::string first_date;
  std::string last_date;
};

Part PartOf(const std::optional<Date>& day, bool whole, Date first_open) {
  if (!day || whole || *day >= first_open) return {};
  return {FirstOfMonth(*day).ToString(), LastOfMonth(*day).ToString()};
}

Credit CreditOfCustomers(db::Transaction& tx) {
  const db::Rows rows = tx.Select(kCredit);
  return {rows[0].Int(0), rows[0].Int(1)};
}

}  // namespace

std::vector<Activity> ListActivity(db::Transaction& tx, const Span& span) {
  const std::string through = DayOr(span.through, kLastDay);
  const Date first_open = receivable::FirstOpenDay(tx);
  const Part first =
      PartOf(span.from, span.from && *span.from == FirstOfMonth(*span.from), first_open);
  Part last =
      PartOf(span.through, span.through && *span.through == LastOfMonth(*span.through), first_open);
  if (last.first_date == first.first_date) last = {};
  std::vector<Activity> activities;
  for (const db::Rows::Row row : tx.Select(
           kActivity, DayOr(span.from, kFirstDay), through, first.first_date, last.first_date,
           first_open, std::min(first.last_date, through), std::min(last.last_date, through))) {
    activities.push_back(
        {{row.Text(0), row.Text(1)}, row.Int(2), row.Int(3), row.Int(4), row.Int(5)});
  }
  return activities;
}

Items ReadItems(db::Transaction& tx) {
  using namespace receivable;
  Items items;
  const auto add = [&](std::string ledger_account, std::string fund, std::int64_t cents) {
    if (cents != 0) items.control[{std::move(ledger_account), std::move(fund)}] += cents;
  };
  for (const db::Rows::Row row : tx.Select(kItems)) {
    const std::string service = row.Text(0);
    const bool deposit = row.Text(2) == ChargeKindName(ChargeKind::kDeposit);
    if (row.Int(3) > 0) items.open.push_back({service, row.Day(1), row.Int(3), row.Int(4)});
    add(ReceivableOf(service), service, row.Int(4));
    add(DepositBilledOf(service), service, deposit ? -row.Int(4) : 0);
    add(std::string(kCustomerDeposits), service, deposit ? -row.Int(5) : 0);
  }
  items.credit = CreditOfCustomers(tx);
  add(std::string(kCustomerCredit), std::string(kCustomers), -items.credit.cents);
  add(std::string(kUnappliedCash), std::string(kPooledCash), -tx.Select(kUnapplied)[0].Int(0));
  return items;
}

}  // namespace reeve::billing::ledger
