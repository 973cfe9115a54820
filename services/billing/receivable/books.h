// Books of one account: its open charges, its credit, and the only ways in which they change. Every
// change is a balanced journal entry; nothing is ever edited.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/billing/receivable/allocation.h"
#include "shared/core/id.h"
#include "shared/core/posting.h"

namespace reeve::billing::receivable {

// The chart's names; a city maps them to its own numbers.
inline constexpr std::string_view kClearing = "clearing";
inline constexpr std::string_view kCustomerCredit = "customer-credit";
inline constexpr std::string_view kCustomerDeposits = "customer-deposits";
inline constexpr std::string_view kUnappliedCash = "unapplied-cash";
inline constexpr std::string_view kPooledCash = "pooled-cash";  // a fund
inline constexpr std::string_view kCustomers = "customers";     // the fund of credits
std::string ReceivableOf(std::string_view service);             // "receivable-electric"
std::string RevenueOf(std::string_view service);                // "revenue-electric"
std::string FeesOf(std::string_view service);                   // "revenue-fees-electric"
std::string DepositBilledOf(std::string_view service);          // "deposit-billed-electric"

enum class EntryKind {
  kBill,
  kApplication,
  kPayment,
  kReversal,
  kCredit,
  kAdjustment,
  kAdjustmentReversal,
  kBillReversal,
  kLateFee,
  kLateFeeReversal
};
std::string_view EntryKindName(EntryKind kind);  // "BILL"
EntryKind ParseEntryKind(std::string_view name);

// Part of an entry's money for a charge; negative where a reversal takes it back.
struct AllocationRow {
  std::int64_t charge_id = 0;
  Money amount;
  bool operator==(const AllocationRow&) const = default;
};

// A journal entry; its postings sum to zero.
struct Entry {
  std::int64_t entry_id = 0;
  EntryKind kind = EntryKind::kBill;
  std::string source;
  Date business_date;
  std::vector<Posting> postings;
  std::vector<AllocationRow> allocations;  // by charge id
};

// The postings that belong to an entry, derived a second time for the proof of the books: from the
// charges that it made, in their order; from the money that it moved; from the credit that it used.
// `charges` are where each allocation's charge is found; without one of them the answer is empty.
// Charges go against `earned`, or if it is empty against the account of their kind. A negative
// amount of money is taken back.
std::vector<Posting> PostingsOfCharges(std::span<const Charge> made, std::string_view earned = {});
// The same, each charge against an account of its own.
std::vector<Posting> PostingsOfCharges(std::span<const Charge> made,
                                       std::span<const std::string> earned);
std::vector<Posting> PostingsOfMoney(std::string_view from, std::string_view fund, Money amount,
                                     std::span<const AllocationRow> allocations,
                                     std::span<const Charge> charges);
std::vector<Posting> PostingsOfCredit(std::span<const AllocationRow> allocations,
                                      std::span<const Charge> charges);
// Of a reversal of these charges, in their order: what was open is allocated, the rest is credit.
std::vector<Posting> PostingsOfReversal(std::span<const Charge> cancelled,
                                        std::span<const AllocationRow> allocations);
// The same, each charge against an account of its own.
std::vector<Posting> PostingsOfReversal(std::span<const Charge> cancelled,
                                        std::span<const AllocationRow> allocations,
                                        std::span<const std::string> earned);

// Money that nobody could place: clearing against unapplied cash, and back with a negative amount.
Entry UnappliedEntry(std::int64_t entry_id, EntryKind kind, std::string source, Date business_date,
                     Money amount);

class Books {
 public:
  // `charges` are those that are not fully paid, and for a reversal also those that it reopens.
  Books(AccountId account, PremiseId premise, Money credit, std::vector<Charge> charges);

  // Owes these charges, each above zero. A deposit is a liability when it is paid, a fee and a bill
  // are revenue at once. Credit that is there is used for them at once, by the written order.
  Result<> AddCharges(std::int64_t entry_id, EntryKind kind, std::string source, Date business_date,
                      std::vector<Charge> charges, const AllocationPolicy& policy);

  // Owes a late fee: each charge is earned on an account of its own.
  Result<> AddLateFee(std::int64_t entry_id, std::string source, Date business_date,
                      std::vector<Charge> charges, std::span<const std::string> earned,
                      const AllocationPolicy& policy);
  // A late fee with these charges is owed no more: what is open falls away, what was paid becomes
  // credit. That is used by whatever the reason for it does next, or by UseCreditAfter. What staff
  // have `credited` of each charge stays as they booked it: nobody paid that. Empty: nothing.
  Result<> CancelLateFee(std::int64_t entry_id, std::string source, Date business_date,
                         std::span<const std::int64_t> charge_ids,
                         std::span<const std::string> earned, std::span<const Money> credited = {});
  // Uses the credit that the entry has left.
  Result<> UseCreditAfter(std::int64_t entry_id, Date business_date,
                          const AllocationPolicy& policy) {
    return UseCredit(entry_id, business_date, policy);
  }

  struct Applied {
    bool timely = true;  // no charge that it paid was past due
  };
  struct Payment {
    std::string payment_id;
    Date business_date;
    Money amount;  // above zero
    std::vector<Direction> directions;
    // Where the money is now: clearing, or unapplied cash if nobody could place it before.
    std::string_view from = kClearing;
  };
  // Credits a payment: `from` against receivables, what is over against customer credit.
  Result<Applied> ApplyPayment(std::int64_t entry_id, const Payment& payment,
                               const AllocationPolicy& policy);

