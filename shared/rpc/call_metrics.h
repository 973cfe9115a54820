// What the runtime counts of the calls that it handles.
#pragma once

#include <grpcpp/support/status.h>

#include <array>
#include <string>

#include "shared/obs/metrics.h"
#include "shared/rpc/policy.h"

namespace reeve::rpc {

// One counter for each code that a method may answer.
class CodeCounters {
 public:
  CodeCounters(obs::Metrics& metrics, const std::string& method);
  void Count(grpc::StatusCode code) { counters_[static_cast<std::size_t>(code)]->Add(); }

 private:
  static constexpr std::size_t kCodes = 17;
  std::array<obs::Counter*, kCodes> counters_;
};

// rpc_handled_total{method, code} (in CodeCounters), rpc_seconds{class}, rpc_in_progress,
// rpc_streams_open, rpc_shed_total{priority}, rpc_expired_total.
struct CallMetrics {
  explicit CallMetrics(obs::Metrics& metrics);

  obs::Histogram& Seconds(MethodClass method_class) {
    return *seconds[static_cast<std::size_t>(method_class)];
  }
  obs::Counter& Shed(v1::Priority priority) { return shed.For(v1::Priority_Name(priority)); }

  std::array<obs::Histogram*, kMethodClasses> seconds;
  obs::Gauge& in_progress;
  obs::Gauge& streams_open;
  obs::CounterByLabel& shed;
  obs::Counter& expired;
};

}  // namespace reeve::rpc
