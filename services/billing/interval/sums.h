// Sums: intervals as half hours of use, and the highest load among them. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "services/billing/interval/interval.h"
#include "services/billing/rate/day_times.h"

namespace reeve::billing::interval {

// By half hours, where intervals are no longer; else by intervals. In millionths of the unit. Every
// slot of the days is known.
std::vector<rate::SlotOfUse> HalfHoursOf(std::span<const MeterDay> days);

// The highest load of a period, and when it was: a window that begins where the city's clock has
// one, never a moving one.
struct Load {
  std::int64_t thousandths = 0;  // use an hour: kW of kWh
  Date day;                      // of the first, where it was reached more than once
  int minute_of_day = 0;         // of the clock, at the window's beginning
  bool operator==(const Load&) const = default;
};

// Of windows that lie wholly within the time of use `time` of `times`; of all of them without a
// table. All slots are known, and no longer than the window. Nothing if the time has hours on some
// day, and none of that day's windows lies within it.
std::optional<Load> HighestLoad(std::span<const MeterDay> days, int window_minutes,
                                const rate::DayTimes* times, std::size_t time);

}  // namespace reeve::billing::interval
