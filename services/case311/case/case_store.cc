#include "services/case311/case/case_store.h"

namespace reeve::case311 {
namespace {

#define REEVE_CASE_COLUMNS                                                                         \
  "case_id, case_type_code, state, outcome, department, address, district, description, channel,"  \
  " interaction_id, assignee_person_id, opened_time, target_time, closed_time, source, source_id," \
  " version"
#define REEVE_HISTORY_COLUMNS \
  "case_id, sequence, event, state, department, note, note_is_public, person_id, recorded_time"

constexpr db::Query kFind{"case_find",
                          "SELECT " REEVE_CASE_COLUMNS " FROM case_record WHERE case_id = $1"};
constexpr db::Query kTaken{"case_taken", "SELECT case_id FROM case_record WHERE case_id = $1"};
constexpr db::Query kUpdate{
    "case_update",
    "UPDATE case_record SET state = $3, outcome = $4, department = $5, assignee_person_id = $6,"
    " closed_time = $7, version = $8 WHERE case_id = $1 AND version = $2"};
constexpr db::Query kListOpen{
    "case_list_open",
    "SELECT " REEVE_CASE_COLUMNS
    " FROM case_record WHERE department = $1 AND closed_time IS NULL AND source = ''"
    " AND (COALESCE(target_time, 9223372036854775807) > $2"
    " OR (COALESCE(target_time, 9223372036854775807) = $2 AND case_id > $3))"
    " ORDER BY COALESCE(target_time, 9223372036854775807), case_id LIMIT $4"};
constexpr db::Query kScan{"case_scan", "SELECT " REEVE_CASE_COLUMNS
                                       " FROM case_record WHERE case_id > $1"
                                       " ORDER BY case_id LIMIT $2"};
constexpr db::Query kFindHistory{"case_history_find",
                                 "SELECT " REEVE_HISTORY_COLUMNS
                                 " FROM case_history WHERE case_id = $1 ORDER BY sequence"};
constexpr db::Query kScanHistory{"case_history_scan",
                                 "SELECT " REEVE_HISTORY_COLUMNS
                                 " FROM case_history WHERE case_id >= $1 AND case_id <= $2"
                                 " ORDER BY case_id, sequence"};
#undef REEVE_CASE_COLUMNS
#undef REEVE_HISTORY_COLUMNS

using db::ColumnType;
const db::InsertInto kInsertCases{"case_insert",
                                  "case_record",
                                  {{"case_id"},
                                   {"case_type_code", ColumnType::kText},
                                   {"state", ColumnType::kText},
                                   {"outcome", ColumnType::kText},
                                   {"department", ColumnType::kText},
                                   {"address", ColumnType::kText},
                                   {"district"},
                                   {"description", ColumnType::kText},
                                   {"channel", ColumnType::kText},
                                   {"interaction_id"},
                                   {"assignee_person_id"},
                                   {"opened_time"},
                                   {"target_time"},
                                   {"closed_time"},
                                   {"source", ColumnType::kText},
                                   {"source_id", ColumnType::kText},
                                   {"version"}}};
const db::InsertInto kInsertHistory{"case_history_insert",
                                    "case_history",
                                    {{"case_id"},
                                     {"sequence"},
                                     {"event", ColumnType::kText},
                                     {"state", ColumnType::kText},
                                     {"department", ColumnType::kText},
                                     {"note", ColumnType::kText},
                                     {"note_is_public"},
                                     {"person_id"},
                                     {"recorded_time"}}};

template <class AnyId>
std::optional<AnyId> IfSet(AnyId id) {
  return id.is_set() ? std::optional(id) : std::nullopt;
}

std::optional<std::string_view> OutcomeName(const Case& record) {
  return record.outcome ? std::optional(kOutcomes(*record.outcome)) : std::nullopt;
}

Case ReadCase(const db::Rows::Row& row) {
  const std::optional<std::string> outcome = row.MaybeText(3);
  return {.id = CaseId(row.Int(0)),
          .case_type_code = row.Text(1),
          .state = kStates.Read(row.Text(2)),
          .outcome = outcome ? std::optional(kOutcomes.Read(*outcome)) : std::nullopt,
          .department = row.Text(4),
          .address = row.Text(5),
          .district = row.Int(6),
          .description = row.Text(7),
          .channel = kChannels.Read(row.Text(8)),
          .interaction = InteractionId(row.MaybeInt(9).value_or(0)),
          .assignee = PersonId(row.MaybeInt(10).value_or(0)),
          .opened_time = row.Time(11),
          .target_time = row.MaybeTime(12),
          .closed_time = row.MaybeTime(13),
          .source = row.Text(14),
          .source_id = row.Text(15),
          .version = row.Int(16)};
}

HistoryEntry ReadEntry(const db::Rows::Row& row) {
  return {.id = CaseId(row.Int(0)),
          .sequence = row.Int(1),
          .event = kEvents.Read(row.Text(2)),
          .state = kStates.Read(row.Text(3)),
          .department = row.Text(4),
          .note = row.Text(5),
          .note_is_public = row.Bool(6),
          .person = PersonId(row.MaybeInt(7).value_or(0)),
          .recorded_time = row.Time(8)};
}

std::vector<Case> ReadCases(const db::Rows& rows) {
  std::vector<Case> cases;
  cases.reserve(rows.size());
  for (const db::Rows::Row row : rows) cases.push_back(ReadCase(row));
  return cases;
}

std::vector<HistoryEntry> ReadEntries(const db::Rows& rows) {
  std::vector<HistoryEntry> entries;
  entries.reserve(rows.size());
  for (const db::Rows::Row row : rows) entries.push_back(ReadEntry(row));
  return entries;
}

Result<Case> OnlyCase(const db::Rows& rows) {
  if (rows.empty()) return NotFound(reason::kCaseUnknown, "There is no case with this number.");
  return ReadCase(rows[0]);
}

void AddEntry(db::NewRows& rows, const HistoryEntry& entry) {
  rows.Add(entry.id, entry.sequence, kEvents(entry.event), kStates(entry.state), entry.department,
           entry.note, entry.note_is_public, IfSet(entry.person), entry.recorded_time);
}

}  // namespace

Result<Case> FindCase(db::Transaction& tx, CaseId id) { return OnlyCase(tx.Select(kFind, id)); }

Result<Case> FindCaseForUpdate(db::Transaction& tx, CaseId id) {
  return OnlyCase(tx.SelectForUpdate(kFind, id));
}

std::vector<HistoryEntry> FindHistory(db::Transaction& tx, CaseId id) {
  return ReadEntries(tx.Select(kFindHistory, id));
}

void InsertCases(db::Transaction& tx, std::span<const Changed> opened) {
  if (opened.empty()) return;
  db::NewRows cases(kInsertCases);
  db::NewRows entries(kInsertHistory);
  for (const auto& [after, entry] : opened) {
    cases.Add(after.id, after.case_type_code, kStates(after.state), OutcomeName(after),
              after.department, after.address, after.district, after.description,
              kChannels(after.channel), IfSet(after.interaction), IfSet(after.assignee),
              after.opened_time, after.target_time, after.closed_time, after.source,
              after.source_id, after.version);
    AddEntry(entries, entry);
  }
  tx.InsertRows(cases);
  tx.InsertRows(entries);
}

Result<> SaveCase(db::Transaction& tx, const Changed& changed) {
  const Case& after = changed.after;
  REEVE_RETURN_IF_ERROR(tx.ExecuteOne(kUpdate, after.id, after.version - 1, kStates(after.state),
                                      OutcomeName(after), after.department, IfSet(after.assignee),
                                      after.closed_time, after.version));
  db::NewRows entries(kInsertHistory);
  AddEntry(entries, changed.entry);
  tx.InsertRows(entries);
  return Ok();
}

std::vector<bool> AreTaken(db::Transaction& tx, std::span<const CaseId> ids) {
  std::vector<std::vector<db::Value>> parameters;
  parameters.reserve(ids.size());
  for (const CaseId id : ids) parameters.push_back({db::ToValue(id)});
  std::vector<bool> taken;
  taken.reserve(ids.size());
  for (const db::Rows& rows : tx.SelectEach(kTaken, parameters)) taken.push_back(!rows.empty());
  return taken;
}

WorkListKey KeyOf(const Case& record) {
  return {record.target_time ? record.target_time->micros() : WorkListKey::kNoTarget, record.id};
}

std::vector<Case> ListOpenCases(db::Transaction& tx, const std::string& department,
                                const WorkListKey& after, std::int64_t limit) {
  return ReadCases(tx.Select(kListOpen, department, after.target_micros, after.id, limit));
}

std::vector<Case> ScanCases(db::Transaction& tx, CaseId after, std::int64_t limit) {
  return ReadCases(tx.Select(kScan, after, limit));
}

std::vector<HistoryEntry> ScanHistory(db::Transaction& tx, CaseId first, CaseId last) {
  return ReadEntries(tx.Select(kScanHistory, first, last));
}

}  // namespace reeve::case311
