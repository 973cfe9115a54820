// The history that drafts are compared with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/activation/impact.h"
#include "shared/db/database.h"

namespace reeve::billing::activation {

// The next accounts behind `after`, at most `limit`: the last of them, and how many there are.
struct AccountPage {
  AccountId through;
  std::int64_t account_count = 0;
};
AccountPage NextAccounts(db::Transaction& tx, AccountId after, std::int64_t limit);
std::int64_t CountAccounts(db::Transaction& tx);

// Posted bills of accounts above `after` up to `through`, with the segments that end after `since`
// and their lines.
std::vector<cycle::Bill> LoadPosted(db::Transaction& tx, Date since, AccountId after,
                                    AccountId through);

// What is written of a code's bills, posted or held: the last day, the latest day whose prices one
// takes. The days of cancelled bills are nobody's.
struct Written {
  Date to_date;
  Date bill_date;
};
std::optional<Written> FindWritten(db::Transaction& tx, const std::string& code);

// True while bills are made: they may be priced with one tariff or with another.
bool IsCalculating(db::Transaction& tx);
// Digest of all runs and where they are, and of how many bills were cancelled and reviewed.
std::string DigestOfRuns(db::Transaction& tx);

}  // namespace reeve::billing::activation
