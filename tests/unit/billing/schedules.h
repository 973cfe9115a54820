// Rate schedules for tests, as their sources publish them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/rate/rate.h"

namespace reeve::billing {

inline Rate Dollars(std::string_view text) { return Rate::Parse(text).value(); }

inline rate::Component Fixed(std::string name, std::string_view dollars) {
  return {rate::ComponentKind::kFixed, std::move(name), Dollars(dollars), std::nullopt, {}};
}

inline rate::Component PerUnit(std::string name, std::string_view dollars, Unit unit) {
  return {rate::ComponentKind::kPerUnit, std::move(name), Dollars(dollars), unit, {}};
}

// {{500, "0.0734"}, {1000, "0.1019"}, {0, "0.1209"}}: whole units, 0 for no bound.
inline rate::Component Tiers(
    std::string name, std::initializer_list<std::pair<std::int64_t, std::string_view>> tiers) {
  rate::Component component{rate::ComponentKind::kTiers, std::move(name), Rate(), std::nullopt, {}};
  for (const auto& [up_to, dollars] : tiers) {
    component.tiers.push_back(
        {up_to == 0 ? std::nullopt : std::optional(up_to * Quantity::kScale), Dollars(dollars)});
  }
  return component;
}

inline rate::Component Percent(std::string name, std::string_view fraction) {
  return {rate::ComponentKind::kPercent, std::move(name), Dollars(fraction), std::nullopt, {}};
}

inline rate::Component NotLoadedRider(std::string name) {
  return {rate::ComponentKind::kNotLoaded, std::move(name), Rate(), std::nullopt, {}};
}

inline rate::Schedule Metered(std::string code, std::string service, Unit unit,
                              std::vector<rate::Component> components) {
  return {std::move(code),
          Date::Parse("2026-07-01").value(),
          std::move(service),
          "Test",
          "Test",
          unit,
          std::move(components),
          {}};
}

// Provo, Utah, fee schedule, energy: Schedule 1, residential.
// https://provo.municipal.codes/Code/FS_Utilities_Energy
inline rate::Schedule ProvoSchedule1() {
  return Metered("E1", "electric", Unit::kKilowattHour,
                 {Fixed("Customer charge", "13.92"),
                  Tiers("Energy", {{500, "0.0734"}, {1000, "0.1019"}, {0, "0.1209"}})});
}

}  // namespace reeve::billing
