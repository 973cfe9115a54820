#include "services/billing/statement/print_service.h"

#include <limits>

#include "services/billing/rate/rate_store.h"
#include "services/billing/statement/print_file_store.h"
#include "services/billing/statement/print_work_service.h"
#include "services/billing/statement/statement_store.h"
#include "shared/core/sha256_sum.h"
#include "shared/db/failure.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::statement {
namespace {

using Part = v1::DownloadPrintFileResponse;

constexpr Duration kReadTime = Duration::Seconds(60);
constexpr std::size_t kPartBytes = 256 * 1024;  // of one message, and a statement more

Result<std::int64_t> FileIdOf(std::int64_t value) {
  Fields fields;
  const std::int64_t id = fields.Id("print_file_id", value);
  if (!fields.ok()) return fields.error();
  return id;
}

v1::Withheld ToProto(const Withheld& withheld) {
  v1::Withheld message;
  message.set_account_id(withheld.account.value());
  message.set_cause(std::string(CauseName(withheld.cause)));
  message.set_bill_id(withheld.bill_id);
  message.set_evidence(withheld.evidence);
  message.set_acknowledged_by_person_id(withheld.acknowledged_by.value());
  message.set_acknowledgement(withheld.acknowledgement);
  return message;
}

// Download: sends a file page by page, as fast as the reader takes them, and sums up what it sends.
// A file that is not what was released gets no trailer.
class Download : public std::enable_shared_from_this<Download> {
 public:
  Download(db::Database& database, Executor& executor, const TimeZone& zone, PrintFile file,
           std::shared_ptr<rpc::Stream<Part>> stream)
      : database_(database),
        executor_(executor),
        zone_(zone),
        file_(std::move(file)),
        stream_(std::move(stream)) {}

  void Next() {
    stream_->WhenIdle(
        [self = shared_from_this()] { self->executor_.Post([self] { self->SendPage(); }); });
  }

 private:
  void SendPage() {
    std::vector<std::string> lines;
    bool last = false;
    try {
      last = !ReadPage(lines);
    } catch (const db::DatabaseError& error) {
      return stream_->Finish(db::FromDatabaseError(error));
    }
    std::string bytes;
    for (const std::string& line : lines) {
      sum_.Add(line);
      bytes += line;
      if (bytes.size() >= kPartBytes && !Send(std::exchange(bytes, {}))) return;
    }
    if (!bytes.empty() && !Send(std::move(bytes))) return;
    last ? End() : Next();
  }
  // False at the end of the file.
  bool ReadPage(std::vector<std::string>& lines) {
    std::optional<Page> page;
    Totals totals;
    database_.Read(database_.clock().Now() + kReadTime, [&](db::Transaction& tx) {
      lines.clear();
      totals = {};
      if (page_no_ == 0) lines.push_back(HeaderOf(tx, zone_, file_));
      page = NextPage(tx, file_.print_file_id, page_no_);
      if (!page) return;
      const rate::Tariff tariff(rate::LoadSchedules(tx));
      for (const Record& record : LoadRecords(tx, tariff, file_, page->after, page->through)) {
        lines.push_back(StatementLine(record));
        totals += record.statement.totals;
      }
    });
    if (!page) return false;
    page_no_ = page->page_no;
    totals_ += totals;
    return true;
  }
  bool Send(std::string bytes) {
    Part part;
    part.set_lines(std::move(bytes));
    return stream_->Send(std::move(part), {});
  }
  void End() {
    const std::string sha256 = sum_.Finish();
    if (sha256 != file_.sha256 || totals_ != file_.totals) {
      return stream_->Finish(
          Error(Code::kInternal, reason::kPrintFileDiffers, "The file is not what was released."));
    }
    if (Send(TrailerLine(totals_, sha256))) stream_->Finish(Ok());
  }

  db::Database& database_;
  Executor& executor_;
  const TimeZone& zone_;
  const PrintFile file_;
  const std::shared_ptr<rpc::Stream<Part>> stream_;
  std::int64_t page_no_ = 0;  // sent
  Sha256Sum sum_;
  Totals totals_;
};

}  // namespace

grpc::ServerUnaryReactor* PrintService::MakePrintFile(grpc::CallbackServerContext* context,
                                                      const v1::MakePrintFileRequest* request,
                                                      v1::PrintFile* response) {
  return server_.HandleBatched(
      context, request, response, cut_off_,
      [](const v1::MakePrintFileRequest& request) { return Parse(request); });
}

grpc::ServerUnaryReactor* PrintService::GetPrintFile(grpc::CallbackServerContext* context,
                                                     const v1::GetPrintFileRequest* request,
                                                     v1::PrintFile* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetPrintFileRequest& request) -> Result<v1::PrintFile> {
        REEVE_ASSIGN_OR_RETURN(const std::int64_t id, FileIdOf(request.print_file_id()));
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) -> Result<v1::PrintFile> {
                                      const std::optional<PrintFile> file = FindFile(tx, id);
                                      if (!file) return PrintFileUnknown();
                                      return ToProtoWithCounts(tx, *file, zone_);
                                    });
      });
}

