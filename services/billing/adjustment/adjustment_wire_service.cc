#include "services/billing/adjustment/adjustment_wire_service.h"

#include <algorithm>
#include <map>

#include "services/billing/receivable/receivable_wire_service.h"

namespace reeve::billing::adjustment {
namespace {

constexpr std::size_t kDigestSize = 64;
constexpr std::size_t kCodeMax = 40;
constexpr std::size_t kDocumentMax = 200;

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

template <class Table, class T>
auto OnWire(const Table& table, T value) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

Type ParseType(const v1::AdjustmentType& message, const std::string& field, Fields& fields) {
  Type type;
  type.code = message.code();
  type.effective_date = fields.CivilDate(field + "effective_date", message.effective_date());
  type.title = fields.Text(field + "title", message.title(), 3, 60);
  type.citation = fields.Text(field + "citation", message.citation(), 3, 300);
  const auto effect = std::find_if(std::begin(kEffects), std::end(kEffects),
                                   [&](const auto& one) { return one.second == message.effect(); });
  if (effect == std::end(kEffects)) {
    fields.Refuse(field + "effect", "is required");
  } else {
    type.effect = effect->first;
  }
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
  Validate(type, field, fields);
  return type;
}

Adjustment ParseSpec(const v1::AdjustmentSpec& message, Fields& fields) {
  const std::string field = "adjustment.";
  Adjustment adjustment;
  adjustment.account = AccountId(fields.Id(field + "account_id", message.account_id()));
  adjustment.type_code = fields.Text(field + "type_code", message.type_code(), 1, kCodeMax);
  adjustment.amount =
      fields.Cents(field + "amount_cents", message.amount_cents(), 1, Money::kMaxCents);
  adjustment.reason_code = fields.Text(field + "reason_code", message.reason_code(), 1, kCodeMax);
  adjustment.note = fields.Text(field + "note", message.note(), 3, 500);
  adjustment.document = fields.Text(field + "document", message.document(), 0, kDocumentMax);
  return adjustment;
}

std::string ParseDigest(const std::string& digest, Fields& fields) {
  const bool hexadecimal =
      digest.size() == kDigestSize && std::all_of(digest.begin(), digest.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      });
  if (!hexadecimal) fields.Refuse("digest", "is not that of a preview");
  return digest;
}

template <class Request>
OfAdjustment ParseOf(const Request& request, Fields& fields) {
  return {AccountId(fields.Id("account_id", request.account_id())),
          fields.Id("adjustment_no", request.adjustment_no())};
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

Result<Adjustment> Parse(const v1::PreviewAdjustmentRequest& request) {
  Fields fields;
  Adjustment adjustment = ParseSpec(request.adjustment(), fields);
  if (!fields.ok()) return fields.error();
  return adjustment;
}

Canonical PostCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", adjustment.account.value())
                       .Add("type_code", adjustment.type_code)
                       .Add("amount", adjustment.amount.cents())
                       .Add("reason_code", adjustment.reason_code)
                       .Add("note", adjustment.note)
                       .Add("document", adjustment.document)
                       .Add("digest", digest));
}

Result<PostCommand> Parse(const v1::PostAdjustmentRequest& request) {
  Fields fields;
  PostCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.adjustment = ParseSpec(request.adjustment(), fields);
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
