// What the guard knows of agreements, and a city's limits, in the database.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "services/billing/cycle/guard_page.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// Of the agreements of a page, in their order: class, and what was billed in the last 14 bills of a
// meter, the last two of another service. Each kind of fact comes in one trip.
std::vector<Guarded> LoadGuarded(db::Transaction& tx,
                                 std::span<const agreement::Agreement> agreements);

// In the audit trail.
inline constexpr Kept kKeptGuardPolicy{"guard-policy", 1, {{{"citation", 1}}}};
Cells CellsOfPolicy(const GuardPolicy& policy);
// The defaults if nothing was loaded for the day.
GuardPolicy GuardPolicyInForce(db::Transaction& tx, Date day);
bool HasGuardPolicy(db::Transaction& tx, Date effective_date);
void InsertGuardPolicy(db::Transaction& tx, const GuardPolicy& policy);

}  // namespace reeve::billing::cycle
