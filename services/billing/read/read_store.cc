#include "services/billing/read/read_store.h"

#include <algorithm>

#include "shared/core/canonical.h"
#include "shared/core/spelling.h"

namespace reeve::billing::read {
namespace {

using db::ColumnType;

constexpr Spelling<Source, 8> kSources{
    {"FILE", "ORDER", "OCCUPANT", "TAKEN_OVER", "EXCHANGE", "ESTIMATE", "COUNTER", "EDIT"}};

const db::InsertInto kInsertReads{"meter_read_insert",
                                  "meter_read",
                                  {{"account_id"},
                                   {"read_id"},
                                   {"agreement_id"},
                                   {"meter_number", ColumnType::kText},
                                   {"read_date", ColumnType::kText},
                                   {"read_thousandths"},
                                   {"source", ColumnType::kText},
                                   {"import_id"},
                                   {"line"},
                                   {"state", ColumnType::kText}}};
constexpr db::Query kLastRead{
    "meter_read_last",
    "SELECT read_date, read_thousandths, source FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' "
    "ORDER BY read_date DESC LIMIT 2"};
constexpr db::Query kLastActual{
    "meter_read_last_actual",
    "SELECT read_date, read_thousandths, source FROM meter_read WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND state = 'ACCEPTED' AND source <> 'ESTIMATE' "
    "ORDER BY read_date DESC LIMIT 1"};
constexpr db::Query kLoadReads{
    "meter_read_load",
    "SELECT meter_number, read_date, read_thousandths, source FROM meter_read WHERE account_id = "
    "$1 AND "
    "agreement_id = $2 AND state = 'ACCEPTED' AND read_date >= $3 AND read_date <= $4 "
    "ORDER BY read_date"};
constexpr db::Query kSetAside{
    "meter_read_set_aside",
    "UPDATE meter_read SET state = 'SET_ASIDE' WHERE account_id = $1 AND agreement_id = $2 AND "
    "meter_number = $3 AND read_date = $4 AND state = 'ACCEPTED' AND source <> 'EXCHANGE'"};
constexpr db::Query kListReads{
    "meter_read_list",
    "SELECT account_id, read_id, agreement_id, meter_number, read_date, read_thousandths, source, "
    "import_id, line, state FROM meter_read WHERE account_id = $1 AND (read_date < $2 OR "
    "(read_date = $2 AND "
    "read_id < $3)) ORDER BY read_date DESC, read_id DESC LIMIT $4"};

constexpr db::Query kFindImport{
    "read_import_find",
    "SELECT import_id, file_name, state, next_line, accepted_count, queued_count, refused_count "
    "FROM read_import WHERE import_id = $1"};
constexpr db::Query kCreateImport{
    "read_import_create",
    "INSERT INTO read_import (import_id, file_name, state, next_line, accepted_count, "
    "queued_count, "
    "refused_count) VALUES ($1, $2, 'OPEN', 1, 0, 0, 0) ON CONFLICT DO NOTHING"};
constexpr db::Query kSaveImport{
    "read_import_save",
    "UPDATE read_import SET state = $2, next_line = $3, accepted_count = $4, queued_count = $5, "
    "refused_count = $6 WHERE import_id = $1"};
constexpr db::Query kFindPart{
    "read_part_find", "SELECT digest FROM read_part WHERE import_id = $1 AND first_line = $2"};
constexpr db::Query kInsertPart{
    "read_part_insert",
    "INSERT INTO read_part (import_id, first_line, digest) VALUES ($1, $2, $3)"};

const db::InsertInto kInsertExceptions{"read_exception_insert",
                                       "read_exception",
                                       {{"account_id"},
                                        {"import_id"},
                                        {"line"},
                                        {"reason", ColumnType::kText},
                                        {"queued"},
                                        {"excerpt", ColumnType::kText}}};
#define EXCEPTION_COLUMNS                                                                       \
  "SELECT account_id, import_id, line, reason, queued, excerpt, state, resolved_by_person_id, " \
  "resolved_date, resolution FROM read_exception "
constexpr db::Query kListExceptions{"read_exception_list", EXCEPTION_COLUMNS
                                    "WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3"};
constexpr db::Query kListOpen{"read_exception_list_open", EXCEPTION_COLUMNS
                              "WHERE queued = 1 AND state = 'OPEN' AND (account_id > $1 OR "
                              "(account_id = $1 AND (import_id > $2 OR (import_id = $2 AND "
                              "line > $3)))) ORDER BY account_id, import_id, line LIMIT $4"};
constexpr db::Query kFindException{"read_exception_find", EXCEPTION_COLUMNS
                                   "WHERE account_id = $1 AND import_id = $2 AND line = $3"};
#undef EXCEPTION_COLUMNS
constexpr db::Query kSaveException{
    "read_exception_save",
    "UPDATE read_exception SET state = $4, resolved_by_person_id = $5, resolved_date = $6, "
    "resolution = $7 WHERE account_id = $1 AND import_id = $2 AND "
    "line = $3 AND state = 'OPEN'"};

constexpr Spelling<ExceptionState, 3> kExceptionStates{{"OPEN", "ACCEPTED", "DISCARDED"}};

Exception ToException(db::Rows::Row row) {
  return {AccountId(row.Int(0)),
          row.Int(1),
          row.Int(2),
          row.Text(3),
          row.Bool(4),
          row.Text(5),
          kExceptionStates.Read(row.Text(6)),
          PersonId(row.Int(7)),
          row.MaybeDay(8),
          row.Text(9)};
}

std::vector<Exception> ToExceptions(const db::Rows& rows) {
  std::vector<Exception> exceptions;
  for (const db::Rows::Row row : rows) exceptions.push_back(ToException(row));
  return exceptions;
}

// From the columns read_date, read_thousandths, source, which begin at `first`.
Reading ToReading(db::Rows::Row row, std::size_t first) {
  return {row.Day(first), row.Int(first + 1), row.Text(first + 2) == SourceName(Source::kEstimate)};
}

// To those that end with an estimate: the read before it.
void AddLastActuals(db::Transaction& tx, std::span<const std::vector<db::Value>> keys,
                    std::vector<History>& histories) {
  std::vector<std::vector<db::Value>> wanted;
  std::vector<History*> estimated;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    if (!histories[i].last || !histories[i].last->estimated) continue;
    wanted.push_back(keys[i]);
    estimated.push_back(&histories[i]);
  }
  if (wanted.empty()) return;
  const std::vector<db::Rows> found = tx.SelectEach(kLastActual, wanted);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].empty()) estimated[i]->last_actual = ToReading(found[i][0], 0);
  }
}

