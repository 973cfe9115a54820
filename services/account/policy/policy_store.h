// The rows of policies.
#pragma once

#include <optional>

#include "services/account/policy/policy.h"
#include "shared/db/database.h"

namespace reeve::account {

void InsertPolicy(db::Transaction& tx, const Policy& policy);
std::optional<Policy> FindPolicy(db::Transaction& tx, PolicyId id);
// The one with the latest effective date not after `date`; of several, the one loaded last.
std::optional<Policy> PolicyInEffect(db::Transaction& tx, Date date);

}  // namespace reeve::account
