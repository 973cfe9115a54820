#include "services/case311/statistics/statistics.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "shared/core/decimal.h"

namespace reeve::case311 {
namespace {

// Of sorted durations in microseconds, not empty.
std::int64_t Mean(std::span<const std::int64_t> sorted) {
  // 200,000 times a century do not fit 64 bits.
  const __int128 sum = std::accumulate(sorted.begin(), sorted.end(), __int128{0});
  const auto count = static_cast<__int128>(sorted.size());
  return static_cast<std::int64_t>((sum * 2 + count) / (count * 2));
}

std::int64_t Median(std::span<const std::int64_t> sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle]
                                : std::midpoint(sorted[middle - 1], sorted[middle]);
}

std::int64_t NearestRank(std::span<const std::int64_t> sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

std::size_t AgeBand(Instant opened, Instant as_of) {
  const std::int64_t days = (as_of - opened).micros() / Duration::Hours(24).micros();
  const auto& bounds = CaseStatistics::kAgeBandDays;
  return std::lower_bound(bounds.begin(), bounds.end(), days) - bounds.begin();
}

}  // namespace

std::string Percent(Ratio ratio, int decimals) {
  if (ratio.denominator <= 0) return "n/a";
  __int128 scaled = __int128{ratio.numerator} * 100;
  for (int i = 0; i < decimals; ++i) scaled *= 10;
  const __int128 rounded = (scaled * 2 + ratio.denominator) / (__int128{ratio.denominator} * 2);
  return PrintDecimal(static_cast<std::int64_t>(rounded), decimals, decimals);
}

Ratio AbandonsInThresholdMet(const QueueCalls& calls) {
  return {calls.answered_in_threshold + calls.abandoned_in_threshold,
          calls.answered + calls.abandoned};
}

Ratio AbandonsIgnored(const QueueCalls& calls) {
  return {calls.answered_in_threshold, calls.answered};
}

Ratio AbandonsAgainst(const QueueCalls& calls) {
  return {calls.answered_in_threshold, calls.answered + calls.abandoned};
}

Ratio AbandonsInThresholdRemoved(const QueueCalls& calls) {
  return {calls.answered_in_threshold,
          calls.answered + calls.abandoned - calls.abandoned_in_threshold};
}

Ratio ShortAbandonsMet(const QueueCalls& calls) {
  return {calls.answered_in_threshold + calls.short_abandoned, calls.answered + calls.abandoned};
}

CaseStatistics Compute(std::span<const CaseTimes> cases, Instant as_of) {
  CaseStatistics statistics;
  std::vector<std::int64_t> durations;
  for (const CaseTimes& times : cases) {
    if (times.opened > as_of) continue;
    ++statistics.by_channel[times.channel];
    ++statistics.by_department[times.department];
    const bool closed = times.closed && *times.closed <= as_of;
    const bool on_time = !times.target || (closed ? *times.closed : as_of) <= *times.target;
    if (!closed) {
      ++(on_time ? statistics.open_on_time : statistics.open_overdue);
      ++statistics.backlog_by_age[AgeBand(times.opened, as_of)];
      continue;
    }
    ++(on_time ? statistics.closed_on_time : statistics.closed_overdue);
    statistics.on_time_of_promised.denominator += times.target.has_value();
    statistics.on_time_of_promised.numerator += times.target && on_time;
    durations.push_back((*times.closed - times.opened).micros());
  }
  std::sort(durations.begin(), durations.end());
  if (!durations.empty()) {
    statistics.close_mean = Duration::Micros(Mean(durations));
    statistics.close_median = Duration::Micros(Median(durations));
    statistics.close_p90 = Duration::Micros(NearestRank(durations, 90));
  }
  return statistics;
}

}  // namespace reeve::case311
