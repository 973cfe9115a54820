#include "services/billing/cycle/guard_run_store.h"

#include <algorithm>

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;
using db::ToValue;

constexpr std::int32_t kYearDays = 365;
constexpr std::int32_t kSeasonDays = 25;
constexpr std::int32_t kOtherDays = 62;  // two months away is another season

const db::InsertInto kInsertTallies{"cycle_tally_insert",
                                    "cycle_tally",
                                    {{"cycle_id"},
                                     {"page_no"},
                                     {"kind", ColumnType::kText},
                                     {"service", ColumnType::kText},
                                     {"subject", ColumnType::kText},
                                     {"row_count"},
                                     {"day_count"},
                                     {"quantity_thousandths"},
                                     {"amount_cents"},
                                     {"before_cents"}}};
constexpr db::Query kLoadTallies{
    "cycle_tally_load",
    "SELECT kind, service, subject, CAST(sum(row_count) AS BIGINT), "
    "CAST(sum(day_count) AS BIGINT), CAST(sum(quantity_thousandths) AS BIGINT), "
    "CAST(sum(amount_cents) AS BIGINT), CAST(sum(before_cents) AS BIGINT) FROM cycle_tally "
    "WHERE cycle_id = $1 GROUP BY kind, service, subject"};

#define CONTROL_COLUMNS                                                    \
  "SELECT cycle, period_end_date, service, quantity_thousandths, source, " \
  "recorded_by_person_id FROM control_total WHERE cycle = $1 AND period_end_date = $2 "
constexpr db::Query kControls{"control_total_list", CONTROL_COLUMNS "ORDER BY service"};
constexpr db::Query kHasControl{"control_total_has", CONTROL_COLUMNS "AND service = $3"};
#undef CONTROL_COLUMNS
constexpr db::Query kInsertControl{
    "control_total_insert",
    "INSERT INTO control_total (cycle, period_end_date, service, quantity_thousandths, source, "
    "recorded_by_person_id) VALUES ($1, $2, $3, $4, $5, $6)"};

const db::InsertInto kInsertFindings{"cycle_finding_insert",
                                     "cycle_finding",
                                     {{"cycle_id"},
                                      {"finding_no"},
                                      {"rule", ColumnType::kText},
                                      {"service", ColumnType::kText},
                                      {"subject", ColumnType::kText},
                                      {"evidence", ColumnType::kText},
                                      {"row_count"},
                                      {"at_stake_cents"},
                                      {"acknowledged_by_person_id"},
                                      {"acknowledgement", ColumnType::kText}}};
#define FINDING_COLUMNS                                                                        \
  "SELECT cycle_id, finding_no, rule, service, subject, evidence, row_count, at_stake_cents, " \
  "acknowledged_by_person_id, acknowledgement FROM cycle_finding WHERE cycle_id = $1 "
constexpr db::Query kListFindings{
    "cycle_finding_list", FINDING_COLUMNS "AND finding_no > $2 ORDER BY finding_no LIMIT $3"};
constexpr db::Query kFindFinding{"cycle_finding_find", FINDING_COLUMNS "AND finding_no = $2"};
#undef FINDING_COLUMNS
constexpr db::Query kSaveAcknowledgement{
    "cycle_finding_save",
    "UPDATE cycle_finding SET acknowledged_by_person_id = $3, acknowledgement = $4 "
    "WHERE cycle_id = $1 AND finding_no = $2"};
constexpr db::Query kCountFindings{
    "cycle_finding_count",
    "SELECT count(*), CAST(coalesce(sum(CASE WHEN acknowledged_by_person_id = 0 THEN 1 ELSE 0 "
    "END), 0) AS BIGINT) FROM cycle_finding WHERE cycle_id = $1"};

constexpr db::Query kYearAgo{
    "cycle_run_year_ago",
    "SELECT cycle_id FROM cycle_run WHERE cycle = $1 AND rebilled_bill_id = 0 AND "
    "period_end_date >= $2 AND period_end_date <= $3 ORDER BY period_end_date DESC, cycle_id DESC "
    "LIMIT 1"};
