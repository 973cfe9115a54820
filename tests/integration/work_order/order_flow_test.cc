#include <future>
#include <random>

#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

class OrderFlow : public WorkOrder {};

TEST_P(OrderFlow, AnApplicationsOrderIsDoneInTheFieldAndClosedByTheOffice) {
  account::v1::AccountOpened opened;
  opened.set_account_id(kAccount);
  opened.set_premise_id(kPremise);
  auto& agreement = *opened.add_agreements();
  agreement.set_agreement_id(31);
  agreement.set_service("electric");
  agreement.set_meter_number("E1");
  agreement.set_register_digits(5);
  FromAccount(opened);
  FromAccount(ConnectRequest());
  const v1::Order ready = List().at(0);
  EXPECT_EQ(ready.type(), v1::ORDER_TYPE_CONNECT);
  EXPECT_EQ(ready.state(), v1::ORDER_STATE_READY);
  EXPECT_EQ(ready.origin(), v1::ORDER_ORIGIN_APPLICATION);

  const v1::Order started = Start(OnSite(ready)).value();
  auto off_register = Completed(started, 100'000'000);
  EXPECT_EQ(
      Take(&v1::FieldService::Stub::CompleteOrder, off_register, technician_).error().reason(),
      "READ_OFF_REGISTER");
  const auto completion = Completed(started);
  const v1::Order done =
      Take(&v1::FieldService::Stub::CompleteOrder, completion, technician_).value();
  EXPECT_EQ(done.state(), v1::ORDER_STATE_WORK_DONE);
  EXPECT_FALSE(done.feed_token().empty());
  EXPECT_EQ(Told<v1::OrderClosed>().size(), 0u);
  const v1::Order closed = Close(done).value();
  EXPECT_EQ(closed.state(), v1::ORDER_STATE_CLOSED);
  EXPECT_EQ(closed.completion().read_thousandths(), 5'000'000);

  const v1::FieldResult result = Told<v1::OrderClosed>().at(0).result();
  EXPECT_EQ(result.outcome(), v1::OUTCOME_DONE);
  EXPECT_EQ(result.agreement_id(), 31);
  EXPECT_EQ(result.application_id(), 8);
  EXPECT_EQ(result.read_date(), "2026-11-23");
  EXPECT_EQ(result.read_thousandths(), 5'000'000);
  EXPECT_EQ(Told<v1::OrderCompleted>().size(), 1u);

  // Asked again, after everything: the same bytes, and nothing moves.
  const v1::Order again =
      Take(&v1::FieldService::Stub::CompleteOrder, completion, technician_).value();
  EXPECT_EQ(again.SerializeAsString(), done.SerializeAsString());
  EXPECT_EQ(Get(done).state(), v1::ORDER_STATE_CLOSED);

  // The closed order's read is the next one's lower bound.
  const v1::Order next = Start(OnSite(Create())).value();
  EXPECT_EQ(Take(&v1::FieldService::Stub::CompleteOrder, Completed(next, 4'999'999), technician_)
                .error()
                .reason(),
            "READ_LOWER");
  // Nor is a read that is far above it taken without a second look.
  auto high = Completed(next, 15'000'000);
  EXPECT_EQ(Take(&v1::FieldService::Stub::CompleteOrder, high, technician_).error().reason(),
            "READ_HIGH");
  high.mutable_completion()->set_high_read_confirmed(true);
  high.set_request_id(NextKey());
  const v1::Order confirmed =
      Take(&v1::FieldService::Stub::CompleteOrder, high, technician_).value();
  EXPECT_TRUE(Get(confirmed).completion().high_read_confirmed());
  EXPECT_EQ(Violation(), "");
}

TEST_P(OrderFlow, ACutThatLeavesTheSupplyOnIsNoCut) {
  const v1::Order cut = Start(OnSite(Cut(41))).value();
  auto completion = Completed(cut);
  completion.mutable_completion()->set_supply_on(true);
  const auto refused = Take(&v1::FieldService::Stub::CompleteOrder, completion, technician_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "COMPLETION_CONTRADICTS");
  ASSERT_EQ(refused.error().violations().size(), 1u);
  EXPECT_EQ(refused.error().violations()[0].field, "completion.supply_on");
  EXPECT_EQ(Get(cut).state(), v1::ORDER_STATE_IN_PROGRESS);
  EXPECT_TRUE(Complete(cut).ok());
  EXPECT_EQ(Violation(), "");
}

