// Guard: the gate between computing a bill and sending it. A bill that trips a rule is held for a
// second pair of eyes, with the figures that tripped it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/billing/rate/rate.h"

namespace reeve::billing::cycle {

enum class HoldReason {
  kNoSchedule,         // no version in force for this service and unit
  kNoRead,             // a metered service without a read in the period
  kReadsFall,          // the register fell without a rollover
  kAboveMeterMaximum,  // more a day than meter or service line can pass
  kFactorTen,          // about ten times the last bill's use a day: a misplaced decimal
  kAboveLast,          // more a day than the limit times the last bill's
  kNotPriced,          // the version needs what is not known, or comes to less than nothing
};
std::string_view HoldReasonName(HoldReason reason);  // "NO_READ"
HoldReason ParseHoldReason(std::string_view name);

struct Hold {
  HoldReason reason = HoldReason::kNoRead;
  std::string service;
  std::string evidence;
  bool operator==(const Hold&) const = default;
};

struct MeteredUse {
  std::int64_t usage_thousandths = 0;
  std::int64_t day_count = 0;  // > 0
};

// The first rule that this use trips, with its evidence; `unit` is for the words only.
std::optional<Hold> Guard(const rate::GuardLimits& limits, std::string_view service,
                          std::string_view unit, MeteredUse use, std::optional<MeteredUse> last);

}  // namespace reeve::billing::cycle
