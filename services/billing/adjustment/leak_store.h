// What leak adjustments read and keep in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/adjustment/leak_price.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::adjustment {

// A rule belongs to a version of a type; its row in the audit trail.
inline constexpr Kept kKeptLeakRule{"leak-rule", 2};
Cells CellsOfLeakRule(const std::string& type_code, Date effective_date, const LeakRule& rule);
void InsertLeakRule(db::Transaction& tx, const std::string& type_code, Date effective_date,
                    const LeakRule& rule);
std::optional<LeakRule> FindLeakRule(db::Transaction& tx, const std::string& type_code,
                                     Date effective_date);

// The posted bills of these ids, in the order of the service's days on them; nothing if one is not
// posted, is another account's, or has none of the service's use.
std::optional<std::vector<LeakBill>> LoadLeakBills(db::Transaction& tx, AccountId account,
                                                   const std::string& service,
                                                   std::span<const std::int64_t> bill_ids);
// The service's measured days and use on the account's other posted bills, by their days.
std::vector<UsePeriod> LoadHistory(db::Transaction& tx, AccountId account,
                                   const std::string& service,
                                   std::span<const std::int64_t> without_bill_ids);
// The days on which adjustments of the type were entered that wait or are on the books.
std::vector<Date> EarlierAdjustments(db::Transaction& tx, AccountId account,
                                     const std::string& type_code);

}  // namespace reeve::billing::adjustment
