#include "services/billing/rate/rider.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace reeve::billing::rate {
namespace {

// The versions of a rider by date.
using RiderVersions = std::map<Date, const Schedule*>;
using Riders = std::map<std::string, RiderVersions, std::less<>>;

// What is charged on a day; nothing if there is none.
const Schedule* ValueOn(const Riders& riders, std::string_view code, Date day) {
  const auto rider = riders.find(code);
  if (rider == riders.end()) return nullptr;
  const auto after = rider->second.upper_bound(day);
  if (after == rider->second.begin()) return nullptr;
  const Schedule* version = std::prev(after)->second;
  return version->last_date && *version->last_date < day ? nullptr : version;
}

void PutValue(const Riders& riders, const Schedule& part, Component& component) {
  const std::string code = std::exchange(component.rider, "");
  const Schedule* value = ValueOn(riders, code, part.effective_date);
  const bool fits = value != nullptr && Mismatch(part, component, ShapeOf(*value)).empty();
  if (!fits) {
    component.kind = ComponentKind::kNotLoaded;
    component.from_rider = RiderVersion{code, std::nullopt, ""};
    return;
  }
  component.rate = value->components.front().rate;
  component.tiers = value->components.front().tiers;
  component.from_rider = RiderVersion{code, value->effective_date, value->citation};
}

bool Charges(const Schedule& schedule) {
  return std::any_of(schedule.components.begin(), schedule.components.end(),
                     [](const Component& component) { return !component.rider.empty(); });
}

// First days of the parts of a version; `next` is the first day of the one after it.
std::set<Date> PartsOf(const Schedule& version, const Riders& riders, std::optional<Date> next) {
  std::set<Date> days{version.effective_date};
  for (const Component& component : version.components) {
    const std::string& code = component.rider;
    const auto add = [&](Date day) {
      const bool changes = ValueOn(riders, code, day) != ValueOn(riders, code, day.PlusDays(-1));
      if (changes && day > version.effective_date && (!next || day < *next)) days.insert(day);
    };
    const auto rider = riders.find(code);
    if (rider == riders.end()) continue;
    for (const auto& [day, value] : rider->second) {
      add(day);
      if (value->last_date) add(value->last_date->PlusDays(1));
    }
  }
  return days;
}

// What prices a day of a bill, as Split covers its days: the newest that has begun.
const Schedule* PricingOn(const Versions& versions, Date day, Date last, Date bill_date) {
  const auto all = versions.all();
  const auto newest = std::find_if(all.rbegin(), all.rend(), [&](const Schedule& version) {
    Date begun = last;
    if (version.terms.effect == Effect::kUse) begun = day;
    if (version.terms.effect == Effect::kBill) begun = bill_date;
    return version.effective_date <= begun;
  });
  return newest == all.rend() ? nullptr : &*newest;
}

}  // namespace

bool CanBeRider(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kFixed:
    case ComponentKind::kTiers:
    case ComponentKind::kPerUnit:
    case ComponentKind::kPercent:
    case ComponentKind::kDemand:
    case ComponentKind::kWinterAverage:
      return true;
    case ComponentKind::kNotLoaded:
    case ComponentKind::kMeterSize:
    case ComponentKind::kMinimum:
    case ComponentKind::kMaximum:
    case ComponentKind::kRoundOff:
      break;
  }
  return false;
}

void ValidateRider(const Schedule& rider, Fields& fields) {
  if (rider.last_date && *rider.last_date < rider.effective_date) {
    fields.Refuse("last_date", "is before effective_date");
  }
  if (!(rider.terms == Terms())) fields.Refuse("terms", "are those of who charges the rider");
  if (!(rider.guard == GuardLimits())) fields.Refuse("guard", "is that of who charges the rider");
  if (rider.use_times) fields.Refuse("use_times", "are those of who charges the rider");
  if (rider.load_times) fields.Refuse("load_times", "are those of who charges the rider");
  if (rider.components.empty()) return;  // refused as for all
  if (rider.components.size() > 1)
    fields.Refuse("components", "are more than one: each has a code");
  const Component& value = rider.components.front();
  const std::string field = "components[0]";
  if (!CanBeRider(value.kind)) {
    fields.Refuse(field + ".kind",
                  "a rider is FIXED, TIERS, PER_UNIT, DEMAND, WINTER_AVERAGE or PERCENT");
  }
  if (rider.usage_unit && value.kind != ComponentKind::kTiers) {
    fields.Refuse("usage_unit", "belongs to a rider that is TIERS");
  }
  const bool counts =
      value.kind == ComponentKind::kPerUnit || value.kind == ComponentKind::kWinterAverage;
  const auto only = [&](const char* name, bool given) {
    if (given) fields.Refuse(field + name, "is that of who charges the rider");
  };
  only(".unit", value.unit && !counts);
  only(".per", value.per != Per::kBill);
  only(".widths", value.widths != Widths::kBill);
  only(".season", value.season.has_value());
  only(".period", !value.period.empty());
  only(".ratchet", value.ratchet.has_value());
  only(".cap", value.cap_thousandths.has_value());
  only(".default_quantity", value.default_thousandths.has_value());
  only(".at_most_use", value.at_most_use);
  only(".factor", value.factor.has_value());
  only(".step", value.step.has_value());
  only(".at_least", value.at_least_thousandths.has_value());
  only(".blocks", value.blocks != Blocks::kEach);
  only(".flow", value.flow != Flow::kDelivered);
  only(".budget", value.budget.has_value());
  only(".power_factor", value.power_factor.has_value());
  only(".for_sizes", !value.for_sizes.empty());
  only(".rider", !value.rider.empty());
  for (std::size_t i = 0; i < value.tiers.size(); ++i) {
    const std::string tier = ".tiers[" + std::to_string(i) + "].of";
    only(tier.c_str(), value.tiers[i].of != BoundOf::kUnits || value.tiers[i].IsBounded());
  }
}

