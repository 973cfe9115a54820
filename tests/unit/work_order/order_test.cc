#include "services/work_order/order/order.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/work_order/order/order_wire_service.h"

namespace reeve::work_order {
namespace {

const Instant kNow = Instant::Parse("2026-11-23T09:00:00-07:00").value();
constexpr PersonId kTechnician{21};

Order OrderIn(State state, OrderType type = OrderType::kDisconnectNonpay) {
  Order order;
  order.premise = PremiseId(5);
  order.id = OrderId(77);
  order.type = type;
  order.state = state;
  order.service = "electric";
  order.meter_number = "E1";
  order.technician = kTechnician;
  order.assignment_epoch = 2;
  return order;
}
constexpr Assignee kBy{kTechnician, 2};

Completion CutCompletion() {
  Completion completion;
  completion.meter_number = "E1";
  completion.read_thousandths = 4'711'000;
  completion.seal_number = "S-9";
  completion.door_hanger_left = true;
  return completion;
}

// The whole machine, a row for each state and a column for each event; "." is refused.
constexpr std::string_view kMachine[kStates][kEvents] = {
    // release  schedule     dispatch      accept      travel      arrive     start         suspend
    // complete     not-done     close     recall            acknowledge
    {"READY", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "CANCELLED", "."},
    {".", "SCHEDULED", "DISPATCHED", ".", ".", ".", ".", ".", ".", ".", ".", "CANCELLED", "."},
    {".", "SCHEDULED", "DISPATCHED", ".", ".", ".", ".", ".", ".", ".", ".", "CANCELLED", "."},
    {".", ".", "DISPATCHED", "ACCEPTED", ".", ".", ".", ".", ".", "NOT_DONE", ".", "RECALL_PENDING",
     "."},
    {".", ".", ".", ".", "EN_ROUTE", ".", ".", ".", ".", "NOT_DONE", ".", "RECALL_PENDING", "."},
    {".", ".", ".", ".", ".", "ON_SITE", ".", ".", ".", "NOT_DONE", ".", "RECALL_PENDING", "."},
    {".", ".", ".", ".", ".", ".", "IN_PROGRESS", ".", ".", "NOT_DONE", ".", "RECALL_PENDING", "."},
    {".", ".", ".", ".", ".", ".", ".", "SUSPENDED", "WORK_DONE", "NOT_DONE", ".", "RECALL_PENDING",
     "."},
    {".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "."},
    {".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "CLOSED", ".", "."},
    {".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "CLOSED", ".", "."},
    {".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "."},
    {".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "."},
    {".", ".", ".", ".", ".", ".", ".", ".", "WORK_DONE", "CANCELLED", ".", ".", "CANCELLED"},
};

TEST(OrderMachine, EveryPairOfStateAndEventIsDecided) {
  for (int state = 0; state < kStates; ++state) {
    for (int event = 0; event < kEvents; ++event) {
      const std::optional<State> next = Next(static_cast<State>(state), static_cast<Event>(event));
      EXPECT_EQ(next ? Name(*next) : ".", kMachine[state][event])
          << Name(static_cast<State>(state)) << " " << Name(static_cast<Event>(event));
    }
  }
}

TEST(OrderMachine, EveryStateIsReachedFromDraft) {
  std::set<State> reached{State::kDraft};
  for (int round = 0; round < kStates; ++round) {
    for (const State state : std::set<State>(reached)) {
      for (int event = 0; event < kEvents; ++event) {
        if (const auto next = Next(state, static_cast<Event>(event))) reached.insert(*next);
      }
    }
  }
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(kStates));
}

TEST(OrderMachine, NamesReadBack) {
  for (int i = 0; i < kStates; ++i) {
    EXPECT_EQ(ParseState(Name(static_cast<State>(i))), static_cast<State>(i));
  }
  for (int i = 0; i < kOrderTypes; ++i) {
    EXPECT_EQ(ParseOrderType(Name(static_cast<OrderType>(i))), static_cast<OrderType>(i));
  }
  EXPECT_THROW(ParseState("LOST"), std::logic_error);
}

TEST(OrderMachine, TheWireNamesWhatTheRulesName) {
  for (int i = 0; i < kStates; ++i) {
    EXPECT_EQ("ORDER_STATE_" + std::string(Name(static_cast<State>(i))),
              v1::OrderState_Name(static_cast<v1::OrderState>(i + 1)));
  }
  for (int i = 0; i < kOrderTypes; ++i) {
    EXPECT_EQ("ORDER_TYPE_" + std::string(Name(static_cast<OrderType>(i))),
              v1::OrderType_Name(static_cast<v1::OrderType>(i + 1)));
  }
  for (int i = 0; i < kOrigins; ++i) {
    EXPECT_EQ("ORDER_ORIGIN_" + std::string(Name(static_cast<Origin>(i))),
              v1::OrderOrigin_Name(static_cast<v1::OrderOrigin>(i + 1)));
  }
  for (int i = 0; i < kNotDoneReasons; ++i) {
    EXPECT_EQ("NOT_DONE_REASON_" + std::string(Name(static_cast<NotDoneReason>(i))),
              v1::NotDoneReason_Name(static_cast<v1::NotDoneReason>(i + 1)));
  }
}

TEST(OrderSteps, AStepMovesTheVersionAndTheTime) {
  const Order accepted = Accept(OrderIn(State::kDispatched), kBy, kNow).value();
  EXPECT_EQ(accepted.state, State::kAccepted);
  EXPECT_EQ(accepted.version, 2);
  EXPECT_EQ(accepted.state_time, kNow);
}

TEST(OrderSteps, EachDispatchFencesTheOneBefore) {
  const Order first = Dispatch(OrderIn(State::kReady), kTechnician, {}, kNow).value();
  const Order second = Dispatch(first, PersonId(22), {}, kNow).value();
  EXPECT_EQ(second.assignment_epoch, first.assignment_epoch + 1);
  EXPECT_EQ(Accept(second, {kTechnician, first.assignment_epoch}, kNow).error().reason(),
            "NOT_YOUR_ORDER");
  const Order back = Dispatch(second, kTechnician, {}, kNow).value();
  EXPECT_EQ(Accept(back, {kTechnician, first.assignment_epoch}, kNow).error().reason(),
            "ASSIGNMENT_MOVED");
}

// Each case breaks its rule and every later one.
struct RefusalCase {
  const char* name;
  std::function<Result<Order>()> step;
  const char* reason;
};
class OrderRefusal : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(OrderRefusal, ComesInOrderOfPrecedence) {
  const Result<Order> refused = GetParam().step();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), GetParam().reason);
}

constexpr Assignee kStranger{PersonId(9), 1};
constexpr Assignee kOldEpoch{kTechnician, 1};

INSTANTIATE_TEST_SUITE_P(
    ByPrecedence, OrderRefusal,
    ::testing::Values(
        RefusalCase{
            "StrangerBeatsAll",
            [] { return StartWork(OrderIn(State::kRecallPending), kStranger, "X", false, kNow); },
            "NOT_YOUR_ORDER"},
        RefusalCase{
            "ThenTheOldAssignment",
            [] { return StartWork(OrderIn(State::kRecallPending), kOldEpoch, "X", false, kNow); },
            "ASSIGNMENT_MOVED"},
        RefusalCase{"ThenTheRecall",
                    [] { return StartWork(OrderIn(State::kRecallPending), kBy, "X", false, kNow); },
                    "ORDER_RECALLED"},
        RefusalCase{"ThenTheState",
                    [] { return StartWork(OrderIn(State::kAccepted), kBy, "X", false, kNow); },
                    "ORDER_STATE"},
        RefusalCase{"ThenTheMeter",
                    [] { return StartWork(OrderIn(State::kOnSite), kBy, "X", false, kNow); },
                    "METER_MISMATCH"},
        RefusalCase{"ThenBilling",
                    [] { return StartWork(OrderIn(State::kOnSite), kBy, "E1", false, kNow); },
                    "SHUTOFF_NOT_CONFIRMED"},
        RefusalCase{"ABusyTechnicianDoesNotArrive",
                    [] { return Arrive(OrderIn(State::kEnRoute), kBy, true, kNow); },
                    "TECHNICIAN_BUSY"},
        RefusalCase{"NothingIsRecalledAfterTheWork",
                    [] { return Recall(OrderIn(State::kWorkDone), "late", kNow); }, "ORDER_STATE"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(OrderSteps, OnlyACutForNonPaymentAsksBilling) {
  EXPECT_TRUE(
      StartWork(OrderIn(State::kOnSite, OrderType::kDisconnectRequest), kBy, "E1", false, kNow)
          .ok());
  EXPECT_TRUE(StartWork(OrderIn(State::kOnSite), kBy, "E1", true, kNow).ok());
}

TEST(OrderSteps, ARecalledOrderThatWasDoneIsDone) {
  const Order recalled = Recall(OrderIn(State::kInProgress), "Paid.", kNow).value();
  const Order done = Complete(recalled, kBy, CutCompletion(), std::nullopt, kNow).value();
  EXPECT_EQ(done.state, State::kWorkDone);
  EXPECT_TRUE(CameTooLate(recalled, done));
  EXPECT_FALSE(CameTooLate(OrderIn(State::kInProgress), done));
  const Order reconnection = Reconnection(done, kNow);
  EXPECT_EQ(reconnection.type, OrderType::kReconnect);
  EXPECT_EQ(reconnection.state, State::kReady);
  EXPECT_TRUE(reconnection.no_fee);
  EXPECT_EQ(reconnection.earlier, done.id);
  EXPECT_FALSE(reconnection.technician.is_set());
}

TEST(OrderSteps, ARecalledOrderThatCouldNotBeDoneIsCalledOff) {
  EXPECT_EQ(
      ReportNotDone(OrderIn(State::kRecallPending), kBy, NotDoneReason::kDog, "", kNow)->state,
      State::kCancelled);
}

TEST(OrderSteps, ASuspendedOrderIsContinuedFromTheStart) {
  const Order suspended = Suspend(OrderIn(State::kInProgress), kBy, "Rain.", kNow).value();
  const Order next = Continuation(suspended, kNow);
  EXPECT_EQ(next.state, State::kReady);
  EXPECT_EQ(next.type, suspended.type);
  EXPECT_EQ(next.earlier, suspended.id);
  EXPECT_EQ(next.origin, Origin::kContinuation);
  EXPECT_EQ(next.assignment_epoch, 0);
}

}  // namespace
}  // namespace reeve::work_order
