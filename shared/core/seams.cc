#include "shared/core/seams.h"

#include <array>
#include <cstring>

namespace reeve {

std::uint64_t Random::Below(std::uint64_t bound) {
  // The lowest 2^64 mod bound draws are thrown away, so that every remainder is equally likely.
  const std::uint64_t threshold = (0 - bound) % bound;
  for (;;) {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
    Fill(bytes);
    std::uint64_t draw = 0;
    std::memcpy(&draw, bytes.data(), sizeof(draw));
    if (draw >= threshold) return draw % bound;
  }
}

}  // namespace reeve
