#include "services/work_order/appointment/appointment_store.h"

namespace reeve::work_order {
namespace {

constexpr db::Query kInsertSlot{
    "slot_insert",
    "INSERT INTO slot (home, slot_date, start_minute, end_minute, capacity, taken) "
    "VALUES ($1, $2, $3, $4, $5, 0)"};
constexpr db::Query kFindSlot{
    "slot_find",
    "SELECT home, slot_date, start_minute, end_minute, capacity, taken FROM slot WHERE home = $1"};
constexpr db::Query kListSlots{
    "slot_list",
    "SELECT home, slot_date, start_minute, end_minute, capacity, taken FROM slot "
    "WHERE slot_date >= $1 AND slot_date <= $2 ORDER BY slot_date, start_minute, home LIMIT $3"};
constexpr db::Query kTakePlace{
    "slot_take", "UPDATE slot SET taken = taken + 1 WHERE home = $1 AND taken < capacity"};
constexpr db::Query kGiveBack{"slot_give_back",
                              "UPDATE slot SET taken = taken - $2 WHERE home = $1"};
constexpr db::Query kExpireHolds{
    "appointment_expire",
    "DELETE FROM appointment WHERE slot_id = $1 AND state = 'HELD' AND expire_time <= $2"};
constexpr db::Query kLockSlot{"slot_lock", "SELECT home FROM slot WHERE home = $1"};
constexpr db::Query kFindPlaces{
    "appointment_find",
    "SELECT premise_id, order_id, slot_id, state, expire_time FROM appointment "
    "WHERE premise_id = $1 AND order_id = $2 ORDER BY state"};
constexpr db::Query kInsertAppointment{
    "appointment_insert",
    "INSERT INTO appointment (premise_id, order_id, slot_id, state, expire_time) "
    "VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Query kConfirmAppointment{
    "appointment_confirm",
    "UPDATE appointment SET state = 'CONFIRMED' "
    "WHERE premise_id = $1 AND order_id = $2 AND state = 'HELD'"};
constexpr db::Query kDeleteAppointment{
    "appointment_delete",
    "DELETE FROM appointment WHERE premise_id = $1 AND order_id = $2 AND state = $3"};

constexpr std::string_view Name(AppointmentState state) {
  return state == AppointmentState::kHeld ? "HELD" : "CONFIRMED";
}

Slot SlotFromRow(db::Rows::Row row) {
  return {.id = SlotId(row.Int(0)),
          .date = row.Day(1),
          .start_minute = static_cast<int>(row.Int(2)),
          .end_minute = static_cast<int>(row.Int(3)),
          .capacity = static_cast<int>(row.Int(4)),
          .taken = static_cast<int>(row.Int(5))};
}

}  // namespace

void InsertSlot(db::Transaction& tx, const Slot& slot) {
  tx.Execute(kInsertSlot, slot.id, slot.date, slot.start_minute, slot.end_minute, slot.capacity);
}

std::optional<Slot> FindSlot(db::Transaction& tx, SlotId id) {
  const db::Rows rows = tx.Select(kFindSlot, id);
  return rows.empty() ? std::nullopt : std::optional(SlotFromRow(rows[0]));
}

std::vector<Slot> ListSlots(db::Transaction& tx, Date from, Date to, std::int64_t limit) {
  std::vector<Slot> slots;
  const db::Rows rows = tx.Select(kListSlots, from, to, limit);
  for (const db::Rows::Row row : rows) slots.push_back(SlotFromRow(row));
  return slots;
}

bool TakePlace(db::Transaction& tx, SlotId slot, Instant now) {
  if (tx.Execute(kTakePlace, slot) == 1) return true;
  tx.SelectForUpdate(kLockSlot, slot);  // nobody else gives back the same holds
  const std::int64_t expired = tx.Execute(kExpireHolds, slot, now);
  if (expired > 0) tx.Execute(kGiveBack, slot, expired);
  return tx.Execute(kTakePlace, slot) == 1;
}

Places FindPlacesForUpdate(db::Transaction& tx, PremiseId premise, OrderId order) {
  Places places;
  const db::Rows rows = tx.SelectForUpdate(kFindPlaces, premise, order);
  for (const db::Rows::Row row : rows) {
    const bool held = row.Text(3) == Name(AppointmentState::kHeld);
    (held ? places.held : places.confirmed) =
        Appointment{PremiseId(row.Int(0)), OrderId(row.Int(1)), SlotId(row.Int(2)),
                    held ? AppointmentState::kHeld : AppointmentState::kConfirmed, row.Time(4)};
  }
  return places;
}

void InsertAppointment(db::Transaction& tx, const Appointment& appointment) {
  tx.Execute(kInsertAppointment, appointment.premise, appointment.order, appointment.slot,
             Name(appointment.state), appointment.expire_time);
}

void ConfirmAppointment(db::Transaction& tx, const Appointment& held) {
  tx.Execute(kConfirmAppointment, held.premise, held.order);
}

void GiveBack(db::Transaction& tx, const std::optional<Appointment>& appointment) {
  if (!appointment) return;
  tx.Execute(kDeleteAppointment, appointment->premise, appointment->order,
             Name(appointment->state));
  tx.Execute(kGiveBack, appointment->slot, 1);
}

}  // namespace reeve::work_order
