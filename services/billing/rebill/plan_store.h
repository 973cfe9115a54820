// What is owed for rebills, and what was paid for the bills that they replace, in the database.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/receivable/allocation.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::rebill {

// The charges of a rebill, in their order.
std::vector<cycle::PlannedCharge> LoadPlan(db::Transaction& tx, AccountId account,
                                           std::int64_t bill_id);
void InsertPlan(db::Transaction& tx, const cycle::Bill& bill);

// What was paid on these charges of an account by day, less what came back; in cents. Cancelling
// their bill takes nothing of it back.
std::map<Date, std::int64_t> PaidByDay(db::Transaction& tx, AccountId account,
                                       std::span<const receivable::Charge> charges);

// What was paid for a bill that was cancelled, and became credit then.
Money FreedBy(db::Transaction& tx, AccountId account, std::int64_t bill_id);

// Who loaded the limits under which a rebill's run was calculated; nobody if there were none, or if
// the run is no rebill.
PersonId LimitsLoadedBy(db::Transaction& tx, std::int64_t cycle_id);

}  // namespace reeve::billing::rebill
