// Appointment: slots of the working day, held while the customer is on the phone, then confirmed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "services/work_order/order/order.h"
#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::work_order {

namespace reason {
// In order of precedence, behind those of the order.
inline constexpr Reason kSlotUnknown{"SLOT_UNKNOWN"};
inline constexpr Reason kSlotPast{"SLOT_PAST"};
inline constexpr Reason kSlotFull{"SLOT_FULL"};
inline constexpr Reason kNotHeld{"NOT_HELD"};
}  // namespace reason

inline constexpr Duration kHoldTime = Duration::Minutes(10);

struct Slot {
  SlotId id;
  Date date;
  int start_minute = 0;
  int end_minute = 0;  // the first behind it
  int capacity = 0;
  int taken = 0;  // held or confirmed
};

enum class AppointmentState { kHeld, kConfirmed };

struct Appointment {
  PremiseId premise;
  OrderId order;
  SlotId slot;
  AppointmentState state = AppointmentState::kHeld;
  Instant expire_time;  // of a hold
};

// As they stand in the audit trail; a slot without its taken places.
std::string AuditText(const Slot& slot);
std::string AuditText(const Appointment& appointment);

// SLOT_PAST once the slot has begun. `local` is the city's time now.
Result<> CheckBookable(const Slot& slot, LocalTime local);
// A hold for the order from now on; ORDER_STATE if the order cannot be scheduled.
Result<Appointment> Hold(const Order& order, const Slot& slot, Instant now);
// NOT_HELD unless the order holds a place that has not run out.
Result<Appointment> Confirm(const std::optional<Appointment>& held, Instant now);

}  // namespace reeve::work_order
