// Winter rules, runs and averages in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/row_text.h"
#include "services/billing/winter/winter.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::winter {

inline constexpr Kept kKeptRule{"winter-rule", 2};
inline constexpr Kept kKeptRun{"winter-run", 1, {{{"state", 5}}}};
inline constexpr Kept kKeptAverage{"winter-average", 3, {{{"state", 10}, {"quantity", 11}}}};

Cells CellsOfRule(const Rule& rule);
bool HasRule(db::Transaction& tx, const std::string& schedule_code, Date effective_date);
void InsertRule(db::Transaction& tx, const Rule& rule);
// The newest that has begun on `day`.
std::optional<Rule> RuleInForce(db::Transaction& tx, const std::string& schedule_code, Date day);

struct Run {
  std::int64_t run_id = 0;
  std::string schedule_code;
  Date rule_date;
  int winter_year = 0;
  Date effective_date;
  RunState state = RunState::kComputing;
  AccountId after;  // accounts up to it are done
  PersonId started_by;
  PersonId signed_by;  // unset until signed
};
Cells CellsOfRun(const Run& run);
void InsertRun(db::Transaction& tx, const Run& run);
std::optional<Run> FindRun(db::Transaction& tx, std::int64_t run_id);
std::optional<Run> LockRun(db::Transaction& tx, std::int64_t run_id);
// Saves state, progress and signature.
void SaveRun(db::Transaction& tx, const Run& run);

struct Totals {
  std::int64_t average_count = 0;
  std::int64_t exception_count = 0;
  std::int64_t held_count = 0;
  std::int64_t total_thousandths = 0;
};
Totals LoadTotals(db::Transaction& tx, std::int64_t run_id);

struct AverageRow {
  AccountId account;
  std::int64_t run_id = 0;
  std::int64_t agreement_id = 0;
  Outcome outcome;
  std::int64_t previous_thousandths = 0;
  std::string problem;  // as ProblemName says; empty: none
  AverageState state = AverageState::kClean;
  std::int64_t quantity_thousandths = 0;
  std::string decision;  // as DecisionName says; empty until decided
  std::string reason;
  PersonId decided_by;
};
Cells CellsOfAverage(const AverageRow& row);
void InsertAverages(db::Transaction& tx, std::span<const AverageRow> rows);
std::optional<AverageRow> LockAverage(db::Transaction& tx, std::int64_t run_id, AccountId account,
                                      std::int64_t agreement_id);
// Saves state, quantity and decision.
void SaveAverage(db::Transaction& tx, const AverageRow& row);
// By account and agreement, behind these; all, or only what is held.
std::vector<AverageRow> ListAverages(db::Transaction& tx, std::int64_t run_id, bool held_only,
                                     AccountId account, std::int64_t agreement_id,
                                     std::int64_t limit);

// An agreement that runs under the run's schedule.
struct Candidate {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::int64_t premise_id = 0;
  std::int64_t quantity_thousandths = 0;  // its own
};
// Of accounts behind `after`, by account and agreement, at most `limit`.
std::vector<Candidate> ListCandidates(db::Transaction& tx, const std::string& schedule_code,
                                      AccountId after, std::int64_t limit);
// What was billed and not held at the candidates' places in the winter, in their order, by date.
std::vector<std::vector<WinterBill>> LoadWinterBills(db::Transaction& tx, const Rule& rule,
                                                     const Window& window,
                                                     std::span<const Candidate> candidates);

// By what agreements are billed on a day: the signed average that began last, in the order of the
// keys; nothing for those without one.
using AgreementKey = std::pair<AccountId, std::int64_t>;
std::vector<std::optional<std::int64_t>> QuantitiesOn(db::Transaction& tx, Date day,
                                                      std::span<const AgreementKey> keys);

}  // namespace reeve::billing::winter
