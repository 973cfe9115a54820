// How a version reads its prices, each rule by a published or hand-computed case.
#include "services/billing/rate/price.h"

#include <gtest/gtest.h>

#include "services/billing/rate/split.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using Cents = std::vector<std::int64_t>;

constexpr std::int64_t kUnit = Quantity::kScale;

Component Monthly(Component component) {
  component.per = Per::kMonth;
  return component;
}

Component InSeason(Component component, int from, int to) {
  component.season = Season{from, to};
  return component;
}

Component Demand(std::initializer_list<std::pair<std::int64_t, std::string_view>> tiers) {
  Component component = Tiers("Demand", tiers);
  component.kind = ComponentKind::kDemand;
  return component;
}

Schedule Prorated(std::vector<Component> components, Proration proration) {
  Schedule schedule = Metered("X", "electric", Unit::kKilowattHour, std::move(components));
  schedule.terms.proration = proration;
  return schedule;
}

Result<std::vector<Line>> PriceFacts(const Versions& versions, std::string_view from,
                                     std::string_view to, const Facts& facts) {
  std::vector<Line> lines;
  REEVE_RETURN_IF_ERROR(rate::Price(versions, {Day(from), Day(to), Day(to)}, facts, lines));
  return lines;
}

constexpr Proration kAlways{Proration::When::kAlways, 0, 0, 30, 1};

// https://current.helpscoutdocs.com/article/145-why-is-my-bill-transaction-prorated: service from
// 12 April to 30 April, both included, is 19 days.
TEST(ProrationTest, AMoveInPaysForBothItsFirstAndItsLastDay) {
  Schedule schedule = Prorated({Monthly(Fixed("Base", "30"))}, kAlways);
  schedule.terms.day_count = DayCount::kBoth;
  schedule.effective_date = Day("2026-01-01");
  const auto lines = PriceUse(schedule, {0, 1000, "2026-04-12", "2026-04-30"});
  EXPECT_EQ(CentsOf(lines), (Cents{19'00}));
  EXPECT_EQ(lines[0].day_count, 19);
  EXPECT_EQ(Basis(schedule, lines, lines[0]), "19/30 of a month");
  EXPECT_EQ(Formula(schedule, lines[0]), "19/30 x 30 = 19.00");
}

// https://www.otpco.com how-to-read-my-bill: 9.75 x 29 / (365/12) = 9.30.
TEST(ProrationTest, ATwelfthOfAYearIsAMonth) {
  const Schedule schedule = Prorated({Monthly(Fixed("Customer charge", "9.75"))},
                                     {Proration::When::kAlways, 0, 0, 365, 12});
  const auto lines = PriceUse(schedule, {0, 1000, "2026-09-01", "2026-09-30"});
  EXPECT_EQ(CentsOf(lines), (Cents{9'30}));
  EXPECT_EQ(Formula(schedule, lines[0]), "348/365 x 9.75 = 9.295890410958...");
}

TEST(ProrationTest, ACalendarMonthIsOneWhateverItsLength) {
  Schedule schedule =
      Prorated({Monthly(Fixed("Base", "31"))}, {Proration::When::kAlways, 0, 0, 0, 0});
  schedule.effective_date = Day("2026-01-01");
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-01-31", "2026-02-28"})), 31'00);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-06-30", "2026-07-31"})), 31'00);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-06-30", "2026-08-01"})), 32'00);
}

TEST(ProrationTest, APeriodNearAMonthIsOne) {
  const Schedule schedule =
      Prorated({Monthly(Fixed("Base", "30"))}, {Proration::When::kOutside, 27, 33, 30, 1});
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-09-01", "2026-10-04"})), 30'00);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-09-01", "2026-10-05"})), 34'00);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 1000, "2026-09-01", "2026-09-27"})), 26'00);
}

