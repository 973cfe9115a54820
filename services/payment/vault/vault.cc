#include "services/payment/vault/vault.h"

namespace reeve::payment {
namespace {

struct Transition {
  TransferState from;
  TransferEvent event;
  TransferState to;
};
constexpr Transition kTransitions[] = {
    {TransferState::kPending, TransferEvent::kAccept, TransferState::kAccepted},
    {TransferState::kPending, TransferEvent::kCancel, TransferState::kCancelled},
};

Error CountDiffers() {
  return FailedPrecondition(reason::kCountDiffers, "The two counts differ: nothing has moved.");
}

bool IsSession(const Session* session, const Transfer& transfer, SessionState state) {
  return session != nullptr && session->no == transfer.session_no && session->state == state;
}

Entry Move(EntryKind kind, const Transfer& transfer, Place from, Place to) {
  return MoveEntry(kind, transfer.id, from, to, TenderAmounts::Of(transfer.counted));
}

Result<> LeaveVault(const Transfer& transfer, const Parties& parties) {
  if (!IsSession(parties.session, transfer, SessionState::kOpen)) {
    return FailedPrecondition(reason::kSessionNotOpen, "The drawer has no open session.");
  }
  if (transfer.initiated_by == parties.session->cashier) {
    return PermissionDenied(reason::kSamePerson, "Somebody else hands over the starting cash.");
  }
  const std::optional<Cash> rest = parties.vault->cash.Minus(transfer.counted.cash);
  if (!rest) {
    return FailedPrecondition(reason::kVaultShort, "The vault does not hold these pieces.");
  }
  parties.vault->cash = *rest;
  return Ok();
}

Result<> LeaveDrawer(const Transfer& transfer, const Parties& parties, bool another_pending) {
  if (!IsSession(parties.session, transfer, SessionState::kClosed)) {
    return FailedPrecondition(reason::kSessionNotClosed, "A drawer is turned in after its close.");
  }
  Session& session = *parties.session;
  if (transfer.initiated_by != session.cashier && transfer.initiated_by != session.closed_by) {
    return PermissionDenied(reason::kNotYourDrawer,
                            "Its cashier, or who closed it, turns a drawer in.");
  }
  if (another_pending) {
    return FailedPrecondition(reason::kTransferPending, "Its contents are already handed over.");
  }
  if (transfer.counted != session.Contents()) return CountDiffers();
  session.SetContents(Holding{});
  return Ok();
}

void End(Transfer& transfer, TransferState state, const Ending& ending) {
  transfer.state = state;
  transfer.ended_by = ending.person;
  transfer.ended_time = ending.now;
  transfer.ended_date = ending.today;
}

void Arrive(const Transfer& transfer, const Parties& parties) {
  const Cash& cash = transfer.counted.cash;
  switch (transfer.kind) {
    case TransferKind::kStartingCash: {
      Holding contents = parties.session->Contents();
      contents.cash = contents.cash.Plus(cash);
      parties.session->SetContents(contents);
      return;
    }
    case TransferKind::kTurnIn:
      parties.session->state = *Next(parties.session->state, SessionEvent::kTurnIn);
      [[fallthrough]];
    case TransferKind::kChangeFund:
      parties.vault->cash = parties.vault->cash.Plus(cash);
      return;
  }
}

}  // namespace

std::optional<TransferState> Next(TransferState state, TransferEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

Place From(TransferKind kind) {
  constexpr std::array kPlaces = {Place::kBank, Place::kVault, Place::kDrawer};
  return kPlaces[static_cast<std::size_t>(kind)];
}

Place To(TransferKind kind) {
  constexpr std::array kPlaces = {Place::kVault, Place::kDrawer, Place::kVault};
  return kPlaces[static_cast<std::size_t>(kind)];
}

Result<Entry> Initiate(Transfer& transfer, const Parties& parties, bool another_pending) {
  if (transfer.kind == TransferKind::kStartingCash) {
    REEVE_RETURN_IF_ERROR(LeaveVault(transfer, parties));
  } else if (transfer.kind == TransferKind::kTurnIn) {
    REEVE_RETURN_IF_ERROR(LeaveDrawer(transfer, parties, another_pending));
  }
  return Move(EntryKind::kTransferSent, transfer, From(transfer.kind), Place::kTransit);
}

Result<Entry> Accept(Transfer& transfer, const Parties& parties, const Holding& counted,
                     const Ending& ending) {
  const auto next = Next(transfer.state, TransferEvent::kAccept);
  if (!next) {
    return FailedPrecondition(reason::kTransferNotPending, "The transfer has already ended.");
  }
  if (ending.person == transfer.initiated_by) {
    return PermissionDenied(reason::kSamePerson, "A second person accepts the money.");
  }
  if (transfer.kind == TransferKind::kTurnIn && parties.session != nullptr &&
      parties.session->cashier == ending.person) {
    return PermissionDenied(reason::kSamePerson, "Nobody accepts what their own drawer turns in.");
  }
  if (transfer.kind == TransferKind::kStartingCash) {
    const bool live = IsSession(parties.session, transfer, SessionState::kOpen);
    REEVE_RETURN_IF_ERROR(CheckCashier(live ? parties.session : nullptr, ending.person));
  } else if (!ending.may_accept_into_vault) {
    return PermissionDenied(reason::kCustodianNeeded,
                            "Into the vault a supervisor or its custodian accepts.")
        .With("permission", std::string(kAcceptIntoVault));
  }
  if (counted != transfer.counted) return CountDiffers();
  End(transfer, *next, ending);
  Arrive(transfer, parties);
  return Move(EntryKind::kTransferReceived, transfer, Place::kTransit, To(transfer.kind));
}

Result<Entry> Cancel(Transfer& transfer, const Parties& parties, const std::string& cancel_reason,
                     const Ending& ending) {
  const auto next = Next(transfer.state, TransferEvent::kCancel);
  if (!next) {
    return FailedPrecondition(reason::kTransferNotPending, "The transfer has already ended.");
  }
  End(transfer, *next, ending);
  transfer.cancel_reason = cancel_reason;
  if (transfer.kind == TransferKind::kStartingCash) {
    parties.vault->cash = parties.vault->cash.Plus(transfer.counted.cash);
  } else if (transfer.kind == TransferKind::kTurnIn) {
    parties.session->SetContents(transfer.counted);
  }
  return Move(EntryKind::kTransferReturned, transfer, Place::kTransit, From(transfer.kind));
}

std::string Describe(const Transfer& transfer) {
  return "state=" + std::string(kTransferStateName(transfer.state)) +
         ",kind=" + std::string(kTransferKindName(transfer.kind)) +
         ",vault=" + transfer.vault.ToString() + ",session=" + std::to_string(transfer.session_no) +
         ",counted=[" + transfer.counted.ToString() +
         "],initiated_by=" + transfer.initiated_by.ToString() +
         ",initiated=" + std::to_string(transfer.initiated_time.micros()) +
         ",initiated_date=" + transfer.initiated_date.ToString() +
         ",ended_by=" + transfer.ended_by.ToString() +
         ",ended=" + std::to_string(transfer.ended_time.micros()) +
         ",ended_date=" + (transfer.ended_date ? transfer.ended_date->ToString() : "") +
         ",reason=" + transfer.cancel_reason;
}

}  // namespace reeve::payment
