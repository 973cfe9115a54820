// The guard's rules of one bill: pure functions over what is known of it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard.h"
#include "services/billing/cycle/guard_limits.h"
#include "services/billing/rate/rate.h"

namespace reeve::billing::cycle {

// An earlier bill of an agreement that nobody doubts: not held, or released.
struct Billed {
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;
  Money amount;

  MeteredUse use() const { return {usage_thousandths, to_date - from_date}; }
};

// The like of an agreement in the same days: class, schedule and size of meter.
struct Peers {
  MeteredUse median;  // of those that used anything
  std::int64_t count = 0;
  // Of their last bills; nothing if there are none. How far the two are apart is the season's.
  std::optional<MeteredUse> last_median;
};

// The meter of a place next door, as far as it was read.
struct Neighbour {
  std::string name;  // "place 10000000017"
  Date to_date;
  MeteredUse use;               // since its last bill
  std::vector<Billed> history;  // newest first; before that use
};

// What is known of a metered use that is about to be billed.
struct UseFacts {
  std::string_view service;
  std::string_view unit;        // as UnitName spells it
  std::string_view meter_size;  // empty: not known
  std::int64_t multiplier_thousandths = 1000;
  rate::GuardLimits schedule;  // go before the class's
  Date to_date;                // last day billed
  MeteredUse use;
  bool estimated = false;
  bool new_meter = false;  // the use is that of a meter that was put in since the last bill
  std::span<const Billed> history;  // newest first
  std::optional<Peers> peers;
  // Whether another meter of the account runs as it used to; nothing if there is none with a past.
  std::optional<bool> other_meter_runs;
  // Whether another meter of the account shows far more than it used to: more people live there.
  bool other_meter_rose = false;
  std::span<const Neighbour> neighbours;  // of the same schedule; known where the use has moved
};

// Why a bill is not sent unseen, and what the use would have been expected to be.
struct Suspicion {
  HoldReason reason = HoldReason::kNoRead;
  std::string evidence;
  std::optional<MeteredUse> expected;
};

// The first rule that the use trips, in the order of HoldReason.
std::optional<Suspicion> JudgeUse(const UseFacts& facts, const Limits& limits);

// What a new meter has shown since its exchange, by the rules that tell a register that is read
// wrong. The bill around an exchange has the use of both meters: a tenth of one hides in the whole
// of the other, and is history from then on (Arden Hills on the tenth day of a month).
std::optional<Suspicion> JudgeNewMeter(const UseFacts& facts, const Limits& limits);
// Fewer days than this say nothing; the next bill, which is all the new meter's, says it then.
inline constexpr std::int64_t kNewMeterDays = 7;

// The bill of about a year before `to_date`; nothing if there is none.
const Billed* SameSeason(std::span<const Billed> history, Date to_date);

// Whether a use is so far from the last bill and from the season that a neighbour's may be taken
// for it. The first few bills never are.
bool HasMoved(MeteredUse use, Date to_date, std::span<const Billed> history, std::string_view unit);

// How a use a day compares with `hundredths` of another: exact.
std::strong_ordering CompareByDay(MeteredUse use, MeteredUse other, std::int64_t hundredths);

}  // namespace reeve::billing::cycle
