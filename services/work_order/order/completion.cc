#include "services/work_order/order/completion.h"

#include <array>
#include <stdexcept>
#include <vector>

namespace reeve::work_order {
namespace {

constexpr std::array<std::string_view, kOrderTypes> kTypeNames{
    "CONNECT", "DISCONNECT_REQUEST", "DISCONNECT_NONPAY", "RECONNECT", "TAG", "READ"};

constexpr std::int64_t kHighPart = 10;  // of the register

// A field of the completion, and the types of order that require it.
struct Requirement {
  std::string_view field;
  bool (*is_given)(const Completion& completion);
  bool connect, disconnect_request, disconnect_nonpay, reconnect, tag, read;
};
constexpr Requirement kRequirements[] = {
    //                                                    connect disc.  nonpay reconn. tag   read
    {"meter_number", [](const Completion& c) { return !c.meter_number.empty(); },  //
     true, true, true, true, false, true},
    {"has_read", [](const Completion& c) { return c.read_thousandths.has_value(); },  //
     true, true, true, true, false, true},
    {"supply_on", [](const Completion& c) { return c.supply_on; },  //
     true, false, false, true, false, false},
    {"seal_number", [](const Completion& c) { return !c.seal_number.empty(); },  //
     false, false, true, true, false, false},
    {"door_hanger_left", [](const Completion& c) { return c.door_hanger_left; },  //
     false, false, true, false, false, false},
    {"tag_serial", [](const Completion& c) { return !c.tag_serial.empty(); },  //
     false, false, false, false, true, false},
    {"photo_sha256", [](const Completion& c) { return !c.photo_sha256.empty(); },  //
     false, false, false, false, true, false},
};

bool IsRequired(const Requirement& requirement, OrderType type) {
  switch (type) {
    case OrderType::kConnect:
      return requirement.connect;
    case OrderType::kDisconnectRequest:
      return requirement.disconnect_request;
    case OrderType::kDisconnectNonpay:
      return requirement.disconnect_nonpay;
    case OrderType::kReconnect:
      return requirement.reconnect;
    case OrderType::kTag:
      return requirement.tag;
    case OrderType::kRead:
      return requirement.read;
  }
  throw std::logic_error("work_order: not an order type");
}

std::int64_t PowerOfTen(int exponent) {
  std::int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

std::string_view Name(OrderType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

OrderType ParseOrderType(std::string_view name) {
  for (int i = 0; i < kOrderTypes; ++i) {
    if (kTypeNames[i] == name) return static_cast<OrderType>(i);
  }
  throw std::logic_error("work_order: no order type is named " + std::string(name));
}

Result<> CheckCompletion(OrderType type, std::string_view order_meter_number,
                         const Completion& completion, const std::optional<Meter>& meter) {
  std::vector<FieldViolation> missing;
  for (const Requirement& requirement : kRequirements) {
    if (IsRequired(requirement, type) && !requirement.is_given(completion)) {
      missing.push_back({"completion." + std::string(requirement.field),
                         "is required for an order of type " + std::string(Name(type))});
    }
  }
  if (!missing.empty()) {
    return FailedPrecondition(reason::kCompletionIncomplete,
                              "The completion lacks what its order requires.")
        .WithViolations(std::move(missing));
  }
  if (type == OrderType::kDisconnectNonpay && completion.supply_on) {
    return FailedPrecondition(reason::kCompletionContradicts,
                              "After a cut the supply is off: look again, or report it not done.")
        .WithViolations(
            {{"completion.supply_on", "contradicts an order of type " + std::string(Name(type))}});
  }
  if (!order_meter_number.empty() && !completion.meter_number.empty() &&
      completion.meter_number != order_meter_number) {
    return FailedPrecondition(reason::kCompletionMeterMismatch,
                              "This is not the meter of the order.");
  }
  if (!completion.read_thousandths || !meter) return Ok();
  const std::int64_t register_end = PowerOfTen(meter->register_digits) * 1'000;
  if (*completion.read_thousandths >= register_end) {
    return FailedPrecondition(reason::kReadOffRegister, "The register cannot show this read.")
        .With("register_digits", meter->register_digits);
  }
  if (*completion.read_thousandths < meter->last_read_thousandths &&
      !completion.lower_read_confirmed) {
    return FailedPrecondition(reason::kReadLower,
                              "The read is below the last one; look again and confirm it.")
        .With("last_read_thousandths", meter->last_read_thousandths);
  }
  if (meter->last_read_date && !completion.high_read_confirmed &&
      *completion.read_thousandths - meter->last_read_thousandths >= register_end / kHighPart) {
    return FailedPrecondition(reason::kReadHigh,
                              "The read is far above the last one; look again and confirm it.")
        .With("last_read_thousandths", meter->last_read_thousandths);
  }
  return Ok();
}

}  // namespace reeve::work_order
