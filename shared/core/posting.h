// Posting: one line of a double entry. A journal entry is a set of postings that sums to zero.
#pragma once

#include <span>
#include <string>

#include "shared/core/money.h"

namespace reeve {

namespace reason {
inline constexpr Reason kEntryNotBalanced{"ENTRY_NOT_BALANCED"};  // FAILED_PRECONDITION
}  // namespace reason

// Debit is positive, credit is negative.
struct Posting {
  std::string ledger_account;  // the chart's name, e.g. "cash-drawer", "receivable-electric"
  std::string fund;            // e.g. "electric", "water", "pooled-cash"
  Money amount;
  bool operator==(const Posting&) const = default;
};

// ENTRY_NOT_BALANCED unless the postings sum to zero, there are at least two, and none is zero.
Result<> CheckBalanced(std::span<const Posting> postings);

}  // namespace reeve
