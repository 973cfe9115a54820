#include "shared/core/id.h"

namespace reeve {

std::int64_t NewId(Instant now, Random& random) {
  constexpr int kRandomBits = 21;
  constexpr std::int64_t kMillisMask = (std::int64_t{1} << 42) - 1;  // until the year 2109
  const std::int64_t millis = now.micros() / 1'000 & kMillisMask;
  return millis << kRandomBits |
         static_cast<std::int64_t>(random.Below(std::uint64_t{1} << kRandomBits));
}

}  // namespace reeve
