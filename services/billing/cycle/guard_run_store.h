// Tallies, control totals and findings of runs in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard_run.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// In the audit trail: one entry a page ("<cycle>/<page>") over its tallies.
inline constexpr std::string_view kTalliesEntity = "cycle-page-tallies";
RowDigest DigestOfTallies(std::int64_t cycle_id, const Page& page, const Tallies& tallies);
// With the policy that judged the page, if the run keeps which it is.
std::string TalliesText(const std::string& of_run, const std::string& judged_by,
                        const RowDigest& rows);
// One entry a run: the policy that judged it, and how many findings there were.
inline constexpr std::string_view kJudgementEntity = "cycle-judgement";
std::string JudgementText(const std::string& judged_by, std::size_t findings);
void InsertTallies(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                   const Tallies& tallies);
// Of all pages together; nothing if the run has none.
std::optional<Tallies> LoadTallies(db::Transaction& tx, std::int64_t cycle_id);

inline constexpr Kept kKeptControlTotal{"control-total", 3, {{{"quantity", 3}, {"source", 4}}}};
Cells CellsOfControl(const ControlTotal& control);
bool HasControlTotal(db::Transaction& tx, const ControlTotal& control);
void InsertControlTotal(db::Transaction& tx, const ControlTotal& control);
// Of the cycle to that day, by service.
std::vector<ControlTotal> ControlTotals(db::Transaction& tx, int cycle, Date period_end);

// A finding as it is kept.
struct KeptFinding {
  std::int64_t cycle_id = 0;
  std::int64_t finding_no = 0;  // from 1
  RunFinding finding;
  PersonId acknowledged_by;  // unset until it is
  std::string acknowledgement;
};
inline constexpr Kept kKeptFinding{"cycle-finding", 2, {{{"rule", 2}, {"acknowledged_by", 8}}}};
Cells CellsOfFinding(const KeptFinding& kept);
void InsertFindings(db::Transaction& tx, std::span<const KeptFinding> findings);
// Behind `after_no`.
std::vector<KeptFinding> ListFindings(db::Transaction& tx, std::int64_t cycle_id,
                                      std::int64_t after_no, std::int64_t limit);
std::optional<KeptFinding> LockFinding(db::Transaction& tx, std::int64_t cycle_id,
                                       std::int64_t finding_no);
// Saves who acknowledged it, and why.
void SaveAcknowledgement(db::Transaction& tx, const KeptFinding& kept);
struct FindingCounts {
  std::int64_t all = 0;
  std::int64_t open = 0;  // not acknowledged
};
FindingCounts CountFindings(db::Transaction& tx, std::int64_t cycle_id);

// All that a run is judged by, once its pages are calculated.
RunFacts LoadRunFacts(db::Transaction& tx, const Run& run);

}  // namespace reeve::billing::cycle
