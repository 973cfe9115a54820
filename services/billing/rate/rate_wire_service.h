// Rate schedules on the wire.
#pragma once

#include "reeve/billing/v1/rate_service.pb.h"
#include "services/billing/rate/rider.h"
#include "services/billing/rate/standing.h"

namespace reeve::billing::rate {

inline constexpr std::size_t kCodeMax = 20;

// Every bad field is refused at its place under "schedule".
Schedule ParseSchedule(Fields& fields, const v1::RateSchedule& message);

// The riders that the caller will load before it.
std::vector<RiderShape> ParseRiders(Fields& fields, const v1::LoadScheduleRequest& request);

v1::RateSchedule ToProto(const Schedule& schedule);
v1::RateComponentKind ToProto(ComponentKind kind);
v1::DayCount ToProto(DayCount day_count);
v1::RateRounding ToProto(Rounding rounding);
v1::VersionStanding ToProto(const LoadedVersion& version);

}  // namespace reeve::billing::rate
