// The part of the proof that is about the ledger's sums and months: sums are those of the postings,
// entries are counted on their day or on the first open one, totals of closed months are their
// sums, so that nothing was counted in a month after its close.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "ledger-sums", "accounting-dates", "closed-months", "months-as-audited".
std::vector<Finding> CheckLedger(db::Transaction& tx);

}  // namespace reeve::billing::verify