Import ToImport(db::Rows::Row row) {
  return {row.Int(0), row.Text(1), row.Text(2) == "COMPLETE", row.Int(3), row.Int(4),
          row.Int(5), row.Int(6)};
}

}  // namespace

std::string_view SourceName(Source source) { return kSources(source); }

Source ParseSource(std::string_view name) { return kSources.Read(name); }

void InsertReads(db::Transaction& tx, std::span<const Read> reads) {
  db::NewRows rows(kInsertReads);
  for (const Read& read : reads) {
    rows.Add(read.account, read.read_id, read.agreement_id, read.meter_number, read.reading.date,
             read.reading.thousandths, SourceName(read.source), read.import_id, read.line,
             "ACCEPTED");
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

Cells FixedCellsOf(const Read& read) {
  return CellsOf(read.account, read.read_id, read.agreement_id, read.meter_number,
                 read.reading.date, read.reading.thousandths, SourceName(read.source),
                 read.import_id, read.line);
}

Cells CellsOfImport(const Import& import) {
  return CellsOf(import.import_id, import.file_name, import.complete ? "COMPLETE" : "OPEN",
                 import.next_line, import.accepted_count, import.queued_count,
                 import.refused_count);
}

Cells CellsOfException(const Exception& exception) {
  return CellsOf(exception.account, exception.import_id, exception.line, exception.reason,
                 exception.queued, exception.excerpt);
}

std::string ResolutionText(std::string_view state, std::span<const db::Value> resolved) {
  // Of rows that were resolved before it was kept by whom, only the state is known.
  const Cells nobody = CellsOf(0, nullptr, "");
  if (std::equal(resolved.begin(), resolved.end(), nobody.begin(), nobody.end())) {
    return std::string(state);
  }
  return std::string(state) + ",row=" + RowDigest().Add(resolved).hex();
}

std::string ResolutionText(const Exception& exception) {
  return ResolutionText(
      ExceptionStateName(exception.state),
      CellsOf(exception.resolved_by, exception.resolved_date, exception.resolution));
}

std::string PartText(std::string_view digest, const RowDigest& reads, const RowDigest& exceptions) {
  return "lines=" + HexEncode(digest) + ",reads=" + reads.hex() + ",exceptions=" + exceptions.hex();
}

std::vector<History> LoadHistories(db::Transaction& tx, std::span<const MeterKey> meters) {
  std::vector<std::vector<db::Value>> keys;
  keys.reserve(meters.size());
  for (const MeterKey& meter : meters) {
    keys.push_back({db::ToValue(meter.account), db::ToValue(meter.agreement_id),
                    db::ToValue(meter.meter_number)});
  }
  std::vector<History> histories;
  histories.reserve(keys.size());
  for (const db::Rows& rows : tx.SelectEach(kLastRead, keys)) {
    History& history = histories.emplace_back();
    if (rows.size() > 0) history.last = ToReading(rows[0], 0);
    if (rows.size() > 1) history.before_last = ToReading(rows[1], 0);
  }
  AddLastActuals(tx, keys, histories);
  return histories;
}

std::vector<std::vector<MeterReading>> LoadReads(db::Transaction& tx,
                                                 std::span<const ReadsWanted> wanted) {
  std::vector<std::vector<db::Value>> keys;
  keys.reserve(wanted.size());
  for (const ReadsWanted& one : wanted) {
    keys.push_back({db::ToValue(one.agreement.first), db::ToValue(one.agreement.second),
                    db::ToValue(one.first_day), db::ToValue(one.last_day)});
  }
  std::vector<std::vector<MeterReading>> reads;
  reads.reserve(keys.size());
  for (const db::Rows& rows : tx.SelectEach(kLoadReads, keys)) {
    std::vector<MeterReading>& found = reads.emplace_back();
    for (const db::Rows::Row row : rows) {
      found.push_back({row.Text(0), ToReading(row, 1)});
    }
  }
  return reads;
}

void SetAside(db::Transaction& tx, const MeterKey& meter, Date read_date) {
  tx.Execute(kSetAside, meter.account, meter.agreement_id, meter.meter_number, read_date);
}

std::vector<Read> ListReads(db::Transaction& tx, AccountId account, const std::string& before_date,
                            std::int64_t before_read_id, std::int64_t limit) {
  std::vector<Read> reads;
  for (const db::Rows::Row row :
       tx.Select(kListReads, account, before_date, before_read_id, limit)) {
    reads.push_back(ToRead(row));
  }
  return reads;
}

Read ToRead(db::Rows::Row row) {
  const Source source = ParseSource(row.Text(6));
  return {AccountId(row.Int(0)),
          row.Int(1),
          row.Int(2),
          row.Text(3),
          {row.Day(4), row.Int(5), source == Source::kEstimate},
          source,
          row.Int(7),
          row.Int(8),
          row.Text(9) == "SET_ASIDE"};
}

std::optional<Import> FindImport(db::Transaction& tx, std::int64_t import_id) {
  const db::Rows rows = tx.Select(kFindImport, import_id);
  if (rows.empty()) return std::nullopt;
  return ToImport(rows[0]);
}

Import LockImport(db::Transaction& tx, std::int64_t import_id, const std::string& file_name) {
  tx.Execute(kCreateImport, import_id, file_name);
  return ToImport(tx.SelectForUpdate(kFindImport, import_id)[0]);
}

void SaveImport(db::Transaction& tx, const Import& import) {
  const std::vector<db::Value> one[] = {
      {db::ToValue(import.import_id), db::ToValue(import.complete ? "COMPLETE" : "OPEN"),
       db::ToValue(import.next_line), db::ToValue(import.accepted_count),
       db::ToValue(import.queued_count), db::ToValue(import.refused_count)}};
  tx.ExecuteEach(kSaveImport, one);
}

std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t import_id,
                                    std::int64_t first_line) {
  const db::Rows rows = tx.Select(kFindPart, import_id, first_line);
  if (rows.empty()) return std::nullopt;
  return db::ToText(rows[0].Blob(0));
}

void InsertPart(db::Transaction& tx, std::int64_t import_id, std::int64_t first_line,
                const std::string& digest) {
  tx.Execute(kInsertPart, import_id, first_line, db::ToBytes(digest));
}

void InsertExceptions(db::Transaction& tx, std::span<const Exception> exceptions) {
  db::NewRows rows(kInsertExceptions);
  for (const Exception& exception : exceptions) {
    rows.Add(exception.account, exception.import_id, exception.line, exception.reason,
             exception.queued, exception.excerpt);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<Exception> ListExceptions(db::Transaction& tx, std::int64_t import_id,
                                      std::int64_t after, std::int64_t limit) {
  return ToExceptions(tx.Select(kListExceptions, import_id, after, limit));
}

std::string_view ExceptionStateName(ExceptionState state) { return kExceptionStates(state); }

std::string KeyOf(const Exception& exception) {
  return exception.account.ToString() + "/" + std::to_string(exception.import_id) + "/" +
         std::to_string(exception.line);
}

std::vector<Exception> ListOpenExceptions(db::Transaction& tx, AccountId account,
                                          std::int64_t import_id, std::int64_t line,
                                          std::int64_t limit) {
  return ToExceptions(tx.Select(kListOpen, account, import_id, line, limit));
}

std::optional<Exception> LockException(db::Transaction& tx, AccountId account,
                                       std::int64_t import_id, std::int64_t line) {
  const db::Rows rows = tx.SelectForUpdate(kFindException, account, import_id, line);
  return rows.empty() ? std::nullopt : std::optional(ToException(rows[0]));
}

void SaveState(db::Transaction& tx, const Exception& exception) {
  const std::vector<db::Value> one[] = {
      {db::ToValue(exception.account), db::ToValue(exception.import_id),
       db::ToValue(exception.line), db::ToValue(ExceptionStateName(exception.state)),
       db::ToValue(exception.resolved_by), db::ToValue(exception.resolved_date),
       db::ToValue(exception.resolution)}};
  tx.ExecuteEach(kSaveException, one);
}

}  // namespace reeve::billing::read
