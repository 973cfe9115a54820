// The proof of one account's cancelled bills and of those that took their place. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

const rebill::Cancellation* CancellationOf(const AccountRecord& record, std::int64_t bill_id);
const rebill::RebillRow* RebillOf(const AccountRecord& record, std::int64_t bill_id);
// What is owed for a rebill; nothing if its rows are not numbered 1, 2, 3, ...
std::optional<std::vector<cycle::PlannedCharge>> PlanOf(const AccountRecord& record,
                                                        std::int64_t bill_id);

// What the reversal of a bill must post; nothing if no bill was cancelled by it. `rows` are the
// entry's allocations.
std::optional<std::vector<Posting>> PostingsOfBillReversal(
    const AccountRecord& record, const receivable::Entry& entry,
    const std::vector<receivable::AllocationRow>& rows);

// The charges that a bill made, in their order.
std::vector<receivable::Charge> ChargesOfBill(const AccountRecord& record, std::int64_t bill_id);

// The tariff of a cancelled segment: the versions that its lines name. A version that took its days
// since does not change what was billed.
rate::Tariff TariffThen(const rate::Tariff& tariff, const cycle::Segment& segment,
                        const std::vector<rate::Line>& lines);

// A cancelled bill was posted, and its reversal freed what it says; a charge is cancelled if its
// bill or adjustment was, and then nothing is open. A rebill has the agreements and the first days
// of a cancelled bill, its prices are those of that bill's day, and what is owed for it follows
// from what the bill charged, from the new amounts and from the limits that were in force.
std::optional<std::string> ProveRebills(const AccountRecord& record, const BillContext& context);

}  // namespace reeve::billing::verify
