// Bank deposits: what the drawers took leaves the vault in a numbered bag, itemised by somebody who
// touched none of it, within three banking days (Utah Code 51-4-2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/payment/payment/payment.h"
#include "services/payment/vault/vault.h"

namespace reeve::payment {

namespace reason {
inline constexpr Reason kTookCash{"TOOK_CASH"};
inline constexpr Reason kWasCustodian{"WAS_CUSTODIAN"};
inline constexpr Reason kNothingToDeposit{"NOTHING_TO_DEPOSIT"};
inline constexpr Reason kBagNumberUsed{"BAG_NUMBER_USED"};
inline constexpr Reason kCashDiffers{"CASH_DIFFERS"};
inline constexpr Reason kChecksDiffer{"CHECKS_DIFFER"};
inline constexpr Reason kBankDepositUnknown{"BANK_DEPOSIT_UNKNOWN"};
inline constexpr Reason kBankDepositNotPrepared{"BANK_DEPOSIT_NOT_PREPARED"};
}  // namespace reason

// Banks of Utah keep the holidays of the Federal Reserve: one on a Sunday moves to Monday, one on a
// Saturday is lost. (The state's own holidays differ; counting them would make a deposit late.)
bool IsBankingDay(Date date);
// The last day on which takings of `collected` may reach the bank.
Date DepositDueDate(Date collected);

// What a closed drawer session brought into the vault.
struct Taking {
  DrawerId drawer;
  std::int64_t session_no = 0;
  Date business_date;
  Money cash;  // turned in, net of starting cash; below 0 if it was short
  std::int64_t check_count = 0;
  Money checks;
  bool operator==(const Taking&) const = default;
};

// A check that a drawer recorded, in the vault.
struct VaultCheck {
  PaymentId payment;
  std::int64_t tender_no = 0;
  std::string check_number;
  std::string bank_last4;
  Money amount;
  bool operator==(const VaultCheck&) const = default;
};

// The checks among standing payments.
std::vector<VaultCheck> ChecksOf(const std::vector<Payment>& payments);

// What awaits the bank, oldest first.
struct Due {
  std::vector<Taking> takings;
  std::vector<VaultCheck> checks;

  Money Cash() const;
  std::int64_t CheckCount() const;
  Money Checks() const;
  Date Oldest() const;  // there are takings
};

enum class BankDepositState { kPrepared, kCarried };
enum class BankDepositEvent { kCarry };
inline constexpr Spelling<BankDepositState, 2> kBankDepositStateName{{"PREPARED", "CARRIED"}};
std::optional<BankDepositState> Next(BankDepositState state, BankDepositEvent event);

struct BankDeposit {
  DrawerId vault;
  std::int64_t id = 0;
  BankDepositState state = BankDepositState::kPrepared;
  std::string bag_number;
  std::vector<Taking> takings;  // that it covers
  Cash cash;
  std::vector<VaultCheck> checks;
  Date oldest_date;
  Date due_date;
  PersonId prepared_by;
  Instant prepared_time;
  Date prepared_date;
  PersonId carried_by;
  Instant carried_time;

  Money Checks() const;
};

// A check in the preparer's hand.
struct CheckItem {
  PaymentId payment;
  std::int64_t tender_no = 0;
  auto operator<=>(const CheckItem&) const = default;
};

struct Preparation {
  std::string bag_number;
  Cash cash;
  std::vector<CheckItem> checks;
  PersonId person;
  Instant now;
  Date today;
  // Of the person, between the oldest taking's day and today.
  bool took_cash = false;
  bool was_custodian = false;
  bool bag_number_used = false;
};

// TOOK_CASH, WAS_CUSTODIAN, NOTHING_TO_DEPOSIT, BAG_NUMBER_USED, CASH_DIFFERS, CHECKS_DIFFER,
// VAULT_SHORT. The vault then no longer holds the cash.
Result<BankDeposit> Prepare(const Preparation& preparation, const Due& due, Vault& vault);
Entry DepositEntry(const BankDeposit& deposit);
// BANK_DEPOSIT_NOT_PREPARED, SAME_PERSON.
Result<> Carry(BankDeposit& deposit, PersonId person, Instant now);

// What the audit trail keeps.
std::string Describe(const BankDeposit& deposit);

}  // namespace reeve::payment
