#include "services/billing/read/served_store.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"

namespace reeve::billing::read {

using agreement::Agreement;

bool WasServed(const Agreement& agreement, Date day) {
  return agreement.state == agreement::State::kStopped && agreement.start_date < day &&
         agreement.stop_date && day <= *agreement.stop_date;
}

Result<Agreement> LockServed(db::Transaction& tx, AccountId account, std::int64_t agreement_id,
                             std::optional<Date> day) {
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
  if (found->state != agreement::State::kActive && !(day && WasServed(*found, *day))) {
    return FailedPrecondition(reason::kAgreementNotActive, "The agreement does not run.")
        .With("state", std::string(agreement::StateName(found->state)));
  }
  return std::move(*found);
}

const Agreement* ServedOn(std::span<const Agreement> agreements, Date day) {
  const Agreement* here = nullptr;
  const Agreement* left = nullptr;
  for (const Agreement& agreement : agreements) {
    if (agreement.state == agreement::State::kActive) {
      here = &agreement;
    } else if (WasServed(agreement, day)) {
      if (left == nullptr || *left->stop_date < *agreement.stop_date) left = &agreement;
    } else if (agreement.state == agreement::State::kPending && agreement.in_service &&
               here == nullptr) {
      here = &agreement;
    }
  }
  return left == nullptr || (here != nullptr && here->start_date <= day) ? here : left;
}

}  // namespace reeve::billing::read
