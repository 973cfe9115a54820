// The methods of ReadService for reads that people tell, and for rows that wait for somebody.
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/agreement/start_service.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/read/read_service.h"
#include "services/billing/read/read_wire_service.h"
#include "services/billing/read/record_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::read {
namespace {

using agreement::Agreement;

struct RecordCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadService/RecordRead";
  std::string request_id;
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  Reading reading;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("agreement_id", agreement_id)
                         .Add("meter_number", meter_number)
                         .Add("read_date", reading.date.ToString())
                         .Add("read", reading.thousandths));
  }
};

Result<RecordCommand> Parse(const v1::RecordReadRequest& request, Date today) {
  Fields fields;
  RecordCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.agreement_id = fields.Id("agreement_id", request.agreement_id());
  command.meter_number = fields.Text("meter_number", request.meter_number(), 1, 40);
  command.reading.date = fields.CivilDate("read_date", request.read_date());
  if (command.reading.date > today) fields.Refuse("read_date", "is in the future");
  command.reading.thousandths =
      fields.Range("read_thousandths", request.read_thousandths(), 0, Quantity::kMaxThousandths);
  if (!fields.ok()) return fields.error();
  return command;
}

struct ResolveCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadService/ResolveReadException";
  std::string request_id;
  AccountId account;
  std::int64_t import_id = 0;
  std::int64_t line = 0;
  bool accepts = false;
  std::string meter_number;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("import_id", import_id)
                         .Add("line", line)
                         .Add("accepts", accepts ? 1 : 0)
                         .Add("meter_number", meter_number)
                         .Add("reason", reason));
  }
};

Result<ResolveCommand> Parse(const v1::ResolveReadExceptionRequest& request) {
  Fields fields;
  ResolveCommand command;
  command.request_id = fields.RequestId(request.request_id());
  if (request.account_id() < 0) fields.Refuse("account_id", "is not an identifier");
  command.account = AccountId(request.account_id());
  command.import_id = fields.Id("import_id", request.import_id());
  command.line = fields.Range("line", request.line(), 0, 1'000'000'000);
  command.accepts = request.resolution() == v1::READ_RESOLUTION_ACCEPT;
  if (!command.accepts && request.resolution() != v1::READ_RESOLUTION_DISCARD) {
    fields.Refuse("resolution", "is required");
  }
  command.meter_number = fields.Text("meter_number", request.meter_number(), 0, 40);
  if (!command.accepts && !command.meter_number.empty()) {
    fields.Refuse("meter_number", "is for what is accepted");
  }
  command.reason = fields.Text("reason", request.reason(), 1, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Error Refused(std::string_view problem) {
  return FailedPrecondition(reason::kReadRefused, "The read does not follow the meter's last one.")
      .With("problem", std::string(problem));
}

std::optional<Problem> JudgeNow(db::Transaction& tx, const Agreement& agreement, const Row& row) {
  const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  const History history = LoadHistories(tx, {&key, 1}).front();
  const std::optional<Problem> problem = Judge(row, MeterOf(agreement, history));
  if (!problem && !history.last && row.read_date < agreement.start_date) {
    return Problem::kOutOfOrder;
  }
  return problem;
}

Result<v1::Read> RecordTold(command::Change& change, const RecordCommand& command) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(const Agreement agreement,
                         LockServed(tx, command.account, command.agreement_id));
  if (agreement.meter_number != command.meter_number) {
    return FailedPrecondition(reason::kMeterNotInPlace, "Another meter is in place.");
  }
  const Reading& reading = command.reading;
  const std::optional<Problem> problem = JudgeNow(
      tx, agreement, {agreement.meter_number, reading.date, reading.thousandths, agreement.unit});
  if (problem) return Refused(ProblemName(*problem));
  const Read read{agreement.account,
                  DerivedId("counter-read/" + command.request_id, agreement.agreement_id),
                  agreement.agreement_id,
                  agreement.meter_number,
                  reading,
                  Source::kCounter,
                  agreement.agreement_id};
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "record", "", FixedCellsOf(read));
  return ToProto(read);
}

// The row becomes a read of its meter as that stands now.
Result<> Accept(command::Change& change, const Exception& exception,
                const std::string& meter_number) {
  db::Transaction& tx = change.tx();
  std::variant<Row, Problem> parsed = ParseRow(exception.excerpt, change.call().today);
  if (const Problem* problem = std::get_if<Problem>(&parsed)) return Refused(ProblemName(*problem));
  Row row = std::get<Row>(std::move(parsed));
  if (!meter_number.empty()) row.meter_number = meter_number;
  const std::string numbers[] = {row.meter_number};
  std::vector<Agreement> agreements = agreement::LockAgreementsOfMeters(tx, numbers).front();
  const Agreement* running = Running(agreements);
  if (running == nullptr) {
    return FailedPrecondition(reason::kMeterUnknown, "No such meter is in place.");
  }
  Agreement agreement = *running;
  const std::optional<Problem> problem = JudgeNow(tx, agreement, row);
  if (problem && *problem != Problem::kRolloverTooFar) return Refused(ProblemName(*problem));
  const Reading reading{row.read_date, row.read_thousandths};
  const Read read{agreement.account,
                  DerivedId("edited-read", exception.import_id, exception.line),
                  agreement.agreement_id,
                  agreement.meter_number,
                  reading,
                  Source::kEdit,
                  exception.import_id,
                  exception.line};
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "accept", "", FixedCellsOf(read));
  agreement::Start(change, agreement, reading.date, reading);
  return Ok();
}

