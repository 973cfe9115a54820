// Rate schedules for tests, as their sources publish them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/rate/line_words.h"
#include "services/billing/rate/price.h"

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

inline Date Day(std::string_view text) { return Date::Parse(text).value(); }

inline rate::Versions VersionsOf(std::initializer_list<rate::Schedule> schedules) {
  rate::Versions versions;
  for (const rate::Schedule& schedule : schedules) versions.Add(schedule);
  return versions;
}

// What is priced: the months of the tests have thirty days, unless they say otherwise.
struct Month {
  std::int64_t usage_thousandths = 0;
  std::int64_t quantity_thousandths = 1000;
  std::string_view from_date = "2026-09-01";
  std::string_view to_date = "2026-10-01";
};

inline Result<std::vector<rate::Line>> PriceMonth(const rate::Versions& versions,
                                                  const Month& month) {
  const rate::Measured meter{Day(month.from_date), Day(month.to_date), month.usage_thousandths, {}};
  const rate::Facts facts{.measured = {&meter, 1},
                          .quantity_thousandths = month.quantity_thousandths,
                          .allows_not_loaded = true};
  std::vector<rate::Line> lines;
  REEVE_RETURN_IF_ERROR(
      rate::Price(versions, {meter.from_date, meter.to_date, meter.to_date}, facts, lines));
  return lines;
}

inline std::vector<rate::Line> PriceUse(const rate::Schedule& schedule, const Month& month) {
  return PriceMonth(VersionsOf({schedule}), month).value();
}

inline std::vector<std::int64_t> CentsOf(const std::vector<rate::Line>& lines) {
  std::vector<std::int64_t> cents;
  for (const rate::Line& line : lines) cents.push_back(line.amount.cents());
  return cents;
}

inline std::int64_t TotalCents(const std::vector<rate::Line>& lines) {
  std::int64_t total = 0;
  for (const rate::Line& line : lines) total += line.amount.cents();
  return total;
}

// Provo, Utah, fee schedule, energy: Schedule 1, residential.
// https://provo.municipal.codes/Code/FS_Utilities_Energy
inline rate::Schedule ProvoSchedule1() {
  return Metered("E1", "electric", Unit::kKilowattHour,
                 {Fixed("Customer charge", "13.92"),
                  Tiers("Energy", {{500, "0.0734"}, {1000, "0.1019"}, {0, "0.1209"}})});
}

}  // namespace reeve::billing
