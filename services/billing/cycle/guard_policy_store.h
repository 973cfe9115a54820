// Policies of the guard in the database.
#pragma once

#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/guard_policy.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// In the audit trail. What was loaded before drafts were (revision 0) has its first five cells.
inline constexpr Kept kKeptGuardPolicy{"guard-policy", 1, {{{"citation", 1}}}};
Cells CellsOfPolicy(const LoadedPolicy& loaded);

// The newest active one that has begun on `day`; the defaults if there is none.
GuardPolicy GuardPolicyInForce(db::Transaction& tx, Date day);
// What the run is judged by, from its start to its end.
GuardPolicy GuardPolicyOf(db::Transaction& tx, const Run& run);

// By date.
std::vector<LoadedPolicy> ListGuardPolicies(db::Transaction& tx);
// The same, held until the transaction ends: nothing is activated while a run picks its policy.
std::vector<LoadedPolicy> LockGuardPolicies(db::Transaction& tx);
// Inserts it, or saves what a draft has become.
void SaveGuardPolicy(db::Transaction& tx, const LoadedPolicy& loaded, bool is_new);
// Whether a run has a bill date on the day or later.
bool HasRunSince(db::Transaction& tx, Date day);

}  // namespace reeve::billing::cycle
