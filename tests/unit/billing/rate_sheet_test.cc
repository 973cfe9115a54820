// What rate sheets of cities say, each in one bill that was worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/billing/rate/price.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kUnit = Quantity::kScale;

Component OfKind(ComponentKind kind, Component component) {
  component.kind = kind;
  return component;
}
Component Minimum(std::string name, std::string_view dollars, std::vector<std::int64_t> of = {}) {
  Component component = OfKind(ComponentKind::kMinimum, Fixed(std::move(name), dollars));
  component.of = std::move(of);
  return component;
}
Component Maximum(std::string name, std::string_view dollars, std::vector<std::int64_t> of = {}) {
  Component component = OfKind(ComponentKind::kMaximum, Fixed(std::move(name), dollars));
  component.of = std::move(of);
  return component;
}
Component RoundOff() { return OfKind(ComponentKind::kRoundOff, Fixed("Round-off", "0")); }
Component InSteps(Component component, std::int64_t units, Rounding rounding) {
  component.step = Step{units * kUnit, rounding};
  return component;
}
Component Flowing(Component component, Flow flow) {
  component.flow = flow;
  return component;
}
Component ForSizes(Component component, std::vector<std::string> sizes) {
  component.for_sizes = std::move(sizes);
  return component;
}
Component Priced(Component component, Blocks blocks) {
  component.blocks = blocks;
  return component;
}

Schedule Water(std::vector<Component> components) {
  return Metered("W", "water", Unit::kKilogallon, std::move(components));
}
Schedule Electric(std::vector<Component> components) {
  return Metered("E", "electric", Unit::kKilowattHour, std::move(components));
}

// A month from 1 September to 1 October, thirty days.
Result<std::vector<Line>> PriceWith(const Schedule& schedule, Measured meter, Facts facts) {
  meter.from_date = Day("2026-09-01");
  meter.to_date = Day("2026-10-01");
  facts.measured = {&meter, 1};
  std::vector<Line> lines;
  REEVE_RETURN_IF_ERROR(
      Price(VersionsOf({schedule}), {meter.from_date, meter.to_date, meter.to_date}, facts, lines));
  return lines;
}
std::vector<std::int64_t> CentsWith(const Schedule& schedule, const Measured& meter,
                                    const Facts& facts) {
  return CentsOf(PriceWith(schedule, meter, facts).value());
}
std::string ReasonOf(const Result<std::vector<Line>>& refused) {
  return refused.ok() ? "" : std::string(refused.error().reason());
}

// https://github.com/California-Data-Collaborative RateParser manual_bill_2: 152.281, and its
// lines are 40.18, 25.74, 32.20, 23.161, 20 and 11.
TEST(RoundOffTest, TheTotalIsRoundedOnce) {
  const Schedule schedule = Water(
      {Fixed("Service", "0.333"), Fixed("Fire line", "0.333"), Fixed("Test", "0.333"), RoundOff()});
  // 0.33 three times; 0.999 is 1.00.
  const std::vector<Line> lines = PriceUse(schedule, {0});
  EXPECT_THAT(CentsOf(lines), ElementsAre(33, 33, 33, 1));
  EXPECT_EQ(Formula(schedule, lines[3]), "0.999 x 1 = 0.999, less 0.99");
  EXPECT_EQ(RateText(schedule, lines[3]), "");
}

