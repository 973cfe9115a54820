#include "services/billing/winter/winter_service.h"

#include <algorithm>

#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/winter/winter_store.h"
#include "shared/core/canonical.h"
#include "shared/core/fields.h"
#include "shared/core/quantity.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::winter {
namespace {

constexpr std::int64_t kAgreementsOfPage = 400;            // each makes a row and an audit entry
constexpr std::int64_t kTotalMax = 1'000'000'000'000'000;  // thousandths

struct LoadRuleCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.WinterAverageService/LoadWinterRule";
  std::string request_id;
  Rule rule;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("schedule_code", rule.schedule_code)
                         .Add("effective_date", rule.effective_date.ToString())
                         .Add("citation", rule.citation)
                         .Add("source_service", rule.source_service)
                         .Add("first_month", rule.first_month)
                         .Add("last_month", rule.last_month)
                         .Add("day_count_min", rule.day_count_min)
                         .Add("month_days_hundredths", rule.month_days_hundredths)
                         .Add("step", rule.step_thousandths)
                         .Add("cap", rule.cap_thousandths)
                         .Add("default", rule.default_thousandths)
                         .Add("vacant", rule.vacant_thousandths)
                         .Add("leak_hundredths", rule.leak_hundredths)
                         .Add("rise_hundredths", rule.rise_hundredths));
  }
};

// The default for 0, so that a rule says by what its averages were held.
std::int64_t RatioOf(Fields& fields, const char* name, std::int64_t hundredths,
                     std::int64_t otherwise) {
  if (hundredths == 0) return otherwise;
  return fields.Range(name, hundredths, kWinterRatioMin, kWinterRatioMax);
}

Result<LoadRuleCommand> Parse(const v1::LoadWinterRuleRequest& request) {
  Fields fields;
  LoadRuleCommand command{fields.RequestId(request.request_id()), {}};
  const v1::WinterRule& message = request.rule();
  Rule& rule = command.rule;
  constexpr std::int64_t kMax = Quantity::kMaxThousandths;
  rule.schedule_code = fields.Text("rule.schedule_code", message.schedule_code(), 1, 40);
  rule.effective_date = fields.CivilDate("rule.effective_date", message.effective_date());
  rule.citation = fields.Text("rule.citation", message.citation(), 3, 300);
  rule.source_service = fields.Text("rule.source_service", message.source_service(), 0, 40);
  rule.first_month =
      static_cast<int>(fields.Range("rule.first_month", message.first_month(), 1, 12));
  rule.last_month = static_cast<int>(fields.Range("rule.last_month", message.last_month(), 1, 12));
  rule.day_count_min =
      static_cast<int>(fields.Range("rule.day_count_min", message.day_count_min(), 1, 366));
  rule.month_days_hundredths =
      fields.Range("rule.month_days_hundredths", message.month_days_hundredths(), 0, 3'100);
  rule.step_thousandths = fields.Range("rule.step_thousandths", message.step_thousandths(), 1,
                                       1'000 * Quantity::kScale);
  rule.cap_thousandths = fields.Range("rule.cap_thousandths", message.cap_thousandths(), 0, kMax);
  rule.default_thousandths =
      fields.Range("rule.default_thousandths", message.default_thousandths(), 0, kMax);
  rule.vacant_thousandths =
      fields.Range("rule.vacant_thousandths", message.vacant_thousandths(), -1, kMax);
  rule.leak_hundredths =
      RatioOf(fields, "rule.leak_hundredths", message.leak_hundredths(), kLeakHundredths);
  rule.rise_hundredths =
      RatioOf(fields, "rule.rise_hundredths", message.rise_hundredths(), kRiseHundredths);
  if (!fields.ok()) return fields.error();
  return command;
}

struct StartCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.WinterAverageService/StartWinterRun";
  std::string request_id;
  std::string schedule_code;
  int winter_year = 0;
  Date effective_date;

  std::int64_t run_id() const {
    return DerivedId("winter-run", schedule_code + "/" + std::to_string(winter_year) + "/" +
                                       effective_date.ToString());
  }
  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("schedule_code", schedule_code)
                         .Add("winter_year", winter_year)
                         .Add("effective_date", effective_date.ToString()));
  }
};

