// Rate schedules in the database.
#pragma once

#include <string>
#include <vector>

#include "services/billing/rate/rate.h"
#include "shared/db/database.h"

namespace reeve::billing::rate {

bool HasSchedule(db::Transaction& tx, const std::string& code, Date effective_date);
void InsertSchedule(db::Transaction& tx, const Schedule& schedule);
// All versions, by code and date.
std::vector<Schedule> LoadSchedules(db::Transaction& tx);

}  // namespace reeve::billing::rate
