// What the account faces share: the one view of an account, its lock, its audit records and events.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reeve/account/v1/account_service.pb.h"
#include "services/account/account/account.h"
#include "shared/command/command.h"
#include "shared/db/database.h"

namespace reeve::account {

Error UnknownAccount(AccountId id);

// An account whose place is locked, with the other open accounts there.
struct LockedAccount {
  Account account;
  Premise premise;
  std::vector<Account> others;
};
// NOT_FOUND ACCOUNT_UNKNOWN.
Result<LockedAccount> LockAccount(db::Transaction& tx, AccountId id);

// A number that no account has.
AccountId FreeAccountNumber(db::Transaction& tx, Random& random);

// Puts new accounts on file with their audit records.
void AddAccounts(command::Change& change, std::span<const Account> accounts);
// Saves `after` as the next version of `before`; answers it as saved.
Result<Account> SaveAccount(command::Change& change, const Account& before, Account after,
                            const std::string& action);

// Register counts, by service point, of an account that is taken over.
using StartReads = std::map<int, std::int64_t>;
void EmitOpened(command::Change& change, const Account& account, const Premise& premise,
                std::span<const Account> others, const StartReads& reads = {});
void EmitClosed(command::Change& change, const Account& account);

// The account with its customer and its place.
v1::Account ViewOf(db::Transaction& tx, const Account& account);

}  // namespace reeve::account
