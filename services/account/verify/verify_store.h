// The proof of this service's files: every row is what the audit trail says that was written.
#pragma once

#include <string>
#include <vector>

#include "services/account/account/account.h"
#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::account {

// "customers", "premises", "accounts", "applications", "policies", "bill-facts", "payment-facts":
// what is there is what was written last, nothing that was written is gone, and nothing is there
// that was not written. "belonging": no row is without the thing that it is part of, and parts are
// numbered without a gap. "occupancy": a service point has at most one agreement in force. Reads
// only, on one snapshot.
std::vector<Finding> CheckFiles(db::Transaction& tx);

// All accounts, by number.
std::vector<Account> AllAccounts(db::Transaction& tx);
// The payloads of all events of a type.
std::vector<std::string> PayloadsOf(db::Transaction& tx, std::string_view type);

}  // namespace reeve::account
