#include "shared/db/meters.h"

namespace reeve::db {

Meters::Meters(obs::Metrics* metrics) {
  if (metrics == nullptr) return;
  in_use_ = &metrics->NewGauge("db_connections_in_use", "Connections that a caller holds now.");
  wait_ = &metrics->NewHistogram("db_connection_wait_seconds", "Time a caller waited for one.",
                                 {0.0001, 0.001, 0.01, 0.1, 1, 10});
  retries_ = &metrics->NewCounter("db_retries_total", "Transactions that ran again.");
  group_ = &metrics->NewHistogram("db_group_bodies", "Transactions that shared one commit.",
                                  {1, 2, 4, 8, 16, 32, 64, 128});
}

void Meters::InUse(std::size_t connections) const {
  if (in_use_ != nullptr) in_use_->Set(static_cast<double>(connections));
}

void Meters::Waited(Duration wait) const {
  if (wait_ != nullptr) wait_->Observe(static_cast<double>(wait.micros()) / 1e6);
}

void Meters::Retried() const {
  if (retries_ != nullptr) retries_->Add();
}

void Meters::Grouped(std::size_t bodies) const {
  if (group_ != nullptr) group_->Observe(static_cast<double>(bodies));
}

}  // namespace reeve::db
