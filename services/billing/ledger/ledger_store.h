// Sums over the books, set-wise: the database adds, a handful of rows come back.
#pragma once

#include <optional>
#include <vector>

#include "services/billing/ledger/ledger.h"
#include "shared/db/database.h"

namespace reeve::billing::ledger {

// Days of the report, each included; nothing: no bound.
struct Span {
  std::optional<Date> from;
  std::optional<Date> through;
};

// By ledger account and fund, by the day on which the ledger counts. Whole closed months come from
// their totals, other days from the sums that each save has left: no posting is read.
std::vector<Activity> ListActivity(db::Transaction& tx, const Span& span);

struct Credit {
  std::int64_t cents = 0;
  std::int64_t account_count = 0;
};

// What makes up the control accounts.
struct Items {
  std::vector<OpenItems> open;  // charges that are not fully paid, by service and due date
  Credit credit;                // of customers
  Control control;              // what these, deposits and unapplied payments say
};
// Charges are read once.
Items ReadItems(db::Transaction& tx);

}  // namespace reeve::billing::ledger
