#include "services/billing/cycle/cycle_service.h"

#include <algorithm>
#include <limits>
#include <span>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/cycle/duty_store.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/cycle/register_store.h"
#include "services/billing/cycle/review_service.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/rider.h"
#include "services/billing/read/correction_store.h"
#include "services/billing/rebill/rebill_store.h"
#include "services/billing/shadow/shadow_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::cycle {
namespace {

constexpr int kCycleMax = 31;
constexpr std::int64_t kReviewSecondsMax = 86'400;
constexpr std::string_view kAfterAllDates = "9999-99-99";

struct StartCycleCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CycleService/StartCycle";
  std::string request_id;
  int cycle = 0;
  Kind kind = Kind::kProduction;
  Date period_end;
  Date due_date;

  std::int64_t cycle_id() const { return CycleId(cycle, period_end, kind); }
  std::int64_t home() const { return cycle_id(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("cycle", cycle)
                         .Add("kind", KindName(kind))
                         .Add("period_end_date", period_end.ToString())
                         .Add("due_date", due_date.ToString()));
  }
};

struct ReviewBillCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CycleService/ReviewBill";
  std::string request_id;
  AccountId account;
  std::int64_t bill_id = 0;
  BillEvent decision = BillEvent::kRelease;
  std::string reason;
  std::int64_t review_seconds = 0;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 2)
                         .Add("account_id", account.value())
                         .Add("bill_id", bill_id)
                         .Add("decision", BillEventName(decision))
                         .Add("reason", reason)
                         .Add("review_seconds", review_seconds));
  }
};

struct SignOffCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CycleService/SignOffCycle";
  std::string request_id;
  std::int64_t cycle_id = 0;
  std::int64_t total_cents = 0;

  std::int64_t home() const { return cycle_id; }
  Canonical canonical() const {
    return std::move(
        Canonical(kMethod, 1).Add("cycle_id", cycle_id).Add("total_cents", total_cents));
  }
};

struct PostCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CycleService/PostCycle";
  std::string request_id;
  std::int64_t cycle_id = 0;

  std::int64_t home() const { return cycle_id; }
  Canonical canonical() const { return std::move(Canonical(kMethod, 1).Add("cycle_id", cycle_id)); }
};

// Asked of a run that is to be started, not of one that was: its request is answered on any day.
void RefuseUntimely(Fields& fields, const StartCycleCommand& command, Date today) {
  if (command.period_end > today) fields.Refuse("period_end_date", "lies in the future");
  if (command.due_date <= today) fields.Refuse("due_date", "is not after today");
}

// Who gets the bill by mail has time to pay it.
void RefuseSoonDue(Fields& fields, const StartCycleCommand& command, Date today,
                   std::int64_t days_min) {
  const Date first = today.PlusDays(static_cast<std::int32_t>(days_min));
  if (command.due_date <= today || command.due_date >= first) return;
  fields.Refuse("due_date", "is before " + first.ToString() + ", which leaves " +
                                std::to_string(days_min) + " days to pay");
}

Result<StartCycleCommand> Parse(const v1::StartCycleRequest& request, Date today) {
  Fields fields;
  StartCycleCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.cycle = static_cast<int>(fields.Range("cycle", request.cycle(), 1, kCycleMax));
  if (request.kind() != v1::CYCLE_KIND_PRODUCTION && request.kind() != v1::CYCLE_KIND_DEMO) {
    fields.Refuse("kind", "is required");
  }
  command.kind = request.kind() == v1::CYCLE_KIND_DEMO ? Kind::kDemo : Kind::kProduction;
  command.period_end = fields.CivilDate("period_end_date", request.period_end_date());
  command.due_date = fields.CivilDate("due_date", request.due_date());
  if (!fields.ok()) {
    RefuseUntimely(fields, command, today);
    return fields.error();
  }
  return command;
}

std::optional<BillEvent> ToEvent(v1::ReviewDecision decision) {
  switch (decision) {
    case v1::REVIEW_DECISION_RELEASE:
      return BillEvent::kRelease;
    case v1::REVIEW_DECISION_CONFIRM_HOLD:
      return BillEvent::kConfirmHold;
    case v1::REVIEW_DECISION_KEEP_READS:
      return BillEvent::kKeepReads;
    case v1::REVIEW_DECISION_BILL_AS_MONTHS:
      return BillEvent::kBillAsMonths;
    default:
      return std::nullopt;
  }
}

