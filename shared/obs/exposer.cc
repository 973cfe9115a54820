#include "shared/obs/exposer.h"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <stdexcept>

#include "shared/obs/live_heap.h"

namespace reeve::obs {

struct Exposer::Http {
  explicit Http(const std::string& address) : exposer(address, /*num_threads=*/1) {}
  prometheus::Exposer exposer;
  std::shared_ptr<LiveHeap> live_heap;  // the exposer keeps no hold on what it asks
};

Exposer::Exposer(const std::string& address, const Metrics& metrics) {
  try {
    http_ = std::make_unique<Http>(address);
  } catch (const std::exception& thrown) {
    throw std::runtime_error("cannot serve metrics on " + address + ": " + thrown.what());
  }
  http_->live_heap = std::make_shared<LiveHeap>(metrics.service());
  http_->exposer.RegisterCollectable(metrics.registry());
  http_->exposer.RegisterCollectable(http_->live_heap);
}

Exposer::~Exposer() = default;

}  // namespace reeve::obs
