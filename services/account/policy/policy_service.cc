#include "services/account/policy/policy_service.h"

#include "services/account/policy/policy_store.h"
#include "services/account/wire.h"

namespace reeve::account {
namespace {

struct LoadPolicy {
  static constexpr std::string_view kMethod = "reeve.account.v1.PolicyService/LoadPolicy";
  std::string request_id;
  Policy policy;
  std::int64_t home() const { return policy.id.value(); }
  Canonical canonical() const {
    return Canonical("LoadPolicy", 1).Add("policy", ToAuditText(policy));
  }
};

Rule FromProto(Fields& fields, const std::string& path, const v1::Rule& rule) {
  return {.tag = FromProto(fields, path + ".tag", rule.tag(), kRuleTagName),
          .citation = rule.citation(),
          .quote = rule.quote(),
          .source = rule.source()};
}

ChargeLine FromProto(Fields& fields, const std::string& path, const v1::ChargeLine& line) {
  return {.code = line.code(),
          .kind = FromProto(fields, path + ".kind", line.kind(), kChargeKindName),
          .service = line.service(),
          .customer_class = FromProto(fields, path + ".customer_class", line.customer_class(),
                                      kCustomerClassName),
          .amount = Money::Cents(line.amount_cents()),
          .only_when_off = line.only_when_off(),
          .basis = FromProto(fields, path + ".basis", line.basis(), kDepositBasisName),
          .months = line.months(),
          .late_payments_min = line.late_payments_min(),
          .waiver_months = line.waiver_months(),
          .waived_by_credit = line.waived_by_credit(),
          .rule = FromProto(fields, path + ".rule", line.rule())};
}

ChecklistLine FromProto(Fields& fields, const std::string& path, const v1::ChecklistLine& line) {
  return {.customer_type =
              FromProto(fields, path + ".customer_type", line.customer_type(), kCustomerTypeName),
          .service = line.service(),
          .document = line.document(),
          .description = line.description(),
          .rule = FromProto(fields, path + ".rule", line.rule())};
}

Result<LoadPolicy> Parse(const Call& call, const v1::LoadPolicyRequest& request) {
  Fields fields;
  LoadPolicy command{.request_id = fields.RequestId(request.request_id())};
  const v1::Policy& from = request.policy();
  Policy policy{.id = PolicyId(CreatedId("policy", call.caller, command.request_id)),
                .effective_date = fields.CivilDate("policy.effective_date", from.effective_date()),
                .gap_days_max = from.gap_days_max()};
  for (int i = 0; i < from.charges_size(); ++i)
    policy.charges.push_back(FromProto(fields, At("policy.charges", i), from.charges(i)));
  for (int i = 0; i < from.checklist_size(); ++i)
    policy.checklist.push_back(FromProto(fields, At("policy.checklist", i), from.checklist(i)));
  command.policy = CheckPolicy(fields, std::move(policy));
  if (!fields.ok()) return fields.error();
  return command;
}

v1::Rule ToProto(const Rule& rule) {
  v1::Rule message;
  message.set_tag(ToProto<v1::RuleTag>(rule.tag));
  message.set_citation(rule.citation);
  message.set_quote(rule.quote);
  message.set_source(rule.source);
  return message;
}

v1::ChargeLine ToProto(const ChargeLine& line) {
  v1::ChargeLine message;
  message.set_code(line.code);
  message.set_kind(ToProto<v1::ChargeKind>(line.kind));
  message.set_service(line.service);
  message.set_customer_class(ToProto<v1::CustomerClass>(line.customer_class));
  message.set_amount_cents(line.amount.cents());
  message.set_only_when_off(line.only_when_off);
  message.set_basis(ToProto<v1::DepositBasis>(line.basis));
  message.set_months(line.months);
  message.set_late_payments_min(line.late_payments_min);
  message.set_waiver_months(line.waiver_months);
  message.set_waived_by_credit(line.waived_by_credit);
  *message.mutable_rule() = ToProto(line.rule);
  return message;
}

v1::Policy ToProto(const Policy& policy) {
  v1::Policy message;
  message.set_policy_id(policy.id.value());
  message.set_effective_date(policy.effective_date.ToString());
  message.set_gap_days_max(policy.gap_days_max);
  for (const ChargeLine& line : policy.charges) *message.add_charges() = ToProto(line);
  for (const ChecklistLine& line : policy.checklist) *message.add_checklist() = ToProto(line);
  return message;
}

}  // namespace

v1::ChecklistLine ToProto(const ChecklistLine& line) {
  v1::ChecklistLine message;
  message.set_customer_type(ToProto<v1::CustomerType>(line.customer_type));
  message.set_service(line.service);
  message.set_document(line.document);
  message.set_description(line.description);
  *message.mutable_rule() = ToProto(line.rule);
  return message;
}

Result<Policy> RequirePolicy(db::Transaction& tx, Date date) {
  std::optional<Policy> policy = PolicyInEffect(tx, date);
  if (policy) return *std::move(policy);
  return FailedPrecondition(reason::kPolicyMissing, "No policy is in effect on this day.")
      .With("date", date.ToString());
}

grpc::ServerUnaryReactor* PolicyService::LoadPolicy(grpc::CallbackServerContext* context,
                                                    const v1::LoadPolicyRequest* request,
                                                    v1::Policy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadPolicyRequest& request) -> Result<v1::Policy> {
        REEVE_ASSIGN_OR_RETURN(const account::LoadPolicy command, Parse(call, request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Policy> {
          Policy policy = command.policy;
          policy.loaded_time = call.now;
          InsertPolicy(change.tx(), policy);
          change.Audit({.entity = "policy",
                        .entity_id = policy.id.ToString(),
                        .action = "load",
                        .before = "",
                        .after = ToAuditText(policy)});
          return ToProto(policy);
        });
      });
}

grpc::ServerUnaryReactor* PolicyService::GetPolicy(grpc::CallbackServerContext* context,
                                                   const v1::GetPolicyRequest* request,
                                                   v1::Policy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetPolicyRequest& request) -> Result<v1::Policy> {
        Fields fields;
        const std::optional<Date> date = MaybeDate(fields, "date", request.date());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Policy> {
          REEVE_ASSIGN_OR_RETURN(const Policy policy, RequirePolicy(tx, date.value_or(call.today)));
          return ToProto(policy);
        });
      });
}

}  // namespace reeve::account
