#include "services/billing/read/correction_store.h"

namespace reeve::billing::read {
namespace {

using db::ColumnType;

const db::InsertInto kInsert{"read_correction_insert",
                             "read_correction",
                             {{"account_id"},
                              {"read_id"},
                              {"kind", ColumnType::kText},
                              {"by_read_id"},
                              {"person_id"},
                              {"corrected_date", ColumnType::kText},
                              {"reason", ColumnType::kText}}};
constexpr db::Query kSetAside{"meter_read_correct",
                              "UPDATE meter_read SET state = 'SET_ASIDE' WHERE account_id = $1 AND "
                              "read_id = $2 AND state = 'ACCEPTED'"};
constexpr db::Query kFindBilled{
    "bill_segment_of_day",
    "SELECT s.bill_id, b.state, s.from_date, s.to_date FROM bill_segment s JOIN bill b ON "
    "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "
    "s.agreement_id = $2 AND s.state = 'BILLED' AND s.to_date >= $3 ORDER BY s.to_date LIMIT 1"};
constexpr db::Query kNewestPart{
    "bill_segment_newest",
    "SELECT s.bill_id, b.state, s.from_date, s.to_date FROM bill_segment s JOIN bill b ON "
    "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND "
    "s.agreement_id = $2 AND s.state = 'BILLED' ORDER BY s.to_date DESC LIMIT 1"};
constexpr db::Query kNewestRun{
    "cycle_run_hold",
    "SELECT cycle_id FROM cycle_run WHERE cycle = $1 AND rebilled_bill_id = 0 "
    "ORDER BY period_end_date DESC, cycle_id DESC LIMIT 1"};
constexpr db::Query kCalculating{"cycle_run_calculating",
                                 "SELECT cycle_id FROM cycle_run WHERE cycle = $1 AND "
                                 "state = 'CALCULATING' LIMIT 1"};
constexpr db::Query kLoadCounted{
    "meter_read_counted",
    "SELECT read_id, read_date, read_thousandths, source FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' ORDER BY read_date"};
#define READ_COLUMNS                                                                      \
  "SELECT account_id, read_id, agreement_id, meter_number, read_date, read_thousandths, " \
  "source, import_id, line, state FROM meter_read "
constexpr db::Query kFindRead{"meter_read_find",
                              READ_COLUMNS "WHERE account_id = $1 AND read_id = $2"};
constexpr db::Query kFindOfDay{"meter_read_of_day", READ_COLUMNS
                               "WHERE account_id = $1 AND agreement_id = $2 AND meter_number = $3 "
                               "AND read_date = $4 AND state = 'ACCEPTED'"};
constexpr db::Query kLoadSince{"meter_read_since", READ_COLUMNS
                               "WHERE account_id = $1 AND agreement_id = $2 AND meter_number = $3 "
                               "AND read_date >= $4 AND state = 'ACCEPTED' ORDER BY read_date"};
#undef READ_COLUMNS
constexpr db::Query kFindCorrection{
    "read_correction_find",
    "SELECT account_id, read_id, kind, by_read_id, person_id, corrected_date, reason "
    "FROM read_correction WHERE account_id = $1 AND read_id = $2"};

#define EXCEPTION_COLUMNS                                                             \
  "SELECT e.account_id, e.import_id, e.line, e.reason, e.queued, e.excerpt, e.state " \
  "FROM read_exception e WHERE e.queued = 1 AND e.state = 'OPEN' AND "
constexpr db::Query kWaitingOfCycle{
    "read_exception_of_cycle", EXCEPTION_COLUMNS
    "e.account_id <> 0 AND EXISTS (SELECT 1 FROM agreement a WHERE a.account_id = e.account_id AND "
    "a.cycle = $1 AND a.meter_number <> '') ORDER BY e.account_id, e.import_id, e.line LIMIT 1"};
constexpr db::Query kWaitingUnknown{
    "read_exception_unknown", EXCEPTION_COLUMNS
    "e.account_id = 0 AND NOT EXISTS (SELECT 1 FROM read_exception p WHERE p.account_id = 0 AND "
    "p.import_id = e.import_id AND p.queued = 1 AND p.state = 'OPEN' AND p.line < e.line) "
    "ORDER BY e.import_id"};
constexpr db::Query kWaitingOfAccount{"read_exception_of_account", EXCEPTION_COLUMNS
                                      "e.account_id = $1 ORDER BY e.import_id, e.line LIMIT 1"};
constexpr db::Query kWaitingBetween{
    "read_exception_between", EXCEPTION_COLUMNS
    "e.account_id >= $1 AND e.account_id <= $2 ORDER BY e.account_id, e.import_id, e.line"};
#undef EXCEPTION_COLUMNS
constexpr db::Query kIsOfCycle{
    "read_import_of_cycle",
    "SELECT r.read_id FROM agreement a JOIN meter_read r ON r.account_id = a.account_id AND "
    "r.agreement_id = a.agreement_id WHERE a.cycle = $1 AND r.import_id = $2 AND "
    "r.source = 'FILE' LIMIT 1"};

std::optional<Exception> First(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  return Exception{AccountId(row.Int(0)), row.Int(1),  row.Int(2),
                   row.Text(3),           row.Bool(4), row.Text(5)};
}

std::optional<BilledPart> Part(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return BilledPart{rows[0].Int(0), rows[0].Text(1), rows[0].Day(2), rows[0].Day(3)};
}

}  // namespace

Cells CellsOfCorrection(const Correction& correction) {
  return CellsOf(correction.account, correction.read_id, CorrectionKindName(correction.kind),
                 correction.by_read_id, correction.person, correction.corrected_date,
                 correction.reason);
}

void InsertCorrections(db::Transaction& tx, std::span<const Correction> corrections) {
  if (corrections.empty()) return;
  db::NewRows rows(kInsert);
  std::vector<std::vector<db::Value>> reads;
  for (const Correction& one : corrections) {
    rows.Add(one.account, one.read_id, CorrectionKindName(one.kind), one.by_read_id, one.person,
             one.corrected_date, one.reason);
    reads.push_back({db::ToValue(one.account), db::ToValue(one.read_id)});
  }
  tx.ExecuteEach(kSetAside, reads);
  tx.InsertRows(rows);
}

std::optional<BilledPart> FindBilled(db::Transaction& tx, const AgreementKey& agreement, Date day) {
  return Part(tx.Select(kFindBilled, agreement.first, agreement.second, day));
}

std::optional<Date> BilledThrough(db::Transaction& tx, const AgreementKey& agreement) {
  const auto part = Part(tx.Select(kNewestPart, agreement.first, agreement.second));
  return part ? std::optional(part->to_date) : std::nullopt;
}

std::optional<std::int64_t> FindHeld(db::Transaction& tx, const AgreementKey& agreement) {
  const auto part = Part(tx.Select(kNewestPart, agreement.first, agreement.second));
  return part && part->bill_state == "HELD" ? std::optional(part->bill_id) : std::nullopt;
}

bool HoldCycle(db::Transaction& tx, int cycle) {
  tx.SelectForUpdate(kNewestRun, cycle);
  return tx.Select(kCalculating, cycle).empty();
}

std::vector<CountedRead> LoadCounted(db::Transaction& tx, const MeterKey& meter,
                                     std::optional<Date> billed_through) {
  std::vector<CountedRead> reads;
  for (const db::Rows::Row row :
       tx.Select(kLoadCounted, meter.account, meter.agreement_id, meter.meter_number)) {
    const Date date = row.Day(1);
    reads.push_back({row.Int(0),
                     {date, row.Int(2), row.Text(3) == SourceName(Source::kEstimate)},
                     billed_through && date <= *billed_through});
  }
  return reads;
}

std::optional<Read> FindRead(db::Transaction& tx, AccountId account, std::int64_t read_id) {
  const db::Rows rows = tx.Select(kFindRead, account, read_id);
  if (rows.empty()) return std::nullopt;
  return ToRead(rows[0]);
}

std::optional<Read> FindReplaced(db::Transaction& tx, const MeterKey& meter, std::int64_t read_id,
                                 Date day) {
  const db::Rows rows = read_id != 0 ? tx.Select(kFindRead, meter.account, read_id)
                                     : tx.Select(kFindOfDay, meter.account, meter.agreement_id,
                                                 meter.meter_number, day);
  if (rows.empty()) return std::nullopt;
  Read read = ToRead(rows[0]);
  const bool is_its =
      read.agreement_id == meter.agreement_id && read.meter_number == meter.meter_number;
  return is_its ? std::optional(std::move(read)) : std::nullopt;
}

std::vector<Read> LoadSince(db::Transaction& tx, const MeterKey& meter, Date day) {
  std::vector<Read> reads;
  for (const db::Rows::Row row :
       tx.Select(kLoadSince, meter.account, meter.agreement_id, meter.meter_number, day)) {
    reads.push_back(ToRead(row));
  }
  return reads;
}

std::vector<Correction> LoadCorrections(db::Transaction& tx, AccountId account,
                                        std::span<const Read> reads) {
  std::vector<std::vector<db::Value>> keys;
  for (const Read& read : reads) {
    if (read.set_aside) keys.push_back({db::ToValue(account), db::ToValue(read.read_id)});
  }
  std::vector<Correction> corrections;
  if (keys.empty()) return corrections;
  for (const db::Rows& rows : tx.SelectEach(kFindCorrection, keys)) {
    for (const db::Rows::Row row : rows) {
      corrections.push_back({AccountId(row.Int(0)), row.Int(1), ParseCorrectionKind(row.Text(2)),
                             row.Int(3), PersonId(row.Int(4)), row.Day(5), row.Text(6)});
    }
  }
  return corrections;
}

std::optional<Exception> FirstWaiting(db::Transaction& tx, int cycle) {
  if (auto waiting = First(tx.Select(kWaitingOfCycle, cycle))) return waiting;
  for (const db::Rows::Row row : tx.Select(kWaitingUnknown)) {
    if (tx.Select(kIsOfCycle, cycle, row.Int(1)).empty()) continue;
    return Exception{AccountId(), row.Int(1), row.Int(2), row.Text(3), row.Bool(4), row.Text(5)};
  }
  return std::nullopt;
}

std::vector<Exception> WaitingBetween(db::Transaction& tx, AccountId first, AccountId last) {
  std::vector<Exception> waiting;
  for (const db::Rows::Row row : tx.Select(kWaitingBetween, first, last)) {
    waiting.push_back(
        {AccountId(row.Int(0)), row.Int(1), row.Int(2), row.Text(3), row.Bool(4), row.Text(5)});
  }
  return waiting;
}

std::optional<Exception> FirstWaiting(db::Transaction& tx, AccountId account) {
  return First(tx.Select(kWaitingOfAccount, account));
}

}  // namespace reeve::billing::read
