#include "services/billing/verify/statement_proof_store.h"

#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "services/billing/derived_id.h"
#include "services/billing/statement/print_file_store.h"
#include "services/billing/statement/statement_store.h"
#include "services/billing/verify/trail.h"

namespace reeve::billing::verify {
namespace {

using statement::Movement;
using statement::PageStateName;
using statement::PrintedBill;
using statement::Totals;

constexpr std::int64_t kAccountsOfPage = 200;

constexpr db::Query kTrail{"verify_statement_trail",
                           "SELECT entity_id, before_state, after_state FROM audit_entry "
                           "WHERE entity = $1"};
constexpr db::Query kFiles{
    "verify_print_files",
    "SELECT print_file_id, cycle_id, bill_id, state, city_date, cutoff_time, payment_token, "
    "days_to_pay_min, statement_count, line_count, movement_count, previous_cents, payment_cents, "
    "other_cents, charge_cents, new_balance_cents, amount_due_cents, sha256, made_by_person_id, "
    "decided_by_person_id, reason, record_version FROM print_file ORDER BY print_file_id"};
constexpr db::Query kPages{
    "verify_print_pages",
    "SELECT print_file_id, page_no, lane, after_account_id, through_account_id, state "
    "FROM print_page ORDER BY print_file_id, page_no"};
constexpr db::Query kWithheld{
    "verify_withheld",
    "SELECT account_id, print_file_id, cause, bill_id, evidence, acknowledged_by_person_id, "
    "acknowledgement FROM statement_withheld ORDER BY account_id, print_file_id, cause"};

// A page of the accounts that are named in any of the tables, behind $1.
constexpr db::Query kAccounts{
    "verify_statement_accounts",
    "SELECT account_id FROM statement WHERE account_id > $1 UNION SELECT account_id FROM "
    "statement_entry WHERE account_id > $1 UNION SELECT account_id FROM statement_bill WHERE "
    "account_id > $1 ORDER BY account_id LIMIT $2"};
// Of accounts ($1, $2].
constexpr db::Query kStatements{
    "verify_statements",
    "SELECT account_id, statement_no, print_file_id, previous_no, due_date, previous_cents, "
    "payment_cents, other_cents, charge_cents, new_balance_cents, past_due_cents, "
    "amount_due_cents, line_count, movement_count, live FROM statement WHERE account_id > $1 AND "
    "account_id <= $2 ORDER BY account_id, statement_no"};
#define MOVED                                                                  \
  "coalesce((SELECT CAST(sum(p.amount_cents) AS BIGINT) FROM posting p WHERE " \
  "p.account_id = e.account_id AND p.entry_id = e.entry_id AND "               \
  "(p.ledger_account = 'customer-credit' OR p.ledger_account LIKE 'receivable-%')), 0)"
constexpr db::Query kEntries{
    "verify_statement_entries",
    "SELECT n.account_id, n.entry_id, n.statement_no, n.live, e.kind, " MOVED
    " FROM statement_entry n LEFT JOIN journal_entry e ON e.account_id = n.account_id AND "
    "e.entry_id = n.entry_id WHERE n.account_id > $1 AND n.account_id <= $2 "
    "ORDER BY n.account_id, n.statement_no, n.entry_id"};
// A rebill stands on a statement with what was planned for it.
constexpr db::Query kBills{
    "verify_statement_bills",
    "SELECT n.account_id, n.bill_id, n.statement_no, n.live, b.due_date, "
    "CASE WHEN r.bill_id IS NULL THEN b.total_cents ELSE coalesce((SELECT "
    "CAST(sum(c.amount_cents) AS BIGINT) FROM rebill_charge c WHERE c.account_id = n.account_id "
    "AND c.bill_id = n.bill_id), 0) END, b.state, "
    "(SELECT count(*) FROM bill_line l WHERE l.account_id = n.account_id AND "
    "l.bill_id = n.bill_id) FROM statement_bill n LEFT JOIN bill b ON "
    "b.account_id = n.account_id AND b.bill_id = n.bill_id LEFT JOIN bill_rebill r ON "
    "r.account_id = n.account_id AND r.bill_id = n.bill_id WHERE n.account_id > $1 AND "
    "n.account_id <= $2 ORDER BY n.account_id, n.statement_no, n.bill_id"};
constexpr db::Query kLedger{
    "verify_statement_ledger",
    "SELECT account_id, CAST(sum(amount_cents) AS BIGINT) FROM posting WHERE account_id > $1 AND "
    "account_id <= $2 AND (ledger_account = 'customer-credit' OR "
    "ledger_account LIKE 'receivable-%') GROUP BY account_id"};
constexpr db::Query kFree{
    "verify_statement_free",
    "SELECT f.account_id, CAST(sum(f.moved) AS BIGINT) FROM (SELECT e.account_id, " MOVED
    " AS moved FROM journal_entry e WHERE e.account_id > $1 AND e.account_id <= $2 AND NOT EXISTS "
    "(SELECT 1 FROM statement_entry d WHERE d.account_id = e.account_id AND "
    "d.entry_id = e.entry_id AND d.live = 1)) f GROUP BY f.account_id"};
#undef MOVED

std::string Key(std::int64_t first, std::int64_t second) {
  return std::to_string(first) + "/" + std::to_string(second);
}

// A statement as it is written, and what stands on it.
struct StatementRow {
  std::int64_t statement_no = 0;
  std::int64_t print_file_id = 0;
  std::int64_t previous_no = 0;
  std::string due_date;
  Totals totals;
  bool live = false;
  std::vector<Movement> entries;
  std::vector<PrintedBill> bills;
  std::string last_due_date;  // of its bills
};

class Statements {
 public:
  explicit Statements(db::Transaction& tx) : tx_(tx) {}