Result<StartCommand> Parse(const v1::StartWinterRunRequest& request) {
  Fields fields;
  StartCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.schedule_code = fields.Text("schedule_code", request.schedule_code(), 1, 40);
  command.winter_year =
      static_cast<int>(fields.Range("winter_year", request.winter_year(), 2000, 9998));
  command.effective_date = fields.CivilDate("effective_date", request.effective_date());
  if (!fields.ok()) return fields.error();
  return command;
}

struct AdvanceCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.WinterAverageService/AdvanceWinterRun";
  std::string request_id;
  std::int64_t run_id = 0;

  std::int64_t home() const { return run_id; }
  Canonical canonical() const { return std::move(Canonical(kMethod, 1).Add("run_id", run_id)); }
};

Result<AdvanceCommand> Parse(const v1::AdvanceWinterRunRequest& request) {
  Fields fields;
  AdvanceCommand command{fields.RequestId(request.request_id()),
                         fields.Id("run_id", request.run_id())};
  if (!fields.ok()) return fields.error();
  return command;
}

struct DecideCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.WinterAverageService/DecideWinterAverage";
  std::string request_id;
  std::int64_t run_id = 0;
  AccountId account;
  std::int64_t agreement_id = 0;
  Decision decision = Decision::kComputed;
  std::int64_t quantity_thousandths = 0;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("run_id", run_id)
                         .Add("account_id", account.value())
                         .Add("agreement_id", agreement_id)
                         .Add("decision", DecisionName(decision))
                         .Add("quantity_thousandths", quantity_thousandths)
                         .Add("reason", reason));
  }
};

