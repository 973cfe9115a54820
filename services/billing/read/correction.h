// What becomes of the reads that count when another one is found: estimates give way to it, and it
// must lie between its neighbours. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/billing/read/read.h"

namespace reeve::billing::read {

// Why a read counts no more, where no review of a bill set it aside.
enum class CorrectionKind {
  kReplaced,           // a better read stands in its place
  kEstimateCancelled,  // an estimate that a read has made void
  kExchangeReversed,   // of an exchange that never was
};
std::string_view CorrectionKindName(CorrectionKind kind);  // "REPLACED"
CorrectionKind ParseCorrectionKind(std::string_view name);

// A read of one meter that counts.
struct CountedRead {
  std::int64_t read_id = 0;
  Reading reading;
  bool billed = false;  // a bill has used it, or ends behind its day
};

// What a meter showed before a day; `reads` of that meter by day.
History HistoryBefore(std::span<const CountedRead> reads, Date day);

// Where a row comes among the reads of its meter.
struct Placement {
  std::optional<Problem> problem;           // why it is no read
  std::vector<std::int64_t> void_read_ids;  // of estimates that it makes void
  History history;                          // without them, before its day
};

// Estimates that nobody was billed give way to what somebody has read: those of its day and behind
// it, for they were made without it, and of those before it, newest first, as many as it
// contradicts. One that was billed stays, and what contradicts it is BELOW_ESTIMATE, DUPLICATE or
// OUT_OF_ORDER. What the next read contradicts is OUT_OF_ORDER too. `reads` by day; the history of
// `meter` is not used.
Placement PlaceAmong(const Row& row, const Meter& meter, std::vector<CountedRead> reads);

}  // namespace reeve::billing::read
