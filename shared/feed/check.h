// The proof of a feed's tables, for a service's verify: reads only, on one snapshot.
#pragma once

#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::feed {

// "feed-events": positions of each partition run 1, 2, 3, ... to its head, and every event hashes,
// with the one before it, to what is kept. "feed-applied": the tokens of the neighbours' feeds can
// be read.
std::vector<Finding> CheckFeed(db::Transaction& tx);

}  // namespace reeve::feed
