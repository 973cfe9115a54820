#include "services/billing/verify/late_fee_proof.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/billing/derived_id.h"
#include "services/billing/verify/rebill_proof.h"

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

const Entry* EntryOf(const AccountRecord& record, std::int64_t entry_id) {
  const auto found = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const Entry& entry) { return entry.entry_id == entry_id; });
  return found == record.entries.end() ? nullptr : &*found;
}

// The entry is there if the fee came to something by that day, and is its own.
bool IsEntered(const AccountRecord& record, const Fee& fee, std::int64_t entry_id, EntryKind kind,
               const std::optional<Date>& day) {
  const Entry* entry = EntryOf(record, entry_id);
  if (entry == nullptr) return !day || fee.amount.is_zero();
  return day == entry->business_date && entry->kind == kind && fee.amount > Money() &&
         entry->source == late_fee::SourceOf(fee);
}

const Fee* FeeOf(const AccountRecord& record, const Fee& like, std::int64_t run_id) {
  for (const LateFeeRow& row : record.late_fees) {
    if (row.fee.bill_id == like.bill_id && row.fee.step_no == like.step_no &&
        row.fee.policy_code == like.policy_code && row.fee.run_id == run_id) {
      return &row.fee;
    }
  }
  return nullptr;
}

// Staff have credited some of its charges, or had.
bool WasCreditedByStaff(const AccountRecord& record, const Fee& fee) {
  const std::int64_t entry_id = late_fee::EntryIdOf(fee);
  return std::any_of(record.allocations.begin(), record.allocations.end(),
                     [&](const AllocationLine& line) {
                       const Charge* charge = ChargeOf(record, line.row.charge_id);
                       const Entry* entry = EntryOf(record, line.entry_id);
                       return charge != nullptr && entry != nullptr &&
                              charge->entry_id == entry_id && entry->kind == EntryKind::kAdjustment;
                     });
}

// Staff have credited fees of its services in between, whatever that paid, or had.
bool WasWaived(const AccountRecord& record, const Fee& fee, Date until) {
  return std::any_of(
      record.adjustments.begin(), record.adjustments.end(), [&](const AdjustmentRow& row) {
        const std::optional<Date>& day = row.adjustment.posted_date;
        return row.type != nullptr && row.type->effect == adjustment::Effect::kCredit &&
               row.type->charge_kind == receivable::ChargeKind::kFee &&
               fee.basis.contains(row.type->service) && day && *fee.posted_date <= *day &&
               *day <= until;
      });
}

// Why it was taken back, or stands: with its bill, or for the fee that took its place.
std::string ProveReversal(const AccountRecord& record, const LateFeeRow& row) {
  const Fee& fee = row.fee;
  const rebill::Cancellation* cancelled = CancellationOf(record, fee.bill_id);
  if (fee.state == State::kPosted) {
    // Before, it did not go with its bill.
    const bool goes = row.run != nullptr && row.run->rules_no > 0 && cancelled != nullptr &&
                      *fee.posted_date <= cancelled->cancelled_date;
    return goes && !WasCreditedByStaff(record, fee) &&
                   !WasWaived(record, fee, cancelled->cancelled_date)
               ? "stands, although its bill was cancelled"
               : "";
  }
  if (fee.state != State::kReversed) {
    return fee.reversed_date || !fee.reversal.empty() ? "was taken back, and is not" : "";
  }
  if (!fee.reversed_date) return "was taken back on no day";
  if (fee.reversal == late_fee::kReversalName(late_fee::Reversal::kBillCancelled)) {
    const bool so = cancelled != nullptr && cancelled->cancelled_date == *fee.reversed_date;
    return so ? "" : "went with a bill that stands";
  }
  if (fee.reversal != late_fee::kReversalName(late_fee::Reversal::kReplaced)) {
    return "was taken back for no reason";
  }
  for (const LateFeeRow& other : record.late_fees) {
    if (other.fee.replaced_run_id == fee.run_id &&
        FeeOf(record, fee, other.fee.run_id) == &other.fee &&
        other.fee.posted_date == fee.reversed_date) {
      return "";
    }
  }
  return "was taken back for a fee that is none";
}

// Whoever decided neither started the run nor signed it, and a fee that was held was decided.
std::string ProvePeople(const LateFeeRow& row) {
  const Fee& fee = row.fee;
  if (row.run == nullptr || row.run->policy_code != fee.policy_code) return "is of no run";
  const bool was_posted = fee.state == State::kPosted || fee.state == State::kReversed;
  const bool must = fee.state == State::kCharge || fee.state == State::kDropped ||
                    (was_posted && !fee.problem.empty());
  const bool may = must || was_posted || fee.state == State::kLapsed;
  if (fee.decided_by.is_set() ? !may : must) return "its decision is nobody's, or of no held fee";
  if (fee.decided_by.is_set() == fee.reason.empty()) return "was decided without a reason";
  if (fee.decided_by.is_set() && fee.decided_by == row.run->started_by) {
    return "was decided by whoever started the run";
  }
  const bool is_signed = row.run->rules_no > 0 && row.run->state != late_fee::RunState::kWithdrawn;
  if (fee.decided_by.is_set() && is_signed && fee.decided_by == row.run->ended_by) {
    return "was decided by whoever signed the run";
  }
  return "";
}

