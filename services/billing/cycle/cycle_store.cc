#include "services/billing/cycle/cycle_store.h"

#include <algorithm>

#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/rebill/plan_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;
using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

#define RUN_COLUMNS                                                                     \
  "SELECT cycle_id, cycle, kind, state, period_end_date, bill_date, due_date, "         \
  "previous_cycle_id, agreement_count, started_by_person_id, signed_off_by_person_id, " \
  "guard_policy, tariff_no, rebilled_bill_id, priced_date FROM cycle_run "
constexpr db::Query kFindRun{"cycle_run_find", RUN_COLUMNS "WHERE cycle_id = $1"};
constexpr db::Query kLatestRun{"cycle_run_latest", RUN_COLUMNS
                               "WHERE cycle = $1 AND rebilled_bill_id = 0 "
                               "ORDER BY period_end_date DESC, cycle_id DESC LIMIT 1"};
constexpr db::Query kListRuns{"cycle_run_list", RUN_COLUMNS
                              "WHERE period_end_date < $1 OR (period_end_date = $1 AND "
                              "cycle_id < $2) ORDER BY period_end_date DESC, cycle_id DESC "
                              "LIMIT $3"};
constexpr db::Query kRunAtWork{"cycle_run_at_work", RUN_COLUMNS
                               "WHERE state IN ('CALCULATING', 'POSTING') "
                               "ORDER BY period_end_date, cycle_id LIMIT 1"};
#undef RUN_COLUMNS
constexpr db::Query kInsertRun{
    "cycle_run_insert",
    "INSERT INTO cycle_run (cycle_id, cycle, kind, state, period_end_date, bill_date, due_date, "
    "previous_cycle_id, agreement_count, started_by_person_id, signed_off_by_person_id, "
    "guard_policy, tariff_no, rebilled_bill_id, priced_date) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"};
constexpr db::Query kSaveRun{
    "cycle_run_save",
    "UPDATE cycle_run SET state = $2, signed_off_by_person_id = $3 WHERE cycle_id = $1"};

constexpr db::Query kLastBilled{
    "bill_segment_last",
    "SELECT from_date, to_date, end_read_thousandths, usage_thousandths, amount_cents, estimated "
    "FROM bill_segment WHERE account_id = $1 AND agreement_id = $2 AND state = 'BILLED' "
    "ORDER BY to_date DESC LIMIT 1"};

const db::InsertInto kInsertBills{"bill_insert",
                                  "bill",
                                  {{"account_id"},
                                   {"bill_id"},
                                   {"cycle_id"},
                                   {"state", ColumnType::kText},
                                   {"bill_date", ColumnType::kText},
                                   {"due_date", ColumnType::kText},
                                   {"total_cents"}}};
const db::InsertInto kInsertSegments{"bill_segment_insert",
                                     "bill_segment",
                                     {{"account_id"},
                                      {"bill_id"},
                                      {"segment_no"},
                                      {"agreement_id"},
                                      {"service", ColumnType::kText},
                                      {"schedule_code", ColumnType::kText},
                                      {"effective_date", ColumnType::kText},
                                      {"state", ColumnType::kText},
                                      {"from_date", ColumnType::kText},
                                      {"to_date", ColumnType::kText},
                                      {"start_read_thousandths"},
                                      {"end_read_thousandths"},
                                      {"usage_thousandths"},
                                      {"quantity_thousandths"},
                                      {"amount_cents"},
                                      {"estimated"},
                                      {"installation_no"},
                                      {"month_days"},
                                      {"metered_by", ColumnType::kText},
                                      {"metered_size", ColumnType::kText}}};
const db::InsertInto kInsertMeters{"bill_segment_meter_insert",
                                   "bill_segment_meter",
                                   {{"account_id"},
                                    {"bill_id"},
                                    {"segment_no"},
                                    {"installation_no"},
                                    {"from_date", ColumnType::kText},
                                    {"to_date", ColumnType::kText},
                                    {"start_read_thousandths"},
                                    {"end_read_thousandths"},
                                    {"usage_thousandths"}}};
const db::InsertInto kInsertLines{"bill_line_insert",
                                  "bill_line",
                                  {{"account_id"},
                                   {"bill_id"},
                                   {"line_no"},
                                   {"segment_no"},
                                   {"version_date", ColumnType::kText},
                                   {"component_no"},
                                   {"tier_no"},
                                   {"quantity_thousandths"},
                                   {"quantity_divisor"},
                                   {"day_count"},
                                   {"rate_nanos"},
                                   {"amount_cents"}}};
