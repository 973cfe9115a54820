#include "services/billing/rebill/rebill_wire_service.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/on_wire.h"
#include "services/billing/receivable/receivable_wire_service.h"

namespace reeve::billing::rebill {
namespace {

constexpr std::size_t kNameMax = 20;  // of a service
constexpr int kServicesMax = 20;

constexpr std::pair<Cause, v1::RebillCause> kCauses[] = {
    {Cause::kMeter, v1::REBILL_CAUSE_METER},       {Cause::kRead, v1::REBILL_CAUSE_READ},
    {Cause::kEstimate, v1::REBILL_CAUSE_ESTIMATE}, {Cause::kRate, v1::REBILL_CAUSE_RATE},
    {Cause::kSetup, v1::REBILL_CAUSE_SETUP},       {Cause::kFraud, v1::REBILL_CAUSE_FRAUD},
};
constexpr std::pair<Binding, v1::RuleBinding> kBindings[] = {
    {Binding::kBinding, v1::RULE_BINDING_BINDING},
    {Binding::kAdopted, v1::RULE_BINDING_ADOPTED},
    {Binding::kTemplate, v1::RULE_BINDING_TEMPLATE},
};

std::vector<std::string> ParseMisread(const v1::Correction& message, const std::string& field,
                                      Fields& fields) {
  std::vector<std::string> services;
  if (message.misread_services_size() > kServicesMax) {
    fields.Refuse(field, "are more than " + std::to_string(kServicesMax));
    return services;
  }
  std::set<std::string> seen;
  for (int i = 0; i < message.misread_services_size(); ++i) {
    const std::string at = field + "[" + std::to_string(i) + "]";
    const std::string service = fields.Text(at, message.misread_services(i), 1, kNameMax);
    const bool is_name = std::all_of(service.begin(), service.end(),
                                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (!service.empty() && !is_name) fields.Refuse(at, "is no name of a service");
    if (!seen.insert(service).second) fields.Refuse(at, "is there twice");
    services.push_back(service);
  }
  std::sort(services.begin(), services.end());
  return services;
}

template <class Request>
void ParseRebill(const Request& request, Fields& fields, RebillCommand& command) {
  command.correction = ParseCorrection(request.correction(), fields);
  RefuseMisread(command.correction, fields);
  command.due_date = fields.CivilDate("due_date", request.due_date());
}

}  // namespace

Correction ParseCorrection(const v1::Correction& message, Fields& fields) {
  const std::string field = "correction.";
  Correction correction;
  correction.account = AccountId(fields.Id(field + "account_id", message.account_id()));
  correction.bill_id = fields.Id(field + "bill_id", message.bill_id());
  correction.grounds.cause = ParseEnum(kCauses, message.cause(), field + "cause", fields);
  correction.grounds.reason = fields.Text(field + "reason", message.reason(), 3, 500);
  correction.grounds.discovered_date =
      fields.CivilDate(field + "discovered_date", message.discovered_date());
  correction.misread_services = ParseMisread(message, field + "misread_services", fields);
  return correction;
}

Canonical FormOf(std::string_view method, const Correction& correction) {
  Canonical form(method, 1);
  form.Add("account_id", correction.account.value())
      .Add("bill_id", correction.bill_id)
      .Add("cause", CauseName(correction.grounds.cause))
      .Add("reason", correction.grounds.reason)
      .Add("discovered_date", correction.grounds.discovered_date.ToString())
      .List("misread_services", correction.misread_services.size());
  for (const std::string& service : correction.misread_services) form.Add("service", service);
  return form;
}

void RefuseMisread(const Correction& correction, Fields& fields) {
  if (correction.misread_services.empty()) return;
  fields.Refuse("correction.misread_services",
                "are for CancelBill: their days are read again before they are billed");
}

Canonical CancelCommand::canonical() const {
  return std::move(FormOf(kMethod, correction).Add("digest", digest));
}

Canonical RebillCommand::canonical() const {
  return std::move(
      FormOf(kMethod, correction).Add("due_date", due_date.ToString()).Add("digest", digest));
}

Canonical LoadPolicyCommand::canonical() const {
  Canonical form =
      std::move(Canonical(kMethod, 1)
                    .Add("effective_date", policy.effective_date.ToString())
                    .Add("jurisdiction", policy.jurisdiction)
                    .Add("citation", policy.citation)
                    .Add("binding", BindingName(policy.binding))
                    .Add("backbill_months", policy.backbill_months)
                    .Add("discovery_months", policy.discovery_months)
                    .Add("fraud_exempt", policy.fraud_exempt ? 1 : 0)
                    .Add("refund_months", policy.refund_months)
                    .Add("cash_refund_above", policy.cash_refund_above.cents())
                    .Add("cash_refund_average_months", policy.cash_refund_average_months)
                    .Add("interest", policy.interest ? 1 : 0)
                    .Add("taker_days", policy.taker_days));
  if (policy.limits.empty() && policy.limit_days == 0) return form;  // as before there were any
  return std::move(form.Add("limits", adjustment::LimitsText(policy.limits))
                       .Add("limit_days", policy.limit_days));
}

void RefuseUntimely(Fields& fields, const Correction& correction, Date today) {
  if (correction.grounds.discovered_date > today) {
    fields.Refuse("correction.discovered_date", "lies in the future");
  }
}

void RefuseUntimely(Fields& fields, const RebillCommand& command, Date today) {
  RefuseUntimely(fields, command.correction, today);
  if (command.due_date <= today) fields.Refuse("due_date", "is not after today");
}

void RefuseUntimely(Fields& fields, const LoadPolicyCommand& command, Date today) {
  if (command.policy.effective_date <= today) {
    fields.Refuse("policy.effective_date", "is not after today");
  }
}

Result<Correction> Parse(const v1::PreviewCancellationRequest& request, Date today) {
  Fields fields;
  Correction correction = ParseCorrection(request.correction(), fields);
  RefuseUntimely(fields, correction, today);
  if (!fields.ok()) return fields.error();
  return correction;
}

Result<CancelCommand> Parse(const v1::CancelBillRequest& request, Date today) {
  Fields fields;
  CancelCommand command{fields.RequestId(request.request_id()),
                        ParseCorrection(request.correction(), fields),
                        ParseDigest(request.digest(), fields)};
  if (!fields.ok()) {
    RefuseUntimely(fields, command.correction, today);
    return fields.error();
  }
  return command;
}

Result<RebillCommand> Parse(const v1::PreviewRebillRequest& request, Date today) {
  Fields fields;
  RebillCommand command;
  ParseRebill(request, fields, command);
  RefuseUntimely(fields, command, today);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RebillCommand> Parse(const v1::RebillBillRequest& request, Date today) {
  Fields fields;
  RebillCommand command;
  command.request_id = fields.RequestId(request.request_id());
  ParseRebill(request, fields, command);
  command.digest = ParseDigest(request.digest(), fields);
  if (!fields.ok()) {
    RefuseUntimely(fields, command, today);
    return fields.error();
  }
  return command;
}

Result<LoadPolicyCommand> Parse(const v1::LoadRebillPolicyRequest& request, Date today) {
  const std::string field = "policy.";
  const v1::RebillPolicy& message = request.policy();
  Fields fields;
  LoadPolicyCommand command;
  command.request_id = fields.RequestId(request.request_id());
  Policy& policy = command.policy;
  policy.effective_date = fields.CivilDate(field + "effective_date", message.effective_date());
  policy.jurisdiction = fields.Text(field + "jurisdiction", message.jurisdiction(), 2, 60);
  policy.citation = fields.Text(field + "citation", message.citation(), 3, 300);
  policy.binding = ParseEnum(kBindings, message.binding(), field + "binding", fields);
  policy.backbill_months = message.backbill_months();
  policy.discovery_months = message.discovery_months();
  policy.fraud_exempt = message.fraud_exempt();
  policy.refund_months = message.refund_months();
  policy.cash_refund_above = fields.Cents(field + "cash_refund_above_cents",
                                          message.cash_refund_above_cents(), 0, Money::kMaxCents);
  policy.cash_refund_average_months = message.cash_refund_average_months();
  policy.interest = message.interest();
  policy.taker_days = message.taker_days();
  for (const v1::CorrectionLimit& limit : message.limits()) {
    policy.limits.push_back({limit.permission(), Money::Cents(limit.amount_cents())});
  }
  policy.limit_days = message.limit_days();
  Validate(policy, field, fields);
  if (!fields.ok()) {
    RefuseUntimely(fields, command, today);
    return fields.error();
  }
  return command;
}

v1::RebillPolicy ToProto(const Policy& policy) {
  v1::RebillPolicy message;
  message.set_effective_date(policy.effective_date.ToString());
  message.set_jurisdiction(policy.jurisdiction);
  message.set_citation(policy.citation);
  message.set_binding(OnWire(kBindings, policy.binding));
  message.set_backbill_months(static_cast<std::int32_t>(policy.backbill_months));
  message.set_discovery_months(static_cast<std::int32_t>(policy.discovery_months));
  message.set_fraud_exempt(policy.fraud_exempt);
  message.set_refund_months(static_cast<std::int32_t>(policy.refund_months));
  message.set_cash_refund_above_cents(policy.cash_refund_above.cents());
  message.set_cash_refund_average_months(
      static_cast<std::int32_t>(policy.cash_refund_average_months));
  message.set_interest(policy.interest);
  message.set_taker_days(static_cast<std::int32_t>(policy.taker_days));
  message.set_loaded_by_person_id(policy.loaded_by.value());
  for (const adjustment::Limit& limit : policy.limits) {
    v1::CorrectionLimit& added = *message.add_limits();
    added.set_permission(limit.permission);
    added.set_amount_cents(limit.amount.cents());
  }
  message.set_limit_days(static_cast<std::int32_t>(policy.limit_days));
  return message;
}

v1::Cancellation ToProto(const Cancellation& cancellation,
                         const std::optional<Replacement>& replacement) {
  v1::Cancellation message;
  message.set_account_id(cancellation.account.value());
  message.set_bill_id(cancellation.bill_id);
  message.set_cause(OnWire(kCauses, cancellation.grounds.cause));
  message.set_reason(cancellation.grounds.reason);
  message.set_discovered_date(cancellation.grounds.discovered_date.ToString());
  for (const std::string& service : cancellation.misread_services) {
    message.add_misread_services(service);
  }
  message.set_cancelled_date(cancellation.cancelled_date.ToString());
  message.set_cancelled_by_person_id(cancellation.cancelled_by.value());
  message.set_freed_cents(cancellation.freed.cents());
  message.set_credited_cents(cancellation.credited.cents());
  message.set_approved_by_person_id(cancellation.approved_by.value());
  if (replacement) {
    message.set_rebill_bill_id(replacement->bill_id);
    message.set_rebill_state(bill::ToProto(replacement->state));
    message.set_rebill_cycle_id(replacement->cycle_id);
  }
  return message;
}

v1::Correction ToProto(const Correction& correction) {
  v1::Correction message;
  message.set_account_id(correction.account.value());
  message.set_bill_id(correction.bill_id);
  message.set_cause(OnWire(kCauses, correction.grounds.cause));
  message.set_reason(correction.grounds.reason);
  message.set_discovered_date(correction.grounds.discovered_date.ToString());
  for (const std::string& service : correction.misread_services) {
    message.add_misread_services(service);
  }
  return message;
}

v1::LineDifference ToProto(const LineDifference& difference) {
  v1::LineDifference message;
  const PrintedLine& either = difference.after ? *difference.after : *difference.before;
  message.set_service(either.service);
  message.set_description(either.description);
  if (difference.before) {
    message.set_quantity_before(difference.before->quantity);
    message.set_rate_before(difference.before->rate);
    message.set_before_cents(difference.before->amount.cents());
  }
  if (difference.after) {
    message.set_quantity(difference.after->quantity);
    message.set_rate(difference.after->rate);
    message.set_after_cents(difference.after->amount.cents());
  }
  return message;
}

v1::RebillLimit ToProto(const LimitLine& line, const std::optional<Policy>& policy) {
  v1::RebillLimit message;
  message.set_rule(std::string(line.rule));
  message.set_service(line.service);
  message.set_finding(line.finding);
  message.set_beyond_cents(line.beyond.cents());
  message.set_cut_cents(line.cut.cents());
  if (policy) {
    message.set_jurisdiction(policy->jurisdiction);
    message.set_citation(policy->citation);
    message.set_binding(OnWire(kBindings, policy->binding));
  }
  return message;
}

v1::PlannedCharge ToProto(const cycle::PlannedCharge& charge) {
  v1::PlannedCharge message;
  message.set_service(charge.service);
  message.set_due_date(charge.due_date.ToString());
  message.set_amount_cents(charge.amount.cents());
  return message;
}

v1::CorrectionEntry ToProto(const receivable::Entry& entry) {
  v1::CorrectionEntry message;
  message.set_kind(receivable::ToProto(entry.kind));
  for (const Posting& posting : entry.postings) {
    *message.add_postings() = receivable::ToProto(posting);
  }
  return message;
}

}  // namespace reeve::billing::rebill
