// What the guard knows of agreements in the database.
#pragma once

#include <span>
#include <vector>

#include "services/billing/cycle/guard_page.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// Of the agreements of a page, in their order: class, and what was billed in the last 14 bills of a
// meter, the last two of another service. Each kind of fact comes in one trip.
std::vector<Guarded> LoadGuarded(db::Transaction& tx,
                                 std::span<const agreement::Agreement> agreements);

// To agreements whose use has moved: the meters of their service next door, in the order in which
// the city's places are numbered, as far as they were read by the run's end.
void LoadNeighbours(db::Transaction& tx, const Run& run, std::span<const Bill> bills,
                    std::vector<Guarded>& guarded);

CustomerClass ClassOf(db::Transaction& tx, AccountId account);

}  // namespace reeve::billing::cycle
