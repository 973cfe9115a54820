#include "services/billing/read/correction.h"

#include <algorithm>

#include "shared/core/spelling.h"

namespace reeve::billing::read {
namespace {

constexpr Spelling<CorrectionKind, 3> kKinds{
    {"REPLACED", "ESTIMATE_CANCELLED", "EXCHANGE_REVERSED"}};

bool IsFree(const CountedRead& read) { return read.reading.estimated && !read.billed; }

std::span<const CountedRead> Before(std::span<const CountedRead> reads, Date day) {
  const auto end = std::find_if(reads.begin(), reads.end(),
                                [&](const CountedRead& one) { return one.reading.date >= day; });
  return {reads.begin(), end};
}

// What the reads on and behind its day say of it.
std::optional<Problem> JudgeByNext(const Row& row, const Meter& meter,
                                   std::span<const CountedRead> reads) {
  const std::span<const CountedRead> before = Before(reads, row.read_date);
  if (before.size() == reads.size()) return std::nullopt;
  const Reading& next = reads[before.size()].reading;
  if (next.date == row.read_date) return Problem::kDuplicate;
  History history = HistoryBefore(reads, row.read_date);
  history = {Reading{row.read_date, row.read_thousandths}, history.last, std::nullopt};
  const Advance advance = AdvanceTo(history, next, meter.register_digits);
  const bool follows = advance == Advance::kForward || advance == Advance::kRollover;
  return follows ? std::nullopt : std::optional(Problem::kOutOfOrder);
}

}  // namespace

std::string_view CorrectionKindName(CorrectionKind kind) { return kKinds(kind); }
CorrectionKind ParseCorrectionKind(std::string_view name) { return kKinds.Read(name); }

History HistoryBefore(std::span<const CountedRead> reads, Date day) {
  const std::span<const CountedRead> before = Before(reads, day);
  History history;
  if (before.empty()) return history;
  history.last = before.back().reading;
  if (before.size() > 1) history.before_last = before[before.size() - 2].reading;
  if (!history.last->estimated) return history;
  const auto actual = std::find_if(before.rbegin(), before.rend(),
                                   [](const CountedRead& one) { return !one.reading.estimated; });
  if (actual != before.rend()) history.last_actual = actual->reading;
  return history;
}

Placement PlaceAmong(const Row& row, const Meter& meter, std::vector<CountedRead> reads) {
  Placement placement;
  const auto is_void = [&](const CountedRead& one) {
    const bool from_then_on = one.reading.date >= row.read_date && IsFree(one);
    if (from_then_on) placement.void_read_ids.push_back(one.read_id);
    return from_then_on;
  };
  reads.erase(std::remove_if(reads.begin(), reads.end(), is_void), reads.end());
  Meter at_that_day = meter;
  for (;;) {
    const std::span<const CountedRead> before = Before(reads, row.read_date);
    at_that_day.history = HistoryBefore(reads, row.read_date);
    placement.problem = Judge(row, at_that_day);
    if (placement.problem != Problem::kBelowEstimate || !IsFree(before.back())) break;
    placement.void_read_ids.push_back(before.back().read_id);
    reads.erase(reads.begin() + static_cast<std::ptrdiff_t>(before.size()) - 1);
  }
  placement.history = at_that_day.history;
  // Somebody may say that a rollover came so far, but not that the next read is wrong.
  if (!placement.problem || placement.problem == Problem::kRolloverTooFar) {
    if (const auto by_next = JudgeByNext(row, at_that_day, reads)) placement.problem = by_next;
  }
  return placement;
}

}  // namespace reeve::billing::read
