#include "services/billing/verify/ledger_proof_store.h"

#include <algorithm>
#include <optional>
#include <string>

#include "services/billing/ledger/month_store.h"
#include "services/billing/receivable/accounting_store.h"
#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

using ledger::Month;

#define DEBITS "CAST(sum(CASE WHEN p.amount_cents > 0 THEN p.amount_cents ELSE 0 END) AS BIGINT)"
#define CREDITS "CAST(sum(CASE WHEN p.amount_cents < 0 THEN -p.amount_cents ELSE 0 END) AS BIGINT)"
#define POSTED                                                                                     \
  "SELECT e.sum_id, e.accounting_date, p.ledger_account, p.fund, " DEBITS ", " CREDITS             \
  ", CAST(count(*) AS BIGINT) FROM posting p JOIN journal_entry e ON e.account_id = p.account_id " \
  "AND e.entry_id = p.entry_id GROUP BY e.sum_id, e.accounting_date, p.ledger_account, p.fund"
#define SUMMED                                                                               \
  "SELECT sum_id, accounting_date, ledger_account, fund, CAST(sum(debit_cents) AS BIGINT), " \
  "CAST(sum(credit_cents) AS BIGINT), CAST(sum(posting_count) AS BIGINT) FROM ledger_sum "   \
  "GROUP BY sum_id, accounting_date, ledger_account, fund"
constexpr db::Query kSumsWithoutPostings{"verify_sums_without_postings",
                                         SUMMED " EXCEPT " POSTED " LIMIT 1"};
constexpr db::Query kPostingsWithoutSums{"verify_postings_without_sums",
                                         POSTED " EXCEPT " SUMMED " LIMIT 1"};
#undef SUMMED
#undef POSTED
#undef CREDITS
#undef DEBITS
constexpr db::Query kSumCount{"verify_sum_count", "SELECT count(*) FROM ledger_sum"};
// A save is named after its first entry, which it wrote.
constexpr db::Query kSumsWithoutSave{
    "verify_sums_without_save",
    "SELECT s.account_id, s.sum_id FROM ledger_sum s LEFT JOIN journal_entry e ON "
    "e.account_id = s.account_id AND e.entry_id = s.sum_id AND e.sum_id = s.sum_id "
    "WHERE e.entry_id IS NULL AND (s.account_id <> 0 OR s.sum_id <> 0) LIMIT 1"};
// Behind its business date is only what came when its month was closed.
constexpr db::Query kMoved{
    "verify_moved_entries",
    "SELECT account_id, entry_id, business_date, accounting_date FROM journal_entry "
    "WHERE accounting_date <> business_date ORDER BY account_id, entry_id"};
constexpr db::Query kEntryCount{"verify_entry_count", "SELECT count(*) FROM journal_entry"};
constexpr db::Query kOpenRows{"verify_ledger_open", "SELECT ledger_no, open_date FROM ledger_open"};
constexpr db::Query kDays{
    "verify_ledger_days",
    "SELECT accounting_date, ledger_account, fund, CAST(sum(debit_cents) AS BIGINT), "
    "CAST(sum(credit_cents) AS BIGINT), CAST(sum(posting_count) AS BIGINT) FROM ledger_sum "
    "GROUP BY accounting_date, ledger_account, fund"};
constexpr db::Query kTotals{"verify_month_totals",
                            "SELECT first_date, ledger_account, fund, debit_cents, credit_cents, "
                            "posting_count FROM ledger_month_total"};
constexpr Table kMonths{&ledger::kKeptMonth,
                        {"verify_months",
                         "SELECT first_date, state, close_count, digest, prepared_by_person_id, "
                         "closed_by_person_id, closed_date, reason, proposed_by_person_id, "
                         "reopened_by_person_id FROM ledger_month"}};

void Violate(Finding& finding, std::string what) {
  if (finding.violation.empty()) finding.violation = std::move(what);
}

