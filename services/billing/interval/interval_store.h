// Intervals, interval files and policies in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/interval/interval.h"
#include "services/billing/interval/policy.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::interval {

// What came of a meter's day at once.
struct DayPart {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  Date day;
  std::int64_t part_no = 0;  // from 1
  int minutes = 0;
  bool estimated = false;
  std::int64_t import_id = 0;  // of a file; of an estimate its own id
  std::int64_t line = 0;       // of a file
  std::string amounts;         // Encode
};

// In the audit trail: what a part of a file brought, an estimate, an import, a policy.
inline constexpr std::string_view kPartEntity = "interval-part";
inline constexpr Kept kKeptDay{"interval-day", 5};
inline constexpr Kept kKeptImport{
    "interval-import", 1, {{{"accepted", 4}, {"repeated", 5}, {"refused", 6}}}};
inline constexpr Kept kKeptPolicy{"interval-policy", 2, {{{"load_minutes", 5}}}};
std::string PartText(std::string_view digest, const RowDigest& days, const RowDigest& exceptions);
Cells CellsOfDay(const DayPart& part);

void InsertDays(db::Transaction& tx, std::span<const DayPart> parts);

// What is kept of a meter's day.
struct DayKey {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  Date day;
  auto operator<=>(const DayKey&) const = default;
};
// In the order of the keys, each by part.
std::vector<std::vector<Stored>> LoadDays(db::Transaction& tx, std::span<const DayKey> keys);

// What is kept of an agreement's meters on some days.
struct DaysWanted {
  AccountId account;
  std::int64_t agreement_id = 0;
  Date first_day;
  Date last_day;
};
struct KeptDay {
  Date day;
  std::string meter_number;
  std::vector<Stored> parts;
};
// In the order of `wanted`, each by day and meter; days of which nothing is kept are not there.
std::vector<std::vector<KeptDay>> LoadKept(db::Transaction& tx, std::span<const DaysWanted> wanted);
// Every day from the first to the last: what is known of it, from all meters.
std::vector<MeterDay> AgreementDays(const TimeZone& zone, const DaysWanted& wanted,
                                    std::span<const KeptDay> kept);

// A meter's stay at an agreement that runs or ran.
struct Stay {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string unit;
  std::optional<Date> from_date;  // of its exchange in
  std::optional<Date> to_date;    // of its exchange out
  Date start_date;                // of the agreement
  std::optional<Date> stop_date;
};
// Of each meter, in the order of the numbers.
std::vector<std::vector<Stay>> ListStays(db::Transaction& tx, std::span<const std::string> numbers);
// Holds agreements until the transaction ends; keys are sorted.
using AgreementKey = std::pair<AccountId, std::int64_t>;
void LockAgreements(db::Transaction& tx, std::span<const AgreementKey> keys);

struct Import {
  std::int64_t import_id = 0;
  std::string file_name;
  bool complete = false;
  std::int64_t next_line = 1;
  std::int64_t accepted_count = 0;
  std::int64_t repeated_count = 0;
  std::int64_t refused_count = 0;
};
Cells CellsOfImport(const Import& import);
std::optional<Import> FindImport(db::Transaction& tx, std::int64_t import_id);
// The import, made if it is new; its row is held.
Import LockImport(db::Transaction& tx, std::int64_t import_id, const std::string& file_name);
void SaveImport(db::Transaction& tx, const Import& import);
// The digest of the part that began there; nothing if it has not come.
std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t import_id,
                                    std::int64_t first_line);
void InsertPart(db::Transaction& tx, std::int64_t import_id, std::int64_t first_line,
                const std::string& digest);

struct Exception {
  AccountId account;  // unset if the meter is not known
  std::int64_t import_id = 0;
  std::int64_t line = 0;
  std::string reason;
  std::string excerpt;
};
Cells CellsOfException(const Exception& exception);
void InsertExceptions(db::Transaction& tx, std::span<const Exception> exceptions);
// By line, behind line `after`.
std::vector<Exception> ListExceptions(db::Transaction& tx, std::int64_t import_id,
                                      std::int64_t after, std::int64_t limit);

Cells CellsOfPolicy(const Policy& policy);
bool HasPolicy(db::Transaction& tx, const std::string& schedule_code, Date effective_date);
void InsertPolicy(db::Transaction& tx, const Policy& policy);
std::vector<Policy> LoadPolicies(db::Transaction& tx);
// The schedule's own that has begun on `day`, or else the one for all; nothing if there is none.
const Policy* InForce(std::span<const Policy> policies, std::string_view schedule_code, Date day);

}  // namespace reeve::billing::interval
