// The work order service in one process, on a database of its own, on a Monday morning. Billing is
// a word that the test gives.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "services/work_order/appointment/appointment_service.h"
#include "services/work_order/crew/crew_service.h"
#include "services/work_order/field/field_service.h"
#include "services/work_order/intake/intake_service.h"
#include "services/work_order/migrations.h"
#include "services/work_order/order/order_service.h"
#include "services/work_order/verify/verify_service.h"
#include "services/work_order/watch/watch_service.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::work_order {

// Billing's word on every cut.
class GivenGate final : public ShutoffGate {
 public:
  Result<> MayDisconnect(const Call&, const Order&) override {
    ++asked;
    if (may_disconnect) return Ok();
    return FailedPrecondition(reason::kShutoffNotConfirmed, "Paid, or no answer.");
  }
  std::atomic<bool> may_disconnect = true;
  std::atomic<int> asked = 0;
};

class WorkOrder : public ::testing::TestWithParam<db::Engine> {
 protected:
  static constexpr std::int64_t kAccount = 10'000'000'001;
  static constexpr std::int64_t kPremise = 4'242;
  static constexpr std::int64_t kTechnician = 21, kOtherTechnician = 22;

  WorkOrder() {
    process::Service& service = server_.service();
    service.Register(orders_);
    service.Register(field_);
    service.Register(appointments_);
    service.Register(crews_);
    service.Register(watch_);
    service.AddCheck(CheckOrders);
    server_.Start();
  }
  void TearDown() override { server_.Stop(); }  // before the features go

  // A request id of 16 characters or more.
  static std::string Key(const std::string& name) { return "request-id-of-" + name; }
  // Time passes, so that ids are in the order of the calls.
  std::string NextKey() {
    clock_.Advance(Duration::Millis(1));
    return Key("call-" + std::to_string(++keys_));
  }

  // Calls a method of `Service` as the holder of `token`.
  template <class Service, class Request, class Response>
  Result<Response> Send(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                        const Request& request, const std::string& token) {
    const auto stub = server_.Stub<Service>();
    const auto context = testing::InProcessServer::Context(token);
    Response response;
    const grpc::Status status = ((*stub).*method)(context.get(), request, &response);
    if (status.ok()) return response;
    return rpc::FromStatus(status);
  }