Finding CheckSums(db::Transaction& tx) {
  Finding finding{"ledger-sums", tx.Select(kSumCount)[0].Int(0), ""};
  for (const db::Query& query : {kSumsWithoutPostings, kPostingsWithoutSums}) {
    for (const db::Rows::Row row : tx.Select(query)) {
      Violate(finding, "save " + std::to_string(row.Int(0)) + ", " + row.Text(1) + ", " +
                           row.Text(2) + ", " + row.Text(3) +
                           ": sums are not those of the postings");
    }
  }
  for (const db::Rows::Row row : tx.Select(kSumsWithoutSave)) {
    Violate(finding, "sum " + Key(row.Int(0), row.Int(1)) + ": is of no save");
  }
  return finding;
}

// The day behind the last month that was ever closed.
Date EverOpen(const std::vector<Month>& months) {
  for (const Month& month : months) {  // newest first
    if (month.close_count > 0) return month.last_date().PlusDays(1);
  }
  return receivable::kFirstDayOfAll;
}

// Where the months say that the ledger is open from.
Date OpenFrom(const std::vector<Month>& months) {
  Date reopened = receivable::kFirstDayOfAll;
  for (const Month& month : months) {
    if (ledger::IsClosed(month.state)) return month.last_date().PlusDays(1);
    if (month.close_count > 0) reopened = month.first_date;
  }
  return reopened;
}

Finding CheckDates(db::Transaction& tx, const std::vector<Month>& months) {
  Finding finding{"accounting-dates", tx.Select(kEntryCount)[0].Int(0), ""};
  const Date open = EverOpen(months);
  for (const db::Rows::Row row : tx.Select(kMoved)) {
    const Date business = row.Day(2);
    const Date counted = row.Day(3);
    if (counted > business && counted.day() == 1 && counted <= open) continue;
    Violate(finding, "entry " + Key(row.Int(0), row.Int(1)) + ": is counted on " +
                         counted.ToString() + ", not on its day");
  }
  return finding;
}

using Of = std::pair<Date, ledger::AccountOfFund>;  // a month's account

Finding CheckMonths(db::Transaction& tx, const std::vector<Month>& months) {
  Finding finding{"closed-months", static_cast<std::int64_t>(months.size()), ""};
  const db::Rows open = tx.Select(kOpenRows);
  if (open.size() != 1 || open[0].Int(0) != 1 || open[0].Day(1) != OpenFrom(months)) {
    Violate(finding, "the first open day is not behind the last closed month");
  }
  const auto closed = [&](Date first_date) {
    return std::any_of(months.begin(), months.end(), [&](const Month& month) {
      return month.first_date == first_date && ledger::IsClosed(month.state);
    });
  };
  std::map<Of, ledger::Activity> sums;
  for (const db::Rows::Row row : tx.Select(kDays)) {
    ledger::Activity& sum = sums[{ledger::FirstOfMonth(row.Day(0)), {row.Text(1), row.Text(2)}}];
    sum.debit_cents += row.Int(3);
    sum.credit_cents += row.Int(4);
    sum.posting_count += row.Int(5);
  }
  for (const db::Rows::Row row : tx.Select(kTotals)) {
    const auto sum = sums.find({row.Day(0), {row.Text(1), row.Text(2)}});
    const bool same =
        sum != sums.end() && closed(row.Day(0)) && sum->second.debit_cents == row.Int(3) &&
        sum->second.credit_cents == row.Int(4) && sum->second.posting_count == row.Int(5);
    if (!same) {
      Violate(finding, ledger::MonthName(row.Day(0)) + ", " + row.Text(1) + ", " + row.Text(2) +
                           ": the total is not that of the postings");
    }
    if (sum != sums.end()) sums.erase(sum);
  }
  for (const auto& [of, sum] : sums) {
    if (closed(of.first)) {
      Violate(finding, ledger::MonthName(of.first) + ", " + of.second.first + ", " +
                           of.second.second + ": is posted, and in no total");
    }
  }
  return finding;
}

}  // namespace

std::vector<Finding> CheckLedger(db::Transaction& tx) {
  const std::vector<Month> months = ledger::ListMonths(tx, "9999-12-31", INT64_MAX);
  Finding audited{"months-as-audited", 0, ""};
  CheckTable(tx, kMonths, audited);
  return {CheckSums(tx), CheckDates(tx, months), CheckMonths(tx, months), audited};
}

}  // namespace reeve::billing::verify
