#include "services/billing/read/read_service.h"

#include <algorithm>
#include <map>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/agreement/start_service.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/file/file_part.h"
#include "services/billing/file/rows.h"
#include "services/billing/read/correction_service.h"
#include "services/billing/read/read_wire_service.h"
#include "services/billing/read/served_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::read {
namespace {

using agreement::Agreement;
using file::FilePart;
using file::NumberedRow;

constexpr std::int64_t kLinesMax = 2'000;  // each makes a row: far below 5,000 rows a transaction
constexpr std::string_view kAfterAllDates = "9999-99-99";

struct ImportPart {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadService/ImportReads";
  std::string request_id;
  std::int64_t import_id = 0;
  FilePart file;

  std::int64_t home() const { return import_id; }
  Canonical canonical() const {
    return file.AddTo(Canonical(kMethod, 1).Add("import_id", import_id));
  }
};

Result<ImportPart> Parse(const v1::ImportReadsRequest& request) {
  Fields fields;
  ImportPart part;
  part.request_id = fields.RequestId(request.request_id());
  part.file = file::ParsePart(fields, request, kLinesMax);
  if (!fields.ok()) return fields.error();
  part.import_id = DerivedId("read-file", part.file.file_sha256);
  return part;
}

// One part of a file on its way into the database.
class Importing {
 public:
  Importing(command::Change& change, Import& import) : change_(change), import_(import) {}

  // What the audit trail says of the part: its reads and exceptions in the order of their keys.
  std::string Text(std::string_view digest) {
    std::sort(reads_.begin(), reads_.end(), [](const Read& a, const Read& b) {
      return std::pair(a.account, a.read_id) < std::pair(b.account, b.read_id);
    });
    std::sort(exceptions_.begin(), exceptions_.end(), [](const Exception& a, const Exception& b) {
      return std::pair(a.account, a.line) < std::pair(b.account, b.line);
    });
    RowDigest reads;
    RowDigest exceptions;
    for (const Read& read : reads_) reads.Add(FixedCellsOf(read));
    for (const Exception& exception : exceptions_) exceptions.Add(CellsOfException(exception));
    return PartText(digest, reads, exceptions);
  }

  void Run(const std::vector<NumberedRow>& rows) {
    for (const NumberedRow& row : rows) {
      std::variant<Row, Problem> parsed = ParseRow(row.text, change_.call().today);
      if (const Problem* problem = std::get_if<Problem>(&parsed)) {
        Refuse(row, *problem, AccountId());
      } else {
        meters_[std::get<Row>(parsed).meter_number];
        good_.push_back({row, std::get<Row>(std::move(parsed))});
      }
    }
    FindMeters();
    for (const Candidate& candidate : good_) Take(candidate);
    InsertReads(change_.tx(), reads_);
    InsertExceptions(change_.tx(), exceptions_);
    import_.accepted_count += static_cast<std::int64_t>(reads_.size());
  }

 private:
  struct Candidate {
    NumberedRow numbered;
    Row row;
  };
  // Holds the agreements of all meters, in the order of their numbers.
  void FindMeters() {
    std::vector<std::string> numbers;
    for (const auto& [number, agreements] : meters_) numbers.push_back(number);
    if (numbers.empty()) return;
    std::vector<std::vector<Agreement>> all =
        agreement::LockAgreementsOfMeters(change_.tx(), numbers, FirstDay());
    for (std::size_t i = 0; i < numbers.size(); ++i) meters_[numbers[i]] = std::move(all[i]);
    std::vector<MeterKey> keys;
    for (const Candidate& candidate : good_) {
      const Agreement* served = Served(candidate.row);
      if (served == nullptr || !histories_.emplace(served->agreement_id, History()).second)
        continue;
      keys.push_back({served->account, served->agreement_id, served->meter_number});
    }
    if (keys.empty()) return;
    std::vector<History> histories = LoadHistories(change_.tx(), keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      histories_[keys[i].agreement_id] = std::move(histories[i]);
    }
  }

  Date FirstDay() const {
    const auto first = std::ranges::min_element(
        good_, {}, [](const Candidate& candidate) { return candidate.row.read_date; });
    return first->row.read_date;
  }

  const Agreement* Served(const Row& row) const {
    return ServedOn(meters_.at(row.meter_number), row.read_date);
  }

  void Take(const Candidate& candidate) {
    const Agreement* served = Served(candidate.row);
    if (served == nullptr) return Refuse(candidate.numbered, Problem::kUnknownMeter, AccountId());
    Agreement agreement = *served;
    History& history = histories_[agreement.agreement_id];
    const Placement placement = PlaceServed(change_.tx(), agreement, candidate.row, history);
    if (placement.problem) {
      return Refuse(candidate.numbered, *placement.problem, agreement.account);
    }
    const Reading reading{candidate.row.read_date, candidate.row.read_thousandths};
    reads_.push_back({agreement.account,
                      DerivedId("file-read", import_.import_id, candidate.numbered.line),
                      agreement.agreement_id, agreement.meter_number, reading, Source::kFile,
                      import_.import_id, candidate.numbered.line});
    CancelVoid(change_, placement, reads_.back());
    history = {reading, placement.history.last, std::nullopt};
    agreement::Start(change_, agreement, reading.date, reading);
    Keep(agreement);
  }

