// The proof of this service's books: every row is what the audit trail says that was written.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::case311 {

// "interactions" and "case-types": each row hashes to what its last audit entry says. "cases": so
// does each case and each entry of its history; the history's moves are allowed and lead to where
// the case is. In all three nothing that was audited is gone. Reads only, on one snapshot.
std::vector<Finding> CheckBooks(db::Transaction& tx);

}  // namespace reeve::case311
