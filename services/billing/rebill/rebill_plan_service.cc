#include "services/billing/rebill/rebill_plan_service.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/billing/adjustment/adjustment_store.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/late_fee/reversal_service.h"
#include "services/billing/rebill/plan_store.h"
#include "services/billing/rebill/proposal.h"
#include "shared/core/canonical.h"

namespace reeve::billing::rebill {
namespace {

using cycle::Bill;
using cycle::BillState;
using cycle::Pending;
using cycle::Run;
using cycle::Segment;

Error NotPosted() {
  return FailedPrecondition(reason::kBillNotPosted,
                            "Only a posted bill is corrected; it is not one, or not any more.");
}

Error OfAgreement(Reason reason, std::string message, const Segment& segment) {
  return FailedPrecondition(reason, std::move(message))
      .With("service", segment.service)
      .With("agreement_id", segment.agreement_id);
}

// What stands before and behind the days that are billed again.
struct Neighbours {
  std::optional<cycle::LastBilled> last;
  std::optional<NextBilled> next;
};

// The agreements of a bill, in their order, each with its segment and its neighbours.
struct Members {
  std::vector<agreement::Agreement> agreements;
  std::vector<const Segment*> segments;
  std::vector<Neighbours> neighbours;
};

Result<Members> MembersOf(db::Transaction& tx, const Subject& subject) {
  Members members;
  const AccountId account = subject.bill.account;
  for (agreement::Agreement& one :
       agreement::ListOfCycle(tx, subject.run.cycle, subject.run.period_end,
                              AccountId(account.value() - 1), account)) {
    const auto segment =
        std::find_if(subject.bill.segments.begin(), subject.bill.segments.end(),
                     [&](const Segment& known) { return known.agreement_id == one.agreement_id; });
    if (segment == subject.bill.segments.end()) continue;
    Neighbours neighbours{BilledLastBy(tx, account, one.agreement_id, segment->from_date),
                          BilledNextFrom(tx, account, one.agreement_id, segment->to_date)};
    const Date begin = neighbours.last ? neighbours.last->to_date : one.start_date;
    if (begin != segment->from_date) {
      return OfAgreement(reason::kEarlierDaysOpen,
                         "Days before are not billed: bill those again first.", *segment)
          .With("billed_to", begin.ToString());
    }
    members.agreements.push_back(std::move(one));
    members.segments.push_back(&*segment);
    members.neighbours.push_back(std::move(neighbours));
  }
  return members;
}

// Days that a later bill begins behind end where they did.
void EndAsBefore(const Members& members, std::vector<Pending>& pending) {
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (!members.neighbours[i].next) continue;
    const auto is_later = [&](const read::Reading& reading) {
      return reading.date > members.segments[i]->to_date;
    };
    std::erase_if(pending[i].reads, is_later);
    for (cycle::EarlierMeter& one : pending[i].earlier) std::erase_if(one.reads, is_later);
  }
}

// The guard judges by what was billed before these days; the wrong bill is no measure.
std::vector<cycle::Guarded> LoadGuardedBefore(db::Transaction& tx, const Members& members) {
  std::vector<cycle::Guarded> guarded = cycle::LoadGuarded(tx, members.agreements);
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    const Date begin = members.segments[i]->from_date;
    std::erase_if(guarded[i].history, [&](const auto& one) { return one.to_date > begin; });
    std::erase_if(guarded[i].days, [&](const auto& one) { return one.to_date > begin; });
  }
  return guarded;
}

// The edit list is worked before anything is priced, also what waits there for later days: nobody
// knows yet which day such a row is of.
std::string MessageOf(const cycle::Hold& hold) {
  if (hold.reason != cycle::HoldReason::kReadWaits) return hold.evidence;
  return "A read of the account waits in the edit list: " + hold.evidence;
}

