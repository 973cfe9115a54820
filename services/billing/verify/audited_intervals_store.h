// The part of the proof that compares what stands of intervals with the audit trail.
#pragma once

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "intervals-as-audited": files with their parts, the days that they brought and the rows that they
// did not, estimated days, and the times and loads that bills were priced with.
Finding CheckIntervals(db::Transaction& tx);

}  // namespace reeve::billing::verify
