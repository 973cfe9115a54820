// The proof of an account's late fees: the books have those that were posted and not taken back,
// each is what its policy makes of what was unpaid, and two people stand behind it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

// What the entry of a late fee must post; nothing if no fee calls for it.
std::optional<std::vector<Posting>> PostingsOfLateFee(const AccountRecord& record,
                                                      const receivable::Entry& entry);
// The same of one that was taken back.
std::optional<std::vector<Posting>> PostingsOfLateFeeReversal(
    const AccountRecord& record, const receivable::Entry& entry,
    const std::vector<receivable::AllocationRow>& rows);
bool IsOfReversedLateFee(const AccountRecord& record, const receivable::Charge& charge);
// By what the fees of each policy are derived, without windows.
using LateFeeRules = std::map<std::string, late_fee::Rules>;
// The first thing that does not hold, or nothing. Days and versions are derived again for every
// fee, what was unpaid for those behind which nothing was posted to the account.
std::optional<std::string> ProveLateFees(const AccountRecord& record, const LateFeeRules& rules);

}  // namespace reeve::billing::verify