RiderShape ShapeOf(const Schedule& rider) {
  const Component& value = rider.components.front();
  return {rider.code, value.kind, rider.usage_unit, value.unit};
}

std::string Mismatch(const Schedule& schedule, const Component& component,
                     const RiderShape& rider) {
  if (component.kind != rider.kind) return "is a rider of another kind";
  const auto other = [](std::optional<Unit> unit) {
    return "is a rider for each " + std::string(unit ? UnitName(*unit) : "unit");
  };
  switch (component.kind) {
    case ComponentKind::kTiers:
      return rider.usage_unit == schedule.usage_unit ? "" : other(rider.usage_unit);
    case ComponentKind::kPerUnit:
    case ComponentKind::kWinterAverage:
      return rider.unit == component.unit ? "" : other(rider.unit);
    default:
      return "";
  }
}

void CheckRiders(const Schedule& schedule, std::span<const RiderShape> riders, Fields& fields) {
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    const Component& component = schedule.components[i];
    if (component.rider.empty()) continue;
    const std::string field = "schedule.components[" + std::to_string(i) + "].rider";
    const auto found = std::find_if(riders.begin(), riders.end(), [&](const RiderShape& rider) {
      return rider.code == component.rider;
    });
    if (found == riders.end()) {
      fields.Refuse(field, "is no rider that is loaded");
      continue;
    }
    std::string mismatch = Mismatch(schedule, component, *found);
    if (!mismatch.empty()) fields.Refuse(field, std::move(mismatch));
  }
}

std::optional<WithoutValue> FindWithoutValue(const Versions& versions, Date first, Date last,
                                             Date bill_date) {
  for (Date day = first; day <= last; day = day.PlusDays(1)) {
    const Schedule* version = PricingOn(versions, day, last, bill_date);
    if (version == nullptr) continue;
    for (const Component& component : version->components) {
      if (component.kind != ComponentKind::kNotLoaded && component.rider.empty()) continue;
      const bool by_last = version->terms.season_by == SeasonBy::kLastDay;
      if (component.season && !component.season->Includes(by_last ? last : day)) continue;
      return WithoutValue{component.name,
                          component.from_rider ? component.from_rider->code : component.rider,
                          std::max(day, version->effective_date)};
    }
  }
  return std::nullopt;
}

bool ChargesRider(const Schedule& schedule, std::string_view rider_code) {
  return std::any_of(schedule.components.begin(), schedule.components.end(),
                     [&](const Component& one) { return one.rider == rider_code; });
}

std::vector<Schedule> WithRiders(std::vector<Schedule> loaded) {
  if (std::none_of(loaded.begin(), loaded.end(), Charges)) return loaded;
  Riders riders;
  std::map<std::string, std::set<Date>, std::less<>> first_days;  // by code
  for (const Schedule& version : loaded) {
    first_days[version.code].insert(version.effective_date);
    if (version.service == kRiderService && !version.components.empty()) {
      riders[version.code].emplace(version.effective_date, &version);
    }
  }
  std::vector<Schedule> parts;
  for (const Schedule& version : loaded) {
    const std::set<Date>& days = first_days.find(version.code)->second;
    const auto next = days.upper_bound(version.effective_date);
    for (const Date day :
         PartsOf(version, riders, next == days.end() ? std::nullopt : std::optional(*next))) {
      Schedule& part = parts.emplace_back(version);
      if (!Charges(version)) continue;
      part.effective_date = day;
      part.loaded_date = version.LoadedDate();
      for (Component& component : part.components) {
        if (!component.rider.empty()) PutValue(riders, part, component);
      }
    }
  }
  return parts;
}

}  // namespace reeve::billing::rate
