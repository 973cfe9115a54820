#include "services/billing/interval/policy.h"

#include <algorithm>
#include <utility>

namespace reeve::billing::interval {
namespace {

constexpr int kMinutesOfHour = 60;
constexpr std::int64_t kMillionthsOfThousandth = 1'000;
constexpr std::int64_t kTenThousand = 10'000;

bool IsWeekend(Date day) {
  constexpr int kSaturday = 6;
  return day.weekday() >= kSaturday;
}

std::int64_t DivideHalfUp(__int128 dividend, std::int64_t divisor) {
  const __int128 doubled = 2 * dividend + divisor;
  const __int128 quotient = doubled / (2 * divisor);
  return static_cast<std::int64_t>(doubled < 0 && quotient * 2 * divisor != doubled ? quotient - 1
                                                                                    : quotient);
}

// The days with their gaps filled, one after the other.
class Filling {
 public:
  Filling(const Policy& policy, std::span<const MeterDay> before, std::span<const MeterDay> days)
      : policy_(policy), all_(before.begin(), before.end()), first_(before.size()) {
    all_.insert(all_.end(), days.begin(), days.end());
  }

  Result<std::vector<std::vector<std::int64_t>>> Run() {
    if (!GiveLengths()) return NoLikeDays(all_[first_].clock.day);
    std::vector<std::vector<std::int64_t>> filled;
    for (std::size_t i = first_; i < all_.size(); ++i) {
      filled.emplace_back(all_[i].slots.size(), kMissing);
    }
    for (std::size_t i = first_; i < all_.size(); ++i) {
      for (std::size_t slot = 0; slot < all_[i].slots.size(); ++slot) {
        if (all_[i].slots[slot].known()) continue;
        std::optional<std::int64_t> amount = Bridge({i, slot});
        if (!amount) amount = Average({i, slot});
        if (!amount) return NoLikeDays(all_[i].clock.day);
        filled[i - first_][slot] = *amount;
      }
    }
    return filled;
  }

 private:
  using Place = std::pair<std::size_t, std::size_t>;  // day, slot

  static Error NoLikeDays(Date day) {
    return FailedPrecondition(reason::kNoLikeDays, "Too few days of the kind were read before.")
        .With("day", day.ToString());
  }

  // A day of which nothing is known is in intervals as the nearest that is.
  bool GiveLengths() {
    for (std::size_t i = first_; i < all_.size(); ++i) {
      if (all_[i].minutes != 0) continue;
      int minutes = 0;
      for (std::size_t back = i; back-- > 0 && minutes == 0;) minutes = all_[back].minutes;
      for (std::size_t on = i + 1; on < all_.size() && minutes == 0; ++on) {
        minutes = all_[on].minutes;
      }
      if (minutes == 0) return false;
      all_[i].minutes = minutes;
      all_[i].slots.resize(all_[i].clock.SlotCount(minutes));
    }
    return true;
  }

  std::optional<Place> Next(Place place, int step) const {
    auto [day, slot] = place;
    if (step > 0) {
      if (slot + 1 < all_[day].slots.size()) return Place{day, slot + 1};
      if (day + 1 == all_.size()) return std::nullopt;
      return all_[day + 1].slots.empty() ? std::nullopt : std::optional(Place{day + 1, 0});
    }
    if (slot > 0) return Place{day, slot - 1};
    if (day == 0 || all_[day - 1].slots.empty()) return std::nullopt;
    return Place{day - 1, all_[day - 1].slots.size() - 1};
  }
  const Slot& At(Place place) const { return all_[place.first].slots[place.second]; }

  // The next known slot in that direction, and how many slots away; nothing beyond a bridge.
  struct Pier {
    std::int64_t millionths = 0;
    int steps = 0;
  };
  std::optional<Pier> FindPier(Place from, int step) const {
    const int minutes = all_[from.first].minutes;
    std::optional<Place> place = Next(from, step);
    for (int steps = 1; place && all_[place->first].minutes == minutes &&
                        (steps - 1) * minutes < policy_.bridge_minutes_max;
         ++steps) {
      if (At(*place).known()) return Pier{At(*place).millionths, steps};
      place = Next(*place, step);
    }
    return std::nullopt;
  }
  std::optional<std::int64_t> Bridge(Place place) const {
    const std::optional<Pier> before = FindPier(place, -1);
    const std::optional<Pier> behind = FindPier(place, 1);
    if (!before || !behind) return std::nullopt;
    const int gap = before->steps + behind->steps - 1;
    if (gap * all_[place.first].minutes > policy_.bridge_minutes_max) return std::nullopt;
    return before->millionths +
           DivideHalfUp(
               static_cast<__int128>(behind->millionths - before->millionths) * before->steps,
               gap + 1);
  }

  std::optional<std::int64_t> Average(Place place) const {
    const MeterDay& day = all_[place.first];
    const int hour = day.clock.HourOf(place.second, day.minutes);
    const std::size_t of_hour = static_cast<std::size_t>(kMinutesOfHour / day.minutes);
    const std::size_t within = place.second % of_hour;
    __int128 sum = 0;
    int found = 0;
    for (std::size_t i = place.first; i-- > 0 && found < policy_.like_day_count;) {
      const MeterDay& like = all_[i];
      if (day.clock.day - like.clock.day > kLikeDaysBack) break;
      if (like.minutes != day.minutes || IsWeekend(like.clock.day) != IsWeekend(day.clock.day)) {
        continue;
      }
      for (std::size_t slot = within; slot < like.slots.size(); slot += of_hour) {
        if (like.clock.HourOf(slot, like.minutes) != hour) continue;
        const Slot& known = like.slots[slot];
        if (known.known() && !known.estimated) {
          sum += known.millionths;
          ++found;
        }
        break;
      }
    }
    if (found < policy_.like_day_count) return std::nullopt;
    return DivideHalfUp(sum, found);
  }

  const Policy& policy_;
  std::vector<MeterDay> all_;
  const std::size_t first_;
};

}  // namespace

bool Agree(const Policy& policy, std::int64_t register_thousandths, std::int64_t sum_millionths) {
  const __int128 difference =
      static_cast<__int128>(register_thousandths) * kMillionthsOfThousandth - sum_millionths;
  const __int128 distance = difference < 0 ? -difference : difference;
  // What the register cuts off is never a disagreement.
  constexpr __int128 kCutOff = kMillionthsOfThousandth;
  return distance <= kCutOff ||
         distance <=
             static_cast<__int128>(policy.tolerance_thousandths) * kMillionthsOfThousandth ||
         distance * kTenThousand <= static_cast<__int128>(register_thousandths) *
                                        kMillionthsOfThousandth * policy.tolerance_basis_points;
}

Result<std::vector<std::vector<std::int64_t>>> FillGaps(const Policy& policy,
                                                        std::span<const MeterDay> before,
                                                        std::span<const MeterDay> days) {
  return Filling(policy, before, days).Run();
}

}  // namespace reeve::billing::interval
