#include "services/billing/cycle/guard.h"

#include <algorithm>
#include <compare>

#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::pair<HoldReason, std::string_view> kNames[] = {
    {HoldReason::kNoSchedule, "NO_SCHEDULE"},
    {HoldReason::kNoRead, "NO_READ"},
    {HoldReason::kReadsFall, "READS_FALL"},
    {HoldReason::kAboveMeterMaximum, "ABOVE_METER_MAXIMUM"},
    {HoldReason::kFactorTen, "FACTOR_TEN"},
    {HoldReason::kAboveLast, "ABOVE_LAST"},
    {HoldReason::kNotPriced, "NOT_PRICED"},
};

// A register that is read with one digit too many shows ten times the use. Use itself varies, so
// the band is wide.
constexpr std::int64_t kFactorTenMin = 800;   // hundredths
constexpr std::int64_t kFactorTenMax = 1250;  // hundredths
// Below this a day, ten times nothing is still next to nothing.
constexpr std::int64_t kSmallUsePerDay = 100;  // thousandths of a unit

std::string Words(MeteredUse use, std::string_view unit) {
  return PrintDecimal(use.usage_thousandths, 3, 0) + " " + std::string(unit) + " in " +
         std::to_string(use.day_count) + " days";
}

// How use / last a day compares with `hundredths`, without dividing.
std::strong_ordering Compare(MeteredUse use, MeteredUse last, std::int64_t hundredths) {
  return static_cast<__int128>(use.usage_thousandths) * last.day_count * 100 <=>
         static_cast<__int128>(last.usage_thousandths) * use.day_count * hundredths;
}

}  // namespace

std::string_view HoldReasonName(HoldReason reason) {
  return std::find_if(std::begin(kNames), std::end(kNames),
                      [&](const auto& entry) { return entry.first == reason; })
      ->second;
}

HoldReason ParseHoldReason(std::string_view name) {
  return std::find_if(std::begin(kNames), std::end(kNames),
                      [&](const auto& entry) { return entry.second == name; })
      ->first;
}

std::optional<Hold> Guard(const rate::GuardLimits& limits, std::string_view service,
                          std::string_view unit, MeteredUse use, std::optional<MeteredUse> last) {
  const auto hold = [&](HoldReason reason, std::string evidence) {
    return Hold{reason, std::string(service), std::move(evidence)};
  };
  if (limits.usage_per_day_max_thousandths > 0 &&
      use.usage_thousandths >
          static_cast<__int128>(limits.usage_per_day_max_thousandths) * use.day_count) {
    return hold(HoldReason::kAboveMeterMaximum,
                Words(use, unit) + ", the meter can pass " +
                    PrintDecimal(limits.usage_per_day_max_thousandths, 3, 0) + " a day");
  }
  if (!last || last->day_count <= 0 || use.usage_thousandths <= kSmallUsePerDay * use.day_count) {
    return std::nullopt;
  }
  const std::string evidence = Words(use, unit) + " against " + Words(*last, unit);
  if (last->usage_thousandths > 0 && Compare(use, *last, kFactorTenMin) >= 0 &&
      Compare(use, *last, kFactorTenMax) <= 0) {
    return hold(HoldReason::kFactorTen, evidence);
  }
  if (limits.usage_ratio_max_hundredths > 0 && last->usage_thousandths > 0 &&
      Compare(use, *last, limits.usage_ratio_max_hundredths) > 0) {
    return hold(HoldReason::kAboveLast, evidence);
  }
  return std::nullopt;
}

}  // namespace reeve::billing::cycle
