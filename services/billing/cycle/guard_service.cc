#include "services/billing/cycle/guard_service.h"

#include <algorithm>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/change_store.h"
#include "services/billing/cycle/cycle_service.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/duty_store.h"
#include "services/billing/cycle/guard_policy_service.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "shared/core/decimal.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kFindingNoMax = 1'000'000;
constexpr int kCycleMax = 31;
constexpr std::size_t kServiceNameMax = 30;

struct RecordCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.GuardService/RecordControlTotal";
  std::string request_id;
  ControlTotal control;

  std::int64_t home() const { return control.cycle; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("cycle", control.cycle)
                         .Add("period_end_date", control.period_end.ToString())
                         .Add("service", control.service)
                         .Add("quantity_thousandths", control.quantity_thousandths)
                         .Add("source", control.source));
  }
};

struct AcknowledgeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.GuardService/AcknowledgeFinding";
  std::string request_id;
  std::int64_t cycle_id = 0;
  std::int64_t finding_no = 0;
  std::string reason;

  std::int64_t home() const { return cycle_id; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("cycle_id", cycle_id)
                         .Add("finding_no", finding_no)
                         .Add("reason", reason));
  }
};

Result<RecordCommand> Parse(const v1::RecordControlTotalRequest& request) {
  Fields fields;
  RecordCommand command;
  command.request_id = fields.RequestId(request.request_id());
  const v1::ControlTotal& message = request.control_total();
  ControlTotal& control = command.control;
  control.cycle =
      static_cast<int>(fields.Range("control_total.cycle", message.cycle(), 1, kCycleMax));
  control.period_end = fields.CivilDate("control_total.period_end_date", message.period_end_date());
  control.service = fields.Text("control_total.service", message.service(), 1, kServiceNameMax);
  control.quantity_thousandths =
      fields.Range("control_total.quantity_thousandths", message.quantity_thousandths(), 1,
                   Quantity::kMaxThousandths);
  control.source = fields.Text("control_total.source", message.source(), 3, 200);
  if (message.recorded_by_person_id() != 0) {
    fields.Refuse("control_total.recorded_by_person_id", "is whoever calls");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AcknowledgeCommand> Parse(const v1::AcknowledgeFindingRequest& request) {
  Fields fields;
  AcknowledgeCommand command{fields.RequestId(request.request_id()),
                             fields.Id("cycle_id", request.cycle_id()),
                             fields.Range("finding_no", request.finding_no(), 1, kFindingNoMax),
                             fields.Text("reason", request.reason(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::ControlTotal ToProto(const ControlTotal& control) {
  v1::ControlTotal message;
  message.set_cycle(control.cycle);
  message.set_period_end_date(control.period_end.ToString());
  message.set_service(control.service);
  message.set_quantity_thousandths(control.quantity_thousandths);
  message.set_source(control.source);
  message.set_recorded_by_person_id(control.recorded_by.value());
  return message;
}

v1::CycleFinding ToProto(const KeptFinding& kept) {
  v1::CycleFinding message;
  message.set_cycle_id(kept.cycle_id);
  message.set_finding_no(kept.finding_no);
  message.set_rule(std::string(FindingRuleName(kept.finding.rule)));
  message.set_service(kept.finding.service);
  message.set_subject(kept.finding.subject);
  message.set_evidence(kept.finding.evidence);
  message.set_count(kept.finding.count);
  message.set_at_stake_cents(kept.finding.at_stake_cents);
  message.set_acknowledged_by_person_id(kept.acknowledged_by.value());
  message.set_acknowledgement(kept.acknowledgement);
  return message;
}

void AddFact(const char* name, std::string before, std::string after,
             v1::AgreementChange& message) {
  if (before == after) return;
  v1::ChangedFact& fact = *message.add_facts();
  fact.set_name(name);
  fact.set_before(std::move(before));
  fact.set_after(std::move(after));
}

v1::AgreementChange ToProto(const AgreementChange& change) {
  v1::AgreementChange message;
  message.set_account_id(change.account.value());
  message.set_agreement_id(change.agreement_id);
  message.set_service(change.service);
  const BilledBy& was = change.before;
  const BilledBy& now = change.now;
  AddFact("SCHEDULE", was.schedule_code, now.schedule_code, message);
  AddFact("QUANTITY", PrintDecimal(was.quantity_thousandths, 3, 0),
          PrintDecimal(now.quantity_thousandths, 3, 0), message);
  AddFact("METER", was.meter.meter_number, now.meter.meter_number, message);
  AddFact("METER_SIZE", was.meter.size, now.meter.size, message);
  AddFact("MULTIPLIER", PrintDecimal(was.meter.multiplier_thousandths, 3, 0),
          PrintDecimal(now.meter.multiplier_thousandths, 3, 0), message);
  AddFact("DIGITS", std::to_string(was.meter.register_digits),
          std::to_string(now.meter.register_digits), message);
  AddFact("UNIT", was.meter.unit, now.meter.unit, message);
  message.set_amount_cents(now.amount.cents());
  message.set_before_cents(was.amount.cents());
  if (change.exchange_date) message.set_exchange_date(change.exchange_date->ToString());
  message.set_exchanged_by(change.exchanged_by);
  return message;
}

template <class Words>
void AddRule(const Words& words, bool of_run, v1::ListGuardRulesResponse& answer) {
  v1::GuardRule& rule = *answer.add_rules();
  rule.set_name(std::string(words.name));
  rule.set_meaning(std::string(words.meaning));
  rule.set_hurt(std::string(words.hurt));
  rule.set_of_run(of_run);
}

Result<v1::ControlTotal> Record(command::Change& change, const RecordCommand& command) {
  db::Transaction& tx = change.tx();
  ControlTotal control = command.control;
  if (HasControlTotal(tx, control)) {
    return AlreadyExists(reason::kControlTotalExists, "The total of that day is recorded.");
  }
  for (const Kind kind : {Kind::kProduction, Kind::kDemo}) {
    const std::optional<Run> run = LockRun(tx, CycleId(control.cycle, control.period_end, kind));
    if (run && run->state != RunState::kCalculating) {
      return FailedPrecondition(reason::kCycleCalculated, "The run is calculated already.")
          .With("cycle_id", run->cycle_id);
    }
  }
  control.recorded_by = change.call().caller.person;
  InsertControlTotal(tx, control);
  AuditRow(change, kKeptControlTotal, "record", "", CellsOfControl(control));
  return ToProto(control);
}

Result<v1::CycleFinding> Acknowledge(command::Change& change, const AcknowledgeCommand& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Run> run = LockRun(tx, command.cycle_id);
  if (!run) return NotFound(reason::kCycleUnknown, "There is no such cycle run.");
  std::optional<KeptFinding> kept = LockFinding(tx, command.cycle_id, command.finding_no);
  if (!kept) return NotFound(reason::kFindingUnknown, "The run has no such finding.");
  if (kept->acknowledged_by != PersonId()) {
    return FailedPrecondition(reason::kFindingAcknowledged, "The finding is acknowledged.");
  }
  if (IsOwnRun(tx, *run, change.call().caller)) {
    return PermissionDenied(reason::kSamePerson,
                            "A finding is acknowledged by somebody who neither started the run nor "
                            "recorded or loaded what it is compared with.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptFinding, CellsOfFinding(*kept));
  kept->acknowledged_by = change.call().caller.person;
  kept->acknowledgement = command.reason;
  SaveAcknowledgement(tx, *kept);
  AuditRow(change, kKeptFinding, "acknowledge", std::move(before), CellsOfFinding(*kept));
  return ToProto(*kept);
}

}  // namespace

void KeepFindings(command::Change& change, const Run& run) {
  db::Transaction& tx = change.tx();
  const GuardPolicy policy = GuardPolicyOf(tx, run);
  std::vector<KeptFinding> kept;
  for (RunFinding& finding : JudgeRun(LoadRunFacts(tx, run), policy.run)) {
    kept.push_back({run.cycle_id, static_cast<std::int64_t>(kept.size()) + 1, std::move(finding),
                    PersonId(), ""});
    AuditRow(change, kKeptFinding, "find", "", CellsOfFinding(kept.back()));
  }
  InsertFindings(tx, kept);
  if (run.guard_policy.empty()) return;  // its policy was not kept
  change.Audit({std::string(kJudgementEntity), std::to_string(run.cycle_id), "judge", "",
                JudgementText(policy.key(), kept.size())});
}

grpc::ServerUnaryReactor* GuardService::ListGuardRules(grpc::CallbackServerContext* context,
                                                       const v1::ListGuardRulesRequest* request,
                                                       v1::ListGuardRulesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListGuardRulesRequest&) -> Result<v1::ListGuardRulesResponse> {
        v1::ListGuardRulesResponse answer;
        for (const RuleWords& words : GuardRules()) AddRule(words, false, answer);
        for (const FindingWords& words : FindingRules()) AddRule(words, true, answer);
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          *answer.mutable_in_force() = ToProto(GuardPolicyInForce(tx, call.today), true);
        });
        return answer;
      });
}

grpc::ServerUnaryReactor* GuardService::RecordControlTotal(
    grpc::CallbackServerContext* context, const v1::RecordControlTotalRequest* request,
    v1::ControlTotal* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::RecordControlTotalRequest& request) -> Result<v1::ControlTotal> {
        REEVE_ASSIGN_OR_RETURN(const RecordCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Record(change, command); });
      });
}

