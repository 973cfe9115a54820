#include "services/billing/interval/sums.h"

namespace reeve::billing::interval {
namespace {

constexpr int kMinutesOfHour = 60;
constexpr std::int64_t kMillionthsOfThousandth = 1'000;

}  // namespace

std::vector<rate::HourOfUse> HoursOf(std::span<const MeterDay> days) {
  std::vector<rate::HourOfUse> hours;
  for (const MeterDay& day : days) {
    for (std::size_t slot = 0; slot < day.slots.size(); ++slot) {
      const bool begins = slot * static_cast<std::size_t>(day.minutes) % kMinutesOfHour == 0;
      if (begins) hours.push_back({day.clock.day, day.clock.HourOf(slot, day.minutes), 0});
      hours.back().amount += day.slots[slot].millionths;
    }
  }
  return hours;
}

Load HighestLoad(std::span<const MeterDay> days, int window_minutes, const rate::DayTimes* times,
                 std::size_t time) {
  Load highest;
  std::int64_t most = -1;
  for (const MeterDay& day : days) {
    const auto of_window = static_cast<std::size_t>(window_minutes / day.minutes);
    for (std::size_t slot = 0; slot + of_window <= day.slots.size(); slot += of_window) {
      const int hour = day.clock.HourOf(slot, day.minutes);
      if (times != nullptr && times->At(day.clock.day, hour) != time) continue;
      std::int64_t use = 0;
      for (std::size_t i = slot; i < slot + of_window; ++i) use += day.slots[i].millionths;
      if (use <= most) continue;
      most = use;
      const int minute = static_cast<int>(slot) * day.minutes % kMinutesOfHour;
      highest.day = day.clock.day;
      highest.minute_of_day = hour * kMinutesOfHour + minute;
    }
  }
  if (most < 0) return {0, days.empty() ? Date() : days.front().clock.day, 0};
  const std::int64_t an_hour = most * (kMinutesOfHour / window_minutes);
  highest.thousandths = (an_hour + kMillionthsOfThousandth / 2) / kMillionthsOfThousandth;
  return highest;
}

}  // namespace reeve::billing::interval
