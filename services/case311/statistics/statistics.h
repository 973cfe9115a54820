// Statistics: figures about cases and about a queue of calls, each with its formula. Pure functions
// over what the database holds; nothing is counted up on the way.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "services/case311/channel.h"
#include "shared/core/date.h"

namespace reeve::case311 {

struct Ratio {
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;
  bool operator==(const Ratio&) const = default;
};

// In percent, rounded half-up, e.g. "94.12"; "n/a" if the denominator is 0: no calls is neither
// 0 nor 100 %.
std::string Percent(Ratio ratio, int decimals);

// Calls of a queue, for a threshold of waiting. Offered are answered + abandoned.
struct QueueCalls {
  std::int64_t answered = 0;
  std::int64_t abandoned = 0;
  std::int64_t answered_in_threshold = 0;
  std::int64_t abandoned_in_threshold = 0;
  std::int64_t short_abandoned = 0;  // within five seconds
};

// The five service levels in use; there is no industry standard.
Ratio AbandonsInThresholdMet(const QueueCalls& calls);      // F1
Ratio AbandonsIgnored(const QueueCalls& calls);             // F2
Ratio AbandonsAgainst(const QueueCalls& calls);             // F3
Ratio AbandonsInThresholdRemoved(const QueueCalls& calls);  // F4, the one meant if none is named
Ratio ShortAbandonsMet(const QueueCalls& calls);            // F5

// What figures are made of.
struct CaseTimes {
  Channel channel = Channel::kOther;
  std::string department;
  Instant opened;
  std::optional<Instant> target;
  std::optional<Instant> closed;  // for its caller
};

struct CaseStatistics {
  // Whole days since the opening: 0-1, 2-7, 8-30, 31-90, more.
  static constexpr std::array<std::int64_t, 4> kAgeBandDays{1, 7, 30, 90};

  std::int64_t closed_on_time = 0;  // in time, or nothing was promised
  std::int64_t closed_overdue = 0;
  std::int64_t open_on_time = 0;
  std::int64_t open_overdue = 0;
  Ratio on_time_of_promised;  // of those closed with a target
  // closed - opened: mean rounded half-up, median (of an even number the mean of the two in the
  // middle), and the smallest that at least 90 of 100 did not exceed (nearest rank).
  Duration close_mean;
  Duration close_median;
  Duration close_p90;
  std::array<std::int64_t, kAgeBandDays.size() + 1> backlog_by_age{};
  std::map<Channel, std::int64_t> by_channel;
  std::map<std::string, std::int64_t> by_department;

  std::int64_t closed() const { return closed_on_time + closed_overdue; }
  std::int64_t open() const { return open_on_time + open_overdue; }
  Ratio on_time_of_closed() const { return {closed_on_time, closed()}; }
  // The rule of Boston's published `ontime` column: what is open past its target is late.
  Ratio on_time_of_all() const { return {closed_on_time + open_on_time, closed() + open()}; }
};

// As the cases stood at `as_of`: what was opened later is not there, what was closed later is open.
CaseStatistics Compute(std::span<const CaseTimes> cases, Instant as_of);

}  // namespace reeve::case311
