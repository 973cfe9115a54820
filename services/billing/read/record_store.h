// Records reads that come from elsewhere than a file: a completed order, a change of occupant, an
// account that was taken over. They follow the file's rules.
#pragma once

#include <optional>

#include "services/billing/agreement/agreement.h"
#include "services/billing/read/read_store.h"

namespace reeve::billing::read {

// The meter of an agreement, with what it showed.
Meter MeterOf(const agreement::Agreement& agreement, History history);

// What became of a read: one of the two was written, or neither if it was there before.
struct Recorded {
  bool is_read = false;
  std::optional<Read> read;
  std::optional<Exception> exception;
};

// The read becomes one, or is queued with its reason under `cause_id` (order or agreement).
// `read_id` is derived from the cause: a read that is recorded already has no second effect.
Recorded RecordRead(db::Transaction& tx, const agreement::Agreement& agreement, Reading reading,
                    Source source, std::int64_t read_id, std::int64_t cause_id);

// The same of a read of a meter that is not in place at the agreement: it waits for somebody.
Recorded QueueUnknownMeter(db::Transaction& tx, const agreement::Agreement& agreement,
                           const std::string& meter_number, Reading reading, std::int64_t cause_id);

}  // namespace reeve::billing::read
