// Pages of runs.
#include "services/billing/cycle/cycle_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;
using db::ToValue;

const db::InsertInto kInsertPages{"cycle_page_insert",
                                  "cycle_page",
                                  {{"cycle_id"},
                                   {"page_no"},
                                   {"lane"},
                                   {"state", ColumnType::kText},
                                   {"after_account_id"},
                                   {"through_account_id"},
                                   {"agreement_count"}}};
constexpr db::Query kLockPage{
    "cycle_page_lock",
    "SELECT page_no, after_account_id, through_account_id, agreement_count FROM cycle_page "
    "WHERE cycle_id = $1 AND lane = $2 AND state = $3 ORDER BY page_no LIMIT 1"};
constexpr db::Query kSavePageState{
    "cycle_page_save", "UPDATE cycle_page SET state = $3 WHERE cycle_id = $1 AND page_no = $2"};
constexpr db::Query kHasPage{
    "cycle_page_has", "SELECT page_no FROM cycle_page WHERE cycle_id = $1 AND state = $2 LIMIT 1"};
constexpr db::Query kCountAgreements{
    "cycle_page_count",
    "SELECT CAST(coalesce(sum(agreement_count), 0) AS BIGINT) FROM cycle_page "
    "WHERE cycle_id = $1 AND state = $2"};

}  // namespace

Cells FixedCellsOf(std::int64_t cycle_id, const Page& page, std::int64_t lanes) {
  return CellsOf(cycle_id, page.page_no, page.page_no % lanes, page.after, page.through,
                 page.agreement_count);
}

void InsertPages(db::Transaction& tx, std::int64_t cycle_id, std::span<const Page> pages,
                 std::int64_t lanes) {
  db::NewRows rows(kInsertPages);
  for (const Page& page : pages) {
    rows.Add(cycle_id, page.page_no, page.page_no % lanes, PageStateName(PageState::kPlanned),
             page.after, page.through, page.agreement_count);
  }
  tx.InsertRows(rows);
}

std::optional<Page> LockPage(db::Transaction& tx, std::int64_t cycle_id, std::int64_t lane,
                             PageState state) {
  const db::Rows rows = tx.SelectForUpdate(kLockPage, cycle_id, lane, PageStateName(state));
  if (rows.empty()) return std::nullopt;
  return Page{rows[0].Int(0), AccountId(rows[0].Int(1)), AccountId(rows[0].Int(2)), rows[0].Int(3)};
}

void SavePageState(db::Transaction& tx, std::int64_t cycle_id, const Page& page, PageState state) {
  const std::vector<db::Value> one[] = {
      {ToValue(cycle_id), ToValue(page.page_no), ToValue(PageStateName(state))}};
  tx.ExecuteEach(kSavePageState, one);
}

bool HasPage(db::Transaction& tx, std::int64_t cycle_id, PageState state) {
  return !tx.Select(kHasPage, cycle_id, PageStateName(state)).empty();
}

std::int64_t CountAgreements(db::Transaction& tx, std::int64_t cycle_id, PageState state) {
  return tx.Select(kCountAgreements, cycle_id, PageStateName(state))[0].Int(0);
}

}  // namespace reeve::billing::cycle
