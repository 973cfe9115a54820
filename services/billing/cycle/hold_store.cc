#include "services/billing/cycle/hold_store.h"

#include "services/billing/cycle/cycle_store.h"
#include "shared/core/spelling.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;

constexpr db::Query kFindWork{
    "hold_work_find",
    "SELECT account_id, bill_id, owner_person_id, deadline_date FROM hold_work WHERE "
    "account_id = $1 AND bill_id = $2"};
constexpr db::Query kInsertWork{
    "hold_work_insert",
    "INSERT INTO hold_work (account_id, bill_id, owner_person_id, deadline_date) "
    "VALUES ($1, $2, $3, $4)"};
constexpr db::Query kSaveWork{
    "hold_work_save",
    "UPDATE hold_work SET owner_person_id = $3, deadline_date = $4 WHERE account_id = $1 AND "
    "bill_id = $2"};
const db::InsertInto kInsertReviews{"bill_review_insert",
                                    "bill_review",
                                    {{"account_id"},
                                     {"bill_id"},
                                     {"decision", db::ColumnType::kText},
                                     {"reason", db::ColumnType::kText},
                                     {"reviewed_by_person_id"},
                                     {"reviewed_date", db::ColumnType::kText},
                                     {"review_seconds"},
                                     {"release_id"}}};

constexpr db::Query kDecided{"bill_review_decided",
                             "SELECT bill_id FROM bill_review WHERE account_id = $1 AND "
                             "bill_id = $2 AND decision = $3"};

#define WAITING                                                                                  \
  "SELECT b.account_id, b.bill_id, w.owner_person_id, w.deadline_date FROM bill b LEFT JOIN "    \
  "hold_work w ON w.account_id = b.account_id AND w.bill_id = b.bill_id WHERE b.state = 'HELD' " \
  "AND (b.account_id > $1 OR (b.account_id = $1 AND b.bill_id > $2)) "
#define BY_ACCOUNT "ORDER BY b.account_id, b.bill_id LIMIT $3"
constexpr db::Query kWaiting{"bill_waiting", WAITING BY_ACCOUNT};
// $4: the day; $5: the day less the days that a bill has without a deadline of its own.
constexpr db::Query kOverdue{"bill_overdue", WAITING
                             "AND (w.deadline_date < $4 OR (w.deadline_date IS NULL AND "
                             "b.bill_date < $5)) " BY_ACCOUNT};
#undef BY_ACCOUNT
#undef WAITING

#define RELEASE_COLUMNS                                                                     \
  "SELECT release_id, cycle_id, state, rule, at_stake_max_cents, bill_count, total_cents, " \
  "at_stake_cents, reason, proposed_by_person_id, approved_by_person_id, as_months FROM "   \
  "mass_release "
constexpr db::Query kFindRelease{"mass_release_find", RELEASE_COLUMNS "WHERE release_id = $1"};
#undef RELEASE_COLUMNS
constexpr db::Query kInsertRelease{
    "mass_release_insert",
    "INSERT INTO mass_release (release_id, cycle_id, state, rule, at_stake_max_cents, bill_count, "
    "total_cents, at_stake_cents, reason, proposed_by_person_id, approved_by_person_id, "
    "as_months) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};
constexpr db::Query kSaveRelease{
    "mass_release_save",
    "UPDATE mass_release SET state = $2, approved_by_person_id = $3 WHERE release_id = $1"};
// What could not be priced and has no history is at stake with nobody knows how much: that is not
// nothing, and such a bill is looked at by itself.
constexpr db::Query kReleasable{
    "bill_releasable",
    "SELECT b.account_id, b.bill_id FROM bill b WHERE b.cycle_id = $1 AND b.state = 'HELD' AND "
    "NOT EXISTS (SELECT 1 FROM bill_hold h WHERE h.account_id = b.account_id AND "
    "h.bill_id = b.bill_id AND (h.reason <> $2 OR h.at_stake_cents > $3 OR (h.at_stake_cents = 0 "
    "AND h.reason IN ('NO_SCHEDULE', 'NO_READ', 'READS_FALL', 'NOT_PRICED')))) "
    "ORDER BY b.account_id LIMIT $4"};

constexpr Spelling<ReleaseState, 2> kReleaseStates{{"PROPOSED", "RELEASED"}};

template <class Use>
auto WithColumns(const HoldWork& work, const Use& use) {
  return use(work.account, work.bill_id, work.owner, work.deadline);
}
template <class Use>
auto WithColumns(const BillReview& review, const Use& use) {
  return use(review.account, review.bill_id, BillEventName(review.decision), review.reason,
             review.reviewed_by, review.reviewed_date, review.review_seconds, review.release_id);
}
template <class Use>
auto WithColumns(const MassRelease& release, const Use& use) {
  return use(release.release_id, release.cycle_id, ReleaseStateName(release.state),
             HoldReasonName(release.rule), release.at_stake_max_cents, release.bill_count,
             release.total_cents, release.at_stake_cents, release.reason, release.proposed_by,
             release.approved_by, release.as_months);
}

std::optional<MassRelease> ToRelease(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  return MassRelease{row.Int(0),
                     row.Int(1),
                     row.Text(2) == ReleaseStateName(ReleaseState::kProposed)
                         ? ReleaseState::kProposed
                         : ReleaseState::kReleased,
                     ParseHoldReason(row.Text(3)),
                     row.Int(4),
                     row.Int(5),
                     row.Int(6),
                     row.Int(7),
                     row.Text(8),
                     PersonId(row.Int(9)),
                     PersonId(row.Int(10)),
                     row.Bool(11)};
}

}  // namespace

