// What became of the planted faults and of the sound bills.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "services/billing/cycle/guard.h"
#include "tests/bench/guard_faults.h"

namespace reeve::bench {

struct Score {
  std::array<std::int64_t, kFaultCount> planted{};
  std::array<std::int64_t, kFaultCount> held{};
  std::int64_t sound = 0;
  std::int64_t sound_held = 0;
  std::map<billing::cycle::HoldReason, std::int64_t> sound_by_reason;
};

// Prints it. Throws std::runtime_error if it is judged and a fault was not held, or too many sound
// bills were.
void ReportScore(const Score& score, double seconds, bool judged);

}  // namespace reeve::bench
