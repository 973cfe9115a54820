#include "services/billing/late_fee/late_fee_wire_service.h"

#include "shared/core/fields.h"

namespace reeve::billing::late_fee {
namespace {

constexpr std::int64_t kCentsMax = 10'000'000;
constexpr std::int64_t kRatioMax = 1'000'000;
constexpr int kExemptDaysMax = 366;
constexpr int kServiceDaysMax = 3'660;

OfFee FeeIn(Fields& fields, std::int64_t run_id, std::int64_t account_id, std::int64_t bill_id,
            std::int64_t step_no) {
  return {fields.Id("run_id", run_id), AccountId(fields.Id("account_id", account_id)),
          fields.Id("bill_id", bill_id),
          static_cast<int>(fields.Range("step_no", step_no, 0, 1'200))};
}

Canonical Add(Canonical form, const OfFee& of) {
  return std::move(form.Add("run_id", of.run_id)
                       .Add("account_id", of.account.value())
                       .Add("bill_id", of.bill_id)
                       .Add("step_no", of.step_no));
}

template <class Command, class Request>
Result<Command> ParseRun(const Request& request) {
  Fields fields;
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.run_id = fields.Id("run_id", request.run_id());
  if (!fields.ok()) return fields.error();
  return command;
}

template <class To, class State>
To Word(State state) {
  return static_cast<To>(static_cast<int>(state) + 1);
}

}  // namespace

Canonical LoadPolicyCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("code", policy.code)
                       .Add("effective_date", policy.effective_date.ToString())
                       .Add("citation", policy.citation)
                       .Add("customer_class", policy.customer_class)
                       .Add("service", policy.service)
                       .Add("percent_hundredths", policy.percent_hundredths)
                       .Add("minimum_cents", policy.minimum.cents())
                       .Add("maximum_cents", policy.maximum.cents())
                       .Add("tax_hundredths", policy.tax_hundredths)
                       .Add("owed_min_cents", policy.owed_min.cents())
                       .Add("after_day_count", policy.after_days)
                       .Add("repeats", kRepeatsName(policy.repeats))
                       .Add("on_fees", policy.on_fees ? 1 : 0)
                       .Add("days_to_pay_min", policy.days_to_pay_min)
                       .Add("due_day_count", policy.due_days)
                       .Add("hold_above_cents", policy.hold_above.cents())
                       .Add("rise_hundredths", policy.rise_hundredths)
                       .Add("share_percent", policy.share_percent)
                       .Add("backdating", policy.backdating));
}
Canonical StartCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("policy_code", policy_code));
}
Canonical AdvanceCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("run_id", run_id));
}
Canonical PostCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("run_id", run_id));
}
Canonical WithdrawCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("run_id", run_id).Add("reason", reason));
}
Canonical AssignCommand::canonical() const {
  return std::move(Add(Canonical(kMethod, 1), of).Add("owner", owner.value()));
}
Canonical DecideCommand::canonical() const {
  return std::move(Add(Canonical(kMethod, 1), of)
                       .Add("decision", decision == Event::kCharge ? "CHARGE" : "DROP")
                       .Add("reason", reason));
}
Canonical AcknowledgeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("run_id", run_id)
                       .Add("rule", rule)
                       .Add("acknowledgement", acknowledgement));
}
Canonical SignCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("run_id", run_id)
                       .Add("fee_count", count)
                       .Add("total_cents", cents)
                       .Add("reversed_cents", reversed_cents));
}
Canonical RecordExemptionCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", exemption.account.value())
                       .Add("cause", kExemptionCauseName(exemption.cause))
                       .Add("from_date", exemption.from_date.ToString())
                       .Add("to_date", exemption.to_date.ToString())
                       .Add("document", exemption.document));
}
Canonical DecideExemptionCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", account.value())
                       .Add("exemption_no", exemption_no)
                       .Add("approve", approve ? 1 : 0)
                       .Add("decision", decision));
}

