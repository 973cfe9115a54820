// What a meter of a size can pass at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reeve::billing::cycle {

// Thousandths of the unit a day that a meter of this size, in inches as the city names it ("5/8",
// "5/8 x 3/4", "1.5", "1 1/2"), can pass without rest; nothing if the service is not one of water
// ("water", "irrigation", "reclaimed", "sewer"), or if the size or unit is not known: a gas meter's
// inches are another thing.
std::optional<std::int64_t> MeterMaximumPerDay(std::string_view service, std::string_view size,
                                               std::string_view unit);

}  // namespace reeve::billing::cycle