TEST_P(OrderFlow, EventsThatAreReadFromTheStartAgainMakeNoSecondOrder) {
  for (int i = 0; i < 2; ++i) {
    FromAccount(ConnectRequest());
    FromBilling(CutRequest());
  }
  EXPECT_EQ(List().size(), 2u);
}

TEST_P(OrderFlow, AnOrderGivenToSomebodyElseIsOutOfReach) {
  const v1::Order first = Dispatch(Create()).value();
  const v1::Order second = Dispatch(first, kOtherTechnician).value();
  EXPECT_EQ(Accept(first).error().reason(), "NOT_YOUR_ORDER");
  EXPECT_EQ(Accept(first).error().code(), Code::kPermissionDenied);
  const v1::Order back = Dispatch(second).value();
  EXPECT_EQ(Accept(first).error().reason(), "ASSIGNMENT_MOVED");
  EXPECT_TRUE(Accept(back).ok());
}

TEST_P(OrderFlow, ATechnicianIsOnOneSiteAtATime) {
  OnSite(Create());
  auto request = Creation();
  request.set_premise_id(kPremise + 1);
  const v1::Order other =
      Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, request, office_).value();
  const v1::Order dispatched = Dispatch(other).value();
  EXPECT_TRUE(Accept(dispatched).ok());
  EXPECT_TRUE(Travel(dispatched).ok());
  EXPECT_EQ(Arrive(dispatched).error().reason(), "TECHNICIAN_BUSY");
}

TEST_P(OrderFlow, ASuspendedOrderIsContinuedByAnother) {
  const v1::Order started = Start(OnSite(Create())).value();
  auto request = Step<v1::SuspendWorkRequest>(started);
  request.set_reason("Rain.");
  const v1::Order suspended =
      Take(&v1::FieldService::Stub::SuspendWork, request, technician_).value();
  EXPECT_EQ(suspended.state(), v1::ORDER_STATE_SUSPENDED);
  ASSERT_EQ(List().size(), 2u);
  const v1::Order next = List().at(0);
  EXPECT_EQ(next.earlier_order_id(), suspended.order_id());
  EXPECT_EQ(next.state(), v1::ORDER_STATE_READY);
  EXPECT_EQ(Violation(), "");
}

TEST_P(OrderFlow, WhatCouldNotBeDoneIsClosedAsNotDone) {
  const v1::Order there = OnSite(Create());
  auto request = Step<v1::ReportNotDoneRequest>(there);
  request.set_not_done_reason(v1::NOT_DONE_REASON_DOG);
  request.set_next_action("Call the customer.");
  const v1::Order not_done =
      Take(&v1::FieldService::Stub::ReportNotDone, request, technician_).value();
  EXPECT_EQ(not_done.state(), v1::ORDER_STATE_NOT_DONE);
  EXPECT_EQ(Close(not_done)->state(), v1::ORDER_STATE_CLOSED);
  EXPECT_EQ(Told<v1::OrderClosed>().at(0).result().outcome(), v1::OUTCOME_NOT_DONE);
  EXPECT_EQ(Violation(), "");
}

TEST_P(OrderFlow, TwoClerksAtOnceWriteOneOrder) {
  std::vector<std::future<Result<v1::Order>>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&, request = Creation()] {
      return Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, request, office_);
    }));
  }
  int written = 0;
  for (auto& answer : answers) {
    const Result<v1::Order> result = answer.get();
    if (result.ok()) ++written;
    if (!result.ok()) EXPECT_EQ(result.error().reason(), "ORDER_CONFLICT");
  }
  EXPECT_EQ(written, 1);
  auto second = Creation();
  second.set_override_reason("A second meter on the roof.");
  EXPECT_TRUE(Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, second, office_).ok());
}

TEST_P(OrderFlow, EveryBadFieldOfARequestIsNamed) {
  v1::CreateOrderRequest request;
  request.set_type(v1::ORDER_TYPE_DISCONNECT_NONPAY);
  request.set_service("telegraph");
  request.set_wanted_date("tomorrow");
  const Error error =
      Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, request, office_).error();
  std::vector<std::string> fields;
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"request_id", "premise_id", "type", "service",
                                              "meter_number", "wanted_date"}));
}

TEST_P(OrderFlow, PagesHoldEveryOrderOnce) {
  for (int i = 0; i < 7; ++i) {
    auto request = Creation();
    request.set_override_reason("Test.");
    ASSERT_TRUE(
        Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, request, office_).ok());
  }
  v1::ListOrdersRequest request;
  request.set_page_size(3);
  std::vector<std::int64_t> ids;
  do {
    const auto page =
        Send<v1::OrderService>(&v1::OrderService::Stub::ListOrders, request, office_).value();
    for (const v1::Order& order : page.orders()) ids.push_back(order.order_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids.size(), 7u);
  EXPECT_TRUE(std::ranges::is_sorted(ids, std::greater<>()));
}