// The new bill has every service of the old one, on its days, between the reads around it.
Result<> CheckFits(const Members& members, const Bill& bill) {
  for (std::size_t i = 0; i < members.segments.size(); ++i) {
    const Segment& old = *members.segments[i];
    const auto [last, next] = members.neighbours[i];
    const auto found = std::find_if(
        bill.segments.begin(), bill.segments.end(),
        [&](const Segment& segment) { return segment.agreement_id == old.agreement_id; });
    if (found == bill.segments.end()) {
      const auto hold =
          std::find_if(bill.holds.begin(), bill.holds.end(),
                       [&](const cycle::Hold& known) { return known.service == old.service; });
      if (hold == bill.holds.end()) {
        return OfAgreement(reason::kRebillNotPriced, "There is nothing to bill.", old);
      }
      return OfAgreement(reason::kRebillNotPriced, MessageOf(*hold), old)
          .With("hold", std::string(cycle::HoldReasonName(hold->reason)));
    }
    const bool begins =
        !found->metered || !last || found->start_read_thousandths == last->end_read_thousandths;
    const bool ends = !next || found->to_date == old.to_date;
    const bool ends_as_next_begins = !found->metered || !next || next->from_date != old.to_date ||
                                     found->end_read_thousandths == next->start_read_thousandths;
    if (!begins || !ends || !ends_as_next_begins) {
      return OfAgreement(reason::kReadDiffers,
                         begins ? "The bill behind it begins with another read: cancel it, too."
                                : "The bill before it ends with another read: cancel it, too.",
                         old);
    }
  }
  return Ok();
}

Run RunOf(db::Transaction& tx, const Call& call, const RebillCommand& command,
          const Subject& subject, std::int64_t rebill_no, std::size_t agreements) {
  Run run;
  run.cycle_id = RebillCycleId(subject.bill.bill_id, rebill_no);
  run.cycle = subject.run.cycle;
  run.kind = subject.run.kind;
  run.state = cycle::RunState::kCalculated;
  run.period_end = subject.run.period_end;
  run.bill_date = call.today;
  run.due_date = command.due_date;
  run.agreement_count = static_cast<std::int64_t>(agreements);
  run.started_by = call.caller.person;
  run.guard_policy = cycle::GuardPolicyInForce(tx, run.bill_date).key();
  run.rebilled_bill_id = subject.bill.bill_id;
  run.priced_date = subject.run.PricedOn();
  return run;
}

Result<Bill> Calculate(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                       const TimeZone& zone, Members& members) {
  std::vector<std::optional<cycle::LastBilled>> last;
  for (const Neighbours& one : members.neighbours) last.push_back(one.last);
  std::vector<Pending> pending =
      cycle::LoadPending(tx, run, tariff, zone, members.agreements, std::move(last));
  EndAsBefore(members, pending);
  std::optional<Bill> bill = cycle::MakeBill(run, tariff, pending);
  if (!bill) return FailedPrecondition(reason::kRebillNotPriced, "There is nothing to bill.");
  REEVE_RETURN_IF_ERROR(CheckFits(members, *bill));
  cycle::GuardBills(run, tariff, cycle::GuardPolicyOf(tx, run), LoadGuardedBefore(tx, members),
                    {&*bill, 1});
  return *std::move(bill);
}

// Whether days wait to be billed again for this bill: it was cancelled behind its posting, or a
// review has refused it and kept its reads. Where a service of it was not even measured, the next
// run of the cycle has its days.
bool WaitsToBeRebilled(db::Transaction& tx, const Bill& bill) {
  if (bill.state != BillState::kCancelled) return false;
  if (FindCancellation(tx, bill.account, bill.bill_id)) return true;
  const auto is_measured = [&](const cycle::Hold& hold) {
    return hold.service.empty() ||
           std::any_of(bill.segments.begin(), bill.segments.end(),
                       [&](const Segment& segment) { return segment.service == hold.service; });
  };
  return !bill.IsRebill() &&
         cycle::WasDecided(tx, bill.account, bill.bill_id, cycle::BillEvent::kKeepReads) &&
         std::all_of(bill.holds.begin(), bill.holds.end(), is_measured);
}

