#include "services/billing/verify/rebill_proof.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/billing/adjustment/adjustment.h"
#include "services/billing/derived_id.h"
#include "services/billing/verify/late_fee_proof.h"

namespace reeve::billing::verify {
namespace {

using receivable::Charge;
using receivable::Entry;
using receivable::EntryKind;

std::string Key(const AccountRecord& record, std::string_view thing, std::int64_t id) {
  return "account " + record.account.ToString() + " " + std::string(thing) + " " +
         std::to_string(id);
}

const cycle::Bill* BillOf(const AccountRecord& record, std::int64_t bill_id) {
  const auto found = std::find_if(record.bills.begin(), record.bills.end(),
                                  [&](const auto& bill) { return bill.bill_id == bill_id; });
  return found == record.bills.end() ? nullptr : &*found;
}

const Entry* EntryOf(const AccountRecord& record, std::int64_t entry_id) {
  const auto found = std::find_if(record.entries.begin(), record.entries.end(),
                                  [&](const Entry& entry) { return entry.entry_id == entry_id; });
  return found == record.entries.end() ? nullptr : &*found;
}

// With its segments, as they are billed or were.
cycle::Bill Whole(const AccountRecord& record, std::int64_t bill_id) {
  cycle::Bill bill;
  for (const SegmentRow& row : record.segments) {
    if (row.bill_id == bill_id) bill.segments.push_back(row.segment);
  }
  return bill;
}

// A review has refused it, but not its reads.
bool KeptReads(const AccountRecord& record, std::int64_t bill_id) {
  const auto found = record.decisions.find(bill_id);
  return found != record.decisions.end() &&
         found->second == cycle::BillEventName(cycle::BillEvent::kKeepReads);
}

std::int64_t Freed(const AccountRecord& record, std::int64_t entry_id) {
  std::int64_t cents = 0;
  for (const PostingRow& row : record.postings) {
    if (row.entry_id == entry_id && row.posting.ledger_account == receivable::kCustomerCredit) {
      cents -= row.posting.amount.cents();
    }
  }
  return cents;
}

bool IsCancelled(const AccountRecord& record, const Charge& charge) {
  const bool by_bill = std::any_of(
      record.cancellations.begin(), record.cancellations.end(), [&](const auto& cancellation) {
        return DerivedId("bill-entry", cancellation.bill_id) == charge.entry_id;
      });
  return by_bill || IsOfReversedLateFee(record, charge) ||
         std::any_of(
             record.adjustments.begin(), record.adjustments.end(), [&](const AdjustmentRow& row) {
               const adjustment::Adjustment& one = row.adjustment;
               return one.state == adjustment::State::kReversed &&
                      adjustment::ChargeIdOf(one.account, one.adjustment_no) == charge.charge_id;
             });
}

std::optional<std::string> ProveCancellation(const AccountRecord& record,
                                             const rebill::Cancellation& one) {
  const std::string key = Key(record, "cancelled bill", one.bill_id);
  const cycle::Bill* bill = BillOf(record, one.bill_id);
  if (bill == nullptr || bill->state != cycle::BillState::kCancelled) return key + ": is not";
  const std::int64_t entry_id = rebill::ReversalEntryId(one.bill_id);
  const Entry* entry = EntryOf(record, entry_id);
  if ((entry != nullptr) == ChargesOfBill(record, one.bill_id).empty()) {
    return key + ": its charges and its reversal differ";
  }
  if (entry != nullptr &&
      (entry->kind != EntryKind::kBillReversal || entry->business_date != one.cancelled_date)) {
    return key + ": its reversal is another's";
  }
  if (Freed(record, entry_id) != one.freed.cents()) return key + ": freed is not what it says";
  std::int64_t charged = 0;
  for (const Charge& charge : ChargesOfBill(record, one.bill_id)) charged += charge.amount.cents();
  if (one.credited.cents() > charged) return key + ": took back more than was charged";
  const auto approves = [&](const rebill::Proposal& proposal) {
    return proposal.correction.bill_id == one.bill_id &&
           proposal.state == rebill::ProposalState::kApproved &&
           proposal.proposed_by == one.cancelled_by && proposal.decided_by == one.approved_by &&
           proposal.decided_date == one.cancelled_date && proposal.credit == one.credited;
  };
  if (one.approved_by.is_set() &&
      std::none_of(record.proposals.begin(), record.proposals.end(), approves)) {
    return key + ": nobody has approved it";
  }
  return std::nullopt;
}

// Numbered within its bill, decided by a second person if approved, and then carried out.
std::optional<std::string> ProveProposal(const AccountRecord& record, std::size_t at) {
  const rebill::Proposal& one = record.proposals[at];
  const std::int64_t bill_id = one.correction.bill_id;
  const std::string key = Key(record, "proposal of bill", bill_id);
  const bool follows = at > 0 && record.proposals[at - 1].correction.bill_id == bill_id;
  if (one.proposal_no != (follows ? record.proposals[at - 1].proposal_no + 1 : 1)) {
    return key + ": is not the next";
  }
  if (one.state != rebill::ProposalState::kApproved) return std::nullopt;
  if (one.decided_by == one.proposed_by) return key + ": approved by whoever proposed it";
  const bool rebilled =
      std::any_of(record.rebills.begin(), record.rebills.end(),
                  [&](const auto& rebill) { return rebill.rebilled_bill_id == bill_id; });
  if (one.due_date ? !rebilled : CancellationOf(record, bill_id) == nullptr) {
    return key + ": approved, and not carried out";
  }
  return std::nullopt;
}

// What a rebill takes back that its cancellation and the rebills before it had not: nothing, if it
// was cancelled for it.
Money CreditBy(const AccountRecord& record, const rebill::RebillRow& row,
               std::span<const cycle::PlannedCharge> charged) {
  const rebill::Cancellation* cancelled = CancellationOf(record, row.rebilled_bill_id);
  std::int64_t counted = cancelled == nullptr ? 0 : cancelled->credited.cents();
  for (const rebill::RebillRow& one : record.rebills) {
    if (one.rebilled_bill_id == row.rebilled_bill_id && one.rebill_no < row.rebill_no) {
      counted += one.credited.cents();
    }
  }
  return rebill::FurtherCreditOf(charged, PlanOf(record, row.bill_id).value(),
                                 Money::Cents(counted));
}

std::optional<std::string> ProveRebill(const AccountRecord& record, const rebill::RebillRow& row,
                                       const BillContext& context) {
  const std::string key = Key(record, "rebill", row.bill_id);
  const cycle::Bill* bill = BillOf(record, row.bill_id);
  const cycle::Bill* old = BillOf(record, row.rebilled_bill_id);
  if (bill == nullptr || old == nullptr ||
      (!CancellationOf(record, row.rebilled_bill_id) && !KeptReads(record, row.rebilled_bill_id))) {
    return key + ": of no cancelled bill";
  }
  const auto run = context.runs.find(bill->cycle_id);
  const auto old_run = context.runs.find(old->cycle_id);
  if (run == context.runs.end() || old_run == context.runs.end() ||
      run->second.rebilled_bill_id != row.rebilled_bill_id ||
      run->first != rebill::RebillCycleId(row.rebilled_bill_id, row.rebill_no) ||
      run->second.priced_date != old_run->second.PricedOn() ||
      run->second.cycle != old_run->second.cycle || run->second.kind != old_run->second.kind) {
    return key + ": not of its run";
  }
  const cycle::Bill before = Whole(record, row.rebilled_bill_id);
  const cycle::Bill after = Whole(record, row.bill_id);
  const auto days = [](const cycle::Bill& whole) {
    std::set<std::pair<std::int64_t, Date>> begins;
    for (const auto& segment : whole.segments) {
      begins.emplace(segment.agreement_id, segment.from_date);
    }
    return begins;
  };
  if (days(before) != days(after)) return key + ": not the days of the cancelled bill";
  const auto policy =
      row.policy_date ? context.limits.find(*row.policy_date) : context.limits.end();
  if (row.policy_date && policy == context.limits.end()) return key + ": by no limits";
  std::vector<cycle::PlannedCharge> charged;
  for (const Charge& charge : ChargesOfBill(record, row.rebilled_bill_id)) {
    charged.push_back({charge.service, charge.due_date, charge.amount});
  }
  const auto changes = rebill::ChangesOf(before, charged, after);
  const auto limits = rebill::JudgeLimits(row.policy_date ? &policy->second : nullptr, row.grounds,
                                          run->second.bill_date, changes);
  if (PlanOf(record, row.bill_id) !=
      rebill::PlanCharges(charged, changes, limits, run->second.due_date)) {
    return key + ": what is owed does not follow from the cancelled bill and the limits";
  }
  // Nothing on one that nobody approved may be from before it was kept.
  const bool kept = !row.credited.is_zero() || row.approved_by.is_set();
  if (kept && row.credited != CreditBy(record, row, charged))
    return key + ": took back something else";
  const auto approves = [&](const rebill::Proposal& proposal) {
    return proposal.correction.bill_id == row.rebilled_bill_id &&
           proposal.state == rebill::ProposalState::kApproved &&
           proposal.proposed_by == run->second.started_by &&
           proposal.decided_by == row.approved_by && proposal.decided_date == run->second.bill_date;
  };
  if (row.approved_by.is_set() &&
      std::none_of(record.proposals.begin(), record.proposals.end(), approves)) {
    return key + ": nobody has approved it";
  }
  return std::nullopt;
}

}  // namespace

const rebill::Cancellation* CancellationOf(const AccountRecord& record, std::int64_t bill_id) {
  const auto found = std::find_if(record.cancellations.begin(), record.cancellations.end(),
                                  [&](const auto& one) { return one.bill_id == bill_id; });
  return found == record.cancellations.end() ? nullptr : &*found;
}

const rebill::RebillRow* RebillOf(const AccountRecord& record, std::int64_t bill_id) {
  const auto found = std::find_if(record.rebills.begin(), record.rebills.end(),
                                  [&](const auto& one) { return one.bill_id == bill_id; });
  return found == record.rebills.end() ? nullptr : &*found;
}

std::optional<std::vector<cycle::PlannedCharge>> PlanOf(const AccountRecord& record,
                                                        std::int64_t bill_id) {
  std::vector<cycle::PlannedCharge> plan;
  for (const PlannedRow& row : record.planned) {
    if (row.bill_id != bill_id) continue;
    plan.push_back(row.charge);
    if (row.charge_no != static_cast<std::int64_t>(plan.size())) return std::nullopt;
  }
  return plan;
}

std::vector<Charge> ChargesOfBill(const AccountRecord& record, std::int64_t bill_id) {
  std::vector<Charge> made;
  for (std::int64_t no = 0;; ++no) {
    const auto charge =
        std::find_if(record.charges.begin(), record.charges.end(), [&](const Charge& known) {
          return known.charge_id == DerivedId("bill-charge", bill_id, no);
        });
    if (charge == record.charges.end()) return made;
    made.push_back(*charge);
  }
}

std::optional<std::vector<Posting>> PostingsOfBillReversal(
    const AccountRecord& record, const Entry& entry,
    const std::vector<receivable::AllocationRow>& rows) {
  for (const rebill::Cancellation& one : record.cancellations) {
    if (rebill::ReversalEntryId(one.bill_id) != entry.entry_id) continue;
    if (entry.source != std::to_string(one.bill_id)) return std::nullopt;
    return receivable::PostingsOfReversal(ChargesOfBill(record, one.bill_id), rows);
  }
  return std::nullopt;
}

rate::Tariff TariffThen(const rate::Tariff& tariff, const cycle::Segment& segment,
                        const std::vector<rate::Line>& lines) {
  std::set<Date> named{segment.effective_date};
  for (const rate::Line& line : lines) named.insert(line.effective_date);
  std::vector<rate::Schedule> schedules;
  for (const Date date : named) {
    const rate::Schedule* version = tariff.Version(segment.schedule_code, date);
    if (version != nullptr) schedules.push_back(*version);
  }
  return rate::Tariff(std::move(schedules));
}

std::optional<std::string> ProveRebills(const AccountRecord& record, const BillContext& context) {
  for (const rebill::Cancellation& one : record.cancellations) {
    if (auto violation = ProveCancellation(record, one)) return violation;
  }
  for (std::size_t i = 0; i < record.proposals.size(); ++i) {
    if (auto violation = ProveProposal(record, i)) return violation;
  }
  for (const Charge& charge : record.charges) {
    if (charge.cancelled != IsCancelled(record, charge) ||
        (charge.cancelled && !charge.open.is_zero())) {
      return Key(record, "charge", charge.charge_id) + ": cancelled, or not, or open";
    }
  }
  for (const rebill::RebillRow& row : record.rebills) {
    if (auto violation = ProveRebill(record, row, context)) return violation;
  }
  for (const cycle::Bill& bill : record.bills) {
    const auto run = context.runs.find(bill.cycle_id);
    const bool is_rebill = run != context.runs.end() && run->second.IsRebill();
    if (is_rebill != (RebillOf(record, bill.bill_id) != nullptr)) {
      return Key(record, "bill", bill.bill_id) + ": a rebill of nothing, or no run of one";
    }
  }
  for (const PlannedRow& row : record.planned) {
    if (!RebillOf(record, row.bill_id)) {
      return Key(record, "planned charge of bill", row.bill_id) + ": no rebill";
    }
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
