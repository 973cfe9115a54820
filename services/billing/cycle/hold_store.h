// The work on held bills in the database: owners and deadlines, reviews, mass releases.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

inline constexpr std::int32_t kDeadlineDays = 5;  // of a hold that nobody was named for

// Who looks into a held bill, and until when.
struct HoldWork {
  AccountId account;
  std::int64_t bill_id = 0;
  PersonId owner;
  Date deadline;
};
inline constexpr Kept kKeptHoldWork{"hold-work", 2, {{{"owner", 2}, {"deadline", 3}}}};
Cells CellsOfHoldWork(const HoldWork& work);
std::optional<HoldWork> LockHoldWork(db::Transaction& tx, AccountId account, std::int64_t bill_id);
// Inserts it, or saves owner and deadline.
void SaveHoldWork(db::Transaction& tx, const HoldWork& work, bool is_new);

struct BillReview {
  AccountId account;
  std::int64_t bill_id = 0;
  BillEvent decision = BillEvent::kRelease;
  std::string reason;
  PersonId reviewed_by;
  Date reviewed_date;
  std::int64_t review_seconds = 0;
  std::int64_t release_id = 0;
};
inline constexpr Kept kKeptReview{"bill-review", 2, {{{"decision", 2}, {"seconds", 6}}}};
Cells CellsOfReview(const BillReview& review);
void InsertReviews(db::Transaction& tx, std::span<const BillReview> reviews);
// True if a review has decided so of the bill.
bool WasDecided(db::Transaction& tx, AccountId account, std::int64_t bill_id, BillEvent decision);

// A held bill with its holds, and who looks into it.
struct WaitingBill {
  Bill bill;
  std::optional<HoldWork> work;
};
// Of all runs, by account and bill, behind (`after`, `after_bill_id`). With `before`, only those
// whose deadline, or without one bill date + `days`, lies before it.
std::vector<WaitingBill> ListWaiting(db::Transaction& tx, AccountId after,
                                     std::int64_t after_bill_id, std::optional<Date> before,
                                     std::int32_t days, std::int64_t limit);

enum class ReleaseState { kProposed, kReleased };
std::string_view ReleaseStateName(ReleaseState state);

struct MassRelease {
  std::int64_t release_id = 0;
  std::int64_t cycle_id = 0;
  ReleaseState state = ReleaseState::kProposed;
  HoldReason rule = HoldReason::kNoRead;
  std::int64_t at_stake_max_cents = 0;
  std::int64_t bill_count = 0;
  std::int64_t total_cents = 0;
  std::int64_t at_stake_cents = 0;
  std::string reason;
  PersonId proposed_by;
  PersonId approved_by;    // unset until it is
  bool as_months = false;  // long periods are billed as months
};
inline constexpr Kept kKeptRelease{"mass-release", 1, {{{"state", 2}, {"bills", 5}}}};
// Of a release from before long periods were billed as months, without its last cell.
Cells CellsOfRelease(const MassRelease& release);
void InsertRelease(db::Transaction& tx, const MassRelease& release);
std::optional<MassRelease> FindRelease(db::Transaction& tx, std::int64_t release_id);
std::optional<MassRelease> LockRelease(db::Transaction& tx, std::int64_t release_id);
// Saves state and approval.
void SaveRelease(db::Transaction& tx, const MassRelease& release);

// The held bills of a run that this rule alone holds, with at most so much at stake, by account,
// without segments; at most `limit`.
std::vector<Bill> ReleasableBills(db::Transaction& tx, std::int64_t cycle_id, HoldReason rule,
                                  std::int64_t at_stake_max_cents, std::int64_t limit);

}  // namespace reeve::billing::cycle
