// Basis: by what an agreement is billed, as far as land records know better.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/core/id.h"

namespace reeve::billing::cycle {

// kListed: its schedule stands in no row of the file. kParcel: a place without a parcel. kExempt:
// the parcel is exempt from the service.
enum class Basis {
  kLandUse,
  kClass,
  kCityLimits,
  kDwellings,
  kEsu,
  kCarts,
  kMeterSize,
  kExempt,
  kListed,
  kParcel,
};
std::string_view BasisName(Basis basis);  // "DWELLINGS"
Basis ParseBasis(std::string_view name);

struct ParcelDifference {
  Basis basis = Basis::kLandUse;
  std::string expected;  // what the parcel has
  std::string billed;    // what the agreement is billed by
  // What is billed more (or, below 0, less) for it; nothing if that is not known.
  std::optional<std::int64_t> at_stake_cents;
  bool operator==(const ParcelDifference&) const = default;
};

}  // namespace reeve::billing::cycle
