// The methods of ReadService for reads that people tell, and for rows that wait for somebody.
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/agreement/start_service.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/read/correction_service.h"
#include "services/billing/read/read_service.h"
#include "services/billing/read/read_wire_service.h"
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
  ExceptionState state = ExceptionState::kDiscarded;
  bool replaces = false;
  std::int64_t replaced_read_id = 0;  // 0: the meter's read of that day
  std::string meter_number;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 2)
                         .Add("account_id", account.value())
                         .Add("import_id", import_id)
                         .Add("line", line)
                         .Add("state", ExceptionStateName(state))
                         .Add("replaces", replaces ? 1 : 0)
                         .Add("replaced_read_id", replaced_read_id)
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
  command.replaces = request.resolution() == v1::READ_RESOLUTION_REPLACE;
  const bool becomes_read = command.replaces || request.resolution() == v1::READ_RESOLUTION_ACCEPT;
  if (becomes_read) command.state = ExceptionState::kAccepted;
  if (!becomes_read && request.resolution() != v1::READ_RESOLUTION_DISCARD) {
    fields.Refuse("resolution", "is required");
  }
  command.meter_number = fields.Text("meter_number", request.meter_number(), 0, 40);
  if (!becomes_read && !command.meter_number.empty()) {
    fields.Refuse("meter_number", "is for what is accepted");
  }
  command.replaced_read_id = request.replaced_read_id();
  if (request.replaced_read_id() < 0) {
    fields.Refuse("replaced_read_id", "is not an identifier");
  } else if (!command.replaces && command.replaced_read_id != 0) {
    fields.Refuse("replaced_read_id", "is for what replaces a read");
  }
  command.reason = fields.Text("reason", request.reason(), 1, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<v1::Read> RecordTold(command::Change& change, const RecordCommand& command) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(
      const Agreement agreement,
      LockServed(tx, command.account, command.agreement_id, command.reading.date));
  if (agreement.meter_number != command.meter_number) {
    return FailedPrecondition(reason::kMeterNotInPlace, "Another meter is in place.");
  }
  const Reading& reading = command.reading;
  const Placement placement = PlaceServed(
      tx, agreement, {agreement.meter_number, reading.date, reading.thousandths, agreement.unit});
  if (placement.problem) return Refused(tx, agreement, placement);
  const Read read{agreement.account,
                  DerivedId("counter-read/" + command.request_id, agreement.agreement_id),
                  agreement.agreement_id,
                  agreement.meter_number,
                  reading,
                  Source::kCounter,
                  agreement.agreement_id};
  CancelVoid(change, placement, read);
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "record", "", FixedCellsOf(read));
  return ToProto(read);
}

// The row becomes a read of its meter as that stands now; it may take another one's place.
Result<> Accept(command::Change& change, const Exception& exception,
                const ResolveCommand& command) {
  db::Transaction& tx = change.tx();
  std::variant<Row, Problem> parsed = ParseRow(exception.excerpt, change.call().today);
  if (const Problem* problem = std::get_if<Problem>(&parsed)) return Refused(*problem);
  Row row = std::get<Row>(std::move(parsed));
  if (!command.meter_number.empty()) row.meter_number = command.meter_number;
  const std::string numbers[] = {row.meter_number};
  std::vector<Agreement> agreements =
      agreement::LockAgreementsOfMeters(tx, numbers, row.read_date).front();
  const Agreement* served = ServedOn(agreements, row.read_date);
  if (served == nullptr) {
    return FailedPrecondition(reason::kMeterUnknown, "No such meter is in place.");
  }
  Agreement agreement = *served;
  Read read{agreement.account,
            DerivedId("edited-read", exception.import_id, exception.line),
            agreement.agreement_id,
            agreement.meter_number,
            {row.read_date, row.read_thousandths},
            Source::kEdit,
            exception.import_id,
            exception.line};
  if (command.replaces) {
    if (row.unit != agreement.unit) return Refused(Problem::kWrongUnit);
    const std::optional<Read> old =
        FindReplaced(tx, {agreement.account, agreement.agreement_id, agreement.meter_number},
                     command.replaced_read_id, row.read_date);
    if (!old) return NotFound(reason::kReadUnknown, "The meter has no such read.");
    REEVE_RETURN_IF_ERROR(Replace(change, {old->read_id, std::move(read), command.reason}));
    return Ok();
  }
  const Placement placement = PlaceServed(tx, agreement, row);
  if (placement.problem && placement.problem != Problem::kRolloverTooFar) {
    return Refused(tx, agreement, placement);
  }
  CancelVoid(change, placement, read);
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "accept", "", FixedCellsOf(read));
  agreement::Start(change, agreement, read.reading.date, read.reading);
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
  if (command.state == ExceptionState::kAccepted) {
    REEVE_RETURN_IF_ERROR(Accept(change, *exception, command));
  }
  // After this point it must succeed.
  std::string before = ResolutionText(*exception);
  exception->state = command.state;
  exception->resolved_by = change.call().caller.person;
  exception->resolved_date = change.call().today;
  exception->resolution = command.reason;
  SaveState(tx, *exception);
  change.Audit({std::string(kResolutionEntity), KeyOf(*exception), "resolve", std::move(before),
                ResolutionText(*exception)});
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
