// A policy of the guard on its way into force: one person loads it, another one activates it, and
// it begins on a day that is still to come.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard_limits.h"
#include "shared/core/fields.h"
#include "shared/core/id.h"

namespace reeve::billing::cycle {

// kDraft: nothing is judged by it, and it may be loaded again. kActive: never changed any more.
enum class PolicyState { kDraft, kActive };
std::string_view PolicyStateName(PolicyState state);  // "DRAFT"
PolicyState ParsePolicyState(std::string_view name);

struct LoadedPolicy {
  GuardPolicy policy;
  PolicyState state = PolicyState::kDraft;
  std::int64_t revision = 1;  // how often it was loaded; 0 of one from before drafts were
  PersonId loaded_by;
  PersonId activated_by;  // unset until then; never the loader
};

// One limit that a policy changes.
struct LimitChange {
  Scope scope = Scope::kResidential;
  Limit limit = Limit::kUseRatioMax;
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool loosens = false;  // less is held, or found, than before
  bool operator==(const LimitChange&) const = default;
};
// In the order of scopes and limits.
std::vector<LimitChange> ChangesOf(const GuardPolicy& before, const GuardPolicy& after);

// Names limits that contradict each other: a longest month shorter than a normal one, or so much
// longer that two months of it pass for one.
void RefuseContradictions(const GuardPolicy& policy, Fields& fields);

}  // namespace reeve::billing::cycle
