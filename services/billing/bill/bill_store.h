// Which earlier bill of an account another one is compared with.
#pragma once

#include <cstdint>
#include <optional>

#include "services/billing/cycle/cycle.h"
#include "shared/db/database.h"

namespace reeve::billing::bill {

// The newest posted bill before this one, by day and id.
std::optional<std::int64_t> FindBillBefore(db::Transaction& tx, const cycle::Bill& bill);
// The posted bill whose day is nearest to a year before this one's, at most `days_max` off; of two
// the earlier.
std::optional<std::int64_t> FindBillOfLastYear(db::Transaction& tx, const cycle::Bill& bill,
                                               std::int32_t days_max);

}  // namespace reeve::billing::bill
