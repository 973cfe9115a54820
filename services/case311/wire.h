// Wire: how the features' values are read from requests and put into answers.
#pragma once

#include <string>
#include <string_view>

#include "services/case311/case_type/case_type.h"
#include "shared/core/fields.h"

namespace reeve::case311 {

// Enumerators of the rules count from 0, those of the protos from 1, behind UNSPECIFIED.
template <class ProtoEnum, class Enum>
ProtoEnum ToProto(Enum value) {
  return static_cast<ProtoEnum>(static_cast<int>(value) + 1);
}

// The inverse; refuses the field if the value is not one of `size` known ones.
template <class Enum>
Enum FromProto(Fields& fields, std::string_view field, int value, std::size_t size) {
  if (value >= 1 && static_cast<std::size_t>(value) <= size) return static_cast<Enum>(value - 1);
  fields.Refuse(field, value == 0 ? "is required" : "is not a known value");
  return Enum{};
}

// A case type or a department.
inline std::string Code(Fields& fields, std::string_view field, const std::string& value) {
  if (!IsCode(value))
    fields.Refuse(field, "is not 2 to 40 characters of A-Z, 0-9 and _ that begin with a letter");
  return value;
}

}  // namespace reeve::case311
