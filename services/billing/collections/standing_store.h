// How an account stands before a cut, from its books, notices and disputes.
#pragma once

#include <optional>

#include "services/billing/collections/shutoff.h"
#include "services/billing/receivable/books.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::collections {

// Nothing if billing does not know the account.
std::optional<Standing> LoadStanding(db::Transaction& tx, AccountId account, Date today);
Standing StandingOf(db::Transaction& tx, const receivable::Books& books, Date today);

}  // namespace reeve::billing::collections
