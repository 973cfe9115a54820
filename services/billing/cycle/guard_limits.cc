#include "services/billing/cycle/guard_limits.h"

#include <algorithm>

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kRatioMax = 1'000'000;
constexpr std::int64_t kCountMax = 1'000'000;
constexpr std::int64_t kDaysMax = 400;
constexpr std::int64_t kCentsMax = 1'000'000'000'000;

constexpr LimitWords kLimits[] = {
    {Limit::kUseRatioMax, false, "USE_RATIO_MAX_HUNDREDTHS", 450, 600, kRatioMax},
    {Limit::kPeersRatioMax, false, "PEERS_RATIO_MAX_HUNDREDTHS", 800, 4'000, kRatioMax},
    {Limit::kPeersFirstRatioMax, false, "PEERS_FIRST_RATIO_MAX_HUNDREDTHS", 450, 4'000, kRatioMax},
    {Limit::kPeersRatioMin, false, "PEERS_RATIO_MIN_HUNDREDTHS", 900, 900, kRatioMax},
    {Limit::kSameUseBills, false, "SAME_USE_BILLS", 4, 4, 12},
    {Limit::kSameUseCounts, false, "SAME_USE_COUNTS_MIN", 20, 20, kCountMax},
    {Limit::kNoUseBills, false, "NO_USE_BILLS", 3, 0, 12},
    {Limit::kEstimateRatioMax, false, "ESTIMATE_RATIO_MAX_HUNDREDTHS", 200, 300, kRatioMax},
    {Limit::kPeriodDays, false, "PERIOD_DAYS", 30, 30, kDaysMax},
    {Limit::kPeriodDaysMax, false, "PERIOD_DAYS_MAX", 35, 35, kDaysMax},
    {Limit::kPeriodCents, false, "PERIOD_CENTS_MIN", 100, 500, kCentsMax},
    {Limit::kBillCentsMax, false, "BILL_CENTS_MAX", 150'000, 5'000'000, kCentsMax},
    {Limit::kCompareMin, true, "COMPARE_MIN", 30, 0, kCountMax},
    {Limit::kCountChangeMax, true, "COUNT_CHANGE_MAX", 200, 0, kRatioMax},
    {Limit::kUseChangeMax, true, "USE_CHANGE_MAX", 4'000, 0, kRatioMax},
    {Limit::kUnitPriceChangeMax, true, "UNIT_PRICE_CHANGE_MAX", 150, 0, kRatioMax},
    {Limit::kPriceChangeMax, true, "PRICE_CHANGE_MAX", 0, 0, kRatioMax},
    {Limit::kUncoveredDays, true, "UNCOVERED_DAYS", 62, 0, kDaysMax},
    {Limit::kControlMin, true, "CONTROL_MIN", 7'500, 0, kRatioMax},
    {Limit::kControlMax, true, "CONTROL_MAX", 10'200, 0, kRatioMax},
};
static_assert(std::size(kLimits) == kLimitCount);

}  // namespace

std::string_view CustomerClassName(CustomerClass customer_class) {
  return customer_class == CustomerClass::kResidential ? "RESIDENTIAL" : "NON_RESIDENTIAL";
}

CustomerClass ParseCustomerClass(std::string_view name) {
  return name == CustomerClassName(CustomerClass::kResidential) ? CustomerClass::kResidential
                                                                : CustomerClass::kNonResidential;
}

std::span<const LimitWords> AllLimits() { return kLimits; }

const LimitWords* FindLimit(std::string_view name) {
  const auto* found = std::find_if(std::begin(kLimits), std::end(kLimits),
                                   [&](const LimitWords& words) { return words.name == name; });
  return found == std::end(kLimits) ? nullptr : found;
}

Limits::Limits(Scope scope) : scope_(scope) {
  for (const LimitWords& words : kLimits) {
    if (words.of_run != (scope == Scope::kRun)) continue;
    Set(words.limit, scope == Scope::kNonResidential ? words.non_residential : words.residential);
  }
}

std::vector<std::string> Limits::Changed() const {
  std::vector<std::string> changed;
  const Limits defaults(scope_);
  for (const LimitWords& words : kLimits) {
    const std::int64_t value = (*this)[words.limit];
    if (value == defaults[words.limit]) continue;
    changed.push_back(std::string(words.name) + "=" + std::to_string(value));
  }
  return changed;
}

}  // namespace reeve::billing::cycle
