#include "tests/bench/guard_tariff.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reeve::bench {

namespace rate = billing::rate;
namespace parcel = billing::parcel;

namespace {

Rate Dollars(const char* text) { return Rate::Parse(text).value(); }

rate::Component Fixed(const char* dollars) {
  rate::Component component;
  component.kind = rate::ComponentKind::kFixed;
  component.name = "Base";
  component.rate = Dollars(dollars);
  return component;
}

rate::Component Blocks(std::vector<std::pair<std::int64_t, const char*>> blocks) {
  rate::Component component;
  component.kind = rate::ComponentKind::kTiers;
  component.name = "Use";
  for (const auto& [up_to, dollars] : blocks) {
    component.tiers.push_back(
        {up_to == 0 ? std::nullopt : std::optional(up_to * Quantity::kScale), Dollars(dollars)});
  }
  return component;
}

rate::Schedule Version(const char* code, const char* service, Unit unit, Date effective,
                       std::vector<rate::Component> components) {
  rate::Schedule schedule;
  schedule.code = code;
  schedule.effective_date = effective;
  schedule.service = service;
  schedule.title = schedule.citation = "Synthetic";
  schedule.usage_unit = unit;
  schedule.components = std::move(components);
  return schedule;
}

rate::Component PerUnit(const char* dollars, Unit unit) {
  rate::Component component;
  component.kind = rate::ComponentKind::kPerUnit;
  component.name = "Units";
  component.rate = Dollars(dollars);
  component.unit = unit;
  return component;
}

rate::Schedule Flat(const char* code, const char* service, Date effective, const char* dollars,
                    Unit unit) {
  rate::Schedule schedule =
      Version(code, service, Unit::kKilowattHour, effective, {PerUnit(dollars, unit)});
  schedule.usage_unit.reset();
  return schedule;
}

}  // namespace

rate::Tariff MakeTariff(Date first_day) {
  std::vector<rate::Schedule> all;
  for (const Date day : {first_day.PlusDays(-800), first_day.PlusDays(-400)}) {
    all.push_back(Version("W1", "water", Unit::kKilogallon, day,
                          {Fixed("18.70"), Blocks({{8, "4.70"}, {15, "6.50"}, {0, "9.85"}})}));
    all.push_back(
        Version("E1", "electric", Unit::kKilowattHour, day,
                {Fixed("13.92"), Blocks({{500, "0.0734"}, {1000, "0.1019"}, {0, "0.1209"}})}));
    all.push_back(
        Version("W2", "water", Unit::kKilogallon, day, {Fixed("40.00"), Blocks({{0, "5.10"}})}));
    all.push_back(Version("E2", "electric", Unit::kKilowattHour, day,
                          {Fixed("60.00"), Blocks({{0, "0.0946"}})}));
    all.push_back(Flat("G1", "sanitation", day, "17.81", Unit::kCart));
    all.push_back(Flat("G2", "sanitation", day, "26.72", Unit::kCart));
    all.push_back(Flat("D1", "storm", day, "3.90", Unit::kEquivalentServiceUnit));
  }
  return rate::Tariff(std::move(all));
}

parcel::ParcelFacts WithoutPlaces() {
  parcel::ParcelFacts facts;
  facts.is_loaded = true;
  for (const char* code : {"W1", "W2", "E1", "E2", "D1", "G1", "G2"}) {
    parcel::LandUser user;
    user.code = code;
    if (user.code == "G1") user.city_limits = "INSIDE";
    if (user.code == "G2") user.city_limits = "OUTSIDE";
    std::pair key(user.kind, user.code);
    facts.users.emplace(std::move(key), std::move(user));
  }
  return facts;
}

}  // namespace reeve::bench
