#include "services/billing/meter/meter_service.h"

#include <algorithm>
#include <vector>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/meter/install_service.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/read/correction_service.h"
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

struct ReverseCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MeterService/ReverseExchange";
  std::string request_id;
  AccountId account;
  std::int64_t agreement_id = 0;
  std::string meter_number;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", account.value())
                         .Add("agreement_id", agreement_id)
                         .Add("meter_number", meter_number)
                         .Add("reason", reason));
  }
};

Result<ReverseCommand> Parse(const v1::ReverseExchangeRequest& request) {
  Fields fields;
  ReverseCommand command{fields.RequestId(request.request_id()),
                         AccountId(fields.Id("account_id", request.account_id())),
                         fields.Id("agreement_id", request.agreement_id()),
                         fields.Text("meter_number", request.meter_number(), 1, 40),
                         fields.Text("reason", request.reason(), 3, 500)};
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
  message.set_reversed(installation.reversed);
  return message;
}

// Tells which meter is in place at the agreement now.
void Tell(command::Change& change, const Agreement& agreement, const std::string& old_meter_number,
          Date date) {
  v1::MeterExchanged exchanged;
  exchanged.set_account_id(agreement.account.value());
  exchanged.set_agreement_id(agreement.agreement_id);
  exchanged.set_service(agreement.service);
  exchanged.set_exchange_date(date.ToString());
  exchanged.set_old_meter_number(old_meter_number);
  exchanged.set_meter_number(agreement.meter_number);
  exchanged.set_meter_size(agreement.meter_size);
  exchanged.set_register_digits(agreement.register_digits);
  exchanged.set_multiplier_thousandths(agreement.multiplier_thousandths);
  command::Emit(change, agreement.account.value(), exchanged);
}

// Where the out-read comes among the old meter's reads, as one like any other.
read::Placement PlaceOutRead(db::Transaction& tx, const Agreement& agreement,
                             const Exchange& exchange) {
  read::Placement placement = read::PlaceServed(
      tx, agreement,
      {agreement.meter_number, exchange.date, exchange.out_read_thousandths, agreement.unit});
  const bool looked = exchange.differences_checked;
  if (looked && placement.problem == read::Problem::kRolloverTooFar) placement.problem.reset();
  return placement;
}

// The order that took the meter out may have told its read already.
bool IsThere(const read::Placement& placement, const read::History& history,
             const Exchange& exchange) {
  return placement.problem == read::Problem::kDuplicate && history.last &&
         !history.last->estimated && history.last->date == exchange.date &&
         history.last->thousandths == exchange.out_read_thousandths;
}

read::Read ReadOf(const Installation& installation, Date date, std::int64_t thousandths,
                  std::int64_t read_id) {
  return {installation.account,      read_id,
          installation.agreement_id, installation.meter.meter_number,
          {date, thousandths},       read::Source::kExchange,
          installation.agreement_id};
}

// The new meter's read, and the old one's unless it is there.
void RecordReads(command::Change& change, const Installed& installed, const Exchange& exchange,
                 const read::Placement* out_read) {
  const Installation& next = installed.next;
  std::vector<read::Read> reads;
  if (out_read != nullptr) {
    reads.push_back(ReadOf(installed.old, exchange.date, exchange.out_read_thousandths,
                           DerivedId("exchange-out", next.agreement_id, next.installation_no)));
    read::CancelVoid(change, *out_read, reads.front());
  }
  reads.push_back(ReadOf(next, exchange.date, exchange.in_read_thousandths,
                         DerivedId("exchange-in", next.agreement_id, next.installation_no)));
  read::InsertReads(change.tx(), reads);
  for (const read::Read& one : reads) {
    AuditRow(change, read::kKeptRead, "exchange", "", read::FixedCellsOf(one));
  }
}

// Two exchanges of one meter come one behind the other, and see each other.
void HoldBoth(db::Transaction& tx, const std::string& one, const std::string& other) {
  HoldMeter(tx, std::min(one, other));
  HoldMeter(tx, std::max(one, other));
}

