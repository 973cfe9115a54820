#include "services/billing/cycle/guard_store.h"

#include <algorithm>
#include <set>

#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

#define BILLED_DAYS                                                                     \
  "SELECT s.from_date, s.to_date, s.effective_date, s.usage_thousandths, "              \
  "s.quantity_thousandths, s.amount_cents, b.state FROM bill_segment s JOIN bill b ON " \
  "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "  \
  "s.agreement_id = $2 AND s.state = 'BILLED' ORDER BY s.to_date DESC "
constexpr db::Query kDaysOfMeters{"guard_days_of_meter", BILLED_DAYS "LIMIT 14"};
constexpr db::Query kDaysOfOthers{"guard_days_of_other", BILLED_DAYS "LIMIT 2"};
#undef BILLED_DAYS
constexpr db::Query kClass{"guard_class",
                           "SELECT customer_class FROM billing_account WHERE account_id = $1"};

constexpr db::Query kPolicyInForce{
    "guard_policy_in_force",
    "SELECT effective_date, citation, residential, non_residential, run FROM guard_policy "
    "WHERE effective_date <= $1 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kHasPolicy{"guard_policy_has",
                               "SELECT effective_date FROM guard_policy WHERE effective_date = $1"};
constexpr db::Query kInsertPolicy{
    "guard_policy_insert",
    "INSERT INTO guard_policy (effective_date, citation, residential, non_residential, run) "
    "VALUES ($1, $2, $3, $4, $5)"};

void AddDays(const db::Rows& rows, Guarded& one) {
  for (const db::Rows::Row row : rows) {
    const BilledDays days{row.Day(0), row.Day(1), row.Day(2), row.Int(3), row.Int(4), row.Cents(5)};
    one.days.push_back(days);
    if (row.Text(6) == BillStateName(BillState::kHeld)) continue;
    one.history.push_back({days.from_date, days.to_date, days.usage_thousandths, days.amount});
  }
}

void LoadDays(db::Transaction& tx, const db::Query& query, bool metered,
              std::vector<Guarded>& guarded) {
  Parameters keys;
  std::vector<Guarded*> wanted;
  for (Guarded& one : guarded) {
    if (one.agreement->IsMetered() != metered) continue;
    keys.push_back({ToValue(one.agreement->account), ToValue(one.agreement->agreement_id)});
    wanted.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> days = tx.SelectEach(query, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) AddDays(days[i], *wanted[i]);
}

void LoadClasses(db::Transaction& tx, std::vector<Guarded>& guarded) {
  Parameters keys;
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account == guarded[i - 1].agreement->account) continue;
    keys.push_back({ToValue(guarded[i].agreement->account)});
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> classes = tx.SelectEach(kClass, keys);
  auto of_account = classes.begin();
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account != guarded[i - 1].agreement->account) ++of_account;
    if (of_account->empty()) continue;
    guarded[i].customer_class = ParseCustomerClass((*of_account)[0].Text(0));
  }
}

void SetAll(const std::string& listed, Limits& limits) {
  for (const std::string& word : SplitList(listed)) {
    const auto [name, value] = SplitPair(word, '=');
    const LimitWords* words = FindLimit(name);
    const Result<std::int64_t> number = ParseDecimal(value, 0, words == nullptr ? 0 : words->max);
    if (words != nullptr && number.ok()) limits.Set(words->limit, *number);
  }
}

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const GuardPolicy& policy, const Use& use) {
  return use(policy.effective_date, policy.citation, JoinList(policy.residential.Changed()),
             JoinList(policy.non_residential.Changed()), JoinList(policy.run.Changed()));
}

}  // namespace

std::vector<Guarded> LoadGuarded(db::Transaction& tx,
                                 std::span<const agreement::Agreement> agreements) {
  std::vector<Guarded> guarded;
  guarded.reserve(agreements.size());
  for (const agreement::Agreement& agreement : agreements) {
    guarded.emplace_back().agreement = &agreement;
  }
  LoadClasses(tx, guarded);
  LoadDays(tx, kDaysOfMeters, true, guarded);
  LoadDays(tx, kDaysOfOthers, false, guarded);
  return guarded;
}

Cells CellsOfPolicy(const GuardPolicy& policy) { return WithColumns(policy, kToCells); }

GuardPolicy GuardPolicyInForce(db::Transaction& tx, Date day) {
  GuardPolicy policy;
  const db::Rows rows = tx.Select(kPolicyInForce, day);
  if (rows.empty()) return policy;
  policy.effective_date = rows[0].Day(0);
  policy.citation = rows[0].Text(1);
  SetAll(rows[0].Text(2), policy.residential);
  SetAll(rows[0].Text(3), policy.non_residential);
  SetAll(rows[0].Text(4), policy.run);
  return policy;
}

bool HasGuardPolicy(db::Transaction& tx, Date effective_date) {
  return !tx.Select(kHasPolicy, effective_date).empty();
}

void InsertGuardPolicy(db::Transaction& tx, const GuardPolicy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

}  // namespace reeve::billing::cycle
