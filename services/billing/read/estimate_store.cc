#include "services/billing/read/estimate_store.h"

namespace reeve::billing::read {
namespace {

constexpr std::int64_t kPeriodsMax = 72;  // of a year's months and five years before

constexpr db::Query kHasPolicy{"estimate_policy_has",
                               "SELECT effective_date FROM estimate_policy "
                               "WHERE effective_date = $1"};
constexpr db::Query kInsertPolicy{
    "estimate_policy_insert",
    "INSERT INTO estimate_policy (effective_date, citation, basis, period_count, drops_extremes, "
    "in_a_row_max) VALUES ($1, $2, $3, $4, $5, $6)"};
constexpr db::Query kPolicyInForce{
    "estimate_policy_in_force",
    "SELECT effective_date, citation, basis, period_count, drops_extremes, in_a_row_max "
    "FROM estimate_policy WHERE effective_date <= $1 ORDER BY effective_date DESC LIMIT 1"};
constexpr db::Query kBilledUse{
    "bill_segment_use",
    "SELECT s.from_date, s.to_date, s.usage_thousandths, s.estimated FROM bill_segment s JOIN bill "
    "b ON b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "
    "s.agreement_id = $2 AND s.state = 'BILLED' AND b.state <> 'HELD' "
    "ORDER BY s.to_date DESC LIMIT $3"};
constexpr db::Query kReadBefore{
    "meter_read_before",
    "SELECT read_date, read_thousandths, source FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' AND read_date <= $4 "
    "ORDER BY read_date DESC LIMIT 1"};
constexpr db::Query kReadAfter{
    "meter_read_after",
    "SELECT read_date, read_thousandths, source FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' AND read_date > $4 "
    "ORDER BY read_date LIMIT 1"};
constexpr db::Query kBillsDay{
    "estimate_billed_day",
    "SELECT bill_id FROM bill_segment WHERE account_id = $1 AND agreement_id = $2 AND "
    "state = 'BILLED' AND from_date < $3 AND to_date >= $3 LIMIT 1"};
constexpr db::Query kNewestSources{
    "meter_read_sources",
    "SELECT source FROM meter_read WHERE account_id = $1 AND agreement_id = $2 AND "
    "meter_number = $3 AND state = 'ACCEPTED' ORDER BY read_date DESC LIMIT $4"};

template <class Use>
auto WithColumns(const EstimatePolicy& policy, const Use& use) {
  return use(policy.effective_date, policy.citation, BasisName(policy.basis), policy.period_count,
             policy.drops_extremes, policy.in_a_row_max);
}

}  // namespace

Cells CellsOfPolicy(const EstimatePolicy& policy) { return WithColumns(policy, kToCells); }

bool HasEstimatePolicy(db::Transaction& tx, Date effective_date) {
  return !tx.Select(kHasPolicy, effective_date).empty();
}

void InsertEstimatePolicy(db::Transaction& tx, const EstimatePolicy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

std::optional<EstimatePolicy> EstimatePolicyInForce(db::Transaction& tx, Date day) {
  const db::Rows rows = tx.Select(kPolicyInForce, day);
  if (rows.empty()) return std::nullopt;
  return EstimatePolicy{rows[0].Day(0),
                        rows[0].Text(1),
                        ParseBasis(rows[0].Text(2)),
                        static_cast<int>(rows[0].Int(3)),
                        rows[0].Bool(4),
                        static_cast<int>(rows[0].Int(5))};
}

std::vector<BilledUse> LoadBilledUse(db::Transaction& tx, const AgreementKey& agreement) {
  std::vector<BilledUse> billed;
  for (const db::Rows::Row row :
       tx.Select(kBilledUse, agreement.first, agreement.second, kPeriodsMax)) {
    billed.push_back({row.Day(0), row.Day(1), row.Int(2), row.Bool(3)});
  }
  return billed;
}

std::optional<ReadsAround> FindReadsAround(db::Transaction& tx, const MeterKey& meter, Date day) {
  const auto find = [&](const db::Query& query) -> std::optional<Reading> {
    const db::Rows rows =
        tx.Select(query, meter.account, meter.agreement_id, meter.meter_number, day);
    if (rows.empty()) return std::nullopt;
    return Reading{rows[0].Day(0), rows[0].Int(1),
                   rows[0].Text(2) == SourceName(Source::kEstimate)};
  };
  const std::optional<Reading> before = find(kReadBefore);
  const std::optional<Reading> after = find(kReadAfter);
  const bool encloses = before && before->date != day && after && !after->estimated;
  if (!encloses || !tx.Select(kBillsDay, meter.account, meter.agreement_id, day).empty()) {
    return std::nullopt;
  }
  return ReadsAround{*before, *after};
}

int EstimatesInARow(db::Transaction& tx, const MeterKey& meter, int limit) {
  int count = 0;
  for (const db::Rows::Row row :
       tx.Select(kNewestSources, meter.account, meter.agreement_id, meter.meter_number, limit)) {
    if (row.Text(0) != SourceName(Source::kEstimate)) break;
    ++count;
  }
  return count;
}

}  // namespace reeve::billing::read
