#include "services/billing/receivable/books.h"

#include <algorithm>
#include <stdexcept>

#include "services/billing/derived_id.h"
#include "shared/core/spelling.h"

namespace reeve::billing::receivable {
namespace {

constexpr Spelling<EntryKind, 10> kEntryKinds{{"BILL", "APPLICATION", "PAYMENT", "REVERSAL",
                                               "CREDIT", "ADJUSTMENT", "ADJUSTMENT_REVERSAL",
                                               "BILL_REVERSAL", "LATE_FEE", "LATE_FEE_REVERSAL"}};

constexpr std::string_view kReceivablePrefix = "receivable-";

// Adds to the posting of this ledger account and fund: an entry has one line for each.
void Post(std::vector<Posting>& postings, std::string ledger_account, std::string_view fund,
          Money amount) {
  for (Posting& posting : postings) {
    if (posting.ledger_account == ledger_account && posting.fund == fund) {
      posting.amount = Money::Cents(posting.amount.cents() + amount.cents());
      return;
    }
  }
  postings.push_back({std::move(ledger_account), std::string(fund), amount});
}

std::string EarnedOn(const Charge& charge) {
  switch (charge.kind) {
    case ChargeKind::kUsage:
      return RevenueOf(charge.service);
    case ChargeKind::kFee:
      return FeesOf(charge.service);
    case ChargeKind::kDeposit:
      break;
  }
  return DepositBilledOf(charge.service);
}

void PostCharge(std::vector<Posting>& postings, const Charge& charge, std::string_view earned) {
  Post(postings, ReceivableOf(charge.service), charge.service, charge.amount);
  Post(postings, earned.empty() ? EarnedOn(charge) : std::string(earned), charge.service,
       charge.amount.Negated());
}

// Money for a charge (negative: taken back). Of a deposit, only what came in is held.
void PostShare(std::vector<Posting>& postings, const Charge& charge, Money amount) {
  Post(postings, ReceivableOf(charge.service), charge.service, amount.Negated());
  if (charge.kind != ChargeKind::kDeposit) return;
  Post(postings, DepositBilledOf(charge.service), charge.service, amount);
  Post(postings, std::string(kCustomerDeposits), charge.service, amount.Negated());
}

const Charge* Find(std::span<const Charge> charges, std::int64_t charge_id) {
  const auto found = std::find_if(charges.begin(), charges.end(), [&](const Charge& charge) {
    return charge.charge_id == charge_id;
  });
  return found == charges.end() ? nullptr : &*found;
}

void DropZeros(std::vector<Posting>& postings) {
  std::erase_if(postings, [](const Posting& posting) { return posting.amount.is_zero(); });
}

}  // namespace

std::string ReceivableOf(std::string_view service) {
  return std::string(kReceivablePrefix).append(service);
}
std::string RevenueOf(std::string_view service) { return std::string("revenue-").append(service); }
std::string FeesOf(std::string_view service) {
  return std::string("revenue-fees-").append(service);
}
std::string DepositBilledOf(std::string_view service) {
  return std::string("deposit-billed-").append(service);
}

std::string_view EntryKindName(EntryKind kind) { return kEntryKinds(kind); }

EntryKind ParseEntryKind(std::string_view name) { return kEntryKinds.Read(name); }

Entry UnappliedEntry(std::int64_t entry_id, EntryKind kind, std::string source, Date business_date,
                     Money amount) {
  return {entry_id,
          kind,
          std::move(source),
          business_date,
          {{std::string(kClearing), std::string(kPooledCash), amount},
           {std::string(kUnappliedCash), std::string(kPooledCash), amount.Negated()}},
          {}};
}

std::vector<Posting> PostingsOfCharges(std::span<const Charge> made, std::string_view earned) {
  std::vector<Posting> postings;
  for (const Charge& charge : made) PostCharge(postings, charge, earned);
  return postings;
}

std::vector<Posting> PostingsOfCharges(std::span<const Charge> made,
                                       std::span<const std::string> earned) {
  std::vector<Posting> postings;
  for (std::size_t i = 0; i < made.size(); ++i) PostCharge(postings, made[i], earned[i]);
  return postings;
}

std::vector<Posting> PostingsOfMoney(std::string_view from, std::string_view fund, Money amount,
                                     std::span<const AllocationRow> allocations,
                                     std::span<const Charge> charges) {
  std::vector<Posting> postings;
  Post(postings, std::string(from), fund, amount);
  std::int64_t credit = amount.cents();
  for (const AllocationRow& row : allocations) {
    const Charge* charge = Find(charges, row.charge_id);
    if (charge == nullptr) return {};
    PostShare(postings, *charge, row.amount);
    credit -= row.amount.cents();
  }
  Post(postings, std::string(kCustomerCredit), kCustomers, Money::Cents(-credit));
  DropZeros(postings);
  return postings;
}

std::vector<Posting> PostingsOfCredit(std::span<const AllocationRow> allocations,
                                      std::span<const Charge> charges) {
  std::vector<Posting> postings;
  for (const AllocationRow& row : allocations) {
    const Charge* charge = Find(charges, row.charge_id);
    if (charge == nullptr) return {};
    Post(postings, std::string(kCustomerCredit), kCustomers, row.amount);
    PostShare(postings, *charge, row.amount);
  }
  DropZeros(postings);
  return postings;
}

std::vector<Posting> PostingsOfReversal(std::span<const Charge> cancelled,
                                        std::span<const AllocationRow> allocations) {
  std::vector<std::string> earned;
  for (const Charge& charge : cancelled) earned.push_back(EarnedOn(charge));
  return PostingsOfReversal(cancelled, allocations, earned);
}

std::vector<Posting> PostingsOfReversal(std::span<const Charge> cancelled,
                                        std::span<const AllocationRow> allocations,
                                        std::span<const std::string> earned) {
  std::vector<Posting> postings;
  std::int64_t credit = 0;
  for (std::size_t i = 0; i < cancelled.size(); ++i) {
    Post(postings, earned[i], cancelled[i].service, cancelled[i].amount);
    credit += cancelled[i].amount.cents();
  }
  for (const AllocationRow& row : allocations) {
    const Charge* charge = Find(cancelled, row.charge_id);
    if (charge == nullptr) return {};
    PostShare(postings, *charge, row.amount);
    credit -= row.amount.cents();
  }
  Post(postings, std::string(kCustomerCredit), kCustomers, Money::Cents(-credit));
  DropZeros(postings);
  return postings;
}

Books::Books(AccountId account, PremiseId premise, Money credit, std::vector<Charge> charges)
    : account_(account),
      premise_(premise),
      credit_(credit),
      credit_before_(credit),
      charges_(std::move(charges)),
      touched_(charges_.size()),
      first_new_charge_(charges_.size()) {}

Result<> Books::AddCharges(std::int64_t entry_id, EntryKind kind, std::string source,
                           Date business_date, std::vector<Charge> charges,
                           const AllocationPolicy& policy) {
  return Owe({entry_id, kind, std::move(source), business_date, {}, {}}, std::move(charges), {},
             policy);
}

Result<> Books::Owe(Entry entry, std::vector<Charge> charges, std::string_view earned,
                    const AllocationPolicy& policy) {
  entry.postings = PostingsOfCharges(charges, earned);
  return Take(std::move(entry), std::move(charges), policy);
}

Result<> Books::AddLateFee(std::int64_t entry_id, std::string source, Date business_date,
                           std::vector<Charge> charges, std::span<const std::string> earned,
                           const AllocationPolicy& policy) {
  Entry entry{entry_id, EntryKind::kLateFee, std::move(source), business_date, {}, {}};
  entry.postings = PostingsOfCharges(charges, earned);
  return Take(std::move(entry), std::move(charges), policy);
}

Result<> Books::Take(Entry entry, std::vector<Charge> charges, const AllocationPolicy& policy) {
  const std::int64_t entry_id = entry.entry_id;
  const Date business_date = entry.business_date;
  for (Charge& charge : charges) {
    charge.open = charge.amount;
    charge.entry_id = entry_id;
    charges_.push_back(std::move(charge));
    touched_.push_back(true);
  }
  REEVE_RETURN_IF_ERROR(Record(std::move(entry)));
  return UseCredit(entry_id, business_date, policy);
}

Result<> Books::UseCredit(std::int64_t cause_entry_id, Date business_date,
                          const AllocationPolicy& policy) {
  if (credit_ <= Money()) return Ok();
  const Allocation allocation = Allocate(policy, charges_, credit_);
  if (allocation.shares.empty()) return Ok();
  Entry entry{DerivedId("credit", cause_entry_id), EntryKind::kCredit, "", business_date, {}, {}};
  Post(entry.postings, std::string(kCustomerCredit), kCustomers,
       Money::Cents(credit_.cents() - allocation.credit.cents()));
  Settle(RowsOf(allocation.shares), entry);
  NoteApplications(allocation.shares);
  return Record(std::move(entry));
}

Result<Books::Applied> Books::ApplyPayment(std::int64_t entry_id, const Payment& payment,
                                           const AllocationPolicy& policy) {
  REEVE_RETURN_IF_ERROR(credit_.Plus(payment.amount));
  // After this point it must succeed.
  const Allocation allocation = Allocate(policy, charges_, payment.amount, payment.directions);
  Applied applied;
  for (const Share& share : allocation.shares) {
    applied.timely = applied.timely && charges_[share.charge].due_date >= payment.business_date;
  }
  REEVE_RETURN_IF_ERROR(
      Receive({entry_id, EntryKind::kPayment, payment.payment_id, payment.business_date, {}, {}},
              payment.from, kPooledCash, payment.amount, RowsOf(allocation.shares)));
  NoteApplications(allocation.shares);
  return applied;
}

Result<> Books::Receive(Entry entry, std::string_view from, std::string_view fund, Money amount,
                        std::vector<AllocationRow> rows) {
  Post(entry.postings, std::string(from), fund, amount);
  std::int64_t credited = amount.cents();
  for (const AllocationRow& row : rows) credited -= row.amount.cents();
  Settle(std::move(rows), entry);
  Post(entry.postings, std::string(kCustomerCredit), kCustomers, Money::Cents(-credited));
  return Record(std::move(entry));
}

Result<> Books::ReversePayment(std::int64_t entry_id, const Payment& payment,
                               std::span<const AllocationRow> allocations,
                               std::span<const AllocationRow> credit_uses) {
  return TakeBack(
      {entry_id, EntryKind::kReversal, payment.payment_id, payment.business_date, {}, {}},
      payment.from, kPooledCash, payment.amount, allocations, credit_uses);
}

Result<> Books::TakeBack(Entry entry, std::string_view from, std::string_view fund, Money amount,
                         std::span<const AllocationRow> allocations,
                         std::span<const AllocationRow> credit_uses) {
  std::int64_t credited = amount.cents();
  std::vector<AllocationRow> returned;
  for (const AllocationRow& row : allocations) {
    if (IsCancelled(row.charge_id)) continue;  // its share is credit by now
    returned.push_back({row.charge_id, row.amount.Negated()});
    credited -= row.amount.cents();
  }
  REEVE_RETURN_IF_ERROR(
      TakeBackCredit(entry.entry_id, entry.business_date, credited - credit_.cents(), credit_uses));
  return Receive(std::move(entry), from, fund, amount.Negated(), std::move(returned));
}

Result<> Books::GiveCredit(std::int64_t entry_id, const Correction& correction,
                           const AllocationPolicy& policy) {
  REEVE_RETURN_IF_ERROR(credit_.Plus(correction.amount));
  std::vector<std::size_t> meant;
  std::vector<Charge> charges;
  for (std::size_t i = 0; i < charges_.size(); ++i) {
    if (charges_[i].service != correction.service || charges_[i].kind != correction.kind) continue;
    meant.push_back(i);
    charges.push_back(charges_[i]);
  }
  Allocation allocation = Allocate(policy, charges, correction.amount);
  for (Share& share : allocation.shares) share.charge = meant[share.charge];
  REEVE_RETURN_IF_ERROR(Receive(
      {entry_id, EntryKind::kAdjustment, correction.source, correction.business_date, {}, {}},
      correction.ledger_account, correction.service, correction.amount, RowsOf(allocation.shares)));
  NoteApplications(allocation.shares);
  return UseCredit(entry_id, correction.business_date, policy);
}

Result<> Books::TakeBackCorrection(std::int64_t entry_id, const Correction& correction,
                                   std::span<const AllocationRow> allocations,
                                   std::span<const AllocationRow> credit_uses) {
  return TakeBack({entry_id,
                   EntryKind::kAdjustmentReversal,
                   correction.source,
                   correction.business_date,
                   {},
                   {}},
                  correction.ledger_account, correction.service, correction.amount, allocations,
                  credit_uses);
}

Result<> Books::AddCorrection(std::int64_t entry_id, const Correction& correction, Charge charge,
                              const AllocationPolicy& policy) {
  return Owe(
      {entry_id, EntryKind::kAdjustment, correction.source, correction.business_date, {}, {}},
      {std::move(charge)}, correction.ledger_account, policy);
}

Result<> Books::CancelCharge(std::int64_t entry_id, EntryKind kind, const Correction& correction,
                             std::int64_t charge_id, const AllocationPolicy& policy) {
  REEVE_RETURN_IF_ERROR(credit_.Plus(correction.amount));
  std::vector<AllocationRow> rows;
  for (const Charge& charge : charges_) {
    if (charge.charge_id == charge_id && charge.open > Money()) {
      rows.push_back({charge_id, charge.open});
    }
  }
  REEVE_RETURN_IF_ERROR(
      Receive({entry_id, kind, correction.source, correction.business_date, {}, {}},
              correction.ledger_account, correction.service, correction.amount, std::move(rows)));
  MarkCancelled(charge_id);
  return UseCredit(entry_id, correction.business_date, policy);
}

Result<Money> Books::CancelBill(std::int64_t entry_id, std::string source, Date business_date,
                                std::span<const std::int64_t> charge_ids,
                                const AllocationPolicy& policy) {
  std::vector<std::string> earned;
  for (const std::int64_t charge_id : charge_ids) {
    const Charge* charge = Find(charges_, charge_id);
    earned.push_back(charge == nullptr ? "" : EarnedOn(*charge));
  }
  REEVE_ASSIGN_OR_RETURN(
      const Money freed,
      Free({entry_id, EntryKind::kBillReversal, std::move(source), business_date, {}, {}},
           charge_ids, earned));
  REEVE_RETURN_IF_ERROR(UseCredit(entry_id, business_date, policy));
  return freed;
}

Result<> Books::CancelLateFee(std::int64_t entry_id, std::string source, Date business_date,
                              std::span<const std::int64_t> charge_ids,
                              std::span<const std::string> earned,
                              std::span<const Money> credited) {
  REEVE_RETURN_IF_ERROR(
      Free({entry_id, EntryKind::kLateFeeReversal, std::move(source), business_date, {}, {}},
           charge_ids, earned, credited));
  return Ok();
}

Result<Money> Books::Free(Entry entry, std::span<const std::int64_t> charge_ids,
                          std::span<const std::string> earned, std::span<const Money> credited) {
  std::vector<AllocationRow> rows;
  std::int64_t freed = 0;
  for (std::size_t i = 0; i < charge_ids.size(); ++i) {
    const Charge* charge = Find(charges_, charge_ids[i]);
    if (charge == nullptr) throw std::logic_error("a charge to be cancelled is not loaded");
    const std::int64_t waived = credited.empty() ? 0 : credited[i].cents();
    const std::int64_t owed = charge->amount.cents() - waived;
    Post(entry.postings, earned[i], charge->service, Money::Cents(owed));
    if (charge->open > Money()) rows.push_back({charge_ids[i], charge->open});
    freed += owed - charge->open.cents();
  }
  REEVE_RETURN_IF_ERROR(credit_.Plus(Money::Cents(freed)));
  // After this point it must succeed.
  Settle(std::move(rows), entry);
  Post(entry.postings, std::string(kCustomerCredit), kCustomers, Money::Cents(-freed));
  for (const std::int64_t charge_id : charge_ids) MarkCancelled(charge_id);
  REEVE_RETURN_IF_ERROR(Record(std::move(entry)));
  return Money::Cents(freed);
}

Result<> Books::AddRebill(std::int64_t entry_id, std::string source, Date business_date,
                          std::vector<Charge> charges, Money freed,
                          std::span<const AllocationRow> credit_uses,
                          const AllocationPolicy& policy) {
  std::int64_t owed = 0;
  for (const Charge& charge : charges) owed += charge.amount.cents();
  std::int64_t used = 0;
  for (const AllocationRow& use : credit_uses) used += use.amount.cents();
  const std::int64_t missing = std::min(freed.cents(), owed) - credit_.cents();
  REEVE_RETURN_IF_ERROR(
      TakeBackCredit(entry_id, business_date, std::min(missing, used), credit_uses));
  return Owe({entry_id, EntryKind::kBill, std::move(source), business_date, {}, {}},
             std::move(charges), {}, policy);
}

Result<> Books::TakeBackCredit(std::int64_t cause_entry_id, Date business_date,
                               std::int64_t missing_cents,
                               std::span<const AllocationRow> credit_uses) {
  if (missing_cents <= 0) return Ok();
  Entry entry{
      DerivedId("credit-back", cause_entry_id), EntryKind::kCredit, "", business_date, {}, {}};
  Post(entry.postings, std::string(kCustomerCredit), kCustomers, Money::Cents(-missing_cents));
  std::vector<AllocationRow> returned;
  for (const AllocationRow& use : credit_uses) {
    const std::int64_t taken = std::min(missing_cents, use.amount.cents());
    if (taken > 0) returned.push_back({use.charge_id, Money::Cents(-taken)});
    missing_cents -= taken;
  }
  Settle(std::move(returned), entry);
  return Record(std::move(entry));
}

Money Books::Balance() const {
  std::int64_t cents = -credit_.cents();
  for (const Charge& charge : charges_) cents += charge.open.cents();
  return Money::Cents(cents);
}

Money Books::PastDue(Date today) const {
  std::int64_t cents = 0;
  for (const Charge& charge : charges_) {
    if (charge.due_date < today) cents += charge.open.cents();
  }
  return Money::Cents(std::max<std::int64_t>(0, cents - credit_.cents()));
}

Result<> Books::Record(Entry entry) {
  DropZeros(entry.postings);
  REEVE_RETURN_IF_ERROR(CheckBalanced(entry.postings));
  for (const Posting& posting : entry.postings) {
    if (posting.ledger_account != kCustomerCredit) continue;
    REEVE_ASSIGN_OR_RETURN(credit_, credit_.Minus(posting.amount));
  }
  entries_.push_back(std::move(entry));
  return Ok();
}

std::vector<AllocationRow> Books::RowsOf(const std::vector<Share>& shares) const {
  std::vector<AllocationRow> rows;
  for (const Share& share : shares) {
    rows.push_back({charges_[share.charge].charge_id, share.amount});
  }
  return rows;
}

void Books::Settle(std::vector<AllocationRow> rows, Entry& entry) {
  std::sort(rows.begin(), rows.end(), [](const AllocationRow& a, const AllocationRow& b) {
    return a.charge_id < b.charge_id;
  });
  for (const AllocationRow& row : rows) {
    const auto charge = std::find_if(charges_.begin(), charges_.end(), [&](const Charge& known) {
      return known.charge_id == row.charge_id;
    });
    if (charge == charges_.end()) throw std::logic_error("a charge to be settled is not loaded");
    charge->open = Money::Cents(charge->open.cents() - row.amount.cents());
    touched_[static_cast<std::size_t>(charge - charges_.begin())] = true;
    PostShare(entry.postings, *charge, row.amount);
  }
  entry.allocations = std::move(rows);
}

bool Books::IsCancelled(std::int64_t charge_id) const {
  const Charge* charge = Find(charges_, charge_id);
  return charge != nullptr && charge->cancelled;
}

void Books::MarkCancelled(std::int64_t charge_id) {
  for (std::size_t i = 0; i < charges_.size(); ++i) {
    if (charges_[i].charge_id != charge_id) continue;
    charges_[i].cancelled = true;
    touched_[i] = true;
  }
}

void Books::NoteApplications(const std::vector<Share>& shares) {
  for (const Share& share : shares) {
    const std::int64_t application = charges_[share.charge].application_id;
    if (application == 0 || std::find(applications_paid_.begin(), applications_paid_.end(),
                                      application) != applications_paid_.end()) {
      continue;
    }
    const bool paid = std::none_of(charges_.begin(), charges_.end(), [&](const Charge& charge) {
      return charge.application_id == application && charge.open > Money();
    });
    if (paid) applications_paid_.push_back(application);
  }
}

}  // namespace reeve::billing::receivable
