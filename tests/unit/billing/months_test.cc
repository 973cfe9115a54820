// A long period billed as the months that it has.
#include "services/billing/cycle/months.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kUnit = Quantity::kScale;

rate::Schedule Water(rate::Widths widths = rate::Widths::kBill) {
  rate::Schedule water =
      Metered("W1", "water", Unit::kKilogallon,
              {Fixed("Base", "18.70"), Tiers("Use", {{8, "4.70"}, {15, "6.50"}, {0, "9.85"}}),
               Percent("Tax", "0.01")});
  water.components[1].widths = widths;
  return water;
}

// The held bill of one account: `kgal` a month, over so many days.
Bill HeldBill(const GuardCity& city) {
  Bill bill = city.Guard().at(0);
  EXPECT_EQ(bill.state, BillState::kHeld);
  return bill;
}

GuardCity CityOf(const rate::Schedule& water, std::int64_t a_month, int days) {
  GuardCity city({water});
  city.Add(water, {.thousandths = a_month * days / 30, .days = days, .before = {a_month}});
  return city;
}

// Cents of use by block, a month of it.
std::vector<std::int64_t> BlocksOf(const Segment& segment) {
  std::vector<std::int64_t> cents;
  for (const rate::Line& line : segment.lines) {
    if (line.component == 1) cents.push_back(line.amount.cents());
  }
  return cents;
}

// Cedar City, Utah, 2022: the same customer, 48 days instead of 30. As months each block has the
// share of the use that it has in a month.
TEST(MonthsTest, TheShareOfTheDearBlocksDoesNotRiseWithTheDays) {
  const GuardCity month = CityOf(Water(), 20 * kUnit, 30);
  const GuardCity late = CityOf(Water(), 20 * kUnit, 48);
  const Bill held = HeldBill(late);
  ASSERT_EQ(held.holds.at(0).reason, HoldReason::kLongPeriod);
  const Bill bill = BillAsMonths(late.run(), late.tariff(), held, 30).value();
  const std::vector<std::int64_t> of_month = BlocksOf(month.bills()[0].segments[0]);
  EXPECT_EQ(of_month, (std::vector<std::int64_t>{37'60, 45'50, 49'25}));
  EXPECT_EQ(BlocksOf(held.segments[0]), (std::vector<std::int64_t>{37'60, 45'50, 167'45}));
  EXPECT_EQ(BlocksOf(bill.segments[0]), (std::vector<std::int64_t>{60'16, 72'80, 78'80}))
      << "48/30 of each";
  EXPECT_EQ(held.total.cents() - bill.total.cents(), held.holds[0].at_stake.cents())
      << "what is at stake is what it is less";
  EXPECT_EQ(bill.segments[0].lines[0].amount.cents(), 18'70) << "one bill is sent, with one base";
  EXPECT_EQ(bill.bill_id, MonthsBillId(held.cycle_id, held.account));
  EXPECT_TRUE(bill.holds.empty());
  EXPECT_EQ(JudgeSums(bill, late.tariff()), std::nullopt);
}

// Blocks that are as wide as the days do so already: nothing is held, and nothing is to be spread.
TEST(MonthsTest, WidthsByTheDayDoSoAlready) {
  for (const rate::Widths widths : {rate::Widths::kThirtyDays, rate::Widths::kMonth}) {
    rate::Schedule water = Water(widths);
    if (widths == rate::Widths::kMonth) {
      water.terms.proration = {rate::Proration::When::kAlways, 0, 0, 30, 1};
    }
    const GuardCity late = CityOf(water, 20 * kUnit, 48);
    EXPECT_EQ(late.Guard().at(0).state, BillState::kCalculated);
    Bill bill = late.bills()[0];
    bill.holds = {{HoldReason::kLongPeriod, "water", "", Money()}};
    EXPECT_EQ(BillAsMonths(late.run(), late.tariff(), bill, 30), std::nullopt);
  }
}

// Of a service that another rule holds nothing is spread.
TEST(MonthsTest, OnlyWhatIsHeldForItsDaysIsSpread) {
  const GuardCity late = CityOf(Water(), 20 * kUnit, 48);
  Bill bill = HeldBill(late);
  bill.holds[0].reason = HoldReason::kAboveLast;
  EXPECT_EQ(BillAsMonths(late.run(), late.tariff(), bill, 30), std::nullopt);
}

// For any use and any long period: never more than what was held, never less than at the price of
// the lowest block, and a period of whole months costs its months.
TEST(MonthsTest, IsNeverMoreAndWholeMonthsAreTheirMonths) {
  for (std::int64_t a_month = 1; a_month <= 60; ++a_month) {
    for (int days = 36; days <= 120; ++days) {
      const GuardCity late = CityOf(Water(), a_month * kUnit, days);
      const Segment& held = late.bills()[0].segments[0];
      const Segment months = SegmentAsMonths(late.run(), late.tariff(), held, 30).value();
      ASSERT_LE(months.amount, held.amount) << a_month << " kgal in " << days << " days";
      if (days % 30 != 0) continue;
      const GuardCity month = CityOf(Water(), a_month * kUnit, 30);
      const auto sum = [](const std::vector<std::int64_t>& cents) {
        std::int64_t all = 0;
        for (const std::int64_t one : cents) all += one;
        return all;
      };
      ASSERT_EQ(sum(BlocksOf(months)), days / 30 * sum(BlocksOf(month.bills()[0].segments[0])))
          << a_month << " kgal in " << days << " days";
    }
  }
}

// A month's price of a version that does not prorate stays one month's.
TEST(MonthsTest, PricesOfAMonthStayWhatTheyAre) {
  rate::Schedule water = Water();
  water.components[0].per = rate::Per::kMonth;
  const GuardCity late = CityOf(water, 20 * kUnit, 48);
  const Bill bill = BillAsMonths(late.run(), late.tariff(), HeldBill(late), 30).value();
  EXPECT_EQ(bill.segments[0].lines[0].amount.cents(), 18'70);
  // One that prorates has prorated it already, by its own month.
  water.terms.proration = {rate::Proration::When::kOutside, 28, 35, 365, 12};
  const GuardCity prorated = CityOf(water, 20 * kUnit, 48);
  const Bill spread =
      BillAsMonths(prorated.run(), prorated.tariff(), HeldBill(prorated), 30).value();
  EXPECT_EQ(spread.segments[0].lines[0].amount.cents(), 29'51);  // 18.70 x 48 / (365/12)
}

}  // namespace
}  // namespace reeve::billing::cycle
