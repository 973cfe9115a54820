// Wire: how values that several features share are read from requests and put into answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reeve/account/v1/types.pb.h"
#include "services/account/premise/address.h"
#include "shared/core/fields.h"
#include "shared/core/spelling.h"

namespace reeve::account {

// Enumerators of the rules count from 0, those of the protos from 1, behind UNSPECIFIED.
template <class ProtoEnum, class Enum>
ProtoEnum ToProto(Enum value) {
  return static_cast<ProtoEnum>(static_cast<int>(value) + 1);
}

// The inverse; refuses the field if its value is not one of those that are spelled.
template <class Enum, std::size_t kSize>
Enum FromProto(Fields& fields, std::string_view field, int value,
               const Spelling<Enum, kSize>& /*names*/) {
  if (value >= 1 && static_cast<std::size_t>(value) <= kSize) return static_cast<Enum>(value - 1);
  fields.Refuse(field, value == 0 ? "is required" : "is not a known value");
  return Enum{};
}

inline Address FromProto(const v1::Address& address) {
  return {address.street(), address.unit(), address.city(), address.region(),
          address.postal_code()};
}

inline v1::Address ToProto(const Address& address) {
  v1::Address message;
  message.set_street(address.street);
  message.set_unit(address.unit);
  message.set_city(address.city);
  message.set_region(address.region);
  message.set_postal_code(address.postal_code);
  return message;
}

// "2026-11-22", or nothing.
inline std::string ToText(const std::optional<Date>& date) { return date ? date->ToString() : ""; }

// A date that may be left out.
inline std::optional<Date> MaybeDate(Fields& fields, std::string_view field,
                                     const std::string& value) {
  if (value.empty()) return std::nullopt;
  return fields.CivilDate(field, value);
}

// "rows[3].premise"
inline std::string At(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

// What is wrong with one row of a file, under the line where it stands.
inline void RefuseLine(Fields& fields, int line, const Fields& of_row) {
  if (of_row.ok()) return;
  const Error error = of_row.error();
  for (const FieldViolation& violation : error.violations())
    fields.Refuse(violation.field, "line " + std::to_string(line) + ": " + violation.description);
}

}  // namespace reeve::account
