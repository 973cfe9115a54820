#include "services/billing/interval/interval_store.h"

#include <algorithm>

#include "shared/core/canonical.h"

namespace reeve::billing::interval {
namespace {

using db::ColumnType;
using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

const db::InsertInto kInsertDays{"interval_day_insert",
                                 "interval_day",
                                 {{"account_id"},
                                  {"agreement_id"},
                                  {"meter_number", ColumnType::kText},
                                  {"day", ColumnType::kText},
                                  {"part_no"},
                                  {"minutes"},
                                  {"source", ColumnType::kText},
                                  {"import_id"},
                                  {"line"},
                                  {"amounts", ColumnType::kBytes}}};
constexpr db::Query kLoadDay{
    "interval_day_load",
    "SELECT minutes, source, amounts FROM interval_day WHERE account_id = $1 AND "
    "agreement_id = $2 AND meter_number = $3 AND day = $4 ORDER BY part_no"};
constexpr db::Query kLoadKept{
    "interval_day_kept",
    "SELECT minutes, source, amounts, day, meter_number FROM interval_day WHERE account_id = $1 "
    "AND agreement_id = $2 AND day >= $3 AND day <= $4 ORDER BY day, meter_number, part_no"};
constexpr db::Query kListStays{
    "interval_stays",
    "SELECT i.account_id, i.agreement_id, i.unit, i.from_date, i.to_date, a.start_date, "
    "a.stop_date FROM meter_installation i JOIN agreement a ON a.account_id = i.account_id AND "
    "a.agreement_id = i.agreement_id WHERE i.meter_number = $1 AND i.reversed = 0 AND "
    "a.state <> 'PENDING' ORDER BY i.account_id, i.agreement_id, i.installation_no"};
constexpr db::Query kLockAgreement{
    "interval_agreement_lock",
    "SELECT agreement_id FROM agreement WHERE account_id = $1 AND agreement_id = $2"};

#define IMPORT_COLUMNS                                                              \
  "SELECT import_id, file_name, state, next_line, accepted_count, repeated_count, " \
  "refused_count FROM interval_import "
constexpr db::Query kFindImport{"interval_import_find", IMPORT_COLUMNS "WHERE import_id = $1"};
#undef IMPORT_COLUMNS
constexpr db::Query kCreateImport{
    "interval_import_create",
    "INSERT INTO interval_import (import_id, file_name, state, next_line, accepted_count, "
    "repeated_count, refused_count) VALUES ($1, $2, 'OPEN', 1, 0, 0, 0) ON CONFLICT DO NOTHING"};
constexpr db::Query kSaveImport{
    "interval_import_save",
    "UPDATE interval_import SET state = $2, next_line = $3, accepted_count = $4, "
    "repeated_count = $5, refused_count = $6 WHERE import_id = $1"};
constexpr db::Query kFindPart{
    "interval_part_find",
    "SELECT digest FROM interval_part WHERE import_id = $1 AND first_line = $2"};
constexpr db::Query kInsertPart{
    "interval_part_insert",
    "INSERT INTO interval_part (import_id, first_line, digest) VALUES ($1, $2, $3)"};
const db::InsertInto kInsertExceptions{"interval_exception_insert",
                                       "interval_exception",
                                       {{"account_id"},
                                        {"import_id"},
                                        {"line"},
                                        {"reason", ColumnType::kText},
                                        {"excerpt", ColumnType::kText}}};
constexpr db::Query kListExceptions{
    "interval_exception_list",
    "SELECT account_id, import_id, line, reason, excerpt FROM interval_exception "
    "WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3"};

constexpr db::Query kHasPolicy{
    "interval_policy_has",
    "SELECT schedule_code FROM interval_policy WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kInsertPolicy{
    "interval_policy_insert",
    "INSERT INTO interval_policy (schedule_code, effective_date, citation, "
    "tolerance_basis_points, tolerance_thousandths, load_minutes, bridge_minutes_max, "
    "like_day_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr db::Query kLoadPolicies{
    "interval_policy_load",
    "SELECT schedule_code, effective_date, citation, tolerance_basis_points, "
    "tolerance_thousandths, load_minutes, bridge_minutes_max, like_day_count "
    "FROM interval_policy ORDER BY schedule_code, effective_date"};

constexpr std::string_view kFile = "FILE";
constexpr std::string_view kEstimate = "ESTIMATE";

Stored ToStored(db::Rows::Row row) {
  return {static_cast<int>(row.Int(0)), row.Text(1) == kEstimate, db::ToText(row.Blob(2))};
}

template <class Use>
auto WithColumns(const DayPart& part, const Use& use) {
  return use(part.account, part.agreement_id, part.meter_number, part.day, part.part_no,
             part.minutes, part.estimated ? kEstimate : kFile, part.import_id, part.line,
             db::ToBytes(part.amounts));
}

template <class Use>
auto WithColumns(const Policy& policy, const Use& use) {
  return use(policy.schedule_code, policy.effective_date, policy.citation,
             policy.tolerance_basis_points, policy.tolerance_thousandths, policy.load_minutes,
             policy.bridge_minutes_max, policy.like_day_count);
}

Import ToImport(db::Rows::Row row) {
  return {row.Int(0), row.Text(1), row.Text(2) == "COMPLETE", row.Int(3), row.Int(4),
          row.Int(5), row.Int(6)};
}

}  // namespace

std::string PartText(std::string_view digest, const RowDigest& days, const RowDigest& exceptions) {
  return "lines=" + HexEncode(digest) + ",days=" + days.hex() + ",exceptions=" + exceptions.hex();
}

Cells CellsOfDay(const DayPart& part) { return WithColumns(part, kToCells); }

void InsertDays(db::Transaction& tx, std::span<const DayPart> parts) {
  db::NewRows rows(kInsertDays);
  for (const DayPart& part : parts) {
    WithColumns(part, [&rows](const auto&... cells) { rows.Add(cells...); });
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<std::vector<Stored>> LoadDays(db::Transaction& tx, std::span<const DayKey> keys) {
  std::vector<std::vector<Stored>> days;
  if (keys.empty()) return days;
  Parameters parameters;
  for (const DayKey& key : keys) {
    parameters.push_back({ToValue(key.account), ToValue(key.agreement_id),
                          ToValue(key.meter_number), ToValue(key.day)});
  }
  for (const db::Rows& rows : tx.SelectEach(kLoadDay, parameters)) {
    std::vector<Stored>& parts = days.emplace_back();
    for (const db::Rows::Row row : rows) parts.push_back(ToStored(row));
  }
  return days;
}

std::vector<std::vector<KeptDay>> LoadKept(db::Transaction& tx,
                                           std::span<const DaysWanted> wanted) {
  std::vector<std::vector<KeptDay>> kept;
  if (wanted.empty()) return kept;
  Parameters parameters;
  for (const DaysWanted& one : wanted) {
    parameters.push_back({ToValue(one.account), ToValue(one.agreement_id), ToValue(one.first_day),
                          ToValue(one.last_day)});
  }
  for (const db::Rows& rows : tx.SelectEach(kLoadKept, parameters)) {
    std::vector<KeptDay>& days = kept.emplace_back();
    for (const db::Rows::Row row : rows) {
      const Date day = row.Day(3);
      if (days.empty() || days.back().day != day || days.back().meter_number != row.Text(4)) {
        days.push_back({day, row.Text(4), {}});
      }
      days.back().parts.push_back(ToStored(row));
    }
  }
  return kept;
}

std::vector<MeterDay> AgreementDays(const TimeZone& zone, const DaysWanted& wanted,
                                    std::span<const KeptDay> kept) {
  std::vector<MeterDay> days;
  auto next = kept.begin();
  for (Date day = wanted.first_day; day <= wanted.last_day; day = day.PlusDays(1)) {
    const DayClock clock = ClockOf(zone, day);
    std::vector<MeterDay> meters;
    while (next != kept.end() && next->day < day) ++next;
    for (; next != kept.end() && next->day == day; ++next) {
      meters.push_back(Assemble(next->meter_number, clock, next->parts));
    }
    if (meters.empty()) meters.push_back({"", clock, 0, {}});
    // Two lengths on one day: nothing can be said of it as a whole.
    days.push_back(Join(meters).value_or(MeterDay{"", clock, 0, {}}));
  }
  return days;
}

std::vector<std::vector<Stay>> ListStays(db::Transaction& tx,
                                         std::span<const std::string> numbers) {
  std::vector<std::vector<Stay>> stays;
  if (numbers.empty()) return stays;
  Parameters keys;
  for (const std::string& number : numbers) keys.push_back({ToValue(number)});
  for (const db::Rows& rows : tx.SelectEach(kListStays, keys)) {
    std::vector<Stay>& found = stays.emplace_back();
    for (const db::Rows::Row row : rows) {
      found.push_back({AccountId(row.Int(0)), row.Int(1), row.Text(2), row.MaybeDay(3),
                       row.MaybeDay(4), row.Day(5), row.MaybeDay(6)});
    }
  }
  return stays;
}

void LockAgreements(db::Transaction& tx, std::span<const AgreementKey> keys) {
  if (keys.empty()) return;
  Parameters parameters;
  for (const AgreementKey& key : keys) {
    parameters.push_back({ToValue(key.first), ToValue(key.second)});
  }
  tx.SelectEach(kLockAgreement, parameters, /*lock_rows=*/true);
}

Cells CellsOfImport(const Import& import) {
  return CellsOf(import.import_id, import.file_name, import.complete ? "COMPLETE" : "OPEN",
                 import.next_line, import.accepted_count, import.repeated_count,
                 import.refused_count);
}

std::optional<Import> FindImport(db::Transaction& tx, std::int64_t import_id) {
  const db::Rows rows = tx.Select(kFindImport, import_id);
  return rows.empty() ? std::nullopt : std::optional(ToImport(rows[0]));
}

Import LockImport(db::Transaction& tx, std::int64_t import_id, const std::string& file_name) {
  tx.Execute(kCreateImport, import_id, file_name);
  return ToImport(tx.SelectForUpdate(kFindImport, import_id)[0]);
}

void SaveImport(db::Transaction& tx, const Import& import) {
  const std::vector<db::Value> one[] = {
      {ToValue(import.import_id), ToValue(import.complete ? "COMPLETE" : "OPEN"),
       ToValue(import.next_line), ToValue(import.accepted_count), ToValue(import.repeated_count),
       ToValue(import.refused_count)}};
  tx.ExecuteEach(kSaveImport, one);
}

std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t import_id,
                                    std::int64_t first_line) {
  const db::Rows rows = tx.Select(kFindPart, import_id, first_line);
  return rows.empty() ? std::nullopt : std::optional(db::ToText(rows[0].Blob(0)));
}

void InsertPart(db::Transaction& tx, std::int64_t import_id, std::int64_t first_line,
                const std::string& digest) {
  tx.Execute(kInsertPart, import_id, first_line, db::ToBytes(digest));
}

Cells CellsOfException(const Exception& exception) {
  return CellsOf(exception.account, exception.import_id, exception.line, exception.reason,
                 exception.excerpt);
}

void InsertExceptions(db::Transaction& tx, std::span<const Exception> exceptions) {
  db::NewRows rows(kInsertExceptions);
  for (const Exception& exception : exceptions) {
    rows.Add(exception.account, exception.import_id, exception.line, exception.reason,
             exception.excerpt);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

std::vector<Exception> ListExceptions(db::Transaction& tx, std::int64_t import_id,
                                      std::int64_t after, std::int64_t limit) {
  std::vector<Exception> exceptions;
  for (const db::Rows::Row row : tx.Select(kListExceptions, import_id, after, limit)) {
    exceptions.push_back({AccountId(row.Int(0)), row.Int(1), row.Int(2), row.Text(3), row.Text(4)});
  }
  return exceptions;
}

Cells CellsOfPolicy(const Policy& policy) { return WithColumns(policy, kToCells); }

bool HasPolicy(db::Transaction& tx, const std::string& schedule_code, Date effective_date) {
  return !tx.Select(kHasPolicy, schedule_code, effective_date).empty();
}

void InsertPolicy(db::Transaction& tx, const Policy& policy) {
  WithColumns(policy, [&tx](const auto&... cells) { tx.Execute(kInsertPolicy, cells...); });
}

std::vector<Policy> LoadPolicies(db::Transaction& tx) {
  std::vector<Policy> policies;
  for (const db::Rows::Row row : tx.Select(kLoadPolicies)) {
    policies.push_back({row.Text(0), row.Day(1), row.Text(2), row.Int(3), row.Int(4),
                        static_cast<int>(row.Int(5)), static_cast<int>(row.Int(6)),
                        static_cast<int>(row.Int(7))});
  }
  return policies;
}

const Policy* InForce(std::span<const Policy> policies, std::string_view schedule_code, Date day) {
  const Policy* own = nullptr;
  const Policy* of_all = nullptr;
  for (const Policy& policy : policies) {
    if (policy.effective_date > day) continue;
    if (policy.schedule_code == schedule_code) own = &policy;  // by date: the newest is last
    if (policy.schedule_code.empty()) of_all = &policy;
  }
  return own != nullptr ? own : of_all;
}

}  // namespace reeve::billing::interval
