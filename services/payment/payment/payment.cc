#include "services/payment/payment/payment.h"

#include <algorithm>
#include <charconv>

namespace reeve::payment {
namespace {

struct Transition {
  PaymentState from;
  PaymentEvent event;
  PaymentState to;
};
constexpr Transition kTransitions[] = {
    {PaymentState::kTaken, PaymentEvent::kRequestVoid, PaymentState::kVoidRequested},
    {PaymentState::kVoidRequested, PaymentEvent::kWithdrawVoid, PaymentState::kTaken},
    {PaymentState::kVoidRequested, PaymentEvent::kDeclineVoid, PaymentState::kTaken},
    {PaymentState::kVoidRequested, PaymentEvent::kApproveVoid, PaymentState::kVoided},
};

// What was handed over, by kind of tender.
struct Tendered {
  Cash pieces;
  Money cash;
  std::int64_t check_count = 0;
  Money checks;
  std::int64_t card_count = 0;
  Money cards;
};

Result<Money> TotalOf(const std::vector<Tender>& tenders, TenderKind kind) {
  return Sum(tenders, [kind](const Tender& tender) {
    return tender.kind == kind ? tender.amount : Money();
  });
}

Result<Tendered> Add(const std::vector<Tender>& tenders) {
  Tendered sum;
  REEVE_ASSIGN_OR_RETURN(sum.cash, TotalOf(tenders, TenderKind::kCash));
  REEVE_ASSIGN_OR_RETURN(sum.checks, TotalOf(tenders, TenderKind::kCheck));
  REEVE_ASSIGN_OR_RETURN(sum.cards, TotalOf(tenders, TenderKind::kCard));
  for (const Tender& tender : tenders) {
    sum.pieces = sum.pieces.Plus(tender.cash);
    sum.check_count += tender.kind == TenderKind::kCheck;
    sum.card_count += tender.kind == TenderKind::kCard;
  }
  return sum;
}

Result<> CheckScanline(const TakePayment& command) {
  if (command.scanline.empty()) return Ok();
  REEVE_ASSIGN_OR_RETURN(const Stub stub, ReadStub(command.scanline));
  if (stub.account != command.account) {
    return FailedPrecondition(reason::kScanlineAccount, "The stub names another account.");
  }
  return Ok();
}

Error InsufficientTender(Money amount, Money tendered) {
  return FailedPrecondition(reason::kInsufficientTender, "The tenders do not cover the amount.")
      .With("amount_cents", amount.cents())
      .With("tendered_cents", tendered.cents());
}

constexpr char kAskForAnotherTender[] =
    "The drawer cannot make this change: ask for another tender.";

Result<Cash> PiecesOf(const Cash& held, Money amount, const char* otherwise) {
  const std::optional<Cash> pieces = MakeChange(held, amount);
  if (!pieces) {
    return FailedPrecondition(reason::kChangeNotPossible, otherwise)
        .With("change_cents", amount.cents());
  }
  return *pieces;
}

Error VoidNotRequested() {
  return FailedPrecondition(reason::kVoidNotRequested, "Nobody asked for this void.");
}

Result<> LetStand(Payment& payment, PaymentEvent event) {
  const auto next = Next(payment.state, event);
  if (!next) return VoidNotRequested();
  payment.state = *next;
  payment.void_reason.clear();
  payment.void_requested_by = PersonId();
  return Ok();
}

void AddCash(Canonical& form, std::string_view field, const Cash& cash) {
  form.Add(field, cash.ToString());
}

void AddTenders(Canonical& form, const std::vector<Tender>& tenders) {
  form.List("tenders", tenders.size());
  for (const Tender& tender : tenders) {
    form.Add("kind", kTenderKindName(tender.kind)).Add("amount", tender.amount.cents());
    AddCash(form, "cash", tender.cash);
    form.Add("check_number", tender.check_number)
        .Add("bank_last4", tender.bank_last4)
        .Add("card_token", tender.card_token);
  }
}

void AddDirections(Canonical& form, const std::vector<Direction>& directions) {
  form.List("directions", directions.size());
  for (const Direction& direction : directions) {
    form.Add("service", direction.service).Add("amount", direction.amount.cents());
  }
}

}  // namespace

Canonical TakePayment::canonical() const {
  Canonical form("TakePayment", 1);
  form.Add("drawer", drawer.value()).Add("account", account.value()).Add("amount", amount.cents());
  AddTenders(form, tenders);
  AddDirections(form, directions);
  form.Add("scanline", scanline);
  if (large_cash_confirmed) form.Add("large_cash_confirmed", std::int64_t{1});
  return form;
}

std::optional<PaymentId> PaymentId::Parse(std::string_view text) {
  std::array<std::int64_t, 3> parts{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '-')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc() || parts[i] <= 0) return std::nullopt;
    at = next;
  }
  const PaymentId id{DrawerId(parts[0]), parts[1], parts[2]};
  if (at != end || id.ToString() != text) return std::nullopt;
  return id;
}

