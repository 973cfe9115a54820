#include "services/account/policy/policy.h"

#include <set>
#include <tuple>

#include "services/account/audit_text.h"
#include "shared/core/service.h"

namespace reeve::account {
namespace {

constexpr std::int64_t kAmountMaxCents = 10'000'000;  // $100,000 for one meter

void CheckRule(Fields& fields, const std::string& path, Rule& rule) {
  rule.citation = fields.Text(path + ".citation", rule.citation, 1, 200);
  rule.source = fields.Text(path + ".source", rule.source, 1, 400);
  rule.quote =
      fields.Text(path + ".quote", rule.quote, rule.tag == RuleTag::kTemplate ? 0 : 1, 1000);
}

void CheckDeposit(Fields& fields, const std::string& path, const ChargeLine& line) {
  fields.Range(path + ".months", line.months, 0, 12);
  fields.Range(path + ".late_payments_min", line.late_payments_min, 0, 12);
  fields.Range(path + ".waiver_months", line.waiver_months, 0, 120);
  if (line.months == 0 &&
      (line.basis == DepositBasis::kAnticipated || line.late_payments_min > 0)) {
    fields.Refuse(path + ".months", "is required where billing is the basis");
  }
}

void CheckFee(Fields& fields, const std::string& path, const ChargeLine& line) {
  if (line.amount.is_zero()) fields.Refuse(path + ".amount_cents", "is required for a fee");
  if (line.months != 0 || line.late_payments_min != 0 || line.waiver_months != 0 ||
      line.waived_by_credit || line.basis != DepositBasis::kMinimum) {
    fields.Refuse(path + ".kind", "a fee has no terms of a deposit");
  }
}

void CheckCharge(Fields& fields, const std::string& path, ChargeLine& line) {
  if (!IsCode(line.code))
    fields.Refuse(path + ".code", "is not 1 to 20 characters of A-Z, 0-9 and -");
  if (!IsService(line.service)) fields.Refuse(path + ".service", "is not a service of the city");
  fields.Cents(path + ".amount_cents", line.amount.cents(), 0, kAmountMaxCents);
  if (line.kind == ChargeKind::kDeposit) {
    CheckDeposit(fields, path, line);
  } else {
    CheckFee(fields, path, line);
  }
  CheckRule(fields, path + ".rule", line.rule);
}

void CheckChecklistLine(Fields& fields, const std::string& path, ChecklistLine& line) {
  if (!line.service.empty() && !IsService(line.service))
    fields.Refuse(path + ".service", "is not a service of the city");
  if (!IsDocumentKind(line.document)) {
    fields.Refuse(path + ".document", "is not 1 to 40 characters of A-Z, 0-9 and -");
  } else if (NamesSocialSecurity(line.document)) {
    fields.Refuse(path + ".document", "service is not refused for want of this number");
  }
  line.description = fields.Text(path + ".description", line.description, 1, 200);
  CheckRule(fields, path + ".rule", line.rule);
}

void AddRule(AuditText& text, const Rule& rule) {
  text.Add("tag", kRuleTagName(rule.tag))
      .Add("citation", rule.citation)
      .Add("quote", rule.quote)
      .Add("source", rule.source);
}

}  // namespace

std::string Rule::Quoted() const {
  if (tag == RuleTag::kTemplate) return "By the utility's own policy.";
  return citation + ": \"" + quote + "\"";
}

bool IsDocumentKind(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string_view::npos;
}

bool NamesSocialSecurity(std::string_view document) {
  return document.find("SOCIAL-SECURITY") != std::string_view::npos ||
         document.find("SSN") != std::string_view::npos;
}

Policy CheckPolicy(Fields& fields, Policy policy) {
  fields.Range("policy.gap_days_max", policy.gap_days_max, 0, 366);
  if (policy.charges.empty() || policy.charges.size() > 200)
    fields.Refuse("policy.charges", "has not 1 to 200 elements");
  if (policy.checklist.size() > 200)
    fields.Refuse("policy.checklist", "has more than 200 elements");
  std::set<std::string> codes;
  std::set<std::pair<std::string, CustomerClass>> deposits;
  for (std::size_t i = 0; i < policy.charges.size(); ++i) {
    ChargeLine& line = policy.charges[i];
    const std::string path = "policy.charges[" + std::to_string(i) + "]";
    CheckCharge(fields, path, line);
    if (!codes.insert(line.code).second) fields.Refuse(path + ".code", "is there twice");
    if (line.kind == ChargeKind::kDeposit &&
        !deposits.emplace(line.service, line.customer_class).second) {
      fields.Refuse(path, "a service and class has one deposit");
    }
  }
  std::set<std::tuple<CustomerType, std::string, std::string>> documents;
  for (std::size_t i = 0; i < policy.checklist.size(); ++i) {
    ChecklistLine& line = policy.checklist[i];
    const std::string path = "policy.checklist[" + std::to_string(i) + "]";
    CheckChecklistLine(fields, path, line);
    if (!documents.emplace(line.customer_type, line.service, line.document).second)
      fields.Refuse(path, "is there twice");
  }
  return policy;
}

std::string ToAuditText(const Policy& policy) {
  AuditText text;
  text.Add("effective_date", policy.effective_date)
      .Add("loaded", policy.loaded_time.micros())
      .Add("gap_days_max", policy.gap_days_max);
  for (const ChargeLine& line : policy.charges) {
    text.Add("charge", line.code)
        .Add("kind", kChargeKindName(line.kind))
        .Add("service", line.service)
        .Add("class", kCustomerClassName(line.customer_class))
        .Add("cents", line.amount.cents())
        .Add("only_when_off", line.only_when_off)
        .Add("basis", kDepositBasisName(line.basis))
        .Add("months", line.months)
        .Add("late_payments_min", line.late_payments_min)
        .Add("waiver_months", line.waiver_months)
        .Add("waived_by_credit", line.waived_by_credit);
    AddRule(text, line.rule);
  }
  for (const ChecklistLine& line : policy.checklist) {
    text.Add("customer_type", kCustomerTypeName(line.customer_type))
        .Add("service", line.service)
        .Add("document", line.document)
        .Add("description", line.description);
    AddRule(text, line.rule);
  }
  return text.text();
}

}  // namespace reeve::account
