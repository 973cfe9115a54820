// The proof of billing's books on one snapshot: reads account after account, page by page.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/core/money.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

struct Proof {
  std::vector<Finding> findings;
  // Clearing, debits less credits: what payment must have credited to it up to the applied token.
  Money clearing_debits;
};
Proof ProveAll(db::Transaction& tx, Until until = Until::kEnd);

}  // namespace reeve::billing::verify
