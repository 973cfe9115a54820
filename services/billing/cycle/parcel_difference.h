// Differences between what agreements are billed by and what the city's land records say of their
// places. Pure.
#pragma once

#include <span>

#include "services/billing/cycle/guard_page.h"
#include "services/billing/parcel/parcel.h"

namespace reeve::billing::cycle {

// Adds to each agreement what of its segment is not as in the land records, in the order of its
// names; nothing if none are loaded.
void CompareWithParcels(const Run& run, const rate::Tariff& tariff,
                        const parcel::ParcelFacts& facts, std::span<const Bill> bills,
                        std::span<Guarded> guarded);

}  // namespace reeve::billing::cycle
