#include "services/work_order/order/order_wire_service.h"

#include <algorithm>

namespace reeve::work_order {
namespace {

constexpr std::int64_t kReadMax = 999'999'999'999;  // nine digits, in thousandths
constexpr std::size_t kMeterNumberMax = 20;

// The enums of the rules start at 0, those of the wire at 1 behind UNSPECIFIED; the names are the
// same (a test compares them).
template <class Wire, class Rule>
Wire ToWireEnum(Rule value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}

template <class Rule, class Wire>
std::optional<Rule> FromWireEnum(Fields& fields, std::string_view field, Wire value, int count) {
  if (value == 0) return std::nullopt;
  if (value < 0 || value > count) {
    fields.Refuse(field, "is not a value of this enum");
    return std::nullopt;
  }
  return static_cast<Rule>(static_cast<int>(value) - 1);
}

template <class Rule, class Wire>
Rule RequiredEnum(Fields& fields, std::string_view field, Wire value, int count) {
  if (value == 0) fields.Refuse(field, "is required");
  return FromWireEnum<Rule>(fields, field, value, count).value_or(Rule{});
}

v1::Completion ToWire(const Completion& completion) {
  v1::Completion wire;
  wire.set_meter_number(completion.meter_number);
  wire.set_has_read(completion.read_thousandths.has_value());
  wire.set_read_thousandths(completion.read_thousandths.value_or(0));
  wire.set_lower_read_confirmed(completion.lower_read_confirmed);
  wire.set_high_read_confirmed(completion.high_read_confirmed);
  wire.set_supply_on(completion.supply_on);
  wire.set_seal_number(completion.seal_number);
  wire.set_door_hanger_left(completion.door_hanger_left);
  wire.set_tag_serial(completion.tag_serial);
  wire.set_photo_sha256(completion.photo_sha256);
  wire.set_remark(completion.remark);
  wire.set_work_date(completion.work_date.ToString());
  return wire;
}

bool IsMeterCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

v1::Order ToWire(const Order& order) {
  v1::Order wire;
  wire.set_premise_id(order.premise.value());
  wire.set_order_id(order.id.value());
  wire.set_type(ToWireEnum<v1::OrderType>(order.type));
  wire.set_state(ToWireEnum<v1::OrderState>(order.state));
  wire.set_origin(ToWireEnum<v1::OrderOrigin>(order.origin));
  wire.set_account_id(order.account.value());
  wire.set_service(order.service);
  wire.set_meter_number(order.meter_number);
  wire.set_application_id(order.application);
  wire.set_agreement_id(order.agreement);
  wire.set_disconnect_id(order.disconnect);
  wire.set_amount_to_avoid_cents(order.amount_to_avoid.cents());
  wire.set_no_fee(order.no_fee);
  wire.set_instructions(order.instructions);
  if (order.wanted_date) wire.set_wanted_date(order.wanted_date->ToString());
  wire.set_slot_id(order.slot.value());
  wire.set_technician_id(order.technician.value());
  wire.set_crew_id(order.crew.value());
  wire.set_assignment_epoch(order.assignment_epoch);
  wire.set_earlier_order_id(order.earlier.value());
  if (order.completion) *wire.mutable_completion() = ToWire(*order.completion);
  if (order.not_done_reason) {
    wire.set_not_done_reason(ToWireEnum<v1::NotDoneReason>(*order.not_done_reason));
  }
  wire.set_reason(order.reason);
  wire.set_version(order.version);
  wire.set_created_time_micros(order.created_time.micros());
  wire.set_state_time_micros(order.state_time.micros());
  wire.set_override_reason(order.override_reason);
  return wire;
}

v1::FieldResult ToResult(const Order& order, const TimeZone& zone) {
  v1::FieldResult result;
  result.set_order_id(order.id.value());
  result.set_type(ToWireEnum<v1::OrderType>(order.type));
  result.set_account_id(order.account.value());
  result.set_premise_id(order.premise.value());
  result.set_service(order.service);
  result.set_meter_number(order.meter_number);
  result.set_read_date(zone.DateAt(order.state_time).ToString());
  result.set_outcome(order.completion ? v1::OUTCOME_DONE : v1::OUTCOME_NOT_DONE);
  if (order.completion) {
    const Completion& completion = *order.completion;
    result.set_meter_number(completion.meter_number);
    result.set_has_read(completion.read_thousandths.has_value());
    result.set_read_thousandths(completion.read_thousandths.value_or(0));
    result.set_read_date(completion.work_date.ToString());
  }
  result.set_application_id(order.application);
  result.set_agreement_id(order.agreement);
  result.set_disconnect_id(order.disconnect);
  result.set_no_fee(order.no_fee);
  return result;
}

OrderType ParseType(Fields& fields, std::string_view field, v1::OrderType type) {
  return RequiredEnum<OrderType>(fields, field, type, kOrderTypes);
}

NotDoneReason ParseReason(Fields& fields, std::string_view field, v1::NotDoneReason reason) {
  return RequiredEnum<NotDoneReason>(fields, field, reason, kNotDoneReasons);
}

std::optional<OrderType> ParseMaybeType(Fields& fields, std::string_view field,
                                        v1::OrderType type) {
  return FromWireEnum<OrderType>(fields, field, type, kOrderTypes);
}

std::optional<State> ParseMaybeState(Fields& fields, std::string_view field, v1::OrderState state) {
  return FromWireEnum<State>(fields, field, state, kStates);
}

std::string ParseMeterNumber(Fields& fields, std::string_view field, std::string_view value) {
  if (value.size() > kMeterNumberMax || !std::ranges::all_of(value, IsMeterCharacter)) {
    fields.Refuse(field, "is at most 20 characters of [A-Z0-9-]");
    return {};
  }
  return std::string(value);
}

Completion ParseCompletion(Fields& fields, const v1::Completion& wire, Date today) {
  Completion completion;
  completion.meter_number =
      ParseMeterNumber(fields, "completion.meter_number", wire.meter_number());
  const std::int64_t read =
      fields.Range("completion.read_thousandths", wire.read_thousandths(), 0, kReadMax);
  if (wire.has_read()) completion.read_thousandths = read;
  completion.lower_read_confirmed = wire.lower_read_confirmed();
  completion.high_read_confirmed = wire.high_read_confirmed();
  completion.supply_on = wire.supply_on();
  completion.seal_number = fields.Text("completion.seal_number", wire.seal_number(), 0, 30);
  completion.door_hanger_left = wire.door_hanger_left();
  completion.tag_serial = fields.Text("completion.tag_serial", wire.tag_serial(), 0, 30);
  completion.photo_sha256 = wire.photo_sha256();
  if (!completion.photo_sha256.empty() &&
      (completion.photo_sha256.size() != 64 ||
       !std::ranges::all_of(completion.photo_sha256, IsHexDigit))) {
    fields.Refuse("completion.photo_sha256", "is 64 hexadecimal digits");
  }
  completion.remark = fields.Text("completion.remark", wire.remark(), 0, 500);
  completion.work_date = today;
  return completion;
}

}  // namespace reeve::work_order
