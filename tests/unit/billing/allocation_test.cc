#include "services/billing/receivable/allocation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reeve::billing::receivable {
namespace {

Charge Owed(std::int64_t id, const char* service, std::int64_t cents, const char* due,
            ChargeKind kind = ChargeKind::kUsage) {
  Charge charge;
  charge.charge_id = id;
  charge.service = service;
  charge.kind = kind;
  charge.due_date = Date::Parse(due).value();
  charge.amount = charge.open = Money::Cents(cents);
  return charge;
}

AllocationPolicy CitysOrder() {
  AllocationPolicy policy;
  policy.keys = {OrderKey::kAge, OrderKey::kService, OrderKey::kKind};
  policy.services = {"sanitation", "storm", "sewer", "water", "electric"};
  policy.kinds = {ChargeKind::kFee, ChargeKind::kUsage, ChargeKind::kDeposit};
  return policy;
}

// "2:500,1:250" -> charge ids with their cents, in the order of allocation.
std::string Text(const Allocation& allocation, std::span<const Charge> charges) {
  std::string text;
  for (const Share& share : allocation.shares) {
    if (!text.empty()) text += ",";
    text += std::to_string(charges[share.charge].charge_id) + ":" +
            std::to_string(share.amount.cents());
  }
  return text;
}

TEST(AllocationTest, AgeThenServiceThenKind) {
  const std::vector<Charge> charges = {
      Owed(1, "electric", 100, "2026-10-15"), Owed(2, "water", 100, "2026-10-15"),
      Owed(3, "sanitation", 100, "2026-11-15"),
      Owed(4, "water", 100, "2026-10-15", ChargeKind::kFee), Owed(5, "storm", 100, "2026-10-15")};
  EXPECT_EQ(Text(Allocate(CitysOrder(), charges, Money::Cents(450)), charges),
            "5:100,4:100,2:100,1:100,3:50");
}

TEST(AllocationTest, WithoutAPolicyTheOldestIsPaidFirst) {
  const std::vector<Charge> charges = {Owed(1, "electric", 100, "2026-11-15"),
                                       Owed(2, "water", 100, "2026-10-15")};
  EXPECT_EQ(Text(Allocate({}, charges, Money::Cents(150)), charges), "2:100,1:50");
}

TEST(AllocationTest, WhatIsOverBecomesCredit) {
  const std::vector<Charge> charges = {Owed(1, "electric", 100, "2026-11-15")};
  const Allocation allocation = Allocate(CitysOrder(), charges, Money::Cents(130));
  EXPECT_EQ(Text(allocation, charges), "1:100");
  EXPECT_EQ(allocation.credit, Money::Cents(30));
}

TEST(AllocationTest, TheCustomersWordComesFirst) {
  const std::vector<Charge> charges = {Owed(1, "electric", 100, "2026-10-15"),
                                       Owed(2, "water", 100, "2026-11-15"),
                                       Owed(3, "sewer", 100, "2026-10-15")};
  const std::vector<Direction> directions = {{"water", Money::Cents(60)}};
  EXPECT_EQ(Text(Allocate(CitysOrder(), charges, Money::Cents(110), directions), charges),
            "3:50,2:60")
      << "the undirected 50 go by the written order";
}

TEST(AllocationTest, DirectedMoneyNeverPaysAnotherService) {
  const std::vector<Charge> charges = {Owed(1, "electric", 100, "2026-10-15"),
                                       Owed(2, "water", 40, "2026-11-15")};
  const std::vector<Direction> directions = {{"water", Money::Cents(60)}};
  const Allocation allocation = Allocate(CitysOrder(), charges, Money::Cents(60), directions);
  EXPECT_EQ(Text(allocation, charges), "2:40");
  EXPECT_EQ(allocation.credit, Money::Cents(20));
}

TEST(AllocationTest, DirectionsThatCannotBeFollowedAreNot) {
  const std::vector<Charge> charges = {Owed(1, "electric", 100, "2026-10-15"),
                                       Owed(2, "water", 100, "2026-11-15")};
  const std::vector<Direction> too_much = {{"water", Money::Cents(60)}};
  EXPECT_EQ(Text(Allocate(CitysOrder(), charges, Money::Cents(50), too_much), charges), "1:50");
  Fields fields;
  ValidateDirections(too_much, Money::Cents(50), fields);
  EXPECT_FALSE(fields.ok());
}

TEST(AllocationTest, EqualChargesShareByLargestRemainder) {
  AllocationPolicy policy;
  policy.keys = {OrderKey::kAge};
  policy.pro_rata = true;
  const std::vector<Charge> charges = {
      Owed(1, "electric", 100, "2026-10-15"), Owed(2, "water", 100, "2026-10-15"),
      Owed(3, "sewer", 100, "2026-10-15"), Owed(4, "storm", 100, "2026-11-15")};
  EXPECT_EQ(Text(Allocate(policy, charges, Money::Cents(100)), charges), "1:34,2:33,3:33");
}

TEST(AllocationTest, SplittingByWeightKeepsEveryCent) {
  const std::vector<Money> weights = {Money::Cents(1), Money::Cents(1), Money::Cents(1)};
  const std::vector<Money> parts = SplitByWeight(Money::Cents(2), weights);
  EXPECT_EQ(parts, (std::vector<Money>{Money::Cents(1), Money::Cents(1), Money::Cents(0)}));
}

class RandomAllocations : public ::testing::Test {
 protected:
  std::int64_t Below(std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random_);
  }
  std::vector<Charge> Charges() {
    static const char* kServices[] = {"electric", "water", "sewer", "storm"};
    static const char* kDates[] = {"2026-09-15", "2026-10-15", "2026-11-15"};
    std::vector<Charge> charges;
    for (std::int64_t i = Below(7); i > 0; --i) {
      charges.push_back(Owed(i, kServices[Below(4)], 1 + Below(20'000), kDates[Below(3)],
                             static_cast<ChargeKind>(Below(3))));
      charges.back().open = Money::Cents(1 + Below(charges.back().amount.cents()));
    }
    return charges;
  }
  AllocationPolicy Policy() {
    AllocationPolicy policy = CitysOrder();
    policy.keys.resize(static_cast<std::size_t>(1 + Below(3)));
    std::shuffle(policy.keys.begin(), policy.keys.end(), random_);
    policy.pro_rata = Below(2) == 1;
    return policy;
  }
  std::vector<Direction> Directions(Money amount) {
    std::vector<Direction> directions;
    std::int64_t left = amount.cents();
    for (const char* service : {"electric", "water", "other"}) {
      if (Below(2) == 0 || left < 2) continue;
      const std::int64_t cents = 1 + Below(left - 1);
      directions.push_back({service, Money::Cents(cents)});
      left -= cents;
    }
    return directions;
  }

  static constexpr int kCases = 200'000;
  std::mt19937_64 random_{20261122};
};

TEST_F(RandomAllocations, ConserveEveryCentAndNeverOverpay) {
  for (int i = 0; i < kCases; ++i) {
    const std::vector<Charge> charges = Charges();
    const Money amount = Money::Cents(1 + Below(60'000));
    const Allocation allocation = Allocate(Policy(), charges, amount, Directions(amount));
    std::int64_t cents = allocation.credit.cents();
    std::vector<bool> seen(charges.size());
    for (const Share& share : allocation.shares) {
      ASSERT_FALSE(seen[share.charge]) << "case " << i;
      seen[share.charge] = true;
      ASSERT_GT(share.amount, Money());
      ASSERT_LE(share.amount, charges[share.charge].open);
      cents += share.amount.cents();
    }
    ASSERT_EQ(cents, amount.cents()) << "case " << i;
    ASSERT_GE(allocation.credit, Money());
  }
}

TEST_F(RandomAllocations, UndirectedMoneyIsCreditOnlyWhenNothingIsOpen) {
  for (int i = 0; i < kCases; ++i) {
    const std::vector<Charge> charges = Charges();
    std::int64_t open = 0;
    for (const Charge& charge : charges) open += charge.open.cents();
    const Money amount = Money::Cents(1 + Below(60'000));
    const Allocation allocation = Allocate(Policy(), charges, amount);
    ASSERT_EQ(allocation.credit.cents(), std::max<std::int64_t>(0, amount.cents() - open));
  }
}

TEST_F(RandomAllocations, MoreMoneyNeverGivesAChargeLess) {
  for (int i = 0; i < kCases; ++i) {
    const std::vector<Charge> charges = Charges();
    AllocationPolicy policy = Policy();
    policy.pro_rata = false;  // largest remainder is not monotone
    const Money less = Money::Cents(1 + Below(60'000));
    const Money more = Money::Cents(less.cents() + Below(1'000));
    std::vector<std::int64_t> given(charges.size());
    for (const Share& share : Allocate(policy, charges, more).shares) {
      given[share.charge] = share.amount.cents();
    }
    for (const Share& share : Allocate(policy, charges, less).shares) {
      ASSERT_LE(share.amount.cents(), given[share.charge]) << "case " << i;
    }
  }
}

}  // namespace
}  // namespace reeve::billing::receivable
