// Service: what a city provides at a place and bills for, and how it is measured.
#pragma once

#include <span>
#include <string_view>

#include "shared/core/quantity.h"

namespace reeve {

enum class Metering {
  kNever,   // billed by what is there: carts, ESUs, connections
  kMaybe,   // has a meter at some places: sewer of industry
  kAlways,  // by what its meter measured
};

struct Service {
  std::string_view name;  // "electric": lower case letters
  Metering metering = Metering::kNever;
  std::span<const Unit> units;  // what its meters count
};

// Those of a city: "electric", "water", "gas", "irrigation", "reclaimed" and
// "steam" are metered, "sewer" maybe, "storm", "sanitation", "lighting", "fire" and "internet" not.
std::span<const Service> Services();

// Nothing if no service has this name.
const Service* FindService(std::string_view name);
bool IsService(std::string_view name);
// Whether it may have a meter, and so be turned off and on in the field.
bool MayBeMetered(std::string_view name);

}  // namespace reeve
