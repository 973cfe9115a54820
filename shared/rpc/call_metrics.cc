#include "shared/rpc/call_metrics.h"

#include "shared/rpc/error.h"

namespace reeve::rpc {
namespace {

std::string Name(const obs::Metrics& metrics, const std::string& thing) {
  return "reeve_" + metrics.service() + "_rpc_" + thing;
}

prometheus::Gauge& NewGauge(prometheus::Registry& registry, const std::string& name,
                            const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

void CodeCounters::Count(grpc::StatusCode code) {
  auto& slot = counters_[static_cast<std::size_t>(code < kCodes && code >= 0 ? code : 2)];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {  // Add answers the same counter to everybody who asks for it
    counter = &family_.Add({{"method", method_}, {"code", CodeName(code)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

CallMetrics::CallMetrics(obs::Metrics& metrics)
    : registry_(metrics.registry()),
      handled_(prometheus::BuildCounter()
                   .Name(Name(metrics, "handled_total"))
                   .Help("Calls that ended, by method and gRPC code.")
                   .Register(*registry_)),
      in_progress_(NewGauge(*registry_, Name(metrics, "in_progress"), "Unary calls in progress.")),
      streams_open_(NewGauge(*registry_, Name(metrics, "streams_open"), "Streams open.")),
      shed_(metrics.NewCounterByLabel(
          "rpc_shed_total", "Calls refused under overload, by priority.", "priority",
          {v1::Priority_Name(v1::PRIORITY_MONEY), v1::Priority_Name(v1::PRIORITY_LOOKUP),
           v1::Priority_Name(v1::PRIORITY_REPORT)})),
      expired_(metrics.NewCounter("rpc_expired_total",
                                  "Calls whose deadline passed before their body ran.")) {
  auto& seconds = prometheus::BuildHistogram()
                      .Name(Name(metrics, "seconds"))
                      .Help("From arrival to end, by class of the method.")
                      .Register(*registry_);
  for (int i = 0; i < kMethodClasses; ++i) {
    seconds_[static_cast<std::size_t>(i)] = &seconds.Add(
        {{"class", std::string(ToString(static_cast<MethodClass>(i)))}},
        prometheus::Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                0.1, 0.25, 0.5, 1, 2.5, 10, 30});
  }
}

}  // namespace reeve::rpc