Result<DecideCommand> Parse(const v1::DecideWinterAverageRequest& request) {
  Fields fields;
  DecideCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.run_id = fields.Id("run_id", request.run_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.agreement_id = fields.Id("agreement_id", request.agreement_id());
  if (request.decision() < v1::WINTER_DECISION_COMPUTED ||
      request.decision() > v1::WINTER_DECISION_OTHER) {
    fields.Refuse("decision", "is required");
  } else {
    command.decision = static_cast<Decision>(request.decision() - v1::WINTER_DECISION_COMPUTED);
  }
  const bool other = request.decision() == v1::WINTER_DECISION_OTHER;
  command.quantity_thousandths =
      fields.Range("quantity_thousandths", request.quantity_thousandths(), other ? 1 : 0,
                   other ? Quantity::kMaxThousandths : 0);
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

struct SignCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.WinterAverageService/SignWinterRun";
  std::string request_id;
  std::int64_t run_id = 0;
  std::int64_t total_thousandths = 0;

  std::int64_t home() const { return run_id; }
  Canonical canonical() const {
    return std::move(
        Canonical(kMethod, 1).Add("run_id", run_id).Add("total_thousandths", total_thousandths));
  }
};

Result<SignCommand> Parse(const v1::SignWinterRunRequest& request) {
  Fields fields;
  SignCommand command{fields.RequestId(request.request_id()), fields.Id("run_id", request.run_id()),
                      fields.Range("total_thousandths", request.total_thousandths(), 0, kTotalMax)};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::WinterRun ToProto(db::Transaction& tx, const Run& run) {
  const Totals totals = LoadTotals(tx, run.run_id);
  v1::WinterRun message;
  message.set_run_id(run.run_id);
  message.set_schedule_code(run.schedule_code);
  message.set_rule_date(run.rule_date.ToString());
  message.set_winter_year(run.winter_year);
  message.set_effective_date(run.effective_date.ToString());
  message.set_state(static_cast<v1::WinterRunState>(static_cast<int>(run.state) +
                                                    v1::WINTER_RUN_STATE_COMPUTING));
  message.set_average_count(totals.average_count);
  message.set_exception_count(totals.exception_count);
  message.set_held_count(totals.held_count);
  message.set_total_thousandths(totals.total_thousandths);
  message.set_started_by_person_id(run.started_by.value());
  message.set_signed_by_person_id(run.signed_by.value());
  return message;
}

v1::WinterAverage ToProto(const AverageRow& row) {
  v1::WinterAverage message;
  message.set_account_id(row.account.value());
  message.set_agreement_id(row.agreement_id);
  message.set_bill_count(static_cast<std::int32_t>(row.outcome.bill_count));
  message.set_day_count(static_cast<std::int32_t>(row.outcome.day_count));
  message.set_usage_thousandths(row.outcome.usage_thousandths);
  message.set_computed_thousandths(row.outcome.computed_thousandths);
  message.set_previous_thousandths(row.previous_thousandths);
  message.set_problem(row.problem);
  message.set_evidence(row.outcome.evidence);
  message.set_state(static_cast<v1::WinterAverageState>(static_cast<int>(row.state) +
                                                        v1::WINTER_AVERAGE_STATE_CLEAN));
  message.set_quantity_thousandths(row.quantity_thousandths);
  message.set_reason(row.reason);
  message.set_decided_by_person_id(row.decided_by.value());
  return message;
}

Error RunUnknown() { return NotFound(reason::kRunUnknown, "There is no such run."); }
Error RunNotComputed(const Run& run) {
  return FailedPrecondition(reason::kRunNotComputed, "The run does not wait for a signature.")
      .With("state", std::string(RunStateName(run.state)));
}

Error NotByAverage(const std::string& schedule_code) {
  return FailedPrecondition(reason::kNotByAverage,
                            "No component of the schedule bills by a winter average: averages of "
                            "it would change no bill.")
      .With("schedule_code", schedule_code);
}

Result<v1::WinterRule> Load(command::Change& change, const LoadRuleCommand& command,
                            v1::WinterRule message) {
  db::Transaction& tx = change.tx();
  const Rule& rule = command.rule;
  if (HasRule(tx, rule.schedule_code, rule.effective_date)) {
    return AlreadyExists(reason::kRuleExists, "A rule from that day on is loaded.");
  }
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  const rate::Versions* versions = tariff.Find(rule.schedule_code);
  if (versions == nullptr || !BillsByAverage(*versions)) return NotByAverage(rule.schedule_code);
  InsertRule(tx, rule);
  AuditRow(change, kKeptRule, "load", "", CellsOfRule(rule));
  message.set_leak_hundredths(static_cast<std::int32_t>(rule.leak_hundredths));
  message.set_rise_hundredths(static_cast<std::int32_t>(rule.rise_hundredths));
  return message;
}

Result<v1::WinterRun> Start(command::Change& change, const StartCommand& command) {
  db::Transaction& tx = change.tx();
  if (FindRun(tx, command.run_id())) {
    return AlreadyExists(reason::kRunExists, "That winter has a run for that day.")
        .With("run_id", command.run_id());
  }
  // A rule that begins within the winter is the one that ends it.
  std::optional<Rule> rule =
      RuleInForce(tx, command.schedule_code, Date::FromCivil(command.winter_year, 12, 31).value());
  if (rule) {
    rule = RuleInForce(tx, command.schedule_code, WindowOf(*rule, command.winter_year).last_day);
  }
  if (!rule) {
    return FailedPrecondition(reason::kRuleMissing, "No rule is in force when that winter ends.");
  }
  const Window window = WindowOf(*rule, command.winter_year);
  if (window.last_day >= change.call().today || window.last_day >= command.effective_date) {
    return FailedPrecondition(reason::kWinterNotOver, "The winter is not over.")
        .With("last_day", window.last_day.ToString());
  }
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  const rate::Schedule* billed_by = tariff.InForce(command.schedule_code, command.effective_date);
  if (billed_by == nullptr || !BillsByAverage(*billed_by)) {
    return NotByAverage(command.schedule_code);
  }
  // After this point it must succeed.
  Run run;
  run.run_id = command.run_id();
  run.schedule_code = command.schedule_code;
  run.rule_date = rule->effective_date;
  run.winter_year = command.winter_year;
  run.effective_date = command.effective_date;
  run.started_by = change.call().caller.person;
  InsertRun(tx, run);
  AuditRow(change, kKeptRun, "start", "", CellsOfRun(run));
  return ToProto(tx, run);
}

// The page's candidates; whole accounts, for the next page begins behind the last.
std::vector<Candidate> NextCandidates(db::Transaction& tx, const Run& run, bool& is_last) {
  std::vector<Candidate> candidates =
      ListCandidates(tx, run.schedule_code, run.after, kAgreementsOfPage);
  is_last = static_cast<std::int64_t>(candidates.size()) < kAgreementsOfPage;
  if (is_last || candidates.front().account == candidates.back().account) return candidates;
  const AccountId cut = candidates.back().account;
  while (candidates.back().account == cut) candidates.pop_back();
  return candidates;
}

std::vector<AverageRow> AverageAll(db::Transaction& tx, const Run& run, const Rule& rule,
                                   std::span<const Candidate> candidates) {
  std::vector<AgreementKey> keys;
  for (const Candidate& one : candidates) keys.emplace_back(one.account, one.agreement_id);
  const auto quantities = QuantitiesOn(tx, run.effective_date, keys);
  const auto bills = LoadWinterBills(tx, rule, WindowOf(rule, run.winter_year), candidates);
  std::vector<AverageRow> rows;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    AverageRow row;
    row.account = candidates[i].account;
    row.run_id = run.run_id;
    row.agreement_id = candidates[i].agreement_id;
    row.previous_thousandths = quantities[i].value_or(candidates[i].quantity_thousandths);
    row.outcome = Average(rule, {bills[i], row.previous_thousandths});
    if (row.outcome.problem) {
      row.problem = ProblemName(*row.outcome.problem);
      row.state = AverageState::kHeld;
    } else {
      row.quantity_thousandths = row.outcome.computed_thousandths;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<v1::WinterRun> Advance(command::Change& change, const AdvanceCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  if (run->state != RunState::kComputing) {
    return FailedPrecondition(reason::kRunComputed, "All averages of the run are there.");
  }
  const Rule rule = RuleInForce(tx, run->schedule_code, run->rule_date).value();
  bool is_last = false;
  const std::vector<Candidate> candidates = NextCandidates(tx, *run, is_last);
  const std::vector<AverageRow> rows = AverageAll(tx, *run, rule, candidates);
  InsertAverages(tx, rows);
  for (const AverageRow& row : rows) {
    AuditRow(change, kKeptAverage, "compute", "", CellsOfAverage(row));
  }
  std::string before = RowText(kKeptRun, CellsOfRun(*run));
  if (!candidates.empty()) run->after = candidates.back().account;
  if (is_last) run->state = After(run->state, RunEvent::kFinish).value();
  SaveRun(tx, *run);
  AuditRow(change, kKeptRun, "advance", std::move(before), CellsOfRun(*run));
  return ToProto(tx, *run);
}

std::int64_t QuantityOf(const DecideCommand& command, const Rule& rule, const AverageRow& row) {
  switch (command.decision) {
    case Decision::kComputed:
      return row.outcome.computed_thousandths;
    case Decision::kPrevious:
      return row.previous_thousandths;
    case Decision::kDefault:
      return rule.default_thousandths;
    case Decision::kOther:
      break;
  }
  return command.quantity_thousandths;
}

Result<v1::WinterAverage> Decide(command::Change& change, const DecideCommand& command) {
  db::Transaction& tx = change.tx();
  const std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  std::optional<AverageRow> row =
      LockAverage(tx, command.run_id, command.account, command.agreement_id);
  if (!row) return NotFound(reason::kAverageUnknown, "The run has no such average.");
  if (run->state != RunState::kComputed) return RunNotComputed(*run);
  if (row->state != AverageState::kHeld) {
    return FailedPrecondition(reason::kAverageNotHeld, "The average is not held.");
  }
  if (run->started_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "An average is decided by somebody who did not start the run.");
  }
  // After this point it must succeed.
  const Rule rule = RuleInForce(tx, run->schedule_code, run->rule_date).value();
  std::string before = RowText(kKeptAverage, CellsOfAverage(*row));
  row->state = AverageState::kDecided;
  row->quantity_thousandths = QuantityOf(command, rule, *row);
  row->decision = DecisionName(command.decision);
  row->reason = command.reason;
  row->decided_by = change.call().caller.person;
  SaveAverage(tx, *row);
  AuditRow(change, kKeptAverage, "decide", std::move(before), CellsOfAverage(*row));
  return ToProto(*row);
}

Result<v1::WinterRun> Sign(command::Change& change, const SignCommand& command) {
  db::Transaction& tx = change.tx();
  std::optional<Run> run = LockRun(tx, command.run_id);
  if (!run) return RunUnknown();
  const std::optional<RunState> next = After(run->state, RunEvent::kSign);
  if (!next) return RunNotComputed(*run);
  if (run->started_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "A run is signed by somebody who did not start it.");
  }
  const Totals totals = LoadTotals(tx, run->run_id);
  if (totals.held_count > 0) {
    return FailedPrecondition(reason::kAveragesHeld, "Some averages are not decided.")
        .With("held_count", totals.held_count);
  }
  // No cycle runs to a day that has not come, so no bill was made by other averages.
  if (run->effective_date <= change.call().today) {
    return FailedPrecondition(reason::kDayPassed, "The first day of the averages has begun.");
  }
  if (totals.total_thousandths != command.total_thousandths) {
    return Aborted(::reeve::reason::kStale, "The averages have another sum by now.");
  }
  // After this point it must succeed.
  std::string before = RowText(kKeptRun, CellsOfRun(*run));
  run->state = *next;
  run->signed_by = change.call().caller.person;
  SaveRun(tx, *run);
  AuditRow(change, kKeptRun, "sign", std::move(before), CellsOfRun(*run));
  return ToProto(tx, *run);
}

}  // namespace

grpc::ServerUnaryReactor* WinterService::LoadWinterRule(grpc::CallbackServerContext* context,
                                                        const v1::LoadWinterRuleRequest* request,
                                                        v1::WinterRule* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadWinterRuleRequest& request) -> Result<v1::WinterRule> {
        REEVE_ASSIGN_OR_RETURN(const LoadRuleCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Load(change, command, request.rule());
        });
      });
}