const db::InsertInto kInsertHolds{"bill_hold_insert",
                                  "bill_hold",
                                  {{"account_id"},
                                   {"bill_id"},
                                   {"hold_no"},
                                   {"reason", ColumnType::kText},
                                   {"service", ColumnType::kText},
                                   {"evidence", ColumnType::kText},
                                   {"at_stake_cents"}}};

#define BILL_COLUMNS                                                                \
  "SELECT account_id, bill_id, cycle_id, state, bill_date, due_date, total_cents, " \
  "(SELECT r.rebilled_bill_id FROM cycle_run r WHERE r.cycle_id = bill.cycle_id), " \
  "(SELECT r.priced_date FROM cycle_run r WHERE r.cycle_id = bill.cycle_id) FROM bill "
constexpr db::Query kPostableBills{"bill_postable", BILL_COLUMNS
                                   "WHERE cycle_id = $1 AND account_id > $2 AND account_id <= $3 "
                                   "AND state IN ('CALCULATED', 'RELEASED') ORDER BY account_id"};
constexpr db::Query kFindBill{"bill_find", BILL_COLUMNS "WHERE account_id = $1 AND bill_id = $2"};
constexpr db::Query kNewestBill{"bill_newest", BILL_COLUMNS
                                "WHERE account_id = $1 AND state = 'POSTED' "
                                "ORDER BY coalesce((SELECT r.priced_date FROM cycle_run r WHERE "
                                "r.cycle_id = bill.cycle_id), bill_date) DESC, bill_id DESC "
                                "LIMIT 1"};
constexpr db::Query kListBills{"bill_list", BILL_COLUMNS
                               "WHERE account_id = $1 AND (bill_date < $2 OR (bill_date = $2 AND "
                               "bill_id < $3)) ORDER BY bill_date DESC, bill_id DESC LIMIT $4"};
constexpr db::Query kListHeldBills{"bill_list_held", BILL_COLUMNS
                                   "WHERE cycle_id = $1 AND account_id > $2 AND state = 'HELD' "
                                   "ORDER BY account_id LIMIT $3"};
#undef BILL_COLUMNS
constexpr db::Query kSegmentsOfCycle{
    "bill_segment_of_cycle",
    "SELECT s.account_id, s.service, s.amount_cents FROM bill b JOIN bill_segment s ON "
    "s.account_id = b.account_id AND s.bill_id = b.bill_id WHERE b.cycle_id = $1 AND "
    "b.account_id > $2 AND b.account_id <= $3 AND b.state IN ('CALCULATED', 'RELEASED') "
    "ORDER BY s.account_id, s.segment_no"};
constexpr db::Query kMarkPosted{
    "bill_mark_posted",
    "UPDATE bill SET state = 'POSTED' WHERE cycle_id = $1 AND account_id > $2 AND "
    "account_id <= $3 AND state IN ('CALCULATED', 'RELEASED')"};
constexpr db::Query kSaveBillState{
    "bill_save_state", "UPDATE bill SET state = $3 WHERE account_id = $1 AND bill_id = $2"};
constexpr db::Query kCancelSegments{
    "bill_segment_cancel",
    "UPDATE bill_segment SET state = 'CANCELLED' WHERE account_id = $1 AND bill_id = $2"};
constexpr db::Query kBilledSince{
    "bill_segment_billed_since",
    "SELECT CAST(count(*) AS BIGINT) FROM bill_segment s JOIN bill_segment later ON "
    "later.account_id = s.account_id AND later.agreement_id = s.agreement_id AND "
    "later.to_date > s.to_date AND later.state = 'BILLED' "
    "WHERE s.account_id = $1 AND s.bill_id = $2"};
constexpr db::Query kSegmentsOf{
    "bill_segment_of_bill",
    "SELECT agreement_id, service, schedule_code, effective_date, from_date, to_date, "
    "start_read_thousandths, end_read_thousandths, usage_thousandths, quantity_thousandths, "
    "amount_cents, estimated, installation_no, month_days, metered_by, metered_size "
    "FROM bill_segment WHERE account_id = $1 AND bill_id = $2 ORDER BY segment_no"};
constexpr db::Query kAmountsOf{
    "bill_segment_amounts",
    "SELECT service, amount_cents, from_date, to_date FROM bill_segment WHERE account_id = $1 AND "
    "bill_id = $2 ORDER BY segment_no"};
