// Cases and their history in the database.
#pragma once

#include <span>
#include <vector>

#include "services/case311/case/case.h"
#include "shared/db/database.h"

namespace reeve::case311 {

// NOT_FOUND CASE_UNKNOWN. The second locks the case until the transaction ends.
Result<Case> FindCase(db::Transaction& tx, CaseId id);
Result<Case> FindCaseForUpdate(db::Transaction& tx, CaseId id);
// Oldest first.
std::vector<HistoryEntry> FindHistory(db::Transaction& tx, CaseId id);

// New cases, each with its first entry.
void InsertCases(db::Transaction& tx, std::span<const Changed> opened);
// A case that was locked, and the entry of its change. ABORTED STALE if it was not.
Result<> SaveCase(db::Transaction& tx, const Changed& changed);
// Which of these numbers are taken, in their order.
std::vector<bool> AreTaken(db::Transaction& tx, std::span<const CaseId> ids);

// Sort key of a work list: those without a target come last.
struct WorkListKey {
  static constexpr std::int64_t kNoTarget = INT64_MAX;
  std::int64_t target_micros = 0;
  CaseId id;
};
WorkListKey KeyOf(const Case& record);
// A department's open cases behind `after`.
std::vector<Case> ListOpenCases(db::Transaction& tx, const std::string& department,
                                const WorkListKey& after, std::int64_t limit);
// All cases, by number, behind `after`; and the history of those from `first` to `last`.
std::vector<Case> ScanCases(db::Transaction& tx, CaseId after, std::int64_t limit);
std::vector<HistoryEntry> ScanHistory(db::Transaction& tx, CaseId first, CaseId last);

}  // namespace reeve::case311
