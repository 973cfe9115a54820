#include "services/billing/read/replace_service.h"

#include "services/billing/derived_id.h"
#include "services/billing/read/correction_service.h"
#include "services/billing/read/read_wire_service.h"
#include "shared/core/fields.h"

namespace reeve::billing::read {
namespace {

struct ReplaceCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ReadCorrectionService/ReplaceRead";
  std::string request_id;
  AccountId account;
  std::int64_t read_id = 0;
  Reading reading;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("read_id", read_id)
                         .Add("read_date", reading.date.ToString())
                         .Add("read", reading.thousandths)
                         .Add("reason", reason));
  }
};

Result<ReplaceCommand> Parse(const v1::ReplaceReadRequest& request, Date today) {
  Fields fields;
  ReplaceCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.read_id = fields.Id("read_id", request.read_id());
  command.reading.date = fields.CivilDate("read_date", request.read_date());
  if (command.reading.date > today) fields.Refuse("read_date", "is in the future");
  command.reading.thousandths =
      fields.Range("read_thousandths", request.read_thousandths(), 0, Quantity::kMaxThousandths);
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<v1::Read> Apply(command::Change& change, const ReplaceCommand& command) {
  Read by;
  by.account = command.account;
  by.read_id = DerivedId("replacing-read/" + command.request_id, command.read_id);
  by.reading = command.reading;
  by.source = Source::kEdit;
  by.import_id = command.read_id;
  REEVE_ASSIGN_OR_RETURN(const Read read,
                         Replace(change, {command.read_id, std::move(by), command.reason}));
  return ToProto(read);
}

}  // namespace

grpc::ServerUnaryReactor* ReadCorrectionService::ReplaceRead(grpc::CallbackServerContext* context,
                                                             const v1::ReplaceReadRequest* request,
                                                             v1::Read* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ReplaceReadRequest& request) -> Result<v1::Read> {
        REEVE_ASSIGN_OR_RETURN(const ReplaceCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Apply(change, command); });
      });
}

}  // namespace reeve::billing::read