  void Keep(const Agreement& started) {
    for (Agreement& one : meters_[started.meter_number]) {
      if (one.agreement_id == started.agreement_id) one = started;
    }
  }

  void Refuse(const NumberedRow& row, Problem problem, AccountId account) {
    const bool queued = IsQueued(problem);
    ++(queued ? import_.queued_count : import_.refused_count);
    exceptions_.push_back({account, import_.import_id, row.line, std::string(ProblemName(problem)),
                           queued, file::Excerpt(row.text)});
  }

  command::Change& change_;
  Import& import_;
  std::map<std::string, std::vector<Agreement>> meters_;  // those that have, or had, each
  std::map<std::int64_t, History> histories_;             // by agreement
  std::vector<Candidate> good_;
  std::vector<Read> reads_;
  std::vector<Exception> exceptions_;
};

v1::ReadImport ToProto(const Import& import) {
  v1::ReadImport message;
  message.set_import_id(import.import_id);
  message.set_file_name(import.file_name);
  message.set_state(import.complete ? v1::READ_IMPORT_STATE_COMPLETE : v1::READ_IMPORT_STATE_OPEN);
  message.set_row_count(import.accepted_count + import.queued_count + import.refused_count);
  message.set_accepted_count(import.accepted_count);
  message.set_queued_count(import.queued_count);
  message.set_refused_count(import.refused_count);
  message.set_next_line(import.next_line);
  return message;
}

Error ImportUnknown() { return NotFound(reason::kImportUnknown, "There is no such import."); }

// Applies a part; a part that came before has no second effect.
Result<v1::ReadImport> Apply(command::Change& change, const ImportPart& part,
                             const std::vector<NumberedRow>& rows) {
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
  Importing importing(change, import);
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

ReadService::ReadService(rpc::Server& server, command::Frame& frame, db::Database& database,
                         obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      parts_(metrics.NewCounter("read_parts_total", "Parts of reading files that were imported.")) {
}

grpc::ServerUnaryReactor* ReadService::ImportReads(grpc::CallbackServerContext* context,
                                                   const v1::ImportReadsRequest* request,
                                                   v1::ReadImport* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ImportReadsRequest& request) -> Result<v1::ReadImport> {
        REEVE_ASSIGN_OR_RETURN(const ImportPart part, Parse(request));
        REEVE_ASSIGN_OR_RETURN(const std::vector<NumberedRow> rows,
                               file::SplitLines(part.file.lines, part.file.first_line, kHeader));
        Result<v1::ReadImport> answer = frame_.Write(
            call, part, [&](command::Change& change) { return Apply(change, part, rows); });
        if (answer.ok()) parts_.Add();
        return answer;
      });
}

grpc::ServerUnaryReactor* ReadService::GetReadImport(grpc::CallbackServerContext* context,
                                                     const v1::GetReadImportRequest* request,
                                                     v1::ReadImport* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetReadImportRequest& request) -> Result<v1::ReadImport> {
        Fields fields;
        fields.Id("import_id", request.import_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ReadImport> {
              const std::optional<Import> import = FindImport(tx, request.import_id());
              if (!import) return ImportUnknown();
              return ToProto(*import);
            });
      });
}

grpc::ServerUnaryReactor* ReadService::ListReadExceptions(
    grpc::CallbackServerContext* context, const v1::ListReadExceptionsRequest* request,
    v1::ListReadExceptionsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListReadExceptionsRequest& request)
          -> Result<v1::ListReadExceptionsResponse> {
        Fields fields;
        fields.Id("import_id", request.import_id());
        const std::string query = "exceptions/" + std::to_string(request.import_id());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListReadExceptionsResponse> {
              if (!FindImport(tx, request.import_id())) return ImportUnknown();
              v1::ListReadExceptionsResponse answer;
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

grpc::ServerUnaryReactor* ReadService::ListReads(grpc::CallbackServerContext* context,
                                                 const v1::ListReadsRequest* request,
                                                 v1::ListReadsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListReadsRequest& request) -> Result<v1::ListReadsResponse> {
        Fields fields;
        const std::string query = "reads/" + std::to_string(request.account_id());
        const AccountId account(fields.Id("account_id", request.account_id()));
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const std::string before = page.after.empty() ? std::string(kAfterAllDates) : page.after[0];
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListReadsResponse> {
              if (!agreement::HasAccount(tx, account)) {
                return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
              }
              v1::ListReadsResponse answer;
              const std::vector<Read> reads =
                  read::ListReads(tx, account, before, page.AfterInt(1), page.size);
              for (const Read& read : reads) *answer.add_reads() = ToProto(read);
              for (const Correction& one : LoadCorrections(tx, account, reads)) {
                for (v1::Read& read : *answer.mutable_reads()) {
                  if (read.read_id() == one.read_id) AddCorrection(one, read);
                }
              }
              if (answer.reads_size() == page.size) {
                const v1::Read& last = answer.reads(page.size - 1);
                answer.set_next_page_token(
                    rpc::NextPageToken(query, {last.read_date(), std::to_string(last.read_id())}));
              }
              return answer;
            });
      });
}

}  // namespace reeve::billing::read
