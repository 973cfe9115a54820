// What counts against the limits of roles.
#pragma once

#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::adjustment {

// What a person has credited or charged an account without a second person behind the day `after`:
// adjustments that are on the books, bills that were cancelled and bills that were made again.
Money PostedAlone(db::Transaction& tx, AccountId account, PersonId person, Date after);

}  // namespace reeve::billing::adjustment
