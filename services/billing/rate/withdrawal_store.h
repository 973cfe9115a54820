// Drafts that were withdrawn, in the database.
#pragma once

#include <string>
#include <vector>

#include "services/billing/row_text.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::rate {

struct Withdrawal {
  std::string code;
  Date effective_date;
  std::int64_t revision = 0;
  std::string content;  // digest of the rows that were taken away
  PersonId loaded_by;
  PersonId withdrawn_by;
  Date withdrawn_date;
  std::string reason;
};

// In the audit trail by code, date and revision.
inline constexpr Kept kKeptWithdrawal{"rate-withdrawal", 3, {{{"reason", 7}}}};
Cells CellsOfWithdrawal(const Withdrawal& withdrawal);

void InsertWithdrawal(db::Transaction& tx, const Withdrawal& withdrawal);
// The highest revision of a version that was withdrawn; 0 if none was.
std::int64_t LastWithdrawn(db::Transaction& tx, const std::string& code, Date effective_date);
// Where a page of them ended; before all.
struct WithdrawalKey {
  std::string code;
  std::string effective_date;
  std::int64_t revision = 0;
};
// By code, date and revision, behind `after`.
std::vector<Withdrawal> ListWithdrawals(db::Transaction& tx, const WithdrawalKey& after,
                                        std::int64_t limit);

}  // namespace reeve::billing::rate
