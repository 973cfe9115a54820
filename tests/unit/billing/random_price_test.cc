// Price against a second pricing that shares nothing with it, and the laws that every tariff of
// some kind keeps.
#include "tests/unit/billing/random_price.h"

#include <gtest/gtest.h>

#include "tests/unit/billing/naive_price.h"

namespace reeve::billing::rate {
namespace {

// What lines come to unrounded has no place in 64 bits now and then: its line says it rounded.
bool IsRoundedHere(const Case& made, const Line& line) {
  const Schedule* version = made.versions.InForce(line.effective_date);
  return version->components[static_cast<std::size_t>(line.component)].kind ==
             ComponentKind::kRoundOff &&
         line.quantity_divisor == 1;
}

TEST_F(RandomPrice, AgreesWithTheNaivePricing) {
  const std::int64_t cases = Cases(40'000);
  std::int64_t priced = 0;
  std::int64_t split = 0;
  std::int64_t flat = 0;
  std::vector<Line> lines;
  for (std::int64_t i = 0; i < cases; ++i) {
    Case made;
    MakeCase(made);
    lines.clear();
    const Result<> outcome = Price(made.versions, made.period, made.facts, lines);
    const NaiveBill naive = PriceNaively(made.versions, made.period, made.facts);
    ASSERT_EQ(outcome.ok(), !naive.refused) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(lines.size(), naive.lines.size()) << "seed " << kSeed << " case " << i;
    for (std::size_t j = 0; j < lines.size(); ++j) {
      const Line& line = lines[j];
      const NaiveLine& expected = naive.lines[j];
      ASSERT_TRUE(line.effective_date == expected.effective_date &&
                  line.component == expected.component && line.tier == expected.tier &&
                  line.day_count == expected.days &&
                  (Ratio(line.quantity_thousandths, line.quantity_divisor) == expected.quantity ||
                   IsRoundedHere(made, line)) &&
                  line.amount.cents() == expected.cents)
          << "seed " << kSeed << " case " << i << " line " << j << ": " << line.amount.cents()
          << " cents for " << line.quantity_thousandths << "/" << line.quantity_divisor
          << ", expected " << expected.cents;
    }
    priced += outcome.ok();
    flat += outcome.ok() && made.versions.plans().front().flat && made.measured.size() < 2;
    split += !lines.empty() && lines.front().effective_date != lines.back().effective_date;
  }
  // Cases that are all refused, or never divided, would show nothing.
  EXPECT_GT(priced, cases / 2);
  EXPECT_GT(split, cases / 50);
  EXPECT_GT(flat, cases / 20);
  RecordProperty("priced", std::to_string(priced));
}

// Tariffs of blocks alone, with rising rates: their laws need no second pricing.
class BlockTariff : public RandomPrice {
 protected:
  Schedule AnyBlocks(Widths widths) {
    Component blocks;
    blocks.kind = ComponentKind::kTiers;
    blocks.name = "Use";
    blocks.widths = widths;
    blocks.tiers = AnyTiers(false);
    std::int64_t nanos = 0;
    for (Tier& tier : blocks.tiers) tier.rate = Rate::Nanos(nanos += Below(200'000'000));
    return Metered("R", "water", Unit::kKilogallon, {std::move(blocks)});
  }
  // What a period costs before rounding, in cents.
  static Ratio Exact(const Schedule& schedule, std::int64_t usage, std::int32_t days) {
    const Date from = Day("2026-09-01");
    const Measured meter{from, from.PlusDays(days), usage, {}};
    std::vector<Line> lines;
    EXPECT_TRUE(Price(VersionsOf({schedule}), {from, meter.to_date, meter.to_date},
                      {.measured = {&meter, 1}}, lines)
                    .ok());
    Ratio cents;
    for (const Line& line : lines) {
      cents = cents + Ratio(Wide{line.quantity_thousandths} * line.rate.nanos(),
                            Wide{line.quantity_divisor} * 10'000'000'000);
    }
    return cents;
  }
  Widths AnyWidths() {
    return Any({Widths::kBill, Widths::kDay, Widths::kThirtyDays, Widths::kMonth});
  }
};

TEST_F(BlockTariff, LinesAddUpToTheUse) {
  for (std::int64_t i = 0; i < Cases(20'000); ++i) {
    const Schedule schedule = AnyBlocks(AnyWidths());
    const std::int64_t usage = Below(10'000'000);
    Ratio used;
    for (const Line& line : PriceUse(schedule, {usage, 1000, "2026-09-01", "2026-10-04"})) {
      used = used + Ratio(line.quantity_thousandths, line.quantity_divisor);
    }
    ASSERT_TRUE(used == Ratio(usage)) << "seed " << kSeed << " case " << i;
  }
}

TEST_F(BlockTariff, MoreUseNeverCostsLess) {
  for (std::int64_t i = 0; i < Cases(20'000); ++i) {
    const Schedule schedule = AnyBlocks(AnyWidths());
    const std::int64_t usage = Below(10'000'000);
    const Month less{usage, 1000, "2026-09-01", "2026-10-04"};
    Month more = less;
    more.usage_thousandths += Below(100'000);
    ASSERT_LE(TotalCents(PriceUse(schedule, less)), TotalCents(PriceUse(schedule, more)))
        << "seed " << kSeed << " case " << i;
  }
}

// Use that is the same each day: of d days' it costs d days' share, before rounding.
TEST_F(BlockTariff, APeriodSplitAtAnyDayEqualsTheWholeIfWidthsAreADays) {
  for (std::int64_t i = 0; i < Cases(20'000); ++i) {
    const Schedule schedule = AnyBlocks(Any({Widths::kDay, Widths::kThirtyDays}));
    const std::int64_t a_day = Below(300'000);
    const auto days = static_cast<std::int32_t>(Below(90) + 2);
    const auto cut = static_cast<std::int32_t>(Below(days - 1) + 1);
    ASSERT_TRUE(Exact(schedule, a_day * days, days) ==
                Exact(schedule, a_day * cut, cut) +
                    Exact(schedule, a_day * (days - cut), days - cut))
        << "seed " << kSeed << " case " << i;
  }
}

// The control of the law above: widths of a bill do not split, which is how a late read pushes
// customers into higher blocks.
TEST_F(BlockTariff, APeriodSplitInTwoIsCheaperIfWidthsAreABills) {
  const Schedule schedule =
      Metered("R", "water", Unit::kKilogallon, {Tiers("Use", {{10, "1"}, {0, "3"}})});
  EXPECT_TRUE(Exact(schedule, 8'000, 30) + Exact(schedule, 8'000, 30) <
              Exact(schedule, 16'000, 60));
}

TEST(SplitTest, TheSameVersionOnBothSidesOfAChangeChargesTheSame) {
  Component blocks = Tiers("Energy", {{10, "0.07"}, {0, "0.11"}});
  blocks.widths = Widths::kDay;
  Schedule before = Metered("E", "electric", Unit::kKilowattHour, {blocks});
  before.effective_date = Day("2026-01-01");
  Schedule after = before;
  after.effective_date = Day("2026-09-17");
  after.terms.effect = Effect::kUse;
  const auto whole = PriceMonth(VersionsOf({before}), {600'000}).value();
  const auto halves = PriceMonth(VersionsOf({before, after}), {600'000}).value();
  ASSERT_EQ(CentsOf(whole), (std::vector<std::int64_t>{21'00, 33'00}));
  EXPECT_EQ(CentsOf(halves), CentsOf(whole));
  Component other = Fixed("Other", "1");
  after.components.push_back(other);  // what stands for what is not known
  const auto parts = PriceMonth(VersionsOf({before, after}), {600'000}).value();
  EXPECT_EQ(CentsOf(parts), (std::vector<std::int64_t>{10'50, 16'50, 10'50, 16'50, 50}));
}

}  // namespace
}  // namespace reeve::billing::rate
