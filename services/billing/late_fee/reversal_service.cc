#include "services/billing/late_fee/reversal_service.h"

#include <algorithm>

#include "services/billing/audit_row.h"
#include "services/billing/late_fee/late_fee_store.h"

namespace reeve::billing::late_fee {

std::vector<std::int64_t> ChargeIdsOf(std::span<const Fee> fees) {
  std::vector<std::int64_t> ids;
  for (const Fee& fee : fees) {
    for (const receivable::Charge& charge : ChargesOf(fee, fee.due_date).charges) {
      ids.push_back(charge.charge_id);
    }
  }
  return ids;
}

std::vector<Fee> FeesThatGoWith(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  std::vector<Fee> fees = StandingOfBill(tx, account, bill_id);
  if (fees.empty()) return fees;
  const std::vector<Waived> waived = WaivedOf(tx, {&account, 1})[0];
  std::erase_if(fees, [&](const Fee& fee) {
    const std::vector<Money> credited = CreditedOf(tx, fee);
    return !WaivedSince(waived, fee).is_zero() ||
           std::any_of(credited.begin(), credited.end(), [](Money one) { return !one.is_zero(); });
  });
  return fees;
}

std::vector<Money> CreditedOf(db::Transaction& tx, const Fee& fee) {
  std::vector<Money> credited;
  for (const std::int64_t charge_id : ChargeIdsOf({&fee, 1})) {
    credited.push_back(CreditedByStaff(tx, fee.account, charge_id));
  }
  return credited;
}

Result<> TakeBack(receivable::Books& books, const Fee& fee, Date today,
                  std::span<const Money> credited) {
  if (fee.amount.is_zero()) return Ok();
  return books.CancelLateFee(ReversalEntryIdOf(fee), SourceOf(fee), today, ChargeIdsOf({&fee, 1}),
                             ChargesOf(fee, fee.due_date).earned, credited);
}

void KeepReversed(command::Change& change, std::span<Fee> fees, Reversal reversal) {
  for (Fee& fee : fees) {
    std::string before = RowText(kKeptFee, CellsOfFee(fee));
    fee.state = After(fee.state, Event::kReverse).value();
    fee.reversed_date = change.call().today;
    fee.reversal = kReversalName(reversal);
    AuditRow(change, kKeptFee, "reverse", std::move(before), CellsOfFee(fee));
  }
  SaveFees(change.tx(), fees);
}

}  // namespace reeve::billing::late_fee
