// What figures are made of, read from the cases.
#pragma once

#include <string>
#include <vector>

#include "services/case311/statistics/statistics.h"
#include "shared/db/database.h"

namespace reeve::case311 {

// The cases of a source that were opened in [from, to), at most `limit`, in no particular order.
std::vector<CaseTimes> FindCaseTimes(db::Transaction& tx, const std::string& source, Instant from,
                                     Instant to, std::int64_t limit);

}  // namespace reeve::case311
