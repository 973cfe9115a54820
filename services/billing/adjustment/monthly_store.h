// What monthly credits read and keep in the database.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/billing/adjustment/monthly.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::adjustment {

// A rule belongs to a version of a type; its row in the audit trail.
inline constexpr Kept kKeptMonthlyRule{"monthly-rule", 2};
Cells CellsOfMonthlyRule(const std::string& type_code, Date effective_date,
                         const MonthlyRule& rule);
void InsertMonthlyRule(db::Transaction& tx, const std::string& type_code, Date effective_date,
                       const MonthlyRule& rule);
std::optional<MonthlyRule> FindMonthlyRule(db::Transaction& tx, const std::string& type_code,
                                           Date effective_date);

// The account's posted bills with the service, by their days.
std::vector<MonthBill> LoadMonthBills(db::Transaction& tx, AccountId account,
                                      const std::string& service);
// The bills that adjustments of the type credit, which wait or are on the books, and those that
// took the place of such a bill.
std::set<std::int64_t> CreditedBills(db::Transaction& tx, AccountId account,
                                     const std::string& type_code);

}  // namespace reeve::billing::adjustment
