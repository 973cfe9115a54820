#include "services/billing/read/served_store.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"

namespace reeve::billing::read {

using agreement::Agreement;

Result<Agreement> LockServed(db::Transaction& tx, AccountId account, std::int64_t agreement_id) {
  std::vector<Agreement> agreements = agreement::LockAgreements(tx, account);
  if (agreements.empty()) {
    return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
  }
  const auto found = std::find_if(agreements.begin(), agreements.end(), [&](const Agreement& one) {
    return one.agreement_id == agreement_id;
  });
  if (found == agreements.end()) {
    return NotFound(reason::kAgreementUnknown, "The account has no such agreement.");
  }
  if (!found->IsMetered()) {
    return FailedPrecondition(reason::kNotMetered, "The service of the agreement has no meter.");
  }
  if (found->state != agreement::State::kActive) {
    return FailedPrecondition(reason::kAgreementNotActive, "The agreement does not run.")
        .With("state", std::string(agreement::StateName(found->state)));
  }
  return std::move(*found);
}

const Agreement* Running(std::span<const Agreement> agreements) {
  const Agreement* waiting = nullptr;
  for (const Agreement& agreement : agreements) {
    if (agreement.state == agreement::State::kActive) return &agreement;
    if (agreement.in_service) waiting = &agreement;
  }
  return waiting;
}

}  // namespace reeve::billing::read
