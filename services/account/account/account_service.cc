#include "services/account/account/account_service.h"

#include <set>
#include <utility>

#include "reeve/account/v1/events.pb.h"
#include "services/account/account/account_import_service.h"
#include "services/account/account/account_store.h"
#include "services/account/account/account_wire_service.h"
#include "services/account/customer/customer_service.h"
#include "services/account/customer/customer_store.h"
#include "services/account/premise/premise_service.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"
#include "shared/core/service.h"
#include "shared/rpc/paging.h"

namespace reeve::account {
namespace {

struct OpenAccount {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/OpenAccount";
  std::string request_id;
  CustomerId customer;
  PremiseId premise;
  std::vector<std::string> services;  // empty: all of the place
  Date wanted_date;
  std::int64_t home() const { return premise.value(); }
  Canonical canonical() const {
    Canonical canonical("OpenAccount", 1);
    canonical.Add("customer", customer.value())
        .Add("premise", premise.value())
        .Add("wanted_date", wanted_date.ToString())
        .List("services", services.size());
    for (const std::string& service : services) canonical.Add("service", service);
    return canonical;
  }
};

struct RequestStop {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/RequestStop";
  std::string request_id;
  AccountId account;
  Date stop_date;
  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return Canonical("RequestStop", 1)
        .Add("account", account.value())
        .Add("stop_date", stop_date.ToString());
  }
};

struct CancelStop {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/CancelStop";
  std::string request_id;
  AccountId account;
  std::int64_t home() const { return account.value(); }
  Canonical canonical() const { return Canonical("CancelStop", 1).Add("account", account.value()); }
};

struct CloseAccount {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/CloseAccount";
  std::string request_id;
  AccountId account;
  Date close_date;
  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return Canonical("CloseAccount", 1)
        .Add("account", account.value())
        .Add("close_date", close_date.ToString());
  }
};

struct TransferOccupant {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/TransferOccupant";
  std::string request_id;
  PremiseId premise;
  AccountId old_account;
  AccountId new_account;
  Date change_date;
  std::vector<Read> reads;
  std::int64_t home() const { return premise.value(); }
  Canonical canonical() const {
    Canonical canonical("TransferOccupant", 1);
    canonical.Add("premise", premise.value())
        .Add("old_account", old_account.value())
        .Add("new_account", new_account.value())
        .Add("change_date", change_date.ToString())
        .List("reads", reads.size());
    for (const Read& read : reads)
      canonical.Add("meter_number", read.meter_number).Add("thousandths", read.thousandths);
    return canonical;
  }
};

AccountId ParseAccount(Fields& fields, std::string_view field, std::int64_t number) {
  if (!IsAccountNumber(number)) {
    fields.Refuse(field,
                  number == 0 ? "is required" : "is not an account number: check its digits");
  }
  return AccountId(number);
}

