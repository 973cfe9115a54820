// What the synthetic city of the guard's bench charges, and which land its schedules are for.
#pragma once

#include "services/billing/parcel/parcel.h"
#include "services/billing/rate/rate.h"
#include "shared/core/date.h"

namespace reeve::bench {

// Two versions of each schedule; the second is the one in force.
billing::rate::Tariff MakeTariff(Date first_day);

// Land records that name all schedules of the tariff, and no place yet.
billing::parcel::ParcelFacts WithoutPlaces();

}  // namespace reeve::bench
