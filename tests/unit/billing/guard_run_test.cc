// The rules of a whole run, each on the published case that it would have stopped.
#include "services/billing/cycle/guard_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/billing/cycle/guard_tally.h"
#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kUnit = Quantity::kScale;
const TallyKey kWater{TallyKind::kService, "water", ""};

rate::Schedule Water(std::string_view effective, std::string_view base, std::string_view first,
                     std::string_view second) {
  rate::Schedule schedule =
      Metered("W1", "water", Unit::kKilogallon,
              {Fixed("Base", base), Tiers("Water", {{8, first}, {0, second}})});
  schedule.effective_date = Day(effective);
  return schedule;
}

Tally Of(std::int64_t count, std::int64_t days_each, std::int64_t thousandths_each,
         std::int64_t cents_each) {
  return {count, count * days_each, count * thousandths_each, count * cents_each, 0};
}

RunFacts Facts(Tallies now) {
  RunFacts facts;
  facts.run.cycle = 7;
  facts.run.period_end = Day("2026-11-20");
  facts.now = std::move(now);
  return facts;
}

std::vector<RunFinding> Judge(const RunFacts& facts) {
  return JudgeRun(facts, Limits(Scope::kRun));
}

std::vector<FindingRule> RulesOf(const std::vector<RunFinding>& findings) {
  std::vector<FindingRule> rules;
  for (const RunFinding& finding : findings) rules.push_back(finding.rule);
  return rules;
}

// A city of 2,000 accounts, each with a bill of last month under the versions of then.
GuardCity CityOfTwoMonths(std::vector<rate::Schedule> schedules) {
  GuardCity city(schedules);
  for (int i = 0; i < 2'000; ++i) {
    const std::int64_t use = (2 + i % 13) * kUnit;
    city.Add(schedules.front(), {.thousandths = use, .before = {use}});
  }
  return city;
}

Tallies TallyOf(const GuardCity& city) {
  return TallyPage(city.run(), city.tariff(), {}, city.guarded(), city.bills());
}

// A rate that is three per cent too high for everybody: no account's rule sees it.
TEST(GuardRunTest, AThreePerCentWrongRatePassesEveryAccountAndNotTheRun) {
  const GuardCity city = CityOfTwoMonths(
      {Water("2020-01-01", "20.00", "2.00", "4.00"), Water("2026-11-01", "20.60", "2.06", "4.12")});
  EXPECT_EQ(city.HeldAtAll(), 0);
  const std::vector<RunFinding> findings = Judge(Facts(TallyOf(city)));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kPriceChange));
  EXPECT_EQ(findings[0].subject, "W1 of 2026-11-01");
  EXPECT_THAT(findings[0].evidence, ::testing::StartsWith("+3.00 % by price alone: the last bills "
                                                          "of 2000 were "));
  EXPECT_EQ(findings[0].count, 2'000);
  std::int64_t more = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::int64_t use = 2 + i % 13;
    more += 60 + 6 * std::min<std::int64_t>(use, 8) + 12 * std::max<std::int64_t>(use - 8, 0);
  }
  EXPECT_EQ(findings[0].at_stake_cents, more) << "what price alone does, to the cent";
}

// Sixty meters that count hundreds of cubic feet are put in for others that count thousands of
// gallons, and nobody says so: everybody is billed 1.337 times the use, which no account can tell.
TEST(GuardRunTest, AThirdTooMuchFromEveryNewMeterIsFound) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  for (const std::int64_t factor : {1'337, 748, 1'000}) {
    GuardCity city({water});
    for (int i = 0; i < 60; ++i) {
      const std::int64_t use = (4 + i % 9) * kUnit;
      const std::int64_t even = use / 2 * (70 + i % 61) / 100;  // no two halves are alike
      const std::int64_t shown = even * factor / 1'000;
      city.Add(water, {.thousandths = use / 2 + shown,
                       .before = {use, use},
                       .new_meter_days = 15,
                       .new_meter_thousandths = shown});
    }
    EXPECT_EQ(city.HeldAtAll(), 0);
    const std::vector<RunFinding> findings = Judge(Facts(TallyOf(city)));
    if (factor == 1'000) {
      EXPECT_THAT(findings, ::testing::IsEmpty());
      continue;
    }
    ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kNewMeters));
    EXPECT_EQ(findings[0].count, 60);
    EXPECT_THAT(findings[0].evidence,
                ::testing::HasSubstr(factor == 748 ? "0.748, gallons for cubic feet"
                                                   : "1.337, cubic feet for gallons"));
    EXPECT_EQ(findings[0].at_stake_cents > 0, factor > 1'000);
    RunFacts few = Facts(TallyOf(city));
    few.now[{TallyKind::kNewMeters, "water", ""}].count = 9;
    EXPECT_THAT(Judge(few), ::testing::IsEmpty()) << "a few are a few families";
  }
}

