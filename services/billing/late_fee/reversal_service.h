// Late fees that are taken back: by an entry that reverses theirs, never by an edit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/billing/late_fee/late_fee.h"
#include "services/billing/receivable/books.h"
#include "shared/command/command.h"

namespace reeve::billing::late_fee {

// Posted fees of a bill that go with it when it is cancelled: those of which staff have credited
// nothing, neither of them nor, since they were posted, of other fees of their services. What staff
// have credited a person decides about, in the next run.
std::vector<Fee> FeesThatGoWith(db::Transaction& tx, AccountId account, std::int64_t bill_id);

// Charges that fees have made, which books must have to take them back.
std::vector<std::int64_t> ChargeIdsOf(std::span<const Fee> fees);

// What staff have credited of each of the fee's charges.
std::vector<Money> CreditedOf(db::Transaction& tx, const Fee& fee);

// Takes the fee back on the books, but for what staff have credited of each charge; what was paid
// for it is credit that is not used yet.
Result<> TakeBack(receivable::Books& books, const Fee& fee, Date today,
                  std::span<const Money> credited = {});

// Keeps that they were taken back, and why.
void KeepReversed(command::Change& change, std::span<Fee> fees, Reversal reversal);

}  // namespace reeve::billing::late_fee
