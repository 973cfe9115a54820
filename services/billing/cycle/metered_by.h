// What the meter of another service measured: sewer by the water meter of the place. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "services/billing/cycle/cycle.h"

namespace reeve::billing::cycle {

// The days of what is billed so.
struct OtherDays {
  Date from_date;               // not of them
  bool begins = false;          // it is its first bill: what was measured before is not its
  std::optional<Date> stopped;  // its last day, if what was measured later is not its
};

struct OtherUse {
  Date to_date;                        // the last day that was measured, or its stop
  std::int64_t usage_thousandths = 0;  // >= 0
  std::string meter_size;              // of all meters at their ends; empty: not known, or several
  bool estimated = false;              // some of it ends with an estimate
};

// Of the bill's segments of the metered service at the place: all of their use, whatever days each
// is for, so that each is counted once; but of one that reaches beyond its first or last day, the
// part of its days between, rounded half up. Nothing if no days were measured, or more than a
// quantity can be.
std::optional<OtherUse> UseOfOther(std::span<const Segment* const> metered, const OtherDays& days);

}  // namespace reeve::billing::cycle
