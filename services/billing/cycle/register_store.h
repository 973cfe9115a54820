// The bill register of a run, and what it comes to, in the database.
#pragma once

#include "services/billing/cycle/cycle.h"
#include "shared/db/database.h"

namespace reeve::billing::cycle {

void InsertRegister(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                    const Register& reg);
Register LoadRegister(db::Transaction& tx, std::int64_t cycle_id);  // of all pages

struct Totals {
  std::int64_t bill_count = 0;  // neither held nor cancelled
  std::int64_t total_cents = 0;
  std::int64_t held_count = 0;
  std::int64_t held_cents = 0;
};
Totals LoadTotals(db::Transaction& tx, std::int64_t cycle_id);

}  // namespace reeve::billing::cycle
