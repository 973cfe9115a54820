#include "services/work_order/appointment/appointment.h"

#include <gtest/gtest.h>

#include "services/work_order/crew/crew.h"

namespace reeve::work_order {
namespace {

const Instant kNow = Instant::Parse("2026-11-23T09:00:00-07:00").value();
const Date kDay = Date::Parse("2026-11-23").value();
const Slot kSlot{SlotId(3), kDay, 600, 720, 2, 0};

Order ReadyOrder() {
  Order order;
  order.premise = PremiseId(5);
  order.id = OrderId(77);
  order.state = State::kReady;
  return order;
}

TEST(AppointmentRules, ASlotIsBookableUntilItBegins) {
  EXPECT_TRUE(CheckBookable(kSlot, {kDay, 599}).ok());
  EXPECT_EQ(CheckBookable(kSlot, {kDay, 600}).error().reason(), "SLOT_PAST");
  EXPECT_EQ(CheckBookable(kSlot, {kDay.PlusDays(1), 0}).error().reason(), "SLOT_PAST");
  EXPECT_TRUE(CheckBookable(kSlot, {kDay.PlusDays(-1), 1'400}).ok());
}

TEST(AppointmentRules, AHoldRunsOutAfterTenMinutes) {
  const Appointment held = Hold(ReadyOrder(), kSlot, kNow).value();
  EXPECT_EQ(held.expire_time, kNow + Duration::Minutes(10));
  EXPECT_TRUE(Confirm(held, kNow + Duration::Minutes(9)).ok());
  EXPECT_EQ(Confirm(held, held.expire_time).error().reason(), "NOT_HELD");
  EXPECT_EQ(Confirm(std::nullopt, kNow).error().reason(), "NOT_HELD");
}

TEST(AppointmentRules, WhatIsOnTheRoadIsNotBooked) {
  Order order = ReadyOrder();
  order.state = State::kDispatched;
  EXPECT_EQ(Hold(order, kSlot, kNow).error().reason(), "ORDER_STATE");
}

TEST(CrewRules, AnEditOfAStaleScreenIsRefused) {
  const Crew crew{CrewId(1), "Night", PersonId(21), {PersonId(21)}, 3};
  EXPECT_EQ(Replace(3, crew)->version, 4);
  EXPECT_EQ(Replace(4, crew).error().reason(), "STALE");
  EXPECT_EQ(Replace(0, Crew{CrewId(1), "Night", PersonId(21), {PersonId(21)}, 0})->version, 1);
}

}  // namespace
}  // namespace reeve::work_order
