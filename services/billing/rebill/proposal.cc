#include "services/billing/rebill/proposal.h"

#include <algorithm>

namespace reeve::billing::rebill {
namespace {

struct Transition {
  ProposalState from;
  ProposalEvent event;
  ProposalState to;
};
constexpr Transition kTransitions[] = {
    {ProposalState::kProposed, ProposalEvent::kApprove, ProposalState::kApproved},
    {ProposalState::kProposed, ProposalEvent::kDecline, ProposalState::kDeclined},
    {ProposalState::kProposed, ProposalEvent::kWithdraw, ProposalState::kWithdrawn},
};

std::int64_t CentsOf(std::span<const cycle::PlannedCharge> charges) {
  std::int64_t cents = 0;
  for (const cycle::PlannedCharge& charge : charges) cents += charge.amount.cents();
  return cents;
}

Error TookPayment() {
  return PermissionDenied(reason::kTookPayment,
                          "A bill is corrected by people who took no payment of the account.");
}

Error AboveLimit(std::string message, Money credit, Money limit) {
  return PermissionDenied(reason::kAboveLimit, std::move(message))
      .With("credit_cents", credit.cents())
      .With("alone_cents", limit.cents());
}

}  // namespace

std::optional<ProposalState> After(ProposalState state, ProposalEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

Money CreditOf(std::span<const cycle::PlannedCharge> charged,
               std::span<const cycle::PlannedCharge> owed) {
  return Money::Cents(std::max<std::int64_t>(0, CentsOf(charged) - CentsOf(owed)));
}

Money FurtherCreditOf(std::span<const cycle::PlannedCharge> charged,
                      std::span<const cycle::PlannedCharge> owed, Money counted) {
  return Money::Cents(std::max<std::int64_t>(0, CreditOf(charged, owed).cents() - counted.cents()));
}

Money LeftAlone(const Policy* policy, const Actor& actor) {
  if (policy == nullptr || policy->loaded_by == actor.person) return Money();
  return Money::Cents(std::max<std::int64_t>(0, actor.limit.cents() - actor.posted_alone.cents()));
}

Result<> ExamineProposer(const Actor& actor) {
  if (actor.took_payment) return TookPayment();
  return Ok();
}

Result<> ExamineAlone(const Policy* policy, Money credit, const Actor& actor) {
  REEVE_RETURN_IF_ERROR(ExamineProposer(actor));
  const Money left = LeftAlone(policy, actor);
  if (credit <= left) return Ok();
  return AboveLimit("It takes back more than you may alone: propose it.", credit, left);
}

Result<> ExamineApproval(const Policy* policy, const Proposal& proposal, Money credit,
                         const Actor& actor, bool proposer_took_payment) {
  if (actor.person == proposal.proposed_by) {
    return PermissionDenied(reason::kSamePerson, "Somebody else approves what you propose.");
  }
  if (policy != nullptr && policy->loaded_by == actor.person) {
    return PermissionDenied(reason::kOwnLimits, "Whoever loaded the limits approves nothing.");
  }
  if (actor.took_payment || proposer_took_payment) return TookPayment();
  if (policy == nullptr || policy->limits.empty() || credit <= actor.limit) return Ok();
  return AboveLimit("The amount is above your limit.", credit, actor.limit);
}

}  // namespace reeve::billing::rebill
