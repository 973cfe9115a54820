// Exposer: the HTTP port from which Prometheus reads the metrics of a process, at /metrics.
#pragma once

#include <memory>
#include <string>

#include "shared/obs/metrics.h"

namespace reeve::obs {

class Exposer {
 public:
  // "127.0.0.1:7103". Throws std::runtime_error if the address is taken.
  Exposer(const std::string& address, const Metrics& metrics);
  ~Exposer();

 private:
  struct Http;
  std::unique_ptr<Http> http_;
};

}  // namespace reeve::obs
