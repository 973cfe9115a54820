#include "services/billing/verify/adjustment_proof.h"

#include <algorithm>

namespace reeve::billing::verify {
namespace {

using adjustment::Adjustment;
using adjustment::Effect;
using adjustment::State;
using receivable::AllocationRow;
using receivable::Charge;
using receivable::Entry;
using receivable::EntryKind;

std::int64_t EntryIdOf(const Adjustment& one) {
  return adjustment::EntryIdOf(one.account, one.adjustment_no);
}
std::int64_t ReversalIdOf(const Adjustment& one) {
  return adjustment::ReversalIdOf(one.account, one.adjustment_no);
}

const Charge* ChargeMade(const AccountRecord& record, const Adjustment& one) {
  const std::int64_t charge_id = adjustment::ChargeIdOf(one.account, one.adjustment_no);
  const auto found =
      std::find_if(record.charges.begin(), record.charges.end(),
                   [&](const Charge& charge) { return charge.charge_id == charge_id; });
  return found == record.charges.end() ? nullptr : &*found;
}

std::vector<AllocationRow> AllocationsOf(const AccountRecord& record, std::int64_t entry_id) {
  std::vector<AllocationRow> rows;
  for (const AllocationLine& line : record.allocations) {
    if (line.entry_id == entry_id) rows.push_back(line.row);
  }
  return rows;
}

// The entry is there if it must be, of that day and for that adjustment.
bool IsEntered(const AccountRecord& record, const Adjustment& one, std::int64_t entry_id,
               EntryKind kind, const std::optional<Date>& day) {
  const auto found = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const Entry& entry) { return entry.entry_id == entry_id; });
  if (found == record.entries.end()) return !day;
  return day == found->business_date && found->kind == kind &&
         found->source == std::to_string(one.adjustment_no);
}

bool IsCharged(const AccountRecord& record, const AdjustmentRow& row) {
  const Adjustment& one = row.adjustment;
  const Charge* made = ChargeMade(record, one);
  if (row.type->effect != Effect::kCharge || !one.posted_date) return made == nullptr;
  if (made == nullptr) return false;
  Charge expected = adjustment::ChargeOf(*row.type, one, *one.posted_date);
  expected.open = made->open;  // for the books to prove, as whether it is cancelled
  expected.cancelled = made->cancelled;
  expected.entry_id = EntryIdOf(one);
  return *made == expected;
}

bool TakesBackWhatWasGiven(const AccountRecord& record, const AdjustmentRow& row) {
  if (row.type->effect != Effect::kCredit || row.adjustment.state != State::kReversed) return true;
  std::vector<AllocationRow> given = AllocationsOf(record, EntryIdOf(row.adjustment));
  std::vector<AllocationRow> taken = AllocationsOf(record, ReversalIdOf(row.adjustment));
  for (AllocationRow& one : given) one.amount = one.amount.Negated();
  // What it had given to a charge that was cancelled since was credit by then.
  std::erase_if(given, [&](const AllocationRow& one) {
    const auto charge =
        std::find_if(record.charges.begin(), record.charges.end(),
                     [&](const Charge& known) { return known.charge_id == one.charge_id; });
    return charge != record.charges.end() && charge->cancelled &&
           std::find(taken.begin(), taken.end(), one) == taken.end();
  });
  return given == taken;
}

}  // namespace

std::optional<std::vector<Posting>> PostingsOfAdjustment(const AccountRecord& record,
                                                         const Entry& entry,
                                                         const std::vector<AllocationRow>& rows) {
  const auto found = std::find_if(
      record.adjustments.begin(), record.adjustments.end(), [&](const AdjustmentRow& row) {
        return std::to_string(row.adjustment.adjustment_no) == entry.source;
      });
  if (found == record.adjustments.end() || found->type == nullptr) return std::nullopt;
  const adjustment::Type& type = *found->type;
  const Adjustment& one = found->adjustment;
  const bool taken_back = entry.kind == EntryKind::kAdjustmentReversal;
  if (entry.entry_id != (taken_back ? ReversalIdOf(one) : EntryIdOf(one))) return std::nullopt;
  if (type.effect == Effect::kCharge && !taken_back) {
    const Charge* made = ChargeMade(record, one);
    if (made == nullptr || !rows.empty()) return std::nullopt;
    return receivable::PostingsOfCharges({made, 1}, type.ledger_account);
  }
  const bool back = type.effect == Effect::kCredit && taken_back;
  return receivable::PostingsOfMoney(type.ledger_account, type.service,
                                     back ? one.amount.Negated() : one.amount, rows,
                                     record.charges);
}

std::optional<std::string> ProveAdjustments(const AccountRecord& record) {
  for (const AdjustmentRow& row : record.adjustments) {
    const Adjustment& one = row.adjustment;
    const std::string key =
        "account " + record.account.ToString() + " adjustment " + std::to_string(one.adjustment_no);
    if (!record.known || row.type == nullptr) return key + ": of no account, or of no type";
    if (!IsEntered(record, one, EntryIdOf(one), EntryKind::kAdjustment, one.posted_date) ||
        !IsEntered(record, one, ReversalIdOf(one), EntryKind::kAdjustmentReversal,
                   one.reversed_date)) {
      return key + ": its state and its entries differ";
    }
    if (!IsCharged(record, row)) return key + ": its charge is another";
    if (!TakesBackWhatWasGiven(record, row)) return key + ": not taken back as it was given";
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
