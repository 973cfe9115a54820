// Accounting months in the database, and what stands in the way of closing one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/ledger/month.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::ledger {

inline constexpr Kept kKeptMonth{"ledger-month", 1, {{{"state", 1}, {"closes", 2}, {"digest", 3}}}};
Cells CellsOfMonth(const Month& month);

// An open month of which nothing is kept is like one that is.
Month FindMonth(db::Transaction& tx, Date first_date);
Month LockMonth(db::Transaction& tx, Date first_date);
bool HasMonth(db::Transaction& tx, Date first_date);
void SaveMonth(db::Transaction& tx, const Month& month, bool is_new);
// Newest first, before that day.
std::vector<Month> ListMonths(db::Transaction& tx, const std::string& before, std::int64_t limit);

// What a closed month adds up to; away again when it is opened.
void InsertMonthTotals(db::Transaction& tx, Date first_date,
                       const std::vector<Activity>& activities);
void DeleteMonthTotals(db::Transaction& tx, Date first_date);

// Debits and credits of the days, from the postings themselves: reads all of the journal.
std::vector<Activity> ListPostedActivity(db::Transaction& tx, Date from, Date through);

// Months before this one that are open and not empty, or lie behind one that is closed.
std::vector<Date> EarlierOpenMonths(db::Transaction& tx, Date first_date);
// Each answers one kind of obstacle, with a count of 0 if there is none.
Found StaleHolds(db::Transaction& tx, Date today);
Found RunsNotPosted(db::Transaction& tx, Date through);
Found UnappliedCash(db::Transaction& tx, Date through);

}  // namespace reeve::billing::ledger
