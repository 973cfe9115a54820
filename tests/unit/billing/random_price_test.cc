// Price against a second pricing that shares nothing with it, and the laws that every tariff of
// some kind keeps. REEVE_RANDOM_CASES asks for more cases than a run of all tests can wait for.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/unit/billing/naive_price.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

constexpr std::string_view kPeriods[] = {"on-peak", "off-peak"};
constexpr std::string_view kSizes[] = {"5/8", "1", "2"};
constexpr std::string_view kNames[] = {"A", "B", "C", "D", "E", "F", "G", "H"};

// Facts that own what they show.
struct Case {
  Versions versions;
  Period period;
  std::vector<ByPeriod> by_period[2];
  std::vector<Measured> measured;
  std::vector<ByPeriod> demands;
  std::vector<std::int64_t> earlier_demands;
  Facts facts;
};

class RandomPrice : public ::testing::Test {
 protected:
  static std::int64_t Cases(std::int64_t few) {
    const char* asked = std::getenv("REEVE_RANDOM_CASES");
    return asked == nullptr ? few : std::strtoll(asked, nullptr, 10);
  }
  std::int64_t Below(std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random_);
  }
  bool OneIn(std::int64_t bound) { return Below(bound) == 0; }
  template <class T>
  T Any(std::initializer_list<T> choices) {
    return choices.begin()[Below(static_cast<std::int64_t>(choices.size()))];
  }
  int AnyDayOfYear() {
    const Date day = Day("2024-01-01").PlusDays(static_cast<std::int32_t>(Below(366)));
    return day.month() * 100 + day.day();
  }
  Rate AnyRate(bool credits) {
    const std::int64_t nanos = OneIn(3) ? Below(200'000'000'000) : Below(300'000'000);
    return Rate::Nanos(credits && OneIn(10) ? -nanos : nanos);
  }

  std::vector<Tier> AnyTiers(bool credits) {
    std::vector<Tier> tiers;
    std::int64_t bound = 0;
    const std::int64_t count = Below(4) + 1;
    for (std::int64_t i = 0; i < count; ++i) {
      bound += OneIn(2) ? (Below(400) + 1) * 1000 : Below(500'000) + 1;
      tiers.push_back({i + 1 == count ? std::nullopt : std::optional(bound), AnyRate(credits)});
    }
    return tiers;
  }

  Component AnyComponent(std::size_t index) {
    using enum ComponentKind;
    Component one;
    one.name = kNames[index];
    one.kind = index == 0 ? Any({kFixed, kTiers})
                          : Any({kFixed, kTiers, kTiers, kPerUnit, kPercent, kMeterSize, kDemand,
                                 kWinterAverage, kMinimum});
    if (OneIn(200)) one.kind = kNotLoaded;
    const bool tiered = one.kind == kTiers || one.kind == kDemand || one.kind == kWinterAverage;
    const bool optional_unit = one.kind == kFixed || one.kind == kTiers || one.kind == kMinimum;
    if (tiered) one.tiers = AnyTiers(one.kind == kTiers);
    if (one.kind == kPerUnit || one.kind == kWinterAverage || (optional_unit && OneIn(6))) {
      one.unit = Unit::kDwelling;
    }
    if (one.kind == kFixed || one.kind == kPerUnit) one.rate = AnyRate(true);
    if (one.kind == kMinimum) one.rate = AnyRate(false);
    if (one.kind == kPercent) one.rate = Rate::Nanos(Below(200'000'000));
    if (one.kind == kTiers) {
      one.widths = Any({Widths::kBill, Widths::kDay, Widths::kThirtyDays, Widths::kMonth});
      if (OneIn(5)) one.cap_thousandths = Below(600'000) + 1;
    } else if (one.kind != kPercent && one.kind != kNotLoaded) {
      one.per = Any({Per::kBill, Per::kDay, Per::kMonth});
    }
    if ((one.kind == kTiers || one.kind == kDemand) && OneIn(3)) one.period = kPeriods[Below(2)];
    if (one.kind == kMeterSize) {
      for (const std::string_view size : kSizes) {
        if (!OneIn(20)) one.sizes.push_back({std::string(size), AnyRate(false)});
      }
    }
    if (one.kind == kDemand && OneIn(2)) {
      one.ratchet = Ratchet{Rate::Nanos(Below(1'000'000'000) + 1), static_cast<int>(Below(12)) + 1};
    }
    if (one.kind == kWinterAverage) {
      if (!OneIn(3)) one.default_thousandths = Below(20'000) + 1;
      one.at_most_use = OneIn(2);
    }
    if (OneIn(5)) one.season = Season{AnyDayOfYear(), AnyDayOfYear()};
    if ((one.kind == kPercent || one.kind == kMinimum) && OneIn(2)) {
      for (std::size_t above = 0; above < index; ++above) {
        if (OneIn(2)) one.of.push_back(static_cast<std::int64_t>(above));
      }
    }
    return one;
  }

  Schedule AnySchedule(Date effective_date) {
    Schedule schedule = Metered("R", "water", Unit::kKilogallon, {});
    schedule.effective_date = effective_date;
    const std::int64_t count = Below(5) + 1;
    for (std::int64_t i = 0; i < count; ++i) {
      schedule.components.push_back(AnyComponent(static_cast<std::size_t>(i)));
    }
    Terms& terms = schedule.terms;
    terms.effect = Any({Effect::kRead, Effect::kUse, Effect::kUse, Effect::kBill});
    terms.day_count = Any({DayCount::kAfterFirst, DayCount::kBeforeLast, DayCount::kBoth});
    terms.season_by = Any({SeasonBy::kDay, SeasonBy::kLastDay});
    terms.proration.when =
        Any({Proration::When::kNever, Proration::When::kAlways, Proration::When::kOutside});
    terms.proration.days_min = static_cast<int>(Below(30)) + 1;
    terms.proration.days_max = terms.proration.days_min + static_cast<int>(Below(10));
    if (OneIn(3)) terms.proration.month_days = 365, terms.proration.month_divisor = 12;
    if (OneIn(3)) terms.proration.month_days = terms.proration.month_divisor = 0;
    terms.rounding = Any({Rounding::kHalfUp, Rounding::kHalfUp, Rounding::kHalfEven,
                          Rounding::kDown, Rounding::kUp});
    terms.round_to_cents = Any<std::int64_t>({1, 1, 1, 5, 10, 100});
    terms.split_step_thousandths = Any<std::int64_t>({1, 1, 1000, 100});
    return schedule;
  }

  // A version as most are: whole prices, no seasons, rounded to the nearest cent.
  Schedule AnyPlainSchedule(Date effective_date) {
    using enum ComponentKind;
    Schedule schedule = AnySchedule(effective_date);
    schedule.terms.rounding = Rounding::kHalfUp;
    schedule.terms.round_to_cents = 1;
    schedule.terms.proration.when = Proration::When::kNever;
    for (std::size_t i = 0; i < schedule.components.size(); ++i) {
      Component one;
      one.name = kNames[i];
      one.kind = i == 0 ? Any({kFixed, kTiers}) : Any({kFixed, kTiers, kPerUnit, kPercent});
      if (one.kind == kTiers) {
        one.tiers = AnyTiers(false);
        one.widths = Any({Widths::kBill, Widths::kMonth});
      } else {
        one.rate = AnyRate(false);
      }
      if (one.kind == kPercent) one.rate = Rate::Nanos(Below(200'000'000));
      if (one.kind == kPerUnit) one.unit = Unit::kDwelling;
      if (one.kind == kFixed || one.kind == kPerUnit) {
        one.per = Any({Per::kBill, Per::kDay, Per::kMonth});
      }
      schedule.components[i] = std::move(one);
    }
    return schedule;
  }

  void AddMeter(Case& made, Date from_date, Date to_date) {
    std::vector<ByPeriod>& by_period = made.by_period[made.measured.size()];
    for (const std::string_view period : kPeriods) {
      if (!OneIn(30)) by_period.push_back({period, Below(400'000)});
    }
    made.measured.push_back(
        {from_date, to_date, OneIn(4) ? Below(500) * 1000 : Below(2'000'000), by_period});
  }

  void MakeCase(Case& made) {
    const Date from = Day("2025-11-01").PlusDays(static_cast<std::int32_t>(Below(400)));
    const auto length = static_cast<std::int32_t>(OneIn(3) ? Below(80) + 2 : Below(8) + 27);
    made.period = {from, from.PlusDays(length),
                   from.PlusDays(length + static_cast<std::int32_t>(Below(12)))};
    const Date first = from.PlusDays(OneIn(50) ? 5 : -100);
    made.versions.Add(OneIn(3) ? AnyPlainSchedule(first) : AnySchedule(first));
    if (OneIn(2)) {
      made.versions.Add(AnySchedule(
          from.PlusDays(static_cast<std::int32_t>(Below(length + 20)) + (OneIn(2) ? -8 : 6))));
    }
    if (OneIn(4)) {
      const Date change = from.PlusDays(static_cast<std::int32_t>(Below(length - 1)) + 1);
      AddMeter(made, from, change);
      AddMeter(made, change, made.period.to_date);
    } else if (!OneIn(40)) {
      AddMeter(made, from, made.period.to_date);
    }
    for (const std::string_view period : {std::string_view(), kPeriods[0], kPeriods[1]}) {
      if (!OneIn(30)) made.demands.push_back({period, Below(90'000)});
    }
    for (std::int64_t i = Below(14); i > 0; --i) made.earlier_demands.push_back(Below(120'000));
    made.facts = {.measured = made.measured,
                  .quantity_thousandths = OneIn(10) ? 0 : (Below(40) + 1) * (OneIn(3) ? 100 : 1000),
                  .meter_size = OneIn(20) ? std::string_view() : kSizes[Below(3)],
                  .demands = made.demands,
                  .earlier_demands = made.earlier_demands,
                  .allows_not_loaded = OneIn(2)};
  }

  static constexpr unsigned kSeed = 20261126;
  std::mt19937_64 random_{kSeed};
};

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
                  Ratio(line.quantity_thousandths, line.quantity_divisor) == expected.quantity &&
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
  EXPECT_EQ(CentsOf(halves), (std::vector<std::int64_t>{10'50, 16'50, 10'50, 16'50}));
}

}  // namespace
}  // namespace reeve::billing::rate
