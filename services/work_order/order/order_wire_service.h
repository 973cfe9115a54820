// Orders on the wire, and back.
#pragma once

#include <optional>

#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/work_order/order/order.h"
#include "shared/core/fields.h"

namespace reeve::work_order {

v1::Order ToWire(const Order& order);
// What came of an order that the field has ended.
v1::FieldResult ToResult(const Order& order, const TimeZone& zone);

// UNSPECIFIED and unknown values are violations of `field`.
OrderType ParseType(Fields& fields, std::string_view field, v1::OrderType type);
NotDoneReason ParseReason(Fields& fields, std::string_view field, v1::NotDoneReason reason);
// Nothing for UNSPECIFIED.
std::optional<OrderType> ParseMaybeType(Fields& fields, std::string_view field, v1::OrderType type);
std::optional<State> ParseMaybeState(Fields& fields, std::string_view field, v1::OrderState state);

// Up to 20 characters of [A-Z0-9-].
std::string ParseMeterNumber(Fields& fields, std::string_view field, std::string_view value);
Completion ParseCompletion(Fields& fields, const v1::Completion& completion, Date today);

}  // namespace reeve::work_order
