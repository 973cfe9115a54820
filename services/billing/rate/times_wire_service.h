// Times of use on the wire.
#pragma once

#include <string>

#include "reeve/billing/v1/rate_service.pb.h"
#include "services/billing/rate/day_times.h"

namespace reeve::billing::rate {

DayTimes ParseTimes(Fields& fields, const std::string& field, const v1::DayTimes& message);

void ToProto(const DayTimes& times, v1::DayTimes& message);

}  // namespace reeve::billing::rate
