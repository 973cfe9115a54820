// Records a read that comes from elsewhere than a file, with its entry in the audit trail.
#pragma once

#include "services/billing/read/record_store.h"
#include "shared/command/command.h"

namespace reeve::billing::read {

// As RecordRead; true if the read is one.
bool Record(command::Change& change, const agreement::Agreement& agreement, Reading reading,
            Source source, std::int64_t read_id, std::int64_t cause_id);
// As QueueUnknownMeter.
void QueueUnknown(command::Change& change, const agreement::Agreement& agreement,
                  const std::string& meter_number, Reading reading, std::int64_t cause_id);

}  // namespace reeve::billing::read
