// Rate schedules in the database.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/rate/standing.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::rate {

// In the audit trail by code and date: "E1/2026-07-01".
inline constexpr std::string_view kScheduleEntity = "rate-schedule";
std::string VersionKey(std::string_view code, Date effective_date);
// What the trail says of a version: the digest of its rows, and its standing.
std::string VersionText(const std::string& rows, const Standing& standing);

// The digest of the rows that it wrote: of the version, its components and their tiers.
RowDigest InsertSchedule(db::Transaction& tx, const Schedule& schedule, const Standing& standing);
// Takes a draft away, all of its rows, so that it can be loaded again.
Result<> DeleteDraft(db::Transaction& tx, const Schedule& schedule);
// Moves a draft into force; STALE if it is none any more, or of another revision.
Result<> SaveActive(db::Transaction& tx, const Schedule& schedule, const Standing& standing);
// All versions until the transaction ends, and the number of the tariff that is in force. Whoever
// loads, withdraws or activates a version holds them, and whoever starts a run.
std::int64_t LockTariff(db::Transaction& tx);

// What the trail must say of each version as it is now, by key; of parts without a version too.
std::map<std::string, std::string> VersionTexts(db::Transaction& tx);
// All versions, drafts too, by code and date.
std::vector<LoadedVersion> LoadVersions(db::Transaction& tx);
// The versions to price with: those that are active, by code and date.
std::vector<Schedule> LoadSchedules(db::Transaction& tx);
// Those of one tariff, whatever was activated since. 0: of the first.
std::vector<Schedule> LoadSchedules(db::Transaction& tx, std::int64_t tariff_no);

// The tariffs that cancelled bills were priced by, each read once. What was activated since may
// divide their days otherwise, or have other lines.
class EarlierTariffs {
 public:
  explicit EarlierTariffs(db::Transaction& tx) : tx_(tx) {}
  const Tariff& Of(std::int64_t tariff_no);

 private:
  db::Transaction& tx_;
  std::map<std::int64_t, Tariff> tariffs_;
};

}  // namespace reeve::billing::rate