// How often it was billed again: once more, if a review has refused the last one.
Result<std::int64_t> NextRebillNo(db::Transaction& tx, const Subject& subject) {
  const Bill& bill = subject.bill;
  if (bill.state == BillState::kPosted) return 1;
  if (!WaitsToBeRebilled(tx, bill)) return NotPosted();
  const std::optional<Replacement> newest = FindReplacement(tx, bill.account, bill.bill_id);
  if (newest && (newest->state != BillState::kCancelled ||
                 FindCancellation(tx, bill.account, newest->bill_id))) {
    return FailedPrecondition(reason::kAlreadyRebilled, "Another bill has taken its place.")
        .With("bill_id", newest->bill_id);
  }
  for (const Segment& segment : bill.segments) {
    if (IsBilled(tx, bill.account, segment.agreement_id, segment.from_date, segment.to_date)) {
      return OfAgreement(reason::kDaysBilled, "A later run has billed these days.", segment);
    }
  }
  return newest ? newest->rebill_no + 1 : 1;
}

void AddEntries(Canonical& form, const receivable::Books& books) {
  form.List("entries", books.entries().size());
  for (const receivable::Entry& entry : books.entries()) {
    form.Add("kind", receivable::EntryKindName(entry.kind))
        .Add("business_date", entry.business_date.ToString())
        .List("postings", entry.postings.size());
    for (const Posting& posting : entry.postings) {
      form.Add("ledger_account", posting.ledger_account)
          .Add("fund", posting.fund)
          .Add("amount", posting.amount.cents());
    }
    form.List("allocations", entry.allocations.size());
    for (const receivable::AllocationRow& row : entry.allocations) {
      form.Add("charge", row.charge_id).Add("amount", row.amount.cents());
    }
  }
}

void AddCancel(Canonical& form, const CancelPlan& plan) {
  const Cancellation& cancellation = plan.cancellation;
  form.Add("cause", CauseName(cancellation.grounds.cause))
      .Add("reason", cancellation.grounds.reason)
      .Add("discovered_date", cancellation.grounds.discovered_date.ToString())
      .List("misread", cancellation.misread_services.size());
  for (const std::string& service : cancellation.misread_services) form.Add("service", service);
  form.Add("balance_before", plan.balance_before.cents())
      .Add("balance_after", plan.books.Balance().cents());
  AddEntries(form, plan.books);
}

void AddBill(Canonical& form, const Bill& bill) {
  form.Add("new_bill_id", bill.bill_id)
      .Add("total", bill.total.cents())
      .List("segments", bill.segments.size());
  for (const Segment& segment : bill.segments) {
    form.Add("agreement_id", segment.agreement_id)
        .Add("from_date", segment.from_date.ToString())
        .Add("to_date", segment.to_date.ToString())
        .Add("start_read", segment.start_read_thousandths)
        .Add("end_read", segment.end_read_thousandths)
        .Add("usage", segment.use.usage_thousandths)
        .Add("quantity", segment.use.quantity_thousandths)
        .List("lines", segment.lines.size());
    for (const rate::Line& line : segment.lines) {
      form.Add("version", line.effective_date.ToString()).Add("amount", line.amount.cents());
    }
  }
  form.List("holds", bill.holds.size());
  for (const cycle::Hold& hold : bill.holds) form.Add("evidence", hold.evidence);
  form.List("charges", bill.plan.size());
  for (const cycle::PlannedCharge& charge : bill.plan) {
    form.Add("service", charge.service)
        .Add("due_date", charge.due_date.ToString())
        .Add("amount", charge.amount.cents());
  }
}

Canonical FormOf(std::string_view what, const Subject& subject, Date today) {
  return std::move(Canonical(what, 1)
                       .Add("today", today.ToString())
                       .Add("account", subject.bill.account.value())
                       .Add("bill_id", subject.bill.bill_id)
                       .Add("state", cycle::BillStateName(subject.bill.state)));
}