TEST(RoundOffTest, ATaxCountsUnroundedToo) {
  // 9.995 + 5 % of it = 10.49475; printed 10.00 and 0.50.
  EXPECT_THAT(
      CentsOf(PriceUse(Water({Fixed("Base", "9.995"), Percent("Tax", "0.05"), RoundOff()}), {0})),
      ElementsAre(10'00, 50, -1));
}

TEST(RoundOffTest, ABillIsOfWholeNickels) {
  Component nickel = RoundOff();
  nickel.round_to_cents = 5;
  EXPECT_THAT(CentsOf(PriceUse(Water({Fixed("Base", "10.12"), nickel}), {0})),
              ElementsAre(10'12, -2));
  EXPECT_THAT(CentsOf(PriceUse(Water({Fixed("Base", "10.15"), nickel}), {0})), ElementsAre(10'15));
}

// "Fractions of a thousand gallons are dropped", "... count as a thousand".
TEST(StepTest, UseIsBilledInWholeUnits) {
  const Component blocks = Tiers("Water", {{3, "2.00"}, {0, "5.00"}});
  EXPECT_THAT(CentsOf(PriceUse(Water({InSteps(blocks, 1, Rounding::kDown)}), {4'999})),
              ElementsAre(6'00, 5'00));
  EXPECT_THAT(CentsOf(PriceUse(Water({InSteps(blocks, 1, Rounding::kUp)}), {4'001})),
              ElementsAre(6'00, 10'00));
  EXPECT_THAT(CentsOf(PriceUse(Water({InSteps(blocks, 1, Rounding::kHalfUp)}), {4'500})),
              ElementsAre(6'00, 10'00));
}

TEST(AtLeastTest, TwoUnitsAreBilledAtLeast) {
  Component water = Tiers("Water", {{0, "3.10"}});
  water.at_least_thousandths = 2 * kUnit;
  EXPECT_THAT(CentsOf(PriceUse(Water({water}), {700})), ElementsAre(6'20));
  EXPECT_THAT(CentsOf(PriceUse(Water({water}), {2'500})), ElementsAre(7'75));
}

// Nine tenths of the water reach the sewer, ten units at most: 8.4 x 0.9 = 7.56.
TEST(FactorTest, SewerIsAPartOfWater) {
  Component sewer = Tiers("Sewer", {{0, "4.00"}});
  sewer.factor = Dollars("0.9");
  sewer.cap_thousandths = 10 * kUnit;
  EXPECT_THAT(CentsOf(PriceUse(Water({sewer}), {8'400})), ElementsAre(30'24));
  EXPECT_THAT(CentsOf(PriceUse(Water({sewer}), {20'000})), ElementsAre(40'00));
}

// Gas is measured in CCF and sold in therms: 83 x 1.0325 = 85.6975, billed as 86.
TEST(FactorTest, GasIsBilledInTherms) {
  Component gas = InSteps(Tiers("Gas", {{20, "1.10"}, {0, "0.85"}}), 1, Rounding::kHalfUp);
  gas.factor = Dollars("1.0325");
  const Schedule schedule = Metered("G", "gas", Unit::kHundredCubicFeet, {gas});
  EXPECT_THAT(CentsOf(PriceUse(schedule, {83'000})), ElementsAre(22'00, 56'10));
}

// 7,350 square feet at 2,500 an ESU, tenths begun count: 2.94 is 3.0; at least one.
TEST(FactorTest, StormWaterByTheSquareFoot) {
  Component storm = PerUnit("Storm water", "3.90", Unit::kSquareFoot);
  storm.factor = Dollars("0.0004");
  storm.step = Step{100, Rounding::kUp};
  storm.at_least_thousandths = kUnit;
  const Schedule schedule = Water({storm});
  EXPECT_THAT(CentsOf(PriceUse(schedule, {0, 7'350 * kUnit})), ElementsAre(11'70));
  EXPECT_THAT(CentsOf(PriceUse(schedule, {0, 1'200 * kUnit})), ElementsAre(3'90));
}

TEST(UnitBlocksTest, TheFirstCartIsDearer) {
  Component carts = PerUnit("Collection", "0", Unit::kCart);
  carts.rate = Rate();
  carts.tiers = Tiers("", {{1, "17.81"}, {0, "9.50"}}).tiers;
  const Schedule schedule = Water({carts});
  const std::vector<Line> lines = PriceUse(schedule, {0, 3 * kUnit});
  EXPECT_THAT(CentsOf(lines), ElementsAre(17'81, 19'00));
  EXPECT_EQ(Description(schedule, lines[1]), "Collection (over 1 cart)");
  EXPECT_EQ(Basis(schedule, lines, lines[1]), "2 of 3 cart lie above 1");
}

TEST(BlocksTest, AllUseIsAtThePriceOfTheBlockThatItReaches) {
  const Component slabs =
      Priced(Tiers("Water", {{10, "2"}, {20, "2.5"}, {0, "8"}}), Blocks::kWhole);
  EXPECT_THAT(CentsOf(PriceUse(Water({slabs}), {10'000})), ElementsAre(20'00));
  EXPECT_THAT(CentsOf(PriceUse(Water({slabs}), {10'001})), ElementsAre(25'00));
  EXPECT_THAT(CentsOf(PriceUse(Water({slabs}), {25'000})), ElementsAre(200'00));
}

TEST(BlocksTest, ABlockIsAPrice) {
  const Schedule schedule =
      Water({Priced(Tiers("Water", {{3, "25"}, {6, "31"}, {0, "44"}}), Blocks::kPrice)});
  EXPECT_THAT(CentsOf(PriceUse(schedule, {0})), ElementsAre(25'00)) << "who uses nothing pays too";
  EXPECT_THAT(CentsOf(PriceUse(schedule, {3'000})), ElementsAre(25'00));
  EXPECT_THAT(CentsOf(PriceUse(schedule, {3'001})), ElementsAre(31'00));
  EXPECT_THAT(CentsOf(PriceUse(schedule, {90'000})), ElementsAre(44'00));
}

// Virginia's consumer taxes: 20 % of the bill, but at most $3.00.
TEST(MaximumTest, ATaxHasAMaximum) {
  const Schedule schedule = Electric(
      {Tiers("Energy", {{0, "0.10"}}), Percent("Tax", "0.20"), Maximum("Tax limit", "3.00", {1})});
  const std::vector<Line> lines = PriceUse(schedule, {500'000});
  EXPECT_THAT(CentsOf(lines), ElementsAre(50'00, 10'00, -7'00));
  EXPECT_EQ(Formula(schedule, lines[2]), "1 x 3 = 3.00, less 10.00");
  EXPECT_THAT(CentsOf(PriceUse(schedule, {100'000})), ElementsAre(10'00, 2'00));
}

TEST(MaximumTest, AndWhatStandsBelowSeesTheDifference) {
  EXPECT_THAT(CentsOf(PriceUse(Water({Tiers("Sewer", {{0, "8"}}), Maximum("Limit", "60"),
                                      Percent("Tax", "0.05"), Minimum("Minimum", "64")}),
                               {10'000})),
              ElementsAre(80'00, -20'00, 3'00, 1'00));
}

// A primary customer's 2 % discount, a senior's quarter off.
TEST(DiscountTest, AFractionMayBeBelowNothing) {
  EXPECT_THAT(
      CentsOf(PriceUse(Electric({Fixed("Base", "100"), Percent("Discount", "-0.02")}), {0})),
      ElementsAre(100'00, -2'00));
}

// Provo credits 0.06742 for what a house delivers.
TEST(GenerationTest, WhatIsDeliveredIsCredited) {
  const Schedule schedule =
      Electric({Tiers("Energy", {{0, "0.10"}}),
                Flowing(Tiers("Credit", {{0, "-0.06742"}}), Flow::kReceived)});
  const Measured meter{.usage_thousandths = 600'000, .received_thousandths = 250'000};
  EXPECT_THAT(CentsWith(schedule, meter, {}), ElementsAre(60'00, -16'86));  // 16.855
}

TEST(GenerationTest, UseIsNetOfItAndOfWhatIsBanked) {
  const Schedule schedule = Electric({Flowing(Tiers("Energy", {{0, "0.10"}}), Flow::kNet),
                                      Flowing(Tiers("Excess", {{0, "-0.03"}}), Flow::kExcess)});
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 600'000, .received_thousandths = 250'000},
                        {.banked_thousandths = 100'000}),
              ElementsAre(25'00));
  EXPECT_THAT(
      CentsWith(schedule, {.usage_thousandths = 200'000, .received_thousandths = 250'000}, {}),
      ElementsAre(-1'50));
  EXPECT_EQ(ReasonOf(PriceWith(schedule, {.usage_thousandths = 1}, {})), "FACT_MISSING")
      << "missing is not zero";
}

// First 3,000 kWh, then up to 200 hours of use, then the rest; 40 kW are billed.
TEST(HoursOfUseTest, BlocksGrowWithTheLoad) {
  Component energy = Tiers("Energy", {{3'000, "0.12"}, {200, "0.08"}, {0, "0.05"}});
  energy.tiers[1].of = BoundOf::kLoad;
  Component demand = OfKind(ComponentKind::kDemand, Tiers("Demand", {{0, "10"}}));
  demand.at_least_thousandths = 25 * kUnit;
  const Schedule schedule = Electric({demand, energy});
  const ByPeriod load{"", 40 * kUnit};
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 10'000 * kUnit}, {.demands = {&load, 1}}),
              ElementsAre(400'00, 360'00, 400'00, 100'00));
  // At 10 kW 25 are billed: 200 hours are 5,000 kWh.
  const ByPeriod little{"", 10 * kUnit};
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 6'000 * kUnit}, {.demands = {&little, 1}}),
              ElementsAre(250'00, 360'00, 160'00, 50'00));
}

TEST(HoursOfUseTest, ABoundBelowTheOneBeforeLeavesABlockEmpty) {
  Component energy = Tiers("Energy", {{3'000, "0.12"}, {200, "0.08"}, {0, "0.05"}});
  energy.tiers[1].of = BoundOf::kLoad;
  const Schedule schedule =
      Electric({OfKind(ComponentKind::kDemand, Tiers("Demand", {{0, "10"}})), energy});
  const ByPeriod load{"", 5 * kUnit};  // 1,000 kWh
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 4'000 * kUnit}, {.demands = {&load, 1}}),
              ElementsAre(50'00, 360'00, 50'00));
}

// 100 kW at a power factor of 0.80 where 0.90 is asked for: 112.5 kW, whole ones: 113.
TEST(PowerFactorTest, APoorOneIsBilledAsMoreLoad) {
  Component demand = InSteps(OfKind(ComponentKind::kDemand, Tiers("Demand", {{0, "12.60"}})), 1,
                             Rounding::kHalfUp);
  demand.power_factor = Dollars("0.90");
  const ByPeriod load{"", 100 * kUnit};
  const Schedule schedule = Electric({demand});
  EXPECT_THAT(CentsWith(schedule, {}, {.demands = {&load, 1}, .power_factor = Dollars("0.80")}),
              ElementsAre(1'423'80));
  EXPECT_THAT(CentsWith(schedule, {}, {.demands = {&load, 1}, .power_factor = Dollars("0.95")}),
              ElementsAre(1'260'00));
  EXPECT_EQ(ReasonOf(PriceWith(schedule, {}, {.demands = {&load, 1}})), "FACT_MISSING");
}

// The first 6 kgal of a small meter, 15 of a larger one.
TEST(ForSizesTest, BoundsFollowTheSizeOfTheMeter) {
  const Schedule schedule = Water({ForSizes(Tiers("Water", {{6, "3"}, {0, "5"}}), {"5/8", "3/4"}),
                                   ForSizes(Tiers("Water", {{15, "3"}, {0, "5"}}), {"1"})});
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 20'000, .meter_size = "3/4"}, {}),
              ElementsAre(18'00, 70'00));
  EXPECT_THAT(CentsWith(schedule, {.usage_thousandths = 20'000, .meter_size = "1"}, {}),
              ElementsAre(45'00, 25'00));
  EXPECT_EQ(ReasonOf(PriceWith(schedule, {.meter_size = "4"}, {})), "FACT_MISSING");
  EXPECT_EQ(ReasonOf(PriceWith(schedule, {}, {})), "FACT_MISSING");
}

// OWRS: 4 people x 55 gallons x 30 days / 748 = 8.824 CCF indoors; with 0.8 x 5.1 inches x 2,000
// square feet x 0.62 / 748 it is 15.587; a third above that, 20.73071.
TEST(BudgetTest, TiersAreOfTheCustomersWater) {
  Component water = Tiers("Water", {{1, "2"}, {0, "9"}});
  water.tiers = {{kUnit, Dollars("2"), BoundOf::kIndoor},
                 {kUnit, Dollars("3"), BoundOf::kBudget},
                 {1'330, Dollars("6"), BoundOf::kBudget},
                 {std::nullopt, Dollars("9")}};
  water.budget = WaterBudget{55'000, Dollars("0.8"), 748'000};
  const Schedule schedule = Metered("B", "water", Unit::kHundredCubicFeet, {water});
  const std::vector<Line> lines =
      PriceWith(schedule, {.usage_thousandths = 25'000}, {.budget = BudgetFacts{4, 2'000, 5'100}})
          .value();
  // 8.824 x 2 = 17.648; 6.763 x 3 = 20.289; 5.14371 x 6 = 30.86226; 4.26929 x 9 = 38.42361.
  EXPECT_THAT(CentsOf(lines), ElementsAre(17'65, 20'29, 30'86, 38'42));
  EXPECT_EQ(Description(schedule, lines[2]),
            "Water (over 1 of the water budget to 1.33 of the water budget CCF)");
  EXPECT_EQ(ReasonOf(PriceWith(schedule, {.usage_thousandths = 1}, {})), "FACT_MISSING");
}

// Summer use above 115 % of the winter average of 8 is dear: the agreement's quantity is the
// average, and bounds are of it.
TEST(AverageTest, BoundsAreOfTheAgreementsAverage) {
  Component water = Tiers("Water", {{1, "2"}, {0, "5"}});
  water.tiers[0].up_to_thousandths = 1'150;
  water.unit = Unit::kKilogallon;
  EXPECT_THAT(CentsOf(PriceUse(Water({water}), {12'000, 8 * kUnit})), ElementsAre(18'40, 14'00));
}

// What several services share is one schedule: water and sewer by one meter, $30 at least together.
TEST(MinimumTest, ServicesOfOneMeterShareOne) {
  EXPECT_THAT(CentsOf(PriceUse(Water({Tiers("Water", {{0, "3"}}), Tiers("Sewer", {{0, "4"}}),
                                      Minimum("Minimum bill", "30")}),
                               {2'000})),
              ElementsAre(6'00, 8'00, 16'00));
}

std::vector<std::string> Refused(Schedule schedule) {
  Fields fields;
  Validate(schedule, fields);
  std::vector<std::string> refused;
  if (fields.ok()) return refused;
  for (const FieldViolation& one : fields.error().violations()) refused.push_back(one.field);
  return refused;
}

TEST(TermsOfComponentsTest, EachBelongsToItsKinds) {
  Component base = Fixed("Base", "1");
  base.factor = Dollars("2");
  base.step = Step{};
  base.at_least_thousandths = 1;
  base.blocks = Blocks::kWhole;
  base.flow = Flow::kNet;
  base.power_factor = Dollars("0.9");
  base.round_to_cents = 5;
  EXPECT_THAT(Refused(Water({base})),
              ::testing::UnorderedElementsAre("components[0].factor", "components[0].step",
                                              "components[0].at_least", "components[0].blocks",
                                              "components[0].flow", "components[0].power_factor",
                                              "components[0].round_to_cents"));
}

TEST(TermsOfComponentsTest, WhatCannotBeIsRefused) {
  Component water = Tiers("Water", {{5, "1"}, {0, "2"}});
  water.tiers[0].of = BoundOf::kLoad;
  EXPECT_THAT(Refused(Water({water})), ElementsAre("components[0].tiers[0].of"));
  water.tiers[0].of = BoundOf::kBudget;
  EXPECT_THAT(Refused(Water({water})), ElementsAre("components[0].budget"));
  water.budget = WaterBudget{55'000, Rate(), 748'000};
  EXPECT_THAT(Refused(Water({water})), IsEmpty());
  water.widths = Widths::kDay;
  EXPECT_THAT(Refused(Water({water})), ElementsAre("components[0].widths"));
  Component nothing = Tiers("Water", {{0, "1"}});
  nothing.factor = Rate();
  nothing.step = Step{0, Rounding::kUp};
  nothing.at_least_thousandths = 0;
  nothing.for_sizes = {"1", "1"};
  EXPECT_THAT(Refused(Water({nothing})),
              ElementsAre("components[0].factor", "components[0].step", "components[0].at_least",
                          "components[0].for_sizes[1]"));
  EXPECT_THAT(Refused(Water({RoundOff()})), ElementsAre("components[0].kind"));
  EXPECT_THAT(Refused(Water({Fixed("Base", "1"), Maximum("Limit", "-1")})),
              ElementsAre("components[1].rate"));
}

}  // namespace
}  // namespace reeve::billing::rate
