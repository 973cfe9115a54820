// The proof of one account's adjustments: what is on the books because of them. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

// What the entry of an adjustment, or its reversal, must post; nothing if there is no such
// adjustment. `rows` are the entry's allocations.
std::optional<std::vector<Posting>> PostingsOfAdjustment(
    const AccountRecord& record, const receivable::Entry& entry,
    const std::vector<receivable::AllocationRow>& rows);

// An adjustment that is on the books, or was taken back, has exactly the entries and the charge
// that say so; a reversal takes back what the adjustment gave.
std::optional<std::string> ProveAdjustments(const AccountRecord& record);

}  // namespace reeve::billing::verify