TEST_P(OrderFlow, ACrewsOrdersGoToItsLead) {
  v1::SaveCrewRequest request;
  request.set_request_id(NextKey());
  v1::Crew& crew = *request.mutable_crew();
  crew.set_crew_id(3);
  crew.set_name("Night");
  crew.set_lead_technician_id(kTechnician);
  crew.add_technician_ids(kTechnician);
  crew.add_technician_ids(kOtherTechnician);
  const v1::Crew saved =
      Send<v1::CrewService>(&v1::CrewService::Stub::SaveCrew, request, office_).value();
  EXPECT_EQ(saved.version(), 1);
  request.set_request_id(NextKey());
  EXPECT_EQ(
      Send<v1::CrewService>(&v1::CrewService::Stub::SaveCrew, request, office_).error().reason(),
      "STALE");

  auto dispatch = For<v1::DispatchOrderRequest>(Create());
  dispatch.set_crew_id(4);
  EXPECT_EQ(Send<v1::OrderService>(&v1::OrderService::Stub::DispatchOrder, dispatch, office_)
                .error()
                .reason(),
            "CREW_UNKNOWN");
  dispatch.set_crew_id(3);
  const v1::Order dispatched =
      Send<v1::OrderService>(&v1::OrderService::Stub::DispatchOrder, dispatch, office_).value();
  EXPECT_EQ(dispatched.technician_id(), kTechnician);
  EXPECT_EQ(dispatched.crew_id(), 3);
  EXPECT_TRUE(Accept(dispatched).ok());
}

INSTANTIATE_TEST_SUITE_P(BothEngines, OrderFlow, testing::BothEngines(), testing::EngineName);

class RecallRace : public WorkOrder {};

TEST_P(RecallRace, ThePaidCutIsCalledOffAtOnceBeforeItIsDispatched) {
  const v1::Order cut = Cut();
  FromBilling(Paid());
  EXPECT_EQ(Get(cut).state(), v1::ORDER_STATE_CANCELLED);
  EXPECT_EQ(Told<v1::OrderRecalled>().at(0).disconnect_id(), 51);
}

TEST_P(RecallRace, OnTheRoadTheTechnicianAcknowledges) {
  const v1::Order cut = OnSite(Cut());
  FromBilling(Paid());
  EXPECT_EQ(Get(cut).state(), v1::ORDER_STATE_RECALL_PENDING);
  EXPECT_EQ(Start(cut).error().reason(), "ORDER_RECALLED");
  EXPECT_EQ(Told<v1::OrderRecalled>().size(), 0u);
  EXPECT_EQ(Acknowledge(cut)->state(), v1::ORDER_STATE_CANCELLED);
  EXPECT_EQ(Told<v1::OrderRecalled>().size(), 1u);
  EXPECT_EQ(List(v1::ORDER_TYPE_RECONNECT).size(), 0u);
}

TEST_P(RecallRace, ACutMadeBeforeTheRecallArrivedIsKeptAndBroughtBackAtNoFee) {
  const v1::Order cut = Start(OnSite(Cut())).value();
  FromBilling(Paid());
  EXPECT_EQ(Complete(cut)->state(), v1::ORDER_STATE_WORK_DONE);
  const auto reconnections = List(v1::ORDER_TYPE_RECONNECT);
  ASSERT_EQ(reconnections.size(), 1u);
  EXPECT_TRUE(reconnections[0].no_fee());
  EXPECT_EQ(reconnections[0].earlier_order_id(), cut.order_id());
  EXPECT_EQ(reconnections[0].state(), v1::ORDER_STATE_READY);
  FromBilling(Paid());
  EXPECT_EQ(List(v1::ORDER_TYPE_RECONNECT).size(), 1u);
}

TEST_P(RecallRace, WhoPaysAfterTheCutComesBackAtNoFee) {
  const v1::Order cut = Start(OnSite(Cut())).value();
  ASSERT_TRUE(Complete(cut).ok());
  ASSERT_TRUE(Close(cut).ok());
  FromBilling(Paid());
  FromBilling(Paid());
  ASSERT_EQ(List(v1::ORDER_TYPE_RECONNECT).size(), 1u);
}

