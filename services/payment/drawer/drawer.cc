#include "services/payment/drawer/drawer.h"

#include <algorithm>

namespace reeve::payment {
namespace {

struct Transition {
  SessionState from;
  SessionEvent event;
  SessionState to;
};
constexpr Transition kTransitions[] = {
    {SessionState::kOpen, SessionEvent::kCount, SessionState::kCounted},
    {SessionState::kCounted, SessionEvent::kRecount, SessionState::kCounted},
    {SessionState::kCounted, SessionEvent::kClose, SessionState::kClosed},
    {SessionState::kClosed, SessionEvent::kTurnIn, SessionState::kTurnedIn},
};

bool IsBeyond(Money over, Money limit) { return over > limit || over < limit.Negated(); }

Error SecondPersonNeeded() {
  return PermissionDenied(reason::kSecondPersonNeeded,
                          "This needs a second person, who may accept what is over or short.");
}

Error VoidPending(const Session& session, std::span<const std::int64_t> receipts) {
  const std::string at = session.drawer.ToString() + '-' + std::to_string(session.no) + '-';
  std::string payments;
  for (const std::int64_t receipt : receipts) {
    payments += (payments.empty() ? "" : ", ") + at + std::to_string(receipt);
  }
  return FailedPrecondition(reason::kVoidPending,
                            "A void is asked for and not decided: somebody else approves or "
                            "declines it, or the cashier withdraws it; then the drawer is counted.")
      .With("payment_ids", payments);
}

bool AnyBeyond(const TenderAmounts& over, Money limit) {
  return IsBeyond(over.cash, limit) || IsBeyond(over.checks, limit) || IsBeyond(over.cards, limit);
}

}  // namespace

std::optional<SessionState> Next(SessionState state, SessionEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

void Session::SetContents(const Holding& holding) {
  cash = holding.cash.Total();
  pieces = holding.cash;
  check_count = holding.check_count;
  checks = holding.checks;
  card_count = holding.card_count;
  cards = holding.cards;
}

TenderAmounts Count::Over() const {
  const auto over = [&](TenderKind kind) {
    return Money::Cents(counted.Total(kind).cents() - expected.Total(kind).cents());
  };
  return {over(TenderKind::kCash), over(TenderKind::kCheck), over(TenderKind::kCard)};
}

Result<> CheckCashier(const Session* session, PersonId caller) {
  if (session == nullptr || session->state != SessionState::kOpen) {
    return FailedPrecondition(reason::kSessionNotOpen, "The drawer has no open session.");
  }
  if (session->cashier != caller) {
    return PermissionDenied(reason::kNotYourDrawer, "The drawer is open for another cashier.");
  }
  return Ok();
}

Result<Session> Open(const Drawer* drawer, bool has_live_session, PersonId cashier,
                     const std::string& cashier_name, Date today, Instant now) {
  if (drawer == nullptr || drawer->kind != DrawerKind::kCounter) {
    return NotFound(reason::kDrawerUnknown, "There is no drawer of this number.");
  }
  if (has_live_session) {
    return FailedPrecondition(reason::kDrawerInUse, "Its last session is not turned in.");
  }
  Session session;
  session.drawer = drawer->id;
  session.no = drawer->last_session_no + 1;
  session.cashier = cashier;
  session.cashier_name = cashier_name;
  session.business_date = today;
  session.opened_time = now;
  return session;
}

Result<Count> SubmitCount(Session* session, const std::optional<Count>& before, const Actor& actor,
                          const Holding& counted, std::span<const std::int64_t> voids_pending) {
  const SessionEvent event = before ? SessionEvent::kRecount : SessionEvent::kCount;
  const auto next = session == nullptr ? std::nullopt : Next(session->state, event);
  if (!next) {
    return FailedPrecondition(reason::kSessionNotOpen, "The drawer has no open session.");
  }
  if (event == SessionEvent::kCount) {
    REEVE_RETURN_IF_ERROR(CheckCashier(session, actor.person));
  } else if (actor.person == session->cashier || !actor.may_accept_variance) {
    return SecondPersonNeeded();
  }
  if (!voids_pending.empty()) return VoidPending(*session, voids_pending);
  session->state = *next;
  return Count{before ? before->expected : session->Contents(), counted};
}

Result<Entry> Close(Session* session, const std::optional<Count>& count, const Closing& closing) {
  const auto next = session == nullptr ? std::nullopt : Next(session->state, SessionEvent::kClose);
  if (!next) {
    return FailedPrecondition(reason::kSessionNotCounted, "A drawer is closed after its count.");
  }
  if (closing.transfer_pending) {
    return FailedPrecondition(reason::kTransferPending,
                              "Money is in transit to the drawer: accept or cancel it first.");
  }
  const TenderAmounts over = count->Over();
  if (closing.reason.empty() && AnyBeyond(over, Money())) {
    return FailedPrecondition(reason::kReasonMissing, "Something is over or short: say why.");
  }
  if (AnyBeyond(over, kVarianceAccepted) &&
      (closing.actor.person == session->cashier || !closing.actor.may_accept_variance)) {
    return SecondPersonNeeded();
  }
  session->state = *next;
  session->SetContents(count->counted);
  session->over_short_reason = closing.reason;
  session->closed_by = closing.actor.person;
  session->closed_time = closing.now;
  session->closed_date = closing.today;
  return OverShortEntry(over);
}

std::string Describe(const Drawer& drawer) {
  return "kind=" + std::string(kDrawerKindName(drawer.kind)) + ",name=" + drawer.name;
}

std::string Describe(const Session& session, const std::optional<Count>& count) {
  Canonical form("drawer-session", 1);
  form.Add("cashier", session.cashier.value())
      .Add("cashier_name", session.cashier_name)
      .Add("business_date", session.business_date.ToString())
      .Add("opened_time", session.opened_time.micros())
      .Add("closed_by", session.closed_by.value())
      .Add("closed_time", session.closed_time.micros())
      .Add("closed_date", session.closed_date ? session.closed_date->ToString() : "")
      .Add("over_short_reason", session.over_short_reason)
      .Add("anchor_length", session.anchor_length)
      .Add("anchor_hash", session.anchor_hash);
  std::string text = "state=" + std::string(kSessionStateName(session.state)) +
                     ",cashier=" + session.cashier.ToString();
  if (count) {
    text += ",expected=[" + count->expected.ToString() + "],counted=[" + count->counted.ToString() +
            "]";
  }
  return text + ",fields=" + HexEncode(Sha256(form.bytes()));
}

}  // namespace reeve::payment
