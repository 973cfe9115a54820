#include "services/billing/interval/sums.h"

#include <algorithm>
#include <array>

namespace reeve::billing::interval {
namespace {

constexpr int kMinutesOfHour = 60;
constexpr int kMinutesOfHalf = 30;
constexpr std::int64_t kMillionthsOfThousandth = 1'000;

using Halves = std::array<std::uint8_t, rate::DayTimes::kSlots>;

// How many half hours some slots touch, and how many of them are of a time.
struct Touched {
  int all = 0;
  int of_time = 0;
};
Touched Touch(const MeterDay& day, std::size_t first, std::size_t count, const Halves& halves,
              std::size_t time) {
  Touched touched;
  for (std::size_t slot = first; slot < first + count; ++slot) {
    const int minute = day.clock.MinuteOf(slot, day.minutes);
    const int last = minute + day.minutes - 1;
    for (int half = minute / kMinutesOfHalf; half <= last / kMinutesOfHalf; ++half) {
      ++touched.all;
      touched.of_time += halves[static_cast<std::size_t>(half)] == time;
    }
  }
  return touched;
}

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

std::optional<Load> HighestLoad(std::span<const MeterDay> days, int window_minutes,
                                const rate::DayTimes* times, std::size_t time) {
  Load highest;
  std::int64_t most = -1;
  for (const MeterDay& day : days) {
    const auto of_window = static_cast<std::size_t>(window_minutes / day.minutes);
    const Halves* halves = nullptr;
    if (times != nullptr) {
      halves = &times->Of(day.clock.day)[static_cast<std::size_t>(day.clock.day.month() - 1)];
    }
    bool is_touched = false;
    bool is_measured = false;
    for (std::size_t slot = 0; slot + of_window <= day.slots.size(); slot += of_window) {
      if (halves != nullptr) {
        const Touched touched = Touch(day, slot, of_window, *halves, time);
        is_touched = is_touched || touched.of_time > 0;
        if (touched.of_time < touched.all) continue;
      }
      is_measured = true;
      std::int64_t use = 0;
      for (std::size_t i = slot; i < slot + of_window; ++i) use += day.slots[i].millionths;
      if (use <= most) continue;
      most = use;
      highest.day = day.clock.day;
      highest.minute_of_day = day.clock.MinuteOf(slot, day.minutes);
    }
    if (is_touched && !is_measured) return std::nullopt;
  }
  if (most < 0) return Load{0, days.empty() ? Date() : days.front().clock.day, 0};
  const std::int64_t an_hour = most * (kMinutesOfHour / window_minutes);
  highest.thousandths = (an_hour + kMillionthsOfThousandth / 2) / kMillionthsOfThousandth;
  return highest;
}

}  // namespace reeve::billing::interval