  std::vector<Finding> Run() {
    LoadFiles();
    for (std::int64_t after = std::numeric_limits<std::int64_t>::min();;) {
      const db::Rows page = tx_.Select(kAccounts, after, kAccountsOfPage);
      if (page.empty()) break;
      const std::int64_t through = page[page.size() - 1].Int(0);
      CheckRange(after, through);
      after = through;
    }
    CompareFiles();
    CompareTrails();
    return {sums_, audited_};
  }

 private:
  struct PageRow {
    std::int64_t page_no = 0;
    std::string state;
  };
  struct Digests {
    RowDigest statements;
    RowDigest entries;
    RowDigest bills;
  };

  static void Violate(Finding& finding, const std::string& violation) {
    if (finding.violation.empty()) finding.violation = violation;
  }

  void LoadFiles() {
    for (const db::Rows::Row row : tx_.Select(kPages)) {
      pages_[row.Int(0)][row.Int(4)] = {row.Int(1), row.Text(5)};
    }
  }
  // The page of an account in a file; null if it has none.
  const PageRow* PageOf(std::int64_t print_file_id, std::int64_t account) const {
    const auto pages = pages_.find(print_file_id);
    if (pages == pages_.end()) return nullptr;
    const auto page = pages->second.lower_bound(account);
    return page == pages->second.end() ? nullptr : &page->second;
  }