// Provo, Utah, 2020, from the first bill on: forty homes of a cycle that a conversion brought are
// billed by ten times the use. Nobody has a past, and the peers are all alike.
TEST(GuardRunTest, AFirstRunIsComparedWithTheOtherCycles) {
  const Tally others = Of(360, 30, 600'000, 63'00);
  for (const std::int64_t factor : {10, 1}) {
    RunFacts facts = Facts({{kWater, Of(40, 30, 600'000 * factor, 63'00 * factor)}});
    EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "there is nothing to compare it with";
    facts.other_cycles = Tallies{{kWater, others}};
    if (factor == 1) {
      EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
      continue;
    }
    const std::vector<RunFinding> findings = Judge(facts);
    ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kUse));
    EXPECT_EQ(findings[0].evidence,
              "+900.00 % of units a day against the city's other cycles: 240000 in 1200 days "
              "against 216000 in 10800");
    EXPECT_EQ(findings[0].at_stake_cents, 40 * 9 * 63'00);
    facts.last = facts.now;
    EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "a cycle with a past has its own";
  }
}

// A quarter of a reading file is last month's: ten of forty homes that ran for a year used nothing,
// and no rule of one bill says so before the third.
TEST(GuardRunTest, AQuarterOfTheCityThatStandsStillIsFound) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  for (const int still : {10, 2, 1}) {
    GuardCity city({water});
    for (int i = 0; i < 40; ++i) {
      const std::int64_t use = (4 + i % 5) * kUnit;
      city.Add(water, {.thousandths = i < still ? 0 : use, .before = {use, use}});
    }
    city.Add(water, {.thousandths = 0, .before = {0, 5 * kUnit}});  // empty before, too
    EXPECT_EQ(city.HeldAtAll(), 0);
    const std::vector<RunFinding> findings = Judge(Facts(TallyOf(city)));
    if (still < 10) {
      EXPECT_THAT(findings, ::testing::IsEmpty()) << "a few are away";
      continue;
    }
    ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kStandstill));
    EXPECT_EQ(findings[0].evidence,
              "10 of 41 of water show nothing and never did before, 60 on their last bills");
    EXPECT_LT(findings[0].at_stake_cents, 0);
  }
}

// Dwelling units that are not those of the last bill, whoever changed them.
TEST(GuardRunTest, AnotherQuantityThanLastIsFound) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  GuardCity city({water});
  for (int i = 0; i < 3; ++i) city.Add(water, {.thousandths = 6 * kUnit, .before = {6 * kUnit}});
  EXPECT_THAT(Judge(Facts(TallyOf(city))), ::testing::IsEmpty());
  std::vector<Guarded> guarded = city.guarded();
  for (const std::size_t i : {0, 2}) guarded[i].days[0].quantity_thousandths = 2 * kUnit;
  const std::vector<RunFinding> findings =
      Judge(Facts(TallyPage(city.run(), city.tariff(), {}, guarded, city.bills())));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kChanged));
  EXPECT_EQ(findings[0].subject, "QUANTITY");
  EXPECT_EQ(findings[0].count, 2);
  EXPECT_EQ(findings[0].evidence,
            "2 of water are billed by another QUANTITY than last, 64.00 in all");
}

TEST(GuardRunTest, OneVersionForBothMonthsFindsNothing) {
  const GuardCity city = CityOfTwoMonths({Water("2020-01-01", "20.00", "2.00", "4.00")});
  EXPECT_THAT(Judge(Facts(TallyOf(city))), ::testing::IsEmpty());
}

