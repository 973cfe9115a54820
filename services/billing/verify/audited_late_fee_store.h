// Late fees against their audit trail.
#pragma once

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

Finding CheckLateFees(db::Transaction& tx);

}  // namespace reeve::billing::verify