  void CheckRange(std::int64_t after, std::int64_t through) {
    std::map<std::int64_t, std::map<std::int64_t, StatementRow>> accounts;
    for (const db::Rows::Row row : tx_.Select(kStatements, after, through)) {
      StatementRow& one = accounts[row.Int(0)][row.Int(1)];
      one.statement_no = row.Int(1);
      one.print_file_id = row.Int(2);
      one.previous_no = row.Int(3);
      one.due_date = row.Text(4);
      one.totals = {1,          row.Int(12), row.Int(13), row.Int(5), row.Int(6),
                    row.Int(7), row.Int(8),  row.Int(9),  row.Int(11)};
      one.live = row.Bool(14);
      if (Digests* digests = DigestsOf(one.print_file_id, row.Int(0))) {
        digests->statements.Add(CellsFrom(row, 0, 14));
      }
    }
    for (const db::Rows::Row row : tx_.Select(kEntries, after, through)) {
      StatementRow* one = Of(accounts, row);
      if (one == nullptr) continue;
      if (row.IsNull(4)) {
        Violate(sums_,
                "account " + Key(row.Int(0), row.Int(2)) + ": an entry is not in the journal");
        continue;
      }
      one->entries.push_back(
          {row.Int(1), receivable::ParseEntryKind(row.Text(4)), "", Date(), row.Int(5)});
      if (Digests* digests = DigestsOf(one->print_file_id, row.Int(0))) {
        digests->entries.Add(CellsFrom(row, 0, 3));
      }
    }
    for (const db::Rows::Row row : tx_.Select(kBills, after, through)) {
      StatementRow* one = Of(accounts, row);
      if (one == nullptr) continue;
      if (row.IsNull(4)) {
        Violate(sums_, "account " + Key(row.Int(0), row.Int(2)) + ": there is no such bill");
        continue;
      }
      PrintedBill& bill = one->bills.emplace_back();
      bill.bill_id = row.Int(1);
      bill.owed_cents = row.Int(5);
      bill.line_count = row.Int(7);
      one->last_due_date = std::max(one->last_due_date, row.Text(4));
      if (row.Text(6) == "CALCULATED" || row.Text(6) == "HELD" || row.Text(6) == "RELEASED") {
        Violate(sums_, "account " + Key(row.Int(0), row.Int(2)) + ": a bill was never posted");
      }
      if (Digests* digests = DigestsOf(one->print_file_id, row.Int(0))) {
        digests->bills.Add(CellsFrom(row, 0, 3));
      }
    }
    std::map<std::int64_t, std::int64_t> ledger;
    for (const db::Rows::Row row : tx_.Select(kLedger, after, through)) {
      ledger[row.Int(0)] = row.Int(1);
    }
    std::map<std::int64_t, std::int64_t> free;
    for (const db::Rows::Row row : tx_.Select(kFree, after, through)) free[row.Int(0)] = row.Int(1);
    for (const auto& [account, statements] : accounts) {
      CheckAccount(account, statements, ledger[account] - free[account]);
    }
  }

  // The statement that a row belongs to; null, and a violation, if it is none's or lives otherwise.
  StatementRow* Of(std::map<std::int64_t, std::map<std::int64_t, StatementRow>>& accounts,
                   db::Rows::Row row) {
    ++sums_.examined;
    const auto account = accounts.find(row.Int(0));
    if (account != accounts.end()) {
      const auto found = account->second.find(row.Int(2));
      if (found != account->second.end() && found->second.live == row.Bool(3)) {
        return &found->second;
      }
    }
    Violate(sums_, "account " + Key(row.Int(0), row.Int(2)) + ": a row is of no such statement");
    return nullptr;
  }

  Digests* DigestsOf(std::int64_t print_file_id, std::int64_t account) {
    const PageRow* page = PageOf(print_file_id, account);
    if (page == nullptr) return nullptr;
    return &digests_[Key(print_file_id, page->page_no)];
  }

  // `stated_cents`: what the ledger says of the entries that stand on live statements.
  void CheckAccount(std::int64_t account, const std::map<std::int64_t, StatementRow>& statements,
                    std::int64_t stated_cents) {
    std::int64_t last_no = 0;
    std::int64_t last_cents = 0;
    std::int64_t expected_no = 0;
    for (const auto& [statement_no, one] : statements) {
      ++sums_.examined;
      const std::string key = "account " + Key(account, statement_no);
      const PageRow* page = PageOf(one.print_file_id, account);
      if (page == nullptr || page->state == PageStateName(statement::PageState::kPlanned)) {
        Violate(sums_, key + ": its page is not made");
        continue;
      }
      if (statement_no != ++expected_no) Violate(sums_, key + ": a number is left out");
      if (one.live != (page->state == PageStateName(statement::PageState::kMade))) {
        Violate(sums_, key + ": void, or not");
      }
      if (one.previous_no != last_no || one.totals.previous_cents != last_cents) {
        Violate(sums_, key + ": its previous balance is not that of the last statement");
      }
      if (one.totals != statement::AddUp(last_cents, one.entries, one.bills)) {
        Violate(sums_, key + ": is not the sum of what stands on it");
      }
      std::int64_t bill_cents = 0;
      for (const PrintedBill& bill : one.bills) bill_cents += bill.owed_cents;
      if (bill_cents != one.totals.charge_cents || one.bills.empty() ||
          one.due_date != one.last_due_date) {
        Violate(sums_, key + ": is not of its bills");
      }
      file_totals_[one.print_file_id] += one.totals;
      if (!one.live) continue;
      last_no = statement_no;
      last_cents = one.totals.new_balance_cents;
    }
    if (last_cents != stated_cents) {
      Violate(sums_, "account " + std::to_string(account) +
                         ": its last statement and what moved since are not its ledger");
    }
  }

