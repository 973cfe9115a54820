// Crews in the database.
#pragma once

#include <optional>
#include <vector>

#include "services/work_order/crew/crew.h"
#include "shared/db/database.h"

namespace reeve::work_order {

std::optional<Crew> FindCrew(db::Transaction& tx, CrewId id);
// The version on file, locked; 0 if there is none.
std::int64_t LockCrewVersion(db::Transaction& tx, CrewId id);
// Writes a new crew (version 1), or one whose version was locked.
void SaveCrew(db::Transaction& tx, const Crew& crew);
std::vector<Crew> ListCrews(db::Transaction& tx);

}  // namespace reeve::work_order
