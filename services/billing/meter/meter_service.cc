#include "services/billing/meter/meter_service.h"

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/read/read_store.h"
#include "services/billing/read/served_store.h"

namespace reeve::billing::meter {
namespace {

// Nine digits and three decimals: what the largest register shows, and more than any of a city's.
constexpr std::int64_t kRegisterMax = 999'999'999'999;

using agreement::Agreement;

struct ExchangeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MeterService/ExchangeMeter";
  std::string request_id;
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string old_meter_number;
  Exchange exchange;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    const Meter& next = exchange.next;
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("agreement_id", agreement_id)
                         .Add("old_meter_number", old_meter_number)
                         .Add("exchange_date", exchange.date.ToString())
                         .Add("out_read", exchange.out_read_thousandths)
                         .Add("in_read", exchange.in_read_thousandths)
                         .Add("meter_number", next.meter_number)
                         .Add("meter_size", next.size)
                         .Add("unit", next.unit)
                         .Add("register_digits", next.register_digits)
                         .Add("multiplier", next.multiplier_thousandths)
                         .Add("differences_checked", exchange.differences_checked ? 1 : 0)
                         .Add("reason", reason));
  }
};

Result<ExchangeCommand> Parse(const v1::ExchangeMeterRequest& request, Date today) {
  Fields fields;
  ExchangeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.agreement_id = fields.Id("agreement_id", request.agreement_id());
  command.old_meter_number = fields.Text("old_meter_number", request.old_meter_number(), 1, 40);
  command.exchange.date = fields.CivilDate("exchange_date", request.exchange_date());
  if (command.exchange.date > today) fields.Refuse("exchange_date", "is in the future");
  command.exchange.out_read_thousandths =
      fields.Range("out_read_thousandths", request.out_read_thousandths(), 0, kRegisterMax);
  command.exchange.in_read_thousandths =
      fields.Range("in_read_thousandths", request.in_read_thousandths(), 0, kRegisterMax);
  const v1::Meter& meter = request.meter();
  command.exchange.next = {
      fields.Text("meter.meter_number", meter.meter_number(), 1, 40),
      fields.Text("meter.meter_size", meter.meter_size(), 0, 40),
      fields.Text("meter.unit", meter.unit(), 0, 20),
      static_cast<int>(fields.Range("meter.register_digits", meter.register_digits(), 0, 99)),
      fields.Range("meter.multiplier_thousandths", meter.multiplier_thousandths(), 0,
                   Money::kMaxCents)};
  command.exchange.differences_checked = request.differences_checked();
  command.reason = fields.Text("reason", request.reason(), 1, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

v1::MeterInstallation ToProto(const Installation& installation) {
  v1::MeterInstallation message;
  message.set_account_id(installation.account.value());
  message.set_agreement_id(installation.agreement_id);
  message.set_installation_no(static_cast<int>(installation.installation_no));
  v1::Meter& meter = *message.mutable_meter();
  meter.set_meter_number(installation.meter.meter_number);
  meter.set_meter_size(installation.meter.size);
  meter.set_unit(installation.meter.unit);
  meter.set_register_digits(installation.meter.register_digits);
  meter.set_multiplier_thousandths(installation.meter.multiplier_thousandths);
  if (installation.from_date) message.set_from_date(installation.from_date->ToString());
  if (installation.to_date) message.set_to_date(installation.to_date->ToString());
  return message;
}

std::vector<Installation> LoadOfAgreement(db::Transaction& tx, AccountId account,
                                          std::int64_t agreement_id) {
  std::vector<Installation> installations = LoadInstallations(tx, account);
  std::erase_if(installations,
                [&](const Installation& one) { return one.agreement_id != agreement_id; });
  return installations;
}

// The out-read must be a read of the old meter like any other.
Result<> CheckOutRead(db::Transaction& tx, const Agreement& agreement, const Exchange& exchange) {
  const read::MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  const read::Row row{agreement.meter_number, exchange.date, exchange.out_read_thousandths,
                      agreement.unit};
  const std::optional<read::Problem> problem = read::Judge(
      row, {agreement.unit, agreement.register_digits, read::LoadHistories(tx, {&key, 1}).front()});
  if (!problem) return Ok();
  return FailedPrecondition(reason::kReadRefused, "The out-read does not follow the last read.")
      .With("problem", std::string(read::ProblemName(*problem)));
}

read::Read ReadOf(const Installation& installation, Date date, std::int64_t thousandths,
                  std::int64_t read_id) {
  return {installation.account,      read_id,
          installation.agreement_id, installation.meter.meter_number,
          {date, thousandths},       read::Source::kExchange,
          installation.agreement_id};
}

void RecordReads(command::Change& change, const Installation& old, const Installation& next,
                 const Exchange& exchange) {
  const read::Read reads[] = {
      ReadOf(old, exchange.date, exchange.out_read_thousandths,
             DerivedId("exchange-out", next.agreement_id, next.installation_no)),
      ReadOf(next, exchange.date, exchange.in_read_thousandths,
             DerivedId("exchange-in", next.agreement_id, next.installation_no))};
  read::InsertReads(change.tx(), reads);
  for (const read::Read& one : reads) {
    AuditRow(change, read::kKeptRead, "exchange", "", read::FixedCellsOf(one));
  }
}

void Tell(command::Change& change, const Agreement& agreement, const Installation& old,
          const Exchange& exchange) {
  v1::MeterExchanged exchanged;
  exchanged.set_account_id(agreement.account.value());
  exchanged.set_agreement_id(agreement.agreement_id);
  exchanged.set_service(agreement.service);
  exchanged.set_exchange_date(exchange.date.ToString());
  exchanged.set_old_meter_number(old.meter.meter_number);
  exchanged.set_meter_number(exchange.next.meter_number);
  exchanged.set_meter_size(exchange.next.size);
  exchanged.set_register_digits(exchange.next.register_digits);
  exchanged.set_multiplier_thousandths(exchange.next.multiplier_thousandths);
  command::Emit(change, agreement.account.value(), exchanged);
}

Result<v1::MeterInstallation> Apply(command::Change& change, const ExchangeCommand& command) {
  db::Transaction& tx = change.tx();
  const Exchange& exchange = command.exchange;
  REEVE_ASSIGN_OR_RETURN(Agreement agreement,
                         read::LockServed(tx, command.account, command.agreement_id));
  if (agreement.meter_number != command.old_meter_number) {
    return FailedPrecondition(reason::kMeterNotInPlace, "Another meter is in place.")
        .With("meter_number", agreement.meter_number);
  }
  Fields fields;
  CheckExchange(InPlace(agreement), exchange, fields);
  if (!fields.ok()) return fields.error();
  const std::string numbers[] = {exchange.next.meter_number};
  if (!agreement::LockAgreementsOfMeters(tx, numbers).front().empty()) {
    return FailedPrecondition(reason::kMeterInUse, "The new meter is in place elsewhere.");
  }
  REEVE_RETURN_IF_ERROR(CheckOutRead(tx, agreement, exchange));
  // After this point it must succeed.
  Installation old = LoadOfAgreement(tx, agreement.account, agreement.agreement_id).back();
  std::string before = RowText(kKeptInstallation, CellsOfInstallation(old));
  old.to_date = exchange.date;
  SaveEnd(tx, old);
  AuditRow(change, kKeptInstallation, "remove", std::move(before), CellsOfInstallation(old));
  const Installation next{agreement.account, agreement.agreement_id, old.installation_no + 1,
                          exchange.next,     exchange.date,          std::nullopt};
  InsertInstallations(tx, {&next, 1});
  AuditRow(change, kKeptInstallation, "install", "", CellsOfInstallation(next));
  PutInPlace(exchange.next, agreement);
  agreement::SaveMeter(tx, agreement);
  RecordReads(change, old, next, exchange);
  change.Audit({"meter-exchange",
                agreement.account.ToString() + "/" + std::to_string(agreement.agreement_id),
                "exchange", "", "reason_digest=" + HexEncode(Sha256(command.reason))});
  Tell(change, agreement, old, exchange);
  return ToProto(next);
}

}  // namespace

grpc::ServerUnaryReactor* MeterService::ExchangeMeter(grpc::CallbackServerContext* context,
                                                      const v1::ExchangeMeterRequest* request,
                                                      v1::MeterInstallation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ExchangeMeterRequest& request) -> Result<v1::MeterInstallation> {
        REEVE_ASSIGN_OR_RETURN(const ExchangeCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Apply(change, command); });
      });
}

grpc::ServerUnaryReactor* MeterService::ListInstallations(
    grpc::CallbackServerContext* context, const v1::ListInstallationsRequest* request,
    v1::ListInstallationsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListInstallationsRequest& request) -> Result<v1::ListInstallationsResponse> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        fields.Id("agreement_id", request.agreement_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListInstallationsResponse> {
              if (!agreement::HasAccount(tx, account)) {
                return NotFound(read::reason::kAccountUnknown,
                                "Billing does not know the account.");
              }
              v1::ListInstallationsResponse answer;
              for (const Installation& one : LoadOfAgreement(tx, account, request.agreement_id())) {
                *answer.add_installations() = ToProto(one);
              }
              return answer;
            });
      });
}

}  // namespace reeve::billing::meter
