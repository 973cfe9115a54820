// Starts services, and says so to the neighbours.
#pragma once

#include <optional>

#include "services/billing/agreement/agreement.h"
#include "services/billing/read/read.h"
#include "shared/command/command.h"

namespace reeve::billing::agreement {

// Makes a pending agreement run from `date` on; `in_read` is its register on that day, if it has
// one. Without effect on an agreement that runs or has been stopped.
void Start(command::Change& change, Agreement& agreement, Date date,
           const std::optional<read::Reading>& in_read);

// Ends an agreement on `date`; without effect on one that has been stopped.
void Stop(command::Change& change, Agreement& agreement, Date date);

}  // namespace reeve::billing::agreement
