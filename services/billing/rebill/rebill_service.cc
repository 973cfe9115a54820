#include "services/billing/rebill/rebill_service.h"

#include <limits>
#include <utility>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/audit_row.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/cycle/interval_use.h"
#include "services/billing/cycle/interval_use_store.h"
#include "services/billing/cycle/register_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/read/read_store.h"
#include "services/billing/rebill/plan_store.h"
#include "services/billing/rebill/rebill_plan_service.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/receivable/taker_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::rebill {
namespace {

using cycle::Bill;
using cycle::BillState;

std::vector<PrintedLine> LinesOf(const v1::Bill& bill) {
  std::vector<PrintedLine> lines;
  for (const v1::BillLine& line : bill.lines()) {
    lines.push_back({line.service(), line.description(), line.quantity(), line.rate(),
                     Money::Cents(line.amount_cents())});
  }
  return lines;
}

v1::CancellationPreview ToPreview(const Subject& subject, const CancelPlan& plan,
                                  const rate::Tariff& tariff, Date today) {
  v1::CancellationPreview preview;
  *preview.mutable_bill() = bill::ToProtoWithLines(subject.bill, tariff);
  for (const receivable::Entry& entry : plan.books.entries()) {
    *preview.add_entries() = ToProto(entry);
  }
  preview.set_freed_cents(plan.cancellation.freed.cents());
  preview.set_balance_before_cents(plan.balance_before.cents());
  preview.set_balance_after_cents(plan.books.Balance().cents());
  preview.set_digest(DigestOf(subject, plan, today));
  return preview;
}

v1::RebillPreview ToPreview(const Subject& subject, const RebillPlan& plan,
                            const rate::Tariff& tariff, Date today) {
  v1::RebillPreview preview;
  *preview.mutable_old_bill() = bill::ToProtoWithLines(subject.bill, tariff);
  *preview.mutable_new_bill() = bill::ToProtoWithLines(plan.bill, tariff);
  if (plan.cancel) {
    for (const receivable::Entry& entry : plan.cancel->books.entries()) {
      *preview.add_entries() = ToProto(entry);
    }
  }
  for (const LineDifference& one :
       DiffLines(LinesOf(preview.old_bill()), LinesOf(preview.new_bill()))) {
    *preview.add_lines() = ToProto(one);
  }
  for (const LimitLine& line : plan.limits) *preview.add_limits() = ToProto(line, plan.policy);
  for (const cycle::PlannedCharge& charge : plan.bill.plan) {
    *preview.add_charges() = ToProto(charge);
  }
  preview.set_not_charged_cents(preview.new_bill().not_charged_cents());
  preview.set_digest(DigestOf(subject, plan, today));
  return preview;
}

Result<> CheckTaker(command::Change& change, AccountId account) {
  const Call& call = change.call();
  const std::int64_t days = PolicyInForce(change.tx(), call.today).value_or(Policy()).taker_days;
  if (!receivable::HasTakenPayment(change.tx(), account, call.caller.person,
                                   call.today.PlusDays(-static_cast<std::int32_t>(days)))) {
    return Ok();
  }
  return PermissionDenied(reason::kTookPayment,
                          "A bill is corrected by somebody who took no payment of the account.");
}

Error Stale() {
  return FailedPrecondition(::reeve::reason::kStale,
                            "Something has changed since the preview: look again.");
}

// The bill is owed no more; its days are to be billed again.
void SaveCancel(command::Change& change, Subject& subject, CancelPlan& plan) {
  db::Transaction& tx = change.tx();
  Bill& bill = subject.bill;
  subject.open.books = std::move(plan.books);
  receivable::FollowUp(change, subject.open, Money(), "");
  const receivable::Books* changed[] = {&subject.open.books};
  receivable::SaveBooks(tx, changed, change.call().now);
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

Result<v1::Cancellation> Cancel(command::Change& change, const CancelCommand& command,
                                obs::Counter& cancelled) {
  Fields fields;
  const Date today = change.call().today;
  RefuseUntimely(fields, command.correction, today);
  if (!fields.ok()) return fields.error();
  REEVE_ASSIGN_OR_RETURN(Subject subject,
                         LoadSubject(change.tx(), command.correction, Hold::kRows));
  REEVE_ASSIGN_OR_RETURN(CancelPlan plan,
                         PlanCancel(change.tx(), change.call(), command.correction, subject));
  REEVE_RETURN_IF_ERROR(CheckTaker(change, subject.bill.account));
  if (DigestOf(subject, plan, today) != command.digest) return Stale();
  // After this point it must succeed.
  SaveCancel(change, subject, plan);
  change.AfterCommit([&cancelled] { cancelled.Add(); });
  return ToProto(plan.cancellation, std::nullopt);
}

Result<v1::Rebill> Rebill(command::Change& change, const RebillCommand& command,
                          const TimeZone& zone, obs::Counter& cancelled, obs::Counter& rebilled) {
  Fields fields;
  const Date today = change.call().today;
  RefuseUntimely(fields, command, today);
  if (!fields.ok()) return fields.error();
  db::Transaction& tx = change.tx();
  REEVE_ASSIGN_OR_RETURN(Subject subject, LoadSubject(tx, command.correction, Hold::kRows));
  // Against activations, in the order of StartCycle.
  const std::int64_t tariff_no = rate::LockTariff(tx);
  const rate::Tariff tariff(rate::LoadSchedules(tx, tariff_no));
  cycle::LockGuardPolicies(tx);
  REEVE_ASSIGN_OR_RETURN(RebillPlan plan,
                         PlanRebill(tx, change.call(), command, subject, tariff, zone));
  REEVE_RETURN_IF_ERROR(CheckTaker(change, subject.bill.account));
  if (DigestOf(subject, plan, today) != command.digest) return Stale();
  // After this point it must succeed.
  plan.run.tariff_no = tariff_no;
  if (plan.cancel) {
    SaveCancel(change, subject, *plan.cancel);
    change.AfterCommit([&cancelled] { cancelled.Add(); });
  }
  SaveRun(change, plan);
  InsertRebill(tx, plan.row);
  AuditRow(change, kKeptRebill, "rebill", "", CellsOfRebill(plan.row));
  change.AfterCommit([&rebilled] { rebilled.Add(); });
  v1::Rebill answer;
  answer.set_rebilled_bill_id(plan.row.rebilled_bill_id);
  answer.set_rebill_no(static_cast<std::int32_t>(plan.row.rebill_no));
  *answer.mutable_bill() = bill::ToProtoWithLines(plan.bill, tariff);
  answer.set_not_charged_cents(answer.bill().not_charged_cents());
  return answer;
}

Result<v1::RebillPolicy> Load(command::Change& change, const LoadPolicyCommand& command) {
  Fields fields;
  RefuseUntimely(fields, command, change.call().today);
  if (!fields.ok()) return fields.error();
  if (HasPolicy(change.tx(), command.policy.effective_date)) {
    return AlreadyExists(reason::kPolicyExists, "Limits from that day on are loaded.");
  }
  Policy policy = command.policy;
  policy.loaded_by = change.call().caller.person;
  InsertPolicy(change.tx(), policy);
  AuditRow(change, kKeptPolicy, "load", "", CellsOfPolicy(policy));
  return ToProto(policy);
}

}  // namespace

RebillService::RebillService(rpc::Server& server, command::Frame& frame, db::Database& database,
                             const TimeZone& zone, obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      zone_(zone),
      cancelled_(metrics.NewCounter("bills_cancelled_total", "Posted bills that were cancelled.")),
      rebilled_(metrics.NewCounter("bills_rebilled_total",
                                   "Bills that bill the days of a cancelled one again.")) {}

grpc::ServerUnaryReactor* RebillService::PreviewCancellation(
    grpc::CallbackServerContext* context, const v1::PreviewCancellationRequest* request,
    v1::CancellationPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewCancellationRequest& request) -> Result<v1::CancellationPreview> {
        REEVE_ASSIGN_OR_RETURN(const Correction correction, Parse(request, call.today));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::CancellationPreview> {
              REEVE_ASSIGN_OR_RETURN(const Subject subject,
                                     LoadSubject(tx, correction, Hold::kNothing));
              REEVE_ASSIGN_OR_RETURN(const CancelPlan plan,
                                     PlanCancel(tx, call, correction, subject));
              return ToPreview(subject, plan, rate::Tariff(rate::LoadSchedules(tx)), call.today);
            });
      });
}

