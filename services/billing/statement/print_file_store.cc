#include "services/billing/statement/print_file_store.h"

namespace reeve::billing::statement {
namespace {

using db::ColumnType;
using db::ToValue;

#define FILE_COLUMNS                                                                              \
  "SELECT print_file_id, cycle_id, bill_id, state, city_date, cutoff_time, payment_token, "       \
  "days_to_pay_min, statement_count, line_count, movement_count, previous_cents, payment_cents, " \
  "other_cents, charge_cents, new_balance_cents, amount_due_cents, sha256, made_by_person_id, "   \
  "decided_by_person_id, reason, record_version FROM print_file "
constexpr db::Query kFindFile{"print_file_find", FILE_COLUMNS "WHERE print_file_id = $1"};
constexpr db::Query kFileAtWork{"print_file_at_work", FILE_COLUMNS
                                "WHERE state IN ('MAKING', 'REFUSING') "
                                "ORDER BY cutoff_time, print_file_id LIMIT 1"};
constexpr db::Query kListFiles{"print_file_list", FILE_COLUMNS
                               "WHERE cutoff_time < $1 OR (cutoff_time = $1 AND "
                               "print_file_id < $2) ORDER BY cutoff_time DESC, "
                               "print_file_id DESC LIMIT $3"};
#undef FILE_COLUMNS
constexpr db::Query kInsertFile{
    "print_file_insert",
    "INSERT INTO print_file (print_file_id, cycle_id, bill_id, state, city_date, cutoff_time, "
    "payment_token, days_to_pay_min, statement_count, line_count, movement_count, previous_cents, "
    "payment_cents, other_cents, charge_cents, new_balance_cents, amount_due_cents, sha256, "
    "made_by_person_id, decided_by_person_id, reason, record_version) VALUES ($1, $2, $3, $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"};
constexpr db::Query kSaveFile{
    "print_file_save",
    "UPDATE print_file SET state = $2, statement_count = $3, line_count = $4, movement_count = $5, "
    "previous_cents = $6, payment_cents = $7, other_cents = $8, charge_cents = $9, "
    "new_balance_cents = $10, amount_due_cents = $11, sha256 = $12, decided_by_person_id = $13, "
    "reason = $14 WHERE print_file_id = $1"};
constexpr db::Query kOpenFileOf{
    "print_file_open",
    "SELECT print_file_id FROM print_file WHERE cycle_id = $1 AND "
    "state IN ('MAKING', 'MADE', 'REFUSING') ORDER BY print_file_id LIMIT 1"};

constexpr db::Query kPagesOfCycle{
    "print_page_of_cycle",
    "SELECT page_no, after_account_id, through_account_id FROM cycle_page WHERE cycle_id = $1 "
    "ORDER BY page_no"};
const db::InsertInto kInsertPages{"print_page_insert",
                                  "print_page",
                                  {{"print_file_id"},
                                   {"page_no"},
                                   {"lane"},
                                   {"after_account_id"},
                                   {"through_account_id"},
                                   {"state", ColumnType::kText}}};
constexpr db::Query kLockPage{
    "print_page_lock",
    "SELECT page_no, after_account_id, through_account_id FROM print_page "
    "WHERE print_file_id = $1 AND lane = $2 AND state = $3 ORDER BY page_no LIMIT 1"};
constexpr db::Query kNextPage{
    "print_page_next",
    "SELECT page_no, after_account_id, through_account_id FROM print_page "
    "WHERE print_file_id = $1 AND page_no > $2 ORDER BY page_no LIMIT 1"};
constexpr db::Query kSavePageState{
    "print_page_save",
    "UPDATE print_page SET state = $3 WHERE print_file_id = $1 AND page_no = $2"};
constexpr db::Query kCountPages{"print_page_count",
                                "SELECT count(*) FROM print_page WHERE print_file_id = $1"};
constexpr db::Query kCountPagesIn{
    "print_page_count_in",
    "SELECT count(*) FROM print_page WHERE print_file_id = $1 AND state = $2"};

#define WITHHELD_COLUMNS                                         \
  "SELECT account_id, print_file_id, cause, bill_id, evidence, " \
  "acknowledged_by_person_id, acknowledgement FROM statement_withheld "
constexpr db::Query kListWithheld{
    "statement_withheld_list", WITHHELD_COLUMNS
    "WHERE print_file_id = $1 AND (account_id > $2 OR (account_id = $2 AND cause > $3)) "
    "ORDER BY account_id, cause LIMIT $4"};
constexpr db::Query kOpenWithheld{"statement_withheld_open", WITHHELD_COLUMNS
                                  "WHERE print_file_id = $1 AND cause = $2 AND "
                                  "(account_id = $3 OR $3 = 0) AND acknowledged_by_person_id = 0 "
                                  "ORDER BY account_id LIMIT $4"};
#undef WITHHELD_COLUMNS
constexpr db::Query kCountWithheld{
    "statement_withheld_count",
    "SELECT count(DISTINCT account_id), CAST(coalesce(sum(CASE WHEN acknowledged_by_person_id = 0 "
    "THEN 1 ELSE 0 END), 0) AS BIGINT) FROM statement_withheld WHERE print_file_id = $1"};
constexpr db::Query kCancelledBill{
    "statement_cancelled_bill",
    "SELECT b.bill_id FROM statement s JOIN statement_bill n ON n.account_id = s.account_id AND "
    "n.statement_no = s.statement_no JOIN bill b ON b.account_id = n.account_id AND "
    "b.bill_id = n.bill_id WHERE s.print_file_id = $1 AND b.state = 'CANCELLED' LIMIT 1"};
const db::InsertInto kInsertWithheld{"statement_withheld_insert",
                                     "statement_withheld",
                                     {{"account_id"},
                                      {"print_file_id"},
                                      {"cause", ColumnType::kText},
                                      {"bill_id"},
                                      {"evidence", ColumnType::kText},
                                      {"acknowledged_by_person_id"},
                                      {"acknowledgement", ColumnType::kText}}};
constexpr db::Query kAcknowledge{
    "statement_withheld_acknowledge",
    "UPDATE statement_withheld SET acknowledged_by_person_id = $4, acknowledgement = $5 "
    "WHERE account_id = $1 AND print_file_id = $2 AND cause = $3"};

PrintFile ToFile(db::Rows::Row row) {
  return {row.Int(0),
          row.Int(1),
          row.Int(2),
          ParseFileState(row.Text(3)),
          row.Day(4),
          row.Time(5),
          row.Text(6),
          row.Int(7),
          {row.Int(8), row.Int(9), row.Int(10), row.Int(11), row.Int(12), row.Int(13), row.Int(14),
           row.Int(15), row.Int(16)},
          row.Text(17),
          PersonId(row.Int(18)),
          PersonId(row.Int(19)),
          row.Text(20),
          row.Int(21)};
}

std::optional<PrintFile> MaybeFile(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(ToFile(rows[0]));
}

std::optional<Page> MaybePage(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return Page{rows[0].Int(0), AccountId(rows[0].Int(1)), AccountId(rows[0].Int(2))};
}

std::vector<Withheld> ToWithheld(const db::Rows& rows) {
  std::vector<Withheld> withheld;
  for (const db::Rows::Row row : rows) {
    withheld.push_back({AccountId(row.Int(0)), row.Int(1), FindCause(row.Text(2)).value(),
                        row.Int(3), row.Text(4), PersonId(row.Int(5)), row.Text(6)});
  }
  return withheld;
}

std::int64_t LaneOf(const Page& page) { return page.page_no % kLanes; }

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const PrintFile& file, const Use& use) {
  const Totals& totals = file.totals;
  return use(file.print_file_id, file.cycle_id, file.bill_id, FileStateName(file.state),
             file.city_date, file.cutoff_time, file.payment_token, file.days_to_pay_min,
             totals.statements, totals.lines, totals.movements, totals.previous_cents,
             totals.payment_cents, totals.other_cents, totals.charge_cents,
             totals.new_balance_cents, totals.amount_due_cents, file.sha256, file.made_by,
             file.decided_by, file.reason, file.record_version);
}
template <class Use>
auto WithColumns(const Withheld& withheld, const Use& use) {
  return use(withheld.account, withheld.print_file_id, CauseName(withheld.cause), withheld.bill_id,
             withheld.evidence, withheld.acknowledged_by, withheld.acknowledgement);
}

}  // namespace

