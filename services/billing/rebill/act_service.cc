#include "services/billing/rebill/act_service.h"

#include <limits>
#include <utility>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/adjustment/limit_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/cycle/interval_use.h"
#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/cycle/register_store.h"
#include "services/billing/late_fee/reversal_service.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/read/read_store.h"
#include "services/billing/rebill/plan_store.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/receivable/taker_store.h"
#include "shared/rpc/reasons.h"

namespace reeve::billing::rebill {
namespace {

using cycle::Bill;
using cycle::BillState;

constexpr std::string_view kMayCancel = "bill.cancel";

// The bill is owed no more; its days are to be billed again.
void SaveCancel(command::Change& change, Subject& subject, CancelPlan& plan) {
  db::Transaction& tx = change.tx();
  Bill& bill = subject.bill;
  subject.open.books = std::move(plan.books);
  receivable::FollowUp(change, subject.open, Money(), "");
  const receivable::Books* changed[] = {&subject.open.books};
  receivable::SaveBooks(tx, changed, change.call().now);
  late_fee::KeepReversed(change, subject.late_fees, late_fee::Reversal::kBillCancelled);
  bill.state = cycle::After(bill.state, cycle::BillEvent::kCancel).value();
  cycle::SaveBillStates(tx, {&bill, 1});
  cycle::CancelSegments(tx, bill);
  for (const cycle::Segment& segment : bill.segments) {
    for (const std::string& service : plan.cancellation.misread_services) {
      if (segment.metered && segment.service == service) {
        read::SetAside(
            tx, {bill.account, segment.agreement_id, segment.meters.back().meter.meter_number},
            segment.to_date);
      }
    }
  }
  InsertCancellation(tx, plan.cancellation);
  AuditRow(change, kKeptCancellation, "cancel", "", CellsOfCancellation(plan.cancellation));
  v1::BillCancelled cancelled;
  cancelled.set_account_id(bill.account.value());
  cancelled.set_bill_id(bill.bill_id);
  cancelled.set_cycle_id(bill.cycle_id);
  cancelled.set_total_cents(bill.total.cents());
  cancelled.set_freed_cents(plan.cancellation.freed.cents());
  cancelled.set_not_charged_cents(NotCharged(bill).cents());
  command::Emit(change, bill.account.value(), cancelled);
}

// A run of one page, calculated: it waits to be signed. Nothing of it is tallied: rules of runs
// compare cycles, and only limits judge one bill.
void SaveRun(command::Change& change, const RebillPlan& plan) {
  db::Transaction& tx = change.tx();
  const cycle::Run& run = plan.run;
  const cycle::Page page{1, AccountId(0), AccountId(std::numeric_limits<std::int64_t>::max()),
                         run.agreement_count};
  cycle::InsertRun(tx, run);
  AuditRow(change, cycle::kKeptRun, "rebill", "", cycle::CellsOfRun(run));
  cycle::InsertPages(tx, run.cycle_id, {&page, 1}, cycle::CycleWork::kLanes);
  RowDigest laid_down;
  laid_down.Add(cycle::FixedCellsOf(run.cycle_id, page, cycle::CycleWork::kLanes));
  change.Audit({std::string(cycle::kPagesEntity), std::to_string(run.cycle_id), "start", "",
                "rows=" + laid_down.hex()});
  cycle::MovePage(change, run, page, cycle::PageState::kPlanned, cycle::PageState::kCalculated);
  cycle::Register reg;
  cycle::AddToRegister(plan.bill, plan.bill.state == BillState::kHeld, reg);
  cycle::InsertBills(tx, {&plan.bill, 1});
  InsertPlan(tx, plan.bill);
  const std::string page_key = std::to_string(run.cycle_id) + "/1";
  if (std::string used = cycle::IntervalTextOf({&plan.bill, 1}); !used.empty()) {
    change.Audit({std::string(cycle::kIntervalsEntity), page_key, "measure", "", std::move(used)});
  }
  cycle::InsertRegister(tx, run.cycle_id, page, reg);
  if (const RowDigest holds = cycle::DigestOfHolds({&plan.bill, 1}); !holds.empty()) {
    change.Audit({std::string(cycle::kHoldsEntity), page_key, "hold", "", "rows=" + holds.hex()});
  }
  std::vector<cycle::KeptFinding> kept;
  for (cycle::RunFinding& finding :
       FindingsOf(plan.policy ? &*plan.policy : nullptr, plan.limits)) {
    kept.push_back({run.cycle_id, static_cast<std::int64_t>(kept.size()) + 1, std::move(finding),
                    PersonId(), ""});
    AuditRow(change, cycle::kKeptFinding, "find", "", cycle::CellsOfFinding(kept.back()));
  }
  cycle::InsertFindings(tx, kept);
  change.Audit({std::string(cycle::kJudgementEntity), std::to_string(run.cycle_id), "judge", "",
                cycle::JudgementText(run.guard_policy, kept.size())});
}

}  // namespace

Meters::Meters(obs::Metrics& metrics)
    : cancelled_(metrics.NewCounter("bills_cancelled_total", "Posted bills that were cancelled.")),
      rebilled_(metrics.NewCounter("bills_rebilled_total",
                                   "Bills that bill the days of a cancelled one again.")) {}

bool TookPayment(db::Transaction& tx, AccountId account, PersonId person, const Policy* policy,
                 Date today) {
  const std::int64_t days = (policy == nullptr ? Policy() : *policy).taker_days;
  return receivable::HasTakenPayment(tx, account, person,
                                     today.PlusDays(-static_cast<std::int32_t>(days)));
}

Actor ActorOf(db::Transaction& tx, const Call& call, AccountId account, const Policy* policy) {
  Actor actor;
  actor.person = call.caller.person;
  actor.took_payment = TookPayment(tx, account, actor.person, policy, call.today);
  if (policy == nullptr) return actor;
  actor.limit = adjustment::LimitOf(
      policy->limits, [&](const std::string& permission) { return call.May(permission); });
  actor.posted_alone =
      adjustment::PostedAlone(tx, account, actor.person,
                              call.today.PlusDays(-static_cast<std::int32_t>(policy->limit_days)));
  return actor;
}

Result<> CheckMayCancel(const Call& call, const RebillPlan& plan) {
  if (!plan.cancel || call.May(kMayCancel)) return Ok();
  return PermissionDenied(rpc::reason::kPermissionMissing, "It cancels a bill, too.")
      .With("permission", std::string(kMayCancel));
}

Error Stale() {
  return FailedPrecondition(::reeve::reason::kStale,
                            "Something has changed since the preview: look again.");
}

Result<RebillPlan> PlanHeld(command::Change& change, const Call& call, const RebillCommand& command,
                            const Subject& subject, const TimeZone& zone,
                            std::optional<rate::Tariff>& tariff) {
  db::Transaction& tx = change.tx();
  const std::int64_t tariff_no = rate::LockTariff(tx);
  tariff.emplace(rate::LoadSchedules(tx, tariff_no));
  cycle::LockGuardPolicies(tx);
  REEVE_ASSIGN_OR_RETURN(RebillPlan plan, PlanRebill(tx, call, command, subject, *tariff, zone));
  plan.run.tariff_no = tariff_no;
  return plan;
}

void CarryOut(command::Change& change, Subject& subject, CancelPlan& plan, Meters& meters) {
  SaveCancel(change, subject, plan);
  change.AfterCommit([&meters] { meters.Cancelled(); });
}

void CarryOut(command::Change& change, Subject& subject, RebillPlan& plan, Meters& meters) {
  if (plan.cancel) CarryOut(change, subject, *plan.cancel, meters);
  SaveRun(change, plan);
  InsertRebill(change.tx(), plan.row);
  AuditRow(change, kKeptRebill, "rebill", "", CellsOfRebill(plan.row));
  change.AfterCommit([&meters] { meters.Rebilled(); });
}

}  // namespace reeve::billing::rebill
