// Who may take back what was billed: alone up to a limit, above it with a second person. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/rebill/rebill.h"
#include "shared/core/result.h"
#include "shared/core/spelling.h"

namespace reeve::billing::rebill {

namespace reason {
inline constexpr Reason kTookPayment{"TOOK_PAYMENT"};
inline constexpr Reason kAboveLimit{"ABOVE_LIMIT"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
inline constexpr Reason kOwnLimits{"OWN_LIMITS"};
}  // namespace reason

enum class ProposalState { kProposed, kApproved, kDeclined, kWithdrawn };
inline constexpr Spelling<ProposalState, 4> kProposalStateName{
    {"PROPOSED", "APPROVED", "DECLINED", "WITHDRAWN"}};
enum class ProposalEvent { kApprove, kDecline, kWithdraw };
// Where an event leads; nothing if it is refused in that state.
std::optional<ProposalState> After(ProposalState state, ProposalEvent event);

// A correction that waits for a second person, or did.
struct Proposal {
  Correction correction;
  std::int64_t proposal_no = 0;  // 1, 2, 3, ... of its bill
  std::optional<Date> due_date;  // of one that bills again
  Money credit;
  ProposalState state = ProposalState::kProposed;
  Date proposed_date;
  PersonId proposed_by;
  std::optional<Date> decided_date;
  PersonId decided_by;
  std::string decision;
};

// What cancelling a bill takes back: all that was charged. Of one whose days are billed again at
// once: what was charged, less what is owed then; nothing for an increase.
Money CreditOf(std::span<const cycle::PlannedCharge> charged,
               std::span<const cycle::PlannedCharge> owed);
// The same of one that is cancelled already, of which its cancellation and the rebills before have
// `counted` a part.
Money FurtherCreditOf(std::span<const cycle::PlannedCharge> charged,
                      std::span<const cycle::PlannedCharge> owed, Money counted);

// Who acts, as far as the rules ask.
struct Actor {
  PersonId person;
  Money limit;                // alone, by the limits in force
  Money posted_alone;         // of this account within their days, adjustments included
  bool took_payment = false;  // of this account within their days
};
// What the actor may still take back alone; nothing without limits, and nothing for whoever loaded
// them.
Money LeftAlone(const Policy* policy, const Actor& actor);

// TOOK_PAYMENT.
Result<> ExamineProposer(const Actor& actor);
// TOOK_PAYMENT, ABOVE_LIMIT.
Result<> ExamineAlone(const Policy* policy, Money credit, const Actor& actor);
// SAME_PERSON, OWN_LIMITS, TOOK_PAYMENT, ABOVE_LIMIT: where limits are loaded, the second person's
// own covers the amount. `proposer_took_payment`: within the days of the limits in force.
Result<> ExamineApproval(const Policy* policy, const Proposal& proposal, Money credit,
                         const Actor& actor, bool proposer_took_payment);

}  // namespace reeve::billing::rebill
