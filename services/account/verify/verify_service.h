// The part of the proof that reads this service's own events.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::account {

// "opened-events": each account was announced once, with the agreements that it has.
std::vector<Finding> CheckAnnounced(db::Transaction& tx);

}  // namespace reeve::account
