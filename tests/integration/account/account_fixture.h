// account in one process, on a database of its own, on a Monday morning, with a clerk at the
// counter; what billing tells is told by the test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "services/account/account/account_service.h"
#include "services/account/application/application_service.h"
#include "services/account/customer/customer_service.h"
#include "services/account/history/billing_feed_service.h"
#include "services/account/history/history_service.h"
#include "services/account/migrations.h"
#include "services/account/policy/policy_service.h"
#include "services/account/premise/premise_service.h"
#include "services/account/verify/verify_service.h"
#include "services/account/verify/verify_store.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::account {

class AccountServer : public ::testing::TestWithParam<db::Engine> {
 protected:
  AccountServer() {
    process::Service& service = server_.service();
    service.Register(customers_);
    service.Register(premises_);
    service.Register(accounts_);
    service.Register(policies_);
    service.Register(applications_);
    service.Register(history_);
    service.AddCheck(CheckFiles);
    service.AddCheck(CheckAnnounced);
    server_.Start();
  }

  // A request id of 16 characters or more.
  static std::string Key(const std::string& name) { return "request-id-of-" + name; }

  // Calls a method of Service's stub as the clerk.
  template <class Service, class Request, class Response>
  Result<Response> Send(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                        const Request& request) {
    const auto stub = server_.Stub<Service>();
    const auto context = testing::InProcessServer::Context(clerk_);
    Response answer;
    const grpc::Status status = ((*stub).*method)(context.get(), request, &answer);
    if (status.ok()) return answer;
    return rpc::FromStatus(status);
  }

  static v1::Address Address(const std::string& street) {
    v1::Address address;
    address.set_street(street);
    address.set_city("Provo");
    address.set_region("UT");
    address.set_postal_code("84601");
    return address;
  }

  static v1::CustomerDetails Details(const std::string& name) {
    v1::CustomerDetails details;
    details.set_kind(v1::CUSTOMER_KIND_PERSON);
    details.set_name(name);
    details.set_mobile_phone("801-555-0142");
    details.set_email("maria@example.org");
    *details.mutable_mailing_address() = Address("PO Box 12");
    details.set_language("es");
    details.set_verification(v1::VERIFICATION_VERIFIED);
    return details;
  }

  v1::Customer CreateCustomer(const std::string& name) {
    v1::CreateCustomerRequest request;
    request.set_request_id(Key("customer-" + std::to_string(std::hash<std::string>()(name))));
    *request.mutable_details() = Details(name);
    return Send<v1::CustomerService>(&v1::CustomerService::Stub::CreateCustomer, request).value();
  }

  // Electric (off unless said otherwise) and storm.
  static v1::Premise House(std::int64_t premise_id, bool on = false) {
    v1::Premise premise;
    premise.set_premise_id(premise_id);
    *premise.mutable_address() = Address(std::to_string(premise_id) + " W 820 N");
    premise.set_customer_class(v1::CUSTOMER_CLASS_RESIDENTIAL);
    premise.set_cycle(7);
    v1::ServicePoint& electric = *premise.add_service_points();
    electric.set_service_point_no(1);
    electric.set_service("electric");
    electric.set_schedule_code("E1");
    electric.set_quantity_thousandths(1000);
    electric.set_meter_number("E-" + std::to_string(premise_id));
    electric.set_register_digits(5);
    electric.set_multiplier_thousandths(1000);
    electric.set_unit("kWh");
    electric.set_supply(on ? v1::SUPPLY_ON : v1::SUPPLY_OFF);
    v1::ServicePoint& storm = *premise.add_service_points();
    storm.set_service_point_no(2);
    storm.set_service("storm");
    storm.set_schedule_code("S1");
    storm.set_quantity_thousandths(1000);
    storm.set_supply(v1::SUPPLY_ON);
    return premise;
  }

  void CreatePremise(const v1::Premise& premise) {
    v1::CreatePremiseRequest request;
    request.set_request_id(Key("premise-" + std::to_string(premise.premise_id())));
    *request.mutable_premise() = premise;
    ASSERT_TRUE(Send<v1::PremiseService>(&v1::PremiseService::Stub::CreatePremise, request).ok());
  }

  static void SetRule(v1::Rule& rule) {
    rule.set_tag(v1::RULE_TAG_ADOPTED);
    rule.set_citation("Provo City Code 12.02.030");
    rule.set_quote("two continuous years of timely payment");
    rule.set_source("provo.municipal.codes");
  }

