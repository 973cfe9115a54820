// The part of the proof that compares rows with what the audit trail says was written to them. It
// takes the cells as they are and understands none of them: no change to a row leads it astray.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// "rates-as-audited": schedules by version, with components and tiers. "policies-as-audited".
// "adjustments-as-audited": types, adjustments, who stood at a drawer. "collections-as-audited":
// notices, disputes, requests for a cut. "cycles-as-audited": runs, pages, what was held and what
// reviews made of it. "accounts-as-audited": accounts as they were opened, and each move of them
// and their agreements since. "reads-as-audited": reads, files, parts, exceptions.
// "intervals-as-audited": files, days, estimates, and what bills were priced with.
// "winter-averages-as-audited": rules, runs, averages.
// "payments-as-audited": why a payment is unapplied, how it was directed, when it was taken back;
// what applications charged. In all of them nothing that was written is gone.
std::vector<Finding> CheckAudited(db::Transaction& tx, Until until);

}  // namespace reeve::billing::verify
