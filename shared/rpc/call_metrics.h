// What the runtime counts of the calls that it handles.
#pragma once

#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "shared/obs/metrics.h"
#include "shared/rpc/policy.h"

namespace reeve::rpc {

// The counters of one method, one per code, made when the code is first answered. Thread-safe.
class CodeCounters {
 public:
  CodeCounters(prometheus::Family<prometheus::Counter>& family, std::string method)
      : family_(family), method_(std::move(method)) {}
  void Count(grpc::StatusCode code);

 private:
  static constexpr int kCodes = 17;
  prometheus::Family<prometheus::Counter>& family_;
  const std::string method_;
  std::array<std::atomic<prometheus::Counter*>, kCodes> counters_{};
};

// reeve_<service>_rpc_handled_total{method, code}, _rpc_seconds{class}, _rpc_in_progress,
// _rpc_streams_open, _rpc_shed_total{priority}, _rpc_expired_total.
class CallMetrics {
 public:
  explicit CallMetrics(obs::Metrics& metrics);

  std::unique_ptr<CodeCounters> ForMethod(const std::string& method) {
    return std::make_unique<CodeCounters>(handled_, method);
  }
  prometheus::Histogram& Seconds(MethodClass method_class) {
    return *seconds_[static_cast<std::size_t>(method_class)];
  }
  prometheus::Gauge& in_progress() { return in_progress_; }
  prometheus::Gauge& streams_open() { return streams_open_; }
  obs::Counter& Shed(v1::Priority priority) { return shed_.For(v1::Priority_Name(priority)); }
  obs::Counter& expired() { return expired_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& handled_;
  std::array<prometheus::Histogram*, kMethodClasses> seconds_{};
  prometheus::Gauge& in_progress_;
  prometheus::Gauge& streams_open_;
  obs::CounterByLabel& shed_;
  obs::Counter& expired_;
};

}  // namespace reeve::rpc
