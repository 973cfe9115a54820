#include "services/billing/winter/winter_store.h"

namespace reeve::billing::winter {
namespace {

using db::ColumnType;
using db::ToValue;

constexpr db::Query kHasRule{
    "winter_rule_has",
    "SELECT schedule_code FROM winter_rule WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kInsertRule{
    "winter_rule_insert",
    "INSERT INTO winter_rule (schedule_code, effective_date, citation, source_service, "
    "first_month, last_month, day_count_min, month_days_hundredths, step_thousandths, "
    "cap_thousandths, default_thousandths, vacant_thousandths, leak_hundredths, rise_hundredths) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};
constexpr db::Query kRuleInForce{
    "winter_rule_in_force",
    "SELECT schedule_code, effective_date, citation, source_service, first_month, last_month, "
    "day_count_min, month_days_hundredths, step_thousandths, cap_thousandths, "
    "default_thousandths, vacant_thousandths, leak_hundredths, rise_hundredths FROM winter_rule "
    "WHERE schedule_code = $1 AND effective_date <= $2 ORDER BY effective_date DESC LIMIT 1"};

constexpr db::Query kInsertRun{
    "winter_run_insert",
    "INSERT INTO winter_run (run_id, schedule_code, rule_date, winter_year, effective_date, "
    "state, after_account_id, started_by_person_id, signed_by_person_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr db::Query kFindRun{
    "winter_run_find",
    "SELECT run_id, schedule_code, rule_date, winter_year, effective_date, state, "
    "after_account_id, started_by_person_id, signed_by_person_id FROM winter_run "
    "WHERE run_id = $1"};
constexpr db::Query kSaveRun{
    "winter_run_save",
    "UPDATE winter_run SET state = $2, after_account_id = $3, signed_by_person_id = $4 "
    "WHERE run_id = $1"};
constexpr db::Query kTotals{
    "winter_average_totals",
    "SELECT state, CAST(count(*) AS BIGINT), "
    "CAST(coalesce(sum(quantity_thousandths), 0) AS BIGINT) FROM winter_average "
    "WHERE run_id = $1 GROUP BY state"};

const db::InsertInto kInsertAverages{"winter_average_insert",
                                     "winter_average",
                                     {{"account_id"},
                                      {"run_id"},
                                      {"agreement_id"},
                                      {"bill_count"},
                                      {"day_count"},
                                      {"usage_thousandths"},
                                      {"computed_thousandths"},
                                      {"previous_thousandths"},
                                      {"problem", ColumnType::kText},
                                      {"evidence", ColumnType::kText},
                                      {"state", ColumnType::kText},
                                      {"quantity_thousandths"},
                                      {"decision", ColumnType::kText},
                                      {"reason", ColumnType::kText},
                                      {"decided_by_person_id"}}};
#define AVERAGE_COLUMNS                                                                 \
  "SELECT account_id, run_id, agreement_id, bill_count, day_count, usage_thousandths, " \
  "computed_thousandths, previous_thousandths, problem, evidence, state, "              \
  "quantity_thousandths, decision, reason, decided_by_person_id FROM winter_average "
constexpr db::Query kFindAverage{"winter_average_find", AVERAGE_COLUMNS
                                 "WHERE account_id = $1 AND run_id = $2 AND agreement_id = $3"};
constexpr db::Query kListAverages{"winter_average_list", AVERAGE_COLUMNS
                                  "WHERE run_id = $1 AND (account_id > $2 OR (account_id = $2 AND "
                                  "agreement_id > $3)) ORDER BY account_id, agreement_id LIMIT $4"};
constexpr db::Query kListHeld{"winter_average_list_held", AVERAGE_COLUMNS
                              "WHERE run_id = $1 AND state = 'HELD' AND (account_id > $2 OR "
                              "(account_id = $2 AND agreement_id > $3)) "
                              "ORDER BY account_id, agreement_id LIMIT $4"};
#undef AVERAGE_COLUMNS
constexpr db::Query kSaveAverage{
    "winter_average_save",
    "UPDATE winter_average SET state = $4, quantity_thousandths = $5, decision = $6, "
    "reason = $7, decided_by_person_id = $8 WHERE account_id = $1 AND run_id = $2 AND "
    "agreement_id = $3 AND state = 'HELD'"};

constexpr db::Query kCandidates{
    "winter_candidates",
    "SELECT account_id, agreement_id, premise_id, quantity_thousandths FROM agreement "
    "WHERE schedule_code = $1 AND state = 'ACTIVE' AND account_id > $2 "
    "ORDER BY account_id, agreement_id LIMIT $3"};
// Of the agreement itself, or of the service at its place.
constexpr db::Query kOwnBills{
    "winter_bills_own",
    "SELECT s.from_date, s.to_date, s.usage_thousandths, s.estimated FROM bill_segment s "
    "JOIN bill b ON b.account_id = s.account_id AND b.bill_id = s.bill_id "
    "WHERE s.account_id = $1 AND s.agreement_id = $2 AND s.state = 'BILLED' AND "
    "b.state <> 'HELD' AND s.to_date >= $3 AND s.to_date <= $4 ORDER BY s.to_date, s.from_date"};
constexpr db::Query kPlaceBills{
    "winter_bills_place",
    "SELECT s.from_date, s.to_date, s.usage_thousandths, s.estimated FROM bill_segment s "
    "JOIN bill b ON b.account_id = s.account_id AND b.bill_id = s.bill_id "
    "JOIN agreement a ON a.account_id = s.account_id AND a.agreement_id = s.agreement_id "
    "WHERE s.account_id = $1 AND a.premise_id = $2 AND s.service = $3 AND s.state = 'BILLED' AND "
    "a.meter_number <> '' AND b.state <> 'HELD' AND s.to_date >= $4 AND s.to_date <= $5 "
    "ORDER BY s.to_date, s.from_date"};
constexpr db::Query kQuantityOn{
    "winter_quantity_on",
    "SELECT w.quantity_thousandths FROM winter_average w JOIN winter_run r ON "
    "r.run_id = w.run_id WHERE w.account_id = $1 AND w.agreement_id = $2 AND "
    "r.state = 'SIGNED' AND r.effective_date <= $3 ORDER BY r.effective_date DESC, r.run_id DESC "
    "LIMIT 1"};

template <class Use>
auto WithColumns(const Rule& rule, const Use& use) {
  return use(rule.schedule_code, rule.effective_date, rule.citation, rule.source_service,
             rule.first_month, rule.last_month, rule.day_count_min, rule.month_days_hundredths,
             rule.step_thousandths, rule.cap_thousandths, rule.default_thousandths,
             rule.vacant_thousandths, rule.leak_hundredths, rule.rise_hundredths);
}
template <class Use>
auto WithColumns(const Run& run, const Use& use) {
  return use(run.run_id, run.schedule_code, run.rule_date, run.winter_year, run.effective_date,
             RunStateName(run.state), run.after, run.started_by, run.signed_by);
}
template <class Use>
auto WithColumns(const AverageRow& row, const Use& use) {
  const Outcome& outcome = row.outcome;
  return use(row.account, row.run_id, row.agreement_id, outcome.bill_count, outcome.day_count,
             outcome.usage_thousandths, outcome.computed_thousandths, row.previous_thousandths,
             row.problem, outcome.evidence, AverageStateName(row.state), row.quantity_thousandths,
             row.decision, row.reason, row.decided_by);
}

Run ToRun(db::Rows::Row row) {
  return {row.Int(0),
          row.Text(1),
          row.Day(2),
          static_cast<int>(row.Int(3)),
          row.Day(4),
          ParseRunState(row.Text(5)),
          AccountId(row.Int(6)),
          PersonId(row.Int(7)),
          PersonId(row.Int(8))};
}

AverageRow ToAverage(db::Rows::Row row) {
  AverageRow average;
  average.account = AccountId(row.Int(0));
  average.run_id = row.Int(1);
  average.agreement_id = row.Int(2);
  average.outcome.bill_count = row.Int(3);
  average.outcome.day_count = row.Int(4);
  average.outcome.usage_thousandths = row.Int(5);
  average.outcome.computed_thousandths = row.Int(6);
  average.previous_thousandths = row.Int(7);
  average.problem = row.Text(8);
  average.outcome.evidence = row.Text(9);
  average.state = ParseAverageState(row.Text(10));
  average.quantity_thousandths = row.Int(11);
  average.decision = row.Text(12);
  average.reason = row.Text(13);
  average.decided_by = PersonId(row.Int(14));
  return average;
}

}  // namespace

Cells CellsOfRule(const Rule& rule) { return WithColumns(rule, kToCells); }

bool HasRule(db::Transaction& tx, const std::string& schedule_code, Date effective_date) {
  return !tx.Select(kHasRule, schedule_code, effective_date).empty();
}

void InsertRule(db::Transaction& tx, const Rule& rule) {
  WithColumns(rule, [&tx](const auto&... cells) { tx.Execute(kInsertRule, cells...); });
}

std::optional<Rule> RuleInForce(db::Transaction& tx, const std::string& schedule_code, Date day) {
  const db::Rows rows = tx.Select(kRuleInForce, schedule_code, day);
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  return Rule{row.Text(0),
              row.Day(1),
              row.Text(2),
              row.Text(3),
              static_cast<int>(row.Int(4)),
              static_cast<int>(row.Int(5)),
              static_cast<int>(row.Int(6)),
              row.Int(7),
              row.Int(8),
              row.Int(9),
              row.Int(10),
              row.Int(11),
              row.Int(12),
              row.Int(13)};
}

Cells CellsOfRun(const Run& run) { return WithColumns(run, kToCells); }

void InsertRun(db::Transaction& tx, const Run& run) {
  WithColumns(run, [&tx](const auto&... cells) { tx.Execute(kInsertRun, cells...); });
}

std::optional<Run> FindRun(db::Transaction& tx, std::int64_t run_id) {
  const db::Rows rows = tx.Select(kFindRun, run_id);
  return rows.empty() ? std::nullopt : std::optional(ToRun(rows[0]));
}

std::optional<Run> LockRun(db::Transaction& tx, std::int64_t run_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindRun, run_id);
  return rows.empty() ? std::nullopt : std::optional(ToRun(rows[0]));
}

void SaveRun(db::Transaction& tx, const Run& run) {
  const std::vector<db::Value> one[] = {{ToValue(run.run_id), ToValue(RunStateName(run.state)),
                                         ToValue(run.after), ToValue(run.signed_by)}};
  tx.ExecuteEach(kSaveRun, one);
}

Totals LoadTotals(db::Transaction& tx, std::int64_t run_id) {
  Totals totals;
  for (const db::Rows::Row row : tx.Select(kTotals, run_id)) {
    const AverageState state = ParseAverageState(row.Text(0));
    totals.average_count += row.Int(1);
    if (state != AverageState::kClean) totals.exception_count += row.Int(1);
    if (state == AverageState::kHeld) totals.held_count += row.Int(1);
    totals.total_thousandths += row.Int(2);
  }
  return totals;
}

Cells CellsOfAverage(const AverageRow& row) { return WithColumns(row, kToCells); }

void InsertAverages(db::Transaction& tx, std::span<const AverageRow> averages) {
  db::NewRows rows(kInsertAverages);
  for (const AverageRow& row : averages) {
    WithColumns(row, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::optional<AverageRow> LockAverage(db::Transaction& tx, std::int64_t run_id, AccountId account,
                                      std::int64_t agreement_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindAverage, account, run_id, agreement_id);
  return rows.empty() ? std::nullopt : std::optional(ToAverage(rows[0]));
}

void SaveAverage(db::Transaction& tx, const AverageRow& row) {
  const std::vector<db::Value> one[] = {
      {ToValue(row.account), ToValue(row.run_id), ToValue(row.agreement_id),
       ToValue(AverageStateName(row.state)), ToValue(row.quantity_thousandths),
       ToValue(row.decision), ToValue(row.reason), ToValue(row.decided_by)}};
  tx.ExecuteEach(kSaveAverage, one);
}

std::vector<AverageRow> ListAverages(db::Transaction& tx, std::int64_t run_id, bool held_only,
                                     AccountId account, std::int64_t agreement_id,
                                     std::int64_t limit) {
  std::vector<AverageRow> averages;
  for (const db::Rows::Row row :
       tx.Select(held_only ? kListHeld : kListAverages, run_id, account, agreement_id, limit)) {
    averages.push_back(ToAverage(row));
  }
  return averages;
}

std::vector<Candidate> ListCandidates(db::Transaction& tx, const std::string& schedule_code,
                                      AccountId after, std::int64_t limit) {
  std::vector<Candidate> candidates;
  for (const db::Rows::Row row : tx.Select(kCandidates, schedule_code, after, limit)) {
    candidates.push_back({AccountId(row.Int(0)), row.Int(1), row.Int(2), row.Int(3)});
  }
  return candidates;
}

std::vector<std::vector<WinterBill>> LoadWinterBills(db::Transaction& tx, const Rule& rule,
                                                     const Window& window,
                                                     std::span<const Candidate> candidates) {
  std::vector<std::vector<WinterBill>> bills;
  if (candidates.empty()) return bills;
  const bool own = rule.source_service.empty();
  std::vector<std::vector<db::Value>> keys;
  for (const Candidate& one : candidates) {
    std::vector<db::Value>& key = keys.emplace_back();
    key.push_back(ToValue(one.account));
    key.push_back(ToValue(own ? one.agreement_id : one.premise_id));
    if (!own) key.push_back(ToValue(rule.source_service));
    key.push_back(ToValue(window.first_day));
    key.push_back(ToValue(window.last_day));
  }
  for (const db::Rows& rows : tx.SelectEach(own ? kOwnBills : kPlaceBills, keys)) {
    std::vector<WinterBill>& found = bills.emplace_back();
    for (const db::Rows::Row row : rows) {
      found.push_back({row.Day(0), row.Day(1), row.Int(2), row.Bool(3)});
    }
  }
  return bills;
}

std::vector<std::optional<std::int64_t>> QuantitiesOn(db::Transaction& tx, Date day,
                                                      std::span<const AgreementKey> keys) {
  std::vector<std::optional<std::int64_t>> quantities;
  if (keys.empty()) return quantities;
  std::vector<std::vector<db::Value>> parameters;
  for (const AgreementKey& key : keys) {
    parameters.push_back({ToValue(key.first), ToValue(key.second), ToValue(day)});
  }
  for (const db::Rows& rows : tx.SelectEach(kQuantityOn, parameters)) {
    quantities.push_back(rows.empty() ? std::nullopt : std::optional(rows[0].Int(0)));
  }
  return quantities;
}

}  // namespace reeve::billing::winter
