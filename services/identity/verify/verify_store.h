// The proof of identity's tables: what is there is what the audit trail says.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::identity {

// "people-as-audited", "roles-as-audited", "separations-as-audited", "held-roles-as-audited",
// "grants-as-audited", "sessions-as-audited", "revocation-numbers". Reads only, on one snapshot.
std::vector<Finding> CheckIdentity(db::Transaction& tx);

}  // namespace reeve::identity
