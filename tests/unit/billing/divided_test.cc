// Periods that a season or a change of prices divides: which block use reaches, and what stays one
// line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/billing/random_price.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;

Component InSeason(Component component, int from, int to) {
  component.season = Season{from, to};
  return component;
}

Component Su(Component component) {
  component.name = "Su";
  return InSeason(std::move(component), 501, 1031);
}
Component Wi(Component component) {
  component.name = "Wi";
  return InSeason(std::move(component), 1101, 430);
}

Schedule Water(std::vector<Component> components) {
  Schedule schedule = Metered("W1", "water", Unit::kHundredCubicFeet, std::move(components));
  schedule.effective_date = Day("2026-01-01");
  return schedule;
}

std::vector<std::int64_t> TiersOf(const std::vector<Line>& lines) {
  std::vector<std::int64_t> tiers;
  for (const Line& line : lines) tiers.push_back(line.tier);
  return tiers;
}

// 10 CCF at a bound of 10 are all in the first block, however many of the days are summer.
TEST(DividedBlocksTest, UseAtABoundStaysInItsBlock) {
  Component blocks = Tiers("Use", {{10, "2"}, {0, "3"}});
  blocks.blocks = Blocks::kWhole;
  const Schedule schedule = Water({Su(blocks), Wi(blocks)});
  for (int day = 1; day <= 30; ++day) {
    const std::string to = Day("2026-11-01").PlusDays(day - 1).ToString();
    const auto lines = PriceUse(schedule, {10'000, 1'000, "2026-10-15", to});
    EXPECT_EQ(TotalCents(lines), 20'00) << to;
    EXPECT_THAT(TiersOf(lines), ElementsAre(0, 0)) << to;
    const auto above = PriceUse(schedule, {10'001, 1'000, "2026-10-15", to});
    EXPECT_THAT(TiersOf(above), ElementsAre(1, 1)) << to;
  }
}

// Austin's tier fee: the price of the block that the use reaches.
TEST(DividedBlocksTest, APriceByBlockIsThatOfTheWholePeriod) {
  Component fee = Tiers("Fee", {{2, "1.25"}, {6, "3.55"}, {11, "9.25"}, {0, "29.75"}});
  fee.blocks = Blocks::kPrice;
  Schedule before = Water({fee});
  Schedule after = before;
  after.effective_date = Day("2026-11-01");
  after.terms.effect = Effect::kUse;
  after.components[0].tiers[3].rate = Dollars("30");  // another price: the fee is divided
  const auto total = [&](std::int64_t usage) {
    return TotalCents(
        PriceMonth(VersionsOf({before, after}), {usage, 1'000, "2026-10-15", "2026-11-15"})
            .value());
  };
  EXPECT_EQ(total(2'000), 1'25);
  EXPECT_EQ(total(6'000), 3'55);
  EXPECT_EQ(total(6'001), 9'25);
}

TEST(DividedBlocksTest, NoLineIsOfARoundingAlone) {
  const Component blocks = Tiers("Use", {{6, "2"}, {0, "3"}});
  const Schedule schedule = Water({Su(blocks), Wi(blocks)});
  const auto lines = PriceUse(schedule, {6'000, 1'000, "2026-10-20", "2026-11-20"});
  EXPECT_THAT(TiersOf(lines), ElementsAre(0, 0));
  EXPECT_EQ(lines[0].quantity_thousandths, 66'000);
  EXPECT_EQ(lines[0].quantity_divisor, 31);
}

// Whole units are divided as whole units; blocks are still those of the period.
TEST(DividedBlocksTest, StepsDoNotPushUseIntoABlock) {
  for (const Blocks how : {Blocks::kEach, Blocks::kWhole}) {
    Component blocks = Tiers("Use", {{10, "2"}, {20, "3"}, {0, "5"}});
    blocks.blocks = how;
    blocks.step = Step{Quantity::kScale, Rounding::kDown};
    Schedule schedule = Water({Su(blocks), Wi(blocks)});
    schedule.terms.split_step_thousandths = Quantity::kScale;
    const auto at = PriceUse(schedule, {10'900, 1'000, "2026-10-20", "2026-11-20"});
    EXPECT_THAT(TiersOf(at), ElementsAre(0, 0));
    EXPECT_EQ(TotalCents(at), 20'00);
    const auto over = PriceUse(schedule, {15'000, 1'000, "2026-10-20", "2026-11-20"});
    EXPECT_EQ(TotalCents(over), how == Blocks::kEach ? 35'00 : 45'00);
  }
}

// The control: bounds that follow the days, and use that does not.
TEST(DividedBlocksTest, AMeterThatMeasuredMoreIsInAHigherBlock) {
  Component blocks = Tiers("Use", {{10, "2"}, {0, "3"}});
  blocks.blocks = Blocks::kWhole;
  const Date from = Day("2026-10-20");
  const Date change = Day("2026-10-31");
  const Date to = Day("2026-11-20");
  const Measured meters[] = {{from, change, 9'000, {}}, {change, to, 1'000, {}}};
  std::vector<Line> lines;
  ASSERT_TRUE(rate::Price(VersionsOf({Water({Su(blocks), Wi(blocks)})}), {from, to, to},
                          {.measured = meters}, lines)
                  .ok());
  EXPECT_THAT(TiersOf(lines), ElementsAre(1, 0));
}

// A meter is exchanged where the season changes: fractions of both are one unit together.
TEST(DividedStepsTest, AnExchangeLosesNoUnit) {
  for (const Rounding rounding : {Rounding::kDown, Rounding::kHalfUp, Rounding::kUp}) {
    Component blocks = Tiers("Use", {{0, "1"}});
    blocks.step = Step{Quantity::kScale, rounding};
    Schedule schedule = Water({Su(blocks), Wi(blocks)});
    schedule.terms.split_step_thousandths = Quantity::kScale;
    const Date from = Day("2026-10-20");
    const Date change = Day("2026-10-31");
    const Date to = Day("2026-11-20");
    const Measured meters[] = {{from, change, 10'600, {}}, {change, to, 5'600, {}}};
    std::vector<Line> lines;
    ASSERT_TRUE(
        rate::Price(VersionsOf({schedule}), {from, to, to}, {.measured = meters}, lines).ok());
    // 16.2 in all: each meter for itself would be 10 and 5, or 11 and 6.
    EXPECT_EQ(TotalCents(lines), rounding == Rounding::kUp ? 17'00 : 16'00);
  }
}

// Nine tenths of 10 units are 9: 3.19 and 5.81 would be 3 and 5.
TEST(DividedStepsTest, AFactorLosesNoUnit) {
  Component blocks = Tiers("Sewer", {{9, "1"}, {0, "3"}});
  blocks.factor = Dollars("0.9");
  blocks.step = Step{Quantity::kScale, Rounding::kDown};
  const Schedule schedule = Water({Su(blocks), Wi(blocks)});
  for (const auto& [use, cents] : {std::pair(10'000, 9'00), {11'111, 9'00}, {11'112, 12'00}}) {
    const auto lines = PriceUse(schedule, {use, 1'000, "2026-10-20", "2026-11-20"});
    EXPECT_EQ(TotalCents(lines), cents) << use;
  }
  const auto at = PriceUse(schedule, {10'000, 1'000, "2026-10-20", "2026-11-20"});
  EXPECT_THAT(TiersOf(at), ElementsAre(0, 0)) << "no unit lies above 9";
}

// A line whose digits have no place in 64 bits has nine decimals; it is not held.
TEST(DividedStepsTest, ALongFactorStaysInRange) {
  Component blocks = Tiers("Gas", {{100, "1.234567891"}, {0, "0.987654321"}});
  blocks.factor = Dollars("1.037123457");
  Schedule schedule = Water({Su(blocks), Wi(blocks)});
  schedule.terms.split_step_thousandths = Quantity::kScale;
  const auto lines = PriceUse(schedule, {98'765'431, 1'000, "2026-10-20", "2026-11-20"});
  ASSERT_EQ(lines.size(), 4u);
  // 102,431.945... therms: 100 at the first price, the rest at the second.
  EXPECT_NEAR(TotalCents(lines), 10'119'201, 3);
  std::int64_t millionths = 0;
  for (const Line& line : lines) {
    millionths +=
        static_cast<std::int64_t>(Wide{line.quantity_thousandths} * 1'000 / line.quantity_divisor);
  }
  EXPECT_NEAR(static_cast<double>(millionths), 102'431'945'200.0, 1'000.0);
}

class DividedBlocks : public RandomPrice {};

// What is billed in steps comes to what it comes to undivided, whatever divides the period.
TEST_F(DividedBlocks, StepsAddUpToThoseOfTheWhole) {
  std::int64_t exchanged = 0;
  for (std::int64_t i = 0; i < Cases(10'000); ++i) {
    Component blocks = Tiers("Use", {{0, "1"}});
    blocks.step = Step{Any<std::int64_t>({1'000, 100, 10'000}),
                       Any({Rounding::kDown, Rounding::kHalfUp, Rounding::kUp})};
    if (OneIn(2)) blocks.factor = Rate::Nanos((Below(150) + 1) * 10'000'000);
    Schedule schedule = Water({Su(blocks), Wi(blocks)});
    schedule.terms.split_step_thousandths = Any<std::int64_t>({1, 1'000});
    const Schedule whole = Water({blocks});
    const Date from = Day("2026-10-01").PlusDays(static_cast<std::int32_t>(Below(30)));
    const Date to = Day("2026-11-02").PlusDays(static_cast<std::int32_t>(Below(30)));
    const Date change = from.PlusDays(static_cast<std::int32_t>(Below(to - from - 1)) + 1);
    std::vector<Measured> meters = {{from, to, Below(60'000), {}}};
    if (OneIn(2)) meters = {{from, change, Below(60'000), {}}, {change, to, Below(60'000), {}}};
    exchanged += meters.size() > 1;
    const auto total = [&](const Schedule& priced) {
      std::vector<Line> lines;
      EXPECT_TRUE(
          rate::Price(VersionsOf({priced}), {from, to, to}, {.measured = meters}, lines).ok());
      return TotalCents(lines);
    };
    ASSERT_EQ(total(schedule), total(whole)) << "case " << i;
  }
  EXPECT_GT(exchanged, Cases(10'000) / 3);
}

// With the same prices on both sides of any day, use reaches the blocks that it reaches undivided.
TEST_F(DividedBlocks, AreThoseOfTheUndividedPeriod) {
  std::int64_t at_a_bound = 0;
  for (std::int64_t i = 0; i < Cases(10'000); ++i) {
    Component blocks;
    blocks.kind = ComponentKind::kTiers;
    blocks.name = "Use";
    blocks.tiers = AnyTiers(false);
    blocks.widths = Any({Widths::kBill, Widths::kDay, Widths::kThirtyDays});
    blocks.blocks = Any({Blocks::kEach, Blocks::kWhole, Blocks::kPrice});
    if (OneIn(3)) blocks.factor = Rate::Nanos((Below(150) + 1) * 10'000'000);
    const bool steps = OneIn(3);
    if (steps) blocks.step = Step{Quantity::kScale, Any({Rounding::kDown, Rounding::kHalfUp})};
    const Date from = Day("2026-09-01");
    const auto length = static_cast<std::int32_t>(Below(60) + 5);
    const Date to = from.PlusDays(length);
    std::int64_t usage = Below(600'000) + 5'000;
    if (OneIn(2) && blocks.tiers.size() > 1 && !blocks.factor && blocks.widths == Widths::kBill) {
      usage = *blocks.tiers[0].up_to_thousandths;
      ++at_a_bound;
    }
    const std::string first = from.ToString();
    const std::string last = to.ToString();
    Schedule whole = Water({blocks});
    if (steps && !blocks.factor) whole.terms.split_step_thousandths = Quantity::kScale;
    Schedule divided = whole;
    Component other = blocks;
    const Date cut = from.PlusDays(static_cast<std::int32_t>(Below(length - 1)) + 1);
    const Date next = cut.PlusDays(1);
    const int day = cut.month() * 100 + cut.day();
    const int after = next.month() * 100 + next.day();
    divided.components = {InSeason(blocks, 101, day), InSeason(other, after, 1231)};
    const auto price = [&](const Schedule& schedule) {
      return PriceUse(schedule, {usage, 1'000, first, last});
    };
    const auto blocks_of = [](const std::vector<Line>& lines, std::int64_t component) {
      std::set<std::int64_t> tiers;
      for (const Line& line : lines) {
        if (line.component == component) tiers.insert(line.tier);
      }
      return tiers;
    };
    const auto lines = price(divided);
    const std::set<std::int64_t> expected = blocks_of(price(whole), 0);
    for (const std::int64_t component : {0, 1}) {
      const std::set<std::int64_t> tiers = blocks_of(lines, component);
      // A part that has no whole unit has no line.
      if (tiers.empty() && steps) continue;
      ASSERT_EQ(tiers, expected) << "case " << i << " component " << component;
    }
  }
  EXPECT_GT(at_a_bound, Cases(10'000) / 50);
}

// A customer charge of an odd number of cents, a rider that changes each month.
TEST(TenureTest, WhatDoesNotChangeIsNotDivided) {
  Schedule before = Water({Fixed("Base", "13.95"), Tiers("Use", {{5, "1.11"}, {0, "2"}}),
                           Tiers("PCA", {{0, "0.0123"}}), Percent("Franchise", "0.05")});
  Schedule after = before;
  after.effective_date = Day("2026-11-01");
  after.terms.effect = Effect::kUse;
  after.components[2].tiers[0].rate = Dollars("0.0234");
  const Month month{10'000, 1'000, "2026-10-17", "2026-11-16"};
  const auto lines = PriceMonth(VersionsOf({before, after}), month).value();
  EXPECT_THAT(CentsOf(lines), ElementsAre(6, 13'95, 5'55, 10'00, 12, 1'48));
  EXPECT_EQ(lines[0].effective_date, before.effective_date);
  EXPECT_EQ(lines[1].effective_date, after.effective_date);
  EXPECT_EQ(lines[1].day_count, 30);
  // A percentage that changes is of each side's own lines.
  after.components[3].rate = Dollars("0.06");
  const auto taxed = PriceMonth(VersionsOf({before, after}), month).value();
  EXPECT_THAT(CentsOf(taxed), ElementsAre(6'51, 2'59, 4'67, 6, 69, 7'44, 2'96, 5'33, 12, 95));
}

// What stands below a tax or a minimum is not of it, although its earlier line is there by then.
TEST(TenureTest, WhatStandsBelowIsNotOfThatAbove) {
  Schedule before = Water({Fixed("Base", "13.95"), Tiers("Use", {{0, "0.10"}}),
                           Percent("Tax", "0.06"), Tiers("PCA", {{0, "0.0123"}})});
  Schedule after = before;
  after.effective_date = Day("2026-11-01");
  after.terms.effect = Effect::kUse;
  after.components[3].tiers[0].rate = Dollars("0.0234");
  const Month month{1'000'000, 1'000, "2026-10-17", "2026-11-16"};
  const auto lines = PriceMonth(VersionsOf({before, after}), month).value();
  std::vector<std::int64_t> taxes;
  for (const Line& line : lines) {
    if (line.component == 2) taxes.push_back(line.amount.cents());
  }
  EXPECT_THAT(taxes, ElementsAre(6'84)) << "6 % of 113.95";
}

}  // namespace
}  // namespace reeve::billing::rate
