// The rows of accounts and their agreements.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "services/account/account/account.h"
#include "shared/db/database.h"

namespace reeve::account {

void InsertAccounts(db::Transaction& tx, std::span<const Account> accounts);
// Saves the next version of an account whose premise is locked, and its agreements' states and
// dates. ABORTED STALE if it is not the next.
Result<> UpdateAccount(db::Transaction& tx, const Account& account);

std::optional<Account> FindAccount(db::Transaction& tx, AccountId id);
// Those that are on file, in the order of `ids`; nothing for the others.
std::vector<std::optional<Account>> FindAccounts(db::Transaction& tx,
                                                 std::span<const AccountId> ids);
// All open accounts of a place; under the premise's lock they stay as they are.
std::vector<Account> OpenAccountsAt(db::Transaction& tx, PremiseId premise);
std::vector<std::vector<Account>> OpenAccountsAt(db::Transaction& tx,
                                                 std::span<const PremiseId> premises);

// Newest first, behind (open_date, account); at most `limit`.
struct AccountPlace {
  std::string open_date;
  AccountId account;
};
std::vector<AccountPlace> ListByCustomer(db::Transaction& tx, CustomerId customer,
                                         const AccountPlace& after, int limit);
std::vector<AccountPlace> ListByPremise(db::Transaction& tx, PremiseId premise,
                                        const AccountPlace& after, int limit);

}  // namespace reeve::account
