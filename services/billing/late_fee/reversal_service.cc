#include "services/billing/late_fee/reversal_service.h"

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
  std::erase_if(fees, [&](const Fee& fee) {
    std::int64_t cents = 0;
    for (const std::int64_t charge_id : ChargeIdsOf({&fee, 1})) {
      cents += CreditedByStaff(tx, account, charge_id).cents();
    }
    return cents != 0;
  });
  return fees;
}

Result<> TakeBack(receivable::Books& books, const Fee& fee, Date today) {
  if (fee.amount.is_zero()) return Ok();
  return books.CancelLateFee(ReversalEntryIdOf(fee), SourceOf(fee), today, ChargeIdsOf({&fee, 1}),
                             ChargesOf(fee, fee.due_date).earned);
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
