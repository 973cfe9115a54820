// Rate schedules in the database.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/rate/rate.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::rate {

// A version's rows in the audit trail, "E1/2026-07-01".
inline constexpr std::string_view kScheduleEntity = "rate-schedule";
// The digest of the rows that it wrote: of the version, its components and their tiers.
RowDigest InsertSchedule(db::Transaction& tx, const Schedule& schedule);
// The same of all versions as they are now, by code and date; of parts without a version too.
std::map<std::pair<std::string, std::string>, RowDigest> DigestSchedules(db::Transaction& tx);
// All versions, by code and date.
std::vector<Schedule> LoadSchedules(db::Transaction& tx);

}  // namespace reeve::billing::rate
