// Reads, reading files and what became of their rows, in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/read/read.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::read {

enum class Source { kFile, kOrder, kOccupant, kTakenOver, kExchange, kEstimate, kCounter, kEdit };
std::string_view SourceName(Source source);  // "FILE"

struct Read {
  AccountId account;
  std::int64_t read_id = 0;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  Reading reading;
  Source source = Source::kFile;
  // Of a file; else the order or agreement that brought it, or the read that it replaced, or 0.
  std::int64_t import_id = 0;
  std::int64_t line = 0;  // of a file
  bool set_aside = false;
};
Source ParseSource(std::string_view name);

using AgreementKey = std::pair<AccountId, std::int64_t>;

// A meter at an agreement.
struct MeterKey {
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
};

// Their rows in the audit trail: those of a file by its parts, "<import>/<first line>".
inline constexpr Kept kKeptRead{"meter-read", 2};
inline constexpr Kept kKeptException{"read-exception", 3, {{{"reason", 3}}}};
inline constexpr Kept kKeptImport{
    "read-import", 1, {{{"accepted", 4}, {"queued", 5}, {"refused", 6}}}};
inline constexpr std::string_view kPartEntity = "read-part";
std::string PartText(std::string_view digest, const RowDigest& reads, const RowDigest& exceptions);

Cells FixedCellsOf(const Read& read);  // all but the state
// Accepted reads; a second one of a meter for a day is refused by the key.
void InsertReads(db::Transaction& tx, std::span<const Read> reads);
// What each meter showed last, in the order of the keys.
std::vector<History> LoadHistories(db::Transaction& tx, std::span<const MeterKey> meters);
// The accepted reads of an agreement on days from `first_day` to `last_day`.
struct ReadsWanted {
  AgreementKey agreement;
  Date first_day;
  Date last_day;
};
// In the order of `wanted`, each agreement's by day.
struct MeterReading {
  std::string meter_number;
  Reading reading;
};
std::vector<std::vector<MeterReading>> LoadReads(db::Transaction& tx,
                                                 std::span<const ReadsWanted> wanted);
// Bills use the meter's read of that day no more, unless it is of an exchange: that stays until the
// exchange is reversed.
void SetAside(db::Transaction& tx, const MeterKey& meter, Date read_date);
// From all columns, in their order.
Read ToRead(db::Rows::Row row);
// Newest first, behind (day, read) of the page before.
std::vector<Read> ListReads(db::Transaction& tx, AccountId account, const std::string& before_date,
                            std::int64_t before_read_id, std::int64_t limit);

struct Import {
  std::int64_t import_id = 0;
  std::string file_name;
  bool complete = false;
  std::int64_t next_line = 1;
  std::int64_t accepted_count = 0;
  std::int64_t queued_count = 0;
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

enum class ExceptionState { kOpen, kAccepted, kDiscarded };
std::string_view ExceptionStateName(ExceptionState state);

struct Exception {
  AccountId account;  // unset if the meter is not known
  std::int64_t import_id = 0;
  std::int64_t line = 0;
  std::string reason;
  bool queued = false;
  std::string excerpt;
  ExceptionState state = ExceptionState::kOpen;
  // Of one that waits no more.
  PersonId resolved_by{};
  std::optional<Date> resolved_date{};
  std::string resolution{};  // why
};
Cells CellsOfException(const Exception& exception);  // all but the state
// In the audit trail: what somebody made of it, when and why.
std::string ResolutionText(std::string_view state, std::span<const db::Value> resolved);
std::string ResolutionText(const Exception& exception);
inline constexpr std::string_view kResolutionEntity = "read-exception-resolution";
std::string KeyOf(const Exception& exception);  // "10000000009/77/12"
void InsertExceptions(db::Transaction& tx, std::span<const Exception> exceptions);
// By line, behind line `after`.
std::vector<Exception> ListExceptions(db::Transaction& tx, std::int64_t import_id,
                                      std::int64_t after, std::int64_t limit);
// Those that wait, by account, import and line, behind these of the page before.
std::vector<Exception> ListOpenExceptions(db::Transaction& tx, AccountId account,
                                          std::int64_t import_id, std::int64_t line,
                                          std::int64_t limit);
// Held until the transaction ends; nothing if there is none.
std::optional<Exception> LockException(db::Transaction& tx, AccountId account,
                                       std::int64_t import_id, std::int64_t line);
void SaveState(db::Transaction& tx, const Exception& exception);

}  // namespace reeve::billing::read
