// Bills that are cancelled and billed again, on the books.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "services/billing/receivable/books.h"

namespace reeve::billing::receivable {
namespace {

const Date kToday = Date::Parse("2026-11-22").value();
const Date kOctober = Date::Parse("2026-10-10").value();
const Date kNovember = Date::Parse("2026-11-10").value();

Charge Owed(std::int64_t id, std::int64_t cents, Date due, const char* service = "water") {
  Charge charge;
  charge.charge_id = id;
  charge.service = service;
  charge.due_date = due;
  charge.amount = Money::Cents(cents);
  return charge;
}

Books Empty() { return Books(AccountId(10000000009), PremiseId(7), Money(), {}); }

Books::Payment Paid(const std::string& id, std::int64_t cents) {
  return {id, kToday, Money::Cents(cents), {}};
}

void Bill(Books& books, std::int64_t entry_id, std::vector<Charge> charges) {
  ASSERT_TRUE(
      books.AddCharges(entry_id, EntryKind::kBill, "b", kToday, std::move(charges), {}).ok());
}

// Of a late fee of 3.00 staff waive 1.00, the rest is paid; then it is taken back.
Money CreditAfterReversal(std::int64_t waived_cents) {
  Books books = Empty();
  Charge fee = Owed(1, 3'00, kNovember);
  fee.kind = ChargeKind::kFee;
  const std::string earned = "forfeited-discounts-water";
  EXPECT_TRUE(books.AddLateFee(10, "77/0/LATE", kToday, {fee}, {&earned, 1}, {}).ok());
  const Books::Correction waiver{
      "a", kToday, "water", ChargeKind::kFee, "courtesy", Money::Cents(1'00)};
  EXPECT_TRUE(books.GiveCredit(11, waiver, {}).ok());
  EXPECT_TRUE(books.ApplyPayment(12, Paid("p", 2'00), {}).ok());
  const std::int64_t ids[] = {1};
  const Money waived[] = {Money::Cents(waived_cents)};
  EXPECT_TRUE(books.CancelLateFee(13, "77/0/LATE", kToday, ids, {&earned, 1}, waived).ok());
  EXPECT_EQ(books.entries().back().postings.front().amount, Money::Cents(3'00 - waived_cents));
  return books.credit();
}

Money Cancel(Books& books, std::int64_t entry_id, const std::vector<std::int64_t>& ids) {
  const Result<Money> freed = books.CancelBill(entry_id, "b", kToday, ids, {});
  EXPECT_TRUE(freed.ok());
  return freed.ok() ? *freed : Money();
}

// Net uses of credit, the newest first, of charges that are not cancelled.
std::vector<AllocationRow> Uses(const Books& books) {
  std::map<std::int64_t, std::pair<std::size_t, std::int64_t>> uses;  // charge: newest, cents
  for (std::size_t i = 0; i < books.entries().size(); ++i) {
    if (books.entries()[i].kind != EntryKind::kCredit) continue;
    for (const AllocationRow& row : books.entries()[i].allocations) {
      uses[row.charge_id].first = i;
      uses[row.charge_id].second += row.amount.cents();
    }
  }
  std::vector<std::pair<std::size_t, AllocationRow>> by_age;
  for (const auto& entry : uses) {
    const std::int64_t charge_id = entry.first;
    const auto& use = entry.second;
    const bool cancelled = std::any_of(
        books.charges().begin(), books.charges().end(),
        [&](const Charge& charge) { return charge.charge_id == charge_id && charge.cancelled; });
    if (!cancelled && use.second > 0) {
      by_age.push_back({use.first, {charge_id, Money::Cents(use.second)}});
    }
  }
  std::sort(by_age.begin(), by_age.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<AllocationRow> rows;
  for (const auto& [age, row] : by_age) rows.push_back(row);
  return rows;
}

std::vector<AllocationRow> AllocationsOf(const Books& books, std::int64_t entry_id) {
  for (const Entry& entry : books.entries()) {
    if (entry.entry_id == entry_id) return entry.allocations;
  }
  return {};
}

Money OpenOf(const Books& books, std::int64_t charge_id) {
  for (const Charge& charge : books.charges()) {
    if (charge.charge_id == charge_id) return charge.open;
  }
  return Money::Cents(-1);
}

TEST(CancelledBillTest, WhatStaffWaivedOfALateFeeIsNotPaidOut) {
  EXPECT_EQ(CreditAfterReversal(1'00), Money::Cents(2'00)) << "what was paid";
  EXPECT_EQ(CreditAfterReversal(0), Money::Cents(3'00)) << "the control";
}

TEST(CancelledBillTest, WhatIsOpenFallsAwayAndWhatWasPaidIsCredit) {
  Books books = Empty();
  Bill(books, 1, {Owed(11, 100, kOctober), Owed(12, 50, kOctober, "sewer")});
  ASSERT_TRUE(books.ApplyPayment(2, Paid("p", 120), {}).ok());
  EXPECT_EQ(Cancel(books, 3, {11, 12}), Money::Cents(120));
  const Entry& reversal = books.entries().at(2);
  EXPECT_EQ(reversal.kind, EntryKind::kBillReversal);
  EXPECT_EQ(reversal.postings, PostingsOfReversal(books.charges(), reversal.allocations));
  EXPECT_EQ(reversal.postings,
            (std::vector<Posting>{{"revenue-water", "water", Money::Cents(100)},
                                  {"revenue-sewer", "sewer", Money::Cents(50)},
                                  {"receivable-sewer", "sewer", Money::Cents(-30)},
                                  {"customer-credit", "customers", Money::Cents(-120)}}));
  EXPECT_EQ(books.Balance(), Money::Cents(-120));
  for (const Charge& charge : books.charges()) {
    EXPECT_TRUE(charge.cancelled);
    EXPECT_EQ(charge.open, Money());
  }
}

// The October bill was paid on time, that of November was not. The October bill is billed again.
class Rebilled : public ::testing::Test {
 protected:
  Rebilled() {
    Bill(books_, 1, {Owed(11, 100, kOctober)});
    EXPECT_TRUE(books_.ApplyPayment(2, Paid("p", 100), {}).ok());
    Bill(books_, 3, {Owed(12, 80, kNovember)});
    freed_ = Cancel(books_, 4, {11});
  }
  Books books_ = Empty();
  Money freed_;
};

TEST_F(Rebilled, CreditKeepsTheNextBillPaidMeanwhile) {
  EXPECT_EQ(freed_, Money::Cents(100));
  EXPECT_EQ(OpenOf(books_, 12), Money());
  EXPECT_EQ(books_.credit(), Money::Cents(20));
}

TEST_F(Rebilled, WhatWasPaidForTheBillIsForTheNewOne) {
  ASSERT_TRUE(
      books_.AddRebill(5, "r", kToday, {Owed(13, 90, kOctober)}, freed_, Uses(books_), {}).ok());
  EXPECT_EQ(OpenOf(books_, 13), Money());  // nothing of October is past due
  EXPECT_EQ(OpenOf(books_, 12), Money::Cents(70));
  EXPECT_EQ(books_.credit(), Money());
  EXPECT_EQ(books_.Balance(), Money::Cents(70));
}

// The control: left where the credit went, who paid on time would be past due since October.
TEST_F(Rebilled, WithoutThatOctoberWouldBePastDue) {
  ASSERT_TRUE(
      books_.AddRebill(5, "r", kToday, {Owed(13, 90, kOctober)}, Money(), Uses(books_), {}).ok());
  EXPECT_EQ(OpenOf(books_, 13), Money::Cents(70));
}

TEST_F(Rebilled, ABouncedPaymentOfTheCancelledBillReopensWhatItPaidInTheEnd) {
  ASSERT_TRUE(
      books_.AddRebill(5, "r", kToday, {Owed(13, 90, kOctober)}, freed_, Uses(books_), {}).ok());
  ASSERT_TRUE(
      books_.ReversePayment(6, Paid("p", 100), AllocationsOf(books_, 2), Uses(books_)).ok());
  EXPECT_EQ(OpenOf(books_, 11), Money());  // nobody owes a cancelled charge
  EXPECT_EQ(OpenOf(books_, 13), Money::Cents(90));
  EXPECT_EQ(OpenOf(books_, 12), Money::Cents(80));
  EXPECT_EQ(books_.credit(), Money());
}

// Bills, payments, bounces, cancellations and rebills in any order: every entry balances, nothing
// is open on a cancelled charge, credit is never below zero, and the balance is what is owed less
// what was paid.
TEST(CancelledBillTest, TheBooksHoldInAnyOrder) {
  std::mt19937_64 random(20261126);
  for (int run = 0; run < 2'000; ++run) {
    Books books = Empty();
    std::int64_t next = 1;
    struct Made {
      std::vector<std::int64_t> charges;
      std::int64_t cents = 0;
      bool live = true;
    };
    std::vector<Made> bills;
    struct Cash {
      std::int64_t entry_id = 0;
      std::int64_t cents = 0;
      bool live = true;
    };
    std::vector<Cash> payments;
    std::vector<Money> freed;
    const auto charges = [&](Made& made) {
      std::vector<Charge> all;
      for (std::size_t n = 1 + random() % 2; n > 0; --n) {
        const auto cents = static_cast<std::int64_t>(1 + random() % 100);
        all.push_back(Owed(next++, cents, kOctober.PlusDays(static_cast<int>(random() % 60)),
                           n == 1 ? "water" : "sewer"));
        made.charges.push_back(all.back().charge_id);
        made.cents += cents;
      }
      return all;
    };
    for (int step = 0; step < 20; ++step) {
      switch (random() % 5) {
        case 0: {
          Made made;
          auto all = charges(made);
          Bill(books, next++, std::move(all));
          bills.push_back(std::move(made));
          break;
        }
        case 1: {
          const auto cents = static_cast<std::int64_t>(1 + random() % 150);
          payments.push_back({next++, cents});
          ASSERT_TRUE(books
                          .ApplyPayment(payments.back().entry_id,
                                        Paid(std::to_string(payments.size()), cents), {})
                          .ok());
          break;
        }
        case 2: {
          if (payments.empty()) break;
          Cash& cash = payments[random() % payments.size()];
          if (!std::exchange(cash.live, false)) break;
          ASSERT_TRUE(books
                          .ReversePayment(next++, Paid("x", cash.cents),
                                          AllocationsOf(books, cash.entry_id), Uses(books))
                          .ok());
          break;
        }
        case 3: {
          if (bills.empty()) break;
          Made& made = bills[random() % bills.size()];
          if (!std::exchange(made.live, false)) break;
          freed.push_back(Cancel(books, next++, made.charges));
          break;
        }
        default: {
          if (freed.empty()) break;
          Made made;
          auto all = charges(made);
          ASSERT_TRUE(
              books.AddRebill(next++, "r", kToday, std::move(all), freed.back(), Uses(books), {})
                  .ok());
          freed.pop_back();
          bills.push_back(std::move(made));
        }
      }
      std::int64_t owed = 0;
      for (const Made& made : bills) owed += made.live ? made.cents : 0;
      for (const Cash& cash : payments) owed -= cash.live ? cash.cents : 0;
      ASSERT_EQ(books.Balance().cents(), owed) << run << "/" << step;
      ASSERT_FALSE(books.credit().is_negative()) << run << "/" << step;
      for (const Charge& charge : books.charges()) {
        ASSERT_TRUE(!charge.cancelled || charge.open.is_zero()) << run << "/" << step;
        ASSERT_TRUE(charge.open >= Money() && charge.open <= charge.amount) << run << "/" << step;
      }
    }
  }
}

}  // namespace
}  // namespace reeve::billing::receivable
