// Accounts and agreements in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "shared/db/database.h"

namespace reeve::billing::agreement {

struct NewAccount {
  AccountId account;
  PremiseId premise;
  std::string customer_class;  // "RESIDENTIAL" or "NON_RESIDENTIAL"
};

// True if billing knows the account.
bool HasAccount(db::Transaction& tx, AccountId account);
void InsertAccounts(db::Transaction& tx, std::span<const NewAccount> accounts);
void CloseAccount(db::Transaction& tx, AccountId account);

void InsertAgreements(db::Transaction& tx, std::span<const Agreement> agreements);
// Of one account, by agreement; the rows are held until the transaction ends.
std::vector<Agreement> LockAgreements(db::Transaction& tx, AccountId account);
// Of each meter, those that run or wait to be started; `meter_numbers` are sorted. Rows are held.
std::vector<std::vector<Agreement>> LockAgreementsOfMeters(
    db::Transaction& tx, std::span<const std::string> meter_numbers);
// Saves state, start and stop.
void SaveState(db::Transaction& tx, const Agreement& agreement);

// The agreements of a cycle that have begun by `period_end`, in the order of account and agreement,
// behind account `after`.
std::vector<Agreement> PageOfCycle(db::Transaction& tx, int cycle, Date period_end, AccountId after,
                                   std::int64_t limit);
std::int64_t CountOfCycle(db::Transaction& tx, int cycle, Date period_end);

// What a cycle needs priced, each combination once.
struct ScheduleNeed {
  std::string schedule_code;
  std::string service;
  std::string unit;
};
std::vector<ScheduleNeed> SchedulesOfCycle(db::Transaction& tx, int cycle, Date period_end);

}  // namespace reeve::billing::agreement