Result<v1::ReadException> Resolve(command::Change& change, const ResolveCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Exception> exception =
      LockException(tx, command.account, command.import_id, command.line);
  if (!exception) return NotFound(reason::kExceptionUnknown, "No such row has waited.");
  if (!exception->queued || exception->state != ExceptionState::kOpen) {
    return FailedPrecondition(reason::kExceptionNotOpen, "The row does not wait for anybody.")
        .With("state", std::string(ExceptionStateName(exception->state)));
  }
  if (command.accepts) REEVE_RETURN_IF_ERROR(Accept(change, *exception, command.meter_number));
  // After this point it must succeed.
  const std::string before(ExceptionStateName(exception->state));
  exception->state = command.accepts ? ExceptionState::kAccepted : ExceptionState::kDiscarded;
  SaveState(tx, *exception);
  change.Audit({std::string(kResolutionEntity), KeyOf(*exception), "resolve", before,
                std::string(ExceptionStateName(exception->state))});
  change.Audit({"read-resolution-reason", KeyOf(*exception), "resolve", "",
                "reason_digest=" + HexEncode(Sha256(command.reason))});
  return ToProto(*exception);
}

}  // namespace

grpc::ServerUnaryReactor* ReadService::RecordRead(grpc::CallbackServerContext* context,
                                                  const v1::RecordReadRequest* request,
                                                  v1::Read* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RecordReadRequest& request) -> Result<v1::Read> {
        REEVE_ASSIGN_OR_RETURN(const RecordCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return RecordTold(change, command); });
      });
}

grpc::ServerUnaryReactor* ReadService::ListOpenReadExceptions(
    grpc::CallbackServerContext* context, const v1::ListOpenReadExceptionsRequest* request,
    v1::ListReadExceptionsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListOpenReadExceptionsRequest& request)
          -> Result<v1::ListReadExceptionsResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "open-reads", 3);
        if (!fields.ok()) return fields.error();
        v1::ListReadExceptionsResponse answer;
        const AccountId after(page.after.empty() ? -1 : page.AfterInt(0));
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Exception& one :
               ListOpenExceptions(tx, after, page.AfterInt(1), page.AfterInt(2), page.size)) {
            *answer.add_exceptions() = ToProto(one);
          }
        });
        if (answer.exceptions_size() == page.size) {
          const v1::ReadException& last = answer.exceptions(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              "open-reads", {std::to_string(last.account_id()), std::to_string(last.import_id()),
                             std::to_string(last.line())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* ReadService::ResolveReadException(
    grpc::CallbackServerContext* context, const v1::ResolveReadExceptionRequest* request,
    v1::ReadException* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ResolveReadExceptionRequest& request) -> Result<v1::ReadException> {
        REEVE_ASSIGN_OR_RETURN(const ResolveCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Resolve(change, command); });
      });
}

}  // namespace reeve::billing::read
