#include "services/billing/cycle/guard_limits.h"

#include <algorithm>

namespace reeve::billing::cycle {
namespace {

// Value, strictest and loosest for residential customers (or a run), then for all others. What
// each bound is for is in the README.
constexpr LimitWords kLimits[] = {
    {Limit::kUseRatioMax, false, "USE_RATIO_MAX_HUNDREDTHS", {450, 110, 1'000}, {600, 110, 1'000}},
    {Limit::kSteadyRatioMax,
     false,
     "STEADY_RATIO_MAX_HUNDREDTHS",
     {200, 110, 450},
     {300, 110, 600}},
    {Limit::kPeersRatioMax,
     false,
     "PEERS_RATIO_MAX_HUNDREDTHS",
     {800, 150, 2'000},
     {4'000, 150, 10'000}},
    {Limit::kPeersFirstRatioMax,
     false,
     "PEERS_FIRST_RATIO_MAX_HUNDREDTHS",
     {450, 150, 1'000},
     {4'000, 150, 10'000}},
    {Limit::kPeersRatioMin,
     false,
     "PEERS_RATIO_MIN_HUNDREDTHS",
     {900, 200, 2'000},
     {900, 200, 2'000}},
    {Limit::kSameUseBills, false, "SAME_USE_BILLS", {4, 2, 8}, {4, 2, 8}},
    {Limit::kSameUseCounts, false, "SAME_USE_COUNTS_MIN", {20, 0, 1'000}, {20, 0, 1'000}},
    {Limit::kNoUseBills, false, "NO_USE_BILLS", {3, 1, 6}, {0, 0, 12}},
    {Limit::kEstimateRatioMax,
     false,
     "ESTIMATE_RATIO_MAX_HUNDREDTHS",
     {200, 110, 500},
     {300, 110, 500}},
    {Limit::kPeriodDays, false, "PERIOD_DAYS", {30, 20, 95}, {30, 20, 95}},
    {Limit::kPeriodDaysMax, false, "PERIOD_DAYS_MAX", {35, 20, 105}, {35, 20, 105}},
    {Limit::kPeriodCents, false, "PERIOD_CENTS_MIN", {100, 1, 2'000}, {500, 1, 10'000}},
    {Limit::kBillCentsMax,
     false,
     "BILL_CENTS_MAX",
     {150'000, 1, 1'000'000},
     {5'000'000, 1, 50'000'000}},
    {Limit::kCompareMin, true, "COMPARE_MIN", {30, 1, 200}, {}},
    {Limit::kCountChangeMax, true, "COUNT_CHANGE_MAX", {200, 0, 1'000}, {}},
    {Limit::kUseChangeMax, true, "USE_CHANGE_MAX", {4'000, 100, 8'000}, {}},
    {Limit::kUnitPriceChangeMax, true, "UNIT_PRICE_CHANGE_MAX", {150, 0, 250}, {}},
    {Limit::kPriceChangeMax, true, "PRICE_CHANGE_MAX", {0, 0, 250}, {}},
    {Limit::kUncoveredDays, true, "UNCOVERED_DAYS", {62, 20, 125}, {}},
    {Limit::kControlMin, true, "CONTROL_MIN", {7'500, 5'000, 9'900}, {}},
    {Limit::kControlMax, true, "CONTROL_MAX", {10'200, 10'000, 11'000}, {}},
    {Limit::kDueDays, true, "DUE_DAYS_MIN", {10, 5, 60}, {}},
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

std::string_view ScopeName(Scope scope) {
  if (scope == Scope::kRun) return "RUN";
  return CustomerClassName(scope == Scope::kResidential ? CustomerClass::kResidential
                                                        : CustomerClass::kNonResidential);
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
    Set(words.limit, words.For(scope).value);
  }
}

std::int64_t Limits::Loosest(Limit limit) const {
  return kLimits[static_cast<std::size_t>(limit)].For(scope_).max;
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