Cells CellsOfFile(const PrintFile& file) {
  Cells cells = WithColumns(file, kToCells);
  if (file.record_version == 1) cells.pop_back();  // as it was kept before there was another
  return cells;
}
Cells CellsOfWithheld(const Withheld& withheld) { return WithColumns(withheld, kToCells); }
Cells FixedCellsOf(std::int64_t print_file_id, const Page& page) {
  return CellsOf(print_file_id, page.page_no, LaneOf(page), page.after, page.through);
}

void InsertFile(db::Transaction& tx, const PrintFile& file) {
  WithColumns(file, [&tx](const auto&... cells) { tx.Execute(kInsertFile, cells...); });
}

void SaveFile(db::Transaction& tx, const PrintFile& file) {
  const Totals& totals = file.totals;
  const std::vector<db::Value> one[] = {
      {ToValue(file.print_file_id), ToValue(FileStateName(file.state)), ToValue(totals.statements),
       ToValue(totals.lines), ToValue(totals.movements), ToValue(totals.previous_cents),
       ToValue(totals.payment_cents), ToValue(totals.other_cents), ToValue(totals.charge_cents),
       ToValue(totals.new_balance_cents), ToValue(totals.amount_due_cents), ToValue(file.sha256),
       ToValue(file.decided_by), ToValue(file.reason)}};
  tx.ExecuteEach(kSaveFile, one);
}