constexpr db::Query kLinesOf{
    "bill_line_of_bill",
    "SELECT segment_no, version_date, component_no, tier_no, quantity_thousandths, "
    "quantity_divisor, day_count, rate_nanos, amount_cents FROM bill_line WHERE account_id = $1 "
    "AND bill_id = $2 ORDER BY line_no"};
constexpr db::Query kHoldsOf{"bill_hold_of_bill",
                             "SELECT reason, service, evidence, at_stake_cents FROM bill_hold "
                             "WHERE account_id = $1 AND bill_id = $2 "
                             "ORDER BY hold_no"};
constexpr db::Query kBilledBefore{
    "bill_segment_before",
    "SELECT from_date, to_date, usage_thousandths, amount_cents FROM bill_segment "
    "WHERE account_id = $1 AND agreement_id = $2 AND state = 'BILLED' AND to_date <= $3 "
    "ORDER BY to_date DESC LIMIT 1"};
constexpr db::Query kMetersOf{
    "bill_segment_meter_of_bill",
    "SELECT segment_no, installation_no, from_date, to_date, start_read_thousandths, "
    "end_read_thousandths, usage_thousandths FROM bill_segment_meter WHERE account_id = $1 AND "
    "bill_id = $2 ORDER BY segment_no, installation_no"};

Run ToRun(db::Rows::Row row) {
  return {row.Int(0),
          static_cast<int>(row.Int(1)),
          ParseKind(row.Text(2)),
          ParseRunState(row.Text(3)),
          row.Day(4),
          row.Day(5),
          row.Day(6),
          row.Int(7),
          row.Int(8),
          PersonId(row.Int(9)),
          PersonId(row.Int(10)),
          row.Text(11),
          row.Int(12),
          row.Int(13),
          row.MaybeDay(14)};
}

std::optional<Run> MaybeRun(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(ToRun(rows[0]));
}

Bill ToBill(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Int(1),
          row.Int(2),
          ParseBillState(row.Text(3)),
          row.Day(4),
          row.Day(5),
          row.Cents(6),
          {},
          {},
          row.MaybeInt(7).value_or(0),
          row.MaybeDay(8),
          {}};
}

// With what is owed for a rebill.
Bill ToBill(db::Transaction& tx, db::Rows::Row row) {
  Bill bill = ToBill(row);
  if (bill.IsRebill()) bill.plan = rebill::LoadPlan(tx, bill.account, bill.bill_id);
  return bill;
}

std::vector<Bill> ToBills(db::Transaction& tx, const db::Rows& rows) {
  std::vector<Bill> bills;
  bills.reserve(rows.size());
  for (const db::Rows::Row row : rows) bills.push_back(ToBill(tx, row));
  return bills;
}

std::vector<Hold> ToHolds(const db::Rows& rows) {
  std::vector<Hold> holds;
  for (const db::Rows::Row row : rows) {
    holds.push_back({ParseHoldReason(row.Text(0)), row.Text(1), row.Text(2), row.Cents(3)});
  }
  return holds;
}

// Which meters measured the bill's segments.
void LoadMeters(db::Transaction& tx, Bill& bill) {
  const std::vector<meter::Installation> installations = meter::LoadInstallations(tx, bill.account);
  for (const db::Rows::Row row : tx.Select(kMetersOf, bill.account, bill.bill_id)) {
    Segment& segment = bill.segments[static_cast<std::size_t>(row.Int(0) - 1)];
    const meter::Installation* found =
        meter::Numbered(installations, segment.agreement_id, row.Int(1));
    segment.meters.push_back(
        {row.Int(1), found->meter, row.Day(2), row.Day(3), row.Int(4), row.Int(5), row.Int(6)});
  }
  for (Segment& segment : bill.segments) {
    const meter::Installation* last =
        meter::Numbered(installations, segment.agreement_id, segment.installation_no);
    segment.metered = last != nullptr;
    if (!segment.metered || !segment.meters.empty()) continue;
    segment.meters.push_back({last->installation_no, last->meter, segment.from_date,
                              segment.to_date, segment.start_read_thousandths,
                              segment.end_read_thousandths, segment.use.usage_thousandths});
  }
}

