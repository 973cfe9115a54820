#include "services/billing/adjustment/adjustment_service.h"

#include <limits>
#include <utility>

#include "services/billing/adjustment/adjustment_store.h"
#include "services/billing/adjustment/adjustment_wire_service.h"
#include "services/billing/adjustment/leak_store.h"
#include "services/billing/adjustment/limit_store.h"
#include "services/billing/adjustment/monthly_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/receivable/books_store.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/receivable/taker_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::adjustment {
namespace {

using receivable::Books;
using receivable::OpenBooks;

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kBegin = std::numeric_limits<std::int64_t>::min();

Error AccountUnknown() {
  return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
}
Error AdjustmentUnknown() {
  return NotFound(reason::kAdjustmentUnknown, "The account has no such adjustment.");
}
Error NotProposed() {
  return FailedPrecondition(reason::kNotProposed, "It does not wait for a second person.");
}

// A plan with the books as they are without it.
struct Planned {
  Books before;
  Plan plan;
  std::vector<LeakLine> leak;
  std::vector<MonthlyLine> monthly;
};

Actor ActorOf(db::Transaction& tx, const Call& call, AccountId account, const Type& type) {
  const PersonId person = call.caller.person;
  return {person,
          LimitOf(type.limits, [&](const std::string& permission) { return call.May(permission); }),
          PostedAlone(tx, account, person, call.today.PlusDays(-type.limit_days)),
          receivable::HasTakenPayment(tx, account, person, call.today.PlusDays(-type.taker_days))};
}

// A version is never deleted: an adjustment's is there.
Type TypeOf(db::Transaction& tx, const Adjustment& adjustment) {
  return FindType(tx, adjustment.type_code, adjustment.type_date).value();
}

// What the bills of a leak are credited; nothing for a type of another kind.
Result<std::vector<LeakLine>> LeakOf(db::Transaction& tx, const Type& type, const Entered& entered,
                                     Date today) {
  if (!type.leak && entered.leak_bill_ids.empty()) return std::vector<LeakLine>();
  if (!type.leak || entered.leak_bill_ids.empty()) {
    return InvalidArgument({{"adjustment.leak_bill_ids",
                             type.leak ? "are required by this type" : "are not of this type"}});
  }
  const AccountId account = entered.adjustment.account;
  const std::optional<std::vector<LeakBill>> bills =
      LoadLeakBills(tx, account, type.service, entered.leak_bill_ids);
  if (!bills) {
    return FailedPrecondition(reason::kLeakBills,
                              "A bill is not posted, or has no use of the service.");
  }
  return PriceLeak(*type.leak, type.service, rate::Tariff(rate::LoadSchedules(tx)), *bills,
                   LoadHistory(tx, account, type.service, entered.leak_bill_ids),
                   EarlierAdjustments(tx, account, type.code), today);
}

// What the bills of a proven time are credited; nothing for a type of another kind.
Result<std::vector<MonthlyLine>> MonthsOf(db::Transaction& tx, const Type& type,
                                          const Entered& entered) {
  if (!type.monthly && !entered.proven) return std::vector<MonthlyLine>();
  if (!type.monthly || !entered.proven) {
    return InvalidArgument({{"adjustment.proven_from_date",
                             type.monthly ? "is required by this type" : "is not of this type"}});
  }
  const AccountId account = entered.adjustment.account;
  return CreditMonths(*type.monthly, *entered.proven, LoadMonthBills(tx, account, type.service),
                      CreditedBills(tx, account, type.code));
}

// Plans what a person has entered, on these books.
Result<Planned> PlanPost(db::Transaction& tx, const Call& call, const Entered& entered,
                         Books books) {
  Adjustment adjustment = entered.adjustment;
  std::optional<Type> type = TypeInForce(tx, adjustment.type_code, call.today);
  if (!type) return NotFound(reason::kTypeUnknown, "No such type is in force.");
  REEVE_ASSIGN_OR_RETURN(std::vector<LeakLine> leak, LeakOf(tx, *type, entered, call.today));
  if (type->leak) {
    REEVE_ASSIGN_OR_RETURN(adjustment.amount,
                           Sum(leak, [](const LeakLine& line) { return line.amount; }));
    adjustment.basis = BasisText(leak);
  }
  REEVE_ASSIGN_OR_RETURN(std::vector<MonthlyLine> monthly, MonthsOf(tx, *type, entered));
  if (type->monthly) {
    REEVE_ASSIGN_OR_RETURN(adjustment.amount,
                           Sum(monthly, [](const MonthlyLine& line) { return line.amount; }));
    adjustment.basis = BasisText(*entered.proven, monthly);
  }
  adjustment.adjustment_no = NextNo(tx, adjustment.account);
  adjustment.type_date = type->effective_date;
  adjustment.entered_date = call.today;
  adjustment.entered_by = call.caller.person;
  Verdict verdict = ExamineNew(*type, adjustment, HasService(tx, adjustment.account, type->service),
                               ActorOf(tx, call, adjustment.account, *type));
  for (const LeakLine& line : leak) verdict.lines.push_back({"LEAK", true, FindingOf(line)});
  if (type->monthly)
    verdict.lines.push_back({"TIME", true, FindingOf(*type->monthly, *entered.proven)});
  for (const MonthlyLine& line : monthly) verdict.lines.push_back({"MONTH", true, FindingOf(line)});
  adjustment.state = verdict.needs_second_person ? State::kProposed : State::kPosted;
  if (!verdict.needs_second_person) adjustment.posted_date = call.today;
  Books after = books;
  REEVE_RETURN_IF_ERROR(
      Post(*type, adjustment, call.today, receivable::PolicyInForce(tx, call.today), after));
  const Money balance = books.Balance();
  return Planned{std::move(books),
                 {Act::kPost, *std::move(type), std::move(adjustment), std::move(verdict), balance,
                  after.Balance(), std::move(after)},
                 std::move(leak),
                 std::move(monthly)};
}

Result<Planned> PlanApproval(db::Transaction& tx, const Call& call, Adjustment adjustment,
                             Books books) {
  const std::optional<State> next = After(adjustment.state, Event::kApprove);
  if (!next) return NotProposed();
  Type type = TypeOf(tx, adjustment);
  Verdict verdict = ExamineApproval(type, adjustment, ActorOf(tx, call, adjustment.account, type));
  adjustment.state = *next;
  adjustment.decided_by = call.caller.person;
  adjustment.posted_date = call.today;
  Books after = books;
  REEVE_RETURN_IF_ERROR(
      Post(type, adjustment, call.today, receivable::PolicyInForce(tx, call.today), after));
  const Money balance = books.Balance();
  return Planned{std::move(books),
                 {Act::kApprove, std::move(type), std::move(adjustment), std::move(verdict),
                  balance, after.Balance(), std::move(after)},
                 {},
                 {}};
}

// What a reversal needs of the books besides the open charges.
struct Traces {
  std::vector<receivable::AllocationRow> allocations;
  std::vector<receivable::AllocationRow> credit_uses;
  std::vector<std::int64_t> charge_ids;
};
Traces TracesOf(db::Transaction& tx, const Type& type, const Adjustment& adjustment) {
  Traces traces;
  if (type.effect == Effect::kCharge) {
    traces.charge_ids = {ChargeIdOf(adjustment.account, adjustment.adjustment_no)};
    return traces;
  }
  traces.allocations = receivable::AllocationsOf(
      tx, adjustment.account, EntryIdOf(adjustment.account, adjustment.adjustment_no));
  traces.credit_uses = receivable::CreditUses(tx, adjustment.account);
  for (const auto* rows : {&traces.allocations, &traces.credit_uses}) {
    for (const receivable::AllocationRow& row : *rows) traces.charge_ids.push_back(row.charge_id);
  }
  return traces;
}

Result<Planned> PlanReversal(db::Transaction& tx, const Call& call, const Type& type,
                             Adjustment adjustment, const Traces& traces, Books books) {
  for (const receivable::AllocationRow& row : traces.allocations) {
    // What it gave stayed when the fee was taken back, and is owed no more.
    if (!IsOfReversedLateFee(tx, adjustment.account, row.charge_id)) continue;
    return FailedPrecondition(reason::kLateFeeReversed,
                              "It credited a late fee that was taken back since.");
  }
  Verdict verdict = ExamineReversal(type, adjustment, ActorOf(tx, call, adjustment.account, type));
  adjustment.state = State::kReversed;
  adjustment.reversed_date = call.today;
  adjustment.reversed_by = call.caller.person;
  Books after = books;
  REEVE_RETURN_IF_ERROR(Reverse(type, adjustment, call.today,
                                receivable::PolicyInForce(tx, call.today), traces.allocations,
                                traces.credit_uses, after));
  const Money balance = books.Balance();
  return Planned{std::move(books),
                 {Act::kReverse, type, std::move(adjustment), std::move(verdict), balance,
                  after.Balance(), std::move(after)},
                 {},
                 {}};
}

// The first rule that does not hold; then STALE, if the plan is not the one that was looked at.
Result<> Check(const Plan& plan, const std::string& digest, Date today) {
  if (plan.verdict.refusal) return *plan.verdict.refusal;
  if (DigestOf(plan, today) != digest) {
    return FailedPrecondition(::reeve::reason::kStale,
                              "Something has changed since the preview: look again.");
  }
  return Ok();
}

// Puts a plan on the books.
void SavePlan(command::Change& change, OpenBooks& open, Plan& plan) {
  open.books = std::move(plan.books);
  receivable::FollowUp(change, open, Money(), "");
  const Books* changed[] = {&open.books};
  receivable::SaveBooks(change.tx(), changed, change.call().now);
}

void Count(command::Change& change, Meters& meters, State state) {
  change.AfterCommit([&meters, state] { meters.Reached(kStateName(state)); });
}

Result<v1::Adjustment> Enter(command::Change& change, const PostCommand& command, Meters& meters) {
  db::Transaction& tx = change.tx();
  std::optional<OpenBooks> open =
      receivable::LockBooksFor(tx, command.entered.adjustment.account, {});
  if (!open) return AccountUnknown();
  REEVE_ASSIGN_OR_RETURN(Planned planned,
                         PlanPost(tx, change.call(), command.entered, open->books));
  REEVE_RETURN_IF_ERROR(Check(planned.plan, command.digest, change.call().today));
  // After this point it must succeed.
  const Adjustment& adjustment = planned.plan.adjustment;
  InsertAdjustment(tx, adjustment);
  AuditRow(change, kKeptAdjustment, planned.plan.verdict.needs_second_person ? "propose" : "post",
           "", CellsOfAdjustment(adjustment));
  Count(change, meters, adjustment.state);
  v1::Adjustment answer = ToProto(adjustment);
  if (!planned.plan.verdict.needs_second_person) SavePlan(change, *open, planned.plan);
  return answer;
}

// Saves what has become of an adjustment; `before` is its row text before.
v1::Adjustment Save(command::Change& change, std::string action, std::string before,
                    const Adjustment& adjustment, Meters& meters) {
  SaveAdjustment(change.tx(), adjustment);
  AuditRow(change, kKeptAdjustment, action, std::move(before), CellsOfAdjustment(adjustment));
  Count(change, meters, adjustment.state);
  return ToProto(adjustment);
}

std::string TextOf(const Adjustment& adjustment) {
  return RowText(kKeptAdjustment, CellsOfAdjustment(adjustment));
}

Result<v1::Adjustment> Approve(command::Change& change, const ApproveCommand& command,
                               Meters& meters) {
  db::Transaction& tx = change.tx();
  std::optional<OpenBooks> open = receivable::LockBooksFor(tx, command.account, {});
  const std::optional<Adjustment> found =
      open ? FindAdjustment(tx, command.account, command.adjustment_no) : std::nullopt;
  if (!found) return AdjustmentUnknown();
  REEVE_ASSIGN_OR_RETURN(Planned planned, PlanApproval(tx, change.call(), *found, open->books));
  REEVE_RETURN_IF_ERROR(Check(planned.plan, command.digest, change.call().today));
  // After this point it must succeed.
  v1::Adjustment answer = Save(change, "approve", TextOf(*found), planned.plan.adjustment, meters);
  SavePlan(change, *open, planned.plan);
  return answer;
}

// Declined or withdrawn: nothing comes on the books. Whoever proposed it may only withdraw it,
// everybody else may only decline it.
template <class Command>
Result<v1::Adjustment> Drop(command::Change& change, const Command& command, Event event,
                            std::string action, Meters& meters) {
  db::Transaction& tx = change.tx();
  const PersonId caller = change.call().caller.person;
  const std::optional<OpenBooks> open = receivable::LockBooksFor(tx, command.account, {});
  std::optional<Adjustment> adjustment =
      open ? FindAdjustment(tx, command.account, command.adjustment_no) : std::nullopt;
  if (!adjustment) return AdjustmentUnknown();
  const std::optional<State> next = After(adjustment->state, event);
  if (!next) return NotProposed();
  if (event == Event::kDecline && caller == adjustment->entered_by) {
    return PermissionDenied(reason::kSamePerson, "Whoever proposed it may withdraw it.");
  }
  if (event == Event::kWithdraw && caller != adjustment->entered_by) {
    return PermissionDenied(reason::kNotYourProposal, "Somebody else proposed it.");
  }
  std::string before = TextOf(*adjustment);
  adjustment->state = *next;
  adjustment->decision = command.decision;
  if (event == Event::kDecline) adjustment->decided_by = caller;
  return Save(change, std::move(action), std::move(before), *adjustment, meters);
}

// The adjustment that is to be taken back, with what its books must know.
struct Posted {
  Adjustment adjustment;
  Type type;
  Traces traces;
};
Result<Posted> FindPosted(db::Transaction& tx, const OfAdjustment& of) {
  std::optional<Adjustment> found = FindAdjustment(tx, of.account, of.adjustment_no);
  if (!found) return AdjustmentUnknown();
  if (!After(found->state, Event::kReverse)) {
    return FailedPrecondition(reason::kNotPosted, "It is not on the books, or was taken back.");
  }
  Type type = TypeOf(tx, *found);
  Traces traces = TracesOf(tx, type, *found);
  return Posted{*std::move(found), std::move(type), std::move(traces)};
}

Result<v1::Adjustment> TakeBack(command::Change& change, const ReverseCommand& command,
                                Meters& meters) {
  db::Transaction& tx = change.tx();
  // The account's row is held first; only then is what depends on it read.
  if (!receivable::LockBooksFor(tx, command.account, {})) return AdjustmentUnknown();
  REEVE_ASSIGN_OR_RETURN(const Posted posted, FindPosted(tx, command));
  std::optional<OpenBooks> open =
      receivable::LockBooksFor(tx, command.account, posted.traces.charge_ids);
  REEVE_ASSIGN_OR_RETURN(
      Planned planned,
      PlanReversal(tx, change.call(), posted.type, posted.adjustment, posted.traces, open->books));
  REEVE_RETURN_IF_ERROR(Check(planned.plan, command.digest, change.call().today));
  // After this point it must succeed.
  planned.plan.adjustment.reversal_reason = command.reason;
  v1::Adjustment answer =
      Save(change, "reverse", TextOf(posted.adjustment), planned.plan.adjustment, meters);
  SavePlan(change, *open, planned.plan);
  return answer;
}

Result<v1::AdjustmentPreview> PreviewPost(db::Transaction& tx, const Call& call,
                                          const Entered& entered) {
  std::optional<Books> books = receivable::ReadBooks(tx, entered.adjustment.account);
  if (!books) return AccountUnknown();
  REEVE_ASSIGN_OR_RETURN(const Planned planned, PlanPost(tx, call, entered, *std::move(books)));
  v1::AdjustmentPreview preview = ToProto(planned.plan, planned.before, call.today);
  for (const LeakLine& line : planned.leak) *preview.add_leak_credits() = ToProto(line);
  for (const MonthlyLine& line : planned.monthly) *preview.add_monthly_credits() = ToProto(line);
  return preview;
}

Result<v1::AdjustmentPreview> PreviewApprove(db::Transaction& tx, const Call& call,
                                             const OfAdjustment& of) {
  std::optional<Adjustment> found = FindAdjustment(tx, of.account, of.adjustment_no);
  if (!found) return AdjustmentUnknown();
  std::optional<Books> books = receivable::ReadBooks(tx, of.account);
  REEVE_ASSIGN_OR_RETURN(const Planned planned,
                         PlanApproval(tx, call, *std::move(found), *std::move(books)));
  return ToProto(planned.plan, planned.before, call.today);
}

Result<v1::AdjustmentPreview> PreviewReverse(db::Transaction& tx, const Call& call,
                                             const OfAdjustment& of) {
  REEVE_ASSIGN_OR_RETURN(const Posted posted, FindPosted(tx, of));
  std::optional<Books> books = receivable::ReadBooks(tx, of.account, posted.traces.charge_ids);
  REEVE_ASSIGN_OR_RETURN(
      const Planned planned,
      PlanReversal(tx, call, posted.type, posted.adjustment, posted.traces, *std::move(books)));
  return ToProto(planned.plan, planned.before, call.today);
}

}  // namespace