// Of each other cycle the last run, if it is not too old to be compared with.
constexpr db::Query kOtherCycles{
    "guard_other_cycles",
    "SELECT t.kind, t.service, t.subject, CAST(sum(t.row_count) AS BIGINT), "
    "CAST(sum(t.day_count) AS BIGINT), CAST(sum(t.quantity_thousandths) AS BIGINT), "
    "CAST(sum(t.amount_cents) AS BIGINT), CAST(sum(t.before_cents) AS BIGINT) FROM cycle_tally t "
    "JOIN cycle_run r ON r.cycle_id = t.cycle_id WHERE t.kind = 'SERVICE' AND r.cycle <> $1 AND "
    "r.rebilled_bill_id = 0 AND r.state <> 'CALCULATING' AND r.period_end_date >= $2 AND "
    "r.period_end_date <= $3 AND NOT EXISTS (SELECT 1 FROM cycle_run n WHERE n.cycle = r.cycle AND "
    "n.rebilled_bill_id = 0 AND n.state <> 'CALCULATING' AND n.period_end_date <= $3 AND "
    "n.period_end_date > r.period_end_date) GROUP BY t.kind, t.service, t.subject"};
constexpr db::Query kMeteredServices{
    "guard_metered_services",
    "SELECT DISTINCT service FROM agreement WHERE cycle = $1 AND meter_number <> '' AND "
    "state <> 'PENDING'"};
// Of every cycle of the city, how many run and how many wait, and how far it was billed.
constexpr db::Query kCycles{
    "guard_cycles",
    "SELECT a.cycle, a.state, count(*), min(a.start_date), (SELECT max(r.period_end_date) FROM "
    "cycle_run r WHERE r.cycle = a.cycle) FROM agreement a WHERE a.state IN ('ACTIVE', 'PENDING') "
    "GROUP BY a.cycle, a.state ORDER BY a.cycle, a.state"};
constexpr db::Query kSharedPlaces{
    "guard_shared_places",
    "SELECT service, count(*), CAST(min(premise_id) AS TEXT) FROM (SELECT service, premise_id FROM "
    "agreement WHERE cycle = $1 AND state = 'ACTIVE' GROUP BY service, premise_id HAVING "
    "min(account_id) <> max(account_id)) shared GROUP BY service ORDER BY service"};
// Of all cycles: a meter that was moved to another route may be billed on both.
constexpr db::Query kSharedMeters{
    "guard_shared_meters",
    "SELECT service, count(*), min(meter_number) FROM (SELECT service, meter_number FROM agreement "
    "WHERE meter_number <> '' AND state = 'ACTIVE' GROUP BY service, meter_number HAVING "
    "min(account_id) <> max(account_id)) shared GROUP BY service ORDER BY service"};
constexpr db::Query kFoundBefore{
    "cycle_finding_before",
    "SELECT f.row_count FROM cycle_finding f JOIN cycle_run r ON r.cycle_id = f.cycle_id WHERE "
    "r.cycle = $1 AND f.rule = $2 AND f.service = $3 AND f.subject = $4 AND r.cycle_id <> $5 "
    "ORDER BY r.period_end_date DESC LIMIT 1"};

// What the run before did not have so.
constexpr db::Query kNewDifferences{
    "guard_new_differences",
    "SELECT d.service, d.basis, count(*), CAST(coalesce(sum(d.at_stake_cents), 0) AS BIGINT) FROM "
    "cycle_difference d WHERE d.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM cycle_difference l "
    "WHERE l.account_id = d.account_id AND l.cycle_id = $2 AND l.agreement_id = d.agreement_id AND "
    "l.basis = d.basis AND l.expected = d.expected AND l.billed = d.billed) "
    "GROUP BY d.service, d.basis ORDER BY d.service, d.basis"};

template <class Use>
auto WithColumns(const ControlTotal& control, const Use& use) {
  return use(control.cycle, control.period_end, control.service, control.quantity_thousandths,
             control.source, control.recorded_by);
}