grpc::ServerUnaryReactor* PrintService::ListPrintFiles(grpc::CallbackServerContext* context,
                                                       const v1::ListPrintFilesRequest* request,
                                                       v1::ListPrintFilesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListPrintFilesRequest& request) -> Result<v1::ListPrintFilesResponse> {
        constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "prints", 2);
        if (!fields.ok()) return fields.error();
        v1::ListPrintFilesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          const std::vector<PrintFile> files =
              ListFiles(tx, page.AfterInt(0, kLast), page.AfterInt(1, kLast), page.size);
          for (const PrintFile& file : files) {
            *answer.add_files() = statement::ToProto(file, zone_);
          }
          if (answer.files_size() < page.size) return;
          answer.set_next_page_token(
              rpc::NextPageToken("prints", {std::to_string(files.back().cutoff_time.micros()),
                                            std::to_string(files.back().print_file_id)}));
        });
        return answer;
      });
}

grpc::ServerUnaryReactor* PrintService::ListWithheld(grpc::CallbackServerContext* context,
                                                     const v1::ListWithheldRequest* request,
                                                     v1::ListWithheldResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListWithheldRequest& request) -> Result<v1::ListWithheldResponse> {
        Fields fields;
        const std::int64_t id = fields.Id("print_file_id", request.print_file_id());
        const std::string query = "withheld/" + std::to_string(id);
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListWithheldResponse> {
              if (!FindFile(tx, id)) return PrintFileUnknown();
              v1::ListWithheldResponse answer;
              const std::string cause = page.after.empty() ? "" : page.after[1];
              for (const Withheld& one :
                   statement::ListWithheld(tx, id, AccountId(page.AfterInt(0)), cause, page.size)) {
                *answer.add_withheld() = ToProto(one);
              }
              if (answer.withheld_size() == page.size) {
                const v1::Withheld& last = answer.withheld(page.size - 1);
                answer.set_next_page_token(
                    rpc::NextPageToken(query, {std::to_string(last.account_id()), last.cause()}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* PrintService::AcknowledgeWithheld(
    grpc::CallbackServerContext* context, const v1::AcknowledgeWithheldRequest* request,
    v1::PrintFile* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AcknowledgeWithheldRequest& request) -> Result<v1::PrintFile> {
        REEVE_ASSIGN_OR_RETURN(const AcknowledgeCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Acknowledge(change, command, zone_);
        });
      });
}

grpc::ServerUnaryReactor* PrintService::GetProofSample(grpc::CallbackServerContext* context,
                                                       const v1::GetProofSampleRequest* request,
                                                       v1::ProofSample* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetProofSampleRequest& request) -> Result<v1::ProofSample> {
        REEVE_ASSIGN_OR_RETURN(const std::int64_t id, FileIdOf(request.print_file_id()));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ProofSample> {
              const std::optional<PrintFile> file = FindFile(tx, id);
              if (!file) return PrintFileUnknown();
              if (file->state != FileState::kMade && file->state != FileState::kReleased) {
                return FailedPrecondition(reason::kPrintFileNotMade, "There is no file to look at.")
                    .With("state", std::string(FileStateName(file->state)));
              }
              return SampleOf(tx, *file);
            });
      });
}

grpc::ServerUnaryReactor* PrintService::ReleasePrintFile(grpc::CallbackServerContext* context,
                                                         const v1::ReleasePrintFileRequest* request,
                                                         v1::PrintFile* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ReleasePrintFileRequest& request) -> Result<v1::PrintFile> {
        REEVE_ASSIGN_OR_RETURN(const ReleaseCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Release(change, command, zone_);
        });
      });
}

grpc::ServerUnaryReactor* PrintService::RefusePrintFile(grpc::CallbackServerContext* context,
                                                        const v1::RefusePrintFileRequest* request,
                                                        v1::PrintFile* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RefusePrintFileRequest& request) -> Result<v1::PrintFile> {
        REEVE_ASSIGN_OR_RETURN(const RefuseCommand command, Parse(request));
        return frame_.Write(
            call, command, [&](command::Change& change) { return Refuse(change, command, zone_); });
      });
}

grpc::ServerWriteReactor<Part>* PrintService::DownloadPrintFile(
    grpc::CallbackServerContext* context, const v1::DownloadPrintFileRequest* request) {
  return server_.HandleStream<v1::DownloadPrintFileRequest, Part>(
      context, request,
      [this](const Call& call, const v1::DownloadPrintFileRequest& request,
             std::shared_ptr<rpc::Stream<Part>> stream) -> Result<> {
        REEVE_ASSIGN_OR_RETURN(const std::int64_t id, FileIdOf(request.print_file_id()));
        REEVE_ASSIGN_OR_RETURN(
            PrintFile file,
            database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<PrintFile> {
              std::optional<PrintFile> file = FindFile(tx, id);
              if (!file) return PrintFileUnknown();
              if (file->state != FileState::kReleased) {
                return FailedPrecondition(reason::kPrintFileNotReleased, "The file may not leave.")
                    .With("state", std::string(FileStateName(file->state)));
              }
              return *std::move(file);
            }));
        std::make_shared<Download>(database_, executor_, zone_, std::move(file), std::move(stream))
            ->Next();
        return Ok();
      });
}

}  // namespace reeve::billing::statement
