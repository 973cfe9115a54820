// Policies, runs, fees and exemptions of late payment in the database, and the facts that fees
// follow from.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "services/billing/late_fee/late_fee.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::late_fee {

// Their rows in the audit trail.
inline constexpr Kept kKeptPolicy{"late-fee-policy", 2};
inline constexpr Kept kKeptRun{"late-fee-run", 1, {{{"state", 5}}}};
inline constexpr Kept kKeptFinding{"late-fee-finding", 2};
inline constexpr Kept kKeptFee{
    "late-fee", 4, {{{"fee_cents", 11}, {"tax_cents", 12}, {"state", 16}}}};
inline constexpr Kept kKeptExemption{"late-fee-exemption", 2, {{{"state", 6}}}};

Cells CellsOfPolicy(const Policy& policy);
void InsertPolicy(db::Transaction& tx, const Policy& policy);
std::vector<Policy> ListPolicies(db::Transaction& tx);  // by code and date
// Of one policy; empty if none was loaded.
Versions LoadVersions(db::Transaction& tx, const std::string& code);
// Services that other policies in force on `day` name.
std::set<std::string> ServicesOfOthers(db::Transaction& tx, const std::string& code, Date day);

struct Run {
  std::int64_t run_id = 0;
  std::string policy_code;
  std::int64_t run_no = 0;
  Window window;
  RunState state = RunState::kCalculating;
  AccountId after;  // accounts up to it are calculated, or posted
  PersonId started_by;
  PersonId ended_by;   // who signed it, or withdrew it
  std::string reason;  // why it was withdrawn
};
Cells CellsOfRun(const Run& run);
void InsertRun(db::Transaction& tx, const Run& run);
void SaveRun(db::Transaction& tx, const Run& run);
std::optional<Run> FindRun(db::Transaction& tx, std::int64_t run_id);
std::optional<Run> LockRun(db::Transaction& tx, std::int64_t run_id);
// Of the policy, newest first.
std::vector<Run> RunsOf(db::Transaction& tx, const std::string& policy_code, std::int64_t limit);
Totals LoadTotals(db::Transaction& tx, std::int64_t run_id);
std::vector<DueDate> LoadDueDates(db::Transaction& tx, std::int64_t run_id);

Cells CellsOfFinding(std::int64_t run_id, const Finding& finding);
void InsertFindings(db::Transaction& tx, std::int64_t run_id, std::span<const Finding> findings);
std::vector<Finding> ListFindings(db::Transaction& tx, std::int64_t run_id);
void SaveFinding(db::Transaction& tx, std::int64_t run_id, const Finding& finding);

Cells CellsOfFee(const Fee& fee);
void InsertFees(db::Transaction& tx, std::span<const Fee> fees);
void SaveFees(db::Transaction& tx, std::span<const Fee> fees);  // what may change of them
std::optional<Fee> LockFee(db::Transaction& tx, AccountId account, std::int64_t run_id,
                           std::int64_t bill_id, int step_no);
// Of a run behind account, bill and step of the page before.
struct FeeKey {
  AccountId account;
  std::int64_t bill_id = 0;
  std::int64_t step_no = 0;
};
std::vector<Fee> ListFees(db::Transaction& tx, std::int64_t run_id, bool held_only,
                          const FeeKey& after, std::int64_t limit);
// Of an account, all runs, behind run, bill and step of the page before.
std::vector<Fee> ListFeesOf(db::Transaction& tx, AccountId account, std::int64_t run_id,
                            std::int64_t bill_id, std::int64_t step_no, std::int64_t limit);
// Of a run, to be posted, of the first accounts behind `after`.
std::vector<Fee> FeesToPost(db::Transaction& tx, std::int64_t run_id, AccountId after,
                            std::int64_t limit);
// Of accounts above `after` up to `through`.
std::vector<Fee> FeesOfRange(db::Transaction& tx, std::int64_t after, std::int64_t through);

// Accounts behind `after` with bills that may have fallen late in the window.
std::vector<AccountId> ListCandidates(db::Transaction& tx, const Window& window, AccountId after,
                                      std::int64_t limit);
// What their fees follow from, in their order.
std::vector<Facts> LoadFacts(db::Transaction& tx, const Window& window,
                             std::span<const AccountId> accounts);

Cells CellsOfExemption(const Exemption& exemption);
void InsertExemption(db::Transaction& tx, const Exemption& exemption);
void SaveExemption(db::Transaction& tx, const Exemption& exemption);
std::vector<Exemption> ListExemptions(db::Transaction& tx, AccountId account);

// The day on which a print file was released.
inline constexpr Kept kKeptRelease{"print-release", 1};
Cells CellsOfRelease(std::int64_t print_file_id, Date day);
void InsertRelease(db::Transaction& tx, std::int64_t print_file_id, Date day);

}  // namespace reeve::billing::late_fee