Meters::Meters(obs::Metrics& metrics)
    : adjustments_(metrics.NewCounterByLabel(
          "adjustments_total", "Adjustments that reached a state.", "state", kStateName.names())) {}

grpc::ServerUnaryReactor* AdjustmentService::LoadAdjustmentType(
    grpc::CallbackServerContext* context, const v1::LoadAdjustmentTypeRequest* request,
    v1::AdjustmentType* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadAdjustmentTypeRequest& request) -> Result<v1::AdjustmentType> {
        REEVE_ASSIGN_OR_RETURN(const LoadTypeCommand command, Parse(request));
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::AdjustmentType> {
              Type type = command.type;
              type.loaded_by = call.caller.person;
              if (FindType(change.tx(), type.code, type.effective_date)) {
                return AlreadyExists(reason::kTypeExists,
                                     "This type is loaded from that day on already.");
              }
              if (type.effective_date < call.today && HasType(change.tx(), type.code)) {
                return FailedPrecondition(reason::kTypeBackdated,
                                          "What was in force on a day that is past stays.");
              }
              InsertType(change.tx(), type);
              AuditRow(change, kKeptType, "load", "", CellsOfType(type));
              if (type.leak) {
                AuditRow(change, kKeptLeakRule, "load", "",
                         CellsOfLeakRule(type.code, type.effective_date, *type.leak));
              }
              if (type.monthly) {
                AuditRow(change, kKeptMonthlyRule, "load", "",
                         CellsOfMonthlyRule(type.code, type.effective_date, *type.monthly));
              }
              return ToProto(type);
            });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::ListAdjustmentTypes(
    grpc::CallbackServerContext* context, const v1::ListAdjustmentTypesRequest* request,
    v1::ListAdjustmentTypesResponse* response) {
  return server_.Handle(context, request, response,
                        [this](const Call& call, const v1::ListAdjustmentTypesRequest& request)
                            -> Result<v1::ListAdjustmentTypesResponse> {
                          Fields fields;
                          const rpc::Page page = rpc::ParsePage(fields, request.page_size(),
                                                                request.page_token(), "types", 2);
                          if (!fields.ok()) return fields.error();
                          const std::string code = page.after.empty() ? "" : page.after[0];
                          const std::string date = page.after.empty() ? "" : page.after[1];
                          v1::ListAdjustmentTypesResponse answer;
                          database_.Read(call.deadline, [&](db::Transaction& tx) {
                            answer.Clear();
                            for (const Type& type : ListTypes(tx, code, date, page.size)) {
                              *answer.add_types() = ToProto(type);
                            }
                          });
                          if (answer.types_size() == page.size) {
                            const v1::AdjustmentType& last = answer.types(page.size - 1);
                            answer.set_next_page_token(
                                rpc::NextPageToken("types", {last.code(), last.effective_date()}));
                          }
                          return answer;
                        });
}

