#include "tests/bench/load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace reeve::bench {
namespace {

using Steady = std::chrono::steady_clock;

double Milliseconds(Steady::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

struct Caller {
  Steady::time_point sent;
  std::vector<float> latencies_ms;
};

class Loop {
 public:
  Loop(int callers, double seconds, const Issue& issue)
      : issue_(issue),
        callers_(static_cast<std::size_t>(callers)),
        start_(Steady::now()),
        warm_(start_ + std::chrono::duration_cast<Steady::duration>(
                           std::chrono::duration<double>(seconds / 5))),
        end_(start_ +
             std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds))),
        running_(callers) {}

  LoadResult Run() {
    for (std::size_t caller = 0; caller < callers_.size(); ++caller) Send(caller);
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return running_ == 0; });
    LoadResult result;
    std::vector<float> latencies;
    for (const Caller& caller : callers_) {
      latencies.insert(latencies.end(), caller.latencies_ms.begin(), caller.latencies_ms.end());
    }
    std::sort(latencies.begin(), latencies.end());
    result.answered = static_cast<std::int64_t>(latencies.size());
    result.failed = failed_;
    result.seconds = std::chrono::duration<double>(end_ - warm_).count();
    if (!latencies.empty()) {
      result.p50_ms = latencies[latencies.size() / 2];
      result.p99_ms = latencies[latencies.size() * 99 / 100];
    }
    return result;
  }

 private:
  void Send(std::size_t index) {
    Caller& caller = callers_[index];
    caller.sent = Steady::now();
    issue_(static_cast<int>(index), [this, index](bool ok) { Answered(index, ok); });
  }

  void Answered(std::size_t index, bool ok) {
    const auto now = Steady::now();
    Caller& caller = callers_[index];
    if (now >= warm_ && now < end_) {
      if (ok) {
        caller.latencies_ms.push_back(static_cast<float>(Milliseconds(now - caller.sent)));
      } else {
        ++failed_;
      }
    }
    if (now < end_) return Send(index);
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) finished_.notify_all();
  }

  const Issue& issue_;
  std::vector<Caller> callers_;
  Steady::time_point start_;
  Steady::time_point warm_;
  Steady::time_point end_;
  std::atomic<std::int64_t> failed_ = 0;
  std::mutex mutex_;
  std::condition_variable finished_;
  int running_;
};

}  // namespace

LoadResult RunClosedLoop(int callers, double seconds, const Issue& issue) {
  return Loop(callers, seconds, issue).Run();
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Report(const std::string& name, double value, const std::string& unit, double floor, int runs,
            const std::vector<std::pair<std::string, double>>& more) {
  std::printf(R"({"name":"%s","value":%.2f,"unit":"%s","floor":%.2f,"ratio":%.3f,"runs":%d)",
              name.c_str(), value, unit.c_str(), floor, floor > 0 ? value / floor : 0, runs);
  for (const auto& [key, figure] : more) std::printf(R"(,"%s":%.2f)", key.c_str(), figure);
  std::printf("}\n");
  std::fflush(stdout);
}

}  // namespace reeve::bench