grpc::ServerUnaryReactor* GuardService::ListCycleFindings(
    grpc::CallbackServerContext* context, const v1::ListCycleFindingsRequest* request,
    v1::ListCycleFindingsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCycleFindingsRequest& request) -> Result<v1::ListCycleFindingsResponse> {
        Fields fields;
        fields.Id("cycle_id", request.cycle_id());
        const std::string query = "findings/" + std::to_string(request.cycle_id());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListCycleFindingsResponse> {
              if (!FindRun(tx, request.cycle_id())) {
                return NotFound(reason::kCycleUnknown, "There is no such cycle run.");
              }
              v1::ListCycleFindingsResponse answer;
              for (const KeptFinding& kept :
                   ListFindings(tx, request.cycle_id(), page.AfterInt(0), page.size)) {
                *answer.add_findings() = ToProto(kept);
              }
              if (answer.findings_size() == page.size) {
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {std::to_string(answer.findings(page.size - 1).finding_no())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* GuardService::ListCycleChanges(grpc::CallbackServerContext* context,
                                                         const v1::ListCycleChangesRequest* request,
                                                         v1::ListCycleChangesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListCycleChangesRequest& request) -> Result<v1::ListCycleChangesResponse> {
        Fields fields;
        fields.Id("cycle_id", request.cycle_id());
        const std::string query = "changes/" + std::to_string(request.cycle_id());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListCycleChangesResponse> {
              if (!FindRun(tx, request.cycle_id())) {
                return NotFound(reason::kCycleUnknown, "There is no such cycle run.");
              }
              v1::ListCycleChangesResponse answer;
              for (const AgreementChange& change :
                   ListChanges(tx, request.cycle_id(), AccountId(page.AfterInt(0)),
                               page.AfterInt(1), page.size)) {
                *answer.add_changes() = ToProto(change);
              }
              if (answer.changes_size() == page.size) {
                const v1::AgreementChange& last = answer.changes(page.size - 1);
                answer.set_next_page_token(rpc::NextPageToken(
                    query,
                    {std::to_string(last.account_id()), std::to_string(last.agreement_id())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* GuardService::AcknowledgeFinding(
    grpc::CallbackServerContext* context, const v1::AcknowledgeFindingRequest* request,
    v1::CycleFinding* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AcknowledgeFindingRequest& request) -> Result<v1::CycleFinding> {
        REEVE_ASSIGN_OR_RETURN(const AcknowledgeCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Acknowledge(change, command); });
      });
}

}  // namespace reeve::billing::cycle
