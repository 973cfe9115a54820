// The rows of takings, checks in the vault, and bank deposits.
#pragma once

#include <optional>
#include <vector>

#include "services/payment/bank_deposit/bank_deposit.h"
#include "shared/db/database.h"

namespace reeve::payment {

// What a turn-in brought, with the checks that the session recorded.
void InsertTaking(db::Transaction& tx, DrawerId vault, const Taking& taking,
                  const std::vector<VaultCheck>& checks);
// Undeposited takings, differences and checks, oldest first.
Due FindDue(db::Transaction& tx, DrawerId vault);
// The oldest undeposited taking of all vaults.
std::optional<Date> OldestUndeposited(db::Transaction& tx);

void InsertDifference(db::Transaction& tx, const CheckDifference& difference);
// All of a vault, deposited or not.
std::vector<CheckDifference> AllDifferences(db::Transaction& tx, DrawerId vault);

void InsertBankDeposit(db::Transaction& tx, const BankDeposit& deposit);
std::optional<BankDeposit> FindBankDeposit(db::Transaction& tx, DrawerId vault, std::int64_t id);
std::optional<BankDeposit> LockBankDeposit(db::Transaction& tx, DrawerId vault, std::int64_t id);
void SaveCarried(db::Transaction& tx, const BankDeposit& deposit);
bool IsBagNumberUsed(db::Transaction& tx, DrawerId vault, const std::string& bag_number);

// Of a person, on the days from `first` to `last`.
bool HadDrawer(db::Transaction& tx, PersonId person, Date first, Date last);
bool MovedMoney(db::Transaction& tx, PersonId person, Date first, Date last);

}  // namespace reeve::payment