grpc::ServerUnaryReactor* WinterService::StartWinterRun(grpc::CallbackServerContext* context,
                                                        const v1::StartWinterRunRequest* request,
                                                        v1::WinterRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::StartWinterRunRequest& request) -> Result<v1::WinterRun> {
        REEVE_ASSIGN_OR_RETURN(const StartCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Start(change, command); });
      });
}

grpc::ServerUnaryReactor* WinterService::AdvanceWinterRun(
    grpc::CallbackServerContext* context, const v1::AdvanceWinterRunRequest* request,
    v1::WinterRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AdvanceWinterRunRequest& request) -> Result<v1::WinterRun> {
        REEVE_ASSIGN_OR_RETURN(const AdvanceCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Advance(change, command); });
      });
}

grpc::ServerUnaryReactor* WinterService::GetWinterRun(grpc::CallbackServerContext* context,
                                                      const v1::GetWinterRunRequest* request,
                                                      v1::WinterRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetWinterRunRequest& request) -> Result<v1::WinterRun> {
        Fields fields;
        fields.Id("run_id", request.run_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) -> Result<v1::WinterRun> {
                                      const std::optional<Run> run = FindRun(tx, request.run_id());
                                      if (!run) return RunUnknown();
                                      return ToProto(tx, *run);
                                    });
      });
}