  // Deposit for electric, waived by two years; connect fee where it is off; a photo ID of tenants.
  void LoadPolicy(std::int64_t deposit_cents = 12'000) {
    v1::LoadPolicyRequest request;
    request.set_request_id(Key("policy-" + std::to_string(deposit_cents)));
    v1::Policy& policy = *request.mutable_policy();
    policy.set_effective_date("2026-07-01");
    policy.set_gap_days_max(31);
    v1::ChargeLine& deposit = *policy.add_charges();
    deposit.set_code("E-DEP");
    deposit.set_kind(v1::CHARGE_KIND_DEPOSIT);
    deposit.set_service("electric");
    deposit.set_customer_class(v1::CUSTOMER_CLASS_RESIDENTIAL);
    deposit.set_amount_cents(deposit_cents);
    deposit.set_basis(v1::DEPOSIT_BASIS_MINIMUM);
    deposit.set_months(2);
    deposit.set_late_payments_min(2);
    deposit.set_waiver_months(24);
    SetRule(*deposit.mutable_rule());
    v1::ChargeLine& fee = *policy.add_charges();
    fee.set_code("E-CONNECT");
    fee.set_kind(v1::CHARGE_KIND_FEE);
    fee.set_service("electric");
    fee.set_customer_class(v1::CUSTOMER_CLASS_RESIDENTIAL);
    fee.set_amount_cents(2'000);
    fee.set_only_when_off(true);
    fee.set_basis(v1::DEPOSIT_BASIS_MINIMUM);
    SetRule(*fee.mutable_rule());
    v1::ChecklistLine& photo = *policy.add_checklist();
    photo.set_customer_type(v1::CUSTOMER_TYPE_TENANT);
    photo.set_document("GOVERNMENT-ID");
    photo.set_description("A photo ID of a government");
    SetRule(*photo.mutable_rule());
    const auto loaded = Send<v1::PolicyService>(&v1::PolicyService::Stub::LoadPolicy, request);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  }

  v1::Application StartApplication(std::int64_t customer_id, std::int64_t premise_id) {
    v1::StartApplicationRequest request;
    request.set_request_id(Key("start-" + std::to_string(premise_id)));
    request.set_customer_id(customer_id);
    request.set_premise_id(premise_id);
    request.set_customer_type(v1::CUSTOMER_TYPE_TENANT);
    request.add_services()->set_service("electric");
    request.add_services()->set_service("storm");
    request.set_wanted_date("2026-11-24");
    return Send<v1::ApplicationService>(&v1::ApplicationService::Stub::StartApplication, request)
        .value();
  }

  template <class Request>
  static Request For(const v1::Application& application, const std::string& name) {
    Request request;
    request.set_request_id(Key(name + std::to_string(application.application_id())));
    request.set_application_id(application.application_id());
    return request;
  }

  v1::Application RecordPhoto(const v1::Application& application) {
    auto request = For<v1::RecordDocumentRequest>(application, "photo");
    request.mutable_document()->set_kind("GOVERNMENT-ID");
    request.mutable_document()->set_reference("UT DL 4711");
    request.mutable_document()->set_document_date("2024-05-01");
    return Send<v1::ApplicationService>(&v1::ApplicationService::Stub::RecordDocument, request)
        .value();
  }

  Result<v1::Application> Decide(const v1::Application& application,
                                 const std::string& name = "decide") {
    return Send<v1::ApplicationService>(&v1::ApplicationService::Stub::DecideDeposit,
                                        For<v1::DecideDepositRequest>(application, name));
  }

  Result<v1::Application> Accept(const v1::Application& application, const std::string& digest,
                                 const std::string& name = "accept") {
    auto request = For<v1::AcceptApplicationRequest>(application, name);
    request.set_decision_digest(digest);
    return Send<v1::ApplicationService>(&v1::ApplicationService::Stub::AcceptApplication, request);
  }

  v1::Application Get(const v1::Application& application) {
    v1::GetApplicationRequest request;
    request.set_application_id(application.application_id());
    return Send<v1::ApplicationService>(&v1::ApplicationService::Stub::GetApplication, request)
        .value();
  }

  // A tenant who has brought everything and knows what it costs.
  v1::Application Decided(std::int64_t customer_id, std::int64_t premise_id) {
    const v1::Application application = RecordPhoto(StartApplication(customer_id, premise_id));
    return Decide(application).value();
  }

  v1::Application Accepted(std::int64_t customer_id, std::int64_t premise_id) {
    const v1::Application decided = Decided(customer_id, premise_id);
    return Accept(decided, decided.decision().digest()).value();
  }

  v1::Account GetAccount(std::int64_t account_id) {
    v1::GetAccountRequest request;
    request.set_account_id(account_id);
    return Send<v1::AccountService>(&v1::AccountService::Stub::GetAccount, request).value();
  }

  // Billing tells this.
  template <class Event>
  void Tell(const Event& event, std::int64_t account_id) {
    const std::vector<feed::Event> events{{.partition = 0,
                                           .position = ++position_,
                                           .home = account_id,
                                           .type = Event::descriptor()->full_name(),
                                           .payload = event.SerializeAsString(),
                                           .created_time = clock_.Now()}};
    Call call;
    call.caller = {CallerKind::kService, {}, "billing"};
    call.now = clock_.Now();
    call.today = Date::Parse("2026-11-23").value();
    call.deadline = Deadline();
    const Result<> applied = server_.service().frame().Apply(
        call, account_id, [&](command::Change& change) { return billing_.Apply(change, events); });
    ASSERT_TRUE(applied.ok()) << applied.error().message();
  }

  void TellChargesPaid(const v1::Application& application) {
    billing::v1::ApplicationChargesPaid event;
    event.set_application_id(application.application_id());
    event.set_account_id(application.account().account_id());
    event.set_premise_id(application.premise_id());
    Tell(event, event.account_id());
  }

  void TellStarted(const v1::Account& account, int index) {
    billing::v1::ServiceStarted event;
    event.set_account_id(account.account_id());
    event.set_agreement_id(account.agreements(index).agreement_id());
    event.set_service(account.agreements(index).service());
    event.set_start_date("2026-11-23");
    Tell(event, event.account_id());
  }

  // All events of a type that this service published, in their order.
  template <class Event>
  std::vector<Event> Published() {
    std::vector<Event> published;
    database_->Read(Deadline(), [&](db::Transaction& tx) {
      for (const std::string& payload : PayloadsOf(tx, Event::descriptor()->full_name()))
        published.emplace_back().ParseFromString(payload);
    });
    return published;
  }

  // The first violation, or "".
  std::string FirstViolation(db::Transaction& tx) {
    std::vector<Finding> findings = CheckFiles(tx);
    for (const Finding& finding : CheckAnnounced(tx)) findings.push_back(finding);
    for (const Finding& finding : findings) {
      if (!finding.violation.empty()) return finding.check + ": " + finding.violation;
    }
    return "";
  }
  std::string FirstViolation() {
    std::string violation;
    database_->Read(Deadline(), [&](db::Transaction& tx) { violation = FirstViolation(tx); });
    return violation;
  }

  Instant Deadline() const { return machine_clock_.Now() + Duration::Seconds(30); }

  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T08:10:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  testing::InProcessServer server_{"account", *database_, Migrations(), &clock_};
  CustomerService customers_{server_.service().server(), server_.service().frame(), *database_,
                             server_.service().random()};
  PremiseService premises_{server_.service().server(), server_.service().frame(), *database_,
                           server_.service().metrics()};
  AccountService accounts_{server_.service().server(), server_.service().frame(), *database_,
                           server_.service().random(), server_.service().metrics()};
  PolicyService policies_{server_.service().server(), server_.service().frame(), *database_};
  ApplicationService applications_{server_.service().server(), server_.service().frame(),
                                   *database_, server_.service().random(),
                                   server_.service().metrics()};
  HistoryService history_{server_.service().server(), server_.service().frame(), *database_};
  BillingFeed billing_{server_.service().zone(), server_.service().metrics()};
  std::string clerk_ = server_.SignIn(
      PersonId(42),
      {"account.close",    "account.import",     "account.open",       "account.read",
       "account.stop",     "account.transfer",   "application.accept", "application.decide",
       "application.read", "application.record", "application.start",  "application.withdraw",
       "customer.create",  "customer.history",   "customer.read",      "customer.search",
       "customer.update",  "history.excuse",     "history.read",       "history.review",
       "policy.load",      "policy.read",        "premise.create",     "premise.import",
       "premise.read"});
  std::int64_t position_ = 0;
};

}  // namespace reeve::account
