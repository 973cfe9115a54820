#include "shared/core/id.h"

#include "shared/core/canonical.h"

namespace reeve {

std::int64_t NewId(Instant now, Random& random) {
  constexpr int kRandomBits = 21;
  constexpr std::int64_t kMillisMask = (std::int64_t{1} << 42) - 1;  // until the year 2109
  const std::int64_t millis = now.micros() / 1'000 & kMillisMask;
  return millis << kRandomBits |
         static_cast<std::int64_t>(random.Below(std::uint64_t{1} << kRandomBits));
}

std::int64_t DerivedId(std::string_view key) {
  std::uint64_t bits = 0;
  for (const char byte : Sha256(key).substr(0, sizeof(bits)))
    bits = bits << 8 | static_cast<unsigned char>(byte);
  const auto id = static_cast<std::int64_t>(bits >> 1);
  return id > 0 ? id : 1;
}

}  // namespace reeve