Result<v1::MeterInstallation> Apply(command::Change& change, const ExchangeCommand& command) {
  db::Transaction& tx = change.tx();
  const Exchange& exchange = command.exchange;
  REEVE_ASSIGN_OR_RETURN(Agreement agreement,
                         read::LockServed(tx, command.account, command.agreement_id));
  const Meter old = InPlace(agreement);
  if (old.meter_number != command.old_meter_number) {
    return FailedPrecondition(reason::kMeterNotInPlace, "Another meter is in place.")
        .With("meter_number", old.meter_number);
  }
  Fields fields;
  CheckExchange(old, exchange, fields);
  if (!fields.ok()) return fields.error();
  HoldBoth(tx, old.meter_number, exchange.next.meter_number);
  const std::string numbers[] = {exchange.next.meter_number};
  if (!agreement::LockAgreementsOfMeters(tx, numbers).front().empty()) {
    return FailedPrecondition(reason::kMeterInUse, "The new meter is in place elsewhere.");
  }
  const read::MeterKey key{agreement.account, agreement.agreement_id, old.meter_number};
  const read::History history = read::LoadHistories(tx, {&key, 1}).front();
  const read::Placement out_read = PlaceOutRead(tx, agreement, exchange);
  const bool is_there = IsThere(out_read, history, exchange);
  if (out_read.problem && !is_there) return read::Refused(tx, agreement, out_read);
  // After this point it must succeed.
  const Installed installed = Install(change, agreement, exchange.next, exchange.date);
  RecordReads(change, installed, exchange, is_there ? nullptr : &out_read);
  for (Agreement& waiting : WaitingWith(tx, agreement, old.meter_number)) {
    Install(change, waiting, exchange.next, exchange.date);
  }
  change.Audit({"meter-exchange",
                agreement.account.ToString() + "/" + std::to_string(agreement.agreement_id),
                "exchange", "", "reason_digest=" + HexEncode(Sha256(command.reason))});
  Tell(change, agreement, old.meter_number, exchange.date);
  return ToProto(installed.next);
}

// The day of its exchange, if the meter in place may be taken out again.
Result<Date> CheckReversal(db::Transaction& tx, const Agreement& agreement,
                           const ReverseCommand& command) {
  if (agreement.meter_number != command.meter_number) {
    return FailedPrecondition(reason::kMeterNotInPlace, "Another meter is in place.")
        .With("meter_number", agreement.meter_number);
  }
  const std::vector<Installation> all =
      LoadOfAgreement(tx, agreement.account, agreement.agreement_id);
  const Installation& last = *Numbered(all, agreement.agreement_id, agreement.installation_no);
  if (!last.from_date) {
    return FailedPrecondition(reason::kNotExchanged, "It stands there since the service began.");
  }
  if (!read::HoldCycle(tx, agreement.cycle)) return read::Calculating();
  const auto billed =
      read::FindBilled(tx, {agreement.account, agreement.agreement_id}, *last.from_date);
  if (billed) {
    return FailedPrecondition(reason::kExchangeBilled,
                              "A bill through " + billed->to_date.ToString() + " depends on it.")
        .With("bill_id", billed->bill_id)
        .With("bill_state", billed->bill_state);
  }
  const Installation& old = *std::find_if(all.rbegin(), all.rend(), [&](const Installation& one) {
    return !one.reversed && one.installation_no < last.installation_no;
  });
  HoldBoth(tx, old.meter.meter_number, last.meter.meter_number);
  const std::string numbers[] = {old.meter.meter_number};
  if (!agreement::LockAgreementsOfMeters(tx, numbers).front().empty()) {
    return FailedPrecondition(reason::kMeterInUse, "The old meter is in place elsewhere.");
  }
  return *last.from_date;
}

// What was read of the new meter at this agreement, and the old one's out-read.
void DropReads(command::Change& change, const Installed& taken_back, Date date,
               const std::string& why) {
  const Installation& last = taken_back.next;
  std::vector<std::int64_t> dropped;
  for (const Meter* meter : {&last.meter, &taken_back.old.meter}) {
    for (const read::Read& one : read::LoadSince(
             change.tx(), {last.account, last.agreement_id, meter->meter_number}, date)) {
      const bool of_exchange = one.source == read::Source::kExchange && one.reading.date == date;
      if (meter == &last.meter || of_exchange) dropped.push_back(one.read_id);
    }
  }
  read::Correct(change, last.account, dropped, read::CorrectionKind::kExchangeReversed, 0, why);
}

Result<v1::MeterInstallation> Apply(command::Change& change, const ReverseCommand& command) {
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(Agreement agreement,
                         read::LockServed(tx, command.account, command.agreement_id));
  REEVE_ASSIGN_OR_RETURN(const Date date, CheckReversal(tx, agreement, command));
  // After this point it must succeed.
  const Installed taken_back = TakeBack(change, agreement);
  DropReads(change, taken_back, date, command.reason);
  for (Agreement& waiting : WaitingWith(tx, agreement, command.meter_number)) {
    if (waiting.installation_no > 1) TakeBack(change, waiting);
  }
  change.Audit({"meter-exchange",
                agreement.account.ToString() + "/" + std::to_string(agreement.agreement_id),
                "reverse", "", "reason_digest=" + HexEncode(Sha256(command.reason))});
  Tell(change, agreement, command.meter_number, date);
  return ToProto(taken_back.old);
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

grpc::ServerUnaryReactor* MeterService::ReverseExchange(grpc::CallbackServerContext* context,
                                                        const v1::ReverseExchangeRequest* request,
                                                        v1::MeterInstallation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ReverseExchangeRequest& request) -> Result<v1::MeterInstallation> {
        REEVE_ASSIGN_OR_RETURN(const ReverseCommand command, Parse(request));
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
