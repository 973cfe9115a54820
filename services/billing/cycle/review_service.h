// DecideBills: what a review decides about held bills, one by one or many at once.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "services/billing/cycle/cycle.h"
#include "services/billing/cycle/guard_limits.h"
#include "shared/command/command.h"

namespace reeve::billing::cycle {

struct ReviewWords {
  std::string reason;
  std::int64_t review_seconds = 0;
  std::int64_t release_id = 0;  // of a mass release
};

// Moves HELD bills of one run and keeps the review of each. A released bill of a run that posts or
// was posted is posted at once, so it comes with its segments; of a confirmed one, which comes with
// all its parts, the days are billed again, and the reads behind its holds are set aside unless
// they are kept.
void DecideBills(command::Change& change, const Run& run, std::span<Bill> bills, BillEvent decision,
                 const ReviewWords& words);

// What would be sent instead of a held bill, with all its parts; nothing if it is no less.
std::optional<Bill> MakeMonthsBill(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                   const GuardPolicy& policy, const Bill& held);
// Cancels held bills and sends these instead, one for each in their order.
void SendAsMonths(command::Change& change, const Run& run, std::span<Bill> held,
                  std::span<Bill> months, const ReviewWords& words);

}  // namespace reeve::billing::cycle
