// Policies, runs, fees and exemptions of late payment in the database, and the facts that fees
// follow from.
#pragma once

#include <map>
#include <optional>
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
Cells CellsOfRun(const Run& run);
void InsertRun(db::Transaction& tx, const Run& run);
void SaveRun(db::Transaction& tx, const Run& run);
std::optional<Run> FindRun(db::Transaction& tx, std::int64_t run_id);
std::optional<Run> LockRun(db::Transaction& tx, std::int64_t run_id);
// Of the policy, newest first.
std::vector<Run> RunsOf(db::Transaction& tx, const std::string& policy_code, std::int64_t limit);
// By what its fees are derived.
Rules LoadRules(db::Transaction& tx, const Run& run);
std::vector<Run> ListRuns(db::Transaction& tx);
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

// Of a bill, by all policies, that are posted.
std::vector<Fee> StandingOfBill(db::Transaction& tx, AccountId account, std::int64_t bill_id);
// Of each account, the oldest run first.
std::vector<std::vector<Fee>> FeesOfPostedRuns(db::Transaction& tx, const std::string& policy_code,
                                               std::span<const AccountId> accounts);
// What staff have credited of a charge, less what was taken back.
Money CreditedByStaff(db::Transaction& tx, AccountId account, std::int64_t charge_id);
// What staff have credited of fees of each account, and have not taken back.
std::vector<std::vector<Waived>> WaivedOf(db::Transaction& tx, std::span<const AccountId> accounts);
// Whether the person has decided about a fee of the run.
bool HasDecided(db::Transaction& tx, std::int64_t run_id, PersonId person);

// The next accounts of the run with bills that may have fallen late, or a fee that stands.
std::vector<AccountId> ListCandidates(db::Transaction& tx, const Run& run, std::int64_t limit);
// What their fees follow from, in their order.
std::vector<Facts> LoadFacts(db::Transaction& tx, const Run& run,
                             std::span<const AccountId> accounts);

Cells CellsOfExemption(const Exemption& exemption);
void InsertExemption(db::Transaction& tx, const Exemption& exemption);
void SaveExemption(db::Transaction& tx, const Exemption& exemption);
std::vector<Exemption> ListExemptions(db::Transaction& tx, AccountId account);
// Of each account.
std::vector<std::vector<Exemption>> ExemptionsOf(db::Transaction& tx,
                                                 std::span<const AccountId> accounts);

// The day on which a print file was released.
inline constexpr Kept kKeptRelease{"print-release", 1};
Cells CellsOfRelease(std::int64_t print_file_id, Date day);
void InsertRelease(db::Transaction& tx, std::int64_t print_file_id, Date day);

}  // namespace reeve::billing::late_fee
