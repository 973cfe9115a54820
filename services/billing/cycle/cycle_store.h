// Cycle runs and their bills in the database. Everything that a run reads or writes comes in sets,
// page by page.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/read/read_store.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

std::optional<Run> FindRun(db::Transaction& tx, std::int64_t cycle_id);
std::optional<Run> LockRun(db::Transaction& tx, std::int64_t cycle_id);
// In the audit trail: the run, the pages as they were laid down, the state of each page
// ("<cycle>/<page>"), what the guard held in it, and what reviews made of a held bill.
inline constexpr Kept kKeptRun{"cycle-run", 1, {{{"cycle", 1}, {"state", 3}}}};
inline constexpr std::string_view kPagesEntity = "cycle-pages";
inline constexpr std::string_view kPageEntity = "cycle-page";
inline constexpr std::string_view kHoldsEntity = "cycle-page-holds";
inline constexpr std::string_view kBillEntity = "bill";
Cells CellsOfRun(const Run& run);
Cells FixedCellsOf(std::int64_t cycle_id, const Page& page, std::int64_t lanes);
RowDigest DigestOfHolds(std::span<const Bill> bills);

void InsertRun(db::Transaction& tx, const Run& run);
// Saves state and signature.
void SaveRun(db::Transaction& tx, const Run& run);
// The run of this cycle with the latest period; no rebill.
std::optional<Run> LatestRun(db::Transaction& tx, int cycle);
// The same, held until the transaction ends: whoever starts the next run, whoever bills days of an
// earlier one again, and whoever corrects a read that a run may use wait for each other.
std::optional<Run> LockLatestRun(db::Transaction& tx, int cycle);
// The first run that has work to do (CALCULATING or POSTING), if any.
std::optional<Run> RunAtWork(db::Transaction& tx);
// By period and id, the newest first.
std::vector<Run> ListRuns(db::Transaction& tx, const std::string& before_period,
                          std::int64_t before_cycle_id, std::int64_t limit);

// Pages, all PLANNED; each belongs to the lane of its number.
void InsertPages(db::Transaction& tx, std::int64_t cycle_id, std::span<const Page> pages,
                 std::int64_t lanes);
// The lane's first page in that state, held; nothing if there is none.
std::optional<Page> LockPage(db::Transaction& tx, std::int64_t cycle_id, std::int64_t lane,
                             PageState state);
void SavePageState(db::Transaction& tx, std::int64_t cycle_id, const Page& page, PageState state);
// True if some page of the run is in that state.
bool HasPage(db::Transaction& tx, std::int64_t cycle_id, PageState state);
// Agreements of the pages in that state.
std::int64_t CountAgreements(db::Transaction& tx, std::int64_t cycle_id, PageState state);

// What each agreement was billed last, in the order of the keys.
std::vector<std::optional<LastBilled>> LoadLastBilled(
    db::Transaction& tx, std::span<const read::AgreementKey> agreements);

// Bills with their segments, lines and holds.
void InsertBills(db::Transaction& tx, std::span<const Bill> bills);

// The bills of a run that may be posted, of accounts above `after` up to `through`, with segments
// but no lines.
std::vector<Bill> PostableBills(db::Transaction& tx, std::int64_t cycle_id, AccountId after,
                                AccountId through);
// Moves all of these to POSTED.
void MarkPosted(db::Transaction& tx, std::int64_t cycle_id, AccountId after, AccountId through,
                std::size_t bills);

// A bill, held until the transaction ends.
std::optional<Bill> LockBill(db::Transaction& tx, AccountId account, std::int64_t bill_id);
void SaveBillStates(db::Transaction& tx, std::span<const Bill> bills);
// Whether later days of the bill's agreements are billed.
bool IsBilledSince(db::Transaction& tx, const Bill& bill);
// The days of a bill are to be billed again.
void CancelSegments(db::Transaction& tx, const Bill& bill);
// These bills with their holds, without segments, in the order of the keys.
using BillKey = std::pair<AccountId, std::int64_t>;
std::vector<Bill> LoadHeldBills(db::Transaction& tx, std::span<const BillKey> keys);
// Adds service and amount of each segment, all in one trip: what posting needs.
void AddAmounts(db::Transaction& tx, std::span<Bill> bills);
// With holds, by account, behind account `after`.
std::vector<Bill> ListHeldBills(db::Transaction& tx, std::int64_t cycle_id, AccountId after,
                                std::int64_t limit);

// A line of a segment from the columns version_date, component_no, tier_no, quantity_thousandths,
// quantity_divisor, day_count, rate_nanos, amount_cents, which begin at `first`.
rate::Line ToLine(db::Rows::Row row, std::size_t first, const Segment& segment);

// A bill with segments, lines and holds; nothing if there is none. `bill_id` 0: the newest posted.
std::optional<Bill> LoadBill(db::Transaction& tx, AccountId account, std::int64_t bill_id);
// Without segments, newest first, behind (bill date, id) of the page before.
std::vector<Bill> ListBills(db::Transaction& tx, AccountId account, const std::string& before_date,
                            std::int64_t before_bill_id, std::int64_t limit);

// What an agreement was billed before the bill whose segment begins on `from_date`.
struct BilledBefore {
  MeteredUse use;
  Money amount;
};
std::optional<BilledBefore> FindBilledBefore(db::Transaction& tx, AccountId account,
                                             std::int64_t agreement_id, Date from_date);

}  // namespace reeve::billing::cycle
