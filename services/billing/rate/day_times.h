// DayTimes: which half hours of the year are which time of use, as tariffs print it: a table of
// months and hours for weekdays, one for weekends or for Saturdays and Sundays apart, and holidays.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/rate/holiday.h"
#include "shared/core/date.h"
#include "shared/core/fields.h"

namespace reeve::billing::rate {

inline constexpr std::size_t kTimesMax = 26;

struct DayTimes {
  static constexpr std::size_t kMonths = 12;
  static constexpr std::size_t kHours = 24;
  static constexpr std::size_t kSlots = 48;  // half hours
  // By month and half hour the index in `names`.
  using Table = std::array<std::array<std::uint8_t, kSlots>, kMonths>;

  std::vector<std::string> names;  // "on-peak": components name them
  Table weekdays{};
  Table weekends{};                  // Saturday and Sunday
  std::optional<Table> saturdays{};  // of Saturday, where that is not as Sunday
  Holidays holidays{};               // they are as Sunday

  // The table of a day.
  const Table& Of(Date day) const;
  // The index of the half hour that begins at `minute` of the day's clock, 0 to 1439, or around it.
  std::size_t At(Date day, int minute) const;
  // Whether some time begins or ends at half past.
  bool HasHalfHours() const;
  bool operator==(const DayTimes&) const = default;
};

// Whether two tables have the same hours for a time, each by its index in its own.
bool SameHours(const DayTimes& a, std::size_t in_a, const DayTimes& b, std::size_t in_b);

// A month of a table as letters, "a" for the first name: 24 where no hour is divided, else 48.
std::string LettersOf(const std::array<std::uint8_t, DayTimes::kSlots>& month);
// The inverse; nothing if they are neither 24 nor 48 letters.
std::optional<std::array<std::uint8_t, DayTimes::kSlots>> ParseLetters(std::string_view letters);

// Refuses a table without names, with two of one name, or that names what is not there.
void Validate(const DayTimes& times, const std::string& field, Fields& fields);

// What was used in one half hour of the wall clock, or in one hour; an hour that the clock passes
// twice is there twice.
struct SlotOfUse {
  Date day;
  int minute = 0;  // at which it begins, 0 to 1439
  std::int64_t amount = 0;
};
// The sum of each time, in the order of `names`: 0 where nothing was used.
std::vector<std::int64_t> SumByTime(const DayTimes& times, std::span<const SlotOfUse> slots);

}  // namespace reeve::billing::rate
