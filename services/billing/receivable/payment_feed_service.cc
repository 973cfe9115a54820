#include "services/billing/receivable/payment_feed_service.h"

#include <algorithm>
#include <stdexcept>

#include "reeve/billing/v1/events.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/audit_row.h"
#include "services/billing/collections/collections_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/receivable/taker_store.h"
#include "shared/process/reasons.h"

namespace reeve::billing::receivable {
namespace {

constexpr Duration kWaitForAccount = Duration::Seconds(5);
constexpr Duration kForgotten = Duration::Seconds(600);  // whoever has waited is long placed
constexpr std::string_view kOpener = "account";          // whose feed opens accounts

bool IsServiceName(const std::string& name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// The customer's word as far as it can be followed; the rest goes by the written order.
std::vector<Direction> DirectionsOf(const payment::v1::PaymentTaken& taken) {
  std::vector<Direction> directions;
  for (const payment::v1::Direction& direction : taken.directions()) {
    if (!IsServiceName(direction.service())) return {};
    directions.push_back({direction.service(), Money::Cents(direction.amount_cents())});
  }
  return directions;
}

PaymentCredit ToCredit(const payment::v1::PaymentTaken& taken, Date today) {
  const Result<Date> date = Date::Parse(taken.business_date());
  return {AccountId(taken.account_id()),
          taken.payment_id(),
          PaymentState::kApplied,
          DerivedId("payment", taken.payment_id()),
          Money::Cents(taken.amount_cents()),
          DirectionsOf(taken),
          date.ok() ? *date : today,
          ""};
}

Books::Payment ToPayment(const PaymentCredit& credit, std::string_view from) {
  return {credit.payment_id, credit.business_date, credit.amount, credit.directions, from};
}

void EmitApplied(command::Change& change, const PaymentCredit& credit, bool timely) {
  v1::PaymentApplied applied;
  applied.set_account_id(credit.account.value());
  applied.set_payment_id(credit.payment_id);
  applied.set_amount_cents(credit.amount.cents());
  applied.set_timely(timely);
  command::Emit(change, credit.account.value(), applied);
}

void EmitApplicationsPaid(command::Change& change, Books& books) {
  for (const std::int64_t application_id : books.TakeApplicationsPaid()) {
    v1::ApplicationChargesPaid paid;
    paid.set_application_id(application_id);
    paid.set_account_id(books.account().value());
    paid.set_premise_id(books.premise().value());
    command::Emit(change, books.account().value(), paid);
  }
}

// What cannot be derived again from the postings stands in the audit trail: few payments have it.
void AuditOf(command::Change& change, std::string_view entity, const PaymentCredit& credit,
             std::string_view action, std::string before, std::string after) {
  change.Audit({std::string(entity), credit.account.ToString() + "/" + credit.payment_id,
                std::string(action), std::move(before), std::move(after)});
}

void Hold(command::Change& change, PaymentCredit& credit, std::string_view reason) {
  credit.state = PaymentState::kUnapplied;
  credit.reason = reason;
  AuditOf(change, kUnappliedEntity, credit, "hold", "", credit.reason);
  const Entry entry = UnappliedEntry(credit.entry_id, EntryKind::kPayment, credit.payment_id,
                                     credit.business_date, credit.amount);
  InsertEntries(change.tx(), credit.account, {&entry, 1}, change.call().now);
}

}  // namespace

void FollowUp(command::Change& change, OpenBooks& open, Money paid, const std::string& payment_id) {
  EmitApplicationsPaid(change, open.books);
  if (open.open_disconnect_id == 0) return;
  const AccountId account = open.books.account();
  std::optional<collections::Disconnect> disconnect =
      collections::LockDisconnect(change.tx(), account, open.open_disconnect_id);
  if (!disconnect) return;
  std::string before =
      RowText(collections::kKeptDisconnect, collections::CellsOfDisconnect(account, *disconnect));
  disconnect->paid =
      Money::Cents(std::max<std::int64_t>(0, disconnect->paid.cents() + paid.cents()));
  if (collections::LeftToAvoid(*disconnect, open.books.PastDue(change.call().today)).is_zero()) {
    disconnect->state = collections::After(disconnect->state, collections::DisconnectEvent::kPay);
    v1::ShutoffSatisfied satisfied;
    satisfied.set_account_id(account.value());
    satisfied.set_premise_id(open.books.premise().value());
    satisfied.set_payment_id(payment_id);
    satisfied.set_disconnect_id(disconnect->disconnect_id);
    command::Emit(change, account.value(), satisfied);
    SaveOpenDisconnect(change.tx(), account, 0);
    open.open_disconnect_id = 0;
  }
  collections::SaveDisconnect(change.tx(), account, *disconnect);
  AuditRow(change, collections::kKeptDisconnect, "pay", std::move(before),
           collections::CellsOfDisconnect(account, *disconnect));
}

void PlaceUnapplied(command::Change& change, OpenBooks& open, const AllocationPolicy& policy) {
  for (PaymentCredit& credit : LockUnapplied(change.tx(), open.books.account())) {
    const std::int64_t entry_id = DerivedId("placed", credit.payment_id);
    const Result<Books::Applied> applied =
        open.books.ApplyPayment(entry_id, ToPayment(credit, kUnappliedCash), policy);
    if (!applied.ok()) continue;
    credit.state = PaymentState::kApplied;
    credit.entry_id = entry_id;
    AuditOf(change, kUnappliedEntity, credit, "place", credit.reason, "");
    credit.reason.clear();
    SavePaymentState(change.tx(), credit);
    EmitApplied(change, credit, applied->timely);
  }
}

namespace {

// The books of these accounts. One that is missing may be about to be opened: while the transaction
// that opens it is not committed, neither would see the other, and its payment would wait for ever.
// So we wait for whoever is applying account's events; afterwards the account is there, or its
// opening will find the payment. (They take these locks in the other order. Where that meets, the
// engine refuses one of us, who is run again.)
std::map<AccountId, OpenBooks> LockBooksOrAwaitTheirOpening(db::Transaction& tx,
                                                            const std::set<AccountId>& accounts) {
  std::map<AccountId, OpenBooks> books = LockBooks(tx, accounts);
  if (books.size() == accounts.size()) return books;
  std::set<AccountId> missing;
  for (const AccountId account : accounts) {
    if (!books.contains(account)) missing.insert(account);
  }
  feed::LockAppliedToken(tx, kOpener);
  books.merge(LockBooks(tx, missing));
  return books;
}

// Who stood at the drawers: once a session, so that few payments cost an audit entry.
void NoteTakers(command::Change& change, std::span<const payment::v1::PaymentTaken> payments) {
  std::set<Taker> takers;
  for (const payment::v1::PaymentTaken& taken : payments) {
    if (taken.taken_by_person_id() <= 0) continue;
    takers.insert(
        {DrawerId(taken.drawer_id()), taken.session_no(), PersonId(taken.taken_by_person_id())});
  }
  const std::set<Taker> unknown = UnknownTakers(change.tx(), takers);
  InsertTakers(change.tx(), unknown);
  for (const Taker& taker : unknown) {
    AuditRow(change, kKeptTaker, "take", "", CellsOfTaker(taker));
  }
}

// Set-wise: accounts are held in their order, charges are loaded once, payments are allocated in
// memory, and every table is written once.
using MayWait = std::function<bool(const std::string& payment_id)>;
Result<> ApplyTaken(command::Change& change, std::span<const payment::v1::PaymentTaken> payments,
                    const MayWait& may_wait) {
  if (payments.empty()) return Ok();
  db::Transaction& tx = change.tx();
  std::set<AccountId> accounts;
  std::vector<PaymentKey> keys;
  for (const payment::v1::PaymentTaken& taken : payments) {
    accounts.insert(AccountId(taken.account_id()));
    keys.emplace_back(AccountId(taken.account_id()), taken.payment_id());
  }
  std::map<AccountId, OpenBooks> books = LockBooksOrAwaitTheirOpening(tx, accounts);
  bool too_early = false;  // all are asked: they wait together, not one behind the other
  for (const auto& [account, payment_id] : keys) {
    if (!books.contains(account) && may_wait(payment_id)) too_early = true;
  }
  if (too_early) return Unavailable(process::reason::kTooEarly, "An account is not known yet.");
  NoteTakers(change, payments);
  std::set<PaymentKey> known = KnownPayments(tx, keys);
  const AllocationPolicy policy = PolicyInForce(tx, change.call().today);

  std::vector<PaymentCredit> credits;
  for (std::size_t i = 0; i < payments.size(); ++i) {
    if (payments[i].amount_cents() <= 0 || !known.insert(keys[i]).second) continue;
    PaymentCredit& credit = credits.emplace_back(ToCredit(payments[i], change.call().today));
    if (!credit.directions.empty()) {
      AuditOf(change, kDirectionsEntity, credit, "direct", "", DirectionsText(credit.directions));
    }
    const auto found = books.find(credit.account);
    if (found == books.end()) {
      Hold(change, credit, reason::kAccountUnknown);
      continue;
    }
    OpenBooks& open = found->second;
    const Result<Books::Applied> applied =
        open.books.ApplyPayment(credit.entry_id, ToPayment(credit, kClearing), policy);
    if (!applied.ok()) {
      Hold(change, credit, applied.error().reason());
      continue;
    }
    EmitApplied(change, credit, applied->timely);
    FollowUp(change, open, credit.amount, credit.payment_id);
  }
  std::vector<const Books*> changed;
  for (const auto& [account, open] : books) changed.push_back(&open.books);
  SaveBooks(tx, changed, change.call().now);
  InsertPayments(tx, credits);
  return Ok();
}

void ApplyReversed(command::Change& change, const payment::v1::PaymentReversed& reversed) {
  db::Transaction& tx = change.tx();
  const AccountId account(reversed.account_id());
  const PaymentKey key(account, reversed.payment_id());
  // The account's row comes before the payment's: everybody takes them in this order.
  LockBooks(tx, {account});
  std::optional<PaymentCredit> credit = LockPayment(tx, key);
  if (!credit || credit->state == PaymentState::kReversed) return;
  const Result<Date> date = Date::Parse(reversed.business_date());
  credit->business_date = date.ok() ? *date : change.call().today;
  const std::int64_t entry_id = DerivedId("reversal", credit->payment_id);
  AuditOf(change, kReversalEntity, *credit, "reverse", "", credit->business_date.ToString());
  if (credit->state == PaymentState::kUnapplied) {
    const Entry entry = UnappliedEntry(entry_id, EntryKind::kReversal, credit->payment_id,
                                       credit->business_date, credit->amount.Negated());
    InsertEntries(tx, account, {&entry, 1}, change.call().now);
  } else {
    const std::vector<AllocationRow> allocations = AllocationsOf(tx, account, credit->entry_id);
    const std::vector<AllocationRow> uses = CreditUses(tx, account);
    std::vector<std::int64_t> charge_ids;
    for (const AllocationRow& row : allocations) charge_ids.push_back(row.charge_id);
    for (const AllocationRow& row : uses) charge_ids.push_back(row.charge_id);
    std::optional<OpenBooks> open = LockBooksFor(tx, account, charge_ids);
    const Result<> done =
        open->books.ReversePayment(entry_id, ToPayment(*credit, kClearing), allocations, uses);
    if (!done.ok())
      throw std::logic_error("a payment could not be taken back: " + reversed.payment_id());
    FollowUp(change, *open, credit->amount.Negated(), "");
    const Books* changed[] = {&open->books};
    SaveBooks(tx, changed, change.call().now);
  }
  credit->state = PaymentState::kReversed;
  SavePaymentState(tx, *credit);
}

Result<> Apply(command::Change& change, std::span<const feed::Event> events,
               const MayWait& may_wait) {
  const std::vector<std::string> types = PaymentEvents();
  std::vector<payment::v1::PaymentTaken> taken;
  for (const feed::Event& event : events) {
    if (event.type == types[0]) {
      taken.emplace_back().ParseFromString(event.payload);
    } else if (event.type == types[1]) {
      REEVE_RETURN_IF_ERROR(ApplyTaken(change, taken, may_wait));
      taken.clear();
      payment::v1::PaymentReversed reversed;
      reversed.ParseFromString(event.payload);
      ApplyReversed(change, reversed);
    }
  }
  return ApplyTaken(change, taken, may_wait);
}

}  // namespace

std::vector<std::string> PaymentEvents() {
  return {std::string(payment::v1::PaymentTaken::descriptor()->full_name()),
          std::string(payment::v1::PaymentReversed::descriptor()->full_name())};
}

Result<> ApplyPayments(command::Change& change, std::span<const feed::Event> events) {
  return Apply(change, events, [](const std::string&) { return false; });
}

Result<> PaymentFeed::Apply(command::Change& change, std::span<const feed::Event> events) {
  const Instant now = clock_.Now();
  std::erase_if(waiting_, [&](const auto& entry) { return now - entry.second > kForgotten; });
  return receivable::Apply(change, events, [&](const std::string& payment_id) {
    return now - waiting_.try_emplace(payment_id, now).first->second < kWaitForAccount;
  });
}

}  // namespace reeve::billing::receivable
