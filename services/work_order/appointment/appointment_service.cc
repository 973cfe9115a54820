#include "services/work_order/appointment/appointment_service.h"

#include "services/work_order/appointment/appointment_store.h"

namespace reeve::work_order {
namespace {

constexpr std::int64_t kCapacityMax = 1'000;
constexpr int kDaysMax = 60;
constexpr std::int64_t kSlotsMax = 1'000;
constexpr int kLastMinute = 1'439;

struct OpenSlotCommand {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.AppointmentService/OpenSlot";
  std::string request_id;
  Slot slot;
  // A slot's own number is chosen while it is opened: its day gathers the requests instead.
  std::int64_t home() const { return slot.date.days(); }
  Canonical canonical() const {
    return Canonical("OpenSlot", 1)
        .Add("date", slot.date.ToString())
        .Add("start_minute", std::int64_t{slot.start_minute})
        .Add("end_minute", std::int64_t{slot.end_minute})
        .Add("capacity", std::int64_t{slot.capacity});
  }
};

struct HoldCommand : OrderKey {
  static constexpr std::string_view kMethod =
      "reeve.work_order.v1.AppointmentService/HoldAppointment";
  std::string request_id;
  SlotId slot;
  std::int64_t home() const { return premise.value(); }
  Canonical canonical() const {
    return Canonical("HoldAppointment", 1)
        .Add("premise", premise.value())
        .Add("order", order.value())
        .Add("slot", slot.value());
  }
};

struct ConfirmCommand : OrderKey {
  static constexpr std::string_view kMethod =
      "reeve.work_order.v1.AppointmentService/ConfirmAppointment";
  std::string request_id;
  std::int64_t home() const { return premise.value(); }
  Canonical canonical() const {
    return Canonical("ConfirmAppointment", 1)
        .Add("premise", premise.value())
        .Add("order", order.value());
  }
};

Result<OpenSlotCommand> Parse(const v1::OpenSlotRequest& request) {
  Fields fields;
  OpenSlotCommand command;
  command.request_id = fields.RequestId(request.request_id());
  Slot& slot = command.slot;
  slot.date = fields.CivilDate("slot_date", request.slot_date());
  slot.start_minute =
      static_cast<int>(fields.Range("start_minute", request.start_minute(), 0, kLastMinute - 1));
  slot.end_minute = static_cast<int>(
      fields.Range("end_minute", request.end_minute(), slot.start_minute + 1, kLastMinute));
  slot.capacity = static_cast<int>(fields.Range("capacity", request.capacity(), 1, kCapacityMax));
  if (!fields.ok()) return fields.error();
  return command;
}

template <class Command, class Request>
Command ParseOfOrder(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.premise = PremiseId(fields.Id("premise_id", request.premise_id()));
  command.order = OrderId(fields.Id("order_id", request.order_id()));
  return command;
}

v1::Slot ToWire(const Slot& slot) {
  v1::Slot wire;
  wire.set_slot_id(slot.id.value());
  wire.set_slot_date(slot.date.ToString());
  wire.set_start_minute(slot.start_minute);
  wire.set_end_minute(slot.end_minute);
  wire.set_capacity(slot.capacity);
  wire.set_taken(slot.taken);
  return wire;
}

v1::Appointment ToWire(db::Transaction& tx, const Appointment& appointment, v1::Order order) {
  v1::Appointment wire;
  *wire.mutable_order() = std::move(order);
  if (const auto slot = FindSlot(tx, appointment.slot)) *wire.mutable_slot() = ToWire(*slot);
  if (appointment.state == AppointmentState::kConfirmed) {
    wire.set_state(v1::APPOINTMENT_STATE_CONFIRMED);
  } else {
    wire.set_state(v1::APPOINTMENT_STATE_HELD);
    wire.set_expire_time_micros(appointment.expire_time.micros());
  }
  return wire;
}

Result<v1::Appointment> HoldPlace(command::Change& change, const HoldCommand& command,
                                  const TimeZone& zone) {
  db::Transaction& tx = change.tx();
  const Instant now = change.call().now;
  const std::optional<Order> order = FindOrderForUpdate(tx, command.premise, command.order);
  if (!order) return OrderUnknown();
  REEVE_RETURN_IF_ERROR(Schedule(*order, command.slot, now));
  const std::optional<Slot> slot = FindSlot(tx, command.slot);
  if (!slot) return NotFound(reason::kSlotUnknown, "There is no such slot.");
  REEVE_RETURN_IF_ERROR(CheckBookable(*slot, zone.At(now)));
  REEVE_ASSIGN_OR_RETURN(const Appointment held, Hold(*order, *slot, now));
  const Places places = FindPlacesForUpdate(tx, command.premise, command.order);
  GiveBack(tx, places.held);
  if (!TakePlace(tx, command.slot, now)) {
    return FailedPrecondition(reason::kSlotFull, "Every place in the slot is taken.");
  }
  InsertAppointment(tx, held);
  change.Audit({"appointment", order->premise.ToString() + "/" + order->id.ToString(), "hold",
                places.held ? AuditText(*places.held) : "", AuditText(held)});
  return ToWire(tx, held, work_order::ToWire(*order));
}

}  // namespace

grpc::ServerUnaryReactor* AppointmentService::OpenSlot(grpc::CallbackServerContext* context,
                                                       const v1::OpenSlotRequest* request,
                                                       v1::Slot* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::OpenSlotRequest& request) -> Result<v1::Slot> {
        REEVE_ASSIGN_OR_RETURN(const OpenSlotCommand command, Parse(request));
        return orders_.frame().Write(
            call, command, [&](command::Change& change) -> Result<v1::Slot> {
              if (command.slot.date < call.today) {
                return InvalidArgument({{"slot_date", "is past"}});
              }
              Slot slot = command.slot;
              slot.id = SlotId(NewId(call.now, random_));
              InsertSlot(change.tx(), slot);
              change.Audit({"slot", slot.id.ToString(), "open", "", AuditText(slot)});
              return ToWire(slot);
            });
      });
}

