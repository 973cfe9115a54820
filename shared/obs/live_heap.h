// LiveHeap: how much memory the process has asked for and not given back. Unlike what is resident
// it holds neither the program's file nor pages that the allocator keeps for later, so that what
// grows here without end is a leak.
#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <string>
#include <vector>

namespace reeve::obs {

std::int64_t LiveHeapBytes();

// The gauge reeve_<service>_heap_live_bytes, counted when Prometheus asks.
class LiveHeap final : public prometheus::Collectable {
 public:
  explicit LiveHeap(const std::string& service) : name_("reeve_" + service + "_heap_live_bytes") {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string name_;
};

}  // namespace reeve::obs
