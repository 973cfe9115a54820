#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

class AppointmentFlow : public WorkOrder {
 protected:
  v1::Slot OpenSlot(int capacity) {
    v1::OpenSlotRequest request;
    request.set_request_id(NextKey());
    request.set_slot_date("2026-11-24");
    request.set_start_minute(600);
    request.set_end_minute(720);
    request.set_capacity(capacity);
    return Send<v1::AppointmentService>(&v1::AppointmentService::Stub::OpenSlot, request, office_)
        .value();
  }
  Result<v1::Appointment> Hold(const v1::Order& order, const v1::Slot& slot) {
    auto request = For<v1::HoldAppointmentRequest>(order);
    request.set_slot_id(slot.slot_id());
    return Send<v1::AppointmentService>(&v1::AppointmentService::Stub::HoldAppointment, request,
                                        office_);
  }
  Result<v1::Appointment> Confirm(const v1::Order& order) {
    return Send<v1::AppointmentService>(&v1::AppointmentService::Stub::ConfirmAppointment,
                                        For<v1::ConfirmAppointmentRequest>(order), office_);
  }
  int Taken(const v1::Slot& slot) {
    v1::ListSlotsRequest request;
    request.set_from_date("2026-11-24");
    request.set_to_date("2026-11-24");
    const auto slots =
        Send<v1::AppointmentService>(&v1::AppointmentService::Stub::ListSlots, request, office_);
    for (const v1::Slot& one : slots->slots()) {
      if (one.slot_id() == slot.slot_id()) return one.taken();
    }
    return -1;
  }
  // Orders at as many places.
  std::vector<v1::Order> ConnectOrders(int count) {
    std::vector<feed::Event> events;
    for (int i = 1; i <= count; ++i) events.push_back(EventOf(ConnectRequest(i, kPremise + i)));
    Apply(&Intake::ApplyAccount, events);
    std::vector<v1::Order> orders;
    database_->Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      for (const Order& order : ListOrders(tx, {}, OrderId(INT64_MAX), count)) {
        orders.push_back(ToWire(order));
      }
    });
    return orders;
  }
};

TEST_P(AppointmentFlow, AHeldPlaceIsConfirmed) {
  const v1::Slot slot = OpenSlot(2);
  const v1::Order order = Create();
  const v1::Appointment held = Hold(order, slot).value();
  EXPECT_EQ(held.state(), v1::APPOINTMENT_STATE_HELD);
  EXPECT_EQ(Taken(slot), 1);
  const v1::Appointment confirmed = Confirm(order).value();
  EXPECT_EQ(confirmed.order().state(), v1::ORDER_STATE_SCHEDULED);
  EXPECT_EQ(confirmed.order().slot_id(), slot.slot_id());
  EXPECT_EQ(Taken(slot), 1);
  EXPECT_EQ(Violation(), "");
}

TEST_P(AppointmentFlow, AnotherSlotGivesTheFirstBack) {
  const v1::Slot morning = OpenSlot(1), noon = OpenSlot(1);
  const v1::Order order = Create();
  ASSERT_TRUE(Hold(order, morning).ok());
  ASSERT_TRUE(Hold(order, noon).ok());
  EXPECT_EQ(Taken(morning), 0);
  ASSERT_TRUE(Confirm(order).ok());
  ASSERT_TRUE(Hold(order, morning).ok());
  EXPECT_EQ(Taken(noon), 1) << "kept until the other one is confirmed";
  ASSERT_TRUE(Confirm(order).ok());
  EXPECT_EQ(Taken(noon), 0);
  EXPECT_EQ(Taken(morning), 1);
  EXPECT_EQ(Violation(), "");
}

TEST_P(AppointmentFlow, ACalledOffOrderGivesItsPlaceBack) {
  const v1::Slot slot = OpenSlot(1);
  const v1::Order order = Create();
  ASSERT_TRUE(Hold(order, slot).ok());
  ASSERT_TRUE(Confirm(order).ok());
  ASSERT_TRUE(Recall(order).ok());
  EXPECT_EQ(Taken(slot), 0);
}

TEST_P(AppointmentFlow, AHoldThatRanOutIsGivenToTheNext) {
  const v1::Slot slot = OpenSlot(1);
  const std::vector<v1::Order> orders = ConnectOrders(2);
  ASSERT_TRUE(Hold(orders[0], slot).ok());
  EXPECT_EQ(Hold(orders[1], slot).error().reason(), "SLOT_FULL");
  clock_.Advance(Duration::Minutes(10));
  EXPECT_TRUE(Hold(orders[1], slot).ok());
  EXPECT_EQ(Confirm(orders[0]).error().reason(), "NOT_HELD");
  EXPECT_TRUE(Confirm(orders[1]).ok());
  EXPECT_EQ(Violation(), "");
}

TEST_P(AppointmentFlow, RefusalsComeInOrderOfPrecedence) {
  v1::Order unknown = Create();
  const v1::Slot slot = OpenSlot(1);
  unknown.set_order_id(1);
  EXPECT_EQ(Hold(unknown, slot).error().reason(), "ORDER_UNKNOWN");
  v1::Slot nowhere = slot;
  nowhere.set_slot_id(1);
  const v1::Order order = List().at(0);
  EXPECT_EQ(Hold(order, nowhere).error().reason(), "SLOT_UNKNOWN");
  clock_.Set(Instant::Parse("2026-11-24T10:00:00-07:00").value());
  EXPECT_EQ(Hold(order, slot).error().reason(), "SLOT_PAST");
  EXPECT_EQ(Confirm(order).error().reason(), "NOT_HELD");
  ASSERT_TRUE(Dispatch(order).ok());
  EXPECT_EQ(Hold(order, nowhere).error().reason(), "ORDER_STATE");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, AppointmentFlow, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::work_order