template <class Use>
auto WithColumns(const KeptFinding& kept, const Use& use) {
  const RunFinding& finding = kept.finding;
  return use(kept.cycle_id, kept.finding_no, FindingRuleName(finding.rule), finding.service,
             finding.subject, finding.evidence, finding.count, finding.at_stake_cents,
             kept.acknowledged_by, kept.acknowledgement);
}

template <class Use>
auto WithColumns(std::int64_t cycle_id, const Page& page, const TallyKey& key, const Tally& tally,
                 const Use& use) {
  return use(cycle_id, page.page_no, TallyKindName(key.kind), key.service, key.subject, tally.count,
             tally.day_count, tally.quantity_thousandths, tally.amount_cents, tally.before_cents);
}

std::optional<Tallies> ToTallies(const db::Rows& rows) {
  Tallies tallies;
  for (const db::Rows::Row row : rows) {
    tallies[{ParseTallyKind(row.Text(0)), row.Text(1), row.Text(2)}] = {
        row.Int(3), row.Int(4), row.Int(5), row.Int(6), row.Int(7)};
  }
  return tallies.empty() ? std::nullopt : std::optional(std::move(tallies));
}

KeptFinding ToFinding(db::Rows::Row row) {
  return {row.Int(0),
          row.Int(1),
          {ParseFindingRule(row.Text(2)), row.Text(3), row.Text(4), row.Text(5), row.Int(6),
           row.Int(7)},
          PersonId(row.Int(8)),
          row.Text(9)};
}

std::vector<SharedPlaces> LoadShared(db::Transaction& tx, const Run& run, const db::Query& query,
                                     const std::string& subject) {
  std::vector<SharedPlaces> shared;
  const db::Rows rows = subject == "place" ? tx.Select(query, run.cycle) : tx.Select(query);
  for (const db::Rows::Row row : rows) {
    const db::Rows before =
        tx.Select(kFoundBefore, run.cycle, FindingRuleName(FindingRule::kSeveralAccounts),
                  row.Text(0), subject, run.cycle_id);
    shared.push_back({row.Text(0), subject, row.Int(1), before.empty() ? 0 : before[0].Int(0),
                      subject + " " + row.Text(2)});
  }
  return shared;
}

}  // namespace

RowDigest DigestOfTallies(std::int64_t cycle_id, const Page& page, const Tallies& tallies) {
  RowDigest digest;
  for (const auto& [key, tally] : tallies) {
    digest.Add(WithColumns(cycle_id, page, key, tally, kToCells));
  }
  return digest;
}

std::string TalliesText(const std::string& of_run, const std::string& judged_by,
                        const RowDigest& rows) {
  return (of_run.empty() ? "" : "policy=" + judged_by + ",") + "rows=" + rows.hex();
}

std::string JudgementText(const std::string& judged_by, std::size_t findings) {
  return "policy=" + judged_by + ",findings=" + std::to_string(findings);
}

