// Rows of reads that come from elsewhere than a file: a completed order, a change of occupant, an
// account that was taken over. They follow the file's rules.
#pragma once

#include <optional>
#include <string>

#include "services/billing/agreement/agreement.h"
#include "services/billing/read/read_store.h"

namespace reeve::billing::read {

// The meter of an agreement, with what it showed.
Meter MeterOf(const agreement::Agreement& agreement, History history);

bool HasRead(db::Transaction& tx, AccountId account, std::int64_t read_id);

// Queues a read with its reason under `cause_id` (order or agreement); nothing if one of that cause
// was queued before.
std::optional<Exception> Queue(db::Transaction& tx, const agreement::Agreement& agreement,
                               const std::string& meter_number, Reading reading, Problem problem,
                               std::int64_t cause_id);

}  // namespace reeve::billing::read