Cells CellsOfHoldWork(const HoldWork& work) { return WithColumns(work, kToCells); }

std::optional<HoldWork> LockHoldWork(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindWork, account, bill_id);
  if (rows.empty()) return std::nullopt;
  return HoldWork{account, bill_id, PersonId(rows[0].Int(2)), rows[0].Day(3)};
}

void SaveHoldWork(db::Transaction& tx, const HoldWork& work, bool is_new) {
  const std::vector<db::Value> one[] = {CellsOfHoldWork(work)};
  tx.ExecuteEach(is_new ? kInsertWork : kSaveWork, one);
}

Cells CellsOfReview(const BillReview& review) { return WithColumns(review, kToCells); }

bool WasDecided(db::Transaction& tx, AccountId account, std::int64_t bill_id, BillEvent decision) {
  return !tx.Select(kDecided, account, bill_id, BillEventName(decision)).empty();
}

void InsertReviews(db::Transaction& tx, std::span<const BillReview> reviews) {
  db::NewRows rows(kInsertReviews);
  for (const BillReview& review : reviews) {
    WithColumns(review, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<WaitingBill> ListWaiting(db::Transaction& tx, AccountId after,
                                     std::int64_t after_bill_id, std::optional<Date> before,
                                     std::int32_t days, std::int64_t limit) {
  const db::Rows rows =
      before ? tx.Select(kOverdue, after, after_bill_id, limit, *before, before->PlusDays(-days))
             : tx.Select(kWaiting, after, after_bill_id, limit);
  std::vector<WaitingBill> waiting;
  std::vector<BillKey> keys;
  for (const db::Rows::Row row : rows) {
    keys.emplace_back(AccountId(row.Int(0)), row.Int(1));
    WaitingBill& one = waiting.emplace_back();
    if (row.IsNull(2)) continue;
    one.work = HoldWork{AccountId(row.Int(0)), row.Int(1), PersonId(row.Int(2)), row.Day(3)};
  }
  std::vector<Bill> bills = LoadHeldBills(tx, keys);
  for (std::size_t i = 0; i < bills.size(); ++i) waiting[i].bill = std::move(bills[i]);
  return waiting;
}

std::string_view ReleaseStateName(ReleaseState state) { return kReleaseStates(state); }

Cells CellsOfRelease(const MassRelease& release) {
  Cells cells = WithColumns(release, kToCells);
  if (!release.as_months) cells.pop_back();
  return cells;
}

void InsertRelease(db::Transaction& tx, const MassRelease& release) {
  WithColumns(release, [&tx](const auto&... cells) { tx.Execute(kInsertRelease, cells...); });
}

std::optional<MassRelease> FindRelease(db::Transaction& tx, std::int64_t release_id) {
  return ToRelease(tx.Select(kFindRelease, release_id));
}

std::optional<MassRelease> LockRelease(db::Transaction& tx, std::int64_t release_id) {
  return ToRelease(tx.SelectForUpdate(kFindRelease, release_id));
}

void SaveRelease(db::Transaction& tx, const MassRelease& release) {
  const std::vector<db::Value> one[] = {{ToValue(release.release_id),
                                         ToValue(ReleaseStateName(release.state)),
                                         ToValue(release.approved_by)}};
  tx.ExecuteEach(kSaveRelease, one);
}

std::vector<Bill> ReleasableBills(db::Transaction& tx, std::int64_t cycle_id, HoldReason rule,
                                  std::int64_t at_stake_max_cents, std::int64_t limit) {
  std::vector<BillKey> keys;
  for (const db::Rows::Row row :
       tx.Select(kReleasable, cycle_id, HoldReasonName(rule), at_stake_max_cents, limit)) {
    keys.emplace_back(AccountId(row.Int(0)), row.Int(1));
  }
  return LoadHeldBills(tx, keys);
}

}  // namespace reeve::billing::cycle
