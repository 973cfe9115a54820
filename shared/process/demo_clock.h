// DemoClock: the city's clock in a demo, which the demo moves by writing a file.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "shared/core/seams.h"

namespace reeve::process {

// The file holds two numbers: the wanted instant and the machine's when it was set, both in
// microseconds since 1970. From there the clock runs on. It is read again at most every 50 ms;
// without a readable file the last known offset stays (at first none).
class DemoClock final : public Clock {
 public:
  DemoClock(const Clock& machine_clock, std::string path);
  Instant Now() const override;

 private:
  void ReadFile(Instant now) const;

  const Clock& machine_clock_;
  const std::string path_;
  mutable std::mutex mutex_;  // held by who reads the file; nobody waits for it
  mutable std::atomic<std::int64_t> read_micros_;
  mutable std::atomic<std::int64_t> offset_micros_ = 0;
};

}  // namespace reeve::process