// What cancelling the bill, and billing it again before, has counted as taken back.
Money CountedOf(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  std::int64_t cents = 0;
  if (const auto cancelled = FindCancellation(tx, account, bill_id)) {
    cents = cancelled->credited.cents();
  }
  for (const RebillRow& row : RebillsOfRange(tx, account.value() - 1, account.value())) {
    if (row.rebilled_bill_id == bill_id) cents += row.credited.cents();
  }
  return Money::Cents(cents);
}

// What the same error, of the same cause and found on the same day, has given back on other bills.
Money GivenBack(db::Transaction& tx, const Correction& correction) {
  const AccountId account = correction.account;
  std::map<std::int64_t, RebillRow> newest;  // by the bill that was wrong
  for (const RebillRow& row : RebillsOfRange(tx, account.value() - 1, account.value())) {
    if (row.rebilled_bill_id == correction.bill_id ||
        row.grounds.cause != correction.grounds.cause ||
        row.grounds.discovered_date != correction.grounds.discovered_date) {
      continue;
    }
    const auto [known, is_new] = newest.try_emplace(row.rebilled_bill_id, row);
    if (!is_new && known->second.rebill_no < row.rebill_no) known->second = row;
  }
  std::int64_t cents = 0;
  for (const auto& [bill_id, row] : newest) {
    const std::optional<Replacement> replacement = FindReplacement(tx, account, bill_id);
    if (!replacement || replacement->state == BillState::kCancelled) continue;
    std::int64_t less = 0;
    for (const auto& charge : ChargesOfBill(tx, account, bill_id)) less += charge.amount.cents();
    for (const auto& charge : LoadPlan(tx, account, row.bill_id)) less -= charge.amount.cents();
    cents += std::max<std::int64_t>(0, less);
  }
  return Money::Cents(cents);
}

Money SumOf(std::span<const cycle::PlannedCharge> plan) {
  std::int64_t cents = 0;
  for (const cycle::PlannedCharge& charge : plan) cents += charge.amount.cents();
  return Money::Cents(cents);
}

// What was paid for the days of a bill: for it, and for those whose place it took one behind the
// other. What was freed of those is no payment of it.
std::map<Date, std::int64_t> PaidForDays(db::Transaction& tx, const Bill& bill) {
  std::map<Date, std::int64_t> paid;
  std::optional<Bill> one = bill;
  while (one) {
    const auto charges = ChargesOfBill(tx, one->account, one->bill_id);
    for (const auto& [day, cents] : PaidByDay(tx, one->account, charges, !one->IsRebill())) {
      paid[day] += cents;
    }
    one = one->IsRebill() ? cycle::LoadBill(tx, one->account, one->rebilled_bill_id) : std::nullopt;
  }
  return paid;
}

// The limits are counted from the day that was told first, so that nobody moves them by telling
// another.
Result<> CheckDiscovery(db::Transaction& tx, const Correction& correction) {
  std::optional<Date> told;
  if (const auto cancelled = FindCancellation(tx, correction.account, correction.bill_id)) {
    told = cancelled->grounds.discovered_date;
  }
  const std::int64_t account = correction.account.value();
  for (const RebillRow& row : RebillsOfRange(tx, account - 1, account)) {
    if (row.rebilled_bill_id == correction.bill_id && !told) told = row.grounds.discovered_date;
  }
  if (!told || *told == correction.grounds.discovered_date) return Ok();
  return FailedPrecondition(reason::kDiscoveryDiffers, "Another day of discovery was told before.")
      .With("discovered_date", told->ToString());
}

}  // namespace

std::vector<cycle::PlannedCharge> ChargedBy(const Subject& subject) {
  std::vector<cycle::PlannedCharge> charged;
  for (const receivable::Charge& charge : subject.charges) {
    charged.push_back({charge.service, charge.due_date, charge.amount});
  }
  return charged;
}

