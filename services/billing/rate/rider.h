// Riders: a value with dates and a citation of its own that components of several schedules charge.
// Where it changes it divides their versions, so that all else prices ordinary components.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {

// What a component that charges a rider is compared with.
struct RiderShape {
  std::string code;
  ComponentKind kind = ComponentKind::kFixed;
  std::optional<Unit> usage_unit;
  std::optional<Unit> unit;
};

bool CanBeRider(ComponentKind kind);

// Refuses what a version of service "riders" cannot say: it is one rate, or tiers, and what they
// count. How they are charged is said by who charges them.
void ValidateRider(const Schedule& rider, Fields& fields);

// The version must have a component.
RiderShape ShapeOf(const Schedule& rider);

// Why the component cannot charge the rider; empty if it can.
std::string Mismatch(const Schedule& schedule, const Component& component, const RiderShape& rider);

// Refuses, at its place, each component that charges what is no rider of these or counts something
// else.
void CheckRiders(const Schedule& schedule, std::span<const RiderShape> riders, Fields& fields);

// A component that charges nothing on some day because its value, or its rider's, is not loaded.
struct WithoutValue {
  std::string component;
  std::string rider;  // empty: the component's own value
  Date day;           // the first of them on which the version prices, or from which on it does
};
// The first in a bill of the days from `first` to `last` under versions as a tariff has them: each
// day by the version that prices it, as `effect` says. Days before all versions are nobody's; of a
// component that is out of season on all of its days there is none.
std::optional<WithoutValue> FindWithoutValue(const Versions& versions, Date first, Date last,
                                             Date bill_date);

bool ChargesRider(const Schedule& schedule, std::string_view rider_code);

// All versions, those that charge riders divided: a part begins with the version, and on each day
// from which one of its riders has another value, or none any more. Riders are found among
// `loaded`; a component whose rider has no value, or one of another kind or unit, is kNotLoaded.
std::vector<Schedule> WithRiders(std::vector<Schedule> loaded);

}  // namespace reeve::billing::rate
