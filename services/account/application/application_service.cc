#include "services/account/application/application_service.h"

#include <array>
#include <limits>
#include <set>
#include <utility>

#include "services/account/account/account_store.h"
#include "services/account/account/account_wire_service.h"
#include "services/account/application/application_store.h"
#include "services/account/application/application_wire_service.h"
#include "services/account/customer/customer_service.h"
#include "services/account/customer/customer_store.h"
#include "services/account/history/history_service.h"
#include "services/account/history/history_store.h"
#include "services/account/policy/policy_service.h"
#include "services/account/policy/policy_store.h"
#include "services/account/premise/premise_service.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"
#include "shared/core/service.h"
#include "shared/rpc/paging.h"

namespace reeve::account {
namespace {

constexpr std::int64_t kMonthlyMaxCents = 1'000'000'000;  // ten million dollars a month

struct StartApplication {
  static constexpr std::string_view kMethod =
      "reeve.account.v1.ApplicationService/StartApplication";
  std::string request_id;
  ApplicationId application;
  CustomerId customer;
  PremiseId premise;
  CustomerType customer_type = CustomerType::kOwner;
  std::vector<WantedService> services;
  Date wanted_date;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    Canonical canonical("StartApplication", 1);
    canonical.Add("customer", customer.value())
        .Add("premise", premise.value())
        .Add("type", kCustomerTypeName(customer_type))
        .Add("wanted_date", wanted_date.ToString())
        .List("services", services.size());
    for (const WantedService& wanted : services)
      canonical.Add("service", wanted.service).Add("monthly", wanted.monthly.cents());
    return canonical;
  }
};

struct RecordDocument {
  static constexpr std::string_view kMethod = "reeve.account.v1.ApplicationService/RecordDocument";
  std::string request_id;
  ApplicationId application;
  Document document;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    return Canonical("RecordDocument", 1)
        .Add("application", application.value())
        .Add("kind", document.kind)
        .Add("reference", document.reference)
        .Add("date", document.document_date.ToString());
  }
};

struct RecordReference {
  static constexpr std::string_view kMethod = "reeve.account.v1.ApplicationService/RecordReference";
  std::string request_id;
  ApplicationId application;
  Reference reference;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    return Canonical("RecordReference", 1)
        .Add("application", application.value())
        .Add("kind", kReferenceKindName(reference.kind))
        .Add("issuer", reference.issuer)
        .Add("from_date", reference.from_date.ToString())
        .Add("to_date", reference.to_date.ToString());
  }
};

struct DecideDeposit {
  static constexpr std::string_view kMethod = "reeve.account.v1.ApplicationService/DecideDeposit";
  std::string request_id;
  ApplicationId application;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    return Canonical("DecideDeposit", 1).Add("application", application.value());
  }
};

struct AcceptApplication {
  static constexpr std::string_view kMethod =
      "reeve.account.v1.ApplicationService/AcceptApplication";
  std::string request_id;
  ApplicationId application;
  std::string digest;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    return Canonical("AcceptApplication", 1)
        .Add("application", application.value())
        .Add("digest", digest);
  }
};

struct WithdrawApplication {
  static constexpr std::string_view kMethod =
      "reeve.account.v1.ApplicationService/WithdrawApplication";
  std::string request_id;
  ApplicationId application;
  std::int64_t home() const { return application.value(); }
  Canonical canonical() const {
    return Canonical("WithdrawApplication", 1).Add("application", application.value());
  }
};

Result<StartApplication> Parse(const Call& call, const v1::StartApplicationRequest& request) {
  Fields fields;
  StartApplication command{.request_id = fields.RequestId(request.request_id()),
                           .customer = CustomerId(fields.Id("customer_id", request.customer_id())),
                           .premise = PremiseId(fields.Id("premise_id", request.premise_id())),
                           .customer_type = FromProto(fields, "customer_type",
                                                      request.customer_type(), kCustomerTypeName),
                           .wanted_date = fields.CivilDate("wanted_date", request.wanted_date())};
  if (request.services().empty()) fields.Refuse("services", "is required");
  std::set<std::string> names;
  for (int i = 0; i < request.services_size(); ++i) {
    const v1::WantedService& wanted = request.services(i);
    const std::string path = At("services", i);
    if (!IsService(wanted.service()))
      fields.Refuse(path + ".service", "is not a service of the city");
    if (!names.insert(wanted.service()).second) fields.Refuse(path + ".service", "is there twice");
    command.services.push_back(
        {wanted.service(),
         fields.Cents(path + ".monthly_cents", wanted.monthly_cents(), 0, kMonthlyMaxCents)});
  }
  if (!fields.ok()) return fields.error();
  command.application = ApplicationId(CreatedId("application", call.caller, command.request_id));
  return command;
}