Result<Subject> LoadSubject(db::Transaction& tx, const Correction& correction, Hold hold) {
  const AccountId account = correction.account;
  std::optional<Bill> bill = cycle::LoadBill(tx, account, correction.bill_id);
  if (!bill) return NotFound(reason::kBillUnknown, "There is no such bill.");
  for (const Segment& segment : bill->segments) {
    if (correction.grounds.discovered_date > segment.from_date) continue;
    return InvalidArgument({{"correction.discovered_date", "is before the days of the bill"}});
  }
  const Run run = cycle::FindRun(tx, bill->cycle_id).value();
  const std::optional<Run> latest =
      hold == Hold::kRows ? cycle::LockLatestRun(tx, run.cycle) : cycle::LatestRun(tx, run.cycle);
  // One that is not posted yet is refused, and may be held by who posts it.
  const bool settled = bill->state == BillState::kPosted || bill->state == BillState::kCancelled;
  if (hold == Hold::kRows && settled) bill = cycle::LockBill(tx, account, correction.bill_id);
  if (latest && latest->state == cycle::RunState::kCalculating) {
    return FailedPrecondition(reason::kCycleCalculating, "A run of the cycle is being calculated.")
        .With("cycle_id", latest->cycle_id);
  }
  std::vector<receivable::Charge> charges = ChargesOfBill(tx, account, correction.bill_id);
  std::vector<std::int64_t> charge_ids;
  for (const receivable::Charge& charge : charges) charge_ids.push_back(charge.charge_id);
  if (hold == Hold::kRows) {
    receivable::LockBooks(tx, {account});  // whoever posts a late fee beside us waits
    charges = ChargesOfBill(tx, account, correction.bill_id);
  }
  std::vector<late_fee::Fee> fees = late_fee::FeesThatGoWith(tx, account, correction.bill_id);
  for (const std::int64_t charge_id : late_fee::ChargeIdsOf(fees)) charge_ids.push_back(charge_id);
  receivable::OpenBooks open =
      hold == Hold::kRows
          ? receivable::LockBooksFor(tx, account, charge_ids).value()
          : receivable::OpenBooks{receivable::ReadBooks(tx, account, charge_ids).value(), 0};
  return Subject{*std::move(bill), run, std::move(charges), std::move(open), std::move(fees)};
}

Result<CancelPlan> PlanCancel(db::Transaction& tx, const Call& call, const Correction& correction,
                              const Subject& subject) {
  const Bill& bill = subject.bill;
  if (!cycle::After(bill.state, cycle::BillEvent::kCancel)) return NotPosted();
  if (const auto standing = adjustment::FindStandingOn(tx, bill.account, bill.bill_id)) {
    return FailedPrecondition(reason::kAdjusted,
                              "An adjustment counts by this bill: take that back first.")
        .With("adjustment_no", *standing);
  }
  for (const std::string& service : correction.misread_services) {
    const auto measures = [&](const Segment& segment) {
      return segment.metered && segment.service == service;
    };
    if (std::none_of(bill.segments.begin(), bill.segments.end(), measures)) {
      return FailedPrecondition(reason::kServiceNotMeasured, "The bill does not measure it.")
          .With("service", service);
    }
    for (const Segment& segment : bill.segments) {
      if (measures(segment) &&
          BilledNextFrom(tx, bill.account, segment.agreement_id, segment.to_date)) {
        return OfAgreement(reason::kReadBilledSince,
                           "A later bill begins with this read: cancel that one first.", segment);
      }
    }
  }
  CancelPlan plan{
      {bill.account, bill.bill_id, correction.grounds, correction.misread_services, call.today,
       call.caller.person, Money(), CreditOf(ChargedBy(subject), {}), PersonId()},
      subject.open.books,
      subject.open.books.Balance()};
  if (subject.charges.empty()) return plan;
  std::vector<std::int64_t> charge_ids;
  for (const receivable::Charge& charge : subject.charges) charge_ids.push_back(charge.charge_id);
  for (const late_fee::Fee& fee : subject.late_fees) {
    REEVE_RETURN_IF_ERROR(late_fee::TakeBack(plan.books, fee, call.today));
  }
  REEVE_ASSIGN_OR_RETURN(
      plan.cancellation.freed,
      plan.books.CancelBill(ReversalEntryId(bill.bill_id), std::to_string(bill.bill_id), call.today,
                            charge_ids, receivable::PolicyInForce(tx, call.today)));
  return plan;
}