std::string PaymentId::ToString() const {
  return drawer.ToString() + '-' + std::to_string(session_no) + '-' + std::to_string(receipt_no);
}

std::optional<PaymentState> Next(PaymentState state, PaymentEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

TenderAmounts NetAmounts(const Payment& payment) {
  const Tendered tendered = Add(payment.tenders).value();
  return {Money::Cents(tendered.cash.cents() - payment.change.Total().cents()), tendered.checks,
          tendered.cards};
}

Result<Cash> ChangeFor(const Cash& held, const Cash& cash, Money amount) {
  const Money tendered = cash.Total();
  if (tendered < amount) return InsufficientTender(amount, tendered);
  REEVE_ASSIGN_OR_RETURN(const Money change, tendered.Minus(amount));
  return PiecesOf(held.Plus(cash), change, kAskForAnotherTender);
}

Result<Payment> Take(const TakePayment& command, Session* session, PersonId caller, Date today,
                     Instant now) {
  REEVE_RETURN_IF_ERROR(CheckCashier(session, caller));
  REEVE_RETURN_IF_ERROR(CheckScanline(command));
  if (command.refusal) return *command.refusal;
  REEVE_ASSIGN_OR_RETURN(const Tendered tendered, Add(command.tenders));
  if (tendered.cards > command.amount) {
    return FailedPrecondition(reason::kCardExceedsAmount, "A card pays at most the amount.");
  }
  if (tendered.cash > kCashUnasked && !command.large_cash_confirmed) {
    return FailedPrecondition(reason::kCashUnconfirmed,
                              "This is a great deal of cash: count it again and confirm it.")
        .With("cash_cents", tendered.cash.cents());
  }
  REEVE_ASSIGN_OR_RETURN(const Money without_cash, tendered.checks.Plus(tendered.cards));
  REEVE_ASSIGN_OR_RETURN(const Money total, without_cash.Plus(tendered.cash));
  if (total < command.amount) return InsufficientTender(command.amount, total);
  // A check above the amount is not cashed: the rest becomes the customer's credit.
  const Money paid = std::max(command.amount, without_cash);
  REEVE_ASSIGN_OR_RETURN(const Money directed,
                         Sum(command.directions, [](const Direction& d) { return d.amount; }));
  if (directed > paid) {
    return FailedPrecondition(reason::kDirectionsExceedAmount,
                              "The directions sum to more than is paid.");
  }
  REEVE_ASSIGN_OR_RETURN(const Money change_due, total.Minus(paid));
  const Cash with_tender = session->pieces.Plus(tendered.pieces);
  REEVE_ASSIGN_OR_RETURN(const Cash change,
                         PiecesOf(with_tender, change_due, kAskForAnotherTender));
  REEVE_ASSIGN_OR_RETURN(const Money cash_kept, tendered.cash.Minus(change_due));
  REEVE_ASSIGN_OR_RETURN(const Money cash, session->cash.Plus(cash_kept));
  REEVE_ASSIGN_OR_RETURN(const Money checks, session->checks.Plus(tendered.checks));
  REEVE_ASSIGN_OR_RETURN(const Money cards, session->cards.Plus(tendered.cards));

  // After this point it must succeed.
  session->cash = cash;
  session->pieces = *with_tender.Minus(change);
  session->check_count += tendered.check_count;
  session->checks = checks;
  session->card_count += tendered.card_count;
  session->cards = cards;
  Payment payment;
  payment.id = {session->drawer, session->no, session->next_receipt_no++};
  payment.account = command.account;
  payment.amount = paid;
  payment.tenders = command.tenders;
  payment.change = change;
  payment.directions = command.directions;
  payment.scanline = command.scanline;
  payment.business_date = today;
  payment.taken_time = now;
  return payment;
}

Result<> RequestVoid(Payment& payment, PersonId caller, const std::string& void_reason) {
  const auto next = Next(payment.state, PaymentEvent::kRequestVoid);
  if (!next) {
    return FailedPrecondition(reason::kPaymentNotTaken,
                              "The payment is voided, or its void is asked for.");
  }
  payment.state = *next;
  payment.void_reason = void_reason;
  payment.void_requested_by = caller;
  return Ok();
}

Result<> ApproveVoid(Payment& payment, Session& session, PersonId caller, Date today) {
  const auto next = Next(payment.state, PaymentEvent::kApproveVoid);
  if (!next) return VoidNotRequested();
  if (caller == payment.void_requested_by || caller == session.cashier) {
    return PermissionDenied(reason::kSamePerson, "A second person approves a void.");
  }
  const TenderAmounts net = NetAmounts(payment);
  REEVE_ASSIGN_OR_RETURN(
      const Cash back,
      PiecesOf(session.pieces, net.cash,
               "The drawer does not hold the pieces to give this back: bring change to it first."));

  payment.state = *next;
  payment.void_approved_by = caller;
  payment.void_date = today;
  payment.void_cash = back;
  session.pieces = *session.pieces.Minus(back);
  session.cash = Money::Cents(session.cash.cents() - net.cash.cents());
  session.checks = Money::Cents(session.checks.cents() - net.checks.cents());
  session.cards = Money::Cents(session.cards.cents() - net.cards.cents());
  for (const Tender& tender : payment.tenders) {
    session.check_count -= tender.kind == TenderKind::kCheck;
    session.card_count -= tender.kind == TenderKind::kCard;
  }
  return Ok();
}

Result<> WithdrawVoid(Payment& payment) { return LetStand(payment, PaymentEvent::kWithdrawVoid); }

Result<> DeclineVoid(Payment& payment) { return LetStand(payment, PaymentEvent::kDeclineVoid); }

std::string Describe(const Payment& payment) {
  Canonical form("payment", 1);
  form.Add("account", payment.account.value()).Add("amount", payment.amount.cents());
  AddTenders(form, payment.tenders);
  AddCash(form, "change", payment.change);
  AddDirections(form, payment.directions);
  form.Add("scanline", payment.scanline)
      .Add("business_date", payment.business_date.ToString())
      .Add("taken_time", payment.taken_time.micros())
      .Add("void_reason", payment.void_reason)
      .Add("void_requested_by", payment.void_requested_by.value())
      .Add("void_approved_by", payment.void_approved_by.value())
      .Add("void_date", payment.void_date ? payment.void_date->ToString() : "");
  AddCash(form, "void_cash", payment.void_cash);
  return "state=" + std::string(kPaymentStateName(payment.state)) +
         ",account=" + payment.account.ToString() + ",amount=" + payment.amount.ToString() +
         ",change=" + payment.change.Total().ToString() +
         ",fields=" + HexEncode(Sha256(form.bytes()));
}

}  // namespace reeve::payment