grpc::ServerUnaryReactor* AppointmentService::ListSlots(grpc::CallbackServerContext* context,
                                                        const v1::ListSlotsRequest* request,
                                                        v1::ListSlotsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListSlotsRequest& request) -> Result<v1::ListSlotsResponse> {
        Fields fields;
        const Date from = fields.CivilDate("from_date", request.from_date());
        const Date to = fields.CivilDate("to_date", request.to_date());
        if (fields.ok() && (to < from || to - from > kDaysMax)) {
          fields.Refuse("to_date", "is 0 to 60 days after from_date");
        }
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListSlotsResponse> {
              v1::ListSlotsResponse response;
              for (const Slot& slot : work_order::ListSlots(tx, from, to, kSlotsMax)) {
                *response.add_slots() = ToWire(slot);
              }
              return response;
            });
      });
}

grpc::ServerUnaryReactor* AppointmentService::HoldAppointment(
    grpc::CallbackServerContext* context, const v1::HoldAppointmentRequest* request,
    v1::Appointment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::HoldAppointmentRequest& request) -> Result<v1::Appointment> {
        Fields fields;
        auto command = ParseOfOrder<HoldCommand>(fields, request);
        command.slot = SlotId(fields.Id("slot_id", request.slot_id()));
        if (!fields.ok()) return fields.error();
        return orders_.frame().Write(call, command, [&](command::Change& change) {
          return HoldPlace(change, command, zone_);
        });
      });
}

grpc::ServerUnaryReactor* AppointmentService::ConfirmAppointment(
    grpc::CallbackServerContext* context, const v1::ConfirmAppointmentRequest* request,
    v1::Appointment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ConfirmAppointmentRequest& request) -> Result<v1::Appointment> {
        Fields fields;
        const auto command = ParseOfOrder<ConfirmCommand>(fields, request);
        if (!fields.ok()) return fields.error();
        return orders_.frame().Write(
            call, command, [&](command::Change& change) -> Result<v1::Appointment> {
              db::Transaction& tx = change.tx();
              const auto before = FindOrderForUpdate(tx, command.premise, command.order);
              if (!before) return OrderUnknown();
              const Places places = FindPlacesForUpdate(tx, command.premise, command.order);
              REEVE_ASSIGN_OR_RETURN(
                  const Order after,
                  Schedule(*before, places.held ? places.held->slot : SlotId(), call.now));
              REEVE_ASSIGN_OR_RETURN(const Appointment confirmed, Confirm(places.held, call.now));
              GiveBack(tx, places.confirmed);
              work_order::ConfirmAppointment(tx, *places.held);
              return ToWire(tx, confirmed,
                            orders_.Save(change, *before, after, Name(Event::kSchedule)));
            });
      });
}

}  // namespace reeve::work_order
