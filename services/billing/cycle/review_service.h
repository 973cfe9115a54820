// DecideBills: what a review decides about held bills, one by one or many at once.
#pragma once

#include <span>
#include <string>

#include "services/billing/cycle/cycle.h"
#include "shared/command/command.h"

namespace reeve::billing::cycle {

struct ReviewWords {
  std::string reason;
  std::int64_t review_seconds = 0;
  std::int64_t release_id = 0;  // of a mass release
};

// Moves HELD bills of one run, with their parts, and keeps the review of each. A released bill of a
// run that posts or was posted is posted at once; of a confirmed one the days are billed again, and
// the reads behind its holds are set aside.
void DecideBills(command::Change& change, const Run& run, std::span<Bill> bills, BillEvent decision,
                 const ReviewWords& words);

}  // namespace reeve::billing::cycle
