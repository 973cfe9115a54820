#include <future>
#include <random>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "reeve/payment/v1/types.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class ReceivableTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    Open(Account(kAccount));
  }
  // 13.92 + 7.34 for 100 kWh, 16.50 + 12.50 for 10 kgal, 8.05.
  void BillOnce() {
    Import("E" + std::to_string(kAccount) + ",2026-11-19,40100,kWh\nW" + std::to_string(kAccount) +
           ",2026-11-19,510,kgal\n");
    RunCycle();
    ASSERT_EQ(GetBalance(kAccount).total_cents(), kBillCents);
  }
  void Pay(const payment::v1::PaymentTaken& taken) { Deliver(receivable::ApplyPayments, taken); }
  static account::v1::ApplicationAccepted Application(std::int64_t account_id) {
    account::v1::ApplicationAccepted accepted;
    accepted.set_application_id(77);
    accepted.set_account_id(account_id);
    accepted.set_premise_id(account_id + 1);
    account::v1::ApplicationCharge& deposit = *accepted.add_charges();
    deposit.set_service("electric");
    deposit.set_kind(account::v1::APPLICATION_CHARGE_KIND_DEPOSIT);
    deposit.set_code("E-DEP-MIN");
    deposit.set_amount_cents(100'00);
    account::v1::ApplicationCharge& fee = *accepted.add_charges();
    fee.set_service("electric");
    fee.set_kind(account::v1::APPLICATION_CHARGE_KIND_FEE);
    fee.set_code("E-CONNECT");
    fee.set_amount_cents(20'00);
    return accepted;
  }

  static constexpr std::int64_t kBillCents = 21'26 + 29'00 + 8'05;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ReceivableTest, testing::BothEngines(), testing::EngineName);

TEST_P(ReceivableTest, APaymentDeliveredAgainIsAppliedOnce) {
  BillOnce();
  const auto first = Taken(kAccount, 10'00, 1);
  const auto second = Taken(kAccount, 20'00, 2);
  Deliver(receivable::ApplyPayments, first, second, first);
  Deliver(receivable::ApplyPayments, first);
  Deliver(receivable::ApplyPayments, second, first);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBillCents - 30'00);
  EXPECT_EQ(Emitted<v1::PaymentApplied>().size(), 2u);
  EXPECT_EQ(Prove().clearing_debits, Money::Cents(30'00));
}

TEST_P(ReceivableTest, TheWrittenOrderIsDataAndThePreviewSaysWhatWillHappen) {
  BillOnce();
  v1::LoadAllocationPolicyRequest load;
  load.set_request_id(Key());
  load.mutable_policy()->set_effective_date("2026-07-01");
  load.mutable_policy()->set_citation("Policy 7");
  load.mutable_policy()->add_keys(v1::ALLOCATION_KEY_AGE);
  load.mutable_policy()->add_keys(v1::ALLOCATION_KEY_SERVICE);
  for (const char* service : {"storm", "water", "electric"}) {
    load.mutable_policy()->add_services(service);
  }
  Send<v1::ReceivableService>(&v1::ReceivableService::Stub::LoadAllocationPolicy, analyst_, load);
  load.set_request_id(Key());
  Send<v1::ReceivableService>(&v1::ReceivableService::Stub::LoadAllocationPolicy, analyst_, load,
                              "POLICY_EXISTS");

  v1::PreviewAllocationRequest request;
  request.set_account_id(kAccount);
  request.set_amount_cents(20'00);
  const v1::PreviewAllocationResponse preview = Send<v1::ReceivableService>(
      &v1::ReceivableService::Stub::PreviewAllocation, analyst_, request);
  ASSERT_EQ(preview.lines_size(), 2);
  EXPECT_EQ(preview.lines(0).service(), "storm");
  EXPECT_EQ(preview.lines(0).amount_cents(), 8'05);
  EXPECT_EQ(preview.lines(0).charge_description(), "Bill due 2026-12-15");
  EXPECT_EQ(preview.lines(1).service(), "water");
  EXPECT_EQ(preview.lines(1).amount_cents(), 11'95);

  Pay(Taken(kAccount, 20'00, 1));
  const v1::Balance balance = GetBalance(kAccount);
  ASSERT_EQ(balance.services_size(), 2);
  EXPECT_EQ(balance.services(0).service(), "electric");
  EXPECT_EQ(balance.services(0).open_cents(), 21'26);
  EXPECT_EQ(balance.services(1).open_cents(), 29'00 - 11'95);
}

TEST_P(ReceivableTest, TheCustomersDirectionsAreFollowed) {
  BillOnce();
  auto taken = Taken(kAccount, 30'00, 1);
  payment::v1::Direction& direction = *taken.add_directions();
  direction.set_service("electric");
  direction.set_amount_cents(30'00);
  Pay(taken);
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.services_size(), 2) << "electric is paid; water and storm are not";
  EXPECT_EQ(balance.credit_cents(), 30'00 - 21'26);
}

TEST_P(ReceivableTest, MoneyForAnUnknownAccountWaitsAndIsPlacedWhenTheAccountOpens) {
  const std::int64_t unknown = kAccount + 500;
  Deliver(receivable::ApplyPayments, Taken(unknown, 40'00, 1), Taken(kAccount, 5'00, 2));
  v1::ListUnappliedCashResponse waiting = Send<v1::ReceivableService>(
      &v1::ReceivableService::Stub::ListUnappliedCash, analyst_, v1::ListUnappliedCashRequest());
  ASSERT_EQ(waiting.items_size(), 1);
  EXPECT_EQ(waiting.items(0).account_id(), unknown);
  EXPECT_EQ(waiting.items(0).reason(), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(Prove().clearing_debits, Money::Cents(45'00)) << "clearing agrees all the same";
  ExpectProven();

  Open(Account(unknown));
  EXPECT_EQ(GetBalance(unknown).credit_cents(), 40'00);
  waiting = Send<v1::ReceivableService>(&v1::ReceivableService::Stub::ListUnappliedCash, analyst_,
                                        v1::ListUnappliedCashRequest());
  EXPECT_EQ(waiting.items_size(), 0);
  Deliver(receivable::ApplyPayments, Reversed(Taken(unknown, 40'00, 1)));
  EXPECT_EQ(GetBalance(unknown).total_cents(), 0);
}

// The payment arrives while the account is being opened. If nobody waited for the other, as it was
// without LockBooksOrAwaitTheirOpening, neither transaction would see the other on PostgreSQL, and
// the money would stay unapplied.
TEST_P(ReceivableTest, APaymentThatMeetsTheOpeningOfItsAccountIsPlaced) {
  const std::int64_t meeting = kAccount + 500;
  std::future<void> paying;
  const Result<> opened =
      server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) -> Result<> {
        feed::LockAppliedToken(change.tx(), "account");
        const feed::Event event = ToEvent(Account(meeting));
        REEVE_RETURN_IF_ERROR(agreement::ApplyAccounts(change, {&event, 1}));
        if (paying.valid()) return Ok();  // run again
        paying = std::async(std::launch::async, [&] { Pay(Taken(meeting, 40'00, 1)); });
        EXPECT_EQ(paying.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout)
            << "did not wait for the opening";
        return Ok();
      });
  ASSERT_TRUE(opened.ok());
  paying.get();
  EXPECT_EQ(GetBalance(meeting).credit_cents(), 40'00);
  ExpectProven();
}

TEST_P(ReceivableTest, AnAccountThatOpensWhileItsPaymentIsHeldFindsIt) {
  const std::int64_t meeting = kAccount + 500;
  std::future<void> opening;
  const Result<> held =
      server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) -> Result<> {
        const feed::Event event = ToEvent(Taken(meeting, 40'00, 1));
        REEVE_RETURN_IF_ERROR(receivable::ApplyPayments(change, {&event, 1}));
        if (opening.valid()) return Ok();  // run again
        opening = std::async(std::launch::async, [&] {
          const Result<> done = server_.service().frame().Apply(
              MakeCall(), 1, [&](command::Change& inner) -> Result<> {
                feed::LockAppliedToken(inner.tx(), "account");  // as the consumer does
                const feed::Event opened = ToEvent(Account(meeting));
                return agreement::ApplyAccounts(inner, {&opened, 1});
              });
          EXPECT_TRUE(done.ok());
        });
        EXPECT_EQ(opening.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout)
            << "did not wait for the payment";
        return Ok();
      });
  ASSERT_TRUE(held.ok());
  opening.get();
  EXPECT_EQ(GetBalance(meeting).credit_cents(), 40'00);
  ExpectProven();
}

// Were it held at once, its place in payment's feed would be applied, and account, which hears of
// payments by billing, would answer for it without knowing it.
TEST_P(ReceivableTest, APaymentWaitsForItsAccountButNotForEver) {
  testing::FakeClock clock("2026-11-23T09:00:00-07:00");
  receivable::PaymentFeed payments(clock);
  const std::int64_t late = kAccount + 500, never = kAccount + 501;
  const auto hand_over = [&](const std::vector<feed::Event>& events) {
    const Result<> applied = server_.service().frame().Apply(
        MakeCall(), 1, [&](command::Change& change) { return payments.Apply(change, events); });
    return applied.ok() ? std::string() : std::string(applied.error().reason());
  };
  const feed::Event first = ToEvent(Taken(late, 40'00, 1)), second = ToEvent(Taken(never, 9'00, 2));
  EXPECT_EQ(hand_over({first, second}), "TOO_EARLY");
  EXPECT_EQ(Prove().clearing_debits, Money()) << "nothing is applied";
  clock.Advance(Duration::Seconds(4));
  Open(Account(late));
  EXPECT_EQ(hand_over({first}), "");
  EXPECT_EQ(GetBalance(late).credit_cents(), 40'00);
  EXPECT_EQ(hand_over({second}), "TOO_EARLY");
  clock.Advance(Duration::Seconds(1));
  EXPECT_EQ(hand_over({second}), "") << "a feed never stops";
  Open(Account(never));
  EXPECT_EQ(GetBalance(never).credit_cents(), 9'00);
  EXPECT_EQ(Emitted<v1::PaymentApplied>().size(), 2u);
  ExpectProven();
}

TEST_P(ReceivableTest, UnappliedCashIsTakenBackToo) {
  const auto taken = Taken(kAccount + 500, 40'00, 1);
  Deliver(receivable::ApplyPayments, taken);
  Deliver(receivable::ApplyPayments, Reversed(taken));
  Deliver(receivable::ApplyPayments, Reversed(taken));
  EXPECT_EQ(Prove().clearing_debits, Money());
}

TEST_P(ReceivableTest, AnApplicationIsPaidWhenAllItsChargesAre) {
  Deliver(agreement::ApplyAccounts, Application(kAccount));
  Deliver(agreement::ApplyAccounts, Application(kAccount));
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 120'00);
  Pay(Taken(kAccount, 119'99, 1));
  EXPECT_TRUE(Emitted<v1::ApplicationChargesPaid>().empty());
  Pay(Taken(kAccount, 1, 2));
  const auto paid = Emitted<v1::ApplicationChargesPaid>();
  ASSERT_EQ(paid.size(), 1u);
  EXPECT_EQ(paid[0].application_id(), 77);
  EXPECT_EQ(GetBalance(kAccount).deposits_held_cents(), 100'00);
}

TEST_P(ReceivableTest, APaymentThatOvertookItsApplicationPaysItAtOnce) {
  Pay(Taken(kAccount, 120'00, 1));
  Deliver(agreement::ApplyAccounts, Application(kAccount));
  EXPECT_EQ(Emitted<v1::ApplicationChargesPaid>().size(), 1u);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
}

TEST_P(ReceivableTest, AReversalLeavesTheAccountAsIfThePaymentHadNeverBeen) {
  const auto early = Taken(kAccount, 50'00, 1);  // becomes credit, which the bill then uses
  Pay(early);
  Import("E" + std::to_string(kAccount) + ",2026-11-19,40100,kWh\nW" + std::to_string(kAccount) +
         ",2026-11-19,510,kgal\n");
  RunCycle();
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBillCents - 50'00);
  Deliver(receivable::ApplyPayments, Reversed(early), Reversed(early));
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.total_cents(), kBillCents);
  EXPECT_EQ(balance.credit_cents(), 0);
  EXPECT_EQ(Prove().clearing_debits, Money());
}

TEST_P(ReceivableTest, TheJournalShowsEachEntryBalanced) {
  BillOnce();
  Pay(Taken(kAccount, 60'00, 1));
  v1::ListEntriesRequest request;
  request.set_account_id(kAccount);
  const v1::ListEntriesResponse journal =
      Send<v1::ReceivableService>(&v1::ReceivableService::Stub::ListEntries, analyst_, request);
  ASSERT_EQ(journal.entries_size(), 2);
  for (const v1::Entry& entry : journal.entries()) {
    std::int64_t cents = 0;
    for (const v1::EntryPosting& posting : entry.postings()) cents += posting.amount_cents();
    EXPECT_EQ(cents, 0);
  }
}

// Payments and reversals in batches of any size and order, some of them twice.
TEST_P(ReceivableTest, RandomBatchesKeepTheBooksProven) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937_64 random(kSeed);
  constexpr int kAccounts = 7;
  for (int i = 1; i < kAccounts; ++i) Open(Account(kAccount + i * 100));
  BillOnce();
  std::vector<payment::v1::PaymentTaken> taken;
  std::int64_t clearing = 0;
  std::set<std::string> reversed;
  for (int batch = 0; batch < 12; ++batch) {
    std::vector<feed::Event> events;
    for (int i = 0; i < 25; ++i) {
      if (taken.empty() || random() % 4 != 0) {
        taken.push_back(Taken(
            kAccount + static_cast<std::int64_t>(random() % (kAccounts + 1)) * 100,
            1 + static_cast<std::int64_t>(random() % 9'000), static_cast<int>(taken.size()) + 1));
        clearing += taken.back().amount_cents();
        events.push_back(ToEvent(taken.back()));
      } else {
        const auto& any = taken[random() % taken.size()];
        if (reversed.insert(any.payment_id()).second) clearing -= any.amount_cents();
        events.push_back(ToEvent(Reversed(any)));
      }
      if (random() % 5 == 0) events.push_back(events[random() % events.size()]);
    }
    DeliverAll(receivable::ApplyPayments, events);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " batch " + std::to_string(batch));
    ExpectProven();
  }
  EXPECT_EQ(Prove().clearing_debits.cents(), clearing);
}

}  // namespace
}  // namespace reeve::billing