// Everybody is moved to a schedule of the same day that is three per cent dearer.
TEST(GuardRunTest, AnotherScheduleOfTheSameDayIsAChangeOfPrice) {
  const rate::Schedule old = Water("2020-01-01", "20.00", "2.00", "4.00");
  rate::Schedule dearer = Water("2020-01-01", "20.60", "2.06", "4.12");
  dearer.code = "W2";
  GuardCity city({old, dearer});
  for (int i = 0; i < 100; ++i) {
    city.Add(dearer, {.thousandths = 6 * kUnit, .before = {6 * kUnit}});
  }
  std::vector<Guarded> moved = city.guarded();
  for (Guarded& one : moved) {
    one.days[0].schedule_code = "W1";
    one.days[0].amount = Money::Cents(32'00);
  }
  const Tallies tallies = TallyPage(city.run(), city.tariff(), {}, moved, city.bills());
  const std::vector<RunFinding> findings = Judge(Facts(tallies));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kPriceChange));
  EXPECT_EQ(findings[0].subject, "W2 of 2020-01-01 instead of W1");
  EXPECT_EQ(findings[0].at_stake_cents, 100 * 96);
  EXPECT_THAT(Judge(Facts(TallyOf(city))), ::testing::IsEmpty()) << "who was there stays there";
}

// A schedule that counts other units, or needs what is not known: nobody can say what it does.
TEST(GuardRunTest, NewPricesThatCannotBeComparedAreFound) {
  const rate::Schedule old = Water("2020-01-01", "20.00", "2.00", "4.00");
  rate::Schedule other = Water("2020-01-01", "20.00", "2.00", "4.00");
  other.code = "W2";
  other.usage_unit = Unit::kHundredCubicFeet;
  GuardCity city({old, other});
  for (int i = 0; i < 3; ++i) {
    city.Add(other, {.thousandths = 6 * kUnit, .before = {6 * kUnit}});
  }
  std::vector<Guarded> moved = city.guarded();
  for (Guarded& one : moved) one.days[0].schedule_code = "W1";
  const Tallies tallies = TallyPage(city.run(), city.tariff(), {}, moved, city.bills());
  const std::vector<RunFinding> findings = Judge(Facts(tallies));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kPriceUnknown));
  EXPECT_EQ(findings[0].count, 3);
  EXPECT_EQ(findings[0].subject, "W2 of 2020-01-01 instead of W1");
}

// A block that costs more than last under the same version.
TEST(GuardRunTest, ABlockThatCostsMoreAUnitIsFound) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  GuardCity city({water});
  for (int i = 0; i < 100; ++i) {
    city.Add(water, {.thousandths = 12 * kUnit, .before = {12 * kUnit}});
  }
  RunFacts facts = Facts(TallyOf(city));
  facts.last = facts.now;
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
  Tally& dear = facts.last->at({TallyKind::kComponent, "water", "W1: Water, block 2"});
  dear.amount_cents = dear.amount_cents * 97 / 100;
  const std::vector<RunFinding> findings = Judge(facts);
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kUnitPrice));
  EXPECT_EQ(findings[0].subject, "W1: Water, block 2");
}

// One held bill of a hundred times the use is no use of the city, and its account has not left.
TEST(GuardRunTest, WhatIsHeldIsCountedApartFromWhatIsSent) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  GuardCity city({water});
  for (int i = 0; i < 99; ++i) {
    city.Add(water, {.thousandths = 6 * kUnit, .before = {6 * kUnit}});
  }
  const Tallies last = TallyOf(city);
  city.Add(water, {.thousandths = 600 * kUnit, .before = {6 * kUnit}});
  RunFacts facts = Facts(TallyOf(city));
  facts.last = last;
  EXPECT_THAT(RulesOf(Judge(facts)), ::testing::ElementsAre(FindingRule::kUse))
      << "if it were sent";
  city.bills().back().state = BillState::kHeld;
  facts.now = TallyOf(city);
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
  EXPECT_EQ(facts.now.at({TallyKind::kHeld, "water", ""}).quantity_thousandths, 600 * kUnit);
  EXPECT_EQ(facts.now.at({TallyKind::kService, "water", ""}).count, 99);
}

