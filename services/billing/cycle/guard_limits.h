// Limits: the thresholds of the guard's rules, by class of customer and for a whole run. A city
// loads its own by date; what it does not name keeps its default.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"

namespace reeve::billing::cycle {

enum class CustomerClass { kResidential, kNonResidential };
std::string_view CustomerClassName(CustomerClass customer_class);  // "RESIDENTIAL"
CustomerClass ParseCustomerClass(std::string_view name);

enum class Limit {
  // Of one bill.
  kUseRatioMax,         // hundredths of the use a day that was; a schedule's own goes first
  kSteadyRatioMax,      // the same, of a steady use that nothing else has moved
  kPeersRatioMax,       // hundredths of the peers' median a day
  kPeersFirstRatioMax,  // the same, on the first bill
  kPeersRatioMin,       // the median is at most so many hundredths of the use; 0: no such rule
  kSameUseBills,        // so many bills in a row
  kSameUseCounts,       // of at least so many register counts
  kNoUseBills,          // so many bills in a row; 0: no such rule
  kEstimateRatioMax,    // hundredths, up or down, of the last bill's use a day
  kPeriodDays,          // of a normal period
  kPeriodDaysMax,       // a longer one is priced as if it were normal, too
  kPeriodCents,         // and held from so much difference on
  kBillCentsMax,        // total of a bill
  // Of a run.
  kCompareMin,          // services of fewer agreements are not compared
  kCountChangeMax,      // agreements of a service, hundredths of a percent up or down
  kUseChangeMax,        // use an agreement and day, hundredths of a percent up or down
  kUnitPriceChangeMax,  // dollars a unit of a component, hundredths of a percent up or down
  kPriceChangeMax,      // dollars from new prices alone, hundredths of a percent; 0: any
  kUncoveredDays,       // an agreement that no run has billed for longer
  kControlMin,          // billed of what was purchased, hundredths of a percent
  kControlMax,
  kDueDays,  // from a bill to its due date, at least
};
inline constexpr std::size_t kLimitCount = 22;

// Whom a limit is for.
enum class Scope { kResidential, kNonResidential, kRun };
std::string_view ScopeName(Scope scope);  // "RESIDENTIAL"
inline Scope ScopeOf(CustomerClass customer_class) {
  return customer_class == CustomerClass::kResidential ? Scope::kResidential
                                                       : Scope::kNonResidential;
}

// A limit's value unless the city says otherwise, and the bounds that no policy passes: a city may
// make a rule stricter, or looser within reason; what would switch the rule off is refused.
struct LimitRange {
  std::int64_t value = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;

  std::int64_t Within(std::int64_t any) const { return std::clamp(any, min, max); }
};

struct LimitWords {
  Limit limit;
  bool of_run;
  std::string_view name;   // "USE_RATIO_MAX_HUNDREDTHS"
  LimitRange residential;  // or the run's
  LimitRange non_residential;

  const LimitRange& For(Scope scope) const {
    return scope == Scope::kNonResidential ? non_residential : residential;
  }
};
std::span<const LimitWords> AllLimits();  // in the order of Limit
const LimitWords* FindLimit(std::string_view name);

// The limits of one scope.
class Limits {
 public:
  explicit Limits(Scope scope);  // the defaults
  std::int64_t operator[](Limit limit) const { return values_[static_cast<std::size_t>(limit)]; }
  void Set(Limit limit, std::int64_t value) { values_[static_cast<std::size_t>(limit)] = value; }
  // Those that are not the default: "BILL_CENTS_MAX=50000", in the order of Limit.
  std::vector<std::string> Changed() const;
  // The loosest that a policy may make it.
  std::int64_t Loosest(Limit limit) const;
  Scope scope() const { return scope_; }
  bool operator==(const Limits&) const = default;

 private:
  Scope scope_;
  std::array<std::int64_t, kLimitCount> values_{};
};

// A city's limits from a day on.
struct GuardPolicy {
  Date effective_date;
  std::string citation;  // empty: no policy, all limits are the defaults
  Limits residential{Scope::kResidential};
  Limits non_residential{Scope::kNonResidential};
  Limits run{Scope::kRun};

  const Limits& For(CustomerClass customer_class) const {
    return customer_class == CustomerClass::kResidential ? residential : non_residential;
  }
  // What a run keeps of the policy that it is judged by: "2026-12-01", or "DEFAULTS".
  std::string key() const { return citation.empty() ? "DEFAULTS" : effective_date.ToString(); }
  bool operator==(const GuardPolicy&) const = default;
};

}  // namespace reeve::billing::cycle
