// Slots and appointments in the database. A place in a slot is taken by a conditional update of the
// slot's row, never by reading first.
#pragma once

#include <optional>
#include <vector>

#include "services/work_order/appointment/appointment.h"
#include "shared/db/database.h"

namespace reeve::work_order {

void InsertSlot(db::Transaction& tx, const Slot& slot);
std::optional<Slot> FindSlot(db::Transaction& tx, SlotId id);
// Slots from `from` to `to`, at most `limit`.
std::vector<Slot> ListSlots(db::Transaction& tx, Date from, Date to, std::int64_t limit);

// Takes a place; gives holds that have run out back first if there is none. False if it is full.
// Locks the slot.
bool TakePlace(db::Transaction& tx, SlotId slot, Instant now);

// The places of an order: at most one that is held and one that is confirmed. Locks them.
struct Places {
  std::optional<Appointment> held;
  std::optional<Appointment> confirmed;
};
Places FindPlacesForUpdate(db::Transaction& tx, PremiseId premise, OrderId order);
// Writes the appointment whose place was taken.
void InsertAppointment(db::Transaction& tx, const Appointment& appointment);
// Confirms a hold.
void ConfirmAppointment(db::Transaction& tx, const Appointment& held);
// Gives the place back, if there is one, and deletes the appointment.
void GiveBack(db::Transaction& tx, const std::optional<Appointment>& appointment);

}  // namespace reeve::work_order
