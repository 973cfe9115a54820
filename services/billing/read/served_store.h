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

// Whether it was served up to that day, or longer. The day on which it began has its in-read.
bool WasServed(const agreement::Agreement& agreement, Date day);

// Of the agreements of one meter, whose read of that day is: of the one that runs or waits for its
// in-read, unless it came later and another was served on the day.
const agreement::Agreement* ServedOn(std::span<const agreement::Agreement> agreements, Date day);

}  // namespace reeve::billing::read
