#include "shared/obs/exposer.h"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <stdexcept>

namespace reeve::obs {

struct Exposer::Http {
  explicit Http(const std::string& address) : exposer(address, /*num_threads=*/1) {}
  prometheus::Exposer exposer;
};

Exposer::Exposer(const std::string& address, const Metrics& metrics) {
  try {
    http_ = std::make_unique<Http>(address);
  } catch (const std::exception& thrown) {
    throw std::runtime_error("cannot serve metrics on " + address + ": " + thrown.what());
  }
  http_->exposer.RegisterCollectable(metrics.registry());
}

Exposer::~Exposer() = default;

}  // namespace reeve::obs