Result<OpenAccount> Parse(const v1::OpenAccountRequest& request) {
  Fields fields;
  OpenAccount command{.request_id = fields.RequestId(request.request_id()),
                      .customer = CustomerId(fields.Id("customer_id", request.customer_id())),
                      .premise = PremiseId(fields.Id("premise_id", request.premise_id())),
                      .services = {request.services().begin(), request.services().end()},
                      .wanted_date = fields.CivilDate("wanted_date", request.wanted_date())};
  std::set<std::string> names;
  for (std::size_t i = 0; i < command.services.size(); ++i) {
    if (!IsService(command.services[i]))
      fields.Refuse(At("services", i), "is not a service of the city");
    if (!names.insert(command.services[i]).second)
      fields.Refuse(At("services", i), "is there twice");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RequestStop> Parse(const v1::RequestStopRequest& request) {
  Fields fields;
  RequestStop command{.request_id = fields.RequestId(request.request_id()),
                      .account = ParseAccount(fields, "account_id", request.account_id()),
                      .stop_date = fields.CivilDate("stop_date", request.stop_date())};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CancelStop> Parse(const v1::CancelStopRequest& request) {
  Fields fields;
  CancelStop command{.request_id = fields.RequestId(request.request_id()),
                     .account = ParseAccount(fields, "account_id", request.account_id())};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CloseAccount> Parse(const v1::CloseAccountRequest& request) {
  Fields fields;
  CloseAccount command{.request_id = fields.RequestId(request.request_id()),
                       .account = ParseAccount(fields, "account_id", request.account_id()),
                       .close_date = fields.CivilDate("close_date", request.close_date())};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<TransferOccupant> Parse(const v1::TransferOccupantRequest& request) {
  Fields fields;
  TransferOccupant command{
      .request_id = fields.RequestId(request.request_id()),
      .premise = PremiseId(fields.Id("premise_id", request.premise_id())),
      .old_account = ParseAccount(fields, "old_account_id", request.old_account_id()),
      .new_account = ParseAccount(fields, "new_account_id", request.new_account_id()),
      .change_date = fields.CivilDate("change_date", request.change_date())};
  if (request.old_account_id() == request.new_account_id())
    fields.Refuse("new_account_id", "is the old account");
  if (request.reads_size() > 99) fields.Refuse("reads", "has more than 99 elements");
  std::set<std::string> meters;
  for (int i = 0; i < request.reads_size(); ++i) {
    const v1::TransferRead& read = request.reads(i);
    if (!IsCode(read.meter_number()))
      fields.Refuse(At("reads", i) + ".meter_number", "is not a meter number");
    if (!meters.insert(read.meter_number()).second)
      fields.Refuse(At("reads", i) + ".meter_number", "is there twice");
    command.reads.push_back(
        {read.meter_number(), fields.Range(At("reads", i) + ".read_thousandths",
                                           read.read_thousandths(), 0, kReadThousandthsMax)});
  }
  if (!fields.ok()) return fields.error();
  return command;
}

std::vector<std::string> AllServices(const Premise& premise) {
  std::set<std::string> names;
  for (const ServicePoint& point : premise.points) names.insert(point.service);
  return {names.begin(), names.end()};
}

void EmitOccupantChanged(command::Change& change, const Handover& handover, const Premise& premise,
                         Date change_date, std::span<const Read> reads) {
  v1::OccupantChanged event;
  event.set_premise_id(premise.id.value());
  event.set_old_account_id(handover.old_account.id.value());
  event.set_new_account_id(handover.new_account.id.value());
  event.set_change_date(change_date.ToString());
  for (const Read& from : reads) {
    v1::OccupantRead& read = *event.add_reads();
    read.set_service(premise.FindMeter(from.meter_number)->service);
    read.set_meter_number(from.meter_number);
    read.set_read_thousandths(from.thousandths);
  }
  for (const int no : handover.points) {
    v1::AgreementPair& pair = *event.add_agreements();
    pair.set_service(premise.FindPoint(no)->service);
    pair.set_old_agreement_id(AgreementNumber(handover.old_account.id, no).value());
    pair.set_new_agreement_id(AgreementNumber(handover.new_account.id, no).value());
  }
  command::Emit(change, premise.id.value(), event);
}

// The old agreements are saved first: a point never has two in force.
Result<v1::TransferOccupantResponse> HandOver(command::Change& change,
                                              const TransferOccupant& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Premise> premise = FindPremiseForUpdate(tx, command.premise);
  if (!premise) return UnknownPremise(command.premise);
  const std::optional<Account> leaving = FindAccount(tx, command.old_account);
  if (!leaving) return UnknownAccount(command.old_account);
  const std::optional<Account> coming = FindAccount(tx, command.new_account);
  if (!coming) return UnknownAccount(command.new_account);
  REEVE_ASSIGN_OR_RETURN(const Handover handover,
                         Transfer(*leaving, *coming, *premise, command.change_date, command.reads,
                                  change.call().today));
  REEVE_ASSIGN_OR_RETURN(const Account gone,
                         SaveAccount(change, *leaving, handover.old_account, "transfer-out"));
  REEVE_ASSIGN_OR_RETURN(const Account here,
                         SaveAccount(change, *coming, handover.new_account, "transfer-in"));
  EmitOccupantChanged(change, handover, *premise, command.change_date, command.reads);
  if (gone.state == AccountState::kClosed) EmitClosed(change, gone);
  v1::TransferOccupantResponse answer;
  *answer.mutable_old_account() = ViewOf(tx, gone);
  *answer.mutable_new_account() = ViewOf(tx, here);
  return answer;
}

}  // namespace

AccountService::AccountService(rpc::Server& server, command::Frame& frame, db::Database& database,
                               Random& random, obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      random_(random),
      changes_(metrics.NewCounterByLabel(
          "account_changes_total", "Changes to accounts, by kind.", "kind",
          {"open", "import", "request-stop", "cancel-stop", "close", "transfer"})) {}

grpc::ServerUnaryReactor* AccountService::OpenAccount(grpc::CallbackServerContext* context,
                                                      const v1::OpenAccountRequest* request,
                                                      v1::Account* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::OpenAccountRequest& request) -> Result<v1::Account> {
        REEVE_ASSIGN_OR_RETURN(const account::OpenAccount command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Account> {
          Count(change, "open");
          db::Transaction& tx = change.tx();
          if (!FindCustomer(tx, command.customer)) return UnknownCustomer(command.customer);
          const std::optional<Premise> premise = FindPremiseForUpdate(tx, command.premise);
          if (!premise) return UnknownPremise(command.premise);
          const std::vector<Account> others = OpenAccountsAt(tx, command.premise);
          const Opening opening{
              .account = FreeAccountNumber(tx, random_),
              .customer = command.customer,
              .services = command.services.empty() ? AllServices(*premise) : command.services,
              .wanted_date = command.wanted_date};
          REEVE_ASSIGN_OR_RETURN(const Account account,
                                 Open(opening, *premise, others, call.today));
          AddAccounts(change, std::span(&account, 1));
          EmitOpened(change, account, *premise, others);
          return ViewOf(tx, account);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::ImportAccounts(grpc::CallbackServerContext* context,
                                                         const v1::ImportAccountsRequest* request,
                                                         v1::ImportAccountsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ImportAccountsRequest& request) -> Result<v1::ImportAccountsResponse> {
        REEVE_ASSIGN_OR_RETURN(const account::ImportAccounts command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          Count(change, "import");
          return Import(change, command, random_);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::GetAccount(grpc::CallbackServerContext* context,
                                                     const v1::GetAccountRequest* request,
                                                     v1::Account* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetAccountRequest& request) -> Result<v1::Account> {
        Fields fields;
        const AccountId id = ParseAccount(fields, "account_id", request.account_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Account> {
          const std::optional<Account> account = FindAccount(tx, id);
          if (!account) return UnknownAccount(id);
          return ViewOf(tx, *account);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::ListAccounts(grpc::CallbackServerContext* context,
                                                       const v1::ListAccountsRequest* request,
                                                       v1::ListAccountsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListAccountsRequest& request) -> Result<v1::ListAccountsResponse> {
        Fields fields;
        const bool of_customer = request.customer_id() != 0;
        if (of_customer == (request.premise_id() != 0)) {
          fields.Refuse("customer_id", "exactly one of customer_id and premise_id is required");
        }
        if (of_customer) fields.Id("customer_id", request.customer_id());
        if (request.premise_id() != 0) fields.Id("premise_id", request.premise_id());
        const std::int64_t id = of_customer ? request.customer_id() : request.premise_id();
        const std::string query =
            (of_customer ? "ListAccounts/customer/" : "ListAccounts/premise/") + std::to_string(id);
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const AccountPlace after{page.after.empty() ? "9999-12-31" : page.after[0],
                                 AccountId(page.AfterInt(1))};
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListAccountsResponse> {
              std::vector<AccountPlace> found =
                  of_customer ? ListByCustomer(tx, CustomerId(id), after, page.size + 1)
                              : ListByPremise(tx, PremiseId(id), after, page.size + 1);
              v1::ListAccountsResponse answer;
              if (found.size() > static_cast<std::size_t>(page.size)) {
                found.pop_back();
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {found.back().open_date, found.back().account.ToString()}));
              }
              for (const AccountPlace& place : found)
                *answer.add_accounts() = ViewOf(tx, FindAccount(tx, place.account).value());
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* AccountService::RequestStop(grpc::CallbackServerContext* context,
                                                      const v1::RequestStopRequest* request,
                                                      v1::Account* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RequestStopRequest& request) -> Result<v1::Account> {
        REEVE_ASSIGN_OR_RETURN(const account::RequestStop command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Account> {
          Count(change, "request-stop");
          REEVE_ASSIGN_OR_RETURN(const LockedAccount locked,
                                 LockAccount(change.tx(), command.account));
          REEVE_ASSIGN_OR_RETURN(const Account leaving, Leave(locked.account, command.stop_date));
          REEVE_ASSIGN_OR_RETURN(const Account saved,
                                 SaveAccount(change, locked.account, leaving, "request-stop"));
          return ViewOf(change.tx(), saved);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::CancelStop(grpc::CallbackServerContext* context,
                                                     const v1::CancelStopRequest* request,
                                                     v1::Account* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CancelStopRequest& request) -> Result<v1::Account> {
        REEVE_ASSIGN_OR_RETURN(const account::CancelStop command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Account> {
          Count(change, "cancel-stop");
          REEVE_ASSIGN_OR_RETURN(const LockedAccount locked,
                                 LockAccount(change.tx(), command.account));
          REEVE_ASSIGN_OR_RETURN(const Account staying, Stay(locked.account));
          REEVE_ASSIGN_OR_RETURN(const Account saved,
                                 SaveAccount(change, locked.account, staying, "cancel-stop"));
          return ViewOf(change.tx(), saved);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::CloseAccount(grpc::CallbackServerContext* context,
                                                       const v1::CloseAccountRequest* request,
                                                       v1::Account* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CloseAccountRequest& request) -> Result<v1::Account> {
        REEVE_ASSIGN_OR_RETURN(const account::CloseAccount command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Account> {
          Count(change, "close");
          REEVE_ASSIGN_OR_RETURN(const LockedAccount locked,
                                 LockAccount(change.tx(), command.account));
          REEVE_ASSIGN_OR_RETURN(const Account closed, Close(locked.account, locked.others,
                                                             command.close_date, call.today));
          REEVE_ASSIGN_OR_RETURN(const Account saved,
                                 SaveAccount(change, locked.account, closed, "close"));
          EmitClosed(change, saved);
          return ViewOf(change.tx(), saved);
        });
      });
}

grpc::ServerUnaryReactor* AccountService::TransferOccupant(
    grpc::CallbackServerContext* context, const v1::TransferOccupantRequest* request,
    v1::TransferOccupantResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::TransferOccupantRequest& request) -> Result<v1::TransferOccupantResponse> {
        REEVE_ASSIGN_OR_RETURN(const account::TransferOccupant command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          Count(change, "transfer");
          return HandOver(change, command);
        });
      });
}

}  // namespace reeve::account
