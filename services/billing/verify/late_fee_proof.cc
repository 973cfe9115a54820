#include "services/billing/verify/late_fee_proof.h"

#include <algorithm>

namespace reeve::billing::verify {
namespace {

using late_fee::Fee;
using late_fee::State;
using receivable::Charge;
using receivable::Entry;
using receivable::EntryKind;

const Charge* ChargeOf(const AccountRecord& record, std::int64_t charge_id) {
  const auto found =
      std::find_if(record.charges.begin(), record.charges.end(),
                   [&](const Charge& charge) { return charge.charge_id == charge_id; });
  return found == record.charges.end() ? nullptr : &*found;
}

// The charges are those of the fee, but for what became of them.
bool AreCharged(const AccountRecord& record, const LateFeeRow& row) {
  const Fee& fee = row.fee;
  const Date due_date = fee.posted_date->PlusDays(row.policy->due_days);
  for (Charge expected : late_fee::ChargesOf(fee, due_date).charges) {
    const Charge* made = ChargeOf(record, expected.charge_id);
    if (made == nullptr) return false;
    expected.open = made->open;
    expected.cancelled = made->cancelled;
    expected.entry_id = late_fee::EntryIdOf(fee);
    if (*made != expected) return false;
  }
  return true;
}

bool IsEntered(const AccountRecord& record, const Fee& fee) {
  const std::int64_t entry_id = late_fee::EntryIdOf(fee);
  const auto found = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const Entry& entry) { return entry.entry_id == entry_id; });
  if (found == record.entries.end()) return !fee.posted_date;
  return fee.posted_date == found->business_date && found->kind == EntryKind::kLateFee &&
         found->source == late_fee::SourceOf(fee);
}

}  // namespace

std::optional<std::vector<Posting>> PostingsOfLateFee(const AccountRecord& record,
                                                      const Entry& entry) {
  for (const LateFeeRow& row : record.late_fees) {
    if (!row.fee.posted_date || late_fee::EntryIdOf(row.fee) != entry.entry_id) continue;
    const late_fee::Charged charged = late_fee::ChargesOf(row.fee, *row.fee.posted_date);
    return receivable::PostingsOfCharges(charged.charges, charged.earned);
  }
  return std::nullopt;
}

std::optional<std::string> ProveLateFees(const AccountRecord& record) {
  for (const LateFeeRow& row : record.late_fees) {
    const Fee& fee = row.fee;
    const std::string key = "account " + record.account.ToString() + " late fee of bill " +
                            std::to_string(fee.bill_id) + " in run " + std::to_string(fee.run_id);
    if (!record.known || row.policy == nullptr) return key + ": of no account, or of no policy";
    const late_fee::Amounts amounts = late_fee::AmountsOf(*row.policy, late_fee::SumOf(fee.basis));
    if (fee.basis.empty() || amounts != late_fee::Amounts{fee.amount, fee.tax} ||
        fee.owed < late_fee::SumOf(fee.basis)) {
      return key + ": is not what the policy makes of what was unpaid";
    }
    if ((fee.state == State::kPosted) != fee.posted_date.has_value() || !IsEntered(record, fee)) {
      return key + ": its state and its entry differ";
    }
    if (fee.posted_date && !AreCharged(record, row)) return key + ": its charges are others";
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
