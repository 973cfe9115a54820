// Faults that are planted in the bills of a synthetic city, one kind for each known disaster.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace reeve::bench {

enum class Fault {
  kNone,
  kTenTimes,       // water: a digit too many
  kHundredTimes,   // power: two
  kTenth,          // water: a multiplier that was lost at a change-out; stays
  kFirstDayTen,    // water: a multiplier too many from the first bill; stays
  kFirstDayTenth,  // water: one too few from the first bill; stays
  kAboveMaximum,   // water: more than a meter of the size passes
  kSameUse,        // water: remembered reads, month after month; stays
  kDeadMeter,      // water: stands still while people live there; stays
  kLongPeriod,     // water: 48 days in blocks that are made for a month
  kEstimate,       // water: estimated from a year that was unlike this one
  kAboveLimit,     // power: a total out of all reason, without any history
  kCentTooMuch,    // a total that is not its lines
  kOldVersion,     // a line by a version that was replaced
  kNewTenth,       // water: an encoder without its multiplier, put in on some day of the period
  kNewUnit,        // water: a register in gallons taken for cubic feet, or the other way round
  kNewStill,       // water: a new meter that does not count
  kCrossed,        // water: two neighbours' meters, each billed to the other
  kThrice,         // water: two and a half to four times what a steady home uses in the month
  kLateUnit,  // water: a register in gallons for cubic feet, put in on one of the last six days
  kCarts,     // carts that the land records do not have
  kEsu,       // ESUs that they do not have
  kOutside,   // a home inside the city by the prices outside
  kNoParcel,  // a flat service at a place without a parcel
};
inline constexpr std::size_t kFaultCount = 24;

inline constexpr std::array<std::string_view, kFaultCount> kFaultNames = {
    "none",          "ten_times",     "hundred_times",
    "tenth",         "first_day_ten", "first_day_tenth",
    "above_maximum", "same_use",      "dead_meter",
    "long_period",   "estimate",      "above_limit",
    "cent_too_much", "old_version",   "new_tenth",
    "new_unit",      "new_still",     "crossed",
    "thrice",        "late_unit",     "carts",
    "esu",           "outside",       "no_parcel",
};

}  // namespace reeve::bench
