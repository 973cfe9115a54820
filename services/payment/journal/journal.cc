#include "services/payment/journal/journal.h"

#include <array>
#include <stdexcept>

namespace reeve::payment {
namespace {

// Cities keep pooled cash; billing splits by the fund of each service.
constexpr std::string_view kFund = "pooled-cash";
constexpr std::string_view kClearing = "clearing";

std::string_view TenderWord(TenderKind kind) {
  constexpr std::array<std::string_view, 3> kWords = {"cash", "check", "card"};
  return kWords[static_cast<std::size_t>(kind)];
}

Money AmountOf(const TenderAmounts& amounts, TenderKind kind) {
  const std::array<Money, 3> all = {amounts.cash, amounts.checks, amounts.cards};
  return all[static_cast<std::size_t>(kind)];
}

void Post(Entry& entry, std::string ledger_account, Money amount) {
  if (amount.is_zero()) return;
  entry.postings.push_back({std::move(ledger_account), std::string(kFund), amount});
}

Money TotalOf(const TenderAmounts& amounts) {
  return Money::Cents(amounts.cash.cents() + amounts.checks.cents() + amounts.cards.cents());
}

Entry AgainstClearing(EntryKind kind, std::int64_t receipt_no, const TenderAmounts& amounts) {
  Entry entry{kind, receipt_no, {}};
  for (const TenderKind tender : kTenderKinds) {
    Post(entry, LedgerAccount(Place::kDrawer, tender), AmountOf(amounts, tender));
  }
  Post(entry, std::string(kClearing), TotalOf(amounts).Negated());
  return entry;
}

}  // namespace

std::string LedgerAccount(Place place, TenderKind kind) {
  if (place == Place::kBank) return "bank-transit";
  if (place == Place::kVault && kind == TenderKind::kCard) return "card-settlement";
  constexpr std::array<std::string_view, 3> kPlaces = {"drawer-", "transit-", "vault-"};
  return std::string(kPlaces[static_cast<std::size_t>(place)]) + std::string(TenderWord(kind));
}

TenderAmounts TenderAmounts::Of(const Holding& holding) {
  return {holding.cash.Total(), holding.checks, holding.cards};
}

TenderAmounts TenderAmounts::Negated() const {
  return {cash.Negated(), checks.Negated(), cards.Negated()};
}

Entry PaymentEntry(std::int64_t receipt_no, const TenderAmounts& amounts) {
  return AgainstClearing(EntryKind::kPayment, receipt_no, amounts);
}

Entry VoidEntry(std::int64_t receipt_no, const TenderAmounts& amounts) {
  return AgainstClearing(EntryKind::kVoid, receipt_no, amounts.Negated());
}

Entry OverShortEntry(const TenderAmounts& over, Place place, std::int64_t reference) {
  Entry entry{EntryKind::kOverShort, reference, {}};
  for (const TenderKind kind : kTenderKinds) {
    Post(entry, LedgerAccount(place, kind), AmountOf(over, kind));
    Post(entry, "over-short-" + std::string(TenderWord(kind)), AmountOf(over, kind).Negated());
  }
  return entry;
}

Entry MoveEntry(EntryKind kind, std::int64_t reference, Place from, Place to,
                const TenderAmounts& amounts) {
  Entry entry{kind, reference, {}};
  for (const TenderKind tender : kTenderKinds) {
    Post(entry, LedgerAccount(to, tender), AmountOf(amounts, tender));
    Post(entry, LedgerAccount(from, tender), AmountOf(amounts, tender).Negated());
  }
  return entry;
}

void Journal::Post(DrawerId home, std::int64_t session_no, std::int64_t& next_entry_no, Entry entry,
                   Date business_date) {
  if (entry.postings.empty()) return;
  if (!CheckBalanced(entry.postings).ok()) {
    throw std::logic_error("journal: an entry does not balance");
  }
  entries_.push_back({home, session_no, next_entry_no++, business_date, std::move(entry)});
}

}  // namespace reeve::payment