Result<RecordDocument> Parse(const Call& call, const v1::RecordDocumentRequest& request) {
  Fields fields;
  const v1::Document& from = request.document();
  RecordDocument command{
      .request_id = fields.RequestId(request.request_id()),
      .application = ApplicationId(fields.Id("application_id", request.application_id())),
      .document = CheckDocument(
          fields,
          {.kind = from.kind(),
           .reference = from.reference(),
           .document_date = fields.CivilDate("document.document_date", from.document_date()),
           .received_by = call.caller.ToString(),
           .received_time = call.now},
          call.today)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RecordReference> Parse(const Call& call, const v1::RecordReferenceRequest& request) {
  Fields fields;
  const v1::Reference& from = request.reference();
  RecordReference command{
      .request_id = fields.RequestId(request.request_id()),
      .application = ApplicationId(fields.Id("application_id", request.application_id())),
      .reference = CheckReference(
          fields,
          {.kind = FromProto(fields, "reference.kind", from.kind(), kReferenceKindName),
           .issuer = from.issuer(),
           .from_date = fields.CivilDate("reference.from_date", from.from_date()),
           .to_date = fields.CivilDate("reference.to_date", from.to_date()),
           .verified_by = call.caller.ToString(),
           .verified_time = call.now},
          call.today)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<DecideDeposit> Parse(const v1::DecideDepositRequest& request) {
  Fields fields;
  DecideDeposit command{
      .request_id = fields.RequestId(request.request_id()),
      .application = ApplicationId(fields.Id("application_id", request.application_id()))};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AcceptApplication> Parse(const v1::AcceptApplicationRequest& request) {
  Fields fields;
  AcceptApplication command{
      .request_id = fields.RequestId(request.request_id()),
      .application = ApplicationId(fields.Id("application_id", request.application_id())),
      .digest = fields.Text("decision_digest", request.decision_digest(), 1, 64)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<WithdrawApplication> Parse(const v1::WithdrawApplicationRequest& request) {
  Fields fields;
  WithdrawApplication command{
      .request_id = fields.RequestId(request.request_id()),
      .application = ApplicationId(fields.Id("application_id", request.application_id()))};
  if (!fields.ok()) return fields.error();
  return command;
}

Error UnknownApplication(ApplicationId id) {
  return NotFound(reason::kApplicationUnknown, "There is no such application.")
      .With("application_id", id.value());
}

Result<Application> LockApplication(db::Transaction& tx, ApplicationId id) {
  std::optional<Application> application = FindApplicationForUpdate(tx, id);
  if (!application) return UnknownApplication(id);
  return *std::move(application);
}

Result<Application> NewApplication(db::Transaction& tx, const StartApplication& command,
                                   Random& random) {
  if (!FindCustomer(tx, command.customer)) return UnknownCustomer(command.customer);
  const std::optional<Premise> premise = FindPremise(tx, command.premise);
  if (!premise) return UnknownPremise(command.premise);
  REEVE_ASSIGN_OR_RETURN(std::vector<AppliedPoint> points, PointsOf(*premise, command.services));
  std::array<std::uint8_t, 16> salt{};
  random.Fill(salt);
  return Application{.id = command.application,
                     .customer = command.customer,
                     .premise = command.premise,
                     .customer_type = command.customer_type,
                     .customer_class = premise->customer_class,
                     .wanted_date = command.wanted_date,
                     .points = std::move(points),
                     .salt = HexEncode(std::string(salt.begin(), salt.end()))};
}

std::vector<std::string> ServicesOf(const Application& application) {
  std::set<std::string> names;
  for (const AppliedPoint& point : application.points) names.insert(point.service);
  return {names.begin(), names.end()};
}

// Accepts the application, opens the account and tells the others, all in one.
Result<v1::Application> AcceptAndOpen(command::Change& change, const AcceptApplication& command,
                                      Random& random) {
  db::Transaction& tx = change.tx();
  const Date today = change.call().today;
  REEVE_ASSIGN_OR_RETURN(const Application before, LockApplication(tx, command.application));
  const Premise premise = FindPremiseForUpdate(tx, before.premise).value();
  REEVE_ASSIGN_OR_RETURN(const Policy policy, RequirePolicy(tx, today));
  REEVE_ASSIGN_OR_RETURN(const Application accepted,
                         Accept(before, command.digest, policy, RecordsOf(tx, before.customer),
                                today, FreeAccountNumber(tx, random)));
  const std::vector<Account> others = OpenAccountsAt(tx, premise.id);
  REEVE_ASSIGN_OR_RETURN(const Account account, Open({.account = accepted.account,
                                                      .customer = accepted.customer,
                                                      .application = accepted.id,
                                                      .services = ServicesOf(accepted),
                                                      .wanted_date = accepted.wanted_date},
                                                     premise, others, today));
  AddAccounts(change, std::span(&account, 1));
  REEVE_ASSIGN_OR_RETURN(const Application saved,
                         SaveApplication(change, before, accepted, "accept"));
  EmitOpened(change, account, premise, others);
  EmitAccepted(change, saved);
  if (saved.charges_paid) EmitConnects(change, saved, premise);
  v1::Application answer = ToProto(saved);
  *answer.mutable_account() = ViewOf(tx, account);
  return answer;
}

v1::Application FullView(db::Transaction& tx, const Application& application, Date today) {
  v1::Application view = ToProto(application);
  const std::optional<Policy> policy = PolicyInEffect(tx, today);
  if (policy && application.state == ApplicationState::kOpen) {
    for (const ChecklistLine& line : Missing(application, *policy))
      *view.add_missing() = ToProto(line);
  }
  *view.mutable_payment_history() = HistoryOf(tx, application.customer, today);
  if (application.account.is_set())
    *view.mutable_account() = ViewOf(tx, FindAccount(tx, application.account).value());
  return view;
}

// Adds a paper to `papers` of the application. `insert` writes the last one of them, `action` is
// the audit trail's word for it.
template <class Paper>
Result<v1::Application> PutOnRecord(command::Change& change, ApplicationId id,
                                    std::vector<Paper> Application::*papers, const Paper& paper,
                                    void (*insert)(db::Transaction&, const Application&),
                                    const char* action) {
  db::Transaction& tx = change.tx();
  const Date today = change.call().today;
  REEVE_ASSIGN_OR_RETURN(const Application before, LockApplication(tx, id));
  REEVE_ASSIGN_OR_RETURN(const Policy policy, RequirePolicy(tx, today));
  Application after = before;
  (after.*papers).push_back(paper);
  REEVE_ASSIGN_OR_RETURN(const Application recorded, Recorded(std::move(after), policy));
  insert(tx, recorded);
  REEVE_ASSIGN_OR_RETURN(const Application saved,
                         SaveApplication(change, before, recorded, action));
  return FullView(tx, saved, today);
}

}  // namespace

ApplicationService::ApplicationService(rpc::Server& server, command::Frame& frame,
                                       db::Database& database, Random& random,
                                       obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      random_(random),
      steps_(metrics.NewCounterByLabel("application_steps_total", "Steps of applications, by kind.",
                                       "step",
                                       {"start", "record", "decide", "accept", "withdraw"})) {}

grpc::ServerUnaryReactor* ApplicationService::StartApplication(
    grpc::CallbackServerContext* context, const v1::StartApplicationRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::StartApplicationRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::StartApplication command, Parse(call, request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Application> {
          Count(change, "start");
          if (command.wanted_date < call.today) {
            return InvalidArgument({{"wanted_date", "has passed"}});
          }
          db::Transaction& tx = change.tx();
          REEVE_ASSIGN_OR_RETURN(Application application, NewApplication(tx, command, random_));
          REEVE_ASSIGN_OR_RETURN(const Policy policy, RequirePolicy(tx, call.today));
          REEVE_ASSIGN_OR_RETURN(const Application started, Recorded(application, policy));
          InsertApplication(tx, started);
          change.Audit({.entity = "application",
                        .entity_id = started.id.ToString(),
                        .action = "start",
                        .before = "",
                        .after = ToAuditText(started)});
          return FullView(tx, started, call.today);
        });
      });
}

grpc::ServerUnaryReactor* ApplicationService::RecordDocument(
    grpc::CallbackServerContext* context, const v1::RecordDocumentRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::RecordDocumentRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::RecordDocument command, Parse(call, request));
        return frame_.Write(call, command, [&](command::Change& change) {
          Count(change, "record");
          return PutOnRecord(change, command.application, &Application::documents, command.document,
                             InsertDocument, "record-document");
        });
      });
}

grpc::ServerUnaryReactor* ApplicationService::RecordReference(
    grpc::CallbackServerContext* context, const v1::RecordReferenceRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::RecordReferenceRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::RecordReference command, Parse(call, request));
        return frame_.Write(call, command, [&](command::Change& change) {
          Count(change, "record");
          return PutOnRecord(change, command.application, &Application::references,
                             command.reference, InsertReference, "record-reference");
        });
      });
}

