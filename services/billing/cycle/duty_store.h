// Who may not decide about a run or its bills, because it is their own work.
#pragma once

#include <span>
#include <string_view>

#include "services/billing/cycle/cycle.h"
#include "shared/core/call.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

// Whoever started a run, or recorded what it is compared with, neither acknowledges its findings
// nor signs it nor releases its bills. A rebill is compared with limits, which somebody loaded.
bool IsOwnRun(db::Transaction& tx, const Run& run, const Caller& caller);
// Nor does whoever brought a read at which one of these bills ends: from a file or by hand.
bool AreOwnReads(db::Transaction& tx, std::span<const Bill> bills, const Caller& caller);

}  // namespace reeve::billing::cycle
