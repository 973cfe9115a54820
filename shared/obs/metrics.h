// Metrics: named reeve_<service>_<thing>_<unit>. Label values come from enums only, never from what
// a person typed.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Registry;
}

namespace reeve::obs {

// Handles are kept by whoever counts; making one is slow, using one is not. All are thread-safe.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double amount = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double amount) = 0;  // negative to lower it
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

// A counter with one label: a handle per allowed value, made at start. An unknown value counts as
// "other".
class CounterByLabel {
 public:
  virtual ~CounterByLabel() = default;
  virtual Counter& For(std::string_view label_value) = 0;
};

// Labels that a handle has besides its own, e.g. {{"method", "..."}}: again from closed lists only.
using Labels = std::map<std::string, std::string>;

class Metrics {
 public:
  explicit Metrics(std::string service);
  ~Metrics();
  // `name` without the prefix reeve_<service>_, e.g. "payments_total". The reference lives as long
  // as this object.
  Counter& NewCounter(std::string_view name, std::string_view help);
  Gauge& NewGauge(std::string_view name, std::string_view help);
  Histogram& NewHistogram(std::string_view name, std::string_view help,
                          std::vector<double> bucket_bounds, const Labels& labels = {});
  CounterByLabel& NewCounterByLabel(std::string_view name, std::string_view help,
                                    std::string_view label, std::vector<std::string> allowed_values,
                                    const Labels& labels = {});
  const std::string& service() const;
  std::shared_ptr<prometheus::Registry> registry() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reeve::obs