Result<ReviewBillCommand> Parse(const v1::ReviewBillRequest& request) {
  Fields fields;
  ReviewBillCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.bill_id = fields.Id("bill_id", request.bill_id());
  if (const std::optional<BillEvent> decision = ToEvent(request.decision())) {
    command.decision = *decision;
  } else {
    fields.Refuse("decision", "is required");
  }
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  command.review_seconds =
      fields.Range("review_seconds", request.review_seconds(), 0, kReviewSecondsMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<SignOffCommand> Parse(const v1::SignOffCycleRequest& request) {
  Fields fields;
  SignOffCommand command{fields.RequestId(request.request_id()),
                         fields.Id("cycle_id", request.cycle_id()),
                         fields.Range("total_cents", request.total_cents(), 0, Money::kMaxCents)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<PostCommand> Parse(const v1::PostCycleRequest& request) {
  Fields fields;
  PostCommand command{fields.RequestId(request.request_id()),
                      fields.Id("cycle_id", request.cycle_id())};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::CycleState ToProto(RunState state) {
  switch (state) {
    case RunState::kCalculating:
      return v1::CYCLE_STATE_CALCULATING;
    case RunState::kCalculated:
      return v1::CYCLE_STATE_CALCULATED;
    case RunState::kSignedOff:
      return v1::CYCLE_STATE_SIGNED_OFF;
    case RunState::kPosting:
      return v1::CYCLE_STATE_POSTING;
    case RunState::kPosted:
      break;
  }
  return v1::CYCLE_STATE_POSTED;
}

v1::CycleRun ToProto(const Run& run) {
  v1::CycleRun message;
  message.set_cycle_id(run.cycle_id);
  message.set_cycle(run.cycle);
  message.set_kind(run.kind == Kind::kDemo ? v1::CYCLE_KIND_DEMO : v1::CYCLE_KIND_PRODUCTION);
  message.set_state(ToProto(run.state));
  message.set_period_end_date(run.period_end.ToString());
  message.set_bill_date(run.bill_date.ToString());
  message.set_due_date(run.due_date.ToString());
  message.set_agreement_count(run.agreement_count);
  message.set_started_by_person_id(run.started_by.value());
  message.set_signed_off_by_person_id(run.signed_off_by.value());
  message.set_guard_policy(run.guard_policy);
  message.set_rebilled_bill_id(run.rebilled_bill_id);
  if (run.priced_date) message.set_priced_date(run.priced_date->ToString());
  message.set_tariff_no(run.tariff_no);
  return message;
}

// Agreements of the pages that are done in the state at hand.
std::int64_t DoneCount(db::Transaction& tx, const Run& run) {
  switch (run.state) {
    case RunState::kCalculating:
      return CountAgreements(tx, run.cycle_id, PageState::kCalculated);
    case RunState::kCalculated:
    case RunState::kSignedOff:
      return run.agreement_count;
    case RunState::kPosting:
    case RunState::kPosted:
      break;
  }
  return CountAgreements(tx, run.cycle_id, PageState::kPosted);
}

// With progress, totals and the register against the run before.
v1::CycleRun ToProtoWithRegister(db::Transaction& tx, const Run& run) {
  v1::CycleRun message = ToProto(run);
  message.set_done_count(DoneCount(tx, run));
  const Totals totals = LoadTotals(tx, run.cycle_id);
  message.set_bill_count(totals.bill_count);
  message.set_total_cents(totals.total_cents);
  message.set_held_count(totals.held_count);
  message.set_held_cents(totals.held_cents);
  const FindingCounts findings = CountFindings(tx, run.cycle_id);
  message.set_finding_count(findings.all);
  message.set_open_finding_count(findings.open);
  const Register now = LoadRegister(tx, run.cycle_id);
  const Register last = LoadRegister(tx, run.previous_cycle_id);
  Register services = now;
  services.insert(last.begin(), last.end());
  for (const auto& [service, unused] : services) {
    const auto of = [&service = service](const Register& reg) {
      const auto found = reg.find(service);
      return found == reg.end() ? RegisterLine() : found->second;
    };
    v1::RegisterLine& line = *message.add_register_();
    line.set_service(service);
    line.set_agreement_count(of(now).agreement_count);
    line.set_quantity_thousandths(of(now).quantity_thousandths);
    line.set_amount_cents(of(now).amount_cents);
    line.set_last_agreement_count(of(last).agreement_count);
    line.set_last_quantity_thousandths(of(last).quantity_thousandths);
    line.set_last_amount_cents(of(last).amount_cents);
    line.set_held_agreement_count(of(now).held_agreement_count);
    line.set_held_quantity_thousandths(of(now).held_quantity_thousandths);
    line.set_held_amount_cents(of(now).held_amount_cents);
  }
  return message;
}

Error CycleUnknown() { return NotFound(reason::kCycleUnknown, "There is no such cycle run."); }

Error SamePerson(std::string message) {
  return PermissionDenied(reason::kSamePerson, std::move(message));
}

// Every schedule that the cycle needs is in force; in production, complete.
Result<> CheckSchedules(db::Transaction& tx, const StartCycleCommand& command, Date bill_date) {
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  for (const agreement::ScheduleNeed& need :
       agreement::SchedulesOfCycle(tx, command.cycle, command.period_end)) {
    const rate::Schedule* schedule = tariff.InForce(need.schedule_code, command.period_end);
    if (schedule == nullptr || schedule->service != need.service ||
        rate::MeterUnit(*schedule) != need.unit) {
      return FailedPrecondition(reason::kScheduleMissing,
                                "No version of a schedule is in force for an agreement.")
          .With("schedule_code", need.schedule_code)
          .With("service", need.service)
          .With("unit", need.unit);
    }
    // What a longer period has of days without a value is held bill by bill.
    constexpr int kDaysOfMonth = 31;
    const auto missing = rate::FindWithoutValue(
        *tariff.Find(need.schedule_code), command.period_end.PlusDays(1 - kDaysOfMonth),
        command.period_end, std::max(command.period_end, bill_date));
    if (command.kind == Kind::kProduction && missing) {
      return FailedPrecondition(reason::kRateNotLoaded,
                                "A rider or tax is named, but its value is not loaded.")
          .With("schedule_code", need.schedule_code)
          .With("component", missing->component)
          .With("rider", missing->rider)
          .With("day", missing->day.ToString());
    }
  }
  return Ok();
}

// Nothing is priced over a read that somebody must look at.
Result<> CheckReads(db::Transaction& tx, const StartCycleCommand& command) {
  const std::optional<read::Exception> waiting = read::FirstWaiting(tx, command.cycle);
  if (!waiting) return Ok();
  return FailedPrecondition(reason::kReadsWait, "The read edit list has rows of this cycle.")
      .With("account_id", waiting->account.value())
      .With("import_id", waiting->import_id)
      .With("line", waiting->line)
      .With("problem", waiting->reason);
}

// The last page is open, for an account that appears while the run is calculated.
std::vector<Page> PlanPages(std::span<const agreement::AccountRange> ranges) {
  std::vector<Page> pages;
  for (const agreement::AccountRange& range : ranges) {
    pages.push_back({static_cast<std::int64_t>(pages.size()) + 1, range.after, range.through,
                     range.agreement_count});
  }
  pages.back().through = AccountId(std::numeric_limits<std::int64_t>::max());
  return pages;
}

Result<Run> Start(command::Change& change, const StartCycleCommand& command) {
  Fields fields;
  RefuseUntimely(fields, command, change.call().today);
  db::Transaction& tx = change.tx();
  // No policy takes effect today any more.
  const GuardPolicy policy = GuardPolicyInForce(tx, change.call().today);
  RefuseSoonDue(fields, command, change.call().today, policy.run[Limit::kDueDays]);
  if (!fields.ok()) return fields.error();
  const std::optional<Run> latest = LockLatestRun(tx, command.cycle);
  if (latest && latest->period_end >= command.period_end) {
    return AlreadyExists(reason::kCycleExists, "This cycle was run to that day or beyond.")
        .With("cycle_id", latest->cycle_id);
  }
  if (latest && latest->state != RunState::kPosted) {
    return FailedPrecondition(reason::kCycleOpen, "An earlier run of this cycle is not posted.")
        .With("cycle_id", latest->cycle_id);
  }
  if (command.kind == Kind::kProduction && shadow::WaitsForGoLive(tx, command.cycle)) {
    return FailedPrecondition(reason::kNotLive, "No shadow of this cycle has gone live.");
  }
  const std::vector<agreement::AccountRange> ranges =
      agreement::RangesOfCycle(tx, command.cycle, command.period_end, CycleWork::kAgreementsOfPage);
  if (ranges.empty()) {
    return FailedPrecondition(reason::kCycleEmpty, "No agreement is in this cycle.");
  }
  const std::int64_t tariff_no = rate::LockTariff(tx);  // against an activation
  REEVE_RETURN_IF_ERROR(CheckSchedules(tx, command, change.call().today));
  REEVE_RETURN_IF_ERROR(CheckReads(tx, command));
  Run run;
  run.cycle_id = command.cycle_id();
  run.cycle = command.cycle;
  run.kind = command.kind;
  run.period_end = command.period_end;
  run.bill_date = change.call().today;
  run.due_date = command.due_date;
  run.previous_cycle_id = latest ? latest->cycle_id : 0;
  for (const agreement::AccountRange& range : ranges) run.agreement_count += range.agreement_count;
  run.started_by = change.call().caller.person;
  LockGuardPolicies(tx);  // against an activation
  run.guard_policy = GuardPolicyInForce(tx, run.bill_date).key();
  run.tariff_no = tariff_no;
  InsertRun(tx, run);
  const std::vector<Page> pages = PlanPages(ranges);
  InsertPages(tx, run.cycle_id, pages, CycleWork::kLanes);
  RowDigest laid_down;
  for (const Page& page : pages) {
    laid_down.Add(FixedCellsOf(run.cycle_id, page, CycleWork::kLanes));
  }
  AuditRow(change, kKeptRun, "start", "", CellsOfRun(run));
  change.Audit({std::string(kPagesEntity), std::to_string(run.cycle_id), "start", "",
                "rows=" + laid_down.hex()});
  return run;
}

Result<v1::Bill> AsMonths(command::Change& change, const Run& run, Bill& held,
                          const ReviewWords& words) {
  db::Transaction& tx = change.tx();
  const rate::Tariff tariff(rate::LoadSchedules(tx, run.tariff_no));
  std::optional<Bill> months = MakeMonthsBill(tx, run, tariff, GuardPolicyOf(tx, run), held);
  if (!months) {
    return FailedPrecondition(reason::kNothingToSpread,
                              "As months the bill would not be less than it is.");
  }
  // After this point it must succeed.
  SendAsMonths(change, run, {&held, 1}, {&*months, 1}, words);
  return bill::ToProto(*months);
}

// Whether the days of a run's bill wait for its next rebill, whatever is billed behind them: those
// of a bill that CancelBill has cancelled are listed until they are billed, those of one that its
// review has refused are not.
bool DaysWaitForRebill(db::Transaction& tx, const Run& run, AccountId account) {
  return run.IsRebill() && rebill::FindCancellation(tx, account, run.rebilled_bill_id).has_value();
}

Result<v1::Bill> Review(command::Change& change, const ReviewBillCommand& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Bill> seen = LoadBill(tx, command.account, command.bill_id);
  if (!seen) return NotFound(reason::kBillUnknown, "There is no such bill.");
  const Run run = LockRun(tx, seen->cycle_id).value();
  Bill bill = LockBill(tx, command.account, command.bill_id).value();
  if (!After(bill.state, command.decision))
    return FailedPrecondition(reason::kBillNotHeld, "The bill is not held.");
  const Caller& caller = change.call().caller;
  if (IsOwnRun(tx, run, caller) || AreOwnReads(tx, {&bill, 1}, caller)) {
    return SamePerson("A bill is reviewed by somebody who neither started its cycle nor read it.");
  }
  const ReviewWords words{command.reason, command.review_seconds, 0};
  if (command.decision == BillEvent::kBillAsMonths) return AsMonths(change, run, bill, words);
  if (command.decision != BillEvent::kRelease && !DaysWaitForRebill(tx, run, bill.account) &&
      IsBilledSince(tx, bill)) {
    return FailedPrecondition(reason::kBilledSince,
                              "Later days are billed already, and nobody would bill these again.");
  }
  // After this point it must succeed.
  DecideBills(change, run, {&bill, 1}, command.decision, words);
  return bill::ToProto(bill);
}

Result<v1::CycleRun> SignOff(command::Change& change, const SignOffCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.cycle_id);
  if (!run) return CycleUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kSignOff);
  if (!next) {
    return FailedPrecondition(reason::kCycleNotCalculated, "There is no register to sign.")
        .With("state", std::string(RunStateName(run->state)));
  }
  if (IsOwnRun(tx, *run, change.call().caller)) {
    return SamePerson(
        "A register is signed by somebody who neither started the run nor recorded or loaded what "
        "it is compared with.");
  }
  if (const FindingCounts findings = CountFindings(tx, run->cycle_id); findings.open > 0) {
    return FailedPrecondition(reason::kFindingsOpen, "Findings of the run are not acknowledged.")
        .With("open_count", findings.open);
  }
  if (LoadTotals(tx, run->cycle_id).total_cents != command.total_cents) {
    return Aborted(::reeve::reason::kStale, "The register has another total by now.");
  }
  std::string before = RowText(kKeptRun, CellsOfRun(*run));
  run->state = *next;
  run->signed_off_by = change.call().caller.person;
  SaveRun(tx, *run);
  AuditRow(change, kKeptRun, "sign-off", std::move(before), CellsOfRun(*run));
  change.Audit({"cycle-register", std::to_string(run->cycle_id), "sign-off", "",
                "total_cents=" + std::to_string(command.total_cents)});
  return ToProtoWithRegister(tx, *run);
}

Result<v1::CycleRun> StartPosting(command::Change& change, const PostCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.cycle_id);
  if (!run) return CycleUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kStartPosting);
  if (!next) {
    return FailedPrecondition(reason::kCycleNotSignedOff, "The register is not signed.")
        .With("state", std::string(RunStateName(run->state)));
  }
  std::string before = RowText(kKeptRun, CellsOfRun(*run));
  run->state = *next;
  SaveRun(tx, *run);
  AuditRow(change, kKeptRun, "post", std::move(before), CellsOfRun(*run));
  return ToProtoWithRegister(tx, *run);
}

}  // namespace

