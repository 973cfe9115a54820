#include "services/billing/adjustment/adjustment_wire_service.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/billing/on_wire.h"
#include "services/billing/receivable/receivable_wire_service.h"

namespace reeve::billing::adjustment {
namespace {

constexpr std::size_t kCodeMax = 40;
constexpr std::size_t kDocumentMax = 200;
constexpr int kBillsMax = 12;
constexpr std::int64_t kAdjustmentNoMax = 1'000'000;

constexpr std::pair<Effect, v1::AdjustmentEffect> kEffects[] = {
    {Effect::kCredit, v1::ADJUSTMENT_EFFECT_CREDIT},
    {Effect::kCharge, v1::ADJUSTMENT_EFFECT_CHARGE},
};
constexpr std::pair<State, v1::AdjustmentState> kStates[] = {
    {State::kProposed, v1::ADJUSTMENT_STATE_PROPOSED},
    {State::kPosted, v1::ADJUSTMENT_STATE_POSTED},
    {State::kDeclined, v1::ADJUSTMENT_STATE_DECLINED},
    {State::kWithdrawn, v1::ADJUSTMENT_STATE_WITHDRAWN},
    {State::kReversed, v1::ADJUSTMENT_STATE_REVERSED},
};

constexpr std::pair<NormalOf, v1::LeakNormal> kNormals[] = {
    {NormalOf::kPeriodsBefore, v1::LEAK_NORMAL_PERIODS_BEFORE},
    {NormalOf::kYearsBefore, v1::LEAK_NORMAL_YEARS_BEFORE},
};
constexpr std::pair<Again, v1::LeakAgain> kAgains[] = {
    {Again::kNever, v1::LEAK_AGAIN_NEVER},
    {Again::kNextCalendarYear, v1::LEAK_AGAIN_NEXT_CALENDAR_YEAR},
    {Again::kAfterMonths, v1::LEAK_AGAIN_AFTER_MONTHS},
};
constexpr std::pair<Rounding, v1::LeakRounding> kRoundings[] = {
    {Rounding::kHalfUp, v1::LEAK_ROUNDING_HALF_UP},
    {Rounding::kHalfEven, v1::LEAK_ROUNDING_HALF_EVEN},
    {Rounding::kDown, v1::LEAK_ROUNDING_DOWN},
    {Rounding::kUp, v1::LEAK_ROUNDING_UP},
};

LeakRule ParseLeak(const v1::LeakRule& message, const std::string& field, Fields& fields) {
  LeakRule rule;
  rule.normal_of = ParseEnum(kNormals, message.normal(), field + "normal", fields);
  rule.normal_count = message.normal_count();
  rule.trigger_percent = message.trigger_percent();
  rule.above_percent = message.above_percent();
  rule.credit_percent = message.credit_percent();
  rule.periods_max = message.periods_max();
  rule.periods_credited_max = message.periods_credited_max();
  rule.step_thousandths = message.step_thousandths();
  rule.rounding = ParseEnum(kRoundings, message.rounding(), field + "rounding", fields);
  rule.again = ParseEnum(kAgains, message.again(), field + "again", fields);
  rule.again_months = message.again_months();
  return rule;
}

MonthlyRule ParseMonthly(const v1::MonthlyRule& message) {
  return {Money::Cents(message.amount_cents()), message.after_months(), message.at_most_billed()};
}

// The time that the document proves; nothing if none is given.
std::optional<ProvenTime> ParseProven(const v1::AdjustmentSpec& message, Fields& fields) {
  if (message.proven_from_date().empty() && message.proven_to_date().empty()) return std::nullopt;
  ProvenTime time;
  time.from_date = fields.CivilDate("adjustment.proven_from_date", message.proven_from_date());
  if (message.proven_to_date().empty()) return time;
  time.to_date = fields.CivilDate("adjustment.proven_to_date", message.proven_to_date());
  if (fields.ok() && *time.to_date < time.from_date) {
    fields.Refuse("adjustment.proven_to_date", "is before the first day");
  }
  return time;
}

Type ParseType(const v1::AdjustmentType& message, const std::string& field, Fields& fields) {
  Type type;
  type.code = message.code();
  type.effective_date = fields.CivilDate(field + "effective_date", message.effective_date());
  type.title = fields.Text(field + "title", message.title(), 3, 60);
  type.citation = fields.Text(field + "citation", message.citation(), 3, 300);
  type.effect = ParseEnum(kEffects, message.effect(), field + "effect", fields);
  type.service = message.service();
  if (message.charge_kind() != v1::CHARGE_KIND_USAGE &&
      message.charge_kind() != v1::CHARGE_KIND_FEE) {
    fields.Refuse(field + "charge_kind", "is neither usage nor a fee");
  }
  type.charge_kind = message.charge_kind() == v1::CHARGE_KIND_FEE ? receivable::ChargeKind::kFee
                                                                  : receivable::ChargeKind::kUsage;
  type.ledger_account = message.ledger_account();
  type.reasons.assign(message.reasons().begin(), message.reasons().end());
  type.needs_document = message.needs_document();
  for (const v1::AdjustmentLimit& limit : message.limits()) {
    type.limits.push_back({limit.permission(), Money::Cents(limit.amount_cents())});
  }
  type.limit_days = message.limit_days();
  type.taker_days = message.taker_days();
  type.due_days = message.due_days();
  type.retired = message.retired();
  if (message.has_leak()) type.leak = ParseLeak(message.leak(), field + "leak.", fields);
  if (message.has_monthly()) type.monthly = ParseMonthly(message.monthly());
  Validate(type, field, fields);
  return type;
}

Entered ParseSpec(const v1::AdjustmentSpec& message, Fields& fields) {
  const std::string field = "adjustment.";
  Entered entered;
  Adjustment& adjustment = entered.adjustment;
  adjustment.account = AccountId(fields.Id(field + "account_id", message.account_id()));
  adjustment.type_code = fields.Text(field + "type_code", message.type_code(), 1, kCodeMax);
  entered.proven = ParseProven(message, fields);
  const bool follows = !message.leak_bill_ids().empty() || entered.proven;
  adjustment.amount = fields.Cents(field + "amount_cents", message.amount_cents(), follows ? 0 : 1,
                                   follows ? 0 : Money::kMaxCents);
  adjustment.reason_code = fields.Text(field + "reason_code", message.reason_code(), 1, kCodeMax);
  adjustment.note = fields.Text(field + "note", message.note(), 3, 500);
  adjustment.document = fields.Text(field + "document", message.document(), 0, kDocumentMax);
  if (message.leak_bill_ids_size() > kBillsMax) {
    fields.Refuse(field + "leak_bill_ids", "are more than 12");
  }
  std::set<std::int64_t> seen;
  for (int i = 0; i < std::min(message.leak_bill_ids_size(), kBillsMax); ++i) {
    const std::string at = field + "leak_bill_ids[" + std::to_string(i) + "]";
    const std::int64_t bill_id = fields.Id(at, message.leak_bill_ids(i));
    if (!seen.insert(bill_id).second) fields.Refuse(at, "is there twice");
    entered.leak_bill_ids.push_back(bill_id);
  }
  return entered;
}

template <class Request>
OfAdjustment ParseOf(const Request& request, Fields& fields) {
  return {AccountId(fields.Id("account_id", request.account_id())),
          fields.Range("adjustment_no", request.adjustment_no(), 1, kAdjustmentNoMax)};
}

template <class Request>
Result<OfAdjustment> ParseOf(const Request& request) {
  Fields fields;
  const OfAdjustment of = ParseOf(request, fields);
  if (!fields.ok()) return fields.error();
  return of;
}

Canonical FormOf(std::string_view method, const OfAdjustment& of) {
  return std::move(Canonical(method, 1)
                       .Add("account_id", of.account.value())
                       .Add("adjustment_no", of.adjustment_no));
}

std::string DayOrNothing(const std::optional<Date>& day) { return day ? day->ToString() : ""; }

void AddLeak(Canonical& form, const LeakRule& rule) {
  form.Add("normal_of", kNormalOfName(rule.normal_of))
      .Add("normal_count", rule.normal_count)
      .Add("trigger_percent", rule.trigger_percent)
      .Add("above_percent", rule.above_percent)
      .Add("credit_percent", rule.credit_percent)
      .Add("periods_max", rule.periods_max)
      .Add("periods_credited_max", rule.periods_credited_max)
      .Add("step_thousandths", rule.step_thousandths)
      .Add("rounding", kCreditRoundingName(rule.rounding))
      .Add("again", kAgainName(rule.again))
      .Add("again_months", rule.again_months);
}

v1::LeakRule ToProto(const LeakRule& rule) {
  v1::LeakRule message;
  message.set_normal(OnWire(kNormals, rule.normal_of));
  message.set_normal_count(rule.normal_count);
  message.set_trigger_percent(rule.trigger_percent);
  message.set_above_percent(rule.above_percent);
  message.set_credit_percent(rule.credit_percent);
  message.set_periods_max(rule.periods_max);
  message.set_periods_credited_max(rule.periods_credited_max);
  message.set_step_thousandths(rule.step_thousandths);
  message.set_rounding(OnWire(kRoundings, rule.rounding));
  message.set_again(OnWire(kAgains, rule.again));
  message.set_again_months(rule.again_months);
  return message;
}

// The charges that differ between the books without and with the plan.
void AddCharges(const receivable::Books& before, const receivable::Books& after,
                v1::AdjustmentPreview& message) {
  std::map<std::int64_t, v1::AdjustedCharge> changed;
  for (std::size_t i = 0; i < after.charges().size(); ++i) {
    const receivable::Charge& charge = after.charges()[i];
    const bool is_new = i >= after.first_new_charge();
    const Money open_before = is_new ? Money() : before.charges()[i].open;
    if (!is_new && open_before == charge.open) continue;
    v1::AdjustedCharge& line = changed[charge.charge_id];
    line.set_service(charge.service);
    line.set_charge_description(charge.description);
    line.set_due_date(charge.due_date.ToString());
    line.set_open_before_cents(open_before.cents());
    line.set_open_after_cents(charge.open.cents());
  }
  for (auto& [charge_id, line] : changed) *message.add_charges() = std::move(line);
}

}  // namespace

Canonical LoadTypeCommand::canonical() const {
  Canonical form(kMethod, 1);
  form.Add("code", type.code)
      .Add("effective_date", type.effective_date.ToString())
      .Add("title", type.title)
      .Add("citation", type.citation)
      .Add("effect", kEffectName(type.effect))
      .Add("service", type.service)
      .Add("charge_kind", receivable::ChargeKindName(type.charge_kind))
      .Add("ledger_account", type.ledger_account)
      .Add("needs_document", type.needs_document ? 1 : 0)
      .Add("limit_days", type.limit_days)
      .Add("taker_days", type.taker_days)
      .Add("due_days", type.due_days)
      .Add("retired", type.retired ? 1 : 0)
      .List("reasons", type.reasons.size());
  for (const std::string& reason : type.reasons) form.Add("reason", reason);
  if (type.leak) AddLeak(form, *type.leak);
  if (type.monthly) {
    form.Add("monthly_amount", type.monthly->amount.cents())
        .Add("after_months", type.monthly->after_months)
        .Add("at_most_billed", type.monthly->at_most_billed ? 1 : 0);
  }
  form.List("limits", type.limits.size());
  for (const Limit& limit : type.limits) {
    form.Add("permission", limit.permission).Add("amount", limit.amount.cents());
  }
  return form;
}

Result<LoadTypeCommand> Parse(const v1::LoadAdjustmentTypeRequest& request) {
  Fields fields;
  LoadTypeCommand command{fields.RequestId(request.request_id()),
                          ParseType(request.type(), "type.", fields)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<Entered> Parse(const v1::PreviewAdjustmentRequest& request) {
  Fields fields;
  Entered entered = ParseSpec(request.adjustment(), fields);
  if (!fields.ok()) return fields.error();
  return entered;
}

Canonical PostCommand::canonical() const {
  const Adjustment& adjustment = entered.adjustment;
  Canonical form(kMethod, 1);
  form.Add("account_id", adjustment.account.value())
      .Add("type_code", adjustment.type_code)
      .Add("amount", adjustment.amount.cents())
      .Add("reason_code", adjustment.reason_code)
      .Add("note", adjustment.note)
      .Add("document", adjustment.document)
      .Add("digest", digest)
      .List("leak_bills", entered.leak_bill_ids.size());
  for (const std::int64_t bill_id : entered.leak_bill_ids) form.Add("bill", bill_id);
  if (entered.proven) form.Add("proven", TimeText(*entered.proven));
  return form;
}

Result<PostCommand> Parse(const v1::PostAdjustmentRequest& request) {
  Fields fields;
  PostCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.entered = ParseSpec(request.adjustment(), fields);
  command.digest = ParseDigest(request.digest(), fields);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<OfAdjustment> Parse(const v1::PreviewApprovalRequest& request) { return ParseOf(request); }
Result<OfAdjustment> Parse(const v1::PreviewReversalRequest& request) { return ParseOf(request); }

Canonical ApproveCommand::canonical() const {
  return std::move(FormOf(kMethod, *this).Add("digest", digest));
}

Result<ApproveCommand> Parse(const v1::ApproveAdjustmentRequest& request) {
  Fields fields;
  ApproveCommand command{ParseOf(request, fields), fields.RequestId(request.request_id()),
                         ParseDigest(request.digest(), fields)};
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical DeclineCommand::canonical() const {
  return std::move(FormOf(kMethod, *this).Add("decision", decision));
}

Result<DeclineCommand> Parse(const v1::DeclineAdjustmentRequest& request) {
  Fields fields;
  DeclineCommand command{ParseOf(request, fields), fields.RequestId(request.request_id()),
                         fields.Text("decision", request.decision(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical WithdrawCommand::canonical() const {
  return std::move(FormOf(kMethod, *this).Add("decision", decision));
}

Result<WithdrawCommand> Parse(const v1::WithdrawAdjustmentRequest& request) {
  Fields fields;
  WithdrawCommand command{ParseOf(request, fields), fields.RequestId(request.request_id()),
                          fields.Text("decision", request.decision(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical ReverseCommand::canonical() const {
  return std::move(FormOf(kMethod, *this).Add("reason", reason).Add("digest", digest));
}

Result<ReverseCommand> Parse(const v1::ReverseAdjustmentRequest& request) {
  Fields fields;
  ReverseCommand command{ParseOf(request, fields), fields.RequestId(request.request_id()),
                         fields.Text("reason", request.reason(), 3, 500),
                         ParseDigest(request.digest(), fields)};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::AdjustmentType ToProto(const Type& type) {
  v1::AdjustmentType message;
  message.set_code(type.code);
  message.set_effective_date(type.effective_date.ToString());
  message.set_title(type.title);
  message.set_citation(type.citation);
  message.set_effect(OnWire(kEffects, type.effect));
  message.set_service(type.service);
  message.set_charge_kind(type.charge_kind == receivable::ChargeKind::kFee ? v1::CHARGE_KIND_FEE
                                                                           : v1::CHARGE_KIND_USAGE);
  message.set_ledger_account(type.ledger_account);
  for (const std::string& reason : type.reasons) message.add_reasons(reason);
  message.set_needs_document(type.needs_document);
  for (const Limit& limit : type.limits) {
    v1::AdjustmentLimit& added = *message.add_limits();
    added.set_permission(limit.permission);
    added.set_amount_cents(limit.amount.cents());
  }
  message.set_limit_days(type.limit_days);
  message.set_taker_days(type.taker_days);
  message.set_due_days(type.due_days);
  message.set_retired(type.retired);
  message.set_loaded_by_person_id(type.loaded_by.value());
  if (type.leak) *message.mutable_leak() = ToProto(*type.leak);
  if (type.monthly) {
    v1::MonthlyRule& rule = *message.mutable_monthly();
    rule.set_amount_cents(type.monthly->amount.cents());
    rule.set_after_months(type.monthly->after_months);
    rule.set_at_most_billed(type.monthly->at_most_billed);
  }
  return message;
}

v1::Adjustment ToProto(const Adjustment& adjustment) {
  v1::Adjustment message;
  message.set_account_id(adjustment.account.value());
  message.set_adjustment_no(adjustment.adjustment_no);
  message.set_type_code(adjustment.type_code);
  message.set_type_date(adjustment.type_date.ToString());
  message.set_amount_cents(adjustment.amount.cents());
  message.set_reason_code(adjustment.reason_code);
  message.set_note(adjustment.note);
  message.set_document(adjustment.document);
  message.set_state(OnWire(kStates, adjustment.state));
  message.set_entered_date(adjustment.entered_date.ToString());
  message.set_entered_by_person_id(adjustment.entered_by.value());
  message.set_decided_by_person_id(adjustment.decided_by.value());
  message.set_decision(adjustment.decision);
  message.set_posted_date(DayOrNothing(adjustment.posted_date));
  message.set_reversed_date(DayOrNothing(adjustment.reversed_date));
  message.set_reversed_by_person_id(adjustment.reversed_by.value());
  message.set_reversal_reason(adjustment.reversal_reason);
  message.set_basis(adjustment.basis);
  return message;
}

v1::LeakCredit ToProto(const LeakLine& line) {
  v1::LeakCredit message;
  message.set_bill_id(line.bill_id);
  message.set_to_date(line.period.to_date.ToString());
  message.set_usage_thousandths(line.period.usage_thousandths);
  message.set_normal_thousandths(line.normal_thousandths);
  message.set_credited_thousandths(line.credited_thousandths);
  message.set_amount_cents(line.amount.cents());
  return message;
}

v1::MonthlyCredit ToProto(const MonthlyLine& line) {
  v1::MonthlyCredit message;
  message.set_bill_id(line.bill_id);
  message.set_bill_date(line.bill_date.ToString());
  message.set_amount_cents(line.amount.cents());
  return message;
}

v1::AdjustmentPreview ToProto(const Plan& plan, const receivable::Books& before, Date today) {
  v1::AdjustmentPreview message;
  for (const RuleLine& line : plan.verdict.lines) {
    v1::AdjustmentRule& rule = *message.add_rules();
    rule.set_rule(line.rule);
    rule.set_holds(line.holds);
    rule.set_finding(line.finding);
  }
  if (plan.verdict.refusal) message.set_refusal(plan.verdict.refusal->reason());
  message.set_amount_cents(plan.adjustment.amount.cents());
  message.set_needs_second_person(plan.verdict.needs_second_person);
  for (const receivable::Entry& entry : plan.books.entries()) {
    v1::AdjustmentEntry& added = *message.add_entries();
    added.set_kind(receivable::ToProto(entry.kind));
    for (const Posting& posting : entry.postings)
      *added.add_postings() = receivable::ToProto(posting);
  }
  AddCharges(before, plan.books, message);
  message.set_balance_before_cents(plan.balance_before.cents());
  message.set_balance_after_cents(plan.balance_after.cents());
  message.set_credit_after_cents(plan.books.credit().cents());
  if (!plan.verdict.refusal) message.set_digest(DigestOf(plan, today));
  return message;
}

}  // namespace reeve::billing::adjustment
