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

// What was paid on these charges of an account by day, in cents: payments that stand, whatever has
// become of the charges; if wanted also credit that was used for them.
std::map<Date, std::int64_t> PaidByDay(db::Transaction& tx, AccountId account,
                                       std::span<const receivable::Charge> charges,
                                       bool with_credit);

// What was paid for a bill that was cancelled, and became credit then.
Money FreedBy(db::Transaction& tx, AccountId account, std::int64_t bill_id);

// Who loaded the limits under which a rebill's run was calculated; nobody if there were none, or if
// the run is no rebill.
PersonId LimitsLoadedBy(db::Transaction& tx, std::int64_t cycle_id);

}  // namespace reeve::billing::rebill
