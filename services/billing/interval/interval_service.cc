#include "services/billing/interval/interval_service.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/file/file_part.h"
#include "services/billing/file/rows.h"
#include "services/billing/interval/interval_store.h"
#include "services/billing/read/read.h"
#include "shared/core/canonical.h"
#include "shared/core/fields.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::interval {
namespace {

using file::FilePart;
using file::NumberedRow;

// Each makes at most three rows and one refused: far below 5,000 rows a transaction.
constexpr std::int64_t kLinesMax = 1'500;
constexpr std::int64_t kAttemptMax = 1'000;

struct ImportPart {
  static constexpr std::string_view kMethod = "reeve.billing.v1.IntervalService/ImportIntervals";
  std::string request_id;
  std::int64_t file_id = 0;    // of its bytes
  std::int64_t import_id = 0;  // of an attempt to bring it in
  FilePart file;

  std::int64_t home() const { return file_id; }
  Canonical canonical() const {
    return file.AddTo(Canonical(kMethod, 1).Add("import_id", import_id));
  }
};

Result<ImportPart> Parse(const v1::ImportIntervalsRequest& request) {
  Fields fields;
  ImportPart part;
  part.request_id = fields.RequestId(request.request_id());
  const std::int64_t attempt = fields.Range("attempt", request.attempt(), 0, kAttemptMax);
  part.file = file::ParsePart(fields, request, kLinesMax);
  if (!fields.ok()) return fields.error();
  const std::string& sha256 = part.file.file_sha256;
  part.file_id = DerivedId("interval-bytes", sha256);
  part.import_id = DerivedId("interval-file", sha256 + "/" + std::to_string(attempt));
  return part;
}

// Whose meter it was on that day. A day on which it passed from one to the other is the first's.
const Stay* OnDay(std::span<const Stay> stays, Date day) {
  const Stay* on_first_day = nullptr;
  for (const Stay& stay : stays) {
    const Date begin = std::max(stay.start_date, stay.from_date.value_or(stay.start_date));
    const bool ended =
        (stay.to_date && *stay.to_date < day) || (stay.stop_date && *stay.stop_date < day);
    if (day < begin || ended) continue;
    if (begin < day) return &stay;
    on_first_day = &stay;
  }
  return on_first_day;
}

// One part of a file on its way into the database.
class Importing {
 public:
  Importing(command::Change& change, const TimeZone& zone, Import& import)
      : change_(change), zone_(zone), import_(import) {}

  void Run(const std::vector<NumberedRow>& rows) {
    std::vector<Candidate> good;
    for (const NumberedRow& row : rows) {
      std::variant<Row, Problem> parsed = ParseRow(row.text, zone_, change_.call().now);
      if (const Problem* problem = std::get_if<Problem>(&parsed)) {
        Refuse(row, *problem, AccountId());
        continue;
      }
      stays_[std::get<Row>(parsed).meter_number];
      good.push_back({row, std::get<Row>(std::move(parsed)), {}});
    }
    FindStays();
    std::erase_if(good, [this](Candidate& candidate) { return !Place(candidate); });
    LoadDaysOf(good);
    for (const Candidate& candidate : good) Take(candidate);
    Write();
  }

  // What the audit trail says of the part: its days and exceptions in the order of their keys.
  std::string Text(std::string_view digest) const {
    RowDigest days;
    RowDigest exceptions;
    for (const DayPart& part : parts_) days.Add(CellsOfDay(part));
    for (const Exception& exception : exceptions_) exceptions.Add(CellsOfException(exception));
    return PartText(digest, days, exceptions);
  }

 private:
  struct Placed {
    DayKey key;
    Stretch stretch;
  };
  struct Candidate {
    NumberedRow numbered;
    Row row;
    std::vector<Placed> placed;
  };
  struct Day {
    MeterDay known;
    std::int64_t part_count = 0;
    bool billed = false;
    std::int64_t line = 0;            // of the first row that brought something
    std::vector<std::int64_t> added;  // empty: nothing
  };

  // Of all meters of the part, with their agreements held in the order of their keys.
  void FindStays() {
    std::vector<std::string> numbers;
    for (const auto& [number, stays] : stays_) numbers.push_back(number);
    std::vector<std::vector<Stay>> found = ListStays(change_.tx(), numbers);
    std::set<AgreementKey> keys;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      for (const Stay& stay : found[i]) keys.emplace(stay.account, stay.agreement_id);
      stays_[numbers[i]] = std::move(found[i]);
    }
    LockAgreements(change_.tx(), std::vector<AgreementKey>(keys.begin(), keys.end()));
  }