std::string DigestOf(const Subject& subject, const CancelPlan& plan, Date today) {
  Canonical form = FormOf("reeve.billing.cancellation.plan", subject, today);
  AddCancel(form, plan);
  return HexEncode(Sha256(form.bytes()));
}

Result<RebillPlan> PlanRebill(db::Transaction& tx, const Call& call, const RebillCommand& command,
                              const Subject& subject, const rate::Tariff& tariff,
                              const TimeZone& zone) {
  RebillPlan plan;
  const Bill& old = subject.bill;
  REEVE_ASSIGN_OR_RETURN(const std::int64_t rebill_no, NextRebillNo(tx, subject));
  REEVE_RETURN_IF_ERROR(CheckDiscovery(tx, command.correction));
  if (old.state == BillState::kPosted) {
    REEVE_ASSIGN_OR_RETURN(plan.cancel, PlanCancel(tx, call, command.correction, subject));
  }
  REEVE_ASSIGN_OR_RETURN(Members members, MembersOf(tx, subject));
  plan.run = RunOf(tx, call, command, subject, rebill_no, members.agreements.size());
  REEVE_ASSIGN_OR_RETURN(plan.bill, Calculate(tx, plan.run, tariff, zone, members));
  plan.policy = PolicyInForce(tx, call.today);
  const std::vector<cycle::PlannedCharge> charged = ChargedBy(subject);
  const std::vector<ServiceChange> changes = ChangesOf(old, charged, plan.bill);
  const Policy* policy = plan.policy ? &*plan.policy : nullptr;
  const Grounds& grounds = command.correction.grounds;
  plan.limits = JudgeLimits(policy, grounds, call.today, changes);
  plan.bill.plan = PlanCharges(charged, changes, plan.limits, plan.run.due_date);
  plan.limits = JudgeLimits(policy, grounds, call.today, changes,
                            {GivenBack(tx, command.correction),
                             OverpaidSince(PaidForDays(tx, old), SumOf(plan.bill.plan))});
  plan.row = {old.account,
              plan.bill.bill_id,
              old.bill_id,
              rebill_no,
              command.correction.grounds,
              plan.policy ? std::optional(plan.policy->effective_date) : std::nullopt,
              Money(),
              PersonId()};
  if (plan.cancel) {
    plan.cancel->cancellation.credited = CreditOf(charged, plan.bill.plan);
  } else {
    plan.row.credited =
        FurtherCreditOf(charged, plan.bill.plan, CountedOf(tx, old.account, old.bill_id));
  }
  return plan;
}

std::string DigestOf(const Subject& subject, const RebillPlan& plan, Date today) {
  Canonical form = FormOf("reeve.billing.rebill.plan", subject, today);
  const Grounds& grounds = plan.row.grounds;
  form.Add("rebill_no", plan.row.rebill_no)
      .Add("cause", CauseName(grounds.cause))
      .Add("reason", grounds.reason)
      .Add("discovered_date", grounds.discovered_date.ToString())
      .Add("due_date", plan.run.due_date.ToString())
      .List("cancel", plan.cancel ? 1 : 0);
  if (plan.cancel) AddCancel(form, *plan.cancel);
  AddBill(form, plan.bill);
  form.List("limits", plan.limits.size());
  for (const LimitLine& line : plan.limits) {
    form.Add("rule", line.rule).Add("finding", line.finding).Add("cut", line.cut.cents());
  }
  return HexEncode(Sha256(form.bytes()));
}

}  // namespace reeve::billing::rebill
