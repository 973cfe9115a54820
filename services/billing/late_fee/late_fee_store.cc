#include "services/billing/late_fee/late_fee_store.h"

#include <iterator>

namespace reeve::billing::late_fee {
namespace {

using db::ColumnType;
using db::ToValue;

#define POLICY_COLUMNS                                                                          \
  "policy_code, effective_date, citation, customer_class, service, percent_hundredths, "        \
  "minimum_cents, maximum_cents, tax_hundredths, owed_min_cents, after_day_count, repeats, "    \
  "on_fees, days_to_pay_min, due_day_count, hold_above_cents, rise_hundredths, share_percent, " \
  "loaded_by_person_id, backdating, loaded_date"
constexpr db::Query kInsertPolicy{"late_fee_policy_insert",
                                  "INSERT INTO late_fee_policy (" POLICY_COLUMNS
                                  ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                                  "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"};
constexpr db::Query kListPolicies{"late_fee_policy_list",
                                  "SELECT " POLICY_COLUMNS
                                  " FROM late_fee_policy ORDER BY policy_code, effective_date"};
#undef POLICY_COLUMNS

#define RUN_COLUMNS                                                             \
  "run_id, policy_code, run_no, from_date, run_date, state, after_account_id, " \
  "started_by_person_id, ended_by_person_id, reason, rules_no"
constexpr db::Query kInsertRun{"late_fee_run_insert",
                               "INSERT INTO late_fee_run (" RUN_COLUMNS
                               ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr db::Query kFindRun{"late_fee_run_find",
                             "SELECT " RUN_COLUMNS " FROM late_fee_run WHERE run_id = $1"};
constexpr db::Query kRunsOf{"late_fee_runs_of", "SELECT " RUN_COLUMNS
                                                " FROM late_fee_run WHERE policy_code = $1 "
                                                "ORDER BY run_no DESC LIMIT $2"};
constexpr db::Query kListRuns{"late_fee_run_list",
                              "SELECT " RUN_COLUMNS " FROM late_fee_run ORDER BY run_id"};
#undef RUN_COLUMNS
constexpr db::Query kSaveRun{
    "late_fee_run_save",
    "UPDATE late_fee_run SET state = $2, after_account_id = $3, ended_by_person_id = $4, "
    "reason = $5 WHERE run_id = $1"};
// A fee of nothing only takes another one back.
constexpr db::Query kTotals{
    "late_fee_totals",
    "SELECT f.state, count(*), CAST(sum(f.fee_cents + f.tax_cents) AS BIGINT), "
    "count(DISTINCT CASE WHEN f.first_fee = 1 AND f.fee_cents > 0 THEN f.account_id END), "
    "CAST(sum(CASE WHEN f.fee_cents > 0 THEN 1 ELSE 0 END) AS BIGINT), "
    "CAST(sum(CASE WHEN f.fee_cents > 0 AND f.again <> '' THEN 1 ELSE 0 END) AS BIGINT), "
    "count(o.run_id), CAST(coalesce(sum(o.fee_cents + o.tax_cents), 0) AS BIGINT) "
    "FROM late_fee f LEFT JOIN late_fee o ON f.replaced_run_id <> 0 AND "
    "o.account_id = f.account_id AND o.run_id = f.replaced_run_id AND o.bill_id = f.bill_id AND "
    "o.step_no = f.step_no WHERE f.run_id = $1 GROUP BY f.state"};
constexpr db::Query kDueDates{
    "late_fee_due_dates",
    "SELECT due_date, count(*) FROM late_fee WHERE run_id = $1 AND step_no = 0 AND again = '' AND "
    "state IN ('CLEAN', 'HELD') GROUP BY due_date ORDER BY due_date"};
constexpr db::Query kHasDecided{
    "late_fee_has_decided",
    "SELECT bill_id FROM late_fee WHERE run_id = $1 AND decided_by_person_id = $2 LIMIT 1"};
constexpr db::Query kBillsDue{"late_fee_bills_due",
                              "SELECT count(*) FROM bill WHERE due_date = $1 AND state = 'POSTED'"};

constexpr db::Query kInsertFinding{
    "late_fee_finding_insert",
    "INSERT INTO late_fee_finding (run_id, rule, evidence, acknowledgement, "
    "acknowledged_by_person_id) VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Query kListFindings{
    "late_fee_finding_list",
    "SELECT rule, evidence, acknowledgement, acknowledged_by_person_id FROM late_fee_finding "
    "WHERE run_id = $1 ORDER BY rule"};
constexpr db::Query kSaveFinding{
    "late_fee_finding_save",
    "UPDATE late_fee_finding SET acknowledgement = $3, acknowledged_by_person_id = $4 "
    "WHERE run_id = $1 AND rule = $2"};

const db::InsertInto kInsertFees{"late_fee_insert",
                                 "late_fee",
                                 {{"account_id"},
                                  {"run_id"},
                                  {"bill_id"},
                                  {"step_no"},
                                  {"policy_code", ColumnType::kText},
                                  {"policy_date", ColumnType::kText},
                                  {"due_date", ColumnType::kText},
                                  {"sent_date", ColumnType::kText},
                                  {"last_date", ColumnType::kText},
                                  {"owed_cents"},
                                  {"basis", ColumnType::kText},
                                  {"fee_cents"},
                                  {"tax_cents"},
                                  {"first_fee"},
                                  {"problem", ColumnType::kText},
                                  {"evidence", ColumnType::kText},
                                  {"state", ColumnType::kText},
                                  {"owner_person_id"},
                                  {"reason", ColumnType::kText},
                                  {"decided_by_person_id"},
                                  {"posted_date", ColumnType::kText},
                                  {"again", ColumnType::kText},
                                  {"replaced_run_id"},
                                  {"reversed_date", ColumnType::kText},
                                  {"reversal", ColumnType::kText}}};
#define FEE_COLUMNS                                                                         \
  "SELECT f.account_id, f.run_id, f.bill_id, f.step_no, f.policy_code, f.policy_date, "     \
  "f.due_date, f.sent_date, f.last_date, f.owed_cents, f.basis, f.fee_cents, f.tax_cents, " \
  "f.first_fee, f.problem, f.evidence, f.state, f.owner_person_id, f.reason, "              \
  "f.decided_by_person_id, f.posted_date, f.again, f.replaced_run_id, f.reversed_date, "    \
  "f.reversal FROM late_fee f "
#define BEHIND_KEY                                             \
  "(account_id > $2 OR (account_id = $2 AND (bill_id > $3 OR " \
  "(bill_id = $3 AND step_no > $4)))) ORDER BY account_id, bill_id, step_no LIMIT $5"
constexpr db::Query kFindFee{"late_fee_find", FEE_COLUMNS
                             "WHERE account_id = $1 AND run_id = $2 AND bill_id = $3 AND "
                             "step_no = $4"};
constexpr db::Query kListFees{"late_fee_list", FEE_COLUMNS "WHERE run_id = $1 AND " BEHIND_KEY};
constexpr db::Query kListHeld{"late_fee_list_held",
                              FEE_COLUMNS "WHERE run_id = $1 AND state = 'HELD' AND " BEHIND_KEY};
constexpr db::Query kListFeesOf{
    "late_fee_list_of", FEE_COLUMNS
    "WHERE account_id = $1 AND (run_id > $2 OR (run_id = $2 AND (bill_id > $3 OR "
    "(bill_id = $3 AND step_no > $4)))) ORDER BY run_id, bill_id, step_no LIMIT $5"};
constexpr db::Query kFeesToPost{
    "late_fee_to_post", FEE_COLUMNS
    "WHERE run_id = $1 AND state IN ('CLEAN', 'CHARGE') AND account_id > $2 "
    "ORDER BY account_id, bill_id, step_no LIMIT $3"};
constexpr db::Query kFeesOfRange{"late_fee_of_range", FEE_COLUMNS
                                 "WHERE account_id > $1 AND account_id <= $2 "
                                 "ORDER BY account_id, run_id, bill_id, step_no"};
constexpr db::Query kStandingOfBill{
    "late_fee_standing_of_bill", FEE_COLUMNS
    "WHERE f.account_id = $1 AND f.bill_id = $2 AND f.state = 'POSTED' "
    "ORDER BY f.run_id, f.step_no"};
constexpr db::Query kFeesOfPostedRuns{
    "late_fee_of_posted_runs", FEE_COLUMNS
    "JOIN late_fee_run r ON r.run_id = f.run_id WHERE f.account_id = $1 AND f.policy_code = $2 "
    "AND r.state = 'POSTED' ORDER BY r.run_no, f.bill_id, f.step_no"};
#undef BEHIND_KEY
#undef FEE_COLUMNS
constexpr db::Query kSaveFee{
    "late_fee_save",
    "UPDATE late_fee SET problem = $5, evidence = $6, state = $7, owner_person_id = $8, "
    "reason = $9, decided_by_person_id = $10, posted_date = $11, reversed_date = $12, "
    "reversal = $13 WHERE account_id = $1 AND run_id = $2 AND bill_id = $3 AND step_no = $4"};

constexpr db::Query kCreditedByStaff{
    "late_fee_credited_by_staff",
    "SELECT CAST(coalesce(sum(a.amount_cents), 0) AS BIGINT) FROM allocation a JOIN "
    "journal_entry e ON e.account_id = a.account_id AND e.entry_id = a.entry_id WHERE a.account_id "
    "= $1 AND "
    "a.charge_id = $2 AND e.kind IN ('ADJUSTMENT', 'ADJUSTMENT_REVERSAL')"};
constexpr db::Query kExemptionsOf{
    "late_fee_exemptions",
    "SELECT account_id, exemption_no, cause, from_date, to_date, document, state, recorded_date, "
    "recorded_by_person_id, decided_by_person_id, decision FROM late_fee_exemption "
    "WHERE account_id = $1 ORDER BY exemption_no"};
constexpr db::Query kInsertExemption{
    "late_fee_exemption_insert",
    "INSERT INTO late_fee_exemption (account_id, exemption_no, cause, from_date, to_date, "
    "document, state, recorded_date, recorded_by_person_id, decided_by_person_id, decision) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr db::Query kSaveExemption{
    "late_fee_exemption_save",
    "UPDATE late_fee_exemption SET state = $3, decided_by_person_id = $4, decision = $5 "
    "WHERE account_id = $1 AND exemption_no = $2"};
constexpr db::Query kInsertRelease{
    "print_release_insert",
    "INSERT INTO print_release (print_file_id, released_date) VALUES ($1, $2)"};

template <class Use>
auto WithColumns(const Policy& policy, const Use& use) {
  return use(policy.code, policy.effective_date, policy.citation, policy.customer_class,
             policy.service, policy.percent_hundredths, policy.minimum, policy.maximum,
             policy.tax_hundredths, policy.owed_min, policy.after_days,
             kRepeatsName(policy.repeats), policy.on_fees, policy.days_to_pay_min, policy.due_days,
             policy.hold_above, policy.rise_hundredths, policy.share_percent, policy.loaded_by,
             policy.backdating, policy.loaded_date);
}
template <class Use>
auto WithColumns(const Run& run, const Use& use) {
  return use(run.run_id, run.policy_code, run.run_no, run.window.from_date, run.window.run_date,
             kRunStateName(run.state), run.after, run.started_by, run.ended_by, run.reason,
             run.rules_no);
}
template <class Use>
auto WithColumns(const Fee& fee, const Use& use) {
  return use(fee.account, fee.run_id, fee.bill_id, fee.step_no, fee.policy_code, fee.policy_date,
             fee.due_date, fee.sent_date, fee.last_date, fee.owed, BasisText(fee.basis), fee.amount,
             fee.tax, fee.is_first, fee.problem, fee.evidence, kStateName(fee.state), fee.owner,
             fee.reason, fee.decided_by, fee.posted_date, fee.again, fee.replaced_run_id,
             fee.reversed_date, fee.reversal);
}
template <class Use>
auto WithColumns(const Exemption& one, const Use& use) {
  return use(one.account, one.exemption_no, kExemptionCauseName(one.cause), one.from_date,
             one.to_date, one.document, kExemptionStateName(one.state), one.recorded_date,
             one.recorded_by, one.decided_by, one.decision);
}

Policy ToPolicy(db::Rows::Row row) {
  Policy policy;
  policy.code = row.Text(0);
  policy.effective_date = row.Day(1);
  policy.citation = row.Text(2);
  policy.customer_class = row.Text(3);
  policy.service = row.Text(4);
  policy.percent_hundredths = row.Int(5);
  policy.minimum = row.Cents(6);
  policy.maximum = row.Cents(7);
  policy.tax_hundredths = row.Int(8);
  policy.owed_min = row.Cents(9);
  policy.after_days = static_cast<int>(row.Int(10));
  policy.repeats = kRepeatsName.Read(row.Text(11));
  policy.on_fees = row.Bool(12);
  policy.days_to_pay_min = static_cast<int>(row.Int(13));
  policy.due_days = static_cast<int>(row.Int(14));
  policy.hold_above = row.Cents(15);
  policy.rise_hundredths = row.Int(16);
  policy.share_percent = row.Int(17);
  policy.loaded_by = PersonId(row.Int(18));
  policy.backdating = row.Text(19);
  policy.loaded_date = row.MaybeDay(20);
  return policy;
}

Run ToRun(db::Rows::Row row) {
  return {row.Int(0),
          row.Text(1),
          row.Int(2),
          {row.Day(3), row.Day(4)},
          kRunStateName.Read(row.Text(5)),
          AccountId(row.Int(6)),
          PersonId(row.Int(7)),
          PersonId(row.Int(8)),
          row.Text(9),
          static_cast<int>(row.Int(10))};
}

Fee ToFee(db::Rows::Row row) {
  Fee fee;
  fee.account = AccountId(row.Int(0));
  fee.run_id = row.Int(1);
  fee.bill_id = row.Int(2);
  fee.step_no = static_cast<int>(row.Int(3));
  fee.policy_code = row.Text(4);
  fee.policy_date = row.Day(5);
  fee.due_date = row.Day(6);
  fee.sent_date = row.Day(7);
  fee.last_date = row.Day(8);
  fee.owed = row.Cents(9);
  fee.basis = ParseBasis(row.Text(10));
  fee.amount = row.Cents(11);
  fee.tax = row.Cents(12);
  fee.is_first = row.Bool(13);
  fee.problem = row.Text(14);
  fee.evidence = row.Text(15);
  fee.state = kStateName.Read(row.Text(16));
  fee.owner = PersonId(row.Int(17));
  fee.reason = row.Text(18);
  fee.decided_by = PersonId(row.Int(19));
  fee.posted_date = row.MaybeDay(20);
  fee.again = row.Text(21);
  fee.replaced_run_id = row.Int(22);
  fee.reversed_date = row.MaybeDay(23);
  fee.reversal = row.Text(24);
  return fee;
}

Exemption ToExemption(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Int(1),
          kExemptionCauseName.Read(row.Text(2)),
          row.Day(3),
          row.Day(4),
          row.Text(5),
          kExemptionStateName.Read(row.Text(6)),
          row.Day(7),
          PersonId(row.Int(8)),
          PersonId(row.Int(9)),
          row.Text(10)};
}

std::vector<Fee> ToFees(const db::Rows& rows) {
  std::vector<Fee> fees;
  for (const db::Rows::Row row : rows) fees.push_back(ToFee(row));
  return fees;
}

}  // namespace

Cells CellsOfPolicy(const Policy& policy) {
  Cells cells = WithColumns(policy, kToCells);
  // As it was written before these were kept.
  if (!policy.loaded_date) {
    cells.pop_back();
    if (policy.backdating.empty()) cells.pop_back();
  }
  return cells;
}

void InsertPolicy(db::Transaction& tx, const Policy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

std::vector<Policy> ListPolicies(db::Transaction& tx) {
  std::vector<Policy> policies;
  for (const db::Rows::Row row : tx.Select(kListPolicies)) policies.push_back(ToPolicy(row));
  return policies;
}

Versions LoadVersions(db::Transaction& tx, const std::string& code) {
  Versions versions;
  for (Policy& policy : ListPolicies(tx)) {
    if (policy.code == code) versions.emplace(policy.effective_date, std::move(policy));
  }
  return versions;
}

Rules LoadRules(db::Transaction& tx, const Run& run) {
  Rules rules;
  for (const Policy& policy : ListPolicies(tx)) {
    if (policy.code == run.policy_code) {
      rules.versions.emplace(policy.effective_date, policy);
    } else {
      rules.others.Add(policy);
    }
  }
  for (const Run& one : RunsOf(tx, run.policy_code, run.run_no)) {
    if (one.rules_no == 0) rules.first_runs.insert(one.run_id);
    if (one.state == RunState::kPosted && one.run_no < run.run_no) {
      rules.earlier.push_back(one.window);
    }
  }
  return rules;
}

Cells CellsOfRun(const Run& run) {
  Cells cells = WithColumns(run, kToCells);
  if (run.rules_no == 0) cells.pop_back();  // as it was written before that was kept
  return cells;
}

void InsertRun(db::Transaction& tx, const Run& run) {
  WithColumns(run, [&tx](const auto&... cells) { tx.Execute(kInsertRun, cells...); });
}

void SaveRun(db::Transaction& tx, const Run& run) {
  tx.Execute(kSaveRun, run.run_id, kRunStateName(run.state), run.after, run.ended_by, run.reason);
}

std::optional<Run> FindRun(db::Transaction& tx, std::int64_t run_id) {
  const db::Rows rows = tx.Select(kFindRun, run_id);
  return rows.empty() ? std::nullopt : std::optional(ToRun(rows[0]));
}

std::optional<Run> LockRun(db::Transaction& tx, std::int64_t run_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindRun, run_id);
  return rows.empty() ? std::nullopt : std::optional(ToRun(rows[0]));
}

std::vector<Run> RunsOf(db::Transaction& tx, const std::string& policy_code, std::int64_t limit) {
  std::vector<Run> runs;
  for (const db::Rows::Row row : tx.Select(kRunsOf, policy_code, limit)) {
    runs.push_back(ToRun(row));
  }
  return runs;
}

std::vector<Run> ListRuns(db::Transaction& tx) {
  std::vector<Run> runs;
  for (const db::Rows::Row row : tx.Select(kListRuns)) runs.push_back(ToRun(row));
  return runs;
}

Totals LoadTotals(db::Transaction& tx, std::int64_t run_id) {
  Totals totals;
  for (const db::Rows::Row row : tx.Select(kTotals, run_id)) {
    const State state = kStateName.Read(row.Text(0));
    if (state == State::kExempt) totals.exempt += row.Int(1);
    if (state == State::kDropped) totals.dropped += row.Int(1);
    if (state == State::kLapsed) totals.lapsed += row.Int(1);
    if (state == State::kHeld) {
      totals.held += row.Int(1);
      totals.held_cents += row.Int(2);
    }
    const bool was_posted = state == State::kPosted || state == State::kReversed;
    if (!IsToBePosted(state) && !was_posted) continue;
    totals.cents += row.Int(2);
    totals.first += row.Int(3);
    totals.count += row.Int(4);
    totals.again += row.Int(5);
    totals.reversed += row.Int(6);
    totals.reversed_cents += row.Int(7);
  }
  return totals;
}

std::vector<DueDate> LoadDueDates(db::Transaction& tx, std::int64_t run_id) {
  std::vector<DueDate> due_dates;
  for (const db::Rows::Row row : tx.Select(kDueDates, run_id)) {
    due_dates.push_back({row.Day(0), row.Int(1), 0});
  }
  for (DueDate& one : due_dates) one.bills = tx.Select(kBillsDue, one.due_date)[0].Int(0);
  return due_dates;
}

Cells CellsOfFinding(std::int64_t run_id, const Finding& finding) {
  return CellsOf(run_id, finding.rule, finding.evidence, finding.acknowledgement,
                 finding.acknowledged_by);
}

void InsertFindings(db::Transaction& tx, std::int64_t run_id, std::span<const Finding> findings) {
  for (const Finding& finding : findings) {
    tx.Execute(kInsertFinding, run_id, finding.rule, finding.evidence, finding.acknowledgement,
               finding.acknowledged_by);
  }
}

std::vector<Finding> ListFindings(db::Transaction& tx, std::int64_t run_id) {
  std::vector<Finding> findings;
  for (const db::Rows::Row row : tx.Select(kListFindings, run_id)) {
    findings.push_back({row.Text(0), row.Text(1), row.Text(2), PersonId(row.Int(3))});
  }
  return findings;
}

void SaveFinding(db::Transaction& tx, std::int64_t run_id, const Finding& finding) {
  tx.Execute(kSaveFinding, run_id, finding.rule, finding.acknowledgement, finding.acknowledged_by);
}

Cells CellsOfFee(const Fee& fee) {
  Cells cells = WithColumns(fee, kToCells);
  // As it was written before these were kept, of the last that is empty.
  const bool is_empty[] = {fee.again.empty(), fee.replaced_run_id == 0, !fee.reversed_date,
                           fee.reversal.empty()};
  for (auto one = std::rbegin(is_empty); one != std::rend(is_empty) && *one; ++one) {
    cells.pop_back();
  }
  return cells;
}

void InsertFees(db::Transaction& tx, std::span<const Fee> fees) {
  db::NewRows rows(kInsertFees);
  for (const Fee& fee : fees) {
    WithColumns(fee, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

void SaveFees(db::Transaction& tx, std::span<const Fee> fees) {
  std::vector<std::vector<db::Value>> rows;
  for (const Fee& fee : fees) {
    rows.push_back({ToValue(fee.account), ToValue(fee.run_id), ToValue(fee.bill_id),
                    ToValue(fee.step_no), ToValue(fee.problem), ToValue(fee.evidence),
                    ToValue(kStateName(fee.state)), ToValue(fee.owner), ToValue(fee.reason),
                    ToValue(fee.decided_by), ToValue(fee.posted_date), ToValue(fee.reversed_date),
                    ToValue(fee.reversal)});
  }
  if (!rows.empty()) tx.ExecuteEach(kSaveFee, rows);
}

std::optional<Fee> LockFee(db::Transaction& tx, AccountId account, std::int64_t run_id,
                           std::int64_t bill_id, int step_no) {
  const db::Rows rows = tx.SelectForUpdate(kFindFee, account, run_id, bill_id, step_no);
  return rows.empty() ? std::nullopt : std::optional(ToFee(rows[0]));
}

std::vector<Fee> ListFees(db::Transaction& tx, std::int64_t run_id, bool held_only,
                          const FeeKey& after, std::int64_t limit) {
  return ToFees(tx.Select(held_only ? kListHeld : kListFees, run_id, after.account, after.bill_id,
                          after.step_no, limit));
}

std::vector<Fee> ListFeesOf(db::Transaction& tx, AccountId account, std::int64_t run_id,
                            std::int64_t bill_id, std::int64_t step_no, std::int64_t limit) {
  return ToFees(tx.Select(kListFeesOf, account, run_id, bill_id, step_no, limit));
}

std::vector<Fee> FeesToPost(db::Transaction& tx, std::int64_t run_id, AccountId after,
                            std::int64_t limit) {
  return ToFees(tx.Select(kFeesToPost, run_id, after, limit));
}

std::vector<Fee> FeesOfRange(db::Transaction& tx, std::int64_t after, std::int64_t through) {
  return ToFees(tx.Select(kFeesOfRange, after, through));
}

std::vector<Fee> StandingOfBill(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  return ToFees(tx.Select(kStandingOfBill, account, bill_id));
}

std::vector<std::vector<Fee>> FeesOfPostedRuns(db::Transaction& tx, const std::string& policy_code,
                                               std::span<const AccountId> accounts) {
  std::vector<std::vector<db::Value>> keys;
  for (const AccountId account : accounts) keys.push_back({ToValue(account), ToValue(policy_code)});
  std::vector<std::vector<Fee>> fees;
  for (const db::Rows& rows : tx.SelectEach(kFeesOfPostedRuns, keys)) fees.push_back(ToFees(rows));
  return fees;
}

Money CreditedByStaff(db::Transaction& tx, AccountId account, std::int64_t charge_id) {
  return tx.Select(kCreditedByStaff, account, charge_id)[0].Cents(0);
}

bool HasDecided(db::Transaction& tx, std::int64_t run_id, PersonId person) {
  return !tx.Select(kHasDecided, run_id, person).empty();
}

Cells CellsOfExemption(const Exemption& exemption) { return WithColumns(exemption, kToCells); }

void InsertExemption(db::Transaction& tx, const Exemption& exemption) {
  WithColumns(exemption, [&tx](const auto&... cells) { tx.Execute(kInsertExemption, cells...); });
}

void SaveExemption(db::Transaction& tx, const Exemption& exemption) {
  tx.Execute(kSaveExemption, exemption.account, exemption.exemption_no,
             kExemptionStateName(exemption.state), exemption.decided_by, exemption.decision);
}

std::vector<Exemption> ListExemptions(db::Transaction& tx, AccountId account) {
  return ExemptionsOf(tx, {&account, 1})[0];
}

std::vector<std::vector<Exemption>> ExemptionsOf(db::Transaction& tx,
                                                 std::span<const AccountId> accounts) {
  std::vector<std::vector<db::Value>> keys;
  for (const AccountId account : accounts) keys.push_back({ToValue(account)});
  std::vector<std::vector<Exemption>> all;
  for (const db::Rows& rows : tx.SelectEach(kExemptionsOf, keys)) {
    std::vector<Exemption>& exemptions = all.emplace_back();
    for (const db::Rows::Row row : rows) exemptions.push_back(ToExemption(row));
  }
  return all;
}

Cells CellsOfRelease(std::int64_t print_file_id, Date day) { return CellsOf(print_file_id, day); }

void InsertRelease(db::Transaction& tx, std::int64_t print_file_id, Date day) {
  tx.Execute(kInsertRelease, print_file_id, day);
}

}  // namespace reeve::billing::late_fee