grpc::ServerUnaryReactor* AdjustmentService::PreviewAdjustment(
    grpc::CallbackServerContext* context, const v1::PreviewAdjustmentRequest* request,
    v1::AdjustmentPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewAdjustmentRequest& request) -> Result<v1::AdjustmentPreview> {
        REEVE_ASSIGN_OR_RETURN(const Entered entered, Parse(request));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) { return PreviewPost(tx, call, entered); });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::PostAdjustment(
    grpc::CallbackServerContext* context, const v1::PostAdjustmentRequest* request,
    v1::Adjustment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::PostAdjustmentRequest& request) -> Result<v1::Adjustment> {
        REEVE_ASSIGN_OR_RETURN(const PostCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Enter(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::PreviewApproval(
    grpc::CallbackServerContext* context, const v1::PreviewApprovalRequest* request,
    v1::AdjustmentPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewApprovalRequest& request) -> Result<v1::AdjustmentPreview> {
        REEVE_ASSIGN_OR_RETURN(const OfAdjustment of, Parse(request));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) { return PreviewApprove(tx, call, of); });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::ApproveAdjustment(
    grpc::CallbackServerContext* context, const v1::ApproveAdjustmentRequest* request,
    v1::Adjustment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ApproveAdjustmentRequest& request) -> Result<v1::Adjustment> {
        REEVE_ASSIGN_OR_RETURN(const ApproveCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Approve(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::DeclineAdjustment(
    grpc::CallbackServerContext* context, const v1::DeclineAdjustmentRequest* request,
    v1::Adjustment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::DeclineAdjustmentRequest& request) -> Result<v1::Adjustment> {
        REEVE_ASSIGN_OR_RETURN(const DeclineCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Drop(change, command, Event::kDecline, "decline", meters_);
        });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::WithdrawAdjustment(
    grpc::CallbackServerContext* context, const v1::WithdrawAdjustmentRequest* request,
    v1::Adjustment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::WithdrawAdjustmentRequest& request) -> Result<v1::Adjustment> {
        REEVE_ASSIGN_OR_RETURN(const WithdrawCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Drop(change, command, Event::kWithdraw, "withdraw", meters_);
        });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::PreviewReversal(
    grpc::CallbackServerContext* context, const v1::PreviewReversalRequest* request,
    v1::AdjustmentPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewReversalRequest& request) -> Result<v1::AdjustmentPreview> {
        REEVE_ASSIGN_OR_RETURN(const OfAdjustment of, Parse(request));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) { return PreviewReverse(tx, call, of); });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::ReverseAdjustment(
    grpc::CallbackServerContext* context, const v1::ReverseAdjustmentRequest* request,
    v1::Adjustment* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ReverseAdjustmentRequest& request) -> Result<v1::Adjustment> {
        REEVE_ASSIGN_OR_RETURN(const ReverseCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return TakeBack(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::ListAdjustments(
    grpc::CallbackServerContext* context, const v1::ListAdjustmentsRequest* request,
    v1::ListAdjustmentsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListAdjustmentsRequest& request) -> Result<v1::ListAdjustmentsResponse> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        const std::string query = "adjustments/" + account.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListAdjustmentsResponse> {
              if (!receivable::ReadBooks(tx, account)) return AccountUnknown();
              v1::ListAdjustmentsResponse answer;
              for (const Adjustment& adjustment :
                   adjustment::ListAdjustments(tx, account, page.AfterInt(0, kEnd), page.size)) {
                *answer.add_adjustments() = ToProto(adjustment);
              }
              if (answer.adjustments_size() == page.size) {
                const v1::Adjustment& last = answer.adjustments(page.size - 1);
                answer.set_next_page_token(
                    rpc::NextPageToken(query, {std::to_string(last.adjustment_no())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* AdjustmentService::ListProposedAdjustments(
    grpc::CallbackServerContext* context, const v1::ListProposedAdjustmentsRequest* request,
    v1::ListProposedAdjustmentsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListProposedAdjustmentsRequest& request)
          -> Result<v1::ListProposedAdjustmentsResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "proposals", 2);
        if (!fields.ok()) return fields.error();
        v1::ListProposedAdjustmentsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Adjustment& adjustment : ListProposals(tx, AccountId(page.AfterInt(0, kBegin)),
                                                            page.AfterInt(1, kBegin), page.size)) {
            *answer.add_adjustments() = ToProto(adjustment);
          }
        });
        if (answer.adjustments_size() == page.size) {
          const v1::Adjustment& last = answer.adjustments(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              "proposals",
              {std::to_string(last.account_id()), std::to_string(last.adjustment_no())}));
        }
        return answer;
      });
}

}  // namespace reeve::billing::adjustment
