// Records a read that comes from elsewhere than a file, with its entry in the audit trail.
#pragma once

#include "services/billing/read/record_store.h"
#include "shared/command/command.h"

namespace reeve::billing::read {

// The read becomes one, or is queued with its reason under `cause_id` (order or agreement).
// `read_id` is derived from the cause: a read that is recorded already has no second effect. True
// if it is a read.
bool Record(command::Change& change, const agreement::Agreement& agreement, Reading reading,
            Source source, std::int64_t read_id, std::int64_t cause_id);
// A read of a meter that is not in place at the agreement: it waits for somebody.
void QueueUnknown(command::Change& change, const agreement::Agreement& agreement,
                  const std::string& meter_number, Reading reading, std::int64_t cause_id);

}  // namespace reeve::billing::read
