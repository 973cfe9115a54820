// SeededRandom: the same seed gives the same bytes on every machine.
#pragma once

#include <mutex>
#include <random>

#include "shared/core/seams.h"

namespace reeve::testing {

// Thread-safe; deterministic as far as the order of the calls is.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  void Fill(std::span<std::uint8_t> bytes) override {
    const std::lock_guard lock(mutex_);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine_() >> 56);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace reeve::testing
