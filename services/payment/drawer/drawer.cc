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

bool AnyBeyond(const TenderAmounts& over, Money limit) {
  return IsBeyond(over.cash, limit) || IsBeyond(over.checks, limit) || IsBeyond(over.cards, limit);
}

}  // namespace

std::string_view Name(DrawerKind kind) {
  return kind == DrawerKind::kCounter ? "COUNTER" : "VAULT";
}

std::string_view Name(SessionState state) {
  constexpr std::array<std::string_view, 4> kNames = {"OPEN", "COUNTED", "CLOSED", "TURNED_IN"};
  return kNames[static_cast<std::size_t>(state)];
}

std::optional<SessionState> ParseSessionState(std::string_view name) {
  for (const SessionState state : kSessionStates) {
    if (Name(state) == name) return state;
  }
  return std::nullopt;
}

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

Result<Count> SubmitCount(Session& session, const std::optional<Count>& before, const Actor& actor,
                          const Holding& counted, bool void_pending) {
  const SessionEvent event = before ? SessionEvent::kRecount : SessionEvent::kCount;
  const auto next = Next(session.state, event);
  if (!next) {
    return FailedPrecondition(reason::kSessionNotOpen, "The drawer has no open session.");
  }
  if (event == SessionEvent::kCount) {
    REEVE_RETURN_IF_ERROR(CheckCashier(&session, actor.person));
  } else if (actor.person == session.cashier || !actor.may_accept_variance) {
    return SecondPersonNeeded();
  }
  if (void_pending) {
    return FailedPrecondition(reason::kVoidPending,
                              "A void of the session awaits its second person.");
  }
  session.state = *next;
  return Count{before ? before->expected : session.Contents(), counted};
}

Result<Entry> Close(Session& session, const Count& count, const Closing& closing) {
  const auto next = Next(session.state, SessionEvent::kClose);
  if (!next) {
    return FailedPrecondition(reason::kSessionNotCounted, "A drawer is closed after its count.");
  }
  if (closing.transfer_pending) {
    return FailedPrecondition(reason::kTransferPending,
                              "Money is in transit to the drawer: accept or cancel it first.");
  }
  const TenderAmounts over = count.Over();
  if (closing.reason.empty() && AnyBeyond(over, Money())) {
    return FailedPrecondition(reason::kReasonMissing, "Something is over or short: say why.");
  }
  if (AnyBeyond(over, kVarianceAccepted) &&
      (closing.actor.person == session.cashier || !closing.actor.may_accept_variance)) {
    return SecondPersonNeeded();
  }
  session.state = *next;
  session.SetContents(count.counted);
  session.over_short_reason = closing.reason;
  session.closed_by = closing.actor.person;
  session.closed_time = closing.now;
  return OverShortEntry(over);
}

std::string Describe(const Drawer& drawer) {
  return "kind=" + std::string(Name(drawer.kind)) + ",name=" + drawer.name;
}

std::string Describe(const Session& session, const std::optional<Count>& count) {
  std::string text = "state=" + std::string(Name(session.state)) +
                     ",cashier=" + session.cashier.ToString() + ",name=" + session.cashier_name +
                     ",business_date=" + session.business_date.ToString() +
                     ",opened=" + std::to_string(session.opened_time.micros());
  if (count) {
    text += ",expected=[" + count->expected.ToString() + "],counted=[" + count->counted.ToString() +
            "]";
  }
  if (session.closed_by.is_set()) {
    text += ",closed_by=" + session.closed_by.ToString() +
            ",closed=" + std::to_string(session.closed_time.micros()) +
            ",reason=" + session.over_short_reason;
  }
  return text;
}

}  // namespace reeve::payment
