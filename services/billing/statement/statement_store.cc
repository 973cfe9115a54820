#include "services/billing/statement/statement_store.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/billing/cycle/cycle_store.h"
#include "services/billing/rate/line_words.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/receivable/books_store.h"

namespace reeve::billing::statement {
namespace {

using db::ToValue;

// A posted bill b that is on no live statement.
#define UNPRINTED                                                            \
  "b.state = 'POSTED' AND NOT EXISTS (SELECT 1 FROM statement_bill d WHERE " \
  "d.account_id = b.account_id AND d.bill_id = b.bill_id AND d.live = 1) "
// How far entry e moves what its account owes.
#define MOVED                                                                  \
  "coalesce((SELECT CAST(sum(p.amount_cents) AS BIGINT) FROM posting p WHERE " \
  "p.account_id = e.account_id AND p.entry_id = e.entry_id AND "               \
  "(p.ledger_account = 'customer-credit' OR p.ledger_account LIKE 'receivable-%')), 0)"
// What is owed of bill b: of a rebill, what was planned for it.
#define OWED                                                                               \
  "CASE WHEN EXISTS (SELECT 1 FROM bill_rebill r WHERE r.account_id = b.account_id AND "   \
  "r.bill_id = b.bill_id) THEN coalesce((SELECT CAST(sum(c.amount_cents) AS BIGINT) FROM " \
  "rebill_charge c WHERE c.account_id = b.account_id AND c.bill_id = b.bill_id), 0) "      \
  "ELSE b.total_cents END"
constexpr db::Query kHasUnprinted{"statement_has_unprinted",
                                  "SELECT b.account_id FROM bill b WHERE b.cycle_id = $1 AND "
                                  "(b.bill_id = $2 OR $2 = 0) AND " UNPRINTED "LIMIT 1"};
// Accounts of a page ($2, $3] with such a bill of the file's cycle $1, or the bill $4.
#define SCOPE                                                                          \
  "WITH scope AS (SELECT DISTINCT b.account_id FROM bill b WHERE b.cycle_id = $1 AND " \
  "b.account_id > $2 AND b.account_id <= $3 AND (b.bill_id = $4 OR $4 = 0) AND " UNPRINTED ") "
constexpr db::Query kAccounts{"statement_accounts",
                              SCOPE "SELECT account_id FROM scope ORDER BY account_id"};
constexpr db::Query kLast{
    "statement_last", SCOPE
    "SELECT n.account_id, n.last_no, coalesce(s.statement_no, 0), "
    "coalesce(s.new_balance_cents, 0), coalesce(f.print_file_id, 0), coalesce(f.state, '') FROM "
    "(SELECT a.account_id, coalesce((SELECT max(t.statement_no) FROM statement t WHERE "
    "t.account_id = a.account_id), 0) AS last_no, (SELECT max(t.statement_no) FROM statement t "
    "WHERE t.account_id = a.account_id AND t.live = 1) AS live_no FROM scope a) n "
    "LEFT JOIN statement s ON s.account_id = n.account_id AND s.statement_no = n.live_no "
    "LEFT JOIN print_file f ON f.print_file_id = s.print_file_id"};
constexpr db::Query kFreeEntries{
    "statement_free_entries", SCOPE
    "SELECT e.account_id, e.entry_id, e.kind, e.source, e.business_date, " MOVED
    " FROM scope a JOIN journal_entry e ON e.account_id = a.account_id WHERE NOT EXISTS (SELECT 1 "
    "FROM statement_entry d WHERE d.account_id = e.account_id AND d.entry_id = e.entry_id AND "
    "d.live = 1) ORDER BY e.account_id, e.business_date, e.posted_time, e.entry_id"};
constexpr db::Query kBills{
    "statement_bills", SCOPE
    "SELECT b.account_id, b.bill_id, b.cycle_id, b.bill_date, b.due_date, b.total_cents, "
    "coalesce((SELECT CAST(sum(g.amount_cents) AS BIGINT) FROM bill_segment g WHERE "
    "g.account_id = b.account_id AND g.bill_id = b.bill_id), 0), "
    "coalesce((SELECT CAST(sum(l.amount_cents) AS BIGINT) FROM bill_line l WHERE "
    "l.account_id = b.account_id AND l.bill_id = b.bill_id), 0), "
    "(SELECT count(*) FROM bill_line l WHERE l.account_id = b.account_id AND "
    "l.bill_id = b.bill_id), "
    "(SELECT count(*) FROM bill_segment g WHERE g.account_id = b.account_id AND "
    "g.bill_id = b.bill_id AND g.amount_cents <> coalesce((SELECT CAST(sum(l.amount_cents) AS "
    "BIGINT) FROM bill_line l WHERE l.account_id = g.account_id AND l.bill_id = g.bill_id AND "
    "l.segment_no = g.segment_no), 0)), " OWED
    " FROM scope a JOIN bill b ON b.account_id = a.account_id WHERE " UNPRINTED
    "ORDER BY b.account_id, b.bill_date, b.bill_id"};
constexpr db::Query kUnapplied{
    "statement_unapplied", SCOPE
    "SELECT c.account_id, count(*), CAST(sum(c.amount_cents) AS BIGINT) FROM scope a JOIN "
    "payment_credit c ON c.account_id = a.account_id WHERE c.state = 'UNAPPLIED' "
    "GROUP BY c.account_id ORDER BY c.account_id"};
#undef SCOPE
#undef UNPRINTED

const db::InsertInto kInsertStatements{"statement_insert",
                                       "statement",
                                       {{"account_id"},
                                        {"statement_no"},
                                        {"print_file_id"},
                                        {"previous_no"},
                                        {"due_date", db::ColumnType::kText},
                                        {"previous_cents"},
                                        {"payment_cents"},
                                        {"other_cents"},
                                        {"charge_cents"},
                                        {"new_balance_cents"},
                                        {"past_due_cents"},
                                        {"amount_due_cents"},
                                        {"line_count"},
                                        {"movement_count"},
                                        {"live"}}};
const db::InsertInto kInsertEntries{"statement_entry_insert",
                                    "statement_entry",
                                    {{"account_id"}, {"entry_id"}, {"statement_no"}, {"live"}}};
const db::InsertInto kInsertBills{"statement_bill_insert",
                                  "statement_bill",
                                  {{"account_id"}, {"bill_id"}, {"statement_no"}, {"live"}}};

// Statements s of the file $1 of accounts ($2, $3].
#define OF_PAGE "s.print_file_id = $1 AND s.account_id > $2 AND s.account_id <= $3 "
constexpr db::Query kAccountsOf{"statement_accounts_of",
                                "SELECT s.account_id FROM statement s WHERE " OF_PAGE
                                "ORDER BY s.account_id"};
constexpr db::Query kVoidEntries{
    "statement_entry_void",
    "UPDATE statement_entry SET live = 0 WHERE (account_id, statement_no) IN "
    "(SELECT s.account_id, s.statement_no FROM statement s WHERE " OF_PAGE ")"};
constexpr db::Query kVoidBills{
    "statement_bill_void",
    "UPDATE statement_bill SET live = 0 WHERE (account_id, statement_no) IN "
    "(SELECT s.account_id, s.statement_no FROM statement s WHERE " OF_PAGE ")"};
constexpr db::Query kVoidStatements{
    "statement_void",
    "UPDATE statement SET live = 0 WHERE print_file_id = $1 AND account_id > $2 AND "
    "account_id <= $3"};
constexpr db::Query kTotals{
    "statement_totals",
    "SELECT count(*), CAST(coalesce(sum(line_count), 0) AS BIGINT), "
    "CAST(coalesce(sum(movement_count), 0) AS BIGINT), "
    "CAST(coalesce(sum(previous_cents), 0) AS BIGINT), "
    "CAST(coalesce(sum(payment_cents), 0) AS BIGINT), "
    "CAST(coalesce(sum(other_cents), 0) AS BIGINT), "
    "CAST(coalesce(sum(charge_cents), 0) AS BIGINT), "
    "CAST(coalesce(sum(new_balance_cents), 0) AS BIGINT), "
    "CAST(coalesce(sum(amount_due_cents), 0) AS BIGINT) FROM statement WHERE print_file_id = $1"};

constexpr db::Query kStatements{
    "statement_records",
    "SELECT s.account_id, s.statement_no, s.print_file_id, s.previous_no, s.due_date, "
    "s.past_due_cents, s.line_count, s.movement_count, s.previous_cents, s.payment_cents, "
    "s.other_cents, s.charge_cents, s.new_balance_cents, s.amount_due_cents FROM statement s "
    "WHERE " OF_PAGE "ORDER BY s.account_id"};
constexpr db::Query kMovements{
    "statement_record_movements",
    "SELECT e.account_id, e.entry_id, e.kind, e.source, e.business_date, " MOVED
    " FROM statement s JOIN statement_entry n ON n.account_id = s.account_id AND "
    "n.statement_no = s.statement_no JOIN journal_entry e ON e.account_id = n.account_id AND "
    "e.entry_id = n.entry_id WHERE " OF_PAGE
    "ORDER BY e.account_id, e.business_date, e.posted_time, e.entry_id"};
#define BILLS_OF_PAGE                                                               \
  "FROM statement s JOIN statement_bill n ON n.account_id = s.account_id AND "      \
  "n.statement_no = s.statement_no JOIN bill b ON b.account_id = n.account_id AND " \
  "b.bill_id = n.bill_id "
constexpr db::Query kPrintedBills{"statement_record_bills",
                                  "SELECT b.account_id, b.bill_id, b.bill_date, b.due_date, "
                                  "b.total_cents, " OWED " " BILLS_OF_PAGE "WHERE " OF_PAGE
                                  "ORDER BY b.account_id, b.bill_date, b.bill_id"};
constexpr db::Query kPrintedDueParts{
    "statement_record_due_parts",
    "SELECT b.account_id, b.bill_id, c.due_date, c.amount_cents " BILLS_OF_PAGE
    "JOIN rebill_charge c ON c.account_id = b.account_id AND c.bill_id = b.bill_id WHERE " OF_PAGE
    "ORDER BY b.account_id, b.bill_id, c.charge_no"};
constexpr db::Query kPrintedSegments{
    "statement_record_segments",
    "SELECT g.account_id, g.bill_id, g.segment_no, g.service, g.schedule_code, g.effective_date, "
    "g.from_date, g.to_date, g.usage_thousandths, g.estimated, g.amount_cents " BILLS_OF_PAGE
    "JOIN bill_segment g ON g.account_id = b.account_id AND g.bill_id = b.bill_id WHERE " OF_PAGE
    "ORDER BY g.account_id, g.bill_id, g.segment_no"};
constexpr db::Query kPrintedLines{
    "statement_record_lines",
    "SELECT l.account_id, l.bill_id, l.segment_no, l.version_date, l.component_no, l.tier_no, "
    "l.quantity_thousandths, l.quantity_divisor, l.day_count, l.rate_nanos, "
    "l.amount_cents, b.state, r.tariff_no " BILLS_OF_PAGE
    "JOIN bill_line l ON l.account_id = b.account_id AND l.bill_id = b.bill_id "
    "JOIN cycle_run r ON r.cycle_id = b.cycle_id WHERE " OF_PAGE
    "ORDER BY l.account_id, l.bill_id, l.line_no"};

constexpr db::Query kLargest{"statement_largest",
                             "SELECT account_id FROM statement WHERE print_file_id = $1 "
                             "ORDER BY new_balance_cents DESC, account_id LIMIT 1"};
constexpr db::Query kSmallest{"statement_smallest",
                              "SELECT account_id FROM statement WHERE print_file_id = $1 "
                              "ORDER BY abs(new_balance_cents), account_id LIMIT 1"};
constexpr db::Query kMostCredit{"statement_most_credit",
                                "SELECT account_id FROM statement WHERE print_file_id = $1 AND "
                                "new_balance_cents < 0 ORDER BY new_balance_cents, account_id "
                                "LIMIT 1"};
constexpr db::Query kPastDue{"statement_past_due",
                             "SELECT account_id FROM statement WHERE print_file_id = $1 AND "
                             "past_due_cents > 0 ORDER BY past_due_cents DESC, account_id LIMIT 1"};
constexpr db::Query kOfKinds{
    "statement_of_kinds",
    "SELECT e.kind, min(e.account_id) FROM statement s JOIN statement_entry n ON "
    "n.account_id = s.account_id AND n.statement_no = s.statement_no JOIN journal_entry e ON "
    "e.account_id = n.account_id AND e.entry_id = n.entry_id WHERE s.print_file_id = $1 AND "
    "e.kind <> 'CREDIT' GROUP BY e.kind ORDER BY e.kind"};
constexpr db::Query kOfSchedules{
    "statement_of_schedules",
    "SELECT g.schedule_code, min(g.account_id) " BILLS_OF_PAGE
    "JOIN bill_segment g ON g.account_id = b.account_id AND g.bill_id = b.bill_id WHERE "
    "s.print_file_id = $1 GROUP BY g.schedule_code ORDER BY g.schedule_code"};
constexpr db::Query kAtPlace{"statement_at_place",
                             "SELECT account_id FROM statement WHERE print_file_id = $1 "
                             "ORDER BY account_id LIMIT 1 OFFSET $2"};
#undef BILLS_OF_PAGE
#undef OF_PAGE
#undef OWED
#undef MOVED

constexpr std::int64_t kAtRandom = 5;

Movement ToMovement(db::Rows::Row row) {
  return {row.Int(1), receivable::ParseEntryKind(row.Text(2)), row.Text(3), row.Day(4), row.Int(5)};
}

// The thing of an account among those that are in the order of accounts; null if it has none.
template <class T, class AccountOf>
T* Find(std::vector<T>& all, std::int64_t account, const AccountOf& account_of) {
  const auto found = std::lower_bound(
      all.begin(), all.end(), account,
      [&](const T& one, std::int64_t wanted) { return account_of(one).value() < wanted; });
  return found != all.end() && account_of(*found).value() == account ? &*found : nullptr;
}

template <class Use>
auto WithColumns(const Statement& statement, const Use& use) {
  const Totals& totals = statement.totals;
  return use(statement.account, statement.statement_no, statement.print_file_id,
             statement.previous_no, statement.due_date, totals.previous_cents, totals.payment_cents,
             totals.other_cents, totals.charge_cents, totals.new_balance_cents,
             statement.past_due_cents, totals.amount_due_cents, totals.lines, totals.movements);
}

std::vector<std::int64_t> Sorted(std::vector<std::int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

bool HasUnprinted(db::Transaction& tx, const PrintFile& file) {
  return !tx.Select(kHasUnprinted, file.cycle_id, file.bill_id).empty();
}

std::vector<Situation> LockSituations(db::Transaction& tx, const PrintFile& file,
                                      const Page& page) {
  const auto select = [&](const db::Query& query) {
    return tx.Select(query, file.cycle_id, page.after, page.through, file.bill_id);
  };
  std::set<AccountId> accounts;
  for (const db::Rows::Row row : select(kAccounts)) accounts.insert(AccountId(row.Int(0)));
  std::vector<Situation> situations;
  for (const auto& [account, open] : receivable::LockBooks(tx, accounts)) {
    Situation& situation = situations.emplace_back();
    situation.account = account;
    situation.balance_cents = open.books.Balance().cents();
    situation.past_due_cents = open.books.PastDue(file.city_date).cents();
  }
  // What the page has now that its accounts are held. One whose bill was posted since is not held,
  // and not of this page any more.
  const auto of = [&](db::Rows::Row row) {
    return Find(situations, row.Int(0), [](const Situation& one) { return one.account; });
  };
  for (const db::Rows::Row row : select(kLast)) {
    Situation* situation = of(row);
    if (situation == nullptr) continue;
    situation->last_no = row.Int(1);
    situation->previous_no = row.Int(2);
    situation->previous_cents = row.Int(3);
    if (row.Int(2) != 0 && IsOpen(ParseFileState(row.Text(5)))) {
      situation->open_file_id = row.Int(4);
    }
  }
  for (const db::Rows::Row row : select(kFreeEntries)) {
    if (Situation* situation = of(row)) situation->entries.push_back(ToMovement(row));
  }
  for (const db::Rows::Row row : select(kBills)) {
    Situation* situation = of(row);
    if (situation == nullptr) continue;
    situation->bills.push_back({row.Int(1), row.Int(2), row.Day(3), row.Day(4), row.Int(5),
                                row.Int(6), row.Int(7), row.Int(8), row.Int(9), row.Int(10)});
  }
  for (const db::Rows::Row row : select(kUnapplied)) {
    Situation* situation = of(row);
    if (situation == nullptr) continue;
    situation->unapplied_count = row.Int(1);
    situation->unapplied_cents = row.Int(2);
  }
  std::erase_if(situations, [](const Situation& one) { return one.bills.empty(); });
  return situations;
}

void InsertStatements(db::Transaction& tx, std::span<const Made> made) {
  db::NewRows statements(kInsertStatements);
  db::NewRows entries(kInsertEntries);
  db::NewRows bills(kInsertBills);
  for (const Made& one : made) {
    const Statement& statement = one.statement;
    WithColumns(statement, [&](const auto&... cells) { statements.Add(cells..., true); });
    for (const std::int64_t id : one.entry_ids) {
      entries.Add(statement.account, id, statement.statement_no, true);
    }
    for (const std::int64_t id : one.bill_ids) {
      bills.Add(statement.account, id, statement.statement_no, true);
    }
  }
  for (const db::NewRows* rows : {&statements, &entries, &bills}) {
    if (!rows->empty()) tx.InsertRows(*rows);
  }
}

Cells CellsOfStatement(const Statement& statement) { return WithColumns(statement, kToCells); }

std::string TextOfRows(const RowDigest& statements, const RowDigest& entries,
                       const RowDigest& bills) {
  return "statements=" + statements.hex() + ",entries=" + entries.hex() + ",bills=" + bills.hex();
}

std::string TextOf(std::span<const Made> made) {
  RowDigest statements;
  RowDigest entries;
  RowDigest bills;
  for (const Made& one : made) {
    const Statement& statement = one.statement;
    statements.Add(CellsOfStatement(statement));
    for (const std::int64_t id : Sorted(one.entry_ids)) {
      entries.Add(CellsOf(statement.account, id, statement.statement_no));
    }
    for (const std::int64_t id : Sorted(one.bill_ids)) {
      bills.Add(CellsOf(statement.account, id, statement.statement_no));
    }
  }
  return TextOfRows(statements, entries, bills);
}

void VoidStatements(db::Transaction& tx, std::int64_t print_file_id, const Page& page) {
  std::set<AccountId> accounts;
  for (const db::Rows::Row row : tx.Select(kAccountsOf, print_file_id, page.after, page.through)) {
    accounts.insert(AccountId(row.Int(0)));
  }
  if (accounts.empty()) return;
  receivable::LockBooksToCharge(tx, accounts);
  for (const db::Query* query : {&kVoidEntries, &kVoidBills, &kVoidStatements}) {
    tx.Execute(*query, print_file_id, page.after, page.through);
  }
}

Totals TotalsOf(db::Transaction& tx, std::int64_t print_file_id) {
  const db::Rows rows = tx.Select(kTotals, print_file_id);
  const db::Rows::Row row = rows[0];
  return {row.Int(0), row.Int(1), row.Int(2), row.Int(3), row.Int(4),
          row.Int(5), row.Int(6), row.Int(7), row.Int(8)};
}

std::vector<Record> LoadRecords(db::Transaction& tx, const rate::Tariff& tariff,
                                const PrintFile& file, AccountId after, AccountId through) {
  const auto select = [&](const db::Query& query) {
    return tx.Select(query, file.print_file_id, after, through);
  };
  std::vector<Record> records;
  for (const db::Rows::Row row : select(kStatements)) {
    Statement& statement = records.emplace_back().statement;
    statement.account = AccountId(row.Int(0));
    statement.statement_no = row.Int(1);
    statement.print_file_id = row.Int(2);
    statement.previous_no = row.Int(3);
    statement.due_date = row.Day(4);
    statement.past_due_cents = row.Int(5);
    statement.totals = {1,           row.Int(6),  row.Int(7),  row.Int(8), row.Int(9),
                        row.Int(10), row.Int(11), row.Int(12), row.Int(13)};
  }
  const auto of = [&](db::Rows::Row row) -> Record& {
    return *Find(records, row.Int(0), [](const Record& one) { return one.statement.account; });
  };
  for (const db::Rows::Row row : select(kPrintedBills)) {
    std::vector<RecordBill>& bills = of(row).bills;
    bills.push_back({row.Int(1), row.Day(2), row.Day(3), {}, row.Int(4), row.Int(5), {}});
  }
  const auto bill_of = [&](db::Rows::Row row) -> RecordBill& {
    std::vector<RecordBill>& bills = of(row).bills;
    return *std::find_if(bills.begin(), bills.end(),
                         [&](const RecordBill& bill) { return bill.bill_id == row.Int(1); });
  };
  for (const db::Rows::Row row : select(kPrintedDueParts)) {
    if (file.record_version < 2) break;
    Money& amount = bill_of(row).due_parts[row.Day(2)];
    amount = Money::Cents(amount.cents() + row.Int(3));
  }
  for (const db::Rows::Row row : select(kMovements)) {
    Record& record = of(row);
    Movement movement = ToMovement(row);
    const bool printed = std::any_of(
        record.bills.begin(), record.bills.end(),
        [&](const RecordBill& bill) { return EntryOfBill(bill.bill_id) == movement.entry_id; });
    if (!printed && movement.amount_cents != 0) record.movements.push_back(std::move(movement));
  }
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, cycle::Segment> segments;
  for (const db::Rows::Row row : select(kPrintedSegments)) {
    bill_of(row).segments.push_back({row.Text(3),
                                     row.Text(4),
                                     row.Day(6),
                                     row.Day(7),
                                     row.Int(8),
                                     row.Bool(9),
                                     {},
                                     row.Int(10)});
    cycle::Segment& segment = segments[{row.Int(0), row.Int(1), row.Int(2)}];
    segment.schedule_code = row.Text(4);
    segment.effective_date = row.Day(5);
    segment.from_date = row.Day(6);
    segment.to_date = row.Day(7);
  }
  rate::EarlierTariffs earlier(tx);
  for (const db::Rows::Row row : select(kPrintedLines)) {
    const cycle::Segment& segment = segments.at({row.Int(0), row.Int(1), row.Int(2)});
    const rate::Line line = cycle::ToLine(row, 3, segment);
    const bool is_then =
        row.Text(11) == cycle::BillStateName(cycle::BillState::kCancelled) && row.Int(12) > 0;
    const rate::Tariff& priced_by = is_then ? earlier.Of(row.Int(12)) : tariff;
    const rate::Schedule& version = *priced_by.Version(segment.schedule_code, line.effective_date);
    bill_of(row)
        .segments.at(static_cast<std::size_t>(row.Int(2) - 1))
        .lines.push_back({rate::Description(version, line), rate::QuantityText(version, line),
                          rate::RateText(version, line), line.amount.cents()});
  }
  return records;
}

std::vector<Chosen> ChooseSample(db::Transaction& tx, const PrintFile& file) {
  std::vector<Chosen> sample;
  const auto choose = [&](const std::string& as, const db::Rows& rows) {
    for (const db::Rows::Row row : rows) sample.push_back({as, AccountId(row.Int(0))});
  };
  choose("largest", tx.Select(kLargest, file.print_file_id));
  choose("smallest", tx.Select(kSmallest, file.print_file_id));
  choose("credit", tx.Select(kMostCredit, file.print_file_id));
  choose("past due", tx.Select(kPastDue, file.print_file_id));
  for (const db::Rows::Row row : tx.Select(kOfKinds, file.print_file_id)) {
    sample.push_back({"movement " + row.Text(0), AccountId(row.Int(1))});
  }
  for (const db::Rows::Row row : tx.Select(kOfSchedules, file.print_file_id)) {
    sample.push_back({"schedule " + row.Text(0), AccountId(row.Int(1))});
  }
  for (const std::int64_t place : ChoosePlaces(file.sha256, file.totals.statements, kAtRandom)) {
    choose("random", tx.Select(kAtPlace, file.print_file_id, place));
  }
  return sample;
}

}  // namespace reeve::billing::statement
