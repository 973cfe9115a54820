// What passed the guard, or drowned in it: riders of every month, small cycles, sewer by the water
// meter, meters that came in the last days, and homes that use two to four times what they did.
#include <gmock/gmock.h>

#include "services/billing/cycle/guard_run.h"
#include "services/billing/cycle/guard_tally.h"
#include "services/billing/cycle/months.h"
#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kUnit = Quantity::kScale;

std::vector<RunFinding> Judge(const GuardCity& city, const std::optional<Tallies>& last = {}) {
  RunFacts facts;
  facts.run = city.run();
  facts.now = TallyPage(city.run(), city.tariff(), {}, city.guarded(), city.bills());
  facts.last = last;
  return JudgeRun(facts, Limits(Scope::kRun));
}

std::vector<FindingRule> RulesOf(const std::vector<RunFinding>& findings) {
  std::vector<FindingRule> rules;
  for (const RunFinding& one : findings) rules.push_back(one.rule);
  return rules;
}

rate::Schedule PowerCost(std::string_view from, std::string_view to, std::string_view price) {
  rate::Schedule rider = Metered("PCA", std::string(rate::kRiderService), Unit::kKilowattHour,
                                 {Tiers("Power cost", {{0, price}})});
  rider.effective_date = Day(from);
  rider.last_date = Day(to);
  return rider;
}

// Three schedules that charge the same power cost, whose value of November is `november`.
std::vector<rate::Schedule> Electric(std::string_view november, std::string_view new_rate = "") {
  std::vector<rate::Schedule> all = {PowerCost("2026-10-01", "2026-10-31", "0.0040"),
                                     PowerCost("2026-11-01", "2026-11-30", november)};
  for (const char* code : {"E1", "E2", "E3"}) {
    rate::Component cost{rate::ComponentKind::kTiers, "Power cost", Rate(), std::nullopt, {}};
    cost.rider = "PCA";
    rate::Schedule schedule =
        Metered(code, "electric", Unit::kKilowattHour, {Tiers("Use", {{0, "0.1000"}}), cost});
    schedule.effective_date = Day("2020-01-01");
    all.push_back(schedule);
    if (new_rate.empty()) continue;
    schedule.effective_date = Day("2026-11-10");
    schedule.components[0] = Tiers("Use", {{0, new_rate}});
    all.push_back(schedule);
  }
  return all;
}

GuardCity CityOf(const std::vector<rate::Schedule>& schedules) {
  GuardCity city(schedules);
  for (const rate::Schedule& schedule : schedules) {
    if (schedule.effective_date != Day("2020-01-01")) continue;
    for (int i = 0; i < 40; ++i) {
      city.Add(schedule, {.thousandths = 500 * kUnit, .before = {500 * kUnit}});
    }
  }
  return city;
}

TEST(GuardSmallTest, ARiderOfTheMonthIsNoFindingOfEverySchedule) {
  // 0.0040 to 0.0044 a kWh is 0.4 % of a bill.
  EXPECT_THAT(Judge(CityOf(Electric("0.0044"))), IsEmpty());
  // Another value is no change of a price a unit either.
  const GuardCity city = CityOf(Electric("0.0044"));
  Tallies last = TallyPage(city.run(), city.tariff(), {}, city.guarded(), city.bills());
  for (auto& [key, tally] : last) {
    if (key.kind == TallyKind::kComponent) EXPECT_THAT(key.subject, HasSubstr(": "));
  }
  EXPECT_THAT(Judge(city, last), IsEmpty());
  const TallyKey cost{TallyKind::kComponent, "electric", "E1: Power cost, PCA of 2026-11-01"};
  ASSERT_TRUE(last.contains(cost));
  last[cost].amount_cents = last[cost].amount_cents * 97 / 100;
  EXPECT_THAT(RulesOf(Judge(city, last)), ElementsAre(FindingRule::kUnitPrice))
      << "the same value by another price";
}

TEST(GuardSmallTest, ARiderThatMovesBillsAsFarAsAWrongRateIsFoundOnce) {
  const std::vector<RunFinding> findings = Judge(CityOf(Electric("0.0400")));
  ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kPriceChange));
  EXPECT_EQ(findings[0].subject, "rider PCA");
  EXPECT_EQ(findings[0].count, 120);
  EXPECT_EQ(findings[0].at_stake_cents, 120 * 18'00);
}