void LoadParts(db::Transaction& tx, Bill& bill) {
  for (const db::Rows::Row row : tx.Select(kSegmentsOf, bill.account, bill.bill_id)) {
    Segment segment;
    segment.agreement_id = row.Int(0);
    segment.service = row.Text(1);
    segment.schedule_code = row.Text(2);
    segment.effective_date = row.Day(3);
    segment.from_date = row.Day(4);
    segment.to_date = row.Day(5);
    segment.start_read_thousandths = row.Int(6);
    segment.end_read_thousandths = row.Int(7);
    segment.use = {row.Int(8), row.Int(9)};
    segment.amount = row.Cents(10);
    segment.estimated = row.Bool(11);
    segment.installation_no = row.Int(12);
    segment.month_days = row.Int(13);
    segment.metered_by = row.Text(14);
    segment.metered_size = row.Text(15);
    bill.segments.push_back(std::move(segment));
  }
  LoadMeters(tx, bill);
  LoadIntervalUse(tx, bill);
  for (const db::Rows::Row row : tx.Select(kLinesOf, bill.account, bill.bill_id)) {
    Segment& segment = bill.segments[static_cast<std::size_t>(row.Int(0) - 1)];
    segment.lines.push_back(ToLine(row, 1, segment));
  }
  bill.holds = ToHolds(tx.Select(kHoldsOf, bill.account, bill.bill_id));
}

}  // namespace

rate::Line ToLine(db::Rows::Row row, std::size_t first, const Segment& segment) {
  return {row.MaybeDay(first).value_or(segment.effective_date),
          row.Int(first + 1),
          row.Int(first + 2),
          row.Int(first + 3),
          row.Int(first + 4),
          row.MaybeInt(first + 5).value_or(segment.to_date - segment.from_date),
          row.Nanos(first + 6),
          row.Cents(first + 7)};
}

std::optional<Run> FindRun(db::Transaction& tx, std::int64_t cycle_id) {
  return MaybeRun(tx.Select(kFindRun, cycle_id));
}

std::optional<Run> LockRun(db::Transaction& tx, std::int64_t cycle_id) {
  return MaybeRun(tx.SelectForUpdate(kFindRun, cycle_id));
}

namespace {

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const Run& run, const Use& use) {
  return use(run.cycle_id, run.cycle, KindName(run.kind), RunStateName(run.state), run.period_end,
             run.bill_date, run.due_date, run.previous_cycle_id, run.agreement_count,
             run.started_by, run.signed_off_by, run.guard_policy, run.tariff_no,
             run.rebilled_bill_id, run.priced_date);
}

}  // namespace

Cells CellsOfRun(const Run& run) {
  Cells cells = WithColumns(run, kToCells);
  // As it was written before these were kept.
  if (!run.IsRebill()) cells.erase(cells.end() - 2, cells.end());
  if (run.tariff_no == 0) cells.pop_back();
  if (run.guard_policy.empty()) cells.pop_back();
  return cells;
}

RowDigest DigestOfHolds(std::span<const Bill> bills) {
  RowDigest digest;
  for (const Bill& bill : bills) {
    for (std::size_t i = 0; i < bill.holds.size(); ++i) {
      digest.Add(CellsOf(bill.account, bill.bill_id, i + 1, HoldReasonName(bill.holds[i].reason),
                         bill.holds[i].service, bill.holds[i].evidence, bill.holds[i].at_stake));
    }
  }
  return digest;
}

void InsertRun(db::Transaction& tx, const Run& run) {
  WithColumns(run, [&tx](const auto&... cells) { tx.Execute(kInsertRun, cells...); });
}

void SaveRun(db::Transaction& tx, const Run& run) {
  const std::vector<db::Value> one[] = {
      {ToValue(run.cycle_id), ToValue(RunStateName(run.state)), ToValue(run.signed_off_by)}};
  tx.ExecuteEach(kSaveRun, one);
}

std::optional<Run> LatestRun(db::Transaction& tx, int cycle) {
  return MaybeRun(tx.Select(kLatestRun, cycle));
}

std::optional<Run> LockLatestRun(db::Transaction& tx, int cycle) {
  for (std::optional<Run> latest = LatestRun(tx, cycle); latest; latest = LatestRun(tx, cycle)) {
    const std::int64_t cycle_id = latest->cycle_id;
    latest = LockRun(tx, cycle_id);
    if (LatestRun(tx, cycle)->cycle_id == cycle_id) return latest;
  }
  return std::nullopt;
}

