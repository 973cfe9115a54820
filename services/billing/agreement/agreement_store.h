// Accounts and agreements in the database.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/agreement/agreement.h"
#include "services/billing/row_text.h"
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
// False if it was closed before.
bool CloseAccount(db::Transaction& tx, AccountId account);

// In the audit trail: an account as it was opened, its agreements and the reads that it came with;
// whether it is open; each move of an agreement ("10000000009/100000000091").
inline constexpr std::string_view kOpenedEntity = "account-opened";
inline constexpr std::string_view kAccountEntity = "billing-account";
inline constexpr std::string_view kAgreementEntity = "agreement";
// The columns that never change; those of the meter are the ones that it was opened with.
Cells FixedCellsOf(const NewAccount& account);
Cells FixedCellsOf(const Agreement& agreement);
// The columns that do: "state=ACTIVE,start=2026-11-20,stop=".
std::string StateText(std::string_view state, std::string_view start_date,
                      std::string_view stop_date);
std::string StateText(const Agreement& agreement);

void InsertAgreements(db::Transaction& tx, std::span<const Agreement> agreements);
// Of one account, by agreement; the rows are held until the transaction ends.
std::vector<Agreement> LockAgreements(db::Transaction& tx, AccountId account);
// Of each meter, those that run or wait to be started, and those that stopped on `since` or later;
// without it, none of these. `meter_numbers` are sorted. Rows are held.
std::vector<std::vector<Agreement>> LockAgreementsOfMeters(
    db::Transaction& tx, std::span<const std::string> meter_numbers,
    std::optional<Date> since = std::nullopt);
// Saves state, start and stop.
void SaveState(db::Transaction& tx, const Agreement& agreement);
// Saves which meter is in place.
void SaveMeter(db::Transaction& tx, const Agreement& agreement);

// The agreements of a cycle that have begun by `period_end`, of accounts above `after` up to
// `through`, in the order of account and agreement.
std::vector<Agreement> ListOfCycle(db::Transaction& tx, int cycle, Date period_end, AccountId after,
                                   AccountId through);

// A range of whole accounts, in the order of accounts, with so many such agreements.
struct AccountRange {
  AccountId after;    // not of the range
  AccountId through;  // of it
  std::int64_t agreement_count = 0;
};
// All of them in ranges behind one another: `size` agreements and what more the last account of
// them has, the last range what is left. Costs one walk over an index, whatever the size is.
std::vector<AccountRange> RangesOfCycle(db::Transaction& tx, int cycle, Date period_end,
                                        std::int64_t size);

// What a cycle needs priced, each combination once.
struct ScheduleNeed {
  std::string schedule_code;
  std::string service;
  std::string unit;
};
std::vector<ScheduleNeed> SchedulesOfCycle(db::Transaction& tx, int cycle, Date period_end);

}  // namespace reeve::billing::agreement