grpc::ServerUnaryReactor* RebillService::CancelBill(grpc::CallbackServerContext* context,
                                                    const v1::CancelBillRequest* request,
                                                    v1::Cancellation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CancelBillRequest& request) -> Result<v1::Cancellation> {
        REEVE_ASSIGN_OR_RETURN(const CancelCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Cancel(change, command, cancelled_);
        });
      });
}

grpc::ServerUnaryReactor* RebillService::PreviewRebill(grpc::CallbackServerContext* context,
                                                       const v1::PreviewRebillRequest* request,
                                                       v1::RebillPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewRebillRequest& request) -> Result<v1::RebillPreview> {
        REEVE_ASSIGN_OR_RETURN(const RebillCommand command, Parse(request, call.today));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::RebillPreview> {
              const rate::Tariff tariff(rate::LoadSchedules(tx));
              REEVE_ASSIGN_OR_RETURN(const Subject subject,
                                     LoadSubject(tx, command.correction, Hold::kNothing));
              REEVE_ASSIGN_OR_RETURN(const RebillPlan plan,
                                     PlanRebill(tx, call, command, subject, tariff, zone_));
              return ToPreview(subject, plan, tariff, call.today);
            });
      });
}

grpc::ServerUnaryReactor* RebillService::RebillBill(grpc::CallbackServerContext* context,
                                                    const v1::RebillBillRequest* request,
                                                    v1::Rebill* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RebillBillRequest& request) -> Result<v1::Rebill> {
        REEVE_ASSIGN_OR_RETURN(const RebillCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Rebill(change, command, zone_, cancelled_, rebilled_);
        });
      });
}

