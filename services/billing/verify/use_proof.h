// What a segment was billed for that no meter of its own measured, derived again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

// Where the schedule goes by the meter of `metered_by`: the use of that service's segments at the
// place, on the same bill. Says what does not hold.
std::optional<std::string> ProveMeteredBy(const AccountRecord& record, const SegmentRow& row,
                                          const std::string& metered_by);

// The agreement's own quantity, or the average that is in force on that day.
std::int64_t QuantityOn(const AccountRecord& record, std::int64_t agreement_id,
                        const rate::Versions& versions, Date day);

}  // namespace reeve::billing::verify
