// Form: turns what a person types into the fields of a request. The type and the name of a field
// decide how its text is read, so every command reads money, dates and counts in the same way.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "shared/core/result.h"

namespace reeve::reevectl {

using google::protobuf::Message;

// The field at `path`; null if the message has no such field.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type,
                                                   std::string_view path);

// Sets the field at `path` ("account_id", "counted.check_cents"); a repeated field gains an
// element.
//
//   *_cents          dollars             "12.34"
//   *_thousandths    a decimal number    "27.3"
//   *_nanos          a price in dollars  "0.0734"
//   *_time_micros    an instant          "2026-11-22T08:10:00-07:00"
//   an enum          its word            "check", "door-tag"
//   a bool           "true" or "false"
//   CashCount        "20x3": three of twenty dollars; several joined by "+": "20x3+0.25x40"
//   another message  "service=electric,amount=50.00": its fields, their unit suffix may be left out
//
// Throws std::logic_error if the message has no such field: that is a defect of the command.
Result<> SetField(Message& message, std::string_view path, std::string_view text);

}  // namespace reeve::reevectl