std::optional<Run> RunAtWork(db::Transaction& tx) { return MaybeRun(tx.Select(kRunAtWork)); }

std::vector<Run> ListRuns(db::Transaction& tx, const std::string& before_period,
                          std::int64_t before_cycle_id, std::int64_t limit) {
  std::vector<Run> runs;
  for (const db::Rows::Row row : tx.Select(kListRuns, before_period, before_cycle_id, limit)) {
    runs.push_back(ToRun(row));
  }
  return runs;
}

std::vector<std::optional<LastBilled>> LoadLastBilled(
    db::Transaction& tx, std::span<const read::AgreementKey> agreements) {
  Parameters keys;
  keys.reserve(agreements.size());
  for (const auto& [account, agreement_id] : agreements) {
    keys.push_back({ToValue(account), ToValue(agreement_id)});
  }
  std::vector<std::optional<LastBilled>> last;
  last.reserve(keys.size());
  for (const db::Rows& rows : tx.SelectEach(kLastBilled, keys)) {
    if (rows.empty()) {
      last.emplace_back();
      continue;
    }
    const Date to_date = rows[0].Day(1);
    last.push_back(LastBilled{to_date,
                              rows[0].Int(2),
                              {rows[0].Int(3), to_date - rows[0].Day(0)},
                              rows[0].Cents(4),
                              rows[0].Bool(5)});
  }
  return last;
}

void InsertBills(db::Transaction& tx, std::span<const Bill> added) {
  db::NewRows bills(kInsertBills);
  db::NewRows segments(kInsertSegments);
  db::NewRows meters(kInsertMeters);
  db::NewRows lines(kInsertLines);
  db::NewRows holds(kInsertHolds);
  for (const Bill& bill : added) {
    bills.Add(bill.account, bill.bill_id, bill.cycle_id, BillStateName(bill.state), bill.bill_date,
              bill.due_date, bill.total);
    std::int64_t line_no = 0;
    for (std::size_t i = 0; i < bill.segments.size(); ++i) {
      const Segment& segment = bill.segments[i];
      segments.Add(bill.account, bill.bill_id, i + 1, segment.agreement_id, segment.service,
                   segment.schedule_code, segment.effective_date, "BILLED", segment.from_date,
                   segment.to_date, segment.start_read_thousandths, segment.end_read_thousandths,
                   segment.use.usage_thousandths, segment.use.quantity_thousandths, segment.amount,
                   segment.estimated, segment.installation_no, segment.month_days,
                   segment.metered_by, segment.metered_size);
      for (const MeterUse& one : segment.meters) {
        if (segment.meters.size() < 2) continue;  // its reads and use are the segment's
        meters.Add(bill.account, bill.bill_id, i + 1, one.installation_no, one.from_date,
                   one.to_date, one.start_read_thousandths, one.end_read_thousandths,
                   one.usage_thousandths);
      }
      for (const rate::Line& line : segment.lines) {
        const bool own = line.effective_date == segment.effective_date;
        const bool all_days = line.day_count == segment.to_date - segment.from_date;
        lines.Add(bill.account, bill.bill_id, ++line_no, i + 1,
                  own ? std::nullopt : std::optional(line.effective_date), line.component,
                  line.tier, line.quantity_thousandths, line.quantity_divisor,
                  all_days ? std::nullopt : std::optional(line.day_count), line.rate, line.amount);
      }
    }
    for (std::size_t i = 0; i < bill.holds.size(); ++i) {
      holds.Add(bill.account, bill.bill_id, i + 1, HoldReasonName(bill.holds[i].reason),
                bill.holds[i].service, bill.holds[i].evidence, bill.holds[i].at_stake);
    }
  }
  for (const db::NewRows* rows : {&bills, &segments, &meters, &lines, &holds}) {
    if (!rows->empty()) tx.InsertRows(*rows);
  }
  InsertIntervalUse(tx, added);
}

std::vector<Bill> PostableBills(db::Transaction& tx, std::int64_t cycle_id, AccountId after,
                                AccountId through) {
  std::vector<Bill> bills = ToBills(tx, tx.Select(kPostableBills, cycle_id, after, through));
  auto bill = bills.begin();
  for (const db::Rows::Row row : tx.Select(kSegmentsOfCycle, cycle_id, after, through)) {
    while (bill->account != AccountId(row.Int(0))) ++bill;  // both come in the order of accounts
    Segment& segment = bill->segments.emplace_back();
    segment.service = row.Text(1);
    segment.amount = row.Cents(2);
  }
  return bills;
}