  void CompareFiles() {
    for (const db::Rows::Row row : tx_.Select(kFiles)) {
      ++sums_.examined;
      const bool making = row.Text(3) == statement::FileStateName(statement::FileState::kMaking);
      const Totals written{row.Int(8),  row.Int(9),  row.Int(10), row.Int(11), row.Int(12),
                           row.Int(13), row.Int(14), row.Int(15), row.Int(16)};
      if (written != (making ? Totals() : file_totals_[row.Int(0)])) {
        Violate(sums_,
                "print file " + std::to_string(row.Int(0)) + ": is not the sum of its statements");
      }
    }
  }

  Trail ReadTrail(std::string_view entity) {
    Trail trail;
    for (const db::Rows::Row row : tx_.Select(kTrail, entity)) {
      trail.Add(row.Text(0), row.Text(1), row.Text(2));
    }
    return trail;
  }
  // Things as they are, with what each was before its first entry.
  struct Now {
    std::string text;
    std::string origin;
  };
  void Compare(std::string_view entity, const std::map<std::string, Now>& things) {
    Trail trail = ReadTrail(entity);
    for (const auto& [id, now] : things) {
      ++audited_.examined;
      if (trail.Origin(id, now.text) != now.origin) {
        Violate(audited_, std::string(entity) + " " + id + " is not what was written");
      }
    }
    if (const auto gone = trail.Gone()) {
      Violate(audited_, std::string(entity) + " " + *gone + " is gone");
    }
  }
  // `since_first`: the last column is of rows in which it is above 1; older ones were kept without.
  void CompareRows(const Kept& kept, const db::Query& query, bool since_first = false) {
    std::map<std::string, Now> things;
    const db::Rows rows = tx_.Select(query);
    for (const db::Rows::Row row : rows) {
      const bool is_first = since_first && row.Int(rows.columns() - 1) == 1;
      const auto cells = CellsFrom(row, 0, rows.columns() - (is_first ? 1 : 0));
      things[KeyText(kept, cells)] = {RowText(kept, cells), ""};
    }
    Compare(kept.entity, things);
  }
  void CompareTrails() {
    CompareRows(statement::kKeptFile, kFiles, true);
    CompareRows(statement::kKeptWithheld, kWithheld);
    constexpr std::size_t kFixed = 5;  // columns that never change
    std::map<std::int64_t, RowDigest> plans;
    std::map<std::string, Now> states;
    for (const db::Rows::Row row : tx_.Select(kPages)) {
      plans[row.Int(0)].Add(CellsFrom(row, 0, kFixed));
      states[Key(row.Int(0), row.Int(1))] = {
          row.Text(kFixed), std::string(PageStateName(statement::PageState::kPlanned))};
    }
    Compare(statement::kPageEntity, states);
    std::map<std::string, Now> things;
    for (const auto& [file, digest] : plans) {
      things[std::to_string(file)] = {"rows=" + digest.hex(), ""};
    }
    Compare(statement::kPagesEntity, things);
    things.clear();
    for (const auto& [page, digests] : digests_) {
      things[page] = {statement::TextOfRows(digests.statements, digests.entries, digests.bills),
                      ""};
    }
    Compare(statement::kStatementsEntity, things);
  }

  db::Transaction& tx_;
  Finding sums_{"statements-add-up", 0, ""};
  Finding audited_{"statements-as-audited", 0, ""};
  std::map<std::int64_t, std::map<std::int64_t, PageRow>> pages_;  // file: end -> page
  std::map<std::string, Digests> digests_;                         // by "<file>/<page>"
  std::map<std::int64_t, Totals> file_totals_;
};

}  // namespace

std::vector<Finding> CheckStatements(db::Transaction& tx) { return Statements(tx).Run(); }

}  // namespace reeve::billing::verify
