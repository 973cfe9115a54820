// The rules of one bill, each on the published case that it would have stopped, with its numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/billing/cycle/meter_size.h"
#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kUnit = Quantity::kScale;

rate::Schedule Water(rate::Widths widths = rate::Widths::kBill) {
  rate::Schedule schedule =
      Metered("W1", "water", Unit::kKilogallon,
              {Fixed("Base", "18.70"), Tiers("Water", {{8, "2.00"}, {15, "4.00"}, {0, "8.00"}})});
  schedule.components[1].widths = widths;
  schedule.effective_date = Day("2020-01-01");
  return schedule;
}

rate::Schedule Power() {
  rate::Schedule schedule = ProvoSchedule1();
  schedule.effective_date = Day("2018-01-01");
  return schedule;
}

std::vector<std::int64_t> Units(std::initializer_list<std::int64_t> units) {
  std::vector<std::int64_t> thousandths;
  for (const std::int64_t unit : units) thousandths.push_back(unit * kUnit);
  return thousandths;
}

std::vector<HoldReason> ReasonsOf(const Bill& bill) {
  std::vector<HoldReason> reasons;
  for (const Hold& hold : bill.holds) reasons.push_back(hold.reason);
  return reasons;
}

// Provo, Utah, 2020: after a conversion registers were scaled wrong, and one bill was $17,000. At
// the city's Schedule 1 that is 140,773 kWh: a hundred times the 1,407 of a large house.
// https://www.heraldextra.com (2020-10-08)
TEST(GuardTest, ProvoSeventeenThousandDollarsIsHeld) {
  GuardCity city({Power()});
  city.Add(Power(), {.thousandths = 140'773 * kUnit, .before = Units({1'390, 1'420})});
  const Bill bill = city.Guard().at(0);
  EXPECT_EQ(bill.total, Money::Cents(17'000'13));
  EXPECT_EQ(bill.state, BillState::kHeld);
  EXPECT_THAT(ReasonsOf(bill),
              ::testing::ElementsAre(HoldReason::kFactorHundred, HoldReason::kAboveBillLimit));
  EXPECT_EQ(bill.holds[0].evidence, "140773 kWh in 30 days against 1390 kWh in 30 days");
  // Less what 1,390 kWh cost: 13.92 + 36.70 + 50.95 + 47.15.
  EXPECT_EQ(bill.holds[0].at_stake, Money::Cents(17'000'13 - 148'72));
}

TEST(GuardTest, AFactorOfTenIsNamedAsSuch) {
  GuardCity city({Power()});
  city.Add(Power(), {.thousandths = 5'230 * kUnit, .before = Units({523})});
  const Bill bill = city.Guard().at(0);
  ASSERT_EQ(bill.holds.size(), 1u);
  EXPECT_EQ(bill.holds[0].reason, HoldReason::kFactorTen);
  EXPECT_EQ(bill.holds[0].evidence, "5230 kWh in 30 days against 523 kWh in 30 days");
}

// The same conversion, where the first bill of the new system has no history to be compared with.
TEST(GuardTest, AMisScaledRegisterWithoutHistoryIsHeldByItsPeers) {
  GuardCity city({Power()});
  for (int i = 0; i < 40; ++i) city.Add(Power(), {.thousandths = (500 + 20 * i) * kUnit});
  city.Add(Power(), {.thousandths = 10 * 1'200 * kUnit});
  EXPECT_EQ(city.HeldAtAll(), 1);
  EXPECT_EQ(city.Held(HoldReason::kAbovePeers), 1);
}

// Where every meter of a kind is read wrong, its peers are too, and have moved as far as it has.
TEST(GuardTest, AWholeKindThatIsMisScaledIsHeld) {
  for (const bool up : {true, false}) {
    for (const int year_old_bills : {0, 1}) {
      GuardCity city({Power()});
      for (int i = 0; i < 40; ++i) {
        const std::int64_t was = (900 + 20 * i) * kUnit;
        city.Add(Power(), {.thousandths = up ? was * 10 : was / 10,
                           .before = {was, was, was, was, was},
                           .year_old_bills = year_old_bills});
      }
      const int held = city.Held(up ? HoldReason::kFactorTen : HoldReason::kFactorTenth);
      EXPECT_EQ(held, up || year_old_bills > 0 ? 40 : 0) << up << year_old_bills;
    }
  }
}

TEST(GuardTest, FewPeersSayNothing) {
  GuardCity city({Power()});
  for (int i = 0; i < 8; ++i) city.Add(Power(), {.thousandths = 500 * kUnit});
  city.Add(Power(), {.thousandths = 10 * 500 * kUnit});
  EXPECT_EQ(city.HeldAtAll(), 0);
}

// Arden Hills, Minnesota, 2018 to 2021: new encoders needed a multiplier of ten that nobody set;
// ten properties were billed for a tenth, $13,716.63 in all, for years. Billed by the quarter.
// https://miweblink2.metro-inet.us/AHPublic/0/doc/404794 (2021-10-18)
TEST(GuardTest, ArdenHillsTenPropertiesAreHeldAtTheChangeOfTheirEncoders) {
  GuardCity city({Water()});
  for (int i = 0; i < 190; ++i) {
    city.Add(Water(), {.thousandths = (10 + i % 17) * kUnit,
                       .days = 91,
                       .before = Units({11 + i % 17, 14 + i % 17, 13 + i % 17, 10 + i % 17}),
                       .days_before = 91});
  }
  for (int i = 0; i < 10; ++i) {
    city.Add(Water(), {.thousandths = (1'400 + 100 * i),
                       .days = 91,
                       .before = Units({15 + i, 18 + i, 16 + i, 14 + i}),
                       .days_before = 91});
  }
  GuardPolicy by_the_quarter;
  by_the_quarter.residential.Set(Limit::kPeriodDays, 91);
  by_the_quarter.residential.Set(Limit::kPeriodDaysMax, 100);
  EXPECT_EQ(city.Held(HoldReason::kFactorTenth, by_the_quarter), 10);
  EXPECT_EQ(city.HeldAtAll(by_the_quarter), 10);
}

// The same encoders, put in on any other day of a period: its bill has the use of both meters, and
// the next one is compared with that. On one of the two they are held; encoders that are right
// never are.
TEST(GuardTest, ArdenHillsIsHeldOnWhateverDayTheEncodersCome) {
  for (int new_days = 1; new_days < 30; ++new_days) {
    for (const bool right : {false, true}) {
      const auto of_days = [](std::int64_t a_month, int days) { return a_month * days / 30; };
      const std::int64_t month = 12 * kUnit;
      const std::int64_t shown = of_days(right ? month : month / 10, new_days);
      const std::int64_t first = of_days(month, 30 - new_days) + shown;
      GuardCity around({Water()});
      around.Add(Water(), {.thousandths = first,
                           .before = Units({13, 11, 14, 12, 12}),
                           .new_meter_days = new_days,
                           .new_meter_thousandths = shown});
      GuardCity behind({Water()});
      behind.Add(Water(), {.thousandths = right ? month : month / 10,
                           .before = {first, 13 * kUnit, 11 * kUnit, 14 * kUnit, 12 * kUnit}});
      const int held =
          around.Held(HoldReason::kFactorTenth) + behind.Held(HoldReason::kFactorTenth);
      EXPECT_EQ(held > 0, !right) << new_days << " days of the new meter";
    }
  }
}

// And ten times too much, without a year of history.
TEST(GuardTest, AnEncoderThatIsTenTimesTooHighIsHeldOnWhateverDayItComes) {
  for (int new_days = kNewMeterDays; new_days < 30; ++new_days) {
    const std::int64_t shown = 10 * 12 * kUnit * new_days / 30;
    GuardCity city({Water()});
    city.Add(Water(), {.thousandths = 12 * kUnit * (30 - new_days) / 30 + shown,
                       .before = Units({13, 11}),
                       .new_meter_days = new_days,
                       .new_meter_thousandths = shown});
    EXPECT_EQ(city.HeldAtAll(), 1) << new_days << " days of the new meter";
  }
}

// The same encoders from the first day on: there is no history that could contradict them.
TEST(GuardTest, ArdenHillsTenPropertiesAreHeldFromTheFirstDay) {
  GuardCity city({Water()});
  for (int i = 0; i < 190; ++i) city.Add(Water(), {.thousandths = (10 + i % 17) * kUnit});
  for (int i = 0; i < 10; ++i) city.Add(Water(), {.thousandths = 1'000 + 80 * i});
  EXPECT_EQ(city.Held(HoldReason::kBelowPeers), 10);
  EXPECT_EQ(city.HeldAtAll(), 10);
}

// Cedar City, Utah, 2022: a late read made a month of 48 days, and 2,063 of 5,100 accounts were
// billed in dearer blocks for it. https://www.stgeorgeutah.com (2023-01-12)
class CedarCity : public ::testing::Test {
 protected:
  static GuardCity Build(rate::Widths widths, int days) {
    GuardCity city({Water(widths)});
    for (int i = 0; i < 5'100; ++i) {
      // 7 kgal a month become 11.2, of which 3.2 lie above 8; 4 kgal become 6.4, and lie below.
      const std::int64_t month = i < 2'063 ? 7 : 4;
      city.Add(Water(widths),
               {.thousandths = month * kUnit * days / 30, .days = days, .before = Units({month})});
    }
    return city;
  }
};

TEST_F(CedarCity, TheAccountsThatTheLongPeriodPushesIntoDearerBlocksAreHeld) {
  const GuardCity city = Build(rate::Widths::kBill, 48);
  EXPECT_EQ(city.Held(HoldReason::kLongPeriod), 2'063);
  EXPECT_EQ(city.HeldAtAll(), 2'063);
  const Hold hold = city.Guard().at(0).holds.at(0);
  // 8 x 2.00 + 3.2 x 4.00 against 7 x 2.00 x 48 / 30.
  EXPECT_EQ(hold.evidence, "48 days, use costs 28.80, in months of 30 days 22.40");
  EXPECT_EQ(hold.at_stake, Money::Cents(6'40));
}

TEST_F(CedarCity, BlocksThatAreAsWideAsThePeriodHoldNobody) {
  EXPECT_EQ(Build(rate::Widths::kThirtyDays, 48).HeldAtAll(), 0);
}

TEST_F(CedarCity, AnOrdinaryMonthHoldsNobody) {
  EXPECT_EQ(Build(rate::Widths::kBill, 31).HeldAtAll(), 0);
}

// Austin, Texas, 2014: the same reads came in month after month, and 91 % went unreviewed.
TEST(GuardTest, AustinTheSameUseFourTimesInARowIsHeldOnce) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 41 * kUnit, .before = Units({41, 41, 41, 41, 38})});
  EXPECT_EQ(city.HeldAtAll(), 0) << "the fourth was held, and released";
  city.Add(Water(), {.thousandths = 41 * kUnit, .before = Units({41, 41, 41, 38})});
  const Bill bill = city.Guard().at(1);
  EXPECT_THAT(ReasonsOf(bill), ::testing::ElementsAre(HoldReason::kSameUseAgain));
  EXPECT_EQ(bill.holds[0].evidence, "41 kgal in 30 days, the same on 4 bills in a row");
}

TEST(GuardTest, AFewCountsThatAreTheSameAreChance) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 4 * kUnit, .before = Units({4, 4, 4, 3, 4, 4})});
  EXPECT_EQ(city.HeldAtAll(), 0);
}

// Little Canada, Minnesota, 2018: a radio that sent 3,109,000 every day; nothing was billed for
// five quarters, then 1,284,000 gallons at once, $4,481.16.
// https://miweblink.metro-inet.us/LCPublic/0/doc/14859 (2018-08-06)
TEST(GuardTest, LittleCanadaIsHeldAtTheThirdQuarterOfNothing) {
  GuardCity city({Water(), Power()});
  const std::vector<std::int64_t> before = Units({0, 0, 250, 240});
  city.Add(Water(), {.thousandths = 0, .days = 91, .before = before, .days_before = 91});
  const Bill bill = city.Guard().at(0);
  ASSERT_THAT(ReasonsOf(bill), ::testing::ElementsAre(HoldReason::kNoUse));
  EXPECT_EQ(bill.holds[0].evidence, "nothing on 3 bills in a row, 250 kgal in 91 days before");
  EXPECT_GT(bill.holds[0].at_stake, Money::Cents(1'000'00));
}

// A row that is longer than what is known of it is asked as often as a short one.
TEST(GuardTest, AnEmptyHouseIsAskedEveryThirdMonth) {
  int held = 0;
  for (const char* to :
       {"2026-01-20", "2026-02-20", "2026-03-20", "2026-04-20", "2026-05-20", "2026-06-20",
        "2026-07-20", "2026-08-20", "2026-09-20", "2026-10-20", "2026-11-20", "2026-12-20"}) {
    GuardCity city({Water()}, to);
    city.Add(Water(), {.before = std::vector<std::int64_t>(14, 0)});
    held += city.Held(HoldReason::kNoUse);
  }
  EXPECT_EQ(held, 4);
}

TEST(GuardTest, WhoUsesNothingAnywhereIsAway) {
  GuardCity city({Water(), Power()});
  city.Add(Water(), {.before = Units({0, 0, 5, 6})});
  city.Add(Power(), {.before = Units({0, 0, 400, 500})}, /*same_account=*/true);
  EXPECT_EQ(city.HeldAtAll(), 0);
  city.Add(Water(), {.before = Units({0, 0, 5, 6})});
  city.Add(Power(), {.thousandths = 450 * kUnit, .before = Units({430, 410, 400, 500})},
           /*same_account=*/true);
  EXPECT_EQ(city.Held(HoldReason::kNoUse), 1) << "the lights are on";
}

// Two houses whose meters were changed out on one day and crossed: 3 kgal a month next to 11.
TEST(GuardTest, CrossedMetersAreHeldOnBothBills) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 11 * kUnit, .before = Units({3, 4, 3, 3})});
  city.Add(Water(), {.thousandths = 3 * kUnit, .before = Units({11, 10, 12, 11})});
  EXPECT_EQ(city.HeldAtAll(), 0) << "nobody knows that they are neighbours";
  city.MakeNeighbours(0, 1);
  EXPECT_EQ(city.Held(HoldReason::kCrossedMeters), 2);
  EXPECT_EQ(city.Guard()[0].holds[0].evidence,
            "11 kgal in 30 days against 3 kgal in 30 days, as place 1 next door used, which "
            "shows 3 kgal in 30 days against 11 kgal in 30 days last");
  // 18.70 + 6.00 was expected, 18.70 + 16.00 + 12.00 is billed.
  EXPECT_EQ(city.Guard()[0].holds[0].at_stake, Money::Cents(22'00));
}

// The house next door is empty: its meter turns, and the one where people live stands still.
TEST(GuardTest, AnEmptyHouseThatUsesWhatItsNeighbourDoesNotIsHeld) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 6 * kUnit, .before = Units({0, 0, 0, 0})});
  city.Add(Water(), {.thousandths = 0, .before = Units({6, 7, 6, 6})});
  EXPECT_EQ(city.HeldAtAll(), 0);
  city.MakeNeighbours(0, 1);
  EXPECT_EQ(city.Held(HoldReason::kCrossedMeters), 2);
}

// Whoever changes alone, or not to what the neighbour used, or lives as the neighbour does, or has
// no past, is not crossed with anybody.
TEST(GuardTest, NeighboursThatAreNotCrossedAreNotHeld) {
  const struct {
    const char* name;
    GuardCity::Use one;
    GuardCity::Use other;
  } cases[] = {
      {"one alone",
       {.thousandths = 11'000, .before = Units({3, 4, 3, 3})},
       {.thousandths = 11'000, .before = Units({11, 10, 12, 11})}},
      {"to another level",
       {.thousandths = 6'000, .before = Units({3, 3, 3, 3})},
       {.thousandths = 3'000, .before = Units({11, 10, 12, 11})}},
      {"much alike",
       {.thousandths = 7'000, .before = Units({4, 4, 4, 4})},
       {.thousandths = 4'000, .before = Units({7, 7, 7, 7})}},
      {"no past",
       {.thousandths = 11'000, .before = Units({3, 3})},
       {.thousandths = 3'000, .before = Units({11, 11})}},
      {"an estimate",
       {.thousandths = 11'000, .before = Units({3, 4, 3, 3}), .estimated = true},
       {.thousandths = 11'000, .before = Units({11, 10, 12, 11})}},
      {"a summer",
       {.thousandths = 11'000, .before = Units({3, 3, 3, 12}), .year_old_bills = 1},
       {.thousandths = 3'000, .before = Units({11, 11, 11, 2}), .year_old_bills = 1}},
  };
  for (const auto& one : cases) {
    GuardCity city({Water()});
    city.Add(Water(), one.one);
    city.Add(Water(), one.other);
    city.MakeNeighbours(0, 1);
    EXPECT_EQ(city.Held(HoldReason::kCrossedMeters), 0) << one.name;
  }
}

// A change-out of meters in hundreds of cubic feet for others in hundreds of gallons: 12 CCF are
// 89.76 of them. On the eighth day before the read the bill is not yet 2.3 times the last.
TEST(GuardTest, GallonsForCubicFeetAreHeldSinceTheExchange) {
  const auto bill = [](std::int64_t old_part, std::int64_t new_part, std::int64_t count) {
    GuardCity city({Water()});
    city.Add(Water(), {.thousandths = old_part + new_part,
                       .before = Units({12, 11, 13}),
                       .new_meter_days = 8,
                       .new_meter_thousandths = new_part,
                       .multiplier_thousandths = count});
    return city.Guard()[0];
  };
  const Bill up = bill(8'800, 3'200 * 748 / 100, 1);
  ASSERT_EQ(up.holds.size(), 1u);
  EXPECT_EQ(up.holds[0].reason, HoldReason::kUnitFactor);
  EXPECT_EQ(up.holds[0].evidence,
            "since the exchange 23.936 kgal in 8 days against 12 kgal in 30 days, about 7.48 "
            "times: as gallons for cubic feet, or the other way round");
  const Bill down = bill(8'800, 3'200 * 100 / 748, 1);
  ASSERT_EQ(down.holds.size(), 1u);
  EXPECT_EQ(down.holds[0].reason, HoldReason::kUnitFactor);
  EXPECT_EQ(bill(8'800, 3'200, 1).state, BillState::kCalculated);
  EXPECT_EQ(bill(8'800, 3'200 * 2, 1).state, BillState::kCalculated) << "twice is a dry week";
  for (const std::int64_t times : {74'800, 748'000}) {
    EXPECT_EQ(bill(8'800, 3'200 * times / 1'000, 1).state, BillState::kHeld) << times;
    EXPECT_EQ(bill(8'800, 3'200 * 1'000 / times, 1).state, BillState::kHeld) << times;
  }
}

// Dead digits at a change-out, up and down, on any day from the first week on.
TEST(GuardTest, DeadDigitsAtAChangeOutAreHeld) {
  for (const int days : {7, 8, 15, 23}) {
    for (const std::int64_t factor : {10, 100, 1'000}) {
      for (const bool up : {true, false}) {
        const std::int64_t even = 12'000 * days / 30;
        const std::int64_t shown = up ? even * factor : even / factor;
        GuardCity city({Water()});
        city.Add(Water(), {.thousandths = 12'000 - even + shown,
                           .before = Units({12, 13}),
                           .new_meter_days = days,
                           .new_meter_thousandths = shown,
                           .multiplier_thousandths = 1});
        EXPECT_EQ(city.HeldAtAll(), 1) << days << " days, " << factor << up;
      }
    }
  }
}

// A new meter that does not count at all is held once it should have shown something.
TEST(GuardTest, ANewMeterThatStandsStillIsHeld) {
  const auto held = [](int days, std::int64_t before) {
    GuardCity city({Water()});
    city.Add(Water(), {.thousandths = before * (30 - days) / 30,
                       .before = {before, before},
                       .new_meter_days = days});
    return city.Held(HoldReason::kFactorTenth);
  };
  EXPECT_EQ(held(14, 12'000), 1);
  EXPECT_EQ(held(13, 12'000), 0) << "a holiday";
  EXPECT_EQ(held(14, 3'000), 0) << "one count more may wait until tomorrow";
}

// A cycle is run again a day after its run: every price of a month would be billed twice. Found in
// a trial of forty homes, $112.24 each.
TEST(GuardTest, ADayThatCostsAMonthIsHeld) {
  const auto city_of = [](int days, bool prorated) {
    rate::Schedule water = Water();
    if (prorated) water.components[0].per = rate::Per::kDay;
    GuardCity city({water});
    city.Add(water, {.thousandths = 200 * days, .days = days, .before = Units({6, 6})});
    return city;
  };
  const Bill bill = city_of(1, false).Guard()[0];
  ASSERT_EQ(ReasonsOf(bill), std::vector{HoldReason::kShortPeriod});
  EXPECT_EQ(bill.holds[0].evidence, "1 days cost 19.10, the 30 before them 30.70");
  EXPECT_EQ(bill.holds[0].at_stake, Money::Cents(19'10 - 1'02));
  EXPECT_EQ(city_of(14, false).Held(HoldReason::kShortPeriod), 1);
  EXPECT_EQ(city_of(15, false).Held(HoldReason::kShortPeriod), 0) << "half a period is one";
  EXPECT_EQ(city_of(1, true).Held(HoldReason::kShortPeriod), 0) << "a day costs a day";
  GuardCity first({Water()});
  first.Add(Water(), {.thousandths = 200, .days = 1});
  EXPECT_EQ(first.HeldAtAll(), 0) << "who came yesterday was not billed before";
}

// The meter of a house stands still for the first time in half a year, and the lights are on.
TEST(GuardTest, AMeterThatNeverStoodStillIsHeldTheFirstTime) {
  for (const bool lights : {true, false}) {
    GuardCity city({Water(), Power()});
    city.Add(Water(), {.thousandths = 0, .before = Units({6, 7, 5, 6, 8, 6})});
    city.Add(Power(),
             {.thousandths = (lights ? 430 : 90) * kUnit, .before = Units({430, 410, 400})},
             /*same_account=*/true);
    city.Add(Water(), {.thousandths = 0, .before = Units({6, 7, 0, 6, 8, 6})});
    city.Add(Power(), {.thousandths = 430 * kUnit, .before = Units({430, 410, 400})},
             /*same_account=*/true);
    EXPECT_EQ(city.Held(HoldReason::kNoUse), lights ? 1 : 0) << "the other one stood still before";
  }
}

// Amarillo, Texas, 2015: in a wet spring the reads were estimated from the year before; 3,917
// accounts were given credits.
TEST(GuardTest, AmarilloEstimatesFromLastYearAreHeldWhereLastMonthSaysOtherwise) {
  GuardCity city({Water()});
  for (int i = 0; i < 3'917; ++i) {
    const std::int64_t wet = 5 + i % 4;
    const std::int64_t dry = 3 * wet;  // what the year before used
    city.Add(Water(), {.thousandths = dry * kUnit,
                       .before = Units({wet, dry}),
                       .estimated = true,
                       .year_old_bills = 1});
  }
  EXPECT_EQ(city.Held(HoldReason::kEstimateOff), 3'917);
}

// A November that is estimated from a summer, where the November before is known: found in a trial,
// $315 too much for seven homes.
TEST(GuardTest, AnEstimateFarAboveTheSameSeasonIsHeld) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 11 * kUnit,
                     .before = Units({14, 16, 5}),
                     .estimated = true,
                     .year_old_bills = 1});
  ASSERT_EQ(city.Held(HoldReason::kEstimateOff), 1);
  EXPECT_EQ(city.Guard()[0].holds[0].evidence,
            "an estimate of 11 kgal in 30 days against 5 kgal in 30 days a year ago");
  city.Add(Water(), {.thousandths = 10 * kUnit,
                     .before = Units({14, 16, 5}),
                     .estimated = true,
                     .year_old_bills = 1});
  EXPECT_EQ(city.Held(HoldReason::kEstimateOff), 1) << "at the limit is not above it";
}

TEST(GuardTest, AnEstimateFromLastMonthIsNotHeld) {
  GuardCity city({Water()});
  city.Add(
      Water(),
      {.thousandths = 6 * kUnit, .before = Units({5, 15}), .estimated = true, .year_old_bills = 1});
  EXPECT_EQ(city.HeldAtAll(), 0);
}

// Atlanta, Georgia, notes whoever is half above the average of the year: in May every lawn is.
TEST(GuardTest, ASeasonThatComesBackHoldsNobody) {
  GuardCity city({Water()}, "2026-05-20");
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t indoor = 3 + i % 4;
    const std::int64_t lawn = indoor * 5;  // five times winter, as in the year before
    city.Add(Water(), {.thousandths = lawn * kUnit,
                       .before = Units({indoor, indoor, lawn - 1}),
                       .year_old_bills = 1});
  }
  EXPECT_EQ(city.HeldAtAll(), 0);
}

// The same without the year before: a thousand lawns are held.
TEST(GuardTest, WithoutLastYearTheLastBillDecides) {
  GuardCity city({Water()}, "2026-05-20");
  city.Add(Water(), {.thousandths = 25 * kUnit, .before = Units({5, 5})});
  EXPECT_EQ(city.Held(HoldReason::kAboveLast), 1);
  city.Add(Water(), {.thousandths = 25 * kUnit, .before = Units({5, 5, 5}), .year_old_bills = 1});
  EXPECT_EQ(city.Held(HoldReason::kAboveSeason), 1);
}

TEST(GuardTest, UseIsComparedByTheDay) {
  rate::Schedule power = Power();
  power.guard.usage_ratio_max_hundredths = 300;
  GuardCity city({power});
  city.Add(power, {.thousandths = 1'000 * kUnit, .days = 60, .before = Units({500})});
  city.Add(power, {.thousandths = 1'500 * kUnit, .before = Units({500})});
  EXPECT_EQ(city.Held(HoldReason::kAboveLast), 0) << "at the limit is not above it";
  city.Add(power, {.thousandths = 1'501 * kUnit, .before = Units({500})});
  EXPECT_EQ(city.Held(HoldReason::kAboveLast), 1) << "the schedule's limit goes first";
}

TEST(GuardTest, NextToNothingIsNotHeldForBeingTenTimesNothing) {
  GuardCity city({Water()});
  city.Add(Water(), {.thousandths = 1 * kUnit, .before = {100}});
  city.Add(Water(), {.thousandths = 0, .before = Units({9})});
  EXPECT_EQ(city.HeldAtAll(), 0);
}

TEST(GuardTest, TheMetersMaximumNeedsNoHistory) {
  rate::Schedule power = Power();
  power.guard.usage_per_day_max_thousandths = 200 * kUnit;
  GuardCity city({power, Water()});
  city.Add(power, {.thousandths = 6'000 * kUnit});
  EXPECT_EQ(city.HeldAtAll(), 0);
  city.Add(power, {.thousandths = 6'001 * kUnit});
  EXPECT_EQ(city.Held(HoldReason::kAboveMeterMaximum), 1);
  // A 5/8 inch meter passes 10 gallons a minute without rest, 14.4 kgal a day.
  city.Add(Water(), {.thousandths = 432 * kUnit, .meter_size = "5/8"});
  EXPECT_EQ(city.Held(HoldReason::kAboveMeterMaximum), 1);
  city.Add(Water(), {.thousandths = 433 * kUnit, .meter_size = "5/8 x 3/4"});
  EXPECT_EQ(city.Held(HoldReason::kAboveMeterMaximum), 2);
  city.Add(Water(), {.thousandths = 433 * kUnit});
  EXPECT_EQ(city.Held(HoldReason::kAboveMeterMaximum), 2) << "of no known size";
}

TEST(MeterSizeTest, IsKnownAsCitiesSpellIt) {
  EXPECT_EQ(MeterMaximumPerDay("water", "1 1/2", "kgal"), 72'000);
  EXPECT_EQ(MeterMaximumPerDay("water", "1.5\"", "kgal"), 72'000);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "CCF"), 48'124);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "gal"), 36'000'000);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "cf"), 4'812'499);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "Mcf"), 4'812);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "m3"), 136'274);
  EXPECT_EQ(MeterMaximumPerDay("water", "1", "kWh"), std::nullopt);
  EXPECT_EQ(MeterMaximumPerDay("water", "200 A", "kgal"), std::nullopt);
  EXPECT_EQ(MeterMaximumPerDay("sewer", "1", "CCF"), 48'124);
  EXPECT_EQ(MeterMaximumPerDay("gas", "1", "CCF"), std::nullopt) << "gas passes by its pressure";
}

// Arden Hills, 2013: a total a cent above its lines, 147.73 against 147.72.
TEST(JudgeSumsTest, ACentMoreThanItsLinesIsHeld) {
  GuardCity city({Power()});
  city.Add(Power(), {.thousandths = 812 * kUnit, .before = Units({800})});
  EXPECT_EQ(JudgeSums(city.bills()[0], city.tariff()), std::nullopt);
  city.bills()[0].total = city.bills()[0].total.Plus(Money::Cents(1)).value();
  EXPECT_THAT(city.Guard()[0].holds.at(0).evidence,
              ::testing::HasSubstr("the total is 82.42, the lines are 82.41"));
  EXPECT_EQ(city.Held(HoldReason::kNotItsLines), 1);
}

TEST(JudgeSumsTest, AVersionThatWasReplacedIsHeld) {
  rate::Schedule newer = Power();
  newer.effective_date = Day("2026-07-01");
  GuardCity city({Power(), newer});
  city.Add(Power(), {.thousandths = 812 * kUnit, .before = Units({800})});
  EXPECT_EQ(city.HeldAtAll(), 0);
  city.bills()[0].segments[0].lines[0].effective_date = Day("2018-01-01");
  EXPECT_THAT(JudgeSums(city.bills()[0], city.tariff()).value_or(""),
              ::testing::HasSubstr("was replaced"));
  city.bills()[0].segments[0].lines[0].effective_date = Day("2031-01-01");
  EXPECT_THAT(JudgeSums(city.bills()[0], city.tariff()).value_or(""),
              ::testing::HasSubstr("is not loaded"));
}

TEST(GuardTest, ACitysLimitsGoBeforeTheDefaults) {
  GuardCity city({Power()});
  city.Add(Power(), {.thousandths = 5'230 * kUnit, .before = Units({2'000})});
  EXPECT_EQ(city.HeldAtAll(), 0);
  GuardPolicy policy;
  policy.residential.Set(Limit::kUseRatioMax, 200);
  EXPECT_EQ(city.Held(HoldReason::kAboveLast, policy), 1);
  policy.residential.Set(Limit::kBillCentsMax, 100'00);
  EXPECT_EQ(city.Held(HoldReason::kAboveBillLimit, policy), 1);
  EXPECT_THAT(policy.residential.Changed(),
              ::testing::ElementsAre("USE_RATIO_MAX_HUNDREDTHS=200", "BILL_CENTS_MAX=10000"));
}

TEST(GuardTest, EveryReasonHasWords) {
  std::set<std::string_view> names;
  for (const RuleWords& words : GuardRules()) {
    EXPECT_EQ(HoldReasonName(words.reason), words.name);
    EXPECT_EQ(ParseHoldReason(words.name), words.reason);
    EXPECT_FALSE(words.meaning.empty());
    EXPECT_TRUE(names.insert(words.name).second);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(HoldReason::kNotItsLines) + 1);
}

TEST(LimitsTest, EveryLimitIsFoundByItsName) {
  for (std::size_t i = 0; i < AllLimits().size(); ++i) {
    EXPECT_EQ(AllLimits()[i].limit, static_cast<Limit>(i));
    EXPECT_EQ(FindLimit(AllLimits()[i].name), &AllLimits()[i]);
    for (const LimitRange& range : {AllLimits()[i].residential, AllLimits()[i].non_residential}) {
      EXPECT_LE(range.min, range.value) << AllLimits()[i].name;
      EXPECT_GE(range.max, range.value) << AllLimits()[i].name;
    }
  }
  EXPECT_EQ(FindLimit("NO_SUCH_LIMIT"), nullptr);
}

}  // namespace
}  // namespace reeve::billing::cycle