grpc::ServerUnaryReactor* ApplicationService::GetApplication(
    grpc::CallbackServerContext* context, const v1::GetApplicationRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetApplicationRequest& request) -> Result<v1::Application> {
        Fields fields;
        const ApplicationId id(fields.Id("application_id", request.application_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::Application> {
              const std::optional<Application> application = FindApplication(tx, id);
              if (!application) return UnknownApplication(id);
              return FullView(tx, *application, call.today);
            });
      });
}

grpc::ServerUnaryReactor* ApplicationService::ListApplications(
    grpc::CallbackServerContext* context, const v1::ListApplicationsRequest* request,
    v1::ListApplicationsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListApplicationsRequest& request) -> Result<v1::ListApplicationsResponse> {
        Fields fields;
        const CustomerId customer(fields.Id("customer_id", request.customer_id()));
        const std::string query = "ListApplications/" + customer.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListApplicationsResponse> {
              const ApplicationId before(
                  page.AfterInt(0, std::numeric_limits<std::int64_t>::max()));
              std::vector<ApplicationId> found =
                  account::ListApplications(tx, customer, before, page.size + 1);
              v1::ListApplicationsResponse answer;
              if (found.size() > static_cast<std::size_t>(page.size)) {
                found.pop_back();
                answer.set_next_page_token(rpc::NextPageToken(query, {found.back().ToString()}));
              }
              for (const ApplicationId id : found)
                *answer.add_applications() = ToProto(FindApplication(tx, id).value());
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* ApplicationService::DecideDeposit(grpc::CallbackServerContext* context,
                                                            const v1::DecideDepositRequest* request,
                                                            v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::DecideDepositRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::DecideDeposit command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Application> {
          Count(change, "decide");
          db::Transaction& tx = change.tx();
          REEVE_ASSIGN_OR_RETURN(const Application before,
                                 LockApplication(tx, command.application));
          REEVE_ASSIGN_OR_RETURN(const Policy policy, RequirePolicy(tx, call.today));
          REEVE_ASSIGN_OR_RETURN(const Application decided,
                                 DecideApplication(before, policy, RecordsOf(tx, before.customer),
                                                   call.today, call.caller.ToString()));
          REEVE_ASSIGN_OR_RETURN(const Application saved,
                                 SaveApplication(change, before, decided, "decide"));
          return FullView(tx, saved, call.today);
        });
      });
}

grpc::ServerUnaryReactor* ApplicationService::AcceptApplication(
    grpc::CallbackServerContext* context, const v1::AcceptApplicationRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AcceptApplicationRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::AcceptApplication command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          Count(change, "accept");
          return AcceptAndOpen(change, command, random_);
        });
      });
}

grpc::ServerUnaryReactor* ApplicationService::WithdrawApplication(
    grpc::CallbackServerContext* context, const v1::WithdrawApplicationRequest* request,
    v1::Application* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::WithdrawApplicationRequest& request) -> Result<v1::Application> {
        REEVE_ASSIGN_OR_RETURN(const account::WithdrawApplication command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Application> {
          Count(change, "withdraw");
          REEVE_ASSIGN_OR_RETURN(const Application before,
                                 LockApplication(change.tx(), command.application));
          REEVE_ASSIGN_OR_RETURN(const Application withdrawn, Withdraw(before));
          REEVE_ASSIGN_OR_RETURN(const Application saved,
                                 SaveApplication(change, before, withdrawn, "withdraw"));
          return FullView(change.tx(), saved, call.today);
        });
      });
}

}  // namespace reeve::account
