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
inline constexpr Reason kChecksAgree{"CHECKS_AGREE"};
inline constexpr Reason kChecksNotRecorded{"CHECKS_NOT_RECORDED"};
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

// The checks in a vault are others than the drawers counted: what was found instead, and why. It
// stands beside the takings, goes to the bank with them, and is never edited; another one corrects
// it.
struct CheckDifference {
  DrawerId vault;
  std::int64_t id = 0;
  std::int64_t counted_count = 0;  // by the drawers, and by the differences before this one
  Money counted;
  std::int64_t found_count = 0;
  Money found;
  std::string reason;
  PersonId accepted_by;
  Instant accepted_time;
  Date accepted_date;

  std::int64_t OverCount() const { return found_count - counted_count; }
  Money Over() const { return Money::Cents(found.cents() - counted.cents()); }
};

// What awaits the bank, oldest first; or what went there in one deposit.
struct Due {
  std::vector<Taking> takings;
  std::vector<CheckDifference> differences;
  std::vector<VaultCheck> checks;  // that the drawers recorded

  // What the drawers took, less what they were short; never below 0.
  Money Cash() const;
  // What they were short beyond all that they took: it is missing from the change fund.
  Money FundShort() const;
  // Checks as counted by the drawers, or as found since.
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
  std::vector<Taking> takings;               // that it covers
  std::vector<CheckDifference> differences;  // that it covers
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
  Due Covers() const { return {takings, differences, checks}; }
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

// TOOK_CASH, WAS_CUSTODIAN, SAME_PERSON (who found other checks than were counted),
// NOTHING_TO_DEPOSIT, BAG_NUMBER_USED, CASH_DIFFERS, CHECKS_DIFFER, VAULT_SHORT. The vault then no
// longer holds the cash.
Result<BankDeposit> Prepare(const Preparation& preparation, const Due& due, Vault& vault);
Entry DepositEntry(const BankDeposit& deposit);
// BANK_DEPOSIT_NOT_PREPARED, SAME_PERSON.
Result<> Carry(BankDeposit& deposit, PersonId person, Instant now);

// What a second person found of the checks in the vault.
struct Found {
  std::int64_t count = 0;
  Money checks;
  std::string reason;
  PersonId person;
  Instant now;
  Date today;
  // Of the person, between the oldest taking's day and today.
  bool took_cash = false;
  bool was_custodian = false;
};
// TOOK_CASH, WAS_CUSTODIAN (whoever had the checks in hand does not say that some are missing),
// NOTHING_TO_DEPOSIT, CHECKS_AGREE, CHECKS_NOT_RECORDED (more checks, or more in checks, than the
// drawers have recorded).
Result<CheckDifference> AcceptDifference(const Found& found, const Due& due);
// The vault's checks against the over-short account.
Entry DifferenceEntry(const CheckDifference& difference);

// What the audit trail keeps.
std::string Describe(const BankDeposit& deposit);
std::string Describe(const CheckDifference& difference);

}  // namespace reeve::payment