// Cedar City, Utah, 2022: a period of 48 days instead of 30 pushed customers into higher blocks,
// because their widths were a bill's. https://www.stgeorgeutah.com, 2023-01-12.
TEST(WidthsTest, ALateReadReachesNoHigherBlockIfWidthsAreADays) {
  Component blocks = Tiers("Water", {{6, "1"}, {12, "2"}, {0, "4"}});
  const std::int64_t usage = 16 * kUnit;  // as 10 in 30 days
  const auto price = [&](Widths widths, std::int64_t scale) {
    blocks.widths = widths;
    for (Tier& tier : blocks.tiers) {
      if (tier.up_to_thousandths) *tier.up_to_thousandths /= scale;
    }
    return PriceUse(Metered("W", "water", Unit::kKilogallon, {blocks}),
                    {usage, 1000, "2026-09-01", "2026-10-19"});
  };
  EXPECT_EQ(price(Widths::kBill, 1).size(), 3u);
  const auto thirty = price(Widths::kThirtyDays, 1);
  EXPECT_EQ(CentsOf(thirty), (Cents{9'60, 12'80}));
  EXPECT_EQ(thirty[0].quantity_thousandths, 9'600);
  EXPECT_EQ(CentsOf(price(Widths::kDay, 30)), (Cents{9'60, 12'80}));
}

// 600 kWh in 29 days, summer until the 20th day. https://www.otpco.com: 413.793103 + 186.206897.
TEST(SeasonTest, UseIsSpreadOverTheDaysOfBothSeasons) {
  const Schedule schedule = Metered("E", "electric", Unit::kKilowattHour,
                                    {InSeason(Tiers("Summer", {{0, "0.10"}}), 601, 921),
                                     InSeason(Tiers("Winter", {{0, "0.05"}}), 922, 531)});
  const auto lines = PriceUse(schedule, {600 * kUnit, 1000, "2026-09-01", "2026-09-30"});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(QuantityText(schedule, lines[0]), "413.793103 kWh");
  EXPECT_EQ(QuantityText(schedule, lines[1]), "186.206897 kWh");
  EXPECT_EQ(CentsOf(lines), (Cents{41'38, 9'31}));
}

// Provo bills yard waste from March to November only.
TEST(SeasonTest, TheLastDayMayDecideForTheWholePeriod) {
  Schedule schedule = Metered("C", "sanitation", Unit::kKilogallon,
                              {Fixed("Can", "10"), InSeason(Fixed("Yard waste", "6"), 301, 1130)});
  EXPECT_EQ(CentsOf(PriceUse(schedule, {0, 1000, "2026-11-20", "2026-12-20"})),
            (Cents{10'00, 2'00}));
  schedule.terms.season_by = SeasonBy::kLastDay;
  EXPECT_EQ(CentsOf(PriceUse(schedule, {0, 1000, "2026-11-20", "2026-12-20"})), (Cents{10'00}));
  EXPECT_EQ(CentsOf(PriceUse(schedule, {0, 1000, "2026-10-31", "2026-11-30"})),
            (Cents{10'00, 6'00}));
}

class NewVersion : public ::testing::Test {
 protected:
  // 0.10 before, 0.20 from 20 July on.
  static Versions With(Effect effect, DayCount day_count = DayCount::kAfterFirst) {
    Schedule old = Metered("E", "electric", Unit::kKilowattHour, {Tiers("Energy", {{0, "0.10"}})});
    old.effective_date = Day("2026-01-01");
    old.terms.day_count = day_count;
    Schedule next = old;
    next.effective_date = Day("2026-07-20");
    next.components = {Tiers("Energy", {{0, "0.20"}})};
    next.terms.effect = effect;
    return VersionsOf({old, next});
  }
  static std::vector<std::int64_t> DaysOf(const std::vector<Line>& lines) {
    std::vector<std::int64_t> days;
    for (const Line& line : lines) days.push_back(line.day_count);
    return days;
  }
};

// Oracle, Determine the Consumption Period: of 2 July to 1 August the old version has 2 to 19 July.
TEST_F(NewVersion, ByUseSplitsThePeriodAtItsDay) {
  const auto lines =
      PriceMonth(With(Effect::kUse), {310 * kUnit, 1000, "2026-07-01", "2026-08-01"}).value();
  EXPECT_EQ(DaysOf(lines), (std::vector<std::int64_t>{18, 13}));
  EXPECT_EQ(CentsOf(lines), (Cents{18'00, 26'00}));
  EXPECT_EQ(lines[0].effective_date, Day("2026-01-01"));
  EXPECT_EQ(lines[1].effective_date, Day("2026-07-20"));
}

// Tyler counts the day of the first read and not that of the last: as many days, another split.
TEST_F(NewVersion, TheDayCountDecidesWhereTheChangeFalls) {
  const auto lines = PriceMonth(With(Effect::kUse, DayCount::kBeforeLast),
                                {310 * kUnit, 1000, "2026-07-01", "2026-08-01"})
                         .value();
  EXPECT_EQ(DaysOf(lines), (std::vector<std::int64_t>{19, 12}));
}

TEST_F(NewVersion, ByReadTakesAPeriodThatEndsOnItsDayAsAWhole) {
  const Versions versions = With(Effect::kRead);
  EXPECT_EQ(CentsOf(PriceMonth(versions, {kUnit, 1000, "2026-06-20", "2026-07-20"}).value()),
            (Cents{20}));
  EXPECT_EQ(CentsOf(PriceMonth(versions, {kUnit, 1000, "2026-06-19", "2026-07-19"}).value()),
            (Cents{10}));
}

TEST_F(NewVersion, ByBillLooksAtTheDateOfTheBillAlone) {
  const Versions versions = With(Effect::kBill);
  const Measured meter{Day("2026-06-15"), Day("2026-07-15"), kUnit, {}};
  for (const auto& [bill_date, cents] :
       {std::pair("2026-07-19", 10), std::pair("2026-07-20", 20)}) {
    std::vector<Line> lines;
    ASSERT_TRUE(rate::Price(versions, {meter.from_date, meter.to_date, Day(bill_date)},
                            {.measured = {&meter, 1}}, lines)
                    .ok());
    EXPECT_EQ(CentsOf(lines), (Cents{cents})) << bill_date;
  }
}

TEST_F(NewVersion, ADayBeforeTheFirstVersionIsRefused) {
  Schedule first = ProvoSchedule1();
  first.terms.effect = Effect::kUse;
  const auto lines = PriceMonth(VersionsOf({first}), {kUnit, 1000, "2026-06-15", "2026-07-15"});
  ASSERT_FALSE(lines.ok());
  EXPECT_EQ(lines.error().reason(), reason::kVersionMissing.name);
}

// Oracle, Rate Component Value Proration: half a period, $2.00 a kW becomes 1.00, 50 kW are $50.00.
TEST_F(NewVersion, LoadIsChargedForTheShareOfItsDays) {
  Schedule old = Metered("E", "electric", Unit::kKilowattHour, {Demand({{0, "2"}})});
  Schedule next = old;
  next.effective_date = Day("2026-09-17");
  next.terms.effect = Effect::kUse;
  next.components[0].tiers[0].rate = Dollars("2.20");
  const ByPeriod load[] = {{"", 50 * kUnit}};
  const auto lines =
      PriceFacts(VersionsOf({old, next}), "2026-09-01", "2026-10-01", {.demands = load});
  EXPECT_EQ(CentsOf(lines.value()), (Cents{50'00, 55'00}));
}

TEST(ExchangeTest, TwoMetersMakeOnePeriod) {
  Component blocks = Tiers("Water", {{10, "1"}, {0, "2"}});
  const Versions versions =
      VersionsOf({Metered("W", "water", Unit::kKilogallon, {Fixed("Base", "5"), blocks})});
  const Measured meters[] = {{Day("2026-09-01"), Day("2026-09-18"), 7 * kUnit, {}},
                             {Day("2026-09-18"), Day("2026-10-01"), 5 * kUnit, {}}};
  const auto lines = PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = meters});
  EXPECT_EQ(CentsOf(lines.value()), (Cents{5'00, 10'00, 4'00}));
  const Measured gap[] = {meters[0], {Day("2026-09-19"), Day("2026-10-01"), 5 * kUnit, {}}};
  EXPECT_EQ(PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = gap}).error().reason(),
            ::reeve::reason::kInvalidRequest.name);
}

// Each meter's use falls to the days on which it was in place, not to the days of the whole.
TEST(ExchangeTest, AChangeOfPriceDividesTheUseOfTheMeterThatWasInPlace) {
  Schedule old = Metered("W", "water", Unit::kKilogallon, {Tiers("Water", {{0, "1"}})});
  Schedule next = old;
  next.effective_date = Day("2026-09-12");
  next.components = {Tiers("Water", {{0, "2"}})};
  next.terms.effect = Effect::kUse;
  const Measured meters[] = {{Day("2026-09-01"), Day("2026-09-21"), 20 * kUnit, {}},
                             {Day("2026-09-21"), Day("2026-10-01"), 100 * kUnit, {}}};
  const auto lines =
      PriceFacts(VersionsOf({old, next}), "2026-09-01", "2026-10-01", {.measured = meters});
  EXPECT_EQ(CentsOf(lines.value()), (Cents{10'00, 220'00}));
}

// Provo Schedule 2: to 5 kW 8.04, above 14.36.
TEST(DemandTest, BlocksOfLoad) {
  const Versions versions = VersionsOf(
      {Metered("E2", "electric", Unit::kKilowattHour, {Demand({{5, "8.04"}, {0, "14.36"}})})});
  const ByPeriod load[] = {{"", 12'500}};
  EXPECT_EQ(CentsOf(PriceFacts(versions, "2026-09-01", "2026-10-01", {.demands = load}).value()),
            (Cents{40'20, 107'70}));
}

TEST(DemandTest, ARatchetLooksBackSoManyMonths) {
  Component demand = Demand({{0, "10"}});
  demand.ratchet = Ratchet{Dollars("0.35"), 2};
  const Versions versions = VersionsOf({Metered("E", "electric", Unit::kKilowattHour, {demand})});
  const ByPeriod load[] = {{"", 10 * kUnit}};
  const std::int64_t earlier[] = {8 * kUnit, 100 * kUnit, 900 * kUnit};
  const auto lines = PriceFacts(versions, "2026-09-01", "2026-10-01",
                                {.demands = load, .earlier_demands = earlier});
  EXPECT_EQ(CentsOf(lines.value()), (Cents{350'00}));
}

TEST(TimeOfUseTest, EachTimeHasItsPriceAndAMissingOneIsNotZero) {
  Component on_peak = Tiers("On-peak", {{0, "0.20"}});
  on_peak.period = "on-peak";
  Component delivered = Tiers("Generation credit", {{0, "-0.06742"}});  // Provo, Schedule 1
  delivered.period = "delivered";
  const Versions versions =
      VersionsOf({Metered("E", "electric", Unit::kKilowattHour, {on_peak, delivered})});
  const ByPeriod both[] = {{"on-peak", 100 * kUnit}, {"delivered", 50 * kUnit}};
  Measured meter{Day("2026-09-01"), Day("2026-10-01"), 100 * kUnit, both};
  EXPECT_EQ(
      CentsOf(PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = {&meter, 1}}).value()),
      (Cents{20'00, -3'37}));
  meter.by_period = std::span(both).first(1);
  const auto refused = PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = {&meter, 1}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), reason::kFactMissing.name);
  EXPECT_EQ(refused.error().message(), "Generation credit: there is no use in its time.");
}

// Coon Valley, Wisconsin, quarterly by size of the meter.
TEST(MeterSizeTest, TheSizeDecidesThePriceAndAnUnknownOneIsRefused) {
  Component base{ComponentKind::kMeterSize, "Base", Rate(), std::nullopt, {}};
  base.sizes = {{"5/8", Dollars("23.86")}, {"1", Dollars("31.82")}, {"2", Dollars("73.86")}};
  const Versions versions = VersionsOf({Metered("W", "water", Unit::kKilogallon, {base})});
  const auto lines = PriceFacts(versions, "2026-09-01", "2026-10-01", {.meter_size = "2"}).value();
  EXPECT_EQ(CentsOf(lines), (Cents{73'86}));
  EXPECT_EQ(Description(versions.all()[0], lines[0]), "Base (2)");
  EXPECT_EQ(PriceFacts(versions, "2026-09-01", "2026-10-01", {.meter_size = "3"}).error().reason(),
            reason::kFactMissing.name);
}

// 18 days on 5/8" and 12 on 1": each size for its days; of one size there is one line.
TEST(MeterSizeTest, AnExchangeForAnotherSizeIsChargedByTheDaysOfEach) {
  Component base{ComponentKind::kMeterSize, "Base", Rate(), std::nullopt, {}};
  base.per = Per::kMonth;
  base.sizes = {{"5/8", Dollars("30.00")}, {"1", Dollars("60.00")}};
  const Versions versions = VersionsOf({Metered("W", "water", Unit::kKilogallon, {base})});
  Measured meters[] = {{Day("2026-09-01"), Day("2026-09-19"), 5, {}, "5/8"},
                       {Day("2026-09-19"), Day("2026-10-01"), 5, {}, "1"}};
  const auto lines = PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = meters}).value();
  EXPECT_EQ(CentsOf(lines), (Cents{18'00, 24'00}));
  EXPECT_EQ(lines[0].day_count, 18);
  EXPECT_EQ(lines[1].day_count, 12);
  EXPECT_EQ(lines[1].tier, 1);
  meters[1].meter_size = "5/8";
  EXPECT_EQ(CentsOf(PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = meters}).value()),
            (Cents{30'00}));
  meters[1].meter_size = "";
  EXPECT_EQ(
      PriceFacts(versions, "2026-09-01", "2026-10-01", {.measured = meters}).error().message(),
      "Base: there is no size of the meter.");
}

// Mexico Beach, Florida: 4,000 gallons are included for each dwelling.
TEST(AllowanceTest, ItIsMultipliedByTheDwellings) {
  Component water = Tiers("Water", {{4, "0"}, {0, "3"}});
  water.unit = Unit::kDwelling;
  Component base = Fixed("Base", "12");
  base.unit = Unit::kDwelling;
  const Schedule schedule = Metered("W", "water", Unit::kKilogallon, {base, water});
  EXPECT_EQ(CentsOf(PriceUse(schedule, {20 * kUnit, 3'000})), (Cents{36'00, 0, 24'00}));
  EXPECT_EQ(PriceMonth(VersionsOf({schedule}), {20 * kUnit, 0}).error().reason(),
            reason::kFactMissing.name);
}

class Sewer : public ::testing::Test {
 protected:
  static Schedule With(bool at_most_use, std::optional<std::int64_t> fallback) {
    Component average{ComponentKind::kWinterAverage,
                      "Winter average",
                      Rate(),
                      Unit::kKilogallon,
                      {{std::nullopt, Dollars("2")}}};
    average.at_most_use = at_most_use;
    average.default_thousandths = fallback;
    return Metered("S", "sewer", Unit::kKilogallon, {average});
  }
};

TEST_F(Sewer, ANewAccountHasTheDefaultOfTheVersionOrIsRefused) {
  EXPECT_EQ(CentsOf(PriceUse(With(false, 5'000), {0, 0})), (Cents{10'00}));
  EXPECT_EQ(CentsOf(PriceUse(With(false, 5'000), {0, 8'000})), (Cents{16'00}));
  EXPECT_EQ(PriceMonth(VersionsOf({With(false, std::nullopt)}), {0, 0}).error().message(),
            "Winter average: there is no winter average.");
}

// West St Paul, Minnesota: the average or the actual use, whichever is less.
TEST_F(Sewer, UseIsBilledIfItIsLessThanTheAverage) {
  EXPECT_EQ(CentsOf(PriceUse(With(true, std::nullopt), {6'000, 8'000})), (Cents{12'00}));
  EXPECT_EQ(CentsOf(PriceUse(With(true, std::nullopt), {9'000, 8'000})), (Cents{16'00}));
}

TEST_F(Sewer, UseAboveTheCapIsFree) {
  Component capped = Tiers("Sewer", {{10, "2"}, {0, "3"}});
  capped.cap_thousandths = 12'000;
  EXPECT_EQ(CentsOf(PriceUse(Metered("S", "sewer", Unit::kKilogallon, {capped}), {50'000})),
            (Cents{20'00, 6'00}));
}

// Oracle, Calculated Minimum Charges: 300 kWh at .0382, the rest at .0673, at least $0.15 a day, a
// percentage on energy with what was added, a tax a kWh on use alone.
TEST(MinimumTest, TaxesBelowSeeWhatWasAddedAndThoseAboveDoNot) {
  Component least = Fixed("Minimum", "0.15");
  least.kind = ComponentKind::kMinimum;
  least.per = Per::kDay;
  const Schedule schedule =
      Metered("E", "electric", Unit::kKilowattHour,
              {Tiers("Energy", {{300, "0.0382"}, {0, "0.0673"}}), Percent("Tax before", "0.10"),
               least, Percent("Tax after", "0.10"), Tiers("County tax", {{0, "0.01"}})});
  const auto low = PriceUse(schedule, {50 * kUnit});
  EXPECT_EQ(CentsOf(low), (Cents{1'91, 19, 2'40, 45, 50}));
  EXPECT_EQ(Formula(schedule, low[2]), "30 x 0.15 = 4.50, less 2.10");
  const auto high = PriceUse(schedule, {400 * kUnit});
  EXPECT_EQ(CentsOf(high), (Cents{11'46, 6'73, 1'82, 2'00, 4'00})) << "nothing to add";
}

TEST(PercentTest, ItMayBeOfSomeLinesAlone) {
  Component tax = Percent("Energy tax", "0.10");
  tax.of = {1};
  const Schedule schedule = Metered("E", "electric", Unit::kKilowattHour,
                                    {Fixed("Base", "7"), Tiers("Energy", {{0, "1"}}), tax});
  EXPECT_EQ(CentsOf(PriceUse(schedule, {20 * kUnit})), (Cents{7'00, 20'00, 2'00}));
}

TEST(NotLoadedTest, IsRefusedInProduction) {
  const Versions versions = VersionsOf({Metered("E", "electric", Unit::kKilowattHour,
                                                {Fixed("Base", "7"), NotLoadedRider("Rider")})});
  std::vector<Line> lines{Line{}};
  const Result<> refused =
      rate::Price(versions, {Day("2026-09-01"), Day("2026-10-01"), Day("2026-10-01")}, {}, lines);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), reason::kValueNotLoaded.name);
  EXPECT_EQ(lines.size(), 1u) << "nothing of a refused period stays";
}

TEST(RoundingTest, ModeAndPlaceAreTheVersions) {
  Schedule schedule = Metered("X", "water", Unit::kKilogallon, {Fixed("A", "0.125")});
  const auto cents = [&](Rounding rounding, std::int64_t place) {
    schedule.terms.rounding = rounding;
    schedule.terms.round_to_cents = place;
    return TotalCents(PriceUse(schedule, {0}));
  };
  EXPECT_EQ(cents(Rounding::kHalfUp, 1), 13);
  EXPECT_EQ(cents(Rounding::kHalfEven, 1), 12);
  EXPECT_EQ(cents(Rounding::kDown, 1), 12);
  EXPECT_EQ(cents(Rounding::kUp, 1), 13);
  EXPECT_EQ(cents(Rounding::kHalfUp, 5), 15);
  EXPECT_EQ(cents(Rounding::kHalfUp, 10), 10);
  EXPECT_EQ(cents(Rounding::kUp, 100), 100);
}

// Oracle, Service Quantity Proration: 100 kWh over 15 and 30 days are 33 and 67.
TEST(LargestRemainderTest, PartsAddUpToTheWhole) {
  const std::int64_t days[] = {15, 30};
  EXPECT_EQ(SplitByLargestRemainder(100'000, 1'000, days), (Cents{33'000, 67'000}));
  const std::int64_t thirds[] = {1, 1, 1};
  EXPECT_EQ(SplitByLargestRemainder(100'500, 1'000, thirds), (Cents{34'000, 33'000, 33'500}));
}

}  // namespace
}  // namespace reeve::billing::rate
