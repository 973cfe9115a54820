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

// Which bills a version prices days of: those for which it has begun, as its terms say, and of
// which the one after it has not taken all days, as the terms of that say.
struct Reach {
  struct Next {
    Date first;
    rate::Terms terms;
  };
  rate::Terms terms;
  Date first;
  std::optional<Next> next;
};
// Some bill of a code within reach, posted or held. The days of cancelled bills are nobody's.
struct Written {
  Date day;              // its last
  bool is_date = false;  // where it was found by its date: that
};
std::optional<Written> FindWritten(db::Transaction& tx, const std::string& code,
                                   const Reach& reach);

// True while bills are made: they may be priced with one tariff or with another.
bool IsCalculating(db::Transaction& tx);
// Digest of all runs and where they are, and of how many bills were cancelled and reviewed.
std::string DigestOfRuns(db::Transaction& tx);

}  // namespace reeve::billing::activation
