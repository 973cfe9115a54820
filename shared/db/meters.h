// Meters: what this library counts, if the service has metrics.
#pragma once

#include "shared/core/date.h"
#include "shared/obs/metrics.h"

namespace reeve::db {

class Meters {
 public:
  explicit Meters(obs::Metrics* metrics);  // null: counts nothing

  void InUse(std::size_t connections) const;  // connections that a caller holds now
  void Waited(Duration wait) const;           // for a connection
  void Retried() const;                       // a body runs again
  void Grouped(std::size_t bodies) const;     // SQLite: bodies that shared a commit

 private:
  obs::Gauge* in_use_ = nullptr;
  obs::Histogram* wait_ = nullptr;
  obs::Counter* retries_ = nullptr;
  obs::Histogram* group_ = nullptr;
};

}  // namespace reeve::db
