// A closed loop of callers: each sends its next call when the last one was answered.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace reeve::bench {

struct LoadResult {
  std::int64_t answered = 0;
  std::int64_t failed = 0;
  double seconds = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double per_second() const { return static_cast<double>(answered) / seconds; }
};

// Sends one call of caller `caller` and later, on any thread, calls `done` with its success.
using Issue = std::function<void(int caller, std::function<void(bool ok)> done)>;

// Runs `callers` loops for `seconds`; the first fifth warms up and is not counted.
LoadResult RunClosedLoop(int callers, double seconds, const Issue& issue);

double Median(std::vector<double> values);

// One JSON line: {"name":...,"value":...,"unit":...,"floor":...,"ratio":...,"runs":...}. The value
// and the floor are medians over `runs` alternating runs; ratio is value / floor.
void Report(const std::string& name, double value, const std::string& unit, double floor, int runs,
            const std::vector<std::pair<std::string, double>>& more = {});

}  // namespace reeve::bench
