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

template <class Range, class Projection>
Money Total(const Range& range, Projection projection) {
  std::int64_t cents = 0;
  for (const auto& element : range) cents += projection(element).cents();
  return Money::Cents(cents);
}

Money AmountOf(const std::vector<VaultCheck>& checks) {
  return Total(checks, [](const VaultCheck& check) { return check.amount; });
}

// Below 0 if the drawers were short of more than they took.
Money NetCash(const std::vector<Taking>& takings) {
  return Total(takings, [](const Taking& taking) { return taking.cash; });
}

Error ChecksDiffer(std::int64_t count, Money checks, const Due& due) {
  return FailedPrecondition(reason::kChecksDiffer,
                            "The checks are not those that were counted: list those in hand, and a "
                            "second person says what is there and why.")
      .With("listed_count", count)
      .With("listed_cents", checks.cents())
      .With("counted_count", due.CheckCount())
      .With("counted_cents", due.Checks().cents());
}

// The checks named by `items`, each once, as many and worth as much as are due: CHECKS_DIFFER.
Result<std::vector<VaultCheck>> Pick(const std::vector<CheckItem>& items, const Due& due) {
  std::set<CheckItem> wanted(items.begin(), items.end());
  std::vector<VaultCheck> picked;
  for (const VaultCheck& check : due.checks) {
    if (wanted.erase({check.payment, check.tender_no}) == 1) picked.push_back(check);
  }
  if (!wanted.empty() || picked.size() != items.size()) {
    Error error = ChecksDiffer(static_cast<std::int64_t>(items.size()), AmountOf(picked), due);
    if (wanted.empty()) return std::move(error).With("listed_twice", "true");
    return std::move(error).With("not_there", wanted.begin()->payment.ToString() + "/" +
                                                  std::to_string(wanted.begin()->tender_no));
  }
  if (static_cast<std::int64_t>(picked.size()) != due.CheckCount() ||
      AmountOf(picked) != due.Checks()) {
    return ChecksDiffer(static_cast<std::int64_t>(picked.size()), AmountOf(picked), due);
  }
  return picked;
}

Error NothingToDeposit() {
  return FailedPrecondition(reason::kNothingToDeposit, "The vault holds no takings.");
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

Money Due::Cash() const { return std::max(NetCash(takings), Money()); }

Money Due::FundShort() const { return std::max(NetCash(takings).Negated(), Money()); }

std::int64_t Due::CheckCount() const {
  std::int64_t count = 0;
  for (const Taking& taking : takings) count += taking.check_count;
  for (const CheckDifference& difference : differences) count += difference.OverCount();
  return count;
}

Money Due::Checks() const {
  const Money counted = Total(takings, [](const Taking& taking) { return taking.checks; });
  const Money over = Total(differences, [](const CheckDifference& d) { return d.Over(); });
  return Money::Cents(counted.cents() + over.cents());
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
  for (const CheckDifference& difference : due.differences) {
    if (difference.accepted_by == preparation.person) {
      return PermissionDenied(reason::kSamePerson,
                              "Whoever said what the checks are prepares no deposit of them.");
    }
  }
  if (due.takings.empty()) return NothingToDeposit();
  if (preparation.bag_number_used) {
    return AlreadyExists(reason::kBagNumberUsed, "A bag of this number was used before.");
  }
  if (preparation.cash.Total() != due.Cash()) {
    return FailedPrecondition(reason::kCashDiffers, "The cash is not what the drawers took.")
        .With("due_cents", due.Cash().cents());
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<VaultCheck> checks, Pick(preparation.checks, due));
  const std::optional<Cash> rest = vault.cash.Minus(preparation.cash);
  if (!rest) {
    return FailedPrecondition(reason::kVaultShort, "The vault does not hold these pieces.");
  }
  vault.cash = *rest;
  BankDeposit deposit;
  deposit.vault = vault.id;
  deposit.bag_number = preparation.bag_number;
  deposit.takings = due.takings;
  deposit.differences = due.differences;
  deposit.cash = preparation.cash;
  deposit.checks = checks;
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

Result<CheckDifference> AcceptDifference(const Found& found, const Due& due) {
  if (found.took_cash) {
    return PermissionDenied(reason::kTookCash, "Whoever had a drawer says nothing of its checks.");
  }
  if (found.was_custodian) {
    return PermissionDenied(reason::kWasCustodian,
                            "Whoever moved the money says nothing of its checks.");
  }
  if (due.takings.empty()) return NothingToDeposit();
  if (found.count == due.CheckCount() && found.checks == due.Checks()) {
    return FailedPrecondition(reason::kChecksAgree, "This is what was counted: nothing differs.");
  }
  if (found.count > static_cast<std::int64_t>(due.checks.size()) ||
      found.checks > AmountOf(due.checks)) {
    return FailedPrecondition(reason::kChecksNotRecorded,
                              "No drawer has recorded so many checks, or so much in checks.")
        .With("recorded_count", static_cast<std::int64_t>(due.checks.size()))
        .With("recorded_cents", AmountOf(due.checks).cents());
  }
  CheckDifference difference;
  difference.counted_count = due.CheckCount();
  difference.counted = due.Checks();
  difference.found_count = found.count;
  difference.found = found.checks;
  difference.reason = found.reason;
  difference.accepted_by = found.person;
  difference.accepted_time = found.now;
  difference.accepted_date = found.today;
  return difference;
}

Entry DifferenceEntry(const CheckDifference& difference) {
  return OverShortEntry({Money(), difference.Over(), Money()}, Place::kVault, difference.id);
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
  for (const CheckDifference& difference : deposit.differences) {
    text += "difference " + std::to_string(difference.id) + ' ';
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

std::string Describe(const CheckDifference& difference) {
  return "counted=" + std::to_string(difference.counted_count) + '/' +
         difference.counted.ToString() + ",found=" + std::to_string(difference.found_count) + '/' +
         difference.found.ToString() + ",accepted_by=" + difference.accepted_by.ToString() +
         ",accepted=" + std::to_string(difference.accepted_time.micros()) +
         ",accepted_date=" + difference.accepted_date.ToString() +
         ",reason_digest=" + HexEncode(Sha256(difference.reason));
}

}  // namespace reeve::payment
