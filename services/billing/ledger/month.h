// Accounting months: from open to closed and back, what stands in the way, and what a month adds up
// to. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/ledger/ledger.h"
#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve::billing::ledger {

enum class MonthState { kOpen, kPrepared, kClosed, kReopening };
enum class MonthEvent { kPrepare, kClose, kProposeReopening, kReopen };
std::string_view MonthStateName(MonthState state);
MonthState ParseMonthState(std::string_view name);
// Where an event leads; nothing if it is refused in that state.
std::optional<MonthState> After(MonthState state, MonthEvent event);
// No entry is counted in it.
bool IsClosed(MonthState state);

Date FirstOfMonth(Date day);
Date LastOfMonth(Date day);
std::string MonthName(Date day);                              // "2026-10"
std::optional<Date> ParseMonth(std::string_view name);        // its first day
std::vector<Date> MonthsBetween(Date first_day, Date until);  // first days, without that of `until`

struct Month {
  Date first_date;
  MonthState state = MonthState::kOpen;
  std::int64_t close_count = 0;
  std::string digest;  // of what was prepared
  PersonId prepared_by;
  PersonId closed_by;
  std::optional<Date> closed_date;
  std::string reason;    // of the last proposal to open it again
  PersonId proposed_by;  // who made it
  PersonId reopened_by;  // who has opened it again, the last time

  Date last_date() const { return LastOfMonth(first_date); }
};

enum class Obstacle {
  kMonthNotOver,
  kEarlierMonthOpen,
  kStaleHold,
  kRunNotPosted,
  kUnappliedCash,
  kPaymentsBehind,
  kBooksDiffer
};
std::string_view ObstacleName(Obstacle obstacle);  // "STALE_HOLD"

// One kind of obstacle; there are as many as `count` says.
struct Found {
  Obstacle obstacle = Obstacle::kMonthNotOver;
  std::int64_t count = 0;
  std::int64_t at_stake_cents = 0;
  std::vector<std::string> evidence;  // the first kEvidenceMax

  void Add(std::string one, std::int64_t cents = 0);
  std::string Text() const;  // "2, 15.00 at stake: ...; ..."
};
inline constexpr std::size_t kEvidenceMax = 20;

// The month's debits and credits by ledger account and fund, and how often it was closed before: a
// preview of before a month was opened again is not taken for one since.
std::string DigestOf(const Month& month, std::span<const Activity> activities);

// Where the sums differ from what the postings say, one line each: "revenue-water, water: ...".
std::vector<std::string> DifferencesOf(std::span<const Activity> sums,
                                       std::span<const Activity> postings);

}  // namespace reeve::billing::ledger
