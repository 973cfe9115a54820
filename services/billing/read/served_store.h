// Whose meter is read: the agreement that a request names.
#pragma once

#include <span>

#include "services/billing/agreement/agreement.h"
#include "shared/core/result.h"
#include "shared/db/database.h"

namespace reeve::billing::read {

namespace reason {
inline constexpr Reason kAccountUnknown{"ACCOUNT_UNKNOWN"};
inline constexpr Reason kAgreementUnknown{"AGREEMENT_UNKNOWN"};
inline constexpr Reason kNotMetered{"NOT_METERED"};
inline constexpr Reason kAgreementNotActive{"AGREEMENT_NOT_ACTIVE"};
}  // namespace reason

// The agreement, held until the transaction ends. ACCOUNT_UNKNOWN, AGREEMENT_UNKNOWN, NOT_METERED,
// AGREEMENT_NOT_ACTIVE, in this order.
Result<agreement::Agreement> LockServed(db::Transaction& tx, AccountId account,
                                        std::int64_t agreement_id);

// Of the agreements of one meter: the one that runs, else one that waits for its in-read.
const agreement::Agreement* Running(std::span<const agreement::Agreement> agreements);

}  // namespace reeve::billing::read