std::optional<PrintFile> FindFile(db::Transaction& tx, std::int64_t print_file_id) {
  return MaybeFile(tx.Select(kFindFile, print_file_id));
}

std::optional<PrintFile> LockFile(db::Transaction& tx, std::int64_t print_file_id) {
  return MaybeFile(tx.SelectForUpdate(kFindFile, print_file_id));
}

std::optional<PrintFile> FileAtWork(db::Transaction& tx) {
  return MaybeFile(tx.Select(kFileAtWork));
}

std::int64_t OpenFileOf(db::Transaction& tx, std::int64_t cycle_id) {
  const db::Rows rows = tx.Select(kOpenFileOf, cycle_id);
  return rows.empty() ? 0 : rows[0].Int(0);
}

std::vector<PrintFile> ListFiles(db::Transaction& tx, std::int64_t before_micros,
                                 std::int64_t before_file_id, std::int64_t limit) {
  std::vector<PrintFile> files;
  for (const db::Rows::Row row : tx.Select(kListFiles, before_micros, before_file_id, limit)) {
    files.push_back(ToFile(row));
  }
  return files;
}

std::vector<Page> PagesOfCycle(db::Transaction& tx, std::int64_t cycle_id) {
  std::vector<Page> pages;
  for (const db::Rows::Row row : tx.Select(kPagesOfCycle, cycle_id)) {
    pages.push_back({row.Int(0), AccountId(row.Int(1)), AccountId(row.Int(2))});
  }
  return pages;
}

void InsertPages(db::Transaction& tx, std::int64_t print_file_id, std::span<const Page> pages) {
  db::NewRows rows(kInsertPages);
  for (const Page& page : pages) {
    rows.Add(print_file_id, page.page_no, LaneOf(page), page.after, page.through,
             PageStateName(PageState::kPlanned));
  }
  tx.InsertRows(rows);
}

std::optional<Page> LockPage(db::Transaction& tx, std::int64_t print_file_id, std::int64_t lane,
                             PageState state) {
  return MaybePage(tx.SelectForUpdate(kLockPage, print_file_id, lane, PageStateName(state)));
}

std::optional<Page> NextPage(db::Transaction& tx, std::int64_t print_file_id,
                             std::int64_t after_no) {
  return MaybePage(tx.Select(kNextPage, print_file_id, after_no));
}

void SavePageState(db::Transaction& tx, std::int64_t print_file_id, const Page& page,
                   PageState state) {
  const std::vector<db::Value> one[] = {
      {ToValue(print_file_id), ToValue(page.page_no), ToValue(PageStateName(state))}};
  tx.ExecuteEach(kSavePageState, one);
}

std::int64_t CountPages(db::Transaction& tx, std::int64_t print_file_id,
                        std::optional<PageState> state) {
  return (state ? tx.Select(kCountPagesIn, print_file_id, PageStateName(*state))
                : tx.Select(kCountPages, print_file_id))[0]
      .Int(0);
}

void InsertWithheld(db::Transaction& tx, std::span<const Withheld> withheld) {
  db::NewRows rows(kInsertWithheld);
  for (const Withheld& one : withheld) {
    WithColumns(one, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

WithheldCounts CountWithheld(db::Transaction& tx, std::int64_t print_file_id) {
  const db::Rows rows = tx.Select(kCountWithheld, print_file_id);
  return {rows[0].Int(0), rows[0].Int(1)};
}

std::optional<std::int64_t> FindCancelledBill(db::Transaction& tx, std::int64_t print_file_id) {
  const db::Rows rows = tx.Select(kCancelledBill, print_file_id);
  return rows.empty() ? std::nullopt : std::optional(rows[0].Int(0));
}

std::vector<Withheld> ListWithheld(db::Transaction& tx, std::int64_t print_file_id, AccountId after,
                                   const std::string& after_cause, std::int64_t limit) {
  return ToWithheld(tx.Select(kListWithheld, print_file_id, after, after_cause, limit));
}

std::vector<Withheld> ListOpenWithheld(db::Transaction& tx, std::int64_t print_file_id, Cause cause,
                                       AccountId account, std::int64_t limit) {
  return ToWithheld(tx.Select(kOpenWithheld, print_file_id, CauseName(cause), account, limit));
}

void SaveAcknowledgements(db::Transaction& tx, std::span<const Withheld> withheld) {
  std::vector<std::vector<db::Value>> rows;
  for (const Withheld& one : withheld) {
    rows.push_back({ToValue(one.account), ToValue(one.print_file_id), ToValue(CauseName(one.cause)),
                    ToValue(one.acknowledged_by), ToValue(one.acknowledgement)});
  }
  tx.ExecuteEach(kAcknowledge, rows);
}

}  // namespace reeve::billing::statement
