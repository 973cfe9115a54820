#include "services/billing/receivable/books.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace reeve::billing::receivable {
namespace {

const Date kToday = Date::Parse("2026-11-22").value();
const Date kDue = Date::Parse("2026-12-15").value();

Charge New(std::int64_t id, const char* service, std::int64_t cents,
           ChargeKind kind = ChargeKind::kUsage, std::int64_t application_id = 0) {
  Charge charge;
  charge.charge_id = id;
  charge.service = service;
  charge.kind = kind;
  charge.due_date = kDue;
  charge.amount = Money::Cents(cents);
  charge.application_id = application_id;
  return charge;
}

Books Empty() { return Books(AccountId(10000000009), PremiseId(7), Money(), {}); }

Books::Payment Paid(const char* id, std::int64_t cents, Date date = kToday) {
  return {id, date, Money::Cents(cents), {}};
}

// "clearing +100, receivable-electric -100"
std::string Text(const Entry& entry) {
  std::string text;
  for (const Posting& posting : entry.postings) {
    if (!text.empty()) text += ", ";
    text += posting.ledger_account + (posting.amount.is_negative() ? " " : " +") +
            std::to_string(posting.amount.cents());
  }
  return text;
}

TEST(BooksTest, ABillIsOwedAndEarned) {
  Books books = Empty();
  ASSERT_TRUE(books
                  .AddCharges(1, EntryKind::kBill, "b", kToday,
                              {New(11, "electric", 100), New(12, "water", 50)}, {})
                  .ok());
  EXPECT_EQ(Text(books.entries().at(0)),
            "receivable-electric +100, revenue-electric -100, receivable-water +50, "
            "revenue-water -50");
  EXPECT_EQ(books.Balance(), Money::Cents(150));
}

TEST(BooksTest, APaymentClearsReceivablesAndTheRestIsCredit) {
  Books books = Empty();
  ASSERT_TRUE(
      books.AddCharges(1, EntryKind::kBill, "b", kToday, {New(11, "electric", 100)}, {}).ok());
  const auto applied = books.ApplyPayment(2, Paid("p", 130), {});
  ASSERT_TRUE(applied.ok());
  EXPECT_TRUE(applied->timely);
  EXPECT_EQ(Text(books.entries().at(1)),
            "clearing +130, receivable-electric -100, customer-credit -30");
  EXPECT_EQ(books.Balance(), Money::Cents(-30));
  EXPECT_EQ(books.credit(), Money::Cents(30));
  EXPECT_EQ(books.charges().at(0).open, Money());
}

TEST(BooksTest, CreditIsUsedForTheNextBillAtOnce) {
  Books books = Empty();
  ASSERT_TRUE(books.ApplyPayment(1, Paid("p", 130), {}).ok());
  ASSERT_TRUE(
      books.AddCharges(2, EntryKind::kBill, "b", kToday, {New(11, "electric", 100)}, {}).ok());
  ASSERT_EQ(books.entries().size(), 3u);
  EXPECT_EQ(Text(books.entries()[2]), "customer-credit +100, receivable-electric -100");
  EXPECT_EQ(books.credit(), Money::Cents(30));
  EXPECT_EQ(books.Balance(), Money::Cents(-30));
}

TEST(BooksTest, ADepositIsHeldOnlyOnceItIsPaid) {
  Books books = Empty();
  ASSERT_TRUE(books
                  .AddCharges(1, EntryKind::kApplication, "9", kToday,
                              {New(11, "electric", 100, ChargeKind::kDeposit, 9),
                               New(12, "electric", 20, ChargeKind::kFee, 9)},
                              {})
                  .ok());
  EXPECT_EQ(Text(books.entries()[0]),
            "receivable-electric +120, deposit-billed-electric -100, revenue-fees-electric -20");
  ASSERT_TRUE(books.ApplyPayment(2, Paid("p", 50), {}).ok());
  EXPECT_EQ(Text(books.entries()[1]),
            "clearing +50, receivable-electric -50, deposit-billed-electric +50, "
            "customer-deposits -50");
  EXPECT_TRUE(books.TakeApplicationsPaid().empty());
  ASSERT_TRUE(books.ApplyPayment(3, Paid("q", 70), {}).ok());
  EXPECT_EQ(books.TakeApplicationsPaid(), std::vector<std::int64_t>{9});
  EXPECT_TRUE(books.TakeApplicationsPaid().empty()) << "told once";
}

TEST(BooksTest, APaymentAfterTheDueDateIsNotTimely) {
  Books books = Empty();
  ASSERT_TRUE(
      books.AddCharges(1, EntryKind::kBill, "b", kToday, {New(11, "electric", 100)}, {}).ok());
  EXPECT_EQ(books.PastDue(kDue), Money());
  EXPECT_EQ(books.PastDue(kDue.PlusDays(1)), Money::Cents(100));
  EXPECT_TRUE(books.ApplyPayment(2, Paid("p", 10, kDue), {})->timely);
  EXPECT_FALSE(books.ApplyPayment(3, Paid("q", 10, kDue.PlusDays(1)), {})->timely);
}

// Two payments, of which the first is taken back: what the second left as credit stands against it.
TEST(BooksTest, CreditBesideAnOpenChargeIsNotPastDue) {
  Books books = Empty();
  ASSERT_TRUE(
      books.AddCharges(1, EntryKind::kBill, "b", kToday, {New(11, "electric", 100)}, {}).ok());
  ASSERT_TRUE(books.ApplyPayment(2, Paid("p", 100), {}).ok());
  ASSERT_TRUE(books.ApplyPayment(3, Paid("q", 70), {}).ok());
  const AllocationRow paid{11, Money::Cents(100)};
  ASSERT_TRUE(books.ReversePayment(4, Paid("p", 100), {&paid, 1}, {}).ok());
  EXPECT_EQ(books.credit(), Money::Cents(70));
  EXPECT_EQ(books.PastDue(kDue.PlusDays(1)), Money::Cents(30));
  Books::Payment directed = Paid("r", 50);
  directed.directions = {{"water", Money::Cents(50)}};
  ASSERT_TRUE(books.ApplyPayment(5, directed, {}).ok());
  EXPECT_EQ(books.PastDue(kDue.PlusDays(1)), Money()) << "the credit is worth more";
}

TEST(BooksTest, ReversingAPaymentWhoseCreditWasUsedTakesThatBackToo) {
  Books books = Empty();
  ASSERT_TRUE(books.ApplyPayment(1, Paid("p", 130), {}).ok());
  ASSERT_TRUE(
      books.AddCharges(2, EntryKind::kBill, "b", kToday, {New(11, "electric", 100)}, {}).ok());
  const std::vector<AllocationRow> uses = books.entries()[2].allocations;
  ASSERT_TRUE(books.ReversePayment(3, Paid("p", 130), {}, uses).ok());
  EXPECT_EQ(books.credit(), Money());
  EXPECT_EQ(books.Balance(), Money::Cents(100));
  EXPECT_EQ(books.charges()[0].open, Money::Cents(100));
}

TEST(BooksTest, ARefusedPaymentChangesNothing) {
  Books books(AccountId(1), PremiseId(1), Money::Cents(Money::kMaxCents), {});
  EXPECT_FALSE(books.ApplyPayment(1, Paid("p", 1), {}).ok());
  EXPECT_TRUE(books.entries().empty());
  EXPECT_FALSE(books.CreditHasChanged());
}

// Random bills, payments and reversals on one account: entries balance, balances are the sums of
// their postings, and a reversal leaves every charge as if the payment had never been.
TEST(BooksTest, RandomHistoriesBalanceAndReverseExactly) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937_64 random(kSeed);
  const auto below = [&](std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random);
  };
  static const char* kServices[] = {"electric", "water", "sewer"};
  for (int history = 0; history < 5'000; ++history) {
    Books books = Empty();
    std::int64_t next_id = 1;
    for (int step = 0; step < 8; ++step) {
      if (below(2) == 0) {
        std::vector<Charge> charges;
        for (std::int64_t i = 1 + below(3); i > 0; --i) {
          charges.push_back(New(next_id++, kServices[below(3)], 1 + below(5'000),
                                below(4) == 0 ? ChargeKind::kDeposit : ChargeKind::kUsage));
        }
        ASSERT_TRUE(books.AddCharges(next_id++, EntryKind::kBill, "b", kToday, charges, {}).ok());
        continue;
      }
      const std::vector<Charge> before = books.charges();
      const Money balance = books.Balance();
      const Money credit = books.credit();
      const Books::Payment payment = Paid("p", 1 + below(8'000));
      ASSERT_TRUE(books.ApplyPayment(next_id++, payment, {}).ok());
      if (below(3) != 0) continue;
      const std::vector<AllocationRow> allocations = books.entries().back().allocations;
      ASSERT_TRUE(books.ReversePayment(next_id++, payment, allocations, {}).ok());
      ASSERT_EQ(books.charges(), before) << "seed " << kSeed << " history " << history;
      ASSERT_EQ(books.Balance(), balance);
      ASSERT_EQ(books.credit(), credit);
    }
    std::int64_t owed = 0;
    std::int64_t credit = 0;
    std::map<std::int64_t, std::int64_t> paid;
    for (const Entry& entry : books.entries()) {
      ASSERT_TRUE(CheckBalanced(entry.postings).ok());
      for (const Posting& posting : entry.postings) {
        if (posting.ledger_account == kCustomerCredit) credit -= posting.amount.cents();
        if (posting.ledger_account.starts_with("receivable-")) owed += posting.amount.cents();
      }
      for (const AllocationRow& row : entry.allocations) paid[row.charge_id] += row.amount.cents();
    }
    std::int64_t open = 0;
    for (const Charge& charge : books.charges()) {
      ASSERT_EQ(charge.open.cents(), charge.amount.cents() - paid[charge.charge_id]);
      open += charge.open.cents();
    }
    ASSERT_EQ(open, owed);
    ASSERT_EQ(books.credit().cents(), credit);
    ASSERT_EQ(books.Balance().cents(), owed - credit);
  }
}

}  // namespace
}  // namespace reeve::billing::receivable
