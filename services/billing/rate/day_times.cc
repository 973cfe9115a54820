#include "services/billing/rate/day_times.h"

#include <algorithm>

namespace reeve::billing::rate {

std::size_t DayTimes::At(Date day, int hour) const {
  constexpr int kSaturday = 6;
  const Table& table = day.weekday() >= kSaturday ? weekends : weekdays;
  return table[static_cast<std::size_t>(day.month() - 1)][static_cast<std::size_t>(hour)];
}

void Validate(const DayTimes& times, const std::string& field, Fields& fields) {
  if (times.names.empty() || times.names.size() > kTimesMax) {
    fields.Refuse(field + ".names", "are not 1 to 26");
  }
  for (std::size_t i = 0; i < times.names.size(); ++i) {
    const auto here = times.names.begin() + static_cast<std::ptrdiff_t>(i);
    if (here->empty() || std::find(times.names.begin(), here, *here) != here) {
      fields.Refuse(field + ".names[" + std::to_string(i) + "]", "is empty or there twice");
    }
  }
  const auto check = [&](const DayTimes::Table& table, const char* name) {
    for (std::size_t month = 0; month < table.size(); ++month) {
      const bool known = std::all_of(table[month].begin(), table[month].end(),
                                     [&](std::uint8_t time) { return time < times.names.size(); });
      if (known) continue;
      fields.Refuse(field + name + "[" + std::to_string(month) + "]",
                    "names a time that is not there");
      return;
    }
  };
  check(times.weekdays, ".weekdays");
  check(times.weekends, ".weekends");
}

std::vector<std::int64_t> SumByTime(const DayTimes& times, std::span<const HourOfUse> hours) {
  std::vector<std::int64_t> sums(times.names.size(), 0);
  for (const HourOfUse& hour : hours) sums[times.At(hour.day, hour.hour)] += hour.amount;
  return sums;
}

}  // namespace reeve::billing::rate
