// DayTimes: which hours of the year are which time of use, as tariffs print it: a table of months
// and hours for weekdays, and one for weekends.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"

namespace reeve::billing::rate {

inline constexpr std::size_t kTimesMax = 26;

struct DayTimes {
  static constexpr std::size_t kMonths = 12;
  static constexpr std::size_t kHours = 24;
  // By month and hour the index in `names`.
  using Table = std::array<std::array<std::uint8_t, kHours>, kMonths>;

  std::vector<std::string> names;  // "on-peak": components name them
  Table weekdays{};
  Table weekends{};  // Saturday and Sunday

  // The index of the hour that begins at `hour` o'clock, 0 to 23.
  std::size_t At(Date day, int hour) const;
  bool operator==(const DayTimes&) const = default;
};

// Refuses a table without names, with two of one name, or that names what is not there.
void Validate(const DayTimes& times, const std::string& field, Fields& fields);

// What was used in one hour of the wall clock; an hour that the clock passes twice is there twice.
struct HourOfUse {
  Date day;
  int hour = 0;  // 0 to 23
  std::int64_t amount = 0;
};
// The sum of each time, in the order of `names`: 0 where nothing was used.
std::vector<std::int64_t> SumByTime(const DayTimes& times, std::span<const HourOfUse> hours);

}  // namespace reeve::billing::rate
