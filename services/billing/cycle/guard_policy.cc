#include "services/billing/cycle/guard_policy.h"

#include <utility>

#include "shared/core/spelling.h"

namespace reeve::billing::cycle {
namespace {

constexpr Spelling<PolicyState, 2> kStates{{"DRAFT", "ACTIVE"}};
constexpr std::int64_t kLongerThanNormalMax = 10;  // days

bool Loosens(Limit limit, std::int64_t before, std::int64_t after) {
  if (limit == Limit::kControlMin || limit == Limit::kDueDays) return after < before;
  if (limit == Limit::kNoUseBills) return before != 0 && (after == 0 || after > before);
  return after > before;
}

void AddChanges(const Limits& before, const Limits& after, std::vector<LimitChange>& changes) {
  const Scope scope = after.scope();
  for (const LimitWords& words : AllLimits()) {
    if (words.of_run != (scope == Scope::kRun)) continue;
    const std::int64_t was = before[words.limit];
    const std::int64_t is = after[words.limit];
    if (was == is) continue;
    changes.push_back({scope, words.limit, was, is, Loosens(words.limit, was, is)});
  }
}

}  // namespace

std::string_view PolicyStateName(PolicyState state) { return kStates(state); }
PolicyState ParsePolicyState(std::string_view name) { return kStates.Read(name); }

std::vector<LimitChange> ChangesOf(const GuardPolicy& before, const GuardPolicy& after) {
  std::vector<LimitChange> changes;
  AddChanges(before.residential, after.residential, changes);
  AddChanges(before.non_residential, after.non_residential, changes);
  AddChanges(before.run, after.run, changes);
  return changes;
}

void RefuseContradictions(const GuardPolicy& policy, Fields& fields) {
  for (const auto& [path, limits] :
       {std::pair("policy.residential", &policy.residential),
        std::pair("policy.non_residential", &policy.non_residential)}) {
    const std::int64_t longer = (*limits)[Limit::kPeriodDaysMax] - (*limits)[Limit::kPeriodDays];
    if (longer < 0 || longer > kLongerThanNormalMax) {
      fields.Refuse(path, "PERIOD_DAYS_MAX is to be PERIOD_DAYS and at most 10 days more");
    }
  }
}

}  // namespace reeve::billing::cycle
