// The proof of the orders, for the service's verify.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::work_order {

// The checks of verify_store.h, and "orders-as-told": every order stands as the feed has told it
// last, and none is missing. Reads only, on one snapshot.
std::vector<Finding> CheckOrders(db::Transaction& tx);

}  // namespace reeve::work_order