TEST_P(RecallRace, WithoutBillingsWordNothingIsCut) {
  const v1::Order cut = OnSite(Cut());
  gate_.may_disconnect = false;
  EXPECT_EQ(Start(cut).error().reason(), "SHUTOFF_NOT_CONFIRMED");
  EXPECT_EQ(Get(cut).state(), v1::ORDER_STATE_ON_SITE);
  EXPECT_EQ(gate_.asked, 1);
}

TEST_P(RecallRace, AStartThatWasAnsweredIsAnsweredTheSameAfterThePayment) {
  const v1::Order cut = OnSite(Cut());
  auto request = Step<v1::StartWorkRequest>(cut);
  request.set_meter_number(cut.meter_number());
  const v1::Order started = Take(&v1::FieldService::Stub::StartWork, request, technician_).value();
  gate_.may_disconnect = false;
  FromBilling(Paid());
  EXPECT_EQ(Take(&v1::FieldService::Stub::StartWork, request, technician_)->SerializeAsString(),
            started.SerializeAsString());
  EXPECT_EQ(gate_.asked, 1);
}

TEST_P(RecallRace, TheOrdersOwnRefusalsComeBeforeBillingIsAsked) {
  const v1::Order cut = OnSite(Cut());
  auto request = Step<v1::StartWorkRequest>(cut);
  request.set_meter_number("E2");
  EXPECT_EQ(Take(&v1::FieldService::Stub::StartWork, request, technician_).error().reason(),
            "METER_MISMATCH");
  EXPECT_EQ(gate_.asked, 0);
}

// The payment and the technician run against each other in every order: billing knows of the
// payment first, its event arrives some steps later. Work never starts behind the payment; who was
// cut has one free reconnection; who was not is called off.
TEST_P(RecallRace, NobodyWhoHasPaidStaysOff) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    gate_.may_disconnect = true;
    const std::int64_t disconnect = 100 + seed;
    v1::Order cut = Cut(disconnect);
    const int paid_at = static_cast<int>(random() % 8);
    const int told_at = paid_at + static_cast<int>(random() % 4);
    bool started = false, started_paid = false;
    for (int step = 0; step < 12; ++step) {
      if (step == paid_at) gate_.may_disconnect = false;
      if (step == told_at) FromBilling(Paid(disconnect));
      cut = Get(cut);
      switch (cut.state()) {
        case v1::ORDER_STATE_READY:
          (void)Dispatch(cut);
          break;
        case v1::ORDER_STATE_DISPATCHED:
          (void)Accept(cut);
          break;
        case v1::ORDER_STATE_ACCEPTED:
          (void)Travel(cut);
          break;
        case v1::ORDER_STATE_EN_ROUTE:
          (void)Arrive(cut);
          break;
        case v1::ORDER_STATE_ON_SITE:
          if (Start(cut).ok()) {
            started = true;
            started_paid = !gate_.may_disconnect;
          }
          break;
        case v1::ORDER_STATE_IN_PROGRESS:
          (void)Complete(cut);
          break;
        case v1::ORDER_STATE_RECALL_PENDING:
          // Whoever had begun may have cut already; the others see the recall.
          (void)(started && random() % 2 == 0 ? Complete(cut) : Acknowledge(cut));
          break;
        default:
          break;
      }
    }
    cut = Get(cut);
    EXPECT_FALSE(started_paid) << "work began although billing knew of the payment";
    int reconnections = 0;
    for (const v1::Order& order : List(v1::ORDER_TYPE_RECONNECT)) {
      if (order.earlier_order_id() != cut.order_id()) continue;
      ++reconnections;
      EXPECT_TRUE(order.no_fee());
    }
    if (cut.state() == v1::ORDER_STATE_WORK_DONE) {
      EXPECT_EQ(reconnections, 1);
    } else {
      EXPECT_EQ(cut.state(), v1::ORDER_STATE_CANCELLED);
      EXPECT_EQ(reconnections, 0);
    }
  }
  EXPECT_EQ(Violation(), "");
}

// Payment and completion at the very same time.
TEST_P(RecallRace, TheRowDecidesWhoWasFirst) {
  for (std::int64_t round = 1; round <= 10; ++round) {
    const v1::Order cut = Start(OnSite(Cut(200 + round))).value();
    auto completing = std::async(std::launch::async, [&] { return Complete(cut); });
    FromBilling(Paid(200 + round));
    EXPECT_TRUE(completing.get().ok());
    int reconnections = 0;
    for (const v1::Order& order : List(v1::ORDER_TYPE_RECONNECT)) {
      reconnections += order.earlier_order_id() == cut.order_id() ? 1 : 0;
    }
    EXPECT_EQ(reconnections, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(BothEngines, RecallRace, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::work_order
