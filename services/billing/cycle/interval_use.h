// What intervals say of a bill's part: use in each time of use, and loads. Pure.
#pragma once

#include <optional>
#include <string>

#include "services/billing/cycle/cycle.h"
#include "services/billing/rate/rate.h"

namespace reeve::billing::cycle {

// Whether some version prices a time of use or a load.
bool NeedsIntervals(const rate::Versions& versions);

// Why a part cannot be priced.
struct Unmeasured {
  HoldReason reason = HoldReason::kNoIntervals;
  std::string evidence;
};

// Fills the stretches and loads that the versions of the segment's days price. The register says
// how much was used, the intervals when: what a meter measured is divided over its stretches, and
// each stretch over its times, in proportion to the intervals, by largest remainder. Nothing is
// filled, and it says why, if an interval is missing, or longer than a load's window or than half
// an hour where times that are priced go by halves; if no window of some day lies wholly within a
// time that the day has; if their sum is not the register's; if versions measure one load in two
// ways.
std::optional<Unmeasured> AddIntervals(const rate::Versions& versions, Date bill_date,
                                       const IntervalFacts& known, Segment& segment);

}  // namespace reeve::billing::cycle
