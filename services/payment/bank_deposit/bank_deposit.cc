#include "services/payment/bank_deposit/bank_deposit.h"

#include <algorithm>
#include <set>

namespace reeve::payment {
namespace {

constexpr int kBankingDays = 3;

struct Transition {
  BankDepositState from;
  BankDepositEvent event;
  BankDepositState to;
};
constexpr Transition kTransitions[] = {
    {BankDepositState::kPrepared, BankDepositEvent::kCarry, BankDepositState::kCarried},
};

enum IsoWeekday { kMonday = 1, kThursday = 4, kSaturday = 6, kSunday = 7 };

// The day is the `nth` such weekday of its month.
bool IsNth(Date date, IsoWeekday weekday, int nth) {
  return date.weekday() == weekday && (date.day() + 6) / 7 == nth;
}

bool IsLastMonday(Date date) {
  return date.weekday() == kMonday && date.PlusDays(7).month() != date.month();
}

// On its own day, or on the Monday after a Sunday.
bool IsFixed(Date date, int month, int day) {
  const auto is = [&](Date d) { return d.month() == month && d.day() == day; };
  return is(date) || (date.weekday() == kMonday && is(date.PlusDays(-1)));
}

bool IsFederalReserveHoliday(Date date) {
  switch (date.month()) {
    case 1:
      return IsFixed(date, 1, 1) || IsNth(date, kMonday, 3);
    case 2:
      return IsNth(date, kMonday, 3);
    case 5:
      return IsLastMonday(date);
    case 6:
      return IsFixed(date, 6, 19);
    case 7:
      return IsFixed(date, 7, 4);
    case 9:
      return IsNth(date, kMonday, 1);
    case 10:
      return IsNth(date, kMonday, 2);
    case 11:
      return IsFixed(date, 11, 11) || IsNth(date, kThursday, 4);
    case 12:
      return IsFixed(date, 12, 25);
    default:
      return false;
  }
}

// The checks named by `items`, each once; nothing if one of them is not there.
std::optional<std::vector<VaultCheck>> Pick(const std::vector<VaultCheck>& checks,
                                            const std::vector<CheckItem>& items) {
  std::set<CheckItem> wanted(items.begin(), items.end());
  if (wanted.size() != items.size()) return std::nullopt;
  std::vector<VaultCheck> picked;
  for (const VaultCheck& check : checks) {
    if (wanted.erase({check.payment, check.tender_no}) == 1) picked.push_back(check);
  }
  if (!wanted.empty()) return std::nullopt;
  return picked;
}

template <class Range, class Projection>
Money Total(const Range& range, Projection projection) {
  std::int64_t cents = 0;
  for (const auto& element : range) cents += projection(element).cents();
  return Money::Cents(cents);
}

Money AmountOf(const std::vector<VaultCheck>& checks) {
  return Total(checks, [](const VaultCheck& check) { return check.amount; });
}

}  // namespace

bool IsBankingDay(Date date) {
  return date.weekday() < kSaturday && !IsFederalReserveHoliday(date);
}

Date DepositDueDate(Date collected) {
  Date date = collected;
  for (int days = 0; days < kBankingDays; days += IsBankingDay(date)) date = date.PlusDays(1);
  return date;
}

std::vector<VaultCheck> ChecksOf(const std::vector<Payment>& payments) {
  std::vector<VaultCheck> checks;
  for (const Payment& payment : payments) {
    if (payment.state == PaymentState::kVoided) continue;
    std::int64_t tender_no = 0;
    for (const Tender& tender : payment.tenders) {
      ++tender_no;
      if (tender.kind != TenderKind::kCheck) continue;
      checks.push_back(
          {payment.id, tender_no, tender.check_number, tender.bank_last4, tender.amount});
    }
  }
  return checks;
}

Money Due::Cash() const {
  return Total(takings, [](const Taking& taking) { return taking.cash; });
}

std::int64_t Due::CheckCount() const {
  std::int64_t count = 0;
  for (const Taking& taking : takings) count += taking.check_count;
  return count;
}

Money Due::Checks() const {
  return Total(takings, [](const Taking& taking) { return taking.checks; });
}

Date Due::Oldest() const {
  return std::min_element(
             takings.begin(), takings.end(),
             [](const Taking& a, const Taking& b) { return a.business_date < b.business_date; })
      ->business_date;
}

std::optional<BankDepositState> Next(BankDepositState state, BankDepositEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

Money BankDeposit::Checks() const { return AmountOf(checks); }

Result<BankDeposit> Prepare(const Preparation& preparation, const Due& due, Vault& vault) {
  if (preparation.took_cash) {
    return PermissionDenied(reason::kTookCash, "Whoever had a drawer prepares no deposit.");
  }
  if (preparation.was_custodian) {
    return PermissionDenied(reason::kWasCustodian, "Whoever moved the money prepares no deposit.");
  }
  if (due.takings.empty()) {
    return FailedPrecondition(reason::kNothingToDeposit, "The vault holds no takings.");
  }
  if (preparation.bag_number_used) {
    return AlreadyExists(reason::kBagNumberUsed, "A bag of this number was used before.");
  }
  if (preparation.cash.Total() != due.Cash()) {
    return FailedPrecondition(reason::kCashDiffers, "The cash is not what the drawers took.")
        .With("due_cents", due.Cash().cents());
  }
  const auto checks = Pick(due.checks, preparation.checks);
  if (!checks || static_cast<std::int64_t>(checks->size()) != due.CheckCount() ||
      AmountOf(*checks) != due.Checks()) {
    return FailedPrecondition(reason::kChecksDiffer, "The checks are not those that were counted.");
  }
  const std::optional<Cash> rest = vault.cash.Minus(preparation.cash);
  if (!rest) {
    return FailedPrecondition(reason::kVaultShort, "The vault does not hold these pieces.");
  }
  vault.cash = *rest;
  BankDeposit deposit;
  deposit.vault = vault.id;
  deposit.bag_number = preparation.bag_number;
  deposit.takings = due.takings;
  deposit.cash = preparation.cash;
  deposit.checks = *checks;
  deposit.oldest_date = due.Oldest();
  deposit.due_date = DepositDueDate(deposit.oldest_date);
  deposit.prepared_by = preparation.person;
  deposit.prepared_time = preparation.now;
  deposit.prepared_date = preparation.today;
  return deposit;
}

Entry DepositEntry(const BankDeposit& deposit) {
  return MoveEntry(EntryKind::kDeposit, deposit.id, Place::kVault, Place::kBank,
                   {deposit.cash.Total(), deposit.Checks(), Money()});
}

Result<> Carry(BankDeposit& deposit, PersonId person, Instant now) {
  const auto next = Next(deposit.state, BankDepositEvent::kCarry);
  if (!next) {
    return FailedPrecondition(reason::kBankDepositNotPrepared, "The bag has left already.");
  }
  if (person == deposit.prepared_by) {
    return PermissionDenied(reason::kSamePerson, "A second person carries the bag.");
  }
  deposit.state = *next;
  deposit.carried_by = person;
  deposit.carried_time = now;
  return Ok();
}

std::string Describe(const BankDeposit& deposit) {
  std::string text = "state=" + std::string(kBankDepositStateName(deposit.state)) +
                     ",bag=" + deposit.bag_number + ",takings=[";
  for (const Taking& taking : deposit.takings) {
    text += taking.drawer.ToString() + '-' + std::to_string(taking.session_no) + ' ';
  }
  text += "],cash=[" + deposit.cash.ToString() + "],checks=[";
  for (const VaultCheck& check : deposit.checks) {
    text += check.payment.ToString() + '/' + std::to_string(check.tender_no) + ' ';
  }
  return text + "],oldest=" + deposit.oldest_date.ToString() +
         ",due=" + deposit.due_date.ToString() + ",prepared_by=" + deposit.prepared_by.ToString() +
         ",prepared=" + std::to_string(deposit.prepared_time.micros()) +
         ",prepared_date=" + deposit.prepared_date.ToString() +
         ",carried_by=" + deposit.carried_by.ToString() +
         ",carried=" + std::to_string(deposit.carried_time.micros());
}

}  // namespace reeve::payment