// What staff have credited of the charge, less what was taken back.
Money CreditedOf(const AccountRecord& record, const Charge& charge) {
  std::int64_t cents = 0;
  for (const AllocationLine& line : record.allocations) {
    if (line.row.charge_id != charge.charge_id) continue;
    const Entry* entry = EntryOf(record, line.entry_id);
    const bool is_staffs = entry != nullptr && (entry->kind == EntryKind::kAdjustment ||
                                                entry->kind == EntryKind::kAdjustmentReversal);
    if (is_staffs) cents += line.row.amount.cents();
  }
  return Money::Cents(cents);
}

// The facts as the record has them, with the fees of every policy.
late_fee::Facts FactsOf(const AccountRecord& record) {
  late_fee::Facts facts;
  facts.account = record.account;
  facts.customer_class = record.late_fee_ground.customer_class;
  std::map<std::int64_t, std::int64_t> bill_of;  // entry -> bill
  for (const cycle::Bill& bill : record.bills) {
    bill_of[DerivedId("bill-entry", bill.bill_id)] = bill.bill_id;
    if (bill.state != cycle::BillState::kPosted) continue;
    const auto sent = record.late_fee_ground.sent.find(bill.bill_id);
    facts.bills.push_back({bill.bill_id, bill.due_date, std::nullopt});
    if (sent != record.late_fee_ground.sent.end()) facts.bills.back().sent_date = sent->second;
  }
  for (const LateFeeRow& row : record.late_fees) {
    bill_of[late_fee::EntryIdOf(row.fee)] = row.fee.bill_id;
    facts.fees.push_back(row.fee);
  }
  // In the order of their runs: no two of a policy are of one day.
  std::stable_sort(facts.fees.begin(), facts.fees.end(), [](const Fee& one, const Fee& other) {
    return one.posted_date < other.posted_date;
  });
  for (const rebill::RebillRow& row : record.rebills) {
    facts.rebilled[row.bill_id] = row.rebilled_bill_id;
  }
  std::map<std::int64_t, const Entry*> entries;
  for (const Entry& entry : record.entries) entries[entry.entry_id] = &entry;
  std::set<std::string> returned;
  for (const PaymentRow& payment : record.payments) {
    if (payment.state == "REVERSED") returned.insert(payment.payment_id);
  }
  std::map<std::int64_t, std::vector<late_fee::Paid>> paid;
  for (const AllocationLine& line : record.allocations) {
    const auto entry = entries.find(line.entry_id);
    if (entry == entries.end()) continue;  // ProveBooks says so
    paid[line.row.charge_id].push_back(
        {entry->second->kind, entry->second->business_date, line.row.amount,
         entry->second->kind == EntryKind::kPayment && returned.contains(entry->second->source)});
  }
  for (const Charge& charge : record.charges) {
    const bool is_usage = charge.kind == receivable::ChargeKind::kUsage;
    if (charge.kind == receivable::ChargeKind::kDeposit || (charge.cancelled && !is_usage))
      continue;
    const auto bill = bill_of.find(charge.entry_id);
    (charge.cancelled ? facts.cancelled : facts.items)
        .push_back({bill == bill_of.end() ? 0 : bill->second, charge.service, !is_usage,
                    charge.due_date, charge.amount, paid[charge.charge_id], charge.entry_id});
  }
  return facts;
}

// Its days are its bill's, or those of a fee that went with the bill whose place that took.
bool HasDays(const AccountRecord& record, const Fee& fee) {
  const auto bill =
      std::find_if(record.bills.begin(), record.bills.end(),
                   [&](const cycle::Bill& one) { return one.bill_id == fee.bill_id; });
  if (bill == record.bills.end()) return false;
  // That a bill which bears a fee stands on a statement is for the proof of those.
  const auto sent = record.late_fee_ground.sent.find(fee.bill_id);
  const bool was_sent = sent == record.late_fee_ground.sent.end() || sent->second == fee.sent_date;
  if (was_sent && bill->due_date == fee.due_date) return true;
  return std::any_of(record.late_fees.begin(), record.late_fees.end(), [&](const LateFeeRow& row) {
    return row.fee.bill_id != fee.bill_id && row.fee.due_date == fee.due_date &&
           row.fee.sent_date == fee.sent_date && row.fee.posted_date.has_value();
  });
}

