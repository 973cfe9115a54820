#include "shared/core/service.h"

#include <algorithm>
#include <array>

namespace reeve {
namespace {

constexpr std::array kElectricity{Unit::kKilowattHour};
constexpr std::array kLiquid{Unit::kKilogallon, Unit::kHundredCubicFeet,  Unit::kGallon,
                             Unit::kCubicFoot,  Unit::kThousandCubicFeet, Unit::kCubicMeter};
constexpr std::array kGas{Unit::kHundredCubicFeet,
                          Unit::kThousandCubicFeet,
                          Unit::kCubicFoot,
                          Unit::kCubicMeter,
                          Unit::kTherm,
                          Unit::kDekatherm};
constexpr std::array kSteam{Unit::kTherm, Unit::kDekatherm, Unit::kKilowattHour};

constexpr std::array<Service, 12> kServices{{
    {"electric", Metering::kAlways, kElectricity},
    {"water", Metering::kAlways, kLiquid},
    {"gas", Metering::kAlways, kGas},
    {"irrigation", Metering::kAlways, kLiquid},
    {"reclaimed", Metering::kAlways, kLiquid},
    {"steam", Metering::kAlways, kSteam},
    {"sewer", Metering::kMaybe, kLiquid},
    {"storm", Metering::kNever, {}},
    {"sanitation", Metering::kNever, {}},
    {"lighting", Metering::kNever, {}},
    {"fire", Metering::kNever, {}},
    {"internet", Metering::kNever, {}},
}};

}  // namespace

std::span<const Service> Services() { return kServices; }

const Service* FindService(std::string_view name) {
  const auto* const found = std::ranges::find(kServices, name, &Service::name);
  return found == kServices.end() ? nullptr : &*found;
}

bool IsService(std::string_view name) { return FindService(name) != nullptr; }

bool MayBeMetered(std::string_view name) {
  const Service* service = FindService(name);
  return service != nullptr && service->metering != Metering::kNever;
}

}  // namespace reeve
