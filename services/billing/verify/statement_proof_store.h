// The proof of statements: each is the last balance and what has moved it since, each entry of the
// journal stands on one, what is on none is all that the ledger has moved since; files are the sums
// of their statements; and the rows are those that the audit trail says were written.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "statements-add-up", "statements-as-audited".
std::vector<Finding> CheckStatements(db::Transaction& tx);

}  // namespace reeve::billing::verify
