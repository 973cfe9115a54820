#include "shared/obs/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>

namespace reeve::obs {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double amount) override { counter_.Increment(amount); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double amount) override { gauge_.Increment(amount); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

Labels With(Labels labels, const std::string& label, const std::string& value) {
  labels.insert_or_assign(label, value);
  return labels;
}

class PrometheusCounterByLabel final : public CounterByLabel {
 public:
  PrometheusCounterByLabel(prometheus::Family<prometheus::Counter>& family,
                           const std::string& label, const std::vector<std::string>& allowed_values,
                           const Labels& labels)
      : other_(family.Add(With(labels, label, "other"))) {
    for (const std::string& value : allowed_values)
      counters_.try_emplace(value, family.Add(With(labels, label, value)));
  }
  Counter& For(std::string_view label_value) override {
    const auto found = counters_.find(label_value);
    return found == counters_.end() ? other_ : found->second;
  }

 private:
  PrometheusCounter other_;
  std::map<std::string, PrometheusCounter, std::less<>> counters_;  // never changes after the start
};

}  // namespace

struct Metrics::State {
  std::string service;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::mutex mutex;  // guards the lists below
  std::vector<std::unique_ptr<Counter>> counters;
  std::vector<std::unique_ptr<Gauge>> gauges;
  std::vector<std::unique_ptr<Histogram>> histograms;
  std::vector<std::unique_ptr<CounterByLabel>> labelled;

  std::string FullName(std::string_view name) const {
    return "reeve_" + service + "_" + std::string(name);
  }
  // Keeps what was made, for as long as this lives.
  template <class Base, class Made>
  Base& Keep(std::vector<std::unique_ptr<Base>>& kept, std::unique_ptr<Made> made) {
    const std::lock_guard lock(mutex);
    return *kept.emplace_back(std::move(made));
  }
};

Metrics::Metrics(std::string service) : state_(std::make_unique<State>()) {
  state_->service = std::move(service);
}

Metrics::~Metrics() = default;

Counter& Metrics::NewCounter(std::string_view name, std::string_view help) {
  auto& family = prometheus::BuildCounter()
                     .Name(state_->FullName(name))
                     .Help(std::string(help))
                     .Register(*state_->registry);
  return state_->Keep(state_->counters, std::make_unique<PrometheusCounter>(family.Add({})));
}

Gauge& Metrics::NewGauge(std::string_view name, std::string_view help) {
  auto& family = prometheus::BuildGauge()
                     .Name(state_->FullName(name))
                     .Help(std::string(help))
                     .Register(*state_->registry);
  return state_->Keep(state_->gauges, std::make_unique<PrometheusGauge>(family.Add({})));
}

Histogram& Metrics::NewHistogram(std::string_view name, std::string_view help,
                                 std::vector<double> bucket_bounds, const Labels& labels) {
  auto& family = prometheus::BuildHistogram()
                     .Name(state_->FullName(name))
                     .Help(std::string(help))
                     .Register(*state_->registry);
  return state_->Keep(state_->histograms, std::make_unique<PrometheusHistogram>(
                                              family.Add(labels, std::move(bucket_bounds))));
}

CounterByLabel& Metrics::NewCounterByLabel(std::string_view name, std::string_view help,
                                           std::string_view label,
                                           std::vector<std::string> allowed_values,
                                           const Labels& labels) {
  auto& family = prometheus::BuildCounter()
                     .Name(state_->FullName(name))
                     .Help(std::string(help))
                     .Register(*state_->registry);
  return state_->Keep(state_->labelled, std::make_unique<PrometheusCounterByLabel>(
                                            family, std::string(label), allowed_values, labels));
}

const std::string& Metrics::service() const { return state_->service; }

std::shared_ptr<prometheus::Registry> Metrics::registry() const { return state_->registry; }

}  // namespace reeve::obs