void MarkPosted(db::Transaction& tx, std::int64_t cycle_id, AccountId after, AccountId through,
                std::size_t bills) {
  const std::vector<db::Value> range[] = {{ToValue(cycle_id), ToValue(after), ToValue(through)}};
  tx.ExecuteEach(kMarkPosted, range, static_cast<std::int64_t>(bills));
}

std::optional<Bill> LockBill(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindBill, account, bill_id);
  if (rows.empty()) return std::nullopt;
  Bill bill = ToBill(tx, rows[0]);
  LoadParts(tx, bill);
  return bill;
}

void SaveBillStates(db::Transaction& tx, std::span<const Bill> bills) {
  Parameters states;
  for (const Bill& bill : bills) {
    states.push_back(
        {ToValue(bill.account), ToValue(bill.bill_id), ToValue(BillStateName(bill.state))});
  }
  if (!states.empty()) tx.ExecuteEach(kSaveBillState, states);
}

bool IsBilledSince(db::Transaction& tx, const Bill& bill) {
  return tx.Select(kBilledSince, bill.account, bill.bill_id)[0].Int(0) > 0;
}

void CancelSegments(db::Transaction& tx, const Bill& bill) {
  tx.Execute(kCancelSegments, bill.account, bill.bill_id);
}

std::vector<Bill> LoadHeldBills(db::Transaction& tx, std::span<const BillKey> keys) {
  std::vector<Bill> bills;
  if (keys.empty()) return bills;
  Parameters parameters;
  for (const auto& [account, bill_id] : keys) {
    parameters.push_back({ToValue(account), ToValue(bill_id)});
  }
  for (const db::Rows& rows : tx.SelectEach(kFindBill, parameters)) {
    bills.push_back(ToBill(tx, rows[0]));
  }
  const std::vector<db::Rows> holds = tx.SelectEach(kHoldsOf, parameters);
  for (std::size_t i = 0; i < bills.size(); ++i) bills[i].holds = ToHolds(holds[i]);
  return bills;
}

void AddAmounts(db::Transaction& tx, std::span<Bill> bills) {
  Parameters keys;
  for (const Bill& bill : bills) keys.push_back({ToValue(bill.account), ToValue(bill.bill_id)});
  if (keys.empty()) return;
  const std::vector<db::Rows> amounts = tx.SelectEach(kAmountsOf, keys);
  for (std::size_t i = 0; i < bills.size(); ++i) {
    for (const db::Rows::Row row : amounts[i]) {
      Segment& segment = bills[i].segments.emplace_back();
      segment.service = row.Text(0);
      segment.amount = row.Cents(1);
      segment.from_date = row.Day(2);
      segment.to_date = row.Day(3);
    }
  }
}

std::vector<Bill> ListHeldBills(db::Transaction& tx, std::int64_t cycle_id, AccountId after,
                                std::int64_t limit) {
  std::vector<BillKey> keys;
  for (const Bill& bill : ToBills(tx, tx.Select(kListHeldBills, cycle_id, after, limit))) {
    keys.emplace_back(bill.account, bill.bill_id);
  }
  return LoadHeldBills(tx, keys);
}

std::optional<Bill> LoadBill(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  const db::Rows rows =
      bill_id == 0 ? tx.Select(kNewestBill, account) : tx.Select(kFindBill, account, bill_id);
  if (rows.empty()) return std::nullopt;
  Bill bill = ToBill(tx, rows[0]);
  LoadParts(tx, bill);
  return bill;
}

std::vector<Bill> ListBills(db::Transaction& tx, AccountId account, const std::string& before_date,
                            std::int64_t before_bill_id, std::int64_t limit) {
  std::vector<Bill> bills =
      ToBills(tx, tx.Select(kListBills, account, before_date, before_bill_id, limit));
  AddAmounts(tx, bills);
  return bills;
}

std::optional<BilledBefore> FindBilledBefore(db::Transaction& tx, AccountId account,
                                             std::int64_t agreement_id, Date from_date) {
  const db::Rows rows = tx.Select(kBilledBefore, account, agreement_id, from_date);
  if (rows.empty()) return std::nullopt;
  return BilledBefore{{rows[0].Int(2), rows[0].Day(1) - rows[0].Day(0)}, rows[0].Cents(3)};
}

}  // namespace reeve::billing::cycle
