#include "services/billing/interval/sums.h"

namespace reeve::billing::interval {
namespace {

constexpr int kMinutesOfHour = 60;
constexpr int kMinutesOfHalf = 30;
constexpr std::int64_t kMillionthsOfThousandth = 1'000;

}  // namespace

std::vector<rate::SlotOfUse> HalfHoursOf(std::span<const MeterDay> days) {
  std::vector<rate::SlotOfUse> sums;
  for (const MeterDay& day : days) {
    for (std::size_t slot = 0; slot < day.slots.size(); ++slot) {
      const bool begins = slot * static_cast<std::size_t>(day.minutes) % kMinutesOfHalf == 0 ||
                          day.minutes > kMinutesOfHalf;
      if (begins) sums.push_back({day.clock.day, day.clock.MinuteOf(slot, day.minutes), 0});
      sums.back().amount += day.slots[slot].millionths;
    }
  }
  return sums;
}

Load HighestLoad(std::span<const MeterDay> days, int window_minutes, const rate::DayTimes* times,
                 std::size_t time) {
  Load highest;
  std::int64_t most = -1;
  for (const MeterDay& day : days) {
    const auto of_window = static_cast<std::size_t>(window_minutes / day.minutes);
    const auto month = static_cast<std::size_t>(day.clock.day.month() - 1);
    const auto* of_day = times == nullptr ? nullptr : &times->Of(day.clock.day)[month];
    for (std::size_t slot = 0; slot + of_window <= day.slots.size(); slot += of_window) {
      const int minute = day.clock.MinuteOf(slot, day.minutes);
      if (of_day != nullptr &&
          of_day->at(static_cast<std::size_t>(minute / kMinutesOfHalf)) != time) {
        continue;
      }
      std::int64_t use = 0;
      for (std::size_t i = slot; i < slot + of_window; ++i) use += day.slots[i].millionths;
      if (use <= most) continue;
      most = use;
      highest.day = day.clock.day;
      highest.minute_of_day = minute;
    }
  }
  if (most < 0) return {0, days.empty() ? Date() : days.front().clock.day, 0};
  const std::int64_t an_hour = most * (kMinutesOfHour / window_minutes);
  highest.thousandths = (an_hour + kMillionthsOfThousandth / 2) / kMillionthsOfThousandth;
  return highest;
}

}  // namespace reeve::billing::interval
