// Rate schedules in the database.
#pragma once

#include <string>
#include <vector>

#include "services/billing/rate/rate.h"
#include "shared/db/database.h"

namespace reeve::billing::rate {

void InsertSchedule(db::Transaction& tx, const Schedule& schedule);
// All versions, by code and date.
std::vector<Schedule> LoadSchedules(db::Transaction& tx);

}  // namespace reeve::billing::rate