// Derived again from what the books say now, if nothing was posted to them since.
std::string DeriveAgain(const AccountRecord& record, const LateFeeRow& row,
                        const late_fee::Rules& rules, const late_fee::Facts& facts) {
  const Fee& fee = row.fee;
  const LateFeeGround& ground = record.late_fee_ground;
  const auto posted = ground.posted_time.find(late_fee::EntryIdOf(fee));
  if (fee.state != State::kPosted || posted == ground.posted_time.end() ||
      posted->second != ground.last_posted_time || row.policy->on_fees) {
    return "";
  }
  // What another policy names may have been loaded since.
  if (row.policy->service.empty() &&
      (!rules.others.ServicesOn(facts.customer_class, fee.due_date).empty() ||
       !rules.others.ServicesOfAll(*fee.posted_date).empty())) {
    return "";
  }
  const std::optional<Fee> again = late_fee::FeeAgain(rules, fee, facts);
  const bool same = again && again->basis == fee.basis && again->owed == fee.owed &&
                    again->amount == fee.amount && again->tax == fee.tax &&
                    again->last_date == fee.last_date;
  return same ? "" : "does not follow from what was unpaid";
}

std::string ProveOne(const AccountRecord& record, const LateFeeRow& row,
                     const late_fee::Rules& rules, const late_fee::Facts& facts) {
  const Fee& fee = row.fee;
  const bool is_posted = fee.state == State::kPosted || fee.state == State::kReversed;
  if (is_posted != fee.posted_date.has_value() ||
      !IsEntered(record, fee, late_fee::EntryIdOf(fee), EntryKind::kLateFee, fee.posted_date) ||
      !IsEntered(record, fee, late_fee::ReversalEntryIdOf(fee), EntryKind::kLateFeeReversal,
                 fee.reversed_date)) {
    return "its state and its entry differ";
  }
  if (const std::string what = ProveReversal(record, row); !what.empty()) return what;
  if (const std::string what = ProvePeople(row); !what.empty()) return what;
  if (fee.posted_date && fee.replaced_run_id != 0) {
    const Fee* replaced = FeeOf(record, fee, fee.replaced_run_id);
    if (replaced == nullptr || replaced->reversed_date != fee.posted_date) {
      return "took the place of a fee that was not taken back";
    }
  }
  if (!HasDays(record, fee) || late_fee::VersionOn(rules.versions, fee.due_date) != row.policy ||
      late_fee::LastDay(*row.policy, {fee.bill_id, fee.due_date, fee.sent_date, false},
                        fee.step_no) != fee.last_date) {
    return "is not of its bill's days";
  }
  if (fee.posted_date && !AreCharged(record, row)) return "its charges are others";
  return DeriveAgain(record, row, rules, facts);
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

std::optional<std::vector<Posting>> PostingsOfLateFeeReversal(
    const AccountRecord& record, const Entry& entry,
    const std::vector<receivable::AllocationRow>& rows) {
  for (const LateFeeRow& row : record.late_fees) {
    if (late_fee::ReversalEntryIdOf(row.fee) != entry.entry_id) continue;
    late_fee::Charged charged = late_fee::ChargesOf(row.fee, row.fee.due_date);
    for (Charge& charge : charged.charges) {
      charge.amount = Money::Cents(charge.amount.cents() - CreditedOf(record, charge).cents());
    }
    return receivable::PostingsOfReversal(charged.charges, rows, charged.earned);
  }
  return std::nullopt;
}

bool IsOfReversedLateFee(const AccountRecord& record, const Charge& charge) {
  return std::any_of(record.late_fees.begin(), record.late_fees.end(), [&](const LateFeeRow& row) {
    return row.fee.state == State::kReversed && late_fee::EntryIdOf(row.fee) == charge.entry_id;
  });
}

std::optional<std::string> ProveLateFees(const AccountRecord& record, const LateFeeRules& rules) {
  if (record.late_fees.empty()) return std::nullopt;
  const late_fee::Facts all = FactsOf(record);
  std::map<std::string, late_fee::Facts> by_policy;
  for (const LateFeeRow& row : record.late_fees) {
    const Fee& fee = row.fee;
    const auto [known, is_new] = by_policy.emplace(fee.policy_code, all);
    late_fee::Facts& facts = known->second;
    if (is_new) {
      std::erase_if(facts.fees, [&](const Fee& one) { return one.policy_code != fee.policy_code; });
    }
    const std::string key = "account " + record.account.ToString() + " late fee of bill " +
                            std::to_string(fee.bill_id) + " in run " + std::to_string(fee.run_id);
    if (!record.known || row.policy == nullptr) return key + ": of no account, or of no policy";
    const Money unpaid = late_fee::SumOf(fee.basis);
    const bool is_nothing = fee.basis.empty() && fee.amount.is_zero() && fee.tax.is_zero() &&
                            fee.owed.is_zero() && fee.replaced_run_id != 0;
    if (!is_nothing &&
        (fee.basis.empty() || fee.owed < unpaid ||
         late_fee::AmountsOf(*row.policy, unpaid) != late_fee::Amounts{fee.amount, fee.tax})) {
      return key + ": is not what the policy makes of what was unpaid";
    }
    const std::string what = ProveOne(record, row, rules.at(fee.policy_code), facts);
    if (!what.empty()) return key + ": " + what;
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
