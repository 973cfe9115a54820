#include "shared/process/demo_clock.h"

#include <fstream>

namespace reeve::process {
namespace {

constexpr Duration kReadEvery = Duration::Millis(50);

}  // namespace

DemoClock::DemoClock(const Clock& machine_clock, std::string path)
    : machine_clock_(machine_clock), path_(std::move(path)) {
  ReadFile(machine_clock_.Now());
}

Instant DemoClock::Now() const {
  const Instant now = machine_clock_.Now();
  if (now.micros() - read_micros_ >= kReadEvery.micros()) {
    if (const std::unique_lock lock(mutex_, std::try_to_lock); lock.owns_lock()) ReadFile(now);
  }
  return now + Duration::Micros(offset_micros_);
}

void DemoClock::ReadFile(Instant now) const {
  std::ifstream file(path_);
  std::int64_t wanted = 0;
  std::int64_t set_at = 0;
  if (file >> wanted >> set_at) offset_micros_ = wanted - set_at;
  read_micros_ = now.micros();
}

}  // namespace reeve::process