Result<LoadPolicyCommand> Parse(const v1::LoadLateFeePolicyRequest& request) {
  Fields fields;
  LoadPolicyCommand command;
  command.request_id = fields.RequestId(request.request_id());
  const v1::LateFeePolicy& message = request.policy();
  Policy& policy = command.policy;
  const auto whole = [&](const char* name, std::int64_t value, std::int64_t min, std::int64_t max) {
    return fields.Range(name, value, min, max);
  };
  const auto cents = [&](const char* name, std::int64_t value, std::int64_t min) {
    return fields.Cents(name, value, min, kCentsMax);
  };
  policy.code = message.code();
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  policy.customer_class = message.customer_class();
  policy.service = fields.Text("policy.service", message.service(), 0, 40);
  policy.percent_hundredths =
      whole("policy.percent_hundredths", message.percent_hundredths(), 0, 10'000);
  policy.minimum = cents("policy.minimum_cents", message.minimum_cents(), 0);
  policy.maximum = cents("policy.maximum_cents", message.maximum_cents(), 0);
  policy.tax_hundredths = whole("policy.tax_hundredths", message.tax_hundredths(), 0, 10'000);
  policy.owed_min = cents("policy.owed_min_cents", message.owed_min_cents(), 1);
  policy.after_days =
      static_cast<int>(whole("policy.after_day_count", message.after_day_count(), 0, 90));
  if (message.repeats() < v1::LATE_FEE_REPEATS_ONCE ||
      message.repeats() > v1::LATE_FEE_REPEATS_MONTHLY) {
    fields.Refuse("policy.repeats", "is not given");
  } else {
    policy.repeats = static_cast<Repeats>(message.repeats() - v1::LATE_FEE_REPEATS_ONCE);
  }
  policy.on_fees = message.on_fees();
  policy.days_to_pay_min =
      static_cast<int>(whole("policy.days_to_pay_min", message.days_to_pay_min(), 1, 60));
  policy.due_days =
      static_cast<int>(whole("policy.due_day_count", message.due_day_count(), 1, 366));
  policy.hold_above = cents("policy.hold_above_cents", message.hold_above_cents(), 0);
  policy.rise_hundredths = whole("policy.rise_hundredths", message.rise_hundredths(), 0, kRatioMax);
  policy.share_percent = whole("policy.share_percent", message.share_percent(), 0, 100);
  policy.backdating = fields.Text("policy.backdating", message.backdating(), 0, 300);
  if (message.loaded_by_person_id() != 0) {
    fields.Refuse("policy.loaded_by_person_id", "is set by the server");
  }
  Validate(policy, "policy.", fields);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<StartCommand> Parse(const v1::StartLateFeeRunRequest& request) {
  Fields fields;
  StartCommand command{fields.RequestId(request.request_id()),
                       fields.Text("policy_code", request.policy_code(), 1, 40)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AdvanceCommand> Parse(const v1::AdvanceLateFeeRunRequest& request) {
  return ParseRun<AdvanceCommand>(request);
}

Result<PostCommand> Parse(const v1::PostLateFeeRunRequest& request) {
  return ParseRun<PostCommand>(request);
}

Result<WithdrawCommand> Parse(const v1::WithdrawLateFeeRunRequest& request) {
  Fields fields;
  WithdrawCommand command{fields.RequestId(request.request_id()),
                          fields.Id("run_id", request.run_id()),
                          fields.Text("reason", request.reason(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AssignCommand> Parse(const v1::AssignLateFeeRequest& request) {
  Fields fields;
  AssignCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.of =
      FeeIn(fields, request.run_id(), request.account_id(), request.bill_id(), request.step_no());
  command.owner = PersonId(fields.Id("owner_person_id", request.owner_person_id()));
  if (!fields.ok()) return fields.error();
  return command;
}

Result<DecideCommand> Parse(const v1::DecideLateFeeRequest& request) {
  Fields fields;
  DecideCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.of =
      FeeIn(fields, request.run_id(), request.account_id(), request.bill_id(), request.step_no());
  if (request.decision() != v1::LATE_FEE_DECISION_CHARGE &&
      request.decision() != v1::LATE_FEE_DECISION_DROP) {
    fields.Refuse("decision", "is not given");
  }
  command.decision =
      request.decision() == v1::LATE_FEE_DECISION_CHARGE ? Event::kCharge : Event::kDrop;
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AcknowledgeCommand> Parse(const v1::AcknowledgeLateFeeFindingRequest& request) {
  Fields fields;
  AcknowledgeCommand command{fields.RequestId(request.request_id()),
                             fields.Id("run_id", request.run_id()),
                             fields.Text("rule", request.rule(), 1, 40),
                             fields.Text("acknowledgement", request.acknowledgement(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<SignCommand> Parse(const v1::SignLateFeeRunRequest& request) {
  Fields fields;
  SignCommand command{
      fields.RequestId(request.request_id()), fields.Id("run_id", request.run_id()),
      fields.Range("fee_count", request.fee_count(), 0, Money::kMaxCents),
      fields.Range("total_cents", request.total_cents(), 0, Money::kMaxCents),
      fields.Range("reversed_cents", request.reversed_cents(), 0, Money::kMaxCents)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RecordExemptionCommand> Parse(const v1::RecordLateFeeExemptionRequest& request) {
  Fields fields;
  RecordExemptionCommand command;
  command.request_id = fields.RequestId(request.request_id());
  Exemption& exemption = command.exemption;
  exemption.account = AccountId(fields.Id("account_id", request.account_id()));
  if (request.cause() < v1::LATE_FEE_EXEMPTION_CAUSE_ASSISTANCE ||
      request.cause() > v1::LATE_FEE_EXEMPTION_CAUSE_SERVICEMEMBER) {
    fields.Refuse("cause", "is not given");
  } else {
    exemption.cause =
        static_cast<ExemptionCause>(request.cause() - v1::LATE_FEE_EXEMPTION_CAUSE_ASSISTANCE);
  }
  exemption.from_date = fields.CivilDate("from_date", request.from_date());
  exemption.to_date = fields.CivilDate("to_date", request.to_date());
  exemption.document = fields.Text("document", request.document(), 3, 200);
  const bool of_service = exemption.cause == ExemptionCause::kServicemember;
  const int days_max = of_service ? kServiceDaysMax : kExemptDaysMax;
  if (fields.ok() && (exemption.to_date < exemption.from_date ||
                      exemption.to_date - exemption.from_date > days_max)) {
    fields.Refuse("to_date", "is before the first day, or more than " + std::to_string(days_max) +
                                 " days behind it");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<DecideExemptionCommand> Parse(const v1::DecideLateFeeExemptionRequest& request) {
  Fields fields;
  DecideExemptionCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.exemption_no = fields.Range("exemption_no", request.exemption_no(), 1, 1'000'000);
  command.approve = request.approve();
  command.decision = fields.Text("decision", request.decision(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

v1::LateFeePolicy ToProto(const Policy& policy) {
  v1::LateFeePolicy message;
  message.set_code(policy.code);
  message.set_effective_date(policy.effective_date.ToString());
  message.set_citation(policy.citation);
  message.set_customer_class(policy.customer_class);
  message.set_service(policy.service);
  message.set_percent_hundredths(static_cast<std::int32_t>(policy.percent_hundredths));
  message.set_minimum_cents(policy.minimum.cents());
  message.set_maximum_cents(policy.maximum.cents());
  message.set_tax_hundredths(static_cast<std::int32_t>(policy.tax_hundredths));
  message.set_owed_min_cents(policy.owed_min.cents());
  message.set_after_day_count(policy.after_days);
  message.set_repeats(Word<v1::LateFeeRepeats>(policy.repeats));
  message.set_on_fees(policy.on_fees);
  message.set_days_to_pay_min(policy.days_to_pay_min);
  message.set_due_day_count(policy.due_days);
  message.set_hold_above_cents(policy.hold_above.cents());
  message.set_rise_hundredths(static_cast<std::int32_t>(policy.rise_hundredths));
  message.set_share_percent(static_cast<std::int32_t>(policy.share_percent));
  message.set_loaded_by_person_id(policy.loaded_by.value());
  message.set_backdating(policy.backdating);
  return message;
}

v1::LateFeeRun ToProto(const Run& run, const Totals& totals, std::span<const Finding> findings) {
  v1::LateFeeRun message;
  message.set_run_id(run.run_id);
  message.set_policy_code(run.policy_code);
  message.set_run_no(run.run_no);
  message.set_from_date(run.window.from_date.ToString());
  message.set_run_date(run.window.run_date.ToString());
  message.set_state(Word<v1::LateFeeRunState>(run.state));
  message.set_fee_count(totals.count);
  message.set_total_cents(totals.cents);
  message.set_held_count(totals.held);
  message.set_held_cents(totals.held_cents);
  message.set_exempt_count(totals.exempt);
  message.set_dropped_count(totals.dropped);
  message.set_lapsed_count(totals.lapsed);
  message.set_first_count(totals.first);
  for (const Finding& finding : findings) {
    v1::LateFeeFinding& added = *message.add_findings();
    added.set_rule(finding.rule);
    added.set_evidence(finding.evidence);
    added.set_acknowledgement(finding.acknowledgement);
    added.set_acknowledged_by_person_id(finding.acknowledged_by.value());
  }
  message.set_started_by_person_id(run.started_by.value());
  message.set_ended_by_person_id(run.ended_by.value());
  message.set_reason(run.reason);
  message.set_again_count(totals.again);
  message.set_reversed_count(totals.reversed);
  message.set_reversed_cents(totals.reversed_cents);
  return message;
}

v1::LateFee ToProto(const Fee& fee, const Policy* policy) {
  v1::LateFee message;
  message.set_account_id(fee.account.value());
  message.set_run_id(fee.run_id);
  message.set_bill_id(fee.bill_id);
  message.set_step_no(fee.step_no);
  message.set_policy_code(fee.policy_code);
  message.set_policy_date(fee.policy_date.ToString());
  if (policy != nullptr) {
    message.set_citation(policy->citation);
    message.set_percent_hundredths(static_cast<std::int32_t>(policy->percent_hundredths));
    message.set_minimum_cents(policy->minimum.cents());
    message.set_maximum_cents(policy->maximum.cents());
  }
  message.set_due_date(fee.due_date.ToString());
  message.set_sent_date(fee.sent_date.ToString());
  message.set_last_date(fee.last_date.ToString());
  message.set_owed_cents(fee.owed.cents());
  for (const auto& [service, unpaid] : fee.basis) {
    v1::LateFeeShare& share = *message.add_unpaid();
    share.set_service(service);
    share.set_unpaid_cents(unpaid.cents());
  }
  message.set_fee_cents(fee.amount.cents());
  message.set_tax_cents(fee.tax.cents());
  message.set_first(fee.is_first);
  message.set_problem(fee.problem);
  message.set_evidence(fee.evidence);
  message.set_state(Word<v1::LateFeeState>(fee.state));
  message.set_owner_person_id(fee.owner.value());
  message.set_reason(fee.reason);
  message.set_decided_by_person_id(fee.decided_by.value());
  if (fee.posted_date) message.set_posted_date(fee.posted_date->ToString());
  message.set_again(fee.again);
  message.set_replaced_run_id(fee.replaced_run_id);
  if (fee.reversed_date) message.set_reversed_date(fee.reversed_date->ToString());
  message.set_reversal(fee.reversal);
  return message;
}

v1::LateFeeExemption ToProto(const Exemption& exemption) {
  v1::LateFeeExemption message;
  message.set_account_id(exemption.account.value());
  message.set_exemption_no(exemption.exemption_no);
  message.set_cause(Word<v1::LateFeeExemptionCause>(exemption.cause));
  message.set_from_date(exemption.from_date.ToString());
  message.set_to_date(exemption.to_date.ToString());
  message.set_document(exemption.document);
  message.set_state(Word<v1::LateFeeExemptionState>(exemption.state));
  message.set_recorded_date(exemption.recorded_date.ToString());
  message.set_recorded_by_person_id(exemption.recorded_by.value());
  message.set_decided_by_person_id(exemption.decided_by.value());
  message.set_decision(exemption.decision);
  return message;
}

}  // namespace reeve::billing::late_fee