  // The office's steps.
  template <class Request>
  Request For(const v1::Order& order) {
    Request request;
    request.set_request_id(NextKey());
    request.set_premise_id(order.premise_id());
    request.set_order_id(order.order_id());
    return request;
  }
  Result<v1::Order> Dispatch(const v1::Order& order, std::int64_t technician = kTechnician) {
    auto request = For<v1::DispatchOrderRequest>(order);
    request.set_technician_id(technician);
    return Send<v1::OrderService>(&v1::OrderService::Stub::DispatchOrder, request, office_);
  }
  Result<v1::Order> Recall(const v1::Order& order) {
    auto request = For<v1::RecallOrderRequest>(order);
    request.set_reason("The customer called.");
    return Send<v1::OrderService>(&v1::OrderService::Stub::RecallOrder, request, office_);
  }
  Result<v1::Order> Close(const v1::Order& order) {
    return Send<v1::OrderService>(&v1::OrderService::Stub::CloseOrder,
                                  For<v1::CloseOrderRequest>(order), office_);
  }
  v1::Order Get(const v1::Order& order) {
    v1::GetOrderRequest request;
    request.set_premise_id(order.premise_id());
    request.set_order_id(order.order_id());
    return Send<v1::OrderService>(&v1::OrderService::Stub::GetOrder, request, office_).value();
  }
  std::vector<v1::Order> List(v1::OrderType type = v1::ORDER_TYPE_UNSPECIFIED) {
    v1::ListOrdersRequest request;
    request.set_type(type);
    const auto response =
        Send<v1::OrderService>(&v1::OrderService::Stub::ListOrders, request, office_).value();
    return {response.orders().begin(), response.orders().end()};
  }
  v1::CreateOrderRequest Creation() {
    v1::CreateOrderRequest request;
    request.set_request_id(NextKey());
    request.set_premise_id(kPremise);
    request.set_type(v1::ORDER_TYPE_READ);
    request.set_account_id(kAccount);
    request.set_service("electric");
    request.set_meter_number("E1");
    return request;
  }
  v1::Order Create() {
    return Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, Creation(), office_)
        .value();
  }

  // The technician's steps.
  template <class Request>
  Request Step(const v1::Order& order) {
    Request request;
    request.set_request_id(NextKey());
    request.mutable_assignment()->set_premise_id(order.premise_id());
    request.mutable_assignment()->set_order_id(order.order_id());
    request.mutable_assignment()->set_assignment_epoch(order.assignment_epoch());
    return request;
  }
  template <class Request>
  Result<v1::Order> Take(grpc::Status (v1::FieldService::Stub::*method)(grpc::ClientContext*,
                                                                        const Request&, v1::Order*),
                         const Request& request, const std::string& token) {
    return Send<v1::FieldService>(method, request, token);
  }
  Result<v1::Order> Accept(const v1::Order& order) {
    return Take(&v1::FieldService::Stub::AcceptOrder, Step<v1::AcceptOrderRequest>(order),
                technician_);
  }
  Result<v1::Order> Travel(const v1::Order& order) {
    return Take(&v1::FieldService::Stub::StartTravel, Step<v1::StartTravelRequest>(order),
                technician_);
  }
  Result<v1::Order> Arrive(const v1::Order& order) {
    return Take(&v1::FieldService::Stub::Arrive, Step<v1::ArriveRequest>(order), technician_);
  }
  Result<v1::Order> Start(const v1::Order& order) {
    auto request = Step<v1::StartWorkRequest>(order);
    request.set_meter_number(order.meter_number());
    return Take(&v1::FieldService::Stub::StartWork, request, technician_);
  }
  v1::CompleteOrderRequest Completed(const v1::Order& order, std::int64_t read = 5'000'000) {
    auto request = Step<v1::CompleteOrderRequest>(order);
    v1::Completion& completion = *request.mutable_completion();
    completion.set_meter_number(order.meter_number());
    completion.set_has_read(true);
    completion.set_read_thousandths(read);
    completion.set_supply_on(order.type() != v1::ORDER_TYPE_DISCONNECT_NONPAY);
    completion.set_seal_number("S-9");
    completion.set_door_hanger_left(true);
    return request;
  }
  Result<v1::Order> Complete(const v1::Order& order) {
    return Take(&v1::FieldService::Stub::CompleteOrder, Completed(order), technician_);
  }
  Result<v1::Order> Acknowledge(const v1::Order& order) {
    return Take(&v1::FieldService::Stub::AcknowledgeRecall,
                Step<v1::AcknowledgeRecallRequest>(order), technician_);
  }
  v1::Order OnSite(const v1::Order& order) {
    const v1::Order dispatched = Dispatch(order).value();
    EXPECT_TRUE(Accept(dispatched).ok());
    EXPECT_TRUE(Travel(dispatched).ok());
    return Arrive(dispatched).value();
  }

  // What the neighbours' feeds say, applied as the consumer would.
  template <class Message>
  static feed::Event EventOf(const Message& message) {
    return {0,  1, kPremise, Message::descriptor()->full_name(), message.SerializeAsString(),
            "", {}};
  }
  void Apply(Result<> (Intake::*apply)(command::Change&, std::span<const feed::Event>),
             const std::vector<feed::Event>& events) {
    clock_.Advance(Duration::Millis(1));
    Call call;
    call.caller = {CallerKind::kService, {}, "intake"};
    call.now = clock_.Now();
    call.deadline = machine_clock_.Now() + Duration::Seconds(60);
    const Result<> applied = server_.service().frame().Apply(
        call, kPremise, [&](command::Change& change) { return (intake_.*apply)(change, events); });
    EXPECT_TRUE(applied.ok());
  }
  template <class Message>
  void FromAccount(const Message& message) {
    Apply(&Intake::ApplyAccount, {EventOf(message)});
  }
  template <class Message>
  void FromBilling(const Message& message) {
    Apply(&Intake::ApplyBilling, {EventOf(message)});
  }
  static account::v1::ConnectRequested ConnectRequest(std::int64_t agreement = 31,
                                                      std::int64_t premise = kPremise) {
    account::v1::ConnectRequested asked;
    asked.set_application_id(8);
    asked.set_account_id(kAccount);
    asked.set_premise_id(premise);
    asked.set_service("electric");
    asked.set_agreement_id(agreement);
    asked.set_meter_number("E1");
    asked.set_wanted_date("2026-11-23");
    return asked;
  }
  static billing::v1::DisconnectRequested CutRequest(std::int64_t disconnect = 51) {
    billing::v1::DisconnectRequested asked;
    asked.set_account_id(kAccount);
    asked.set_premise_id(kPremise);
    asked.set_amount_to_avoid_cents(12'345);
    asked.set_service("electric");
    asked.set_meter_number("E1");
    asked.set_disconnect_id(disconnect);
    asked.set_cut_date("2026-11-23");
    return asked;
  }
  static billing::v1::ShutoffSatisfied Paid(std::int64_t disconnect = 51) {
    billing::v1::ShutoffSatisfied satisfied;
    satisfied.set_account_id(kAccount);
    satisfied.set_premise_id(kPremise);
    satisfied.set_payment_id("7-1-3");
    satisfied.set_disconnect_id(disconnect);
    return satisfied;
  }
  v1::Order Cut(std::int64_t disconnect = 51) {
    FromBilling(CutRequest(disconnect));
    return List(v1::ORDER_TYPE_DISCONNECT_NONPAY).front();
  }

  // The first check that does not hold.
  std::string Violation() {
    std::string violation;
    database_->Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      for (const Finding& finding : CheckOrders(tx)) {
        if (violation.empty() && !finding.violation.empty()) {
          violation = finding.check + ": " + finding.violation;
        }
      }
    });
    return violation;
  }
  // The payloads of the own feed's events of one type.
  template <class Message>
  std::vector<Message> Told() {
    std::vector<Message> told;
    database_->Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      feed::Token token;
      for (;;) {
        const auto events = server_.service().feed().Read(tx, token, 500).value();
        if (events.empty()) return;
        for (const feed::Event& event : events) {
          if (event.type != Message::descriptor()->full_name()) continue;
          told.emplace_back().ParseFromString(event.payload);
        }
      }
    });
    return told;
  }

  std::atomic<int> keys_ = 0;
  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T09:00:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  testing::InProcessServer server_{"work_order", *database_, Migrations(), &clock_};
  process::Service& service_ = server_.service();
  GivenGate gate_;
  OrderChanges changes_{service_.frame(), service_.random(), service_.zone(), service_.metrics()};
  OrderService orders_{service_.server(), *database_, changes_};
  FieldService field_{service_.server(), changes_, gate_};
  AppointmentService appointments_{service_.server(), *database_, changes_, service_.random(),
                                   service_.zone()};
  CrewService crews_{service_.server(), *database_, service_.frame()};
  WatchService watch_{service_.server(),     *database_,        service_.feed(),
                      service_.background(), service_.random(), service_.metrics()};
  Intake intake_{changes_};
  const std::string office_ = server_.SignIn(
      PersonId(9), {"order.create", "order.dispatch", "order.recall", "order.close", "order.read",
                    "order.watch", "slot.open", "appointment.book", "crew.edit"});
  const std::string technician_ =
      server_.SignIn(PersonId(kTechnician), {"order.work", "order.watch", "order.read"});
  const std::string other_technician_ =
      server_.SignIn(PersonId(kOtherTechnician), {"order.work", "order.watch", "order.read"});
};

}  // namespace reeve::work_order