void InsertTallies(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                   const Tallies& tallies) {
  db::NewRows rows(kInsertTallies);
  for (const auto& [key, tally] : tallies) {
    WithColumns(cycle_id, page, key, tally, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::optional<Tallies> LoadTallies(db::Transaction& tx, std::int64_t cycle_id) {
  return ToTallies(tx.Select(kLoadTallies, cycle_id));
}

Cells CellsOfControl(const ControlTotal& control) { return WithColumns(control, kToCells); }

bool HasControlTotal(db::Transaction& tx, const ControlTotal& control) {
  return !tx.Select(kHasControl, control.cycle, control.period_end, control.service).empty();
}

void InsertControlTotal(db::Transaction& tx, const ControlTotal& control) {
  WithColumns(control, [&tx](const auto&... cells) { tx.Execute(kInsertControl, cells...); });
}

std::vector<ControlTotal> ControlTotals(db::Transaction& tx, int cycle, Date period_end) {
  std::vector<ControlTotal> controls;
  for (const db::Rows::Row row : tx.Select(kControls, cycle, period_end)) {
    controls.push_back({static_cast<int>(row.Int(0)), row.Day(1), row.Text(2), row.Int(3),
                        row.Text(4), PersonId(row.Int(5))});
  }
  return controls;
}

Cells CellsOfFinding(const KeptFinding& kept) { return WithColumns(kept, kToCells); }

void InsertFindings(db::Transaction& tx, std::span<const KeptFinding> findings) {
  db::NewRows rows(kInsertFindings);
  for (const KeptFinding& kept : findings) {
    WithColumns(kept, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<KeptFinding> ListFindings(db::Transaction& tx, std::int64_t cycle_id,
                                      std::int64_t after_no, std::int64_t limit) {
  std::vector<KeptFinding> findings;
  for (const db::Rows::Row row : tx.Select(kListFindings, cycle_id, after_no, limit)) {
    findings.push_back(ToFinding(row));
  }
  return findings;
}

std::optional<KeptFinding> LockFinding(db::Transaction& tx, std::int64_t cycle_id,
                                       std::int64_t finding_no) {
  const db::Rows rows = tx.SelectForUpdate(kFindFinding, cycle_id, finding_no);
  return rows.empty() ? std::nullopt : std::optional(ToFinding(rows[0]));
}

void SaveAcknowledgement(db::Transaction& tx, const KeptFinding& kept) {
  const std::vector<db::Value> one[] = {{ToValue(kept.cycle_id), ToValue(kept.finding_no),
                                         ToValue(kept.acknowledged_by),
                                         ToValue(kept.acknowledgement)}};
  tx.ExecuteEach(kSaveAcknowledgement, one);
}

FindingCounts CountFindings(db::Transaction& tx, std::int64_t cycle_id) {
  const db::Rows rows = tx.Select(kCountFindings, cycle_id);
  return {rows[0].Int(0), rows[0].Int(1)};
}

RunFacts LoadRunFacts(db::Transaction& tx, const Run& run) {
  RunFacts facts;
  facts.run = run;
  facts.now = LoadTallies(tx, run.cycle_id).value_or(Tallies());
  if (run.previous_cycle_id != 0) facts.last = LoadTallies(tx, run.previous_cycle_id);
  const db::Rows year_ago =
      tx.Select(kYearAgo, run.cycle, run.period_end.PlusDays(-kYearDays - kSeasonDays),
                run.period_end.PlusDays(-kYearDays + kSeasonDays));
  if (!year_ago.empty()) facts.year_ago = LoadTallies(tx, year_ago[0].Int(0));
  if (!facts.last && !facts.year_ago) {
    facts.other_cycles = ToTallies(
        tx.Select(kOtherCycles, run.cycle, run.period_end.PlusDays(-kOtherDays), run.period_end));
  }
  for (const db::Rows::Row row : tx.Select(kCycles)) {
    const bool runs = row.Text(1) == agreement::StateName(agreement::State::kActive);
    const std::optional<Date> billed = row.MaybeDay(4);
    (runs ? facts.uncovered : facts.never_started)
        .push_back({static_cast<int>(row.Int(0)), row.Int(2), runs && billed ? *billed : row.Day(3),
                    runs && billed.has_value()});
  }
  facts.shared = LoadShared(tx, run, kSharedPlaces, "place");
  for (SharedPlaces& meters : LoadShared(tx, run, kSharedMeters, "meter")) {
    facts.shared.push_back(std::move(meters));
  }
  for (const db::Rows::Row row : tx.Select(kNewDifferences, run.cycle_id, run.previous_cycle_id)) {
    facts.new_differences.push_back({row.Text(0), row.Text(1), row.Int(2), row.Int(3)});
  }
  facts.controls = ControlTotals(tx, run.cycle, run.period_end);
  for (const db::Rows::Row row : tx.Select(kMeteredServices, run.cycle)) {
    facts.metered.insert(row.Text(0));
  }
  return facts;
}

}  // namespace reeve::billing::cycle
