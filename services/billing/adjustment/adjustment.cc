#include "services/billing/adjustment/adjustment.h"

#include <algorithm>
#include <set>

#include "services/billing/derived_id.h"

namespace reeve::billing::adjustment {
namespace {

constexpr int kDaysMax = 366;
constexpr std::size_t kNameMax = 40;
constexpr std::size_t kReasonsMax = 50;
constexpr std::string_view kLimitPermission = "adjustment.limit_";

struct Transition {
  State from;
  Event event;
  State to;
};
constexpr Transition kTransitions[] = {
    {State::kProposed, Event::kApprove, State::kPosted},
    {State::kProposed, Event::kDecline, State::kDeclined},
    {State::kProposed, Event::kWithdraw, State::kWithdrawn},
    {State::kPosted, Event::kReverse, State::kReversed},
};

// Words of these letters, joined by one of `marks`.
template <class IsLetter>
bool IsSpelled(std::string_view text, std::string_view marks, const IsLetter& is_letter) {
  if (text.empty() || text.size() > kNameMax) return false;
  bool after_letter = false;
  for (const char c : text) {
    const bool mark = marks.find(c) != std::string_view::npos;
    if (mark ? !after_letter : !is_letter(c)) return false;
    after_letter = !mark;
  }
  return after_letter;
}
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpperOrDigit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool IsCode(std::string_view text) { return IsSpelled(text, "-_", IsUpperOrDigit); }

// Control accounts are made up of items, and only their own entries move them.
bool IsFreeAccount(const std::string& name) {
  const bool control = name.starts_with("receivable-") || name.starts_with("customer-") ||
                       name.starts_with("deposit-") || name == receivable::kClearing ||
                       name == receivable::kUnappliedCash;
  return IsSpelled(name, "-", IsLower) && !control;
}

void ValidateReasons(const Type& type, const std::string& field, Fields& fields) {
  if (type.reasons.empty() || type.reasons.size() > kReasonsMax) {
    fields.Refuse(field + "reasons", "are from 1 to 50");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < std::min(type.reasons.size(), kReasonsMax); ++i) {
    if (!IsCode(type.reasons[i]) || !seen.insert(type.reasons[i]).second) {
      fields.Refuse(field + "reasons[" + std::to_string(i) + "]", "is no code, or there twice");
    }
  }
}

void Add(Verdict& verdict, std::string rule, std::string finding, std::optional<Error> refusal) {
  verdict.lines.push_back({std::move(rule), !refusal, std::move(finding)});
  if (refusal && !verdict.refusal) verdict.refusal = std::move(refusal);
}

void AddTaker(Verdict& verdict, const Type& type, const Actor& actor) {
  const std::string days = std::to_string(type.taker_days) + " days";
  if (!actor.took_payment) {
    return Add(verdict, "TAKER", "you took no payment of this account within " + days, {});
  }
  Add(verdict, "TAKER", "you took a payment of this account within " + days,
      PermissionDenied(reason::kTookPayment,
                       "Nobody adjusts an account whose payment they took so lately."));
}

// Whoever loaded the type set its limits: one would give more to oneself.
void AddOwnType(Verdict& verdict, const Type& type, const Actor& actor) {
  if (actor.person != type.loaded_by) {
    return Add(verdict, "OWN_TYPE", "somebody else set the limits of this type", {});
  }
  Add(verdict, "OWN_TYPE", "you set the limits of this type yourself",
      PermissionDenied(reason::kOwnType, "Whoever loaded a type has no limit by it."));
}

// Of a second person, or of whoever takes an adjustment back.
void AddOwnLimit(Verdict& verdict, const Adjustment& adjustment, const Actor& actor) {
  const std::string finding =
      "your limit is " + actor.limit.ToString() + ", the amount " + adjustment.amount.ToString();
  if (adjustment.amount <= actor.limit) return Add(verdict, "LIMIT", finding, {});
  Add(verdict, "LIMIT", finding,
      PermissionDenied(reason::kAboveLimit, "The amount is above your limit.")
          .With("limit_cents", actor.limit.cents()));
}

void AddType(Verdict& verdict, const Type& type) {
  Add(verdict, "TYPE",
      type.code + " of " + type.effective_date.ToString() + ", " + type.citation + ": " +
          (type.effect == Effect::kCredit ? "credits " : "charges ") + type.service,
      {});
}

void AddEntry(Canonical& form, const receivable::Entry& entry) {
  form.Add("kind", receivable::EntryKindName(entry.kind))
      .Add("business_date", entry.business_date.ToString())
      .List("postings", entry.postings.size());
  for (const Posting& posting : entry.postings) {
    form.Add("ledger_account", posting.ledger_account)
        .Add("fund", posting.fund)
        .Add("amount", posting.amount.cents());
  }
  form.List("allocations", entry.allocations.size());
  for (const receivable::AllocationRow& row : entry.allocations) {
    form.Add("charge", row.charge_id).Add("amount", row.amount.cents());
  }
}

}  // namespace

void Validate(const Type& type, const std::string& field, Fields& fields) {
  if (!IsCode(type.code)) fields.Refuse(field + "code", "is no code like LEAK-W");
  if (!IsSpelled(type.service, "", IsLower)) {
    fields.Refuse(field + "service", "is no name of a service");
  }
  if (type.charge_kind == receivable::ChargeKind::kDeposit) {
    fields.Refuse(field + "charge_kind", "is neither usage nor a fee");
  }
  if (!IsFreeAccount(type.ledger_account)) {
    fields.Refuse(field + "ledger_account",
                  "is no name like adjustments-water, or a control account");
  }
  if (type.leak) {
    Validate(*type.leak, field + "leak.", fields);
    if (type.effect != Effect::kCredit || type.charge_kind != receivable::ChargeKind::kUsage) {
      fields.Refuse(field + "leak", "belongs to a credit for usage");
    }
  }
  if (type.monthly) {
    Validate(*type.monthly, field + "monthly.", fields);
    if (type.effect != Effect::kCredit || type.leak || !type.needs_document) {
      fields.Refuse(field + "monthly", "belongs to a credit with a document, not for a leak");
    }
  }
  ValidateReasons(type, field, fields);
  if (type.limits.empty()) fields.Refuse(field + "limits", "are from 1 to 20");
  ValidateLimits(type.limits, kLimitPermission, field, fields);
  const auto days = [&](const char* name, int value, int min) {
    if (value < min || value > kDaysMax) {
      fields.Refuse(field + name, "is not from " + std::to_string(min) + " to 366");
    }
  };
  days("limit_days", type.limit_days, 1);
  days("taker_days", type.taker_days, 1);
  days("due_days", type.due_days, 0);
}

std::optional<State> After(State state, Event event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

Verdict ExamineNew(const Type& type, const Adjustment& adjustment, bool has_service,
                   const Actor& actor) {
  Verdict verdict;
  AddType(verdict, type);
  const bool known = std::find(type.reasons.begin(), type.reasons.end(), adjustment.reason_code) !=
                     type.reasons.end();
  if (known) {
    Add(verdict, "REASON", adjustment.reason_code, {});
  } else {
    Add(verdict, "REASON", adjustment.reason_code + " is no reason of this type",
        FailedPrecondition(reason::kReasonNotOfType, "The type does not know this reason."));
  }
  if (!type.needs_document) {
    Add(verdict, "DOCUMENT", "none is needed", {});
  } else if (!adjustment.document.empty()) {
    Add(verdict, "DOCUMENT", adjustment.document, {});
  } else {
    Add(verdict, "DOCUMENT", "one is needed and none is named",
        FailedPrecondition(reason::kDocumentMissing, "This type needs a document."));
  }
  if (has_service) {
    Add(verdict, "SERVICE", type.service + " is on the account", {});
  } else {
    Add(verdict, "SERVICE", type.service + " is not on the account",
        FailedPrecondition(reason::kServiceNotOnAccount, "The account has no such service."));
  }
  AddTaker(verdict, type, actor);
  const Result<Money> together = actor.posted_alone.Plus(adjustment.amount);
  const bool is_own_type = actor.person == type.loaded_by;
  verdict.needs_second_person = is_own_type || !together.ok() || *together > actor.limit;
  if (is_own_type) {
    Add(verdict, "OWN_TYPE", "you set the limits of this type yourself: a second person is needed",
        {});
  }
  Add(verdict, "LIMIT",
      "your limit is " + actor.limit.ToString() + " in " + std::to_string(type.limit_days) +
          " days, of which " + actor.posted_alone.ToString() + " are used; " +
          (verdict.needs_second_person ? "a second person is needed"
                                       : "no second person is needed"),
      {});
  return verdict;
}

Verdict ExamineApproval(const Type& type, const Adjustment& adjustment, const Actor& actor) {
  Verdict verdict;
  AddType(verdict, type);
  if (actor.person != adjustment.entered_by) {
    Add(verdict, "SECOND_PERSON", "you did not propose it", {});
  } else {
    Add(verdict, "SECOND_PERSON", "you proposed it yourself",
        PermissionDenied(reason::kSamePerson, "Somebody else decides than who proposed it."));
  }
  AddOwnType(verdict, type, actor);
  AddTaker(verdict, type, actor);
  AddOwnLimit(verdict, adjustment, actor);
  return verdict;
}

Verdict ExamineReversal(const Type& type, const Adjustment& adjustment, const Actor& actor) {
  Verdict verdict;
  AddType(verdict, type);
  AddOwnType(verdict, type, actor);
  AddTaker(verdict, type, actor);
  AddOwnLimit(verdict, adjustment, actor);
  return verdict;
}

std::int64_t EntryIdOf(AccountId account, std::int64_t adjustment_no) {
  return DerivedId("adjustment", account.value(), adjustment_no);
}
std::int64_t ReversalIdOf(AccountId account, std::int64_t adjustment_no) {
  return DerivedId("adjustment-reversal", account.value(), adjustment_no);
}
std::int64_t ChargeIdOf(AccountId account, std::int64_t adjustment_no) {
  return DerivedId("adjustment-charge", account.value(), adjustment_no);
}

receivable::Charge ChargeOf(const Type& type, const Adjustment& adjustment, Date posted_date) {
  receivable::Charge charge;
  charge.charge_id = ChargeIdOf(adjustment.account, adjustment.adjustment_no);
  charge.service = type.service;
  charge.kind = type.charge_kind;
  charge.description = type.title;
  charge.due_date = posted_date.PlusDays(type.due_days);
  charge.amount = adjustment.amount;
  return charge;
}

receivable::Books::Correction CorrectionOf(const Type& type, const Adjustment& adjustment,
                                           Date business_date) {
  return {std::to_string(adjustment.adjustment_no),
          business_date,
          type.service,
          type.charge_kind,
          type.ledger_account,
          adjustment.amount};
}

Result<> Post(const Type& type, const Adjustment& adjustment, Date today,
              const receivable::AllocationPolicy& policy, receivable::Books& books) {
  const std::int64_t entry_id = EntryIdOf(adjustment.account, adjustment.adjustment_no);
  const receivable::Books::Correction correction = CorrectionOf(type, adjustment, today);
  if (type.effect == Effect::kCredit) return books.GiveCredit(entry_id, correction, policy);
  return books.AddCorrection(entry_id, correction, ChargeOf(type, adjustment, today), policy);
}

Result<> Reverse(const Type& type, const Adjustment& adjustment, Date today,
                 const receivable::AllocationPolicy& policy,
                 std::span<const receivable::AllocationRow> allocations,
                 std::span<const receivable::AllocationRow> credit_uses, receivable::Books& books) {
  const std::int64_t entry_id = ReversalIdOf(adjustment.account, adjustment.adjustment_no);
  const receivable::Books::Correction correction = CorrectionOf(type, adjustment, today);
  if (type.effect == Effect::kCredit) {
    return books.TakeBackCorrection(entry_id, correction, allocations, credit_uses);
  }
  return books.CancelCharge(entry_id, receivable::EntryKind::kAdjustmentReversal, correction,
                            ChargeIdOf(adjustment.account, adjustment.adjustment_no), policy);
}

std::string DigestOf(const Plan& plan, Date today) {
  const Adjustment& adjustment = plan.adjustment;
  Canonical form("reeve.billing.adjustment.plan", 1);
  form.Add("act", static_cast<std::int64_t>(plan.act))
      .Add("today", today.ToString())
      .Add("account", adjustment.account.value())
      .Add("adjustment_no", adjustment.adjustment_no)
      .Add("type", plan.type.code)
      .Add("type_date", plan.type.effective_date.ToString())
      .Add("amount", adjustment.amount.cents())
      .Add("reason", adjustment.reason_code)
      .Add("note", adjustment.note)
      .Add("document", adjustment.document)
      .Add("basis", adjustment.basis)
      .Add("balance_before", plan.balance_before.cents())
      .Add("balance_after", plan.balance_after.cents())
      .Add("needs_second_person", plan.verdict.needs_second_person ? 1 : 0)
      .List("rules", plan.verdict.lines.size());
  for (const RuleLine& line : plan.verdict.lines) {
    form.Add("rule", line.rule).Add("holds", line.holds ? 1 : 0).Add("finding", line.finding);
  }
  form.List("entries", plan.books.entries().size());
  for (const receivable::Entry& entry : plan.books.entries()) AddEntry(form, entry);
  return HexEncode(Sha256(form.bytes()));
}

}  // namespace reeve::billing::adjustment