  // False if it was refused.
  bool Place(Candidate& candidate) {
    const Row& row = candidate.row;
    const std::vector<Stay>& stays = stays_[row.meter_number];
    if (stays.empty()) return Refuse(candidate.numbered, Problem::kUnknownMeter, AccountId());
    const AccountId account = stays.back().account;
    const bool has_unit = std::any_of(stays.begin(), stays.end(),
                                      [&](const Stay& stay) { return stay.unit == row.unit; });
    if (!has_unit) return Refuse(candidate.numbered, Problem::kWrongUnit, account);
    for (Stretch& stretch : Divide(row, zone_)) {
      const Stay* stay = OnDay(stays, stretch.day);
      if (stay == nullptr) return Refuse(candidate.numbered, Problem::kNotInPlace, account);
      candidate.placed.push_back(
          {{stay->account, stay->agreement_id, row.meter_number, stretch.day}, std::move(stretch)});
    }
    return true;
  }

  void LoadDaysOf(std::span<const Candidate> good) {
    for (const Candidate& candidate : good) {
      for (const Placed& placed : candidate.placed) days_[placed.key];
    }
    std::vector<DayKey> keys;
    std::vector<read::AgreementKey> agreements;
    for (const auto& [key, day] : days_) {
      keys.push_back(key);
      const read::AgreementKey agreement(key.account, key.agreement_id);
      if (agreements.empty() || agreements.back() != agreement) agreements.push_back(agreement);
    }
    if (keys.empty()) return;
    const std::vector<std::vector<Stored>> stored = LoadDays(change_.tx(), keys);
    const auto last = cycle::LoadLastBilled(change_.tx(), agreements);
    std::map<Date, DayClock> clocks;
    std::size_t agreement = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      while (agreements[agreement] != read::AgreementKey(keys[i].account, keys[i].agreement_id)) {
        ++agreement;
      }
      const auto clock = clocks.try_emplace(keys[i].day, ClockOf(zone_, keys[i].day)).first;
      Day& day = days_[keys[i]];
      day.known = Assemble(keys[i].meter_number, clock->second, stored[i]);
      day.part_count = static_cast<std::int64_t>(stored[i].size());
      day.billed = last[agreement] && keys[i].day <= last[agreement]->to_date;
    }
  }

  // All of the row, or nothing of it.
  void Take(const Candidate& candidate) {
    std::vector<Day> after;
    bool brings = false;
    for (const Placed& placed : candidate.placed) {
      Day& day = after.emplace_back(days_[placed.key]);
      const std::vector<std::int64_t> before = day.added;
      const auto problem =
          Add(placed.stretch, candidate.row.minutes, day.billed, day.known, day.added);
      if (problem) {
        Refuse(candidate.numbered, *problem, placed.key.account);
        return;
      }
      const bool adds = std::any_of(day.added.begin(), day.added.end(),
                                    [](std::int64_t amount) { return amount != kMissing; });
      if (!adds) day.added.clear();
      if (day.added == before) continue;
      brings = true;
      if (day.line == 0) day.line = candidate.numbered.line;
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
      days_[candidate.placed[i].key] = std::move(after[i]);
    }
    ++(brings ? import_.accepted_count : import_.repeated_count);
  }

  void Write() {
    for (const auto& [key, day] : days_) {
      if (day.added.empty()) continue;
      parts_.push_back({key.account, key.agreement_id, key.meter_number, key.day,
                        day.part_count + 1, day.known.minutes, false, import_.import_id, day.line,
                        Encode(day.added)});
    }
    std::sort(exceptions_.begin(), exceptions_.end(), [](const Exception& a, const Exception& b) {
      return std::pair(a.account, a.line) < std::pair(b.account, b.line);
    });
    InsertDays(change_.tx(), parts_);
    InsertExceptions(change_.tx(), exceptions_);
    import_.refused_count += static_cast<std::int64_t>(exceptions_.size());
  }

  bool Refuse(const NumberedRow& row, Problem problem, AccountId account) {
    exceptions_.push_back({account, import_.import_id, row.line, std::string(ProblemName(problem)),
                           file::Excerpt(row.text)});
    return false;
  }

  command::Change& change_;
  const TimeZone& zone_;
  Import& import_;
  std::map<std::string, std::vector<Stay>> stays_;  // by meter
  std::map<DayKey, Day> days_;
  std::vector<DayPart> parts_;
  std::vector<Exception> exceptions_;
};

v1::IntervalImport ToProto(const Import& import) {
  v1::IntervalImport message;
  message.set_import_id(import.import_id);
  message.set_file_name(import.file_name);
  message.set_state(import.complete ? v1::INTERVAL_IMPORT_STATE_COMPLETE
                                    : v1::INTERVAL_IMPORT_STATE_OPEN);
  message.set_row_count(import.accepted_count + import.repeated_count + import.refused_count);
  message.set_accepted_count(import.accepted_count);
  message.set_repeated_count(import.repeated_count);
  message.set_refused_count(import.refused_count);
  message.set_next_line(import.next_line);
  return message;
}