// Two riders that change on one day: six per cent less by one, and six per cent more by the other.
TEST(GuardSmallTest, RidersThatCancelOutAreBothFound) {
  const auto rider = [](const char* code, const char* from, const char* to, const char* price) {
    rate::Schedule of_code = PowerCost(from, to, price);
    of_code.code = code;
    return of_code;
  };
  const auto judge = [&](const char* power, const char* transport) {
    std::vector<rate::Schedule> all = {rider("PCA", "2026-10-01", "2026-10-31", "0.0100"),
                                       rider("PCA", "2026-11-01", "2026-11-30", power),
                                       rider("TRN", "2026-10-01", "2026-10-31", "0.0100"),
                                       rider("TRN", "2026-11-01", "2026-11-30", transport)};
    rate::Component cost{rate::ComponentKind::kTiers, "Power cost", Rate(), std::nullopt, {}};
    cost.rider = "PCA";
    rate::Component lines{rate::ComponentKind::kTiers, "Transport", Rate(), std::nullopt, {}};
    lines.rider = "TRN";
    rate::Schedule schedule = Metered("E1", "electric", Unit::kKilowattHour,
                                      {Tiers("Use", {{0, "0.1000"}}), cost, lines});
    schedule.effective_date = Day("2020-01-01");
    all.push_back(schedule);
    return Judge(CityOf(all));
  };
  const std::vector<RunFinding> findings = judge("0.0028", "0.0172");  // of 60.00 a home
  ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kPriceChange, FindingRule::kPriceChange));
  EXPECT_EQ(findings[0].subject, "rider PCA");
  EXPECT_EQ(findings[0].at_stake_cents, 40 * -3'60);
  EXPECT_EQ(findings[1].subject, "rider TRN");
  EXPECT_EQ(findings[1].at_stake_cents, 40 * 3'60);
  EXPECT_THAT(judge("0.0096", "0.0104"), IsEmpty());
}

TEST(GuardSmallTest, ARateThatIsThreePerCentWrongShowsBesideARider) {
  const std::vector<RunFinding> findings = Judge(CityOf(Electric("0.0044", "0.1030")));
  ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kPriceChange, FindingRule::kPriceChange,
                                             FindingRule::kPriceChange));
  EXPECT_EQ(findings[0].subject, "E1 of 2026-11-10");
  EXPECT_EQ(findings[0].at_stake_cents, 40 * 1'50) << "the rate's part alone, to the cent";
}

rate::Schedule Water(std::string_view second = "4.00") {
  rate::Schedule schedule =
      Metered("W1", "water", Unit::kKilogallon,
              {Fixed("Base", "20.00"), Tiers("Use", {{8, "2.00"}, {0, second}})});
  schedule.effective_date = Day("2020-01-01");
  return schedule;
}

// A small town's cycle in its first year: everybody's water x4.
TEST(GuardSmallTest, ACycleOfTwentyFiveIsCompared) {
  for (const std::int64_t factor : {4, 1}) {
    GuardCity city({Water()});
    for (int i = 0; i < 25; ++i) {
      const std::int64_t use = (4 + i % 5) * kUnit;
      city.Add(Water(), {.thousandths = use * factor, .before = {use}});
    }
    const Tally before{25, 750, 149 * kUnit, 25 * 32'00, 0};
    const std::vector<RunFinding> findings =
        Judge(city, Tallies{{{TallyKind::kService, "water", ""}, before}});
    if (factor == 1) {
      EXPECT_THAT(findings, IsEmpty());
    } else {
      ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kUse));
      EXPECT_GT(findings[0].at_stake_cents, 0);
    }
  }
}