// A metered service that nothing is compared with.
TEST(GuardRunTest, AMissingControlTotalIsFound) {
  RunFacts facts = Facts({{kWater, Of(1'000, 30, 6'000, 40'00)}});
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "a flat service has none";
  facts.metered = {"water"};
  EXPECT_THAT(RulesOf(Judge(facts)), ::testing::ElementsAre(FindingRule::kNoControlTotal));
  facts.controls = {{7, Day("2026-11-20"), "water", 6'400 * kUnit, "plant log", PersonId(7)}};
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
  facts.controls.clear();
  facts.now[kWater] = Of(29, 30, 6'000, 40'00);
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "too few to be compared";
}

// Days of a place that changed hands: each is one occupant's.
TEST(GuardRunTest, DaysBetweenTwoOccupantsAreBilledOnce) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  GuardCity city({water});
  for (int i = 0; i < 4; ++i) city.Add(water, {.thousandths = 6 * kUnit});
  std::vector<Guarded> moved = city.guarded();
  const Date start = city.bills()[0].segments[0].from_date;
  const auto judge = [&] {
    return Judge(Facts(TallyPage(city.run(), city.tariff(), {}, moved, city.bills())));
  };
  for (Guarded& one : moved) one.before = OccupantBefore{start, 0};
  EXPECT_THAT(judge(), ::testing::IsEmpty());
  moved[0].before->stop_date = start.PlusDays(5);   // both are billed for five days
  moved[1].before->stop_date = start.PlusDays(-4);  // nobody is, and the register has moved
  moved[1].before->end_read_thousandths = -3'000;
  moved[2].before->stop_date = start.PlusDays(-40);  // an empty house
  moved[3].before->stop_date = std::nullopt;         // who was there still is
  const std::vector<RunFinding> findings = judge();
  ASSERT_THAT(RulesOf(findings),
              ::testing::ElementsAre(FindingRule::kPointDays, FindingRule::kPointDays));
  EXPECT_EQ(findings[0].subject, "billed twice");
  EXPECT_EQ(findings[0].count, 2);
  EXPECT_THAT(findings[0].evidence, ::testing::StartsWith("35 days at 2 places"));
  EXPECT_EQ(findings[1].subject, "billed to nobody");
  EXPECT_THAT(findings[1].evidence, ::testing::StartsWith("4 days at 1 places"));
}

// More use under old prices is no change of price.
TEST(GuardRunTest, MoreUseIsNoChangeOfPrice) {
  const rate::Schedule water = Water("2020-01-01", "20.00", "2.00", "4.00");
  GuardCity city({water});
  for (int i = 0; i < 100; ++i) {
    city.Add(water, {.thousandths = 12 * kUnit, .before = {6 * kUnit}});
  }
  EXPECT_THAT(Judge(Facts(TallyOf(city))), ::testing::IsEmpty());
}

// A price a unit that is another than last without a new version: a tax that was changed in place.
TEST(GuardRunTest, AComponentThatCostsMoreAUnitIsFound) {
  const TallyKey tax{TallyKind::kComponent, "water", "W1: Tax"};
  RunFacts facts = Facts({{kWater, Of(500, 30, 6'000, 40'00)}, {tax, Of(500, 30, 40'000, 2'06)}});
  facts.last = Tallies{{kWater, Of(500, 30, 6'000, 40'00)}, {tax, Of(500, 30, 40'000, 2'00)}};
  const std::vector<RunFinding> findings = Judge(facts);
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kUnitPrice));
  EXPECT_EQ(findings[0].at_stake_cents, 500 * 6);
  EXPECT_THAT(findings[0].evidence, ::testing::StartsWith("+3.00 % a unit"));
  facts.last->at(tax).amount_cents = 500 * 2'05;
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "half a per cent is rounding";
}

// Corpus Christi, Texas, 2018: 853 accounts were in no cycle, 2,532 were skipped for months and
// 19,027 had months billed as one.
TEST(GuardRunTest, CorpusChristiAccountsThatNoCycleBillsAreFound) {
  RunFacts facts = Facts({{kWater, Of(5'000, 30, 6'000, 40'00)}});
  facts.uncovered = {{7, 5'000, Day("2026-11-20"), true},
                     {12, 853, Day("2025-03-01"), false},
                     {13, 2'532, Day("2026-08-19"), true},
                     {14, 4'000, Day("2026-10-05"), true}};
  const std::vector<RunFinding> findings = Judge(facts);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].rule, FindingRule::kUncovered);
  EXPECT_EQ(findings[0].subject, "cycle 12");
  EXPECT_EQ(findings[0].evidence,
            "853 agreements run in a cycle that was never billed, the oldest since 2025-03-01");
  EXPECT_EQ(findings[1].evidence,
            "2532 agreements run in a cycle that was last billed to 2026-08-19");
}

TEST(GuardRunTest, CorpusChristiMonthsBilledAsOneAreFound) {
  RunFacts facts = Facts({{kWater, Of(60'000, 35, 6'000, 40'00)},
                          {{TallyKind::kLongPeriod, "water", ""}, Of(19'027, 61, 12'000, 80'00)}});
  const std::vector<RunFinding> findings = Judge(facts);
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kLongPeriods));
  EXPECT_EQ(findings[0].evidence,
            "19027 of 60000 of water are longer than the longest month, 61 days on average");
}

// The page that lost an account says so itself.
TEST(GuardRunTest, AnAgreementThatTheRunPassedOverIsFound) {
  GuardCity city = CityOfTwoMonths({Water("2020-01-01", "20.00", "2.00", "4.00")});
  city.bills().erase(city.bills().begin() + 17);
  const std::vector<RunFinding> findings = Judge(Facts(TallyOf(city)));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kNotBilled));
  EXPECT_EQ(findings[0].count, 1);
}

// A day that is billed twice, and one that is not.
TEST(GuardRunTest, EveryDayIsBilledOnce) {
  GuardCity city = CityOfTwoMonths({Water("2020-01-01", "20.00", "2.00", "4.00")});
  city.bills()[3].segments[0].from_date = city.bills()[3].segments[0].from_date.PlusDays(-1);
  city.bills()[4].segments[0].from_date = city.bills()[4].segments[0].from_date.PlusDays(1);
  const std::vector<RunFinding> findings = Judge(Facts(TallyOf(city)));
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kDaysBroken));
  EXPECT_EQ(findings[0].count, 2);
}

// A conversion of 2018 left 2,587 places with several active accounts.
TEST(GuardRunTest, PlacesWithSeveralAccountsAreFoundOnceTheyAreMore) {
  RunFacts facts = Facts({{kWater, Of(5'000, 30, 6'000, 40'00)}});
  facts.shared = {{"water", "place", 2'587, 0, "place 1000017"}};
  EXPECT_THAT(RulesOf(Judge(facts)), ::testing::ElementsAre(FindingRule::kSeveralAccounts));
  facts.shared[0].before_count = 2'587;
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
}

TEST(GuardRunTest, CountsAndUseAreComparedWithLastAndWithAYearAgo) {
  RunFacts facts = Facts({{kWater, Of(4'800, 30, 18'000, 90'00)}});
  facts.last = Tallies{{kWater, Of(5'000, 30, 6'000, 40'00)}};
  EXPECT_THAT(RulesOf(Judge(facts)),
              ::testing::ElementsAre(FindingRule::kCount, FindingRule::kUse));
  facts.year_ago = Tallies{{kWater, Of(4'000, 30, 17'000, 85'00)}};
  EXPECT_THAT(RulesOf(Judge(facts)), ::testing::ElementsAre(FindingRule::kCount))
      << "as much as a year ago, when the lawns were watered too";
  facts.last = Tallies{{kWater, Of(4'850, 30, 6'000, 40'00)}};
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty());
}

TEST(GuardRunTest, AServiceThatIsGoneIsFound) {
  RunFacts facts = Facts({{kWater, Of(5'000, 30, 6'000, 40'00)}});
  facts.last = Tallies{{kWater, Of(5'000, 30, 6'000, 40'00)},
                       {{TallyKind::kService, "sewer", ""}, Of(5'000, 30, 1'000, 30'00)}};
  const std::vector<RunFinding> findings = Judge(facts);
  ASSERT_THAT(RulesOf(findings), ::testing::ElementsAre(FindingRule::kCount));
  EXPECT_EQ(findings[0].service, "sewer");
  EXPECT_EQ(findings[0].at_stake_cents, -5'000 * 30'00);
}

TEST(GuardRunTest, WhatIsBilledIsComparedWithWhatWasPumped) {
  RunFacts facts = Facts({{kWater, Of(1'000, 30, 6'000, 40'00)}});  // 6,000 kgal
  facts.controls = {{7, Day("2026-11-20"), "water", 6'400 * kUnit, "plant log", PersonId(7)}};
  EXPECT_THAT(Judge(facts), ::testing::IsEmpty()) << "94 %";
  facts.controls[0].quantity_thousandths = 5'500 * kUnit;
  EXPECT_EQ(Judge(facts).at(0).evidence, "6000 billed of 5500 (plant log): 109.09 %");
  facts.controls[0].quantity_thousandths = 9'000 * kUnit;
  EXPECT_THAT(RulesOf(Judge(facts)), ::testing::ElementsAre(FindingRule::kControlTotal));
}

TEST(GuardRunTest, EveryRuleHasWords) {
  std::set<std::string_view> names;
  for (const FindingWords& words : FindingRules()) {
    EXPECT_EQ(FindingRuleName(words.rule), words.name);
    EXPECT_EQ(ParseFindingRule(words.name), words.rule);
    EXPECT_TRUE(names.insert(words.name).second);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(FindingRule::kParcel) + 1);
}

}  // namespace
}  // namespace reeve::billing::cycle
