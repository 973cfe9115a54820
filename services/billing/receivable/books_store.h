// Books, payments and the order of allocation in the database.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "services/billing/receivable/books.h"
#include "services/billing/row_text.h"
#include "shared/db/database.h"

namespace reeve::billing::receivable {

// An account's books with what belongs to them in other features.
struct OpenBooks {
  Books books;
  std::int64_t open_disconnect_id = 0;  // a cut that its payments may prevent
};

// The books of these accounts with their open charges, held until the transaction ends; accounts
// that billing does not know are absent. Locks are taken in the order of the accounts.
std::map<AccountId, OpenBooks> LockBooks(db::Transaction& tx, const std::set<AccountId>& accounts);
// The same to add charges only: open charges are absent where neither credit nor a cut waits.
std::map<AccountId, OpenBooks> LockBooksToCharge(db::Transaction& tx,
                                                 const std::set<AccountId>& accounts);
// One account's, with the charges of these ids too, whether open or paid.
std::optional<OpenBooks> LockBooksFor(db::Transaction& tx, AccountId account,
                                      std::span<const std::int64_t> charge_ids);
// The same without a lock, to look at; nothing if billing does not know the account.
std::optional<Books> ReadBooks(db::Transaction& tx, AccountId account,
                               std::span<const std::int64_t> charge_ids = {});

// Saves what these books have done since they were locked. Set-wise: a constant number of
// statements.
void SaveBooks(db::Transaction& tx, std::span<const Books* const> books, Instant now);
// Entries of no known account.
void InsertEntries(db::Transaction& tx, AccountId account, std::span<const Entry> entries,
                   Instant now);
// What an application charged, for the audit trail ("10000000009/<entry>").
inline constexpr std::string_view kApplicationEntity = "application-charges";
RowDigest DigestOfApplication(AccountId account, std::int64_t entry_id, Date business_date,
                              std::vector<Charge> charges);
bool HasEntry(db::Transaction& tx, AccountId account, std::int64_t entry_id);
void SaveOpenDisconnect(db::Transaction& tx, AccountId account, std::int64_t disconnect_id);

enum class PaymentState { kApplied, kUnapplied, kReversed };

struct PaymentCredit {
  AccountId account;
  std::string payment_id;
  PaymentState state = PaymentState::kApplied;
  std::int64_t entry_id = 0;  // that allocated it, or that holds it as unapplied cash
  Money amount;
  std::vector<Direction> directions;
  Date business_date;
  std::string reason;  // why it is unapplied; empty otherwise
};
// The audit trail says of a payment "10000000009/7-1-4" why it is unapplied, as the customer
// directed it, and on which day it was taken back.
inline constexpr std::string_view kUnappliedEntity = "unapplied-cash";
inline constexpr std::string_view kDirectionsEntity = "payment-directions";
inline constexpr std::string_view kReversalEntity = "payment-reversal";
// "water=1000,sewer=250": cents by service.
std::string DirectionsText(std::span<const Direction> directions);
using PaymentKey = std::pair<AccountId, std::string>;

// Those of the payments that are on the books already.
std::set<PaymentKey> KnownPayments(db::Transaction& tx, std::span<const PaymentKey> keys);
std::optional<PaymentCredit> LockPayment(db::Transaction& tx, const PaymentKey& key);
// Those of the accounts that have payments which could not be placed.
std::vector<AccountId> AccountsWithUnapplied(db::Transaction& tx,
                                             std::span<const AccountId> accounts);
// An account's payments that could not be placed, held.
std::vector<PaymentCredit> LockUnapplied(db::Transaction& tx, AccountId account);
void InsertPayments(db::Transaction& tx, std::span<const PaymentCredit> payments);
void SavePaymentState(db::Transaction& tx, const PaymentCredit& payment);
// By account and payment, behind the key of the page before.
std::vector<PaymentCredit> ListUnapplied(db::Transaction& tx, const PaymentKey& after,
                                         std::int64_t limit);

// What an entry paid, by charge.
std::vector<AllocationRow> AllocationsOf(db::Transaction& tx, AccountId account,
                                         std::int64_t entry_id);
// Charges that credit has paid, net of what was taken back, the newest use first; none of those
// that were cancelled.
std::vector<AllocationRow> CreditUses(db::Transaction& tx, AccountId account);

// Money of paid deposits, by no entry netted against what is owed.
Money DepositsHeld(db::Transaction& tx, AccountId account);

struct ListedEntry {
  Entry entry;
  Instant posted_time;
};
// Newest first, behind (time, entry) of the page before.
std::vector<ListedEntry> ListEntries(db::Transaction& tx, AccountId account,
                                     std::int64_t before_micros, std::int64_t before_entry_id,
                                     std::int64_t limit);

// The written order in force on `day`; the oldest first if none is loaded.
AllocationPolicy PolicyInForce(db::Transaction& tx, Date day);
bool HasPolicy(db::Transaction& tx, Date effective_date);
inline constexpr Kept kKeptAllocationPolicy{"allocation-policy", 1};
Cells CellsOfPolicy(const AllocationPolicy& policy);
void InsertPolicy(db::Transaction& tx, const AllocationPolicy& policy);

}  // namespace reeve::billing::receivable
