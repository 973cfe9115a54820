// Whose meter is read: the agreement that a request names.
#pragma once

#include <optional>
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

// The agreement, held until the transaction ends: it runs, or ran on `day`, for which its last bill
// may still want a read. ACCOUNT_UNKNOWN, AGREEMENT_UNKNOWN, NOT_METERED, AGREEMENT_NOT_ACTIVE, in
// this order.
Result<agreement::Agreement> LockServed(db::Transaction& tx, AccountId account,
                                        std::int64_t agreement_id,
                                        std::optional<Date> day = std::nullopt);

// Of the agreements of one meter, whose read of that day is: of the one that runs, unless it came
// later and another was served on the day; without one that runs, of one that was, else of one that
// waits for its in-read.
const agreement::Agreement* ServedOn(std::span<const agreement::Agreement> agreements, Date day);

}  // namespace reeve::billing::read
