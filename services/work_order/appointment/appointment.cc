#include "services/work_order/appointment/appointment.h"

namespace reeve::work_order {

Result<> CheckBookable(const Slot& slot, LocalTime local) {
  if (local >= LocalTime{slot.date, slot.start_minute}) {
    return FailedPrecondition(reason::kSlotPast, "The slot has begun.");
  }
  return Ok();
}

Result<Appointment> Hold(const Order& order, const Slot& slot, Instant now) {
  REEVE_RETURN_IF_ERROR(Schedule(order, slot.id, now));
  return Appointment{order.premise, order.id, slot.id, AppointmentState::kHeld, now + kHoldTime};
}

Result<Appointment> Confirm(const std::optional<Appointment>& held, Instant now) {
  if (!held || held->state != AppointmentState::kHeld || held->expire_time <= now) {
    return FailedPrecondition(reason::kNotHeld, "The order holds no place in a slot.");
  }
  Appointment confirmed = *held;
  confirmed.state = AppointmentState::kConfirmed;
  return confirmed;
}

}  // namespace reeve::work_order
