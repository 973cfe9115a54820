// Waiting until a deadline of a Clock that may jump or stand still.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "shared/core/seams.h"

namespace reeve::db {

// How long to sleep before the clock is looked at again: what is left until the deadline, at most
// 50 ms; zero once it has passed.
inline std::chrono::microseconds Patience(const Clock& clock, Instant deadline) {
  constexpr std::int64_t kLookAgainMicros = 50'000;
  const Instant now = clock.Now();
  if (now >= deadline) return std::chrono::microseconds(0);
  const Duration left = now < deadline - Duration::Micros(kLookAgainMicros)
                            ? Duration::Micros(kLookAgainMicros)
                            : deadline - now;
  return std::chrono::microseconds(left.micros());
}

// False if the deadline passed and `ready` still does not hold.
template <class Predicate>
bool WaitUntil(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
               const Clock& clock, Instant deadline, const Predicate& ready) {
  while (!ready()) {
    const std::chrono::microseconds patience = Patience(clock, deadline);
    if (patience.count() == 0) return false;
    changed.wait_for(lock, patience);
  }
  return true;
}

}  // namespace reeve::db
