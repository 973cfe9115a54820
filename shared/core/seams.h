// The seams: what a service touches outside itself comes in through these, and only these. In
// production they are the machine's; under test they follow a seed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "shared/core/date.h"

namespace reeve {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
};

// Thread-safe. Cryptographically strong in production.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;
  // Uniform in [0, bound), bound > 0.
  std::uint64_t Below(std::uint64_t bound);
};

// Where tasks run. Thread-safe. A task may wait only inside a seam.
class Executor {
 public:
  using Task = std::function<void()>;
  virtual ~Executor() = default;
  virtual void Post(Task task) = 0;
  virtual void PostAfter(Duration delay, Task task) = 0;
};

}  // namespace reeve
