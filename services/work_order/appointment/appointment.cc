#include "services/work_order/appointment/appointment.h"

namespace reeve::work_order {

std::string AuditText(const Slot& slot) {
  return "date=" + slot.date.ToString() + ",start_minute=" + std::to_string(slot.start_minute) +
         ",end_minute=" + std::to_string(slot.end_minute) +
         ",capacity=" + std::to_string(slot.capacity);
}

std::string AuditText(const Appointment& appointment) {
  return "slot=" + appointment.slot.ToString() +
         ",expire_time=" + std::to_string(appointment.expire_time.micros());
}

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