  // Takes a payment back exactly: each share returns to its charge; that of a charge which was
  // cancelled since has become credit. `allocations` are those of its entry. If its credit has been
  // used since, the newest uses of credit (`credit_uses`, newest first, net of what was taken back
  // before) are taken back as far as needed.
  Result<> ReversePayment(std::int64_t entry_id, const Payment& payment,
                          std::span<const AllocationRow> allocations,
                          std::span<const AllocationRow> credit_uses);

  // What staff correct: money between `ledger_account`, in the service's fund, and the charges of
  // one service and kind, never of deposits.
  struct Correction {
    std::string source;
    Date business_date;
    std::string service;
    ChargeKind kind = ChargeKind::kUsage;
    std::string ledger_account;
    Money amount;  // above zero
  };
  // Pays the open charges of the correction's service and kind, by the written order; what is over
  // becomes credit, and credit is used at once.
  Result<> GiveCredit(std::int64_t entry_id, const Correction& correction,
                      const AllocationPolicy& policy);
  // Takes it back exactly, as ReversePayment does a payment.
  Result<> TakeBackCorrection(std::int64_t entry_id, const Correction& correction,
                              std::span<const AllocationRow> allocations,
                              std::span<const AllocationRow> credit_uses);
  // Owes one more charge of the correction's amount. Credit that is there is used for it.
  Result<> AddCorrection(std::int64_t entry_id, const Correction& correction, Charge charge,
                         const AllocationPolicy& policy);
  // A charge is owed no more, by an entry of that kind: what is open falls away, what was paid
  // becomes credit, and credit is used at once. The correction has the charge's service and whole
  // amount, and the account on which it was earned.
  Result<> CancelCharge(std::int64_t entry_id, EntryKind kind, const Correction& correction,
                        std::int64_t charge_id, const AllocationPolicy& policy);

  // A bill with these charges is owed no more, by one entry: what is open falls away, what was paid
  // becomes credit, and credit is used at once. Answers what was paid.
  Result<Money> CancelBill(std::int64_t entry_id, std::string source, Date business_date,
                           std::span<const std::int64_t> charge_ids,
                           const AllocationPolicy& policy);
  // Owes these charges for days that were billed before. What was paid for them then, `freed`, is
  // for them again: if it was used since, the newest uses of credit are taken back as far as
  // needed, and credit is used anew by the written order.
  Result<> AddRebill(std::int64_t entry_id, std::string source, Date business_date,
                     std::vector<Charge> charges, Money freed,
                     std::span<const AllocationRow> credit_uses, const AllocationPolicy& policy);

  AccountId account() const { return account_; }
  PremiseId premise() const { return premise_; }
  Money Balance() const;  // open charges less credit
  Money credit() const { return credit_; }
  const std::vector<Charge>& charges() const { return charges_; }
  // Open charges whose due date lies before today, less the credit that is not used yet: nobody is
  // pursued for what they have paid.
  Money PastDue(Date today) const;
  // Applications whose last open charge was paid since this was asked before.
  std::vector<std::int64_t> TakeApplicationsPaid() { return std::exchange(applications_paid_, {}); }

  // What must be saved.
  bool CreditHasChanged() const { return credit_ != credit_before_; }
  const std::vector<Entry>& entries() const { return entries_; }
  std::size_t first_new_charge() const { return first_new_charge_; }
  bool IsTouched(std::size_t charge) const { return touched_[charge]; }

 private:
  Result<> Record(Entry entry);  // checks that it balances, and moves the credit
  Result<> Owe(Entry entry, std::vector<Charge> charges, std::string_view earned,
               const AllocationPolicy& policy);
  // The charges whose postings the entry has.
  Result<> Take(Entry entry, std::vector<Charge> charges, const AllocationPolicy& policy);
  // These charges are owed no more; answers what was paid for them.
  Result<Money> Free(Entry entry, std::span<const std::int64_t> charge_ids,
                     std::span<const std::string> earned, std::span<const Money> credited = {});
  // Money of `from` for these charges; what is over becomes credit.
  Result<> Receive(Entry entry, std::string_view from, std::string_view fund, Money amount,
                   std::vector<AllocationRow> rows);
  Result<> TakeBack(Entry entry, std::string_view from, std::string_view fund, Money amount,
                    std::span<const AllocationRow> allocations,
                    std::span<const AllocationRow> credit_uses);
  Result<> UseCredit(std::int64_t cause_entry_id, Date business_date,
                     const AllocationPolicy& policy);
  Result<> TakeBackCredit(std::int64_t cause_entry_id, Date business_date,
                          std::int64_t missing_cents, std::span<const AllocationRow> credit_uses);
  // Money for charges (negative: taken back), with its postings; each charge at most once. An entry
  // has its allocations in the order of the charges' ids.
  void Settle(std::vector<AllocationRow> rows, Entry& entry);
  std::vector<AllocationRow> RowsOf(const std::vector<Share>& shares) const;
  void NoteApplications(const std::vector<Share>& shares);
  bool IsCancelled(std::int64_t charge_id) const;
  void MarkCancelled(std::int64_t charge_id);

  AccountId account_;
  PremiseId premise_;
  Money credit_;
  Money credit_before_;
  std::vector<Charge> charges_;
  std::vector<bool> touched_;
  std::size_t first_new_charge_;
  std::vector<Entry> entries_;
  std::vector<std::int64_t> applications_paid_;
};

}  // namespace reeve::billing::receivable