grpc::ServerUnaryReactor* RebillService::ListCancellations(
    grpc::CallbackServerContext* context, const v1::ListCancellationsRequest* request,
    v1::ListCancellationsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCancellationsRequest& request) -> Result<v1::ListCancellationsResponse> {
        Fields fields;
        const std::string query = request.open_only() ? "cancelled-open" : "cancelled";
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        v1::ListCancellationsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Listed& one :
               rebill::ListCancellations(tx, AccountId(page.AfterInt(0)), page.AfterInt(1),
                                         request.open_only(), page.size)) {
            *answer.add_cancellations() = ToProto(one.cancellation, one.replacement);
          }
        });
        if (answer.cancellations_size() == page.size) {
          const v1::Cancellation& last = answer.cancellations(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(last.account_id()), std::to_string(last.bill_id())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* RebillService::LoadRebillPolicy(
    grpc::CallbackServerContext* context, const v1::LoadRebillPolicyRequest* request,
    v1::RebillPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadRebillPolicyRequest& request) -> Result<v1::RebillPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicyCommand command, Parse(request, call.today));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Load(change, command); });
      });
}

grpc::ServerUnaryReactor* RebillService::ListRebillPolicies(
    grpc::CallbackServerContext* context, const v1::ListRebillPoliciesRequest* request,
    v1::ListRebillPoliciesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListRebillPoliciesRequest&) -> Result<v1::ListRebillPoliciesResponse> {
        v1::ListRebillPoliciesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Policy& policy : ListPolicies(tx)) *answer.add_policies() = ToProto(policy);
        });
        return answer;
      });
}

}  // namespace reeve::billing::rebill
