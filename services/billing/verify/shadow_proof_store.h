// The part of the proof that is about shadow cycles: rows are what the audit trail says was
// written, and the differences of a comparison add up to what Reeve bills less what the file says.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "shadows-as-audited", "shadow-differences-add-up".
std::vector<Finding> CheckShadows(db::Transaction& tx);

}  // namespace reeve::billing::verify
