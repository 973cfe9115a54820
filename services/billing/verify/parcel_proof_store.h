// Proof that land records, and what was found with them, are as they were written.
#pragma once

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "parcels-as-audited": files, their parts, and the differences of every run.
Finding CheckParcels(db::Transaction& tx);

}  // namespace reeve::billing::verify