grpc::ServerUnaryReactor* WinterService::ListWinterAverages(
    grpc::CallbackServerContext* context, const v1::ListWinterAveragesRequest* request,
    v1::ListWinterAveragesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListWinterAveragesRequest& request)
          -> Result<v1::ListWinterAveragesResponse> {
        Fields fields;
        fields.Id("run_id", request.run_id());
        const std::string query =
            "winter/" + std::to_string(request.run_id()) + (request.held_only() ? "/held" : "");
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListWinterAveragesResponse> {
              if (!FindRun(tx, request.run_id())) return RunUnknown();
              v1::ListWinterAveragesResponse answer;
              for (const AverageRow& row :
                   ListAverages(tx, request.run_id(), request.held_only(),
                                AccountId(page.AfterInt(0)), page.AfterInt(1), page.size)) {
                *answer.add_averages() = ToProto(row);
              }
              if (answer.averages_size() == page.size) {
                const v1::WinterAverage& last = answer.averages(page.size - 1);
                answer.set_next_page_token(rpc::NextPageToken(
                    query,
                    {std::to_string(last.account_id()), std::to_string(last.agreement_id())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* WinterService::DecideWinterAverage(
    grpc::CallbackServerContext* context, const v1::DecideWinterAverageRequest* request,
    v1::WinterAverage* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::DecideWinterAverageRequest& request) -> Result<v1::WinterAverage> {
        REEVE_ASSIGN_OR_RETURN(const DecideCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Decide(change, command); });
      });
}

grpc::ServerUnaryReactor* WinterService::SignWinterRun(grpc::CallbackServerContext* context,
                                                       const v1::SignWinterRunRequest* request,
                                                       v1::WinterRun* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SignWinterRunRequest& request) -> Result<v1::WinterRun> {
        REEVE_ASSIGN_OR_RETURN(const SignCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Sign(change, command); });
      });
}

}  // namespace reeve::billing::winter