grpc::ServerUnaryReactor* CycleService::StartCycle(grpc::CallbackServerContext* context,
                                                   const v1::StartCycleRequest* request,
                                                   v1::CycleRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::StartCycleRequest& request) -> Result<v1::CycleRun> {
        REEVE_ASSIGN_OR_RETURN(const StartCycleCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::CycleRun> {
          REEVE_ASSIGN_OR_RETURN(const Run run, Start(change, command));
          return ToProto(run);
        });
      });
}

grpc::ServerUnaryReactor* CycleService::GetCycle(grpc::CallbackServerContext* context,
                                                 const v1::GetCycleRequest* request,
                                                 v1::CycleRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetCycleRequest& request) -> Result<v1::CycleRun> {
        Fields fields;
        fields.Id("cycle_id", request.cycle_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::CycleRun> {
              const std::optional<Run> run = FindRun(tx, request.cycle_id());
              if (!run) return CycleUnknown();
              return ToProtoWithRegister(tx, *run);
            });
      });
}

grpc::ServerUnaryReactor* CycleService::ListCycles(grpc::CallbackServerContext* context,
                                                   const v1::ListCyclesRequest* request,
                                                   v1::ListCyclesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCyclesRequest& request) -> Result<v1::ListCyclesResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "cycles", 2);
        if (!fields.ok()) return fields.error();
        const std::string before = page.after.empty() ? std::string(kAfterAllDates) : page.after[0];
        v1::ListCyclesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Run& run : ListRuns(tx, before, page.AfterInt(1), page.size)) {
            *answer.add_cycles() = ToProto(run);
          }
        });
        if (answer.cycles_size() == page.size) {
          const v1::CycleRun& last = answer.cycles(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              "cycles", {last.period_end_date(), std::to_string(last.cycle_id())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* CycleService::ListHeldBills(grpc::CallbackServerContext* context,
                                                      const v1::ListHeldBillsRequest* request,
                                                      v1::ListHeldBillsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListHeldBillsRequest& request) -> Result<v1::ListHeldBillsResponse> {
        Fields fields;
        fields.Id("cycle_id", request.cycle_id());
        const std::string query = "held/" + std::to_string(request.cycle_id());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListHeldBillsResponse> {
              if (!FindRun(tx, request.cycle_id())) return CycleUnknown();
              v1::ListHeldBillsResponse answer;
              for (const Bill& bill : cycle::ListHeldBills(
                       tx, request.cycle_id(), AccountId(page.AfterInt(0)), page.size)) {
                *answer.add_bills() = bill::ToProto(bill);
              }
              if (answer.bills_size() == page.size) {
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {std::to_string(answer.bills(page.size - 1).account_id())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* CycleService::ReviewBill(grpc::CallbackServerContext* context,
                                                   const v1::ReviewBillRequest* request,
                                                   v1::Bill* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ReviewBillRequest& request) -> Result<v1::Bill> {
        REEVE_ASSIGN_OR_RETURN(const ReviewBillCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Review(change, command); });
      });
}

grpc::ServerUnaryReactor* CycleService::SignOffCycle(grpc::CallbackServerContext* context,
                                                     const v1::SignOffCycleRequest* request,
                                                     v1::CycleRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SignOffCycleRequest& request) -> Result<v1::CycleRun> {
        REEVE_ASSIGN_OR_RETURN(const SignOffCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return SignOff(change, command); });
      });
}

grpc::ServerUnaryReactor* CycleService::PostCycle(grpc::CallbackServerContext* context,
                                                  const v1::PostCycleRequest* request,
                                                  v1::CycleRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::PostCycleRequest& request) -> Result<v1::CycleRun> {
        REEVE_ASSIGN_OR_RETURN(const PostCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return StartPosting(change, command); });
      });
}

}  // namespace reeve::billing::cycle