v1::IntervalException ToProto(const Exception& exception) {
  v1::IntervalException message;
  message.set_line(exception.line);
  message.set_field(std::string(FieldOf(exception.reason)));
  message.set_reason(exception.reason);
  message.set_row(exception.excerpt);
  message.set_account_id(exception.account.value());
  return message;
}

Error ImportUnknown() { return NotFound(reason::kImportUnknown, "There is no such import."); }

// Applies a part; a part that came before has no second effect.
Result<v1::IntervalImport> Apply(command::Change& change, const TimeZone& zone,
                                 const ImportPart& part, const std::vector<NumberedRow>& rows) {
  db::Transaction& tx = change.tx();
  const FilePart& file = part.file;
  Import import = LockImport(tx, part.import_id, file.name);
  const bool is_new = import.next_line == 1 && !import.complete;
  std::string before = is_new ? "" : RowText(kKeptImport, CellsOfImport(import));
  REEVE_ASSIGN_OR_RETURN(
      const file::Arrival arrival,
      file::Arrive(file, FindPart(tx, part.import_id, file.first_line),
                   {import.next_line, import.complete}, reason::kImportComplete));
  if (arrival == file::Arrival::kRepeated) {
    AuditRow(change, kKeptImport, "repeat", std::move(before), CellsOfImport(import));
    return ToProto(import);
  }
  Importing importing(change, zone, import);
  importing.Run(rows);
  InsertPart(tx, part.import_id, file.first_line, file.digest());
  import.next_line = file.next_line();
  import.complete = file.last_part;
  SaveImport(tx, import);
  AuditRow(change, kKeptImport, "import", std::move(before), CellsOfImport(import));
  change.Audit({std::string(kPartEntity),
                std::to_string(part.import_id) + "/" + std::to_string(file.first_line), "import",
                "", importing.Text(file.digest())});
  return ToProto(import);
}

}  // namespace

IntervalService::IntervalService(rpc::Server& server, command::Frame& frame, db::Database& database,
                                 const TimeZone& zone, obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      zone_(zone),
      parts_(metrics.NewCounter("interval_parts_total",
                                "Parts of interval files that were imported.")) {}

grpc::ServerUnaryReactor* IntervalService::ImportIntervals(
    grpc::CallbackServerContext* context, const v1::ImportIntervalsRequest* request,
    v1::IntervalImport* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ImportIntervalsRequest& request) -> Result<v1::IntervalImport> {
        REEVE_ASSIGN_OR_RETURN(const ImportPart part, Parse(request));
        REEVE_ASSIGN_OR_RETURN(const std::vector<NumberedRow> rows,
                               file::SplitLines(part.file.lines, part.file.first_line, kHeader));
        Result<v1::IntervalImport> answer = frame_.Write(
            call, part, [&](command::Change& change) { return Apply(change, zone_, part, rows); });
        if (answer.ok()) parts_.Add();
        return answer;
      });
}

grpc::ServerUnaryReactor* IntervalService::GetIntervalImport(
    grpc::CallbackServerContext* context, const v1::GetIntervalImportRequest* request,
    v1::IntervalImport* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetIntervalImportRequest& request) -> Result<v1::IntervalImport> {
        Fields fields;
        fields.Id("import_id", request.import_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::IntervalImport> {
              const std::optional<Import> import = FindImport(tx, request.import_id());
              if (!import) return ImportUnknown();
              return ToProto(*import);
            });
      });
}

grpc::ServerUnaryReactor* IntervalService::ListIntervalExceptions(
    grpc::CallbackServerContext* context, const v1::ListIntervalExceptionsRequest* request,
    v1::ListIntervalExceptionsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListIntervalExceptionsRequest& request)
          -> Result<v1::ListIntervalExceptionsResponse> {
        Fields fields;
        fields.Id("import_id", request.import_id());
        const std::string query = "interval-exceptions/" + std::to_string(request.import_id());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListIntervalExceptionsResponse> {
              if (!FindImport(tx, request.import_id())) return ImportUnknown();
              v1::ListIntervalExceptionsResponse answer;
              for (const Exception& exception :
                   ListExceptions(tx, request.import_id(), page.AfterInt(0), page.size)) {
                *answer.add_exceptions() = ToProto(exception);
              }
              if (answer.exceptions_size() == page.size) {
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {std::to_string(answer.exceptions(page.size - 1).line())}));
              }
              return answer;
            });
      });
}

}  // namespace reeve::billing::interval
