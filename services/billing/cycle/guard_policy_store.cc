#include "services/billing/cycle/guard_policy_store.h"

#include <stdexcept>
#include <string>

#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

#define POLICY_COLUMNS                                                                    \
  "SELECT effective_date, citation, residential, non_residential, run, revision, state, " \
  "loaded_by_person_id, activated_by_person_id FROM guard_policy "
constexpr db::Query kInForce{"guard_policy_in_force", POLICY_COLUMNS
                             "WHERE state = 'ACTIVE' AND effective_date <= $1 "
                             "ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kFind{"guard_policy_find",
                          POLICY_COLUMNS "WHERE state = 'ACTIVE' AND effective_date = $1"};
constexpr db::Query kList{"guard_policy_list", POLICY_COLUMNS "ORDER BY effective_date"};
#undef POLICY_COLUMNS
constexpr db::Query kInsert{
    "guard_policy_insert",
    "INSERT INTO guard_policy (effective_date, citation, residential, non_residential, run, "
    "revision, state, loaded_by_person_id, activated_by_person_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr db::Query kSave{
    "guard_policy_save",
    "UPDATE guard_policy SET citation = $2, residential = $3, non_residential = $4, run = $5, "
    "revision = $6, state = $7, loaded_by_person_id = $8, activated_by_person_id = $9 "
    "WHERE effective_date = $1"};
constexpr db::Query kRunSince{"cycle_run_since",
                              "SELECT cycle_id FROM cycle_run WHERE bill_date >= $1 LIMIT 1"};

// A value from before there were bounds is read as the nearest that is within them.
void SetAll(const std::string& listed, Limits& limits) {
  for (const std::string& word : SplitList(listed)) {
    const auto [name, value] = SplitPair(word, '=');
    const LimitWords* words = FindLimit(name);
    const Result<std::int64_t> number = ParseDecimal(value, 0, Money::kMaxCents);
    if (words == nullptr || !number.ok()) continue;
    limits.Set(words->limit, words->For(limits.scope()).Within(*number));
  }
}

LoadedPolicy ToPolicy(db::Rows::Row row) {
  LoadedPolicy loaded;
  loaded.policy.effective_date = row.Day(0);
  loaded.policy.citation = row.Text(1);
  SetAll(row.Text(2), loaded.policy.residential);
  SetAll(row.Text(3), loaded.policy.non_residential);
  SetAll(row.Text(4), loaded.policy.run);
  loaded.revision = row.Int(5);
  loaded.state = ParsePolicyState(row.Text(6));
  loaded.loaded_by = PersonId(row.Int(7));
  loaded.activated_by = PersonId(row.Int(8));
  return loaded;
}

std::vector<LoadedPolicy> ToPolicies(const db::Rows& rows) {
  std::vector<LoadedPolicy> policies;
  for (const db::Rows::Row row : rows) policies.push_back(ToPolicy(row));
  return policies;
}

}  // namespace

Cells CellsOfPolicy(const LoadedPolicy& loaded) {
  const GuardPolicy& policy = loaded.policy;
  Cells cells =
      CellsOf(policy.effective_date, policy.citation, JoinList(policy.residential.Changed()),
              JoinList(policy.non_residential.Changed()), JoinList(policy.run.Changed()));
  if (loaded.revision == 0) return cells;
  for (const db::Value& cell : CellsOf(loaded.revision, PolicyStateName(loaded.state),
                                       loaded.loaded_by, loaded.activated_by)) {
    cells.push_back(cell);
  }
  return cells;
}

GuardPolicy GuardPolicyInForce(db::Transaction& tx, Date day) {
  const db::Rows rows = tx.Select(kInForce, day);
  return rows.empty() ? GuardPolicy() : ToPolicy(rows[0]).policy;
}

GuardPolicy GuardPolicyOf(db::Transaction& tx, const Run& run) {
  if (run.guard_policy.empty()) return GuardPolicyInForce(tx, run.bill_date);
  if (run.guard_policy == GuardPolicy().key()) return {};
  const db::Rows rows = tx.Select(kFind, run.guard_policy);
  if (rows.empty()) throw std::logic_error("the policy by which a run is judged is not active");
  return ToPolicy(rows[0]).policy;
}

std::vector<LoadedPolicy> ListGuardPolicies(db::Transaction& tx) {
  return ToPolicies(tx.Select(kList));
}

std::vector<LoadedPolicy> LockGuardPolicies(db::Transaction& tx) {
  return ToPolicies(tx.SelectForUpdate(kList));
}

void SaveGuardPolicy(db::Transaction& tx, const LoadedPolicy& loaded, bool is_new) {
  const std::vector<db::Value> one[] = {CellsOfPolicy(loaded)};
  tx.ExecuteEach(is_new ? kInsert : kSave, one);
}

bool HasRunSince(db::Transaction& tx, Date day) { return !tx.Select(kRunSince, day).empty(); }

}  // namespace reeve::billing::cycle
