// The journal's rows.
#pragma once

#include <span>
#include <vector>

#include "services/payment/journal/journal.h"
#include "shared/db/database.h"

namespace reeve::payment {

void InsertEntries(db::Transaction& tx, std::span<const NumberedEntry> entries);
// All entries of one book, in the order of their numbers.
std::vector<NumberedEntry> ReadEntries(db::Transaction& tx, DrawerId home, std::int64_t session_no);

}  // namespace reeve::payment
