// The proof of an account's late fees: the books have those that were posted, and each is what its
// policy makes of what was unpaid. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

// What the entry of a late fee must post; nothing if no fee calls for it.
std::optional<std::vector<Posting>> PostingsOfLateFee(const AccountRecord& record,
                                                      const receivable::Entry& entry);
// The first thing that does not hold, or nothing.
std::optional<std::string> ProveLateFees(const AccountRecord& record);

}  // namespace reeve::billing::verify
