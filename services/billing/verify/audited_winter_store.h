// The part of the proof that compares winter rules, runs and averages with the audit trail.
#pragma once

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "winter-averages-as-audited".
Finding CheckWinter(db::Transaction& tx);

}  // namespace reeve::billing::verify
