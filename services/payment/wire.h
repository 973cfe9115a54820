// Between the wire and the rules: what several features of payment read from and write to protos.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <optional>
#include <string>
#include <string_view>

#include "reeve/payment/v1/types.pb.h"
#include "services/payment/payment/payment.h"
#include "shared/core/fields.h"

namespace reeve::payment {

// An enum on the wire has the enumerators of the rules' enum, one later: 0 is ..._UNSPECIFIED.
template <class Wire, class Enum>
Wire ToWire(Enum value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}
template <class Enum, std::size_t kSize>
std::optional<Enum> FromWire(Fields& fields, std::string_view field, int wire,
                             const Spelling<Enum, kSize>& /*names*/) {
  if (wire > 0 && wire <= static_cast<int>(kSize)) return static_cast<Enum>(wire - 1);
  fields.Refuse(field, "is required, and one of those that are known");
  return std::nullopt;
}

using CashCounts = google::protobuf::RepeatedPtrField<v1::CashCount>;
Cash ParseCash(Fields& fields, const std::string& field, const CashCounts& counts);
// `<field>_count` and `<field>_cents` of papers: both nothing, or both something.
void ParsePapers(Fields& fields, const std::string& field, std::int64_t count, std::int64_t cents);
Holding ParseHolding(Fields& fields, const std::string& field, const v1::Holding& holding);

void ToWire(const Cash& cash, CashCounts* counts);
v1::Holding ToWire(const Holding& holding);
void ToWire(const std::vector<Direction>& directions,
            google::protobuf::RepeatedPtrField<v1::Direction>* wires);

}  // namespace reeve::payment
