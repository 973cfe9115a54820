// FakeClock: stands still until the test moves it.
#pragma once

#include <atomic>

#include "shared/core/seams.h"

namespace reeve::testing {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant now) : micros_(now.micros()) {}
  // "2026-11-22T08:10:00-07:00"
  explicit FakeClock(std::string_view rfc3339) : FakeClock(Instant::Parse(rfc3339).value()) {}

  Instant Now() const override { return Instant::FromMicros(micros_); }
  void Set(Instant now) { micros_ = now.micros(); }
  void Advance(Duration by) { micros_ += by.micros(); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace reeve::testing
