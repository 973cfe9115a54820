#include "shared/rpc/call_metrics.h"

#include "shared/rpc/error.h"

namespace reeve::rpc {

CodeCounters::CodeCounters(obs::Metrics& metrics, const std::string& method) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < kCodes; ++i) {
    codes.emplace_back(CodeName(static_cast<grpc::StatusCode>(i)));
  }
  obs::CounterByLabel& handled =
      metrics.NewCounterByLabel("rpc_handled_total", "Calls that ended, by method and gRPC code.",
                                "code", codes, {{"method", method}});
  for (std::size_t i = 0; i < kCodes; ++i) counters_[i] = &handled.For(codes[i]);
}

CallMetrics::CallMetrics(obs::Metrics& metrics)
    : in_progress(metrics.NewGauge("rpc_in_progress", "Unary calls in progress.")),
      streams_open(metrics.NewGauge("rpc_streams_open", "Streams open.")),
      shed(metrics.NewCounterByLabel(
          "rpc_shed_total", "Calls refused under overload, by priority.", "priority",
          {v1::Priority_Name(v1::PRIORITY_MONEY), v1::Priority_Name(v1::PRIORITY_LOOKUP),
           v1::Priority_Name(v1::PRIORITY_REPORT)})),
      expired(metrics.NewCounter("rpc_expired_total",
                                 "Calls whose deadline passed before their body ran.")) {
  for (int i = 0; i < kMethodClasses; ++i) {
    seconds[static_cast<std::size_t>(i)] = &metrics.NewHistogram(
        "rpc_seconds", "From arrival to end, by class of the method.",
        {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30},
        {{"class", std::string(ToString(static_cast<MethodClass>(i)))}});
  }
}

}  // namespace reeve::rpc
