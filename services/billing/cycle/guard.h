// Guard: the gate between computing a bill and sending it. A bill that trips a rule is held for a
// second pair of eyes, with the figures that tripped it and the dollars that hang on them. The
// rules are a table: what each means and who was hurt without it stands beside it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/money.h"

namespace reeve::billing::cycle {

enum class HoldReason {
  kNoSchedule,         // no version in force for this service and unit
  kNoRead,             // a metered service without a read in the period
  kReadWaits,          // a read of the account is in the edit list
  kReadsFall,          // the register fell without a rollover
  kNotPriced,          // the version needs what is not known, or comes to less than nothing
  kNoIntervals,        // times of use or loads are priced, and intervals are missing
  kIntervalsOff,       // intervals that do not add up to what the register says
  kAboveMeterMaximum,  // more a day than meter or service line can pass
  kFactorHundred,      // about a hundred times what it was: two digits too many
  kFactorTen,          // about ten times what it was: a digit too many
  kFactorTenth,        // about a tenth or a hundredth of what it was: a dead digit
  kUnitFactor,         // since an exchange about 7.48 times: gallons for cubic feet
  kCrossedMeters,      // a neighbour's use, which in its turn has this one's
  kAboveSeason,        // far more a day than in the same season and than last
  kAboveLast,          // the same, where the season is not known
  kAbovePeers,         // many times what the like of it use, and never so much before
  kBelowPeers,         // a small part of what the like of it use, from the first day
  kSameUseAgain,       // exactly the same use, bill after bill
  kNoUse,              // nothing used where people live, bill after bill
  kEstimateOff,        // an estimate that last month's read contradicts
  kCatchUp,            // a read after estimates that brings far more than they were: a back-bill
  kLongPeriod,         // a long period that pushes use into dearer blocks
  kShortPeriod,        // a period of a few days that costs as much as a long one
  kNotAsParcel,        // billed for the first time by other facts than the land records have
  kAboveBillLimit,     // a total that no customer of the class is sent unseen
  kNotItsLines,        // a total that is not the sum of its lines, or a version not in force
};
std::string_view HoldReasonName(HoldReason reason);  // "NO_READ"
HoldReason ParseHoldReason(std::string_view name);

struct Hold {
  HoldReason reason = HoldReason::kNoRead;
  std::string service;
  std::string evidence;
  Money at_stake{};  // >= 0: what would be billed wrongly, or not at all
  bool operator==(const Hold&) const = default;
};

// What a rule means, for whoever reviews, and who was hurt without it.
struct RuleWords {
  HoldReason reason;
  std::string_view name;
  std::string_view meaning;
  std::string_view hurt;  // empty: nobody that was published
};
std::span<const RuleWords> GuardRules();  // every reason once, in the order of HoldReason

struct MeteredUse {
  std::int64_t usage_thousandths = 0;
  std::int64_t day_count = 0;  // > 0
  bool operator==(const MeteredUse&) const = default;
};

}  // namespace reeve::billing::cycle