// What moves a sum of many moves the sum of few by chance.
TEST(GuardSmallTest, TheFewerTheMoreChanceIsLetPass) {
  const auto found = [](std::int64_t count, std::int64_t percent) {
    RunFacts facts;
    const TallyKey water{TallyKind::kService, "water", ""};
    facts.now = {{water, {count, count * 30, count * 60 * percent, count * 40'00, 0}}};
    facts.last = Tallies{{water, {count, count * 30, count * 60 * 100, count * 40'00, 0}}};
    return !JudgeRun(facts, Limits(Scope::kRun)).empty();
  };
  EXPECT_TRUE(found(30, 141));
  EXPECT_FALSE(found(30, 139));
  EXPECT_TRUE(found(30, 59));
  EXPECT_FALSE(found(8, 170));
  EXPECT_TRUE(found(8, 180)) << "40 % by the root of 30/8";
  EXPECT_FALSE(found(8, 40));
  EXPECT_TRUE(found(8, 25));
  EXPECT_TRUE(found(3, 300));
  EXPECT_FALSE(found(2, 399)) << "their own bills say more";
  EXPECT_TRUE(found(2, 400));
  EXPECT_FALSE(found(1, 26));
  EXPECT_TRUE(found(1, 25));
}

// A converted cycle's one or two shops beside those of the city.
TEST(GuardSmallTest, AFirstRunOfFewIsComparedWithTheCity) {
  const auto found = [](std::int64_t count, std::int64_t percent, std::int64_t others) {
    RunFacts facts;
    const TallyKey water{TallyKind::kService, "water", ""};
    facts.now = {{water, {count, count * 30, count * 60 * percent, count * 40'00, 0}}};
    facts.other_cycles = Tallies{{water, {others, others * 30, others * 6'000, others * 40'00, 0}}};
    return !JudgeRun(facts, Limits(Scope::kRun)).empty();
  };
  for (const std::int64_t count : {1, 2}) {
    EXPECT_TRUE(found(count, 1'000, 360));
    EXPECT_TRUE(found(count, 10, 360));
    EXPECT_FALSE(found(count, 100, 360));
    EXPECT_FALSE(found(count, 30, 360));
  }
  EXPECT_TRUE(found(2, 260, 360)) << "40 % by the root of 30/2";
  EXPECT_FALSE(found(2, 250, 360));
  EXPECT_FALSE(found(2, 260, 2)) << "few beside few";
  EXPECT_TRUE(found(2, 400, 2));
}

// Forty are read as ten times their use, and all but two are held.
TEST(GuardSmallTest, TheTwoThatHoldsLeaveAreJudged) {
  const TallyKey held{TallyKind::kHeld, "water", ""};
  const TallyKey sent{TallyKind::kService, "water", ""};
  for (const std::int64_t factor : {10, 1}) {
    RunFacts facts;
    facts.now = {{held, {38, 38 * 30, 38 * 60'000, 38 * 40'00, 0}},
                 {sent, {2, 2 * 30, 2 * 6'000 * factor, 2 * 40'00, 0}}};
    facts.last = Tallies{{sent, {40, 40 * 30, 40 * 6'000, 40 * 40'00, 0}}};
    const std::vector<RunFinding> findings = JudgeRun(facts, Limits(Scope::kRun));
    if (factor == 1) {
      EXPECT_THAT(findings, IsEmpty());
    } else {
      EXPECT_THAT(RulesOf(findings), ElementsAre(FindingRule::kUse));
    }
  }
}

// The last run was tallied before flat sewer and sewer by the water meter were told apart.
TEST(GuardSmallTest, WhatWasTalliedWholeIsComparedWhole) {
  const TallyKey by_water{TallyKind::kService, "sewer", "by water"};
  const TallyKey flat{TallyKind::kService, "sewer", std::string(kFlat)};
  const Tally homes{100, 3'000, 600'000, 100 * 40'00, 0};
  const Tally dwellings{100, 3'000, 100'000, 100 * 30'00, 0};
  const Tallies apart = {{by_water, homes}, {flat, dwellings}};
  const Tallies whole = {
      {{TallyKind::kService, "sewer", ""}, {200, 6'000, 700'000, 200 * 35'00, 0}}};
  for (const bool a_year_ago : {false, true}) {
    for (const Tallies& before : {apart, whole}) {
      RunFacts facts;
      facts.now = apart;
      facts.last = a_year_ago ? apart : before;
      if (a_year_ago) facts.year_ago = before;
      EXPECT_THAT(JudgeRun(facts, Limits(Scope::kRun)), IsEmpty());
      facts.now[by_water].quantity_thousandths *= 3;
      const std::vector<RunFinding> findings = JudgeRun(facts, Limits(Scope::kRun));
      ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kUse));
      EXPECT_EQ(findings[0].subject, before == whole ? "" : "by water");
    }
  }
}

// Sewer is billed by the water meter, by meters of its own, and flat by the dwelling.
TEST(GuardSmallTest, AllThatHasUseIsComparedWithWhatWasPurchased) {
  const auto key = [](const std::string& part) {
    return TallyKey{TallyKind::kService, "sewer", part};
  };
  RunFacts facts;
  facts.now = {{key(""), {10, 300, 100 * kUnit, 400'00, 0}},
               {key("by reclaimed"), {5, 150, 50 * kUnit, 200'00, 0}},
               {key("by water"), {150, 4'500, 900 * kUnit, 6'000'00, 0}},
               {key(std::string(kFlat)), {500, 15'000, 500 * kUnit, 15'000'00, 0}}};
  facts.controls = {{7, Day("2026-11-20"), "sewer", 1'000 * kUnit, "the plant", PersonId(7)}};
  const std::vector<RunFinding> findings = JudgeRun(facts, Limits(Scope::kRun));
  ASSERT_THAT(RulesOf(findings), ElementsAre(FindingRule::kControlTotal));
  EXPECT_EQ(findings[0].evidence, "1050 billed of 1000 (the plant): 105.00 %");
  EXPECT_EQ(findings[0].count, 165);
  EXPECT_GT(findings[0].at_stake_cents, 0);
  facts.controls[0].quantity_thousandths = 1'050 * kUnit;
  EXPECT_THAT(JudgeRun(facts, Limits(Scope::kRun)), IsEmpty());
}

TEST(GuardSmallTest, FlatServicesAreTalliedApartFromMeters) {
  rate::Schedule by_dwelling = Metered("S2", "sewer", Unit::kKilogallon, {Fixed("Sewer", "30.00")});
  by_dwelling.effective_date = Day("2020-01-01");
  by_dwelling.usage_unit = std::nullopt;
  rate::Schedule own = Metered("S3", "sewer", Unit::kKilogallon, {Tiers("Use", {{0, "3.00"}})});
  own.effective_date = Day("2020-01-01");
  GuardCity city({by_dwelling, own});
  city.Add(by_dwelling, {});
  city.Add(own, {.thousandths = 5 * kUnit});
  const Tallies tallies = TallyPage(city.run(), city.tariff(), {}, city.guarded(), city.bills());
  EXPECT_EQ(tallies.at({TallyKind::kService, "sewer", std::string(kFlat)}).amount_cents, 30'00);
  EXPECT_EQ(tallies.at({TallyKind::kService, "sewer", ""}).quantity_thousandths, 5 * kUnit);
}

TEST(GuardSmallTest, AgreementsOfASmallServiceThatAreGoneAreCounted) {
  const auto found = [](std::int64_t now, std::int64_t last) {
    RunFacts facts;
    const TallyKey carts{TallyKind::kService, "sanitation", ""};
    facts.now = {{carts, {now, now * 30, now * 1'000, now * 17'81, 0}}};
    facts.last = Tallies{{carts, {last, last * 30, last * 1'000, last * 17'81, 0}}};
    return RulesOf(JudgeRun(facts, Limits(Scope::kRun)));
  };
  EXPECT_THAT(found(19, 25), ElementsAre(FindingRule::kCount));
  EXPECT_THAT(found(20, 25), IsEmpty());
  EXPECT_THAT(found(8, 8), IsEmpty());
}

rate::Schedule Sewer() {
  rate::Schedule schedule =
      Metered("S1", "sewer", Unit::kKilogallon, {Tiers("Use", {{8, "3.00"}, {0, "9.00"}})});
  schedule.effective_date = Day("2020-01-01");
  schedule.metered_by = "water";
  return schedule;
}

// Water has one price, sewer by the water meter has blocks: 48 days push it into the dear one.
TEST(GuardSmallTest, ALongPeriodOfSewerByWaterIsHeld) {
  GuardCity city({Water("2.00"), Sewer()});
  for (const int days : {48, 30}) {
    city.Add(Water("2.00"), {.thousandths = 12 * kUnit, .days = days});
    city.Add(Sewer(), {.thousandths = 12 * kUnit, .days = days}, /*same_account=*/true);
  }
  const std::vector<Bill> bills = city.Guard();
  ASSERT_EQ(bills[0].holds.size(), 1u);
  EXPECT_EQ(bills[0].holds[0].reason, HoldReason::kLongPeriod);
  EXPECT_EQ(bills[0].holds[0].service, "sewer");
  EXPECT_EQ(bills[0].holds[0].at_stake.cents(), 4 * 6'00);
  EXPECT_THAT(bills[1].holds, IsEmpty());
  const auto months = BillAsMonths(city.run(), city.tariff(), bills[0], 30);
  ASSERT_TRUE(months);
  EXPECT_EQ(months->total.cents(), bills[0].total.cents() - 4 * 6'00);
  const Tallies tallies = TallyPage(city.run(), city.tariff(), {}, city.guarded(), bills);
  EXPECT_TRUE(tallies.contains({TallyKind::kService, "sewer", "by water"}))
      << "apart from flat sewer";
  const Tally& longer = tallies.at({TallyKind::kLongPeriod, "sewer", ""});
  EXPECT_EQ(longer.amount_cents - longer.before_cents, 4 * 6'00);
}

// A digit too many of water is one of sewer, too.
TEST(GuardSmallTest, WhatHangsOnAWaterMeterIsItsSewerToo) {
  GuardCity city({Water(), Sewer()});
  city.Add(Water(), {.thousandths = 60 * kUnit, .before = {6 * kUnit}});
  city.Add(Sewer(), {.thousandths = 60 * kUnit, .before = {6 * kUnit}}, /*same_account=*/true);
  const std::vector<Bill> bills = city.Guard();
  ASSERT_EQ(bills[0].holds.size(), 1u);
  EXPECT_EQ(bills[0].holds[0].reason, HoldReason::kFactorTen);
  EXPECT_EQ(bills[0].holds[0].at_stake.cents(), (2 * 2'00 + 52 * 4'00) + (2 * 3'00 + 52 * 9'00));
}

// A meter in gallons that was put in on the last day of the bill before.
TEST(GuardSmallTest, AMeterThatCameLateIsJudgedOnItsFirstWholeBill) {
  for (const std::int64_t factor : {748, 100}) {
    GuardCity city({Water()});
    // Last bill: 24 days of the old meter and six of the new one.
    city.Add(Water(), {.thousandths = 5 * kUnit * factor / 100,

                       .before = {4'000 + factor * 10, 5 * kUnit, 5 * kUnit, 6 * kUnit}});
    int held = 0;
    const std::vector<Bill> bills = city.GuardLate({0});
    for (const Hold& hold : bills[0].holds) {
      held += hold.reason == HoldReason::kUnitFactor ? 1 : 0;
    }
    EXPECT_EQ(held, factor == 748 ? 1 : 0);
    EXPECT_EQ(city.Held(HoldReason::kUnitFactor), 0) << "of a meter that was there";
  }
}

// One that was put in on the day of the read: the last bill is all the old meter's, and measures
// it.
TEST(GuardSmallTest, AMeterThatCameBetweenTwoBillsIsJudgedByTheLast) {
  constexpr std::int64_t kUse = 12 * kUnit;
  struct Shown {
    std::int64_t thousandths;
    HoldReason as_new;
    bool is_held_anyhow;
  };
  for (const Shown& shown : {Shown{kUse * 748 / 100, HoldReason::kUnitFactor, true},
                             Shown{kUse * 100 / 748, HoldReason::kUnitFactor, false},
                             Shown{kUse / 10, HoldReason::kFactorTenth, false}}) {
    for (const std::int64_t was : {1, 2, 0}) {
      GuardCity city({Water()});
      city.Add(Water(), {.thousandths = shown.thousandths, .before = {kUse}});
      std::vector<Bill> bills = city.bills();
      std::vector<Guarded> guarded = city.guarded();
      bills[0].segments[0].installation_no = 2;
      guarded[0].days[0].installation_no = was;
      GuardBills(city.run(), city.tariff(), {}, guarded, bills);
      if (was == 1) {
        ASSERT_EQ(bills[0].holds.size(), 1u) << shown.thousandths;
        EXPECT_EQ(bills[0].holds[0].reason, shown.as_new);
      } else {  // it was there, or nobody knows
        EXPECT_EQ(bills[0].holds.size(), shown.is_held_anyhow ? 1u : 0u) << shown.thousandths;
        if (shown.is_held_anyhow) EXPECT_EQ(bills[0].holds[0].reason, HoldReason::kAboveLast);
      }
    }
  }
}

TEST(GuardSmallTest, MetersThatCameLateAreComparedWithThoseThatWent) {
  for (const std::int64_t factor : {1'337, 1'000}) {
    for (const auto& [season, between] :
         {std::pair(100, false), std::pair(170, false), std::pair(100, true)}) {
      GuardCity city({Water()});
      for (int i = 0; i < 80; ++i) {
        const std::int64_t use = (4 + i % 9) * kUnit;
        const std::int64_t now = use * season / 100;
        city.Add(Water(), {.thousandths = i < 40 ? now * factor / 1'000 : now, .before = {use}});
      }
      std::vector<Guarded> guarded = city.guarded();
      for (std::size_t i = 0; i < 40; ++i) {
        guarded[i].came_late = !between;
        if (!between) continue;
        guarded[i].days[0].installation_no = 1;
        city.bills()[i].segments[0].installation_no = 2;
      }
      RunFacts facts;
      facts.now = TallyPage(city.run(), city.tariff(), {}, guarded, city.bills());
      Tally last;
      for (const Guarded& one : guarded) {
        ++last.count;
        last.day_count += 30;
        last.quantity_thousandths += one.days[0].usage_thousandths;
        last.amount_cents += one.days[0].amount.cents();
      }
      facts.last = Tallies{{{TallyKind::kService, "water", ""}, last}};
      std::vector<RunFinding> findings;
      for (RunFinding& one : JudgeRun(facts, Limits(Scope::kRun))) {
        if (one.rule == FindingRule::kNewMeters) findings.push_back(std::move(one));
      }
      ASSERT_EQ(findings.size(), factor == 1'337 ? 1u : 0u) << season;
      if (findings.empty()) continue;
      EXPECT_EQ(findings[0].count, 40);
      EXPECT_THAT(findings[0].evidence, HasSubstr("1.337"));
    }
  }
}

// A home of twelve steady months uses three times what it did in this month and in the last one.
class SteadyTest : public testing::Test {
 protected:
  static constexpr std::int64_t kUse = 5 * kUnit;
  std::vector<std::int64_t> Year(std::int64_t last = kUse, std::int64_t season = kUse) {
    std::vector<std::int64_t> year(12, kUse);
    year[0] = last;
    year[11] = season;
    return year;
  }
  // Peers of the page, whose use has become `percent` of what it was.
  bool IsHeld(GuardCity::Use use, std::int64_t percent = 100) {
    GuardCity city({water_});
    city.Add(water_, use);
    for (int i = 0; i < 20; ++i) {
      const std::int64_t theirs = (4 + i % 5) * kUnit;
      city.Add(water_, {.thousandths = theirs * percent / 100, .before = {theirs}});
    }
    return city.Guard()[0].state == BillState::kHeld;
  }
  rate::Schedule water_ = Water();
};

TEST_F(SteadyTest, ThreeTimesIsHeldWhereNothingElseHasRisen) {
  EXPECT_TRUE(IsHeld({.thousandths = 3 * kUse, .before = Year()}));
  EXPECT_TRUE(IsHeld({.thousandths = 2 * kUse + 500, .before = Year()}));
  EXPECT_FALSE(IsHeld({.thousandths = 2 * kUse - 500, .before = Year()}));
  EXPECT_FALSE(IsHeld({.thousandths = 3 * kUse, .before = Year()}, 250)) << "everybody waters";
  EXPECT_FALSE(IsHeld({.thousandths = 3 * kUse, .before = {kUse, kUse, kUse}}))
      << "a season is not known";
}

// A schedule that says for itself how far a use may rise: of pools, or of irrigation.
TEST_F(SteadyTest, ASchedulesOwnLimitGoesFirst) {
  const auto held = [&](std::int64_t own, std::int64_t times) {
    water_.guard.usage_ratio_max_hundredths = own;
    return IsHeld({.thousandths = times * kUse, .before = Year()});
  };
  EXPECT_TRUE(held(0, 3));
  EXPECT_FALSE(held(400, 3));
  EXPECT_TRUE(held(400, 5));
  EXPECT_TRUE(held(150, 3));
}

TEST_F(SteadyTest, WhoIsNotSteadyOrUsedAsMuchIsNotHeld) {
  EXPECT_FALSE(IsHeld({.thousandths = 2 * kUse + 500, .before = Year(kUse / 2)})) << "was away";
  EXPECT_FALSE(IsHeld({.thousandths = 2 * kUse + 500, .before = Year(kUse, kUse / 2)}));
  std::vector<std::int64_t> beside = Year();
  beside[10] = 3 * kUse;
  EXPECT_FALSE(IsHeld({.thousandths = 3 * kUse, .before = beside})) << "a month beside the season";
}

}  // namespace
}  // namespace reeve::billing::cycle
