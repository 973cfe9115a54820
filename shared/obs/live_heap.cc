#include "shared/obs/live_heap.h"

#include <malloc.h>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <utility>

namespace reeve::obs {

std::int64_t LiveHeapBytes() {
  const struct mallinfo2 heap = mallinfo2();  // of all arenas
  return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
}

std::vector<prometheus::MetricFamily> LiveHeap::Collect() const {
  prometheus::ClientMetric metric;
  metric.gauge.value = static_cast<double>(LiveHeapBytes());
  return {{.name = name_,
           .help = "Memory asked for and not given back.",
           .type = prometheus::MetricType::Gauge,
           .metric = {std::move(metric)}}};
}

}  // namespace reeve::obs
