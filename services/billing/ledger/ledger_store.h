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

// By ledger account and fund. Without bounds the journal is not read, only its postings.
std::vector<Activity> ListActivity(db::Transaction& tx, const Span& span);

// Charges that are not fully paid, by service and due date.
std::vector<OpenItems> ListOpenItems(db::Transaction& tx);

struct Credit {
  std::int64_t cents = 0;
  std::int64_t account_count = 0;
};
Credit CreditOfCustomers(db::Transaction& tx);

// What charges, credit and unapplied payments say that the control accounts hold.
Control ControlOfItems(db::Transaction& tx);

}  // namespace reeve::billing::ledger
