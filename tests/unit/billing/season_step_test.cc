// What published sheets say of seasons, steps and percentages, and a schedule must not read
// otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/billing/rate/rate_wire_service.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> FaultsOf(const Schedule& schedule) {
  Fields fields;
  Validate(schedule, fields);
  std::vector<std::string> names;
  if (fields.ok()) return names;
  for (const FieldViolation& one : fields.error().violations()) {
    names.push_back(one.field + " " + one.description);
  }
  return names;
}
Component InSeason(Component component, int from, int to) {
  component.season = Season{from, to};
  return component;
}
Schedule Water(std::vector<Component> components) {
  return Metered("W1", "water", Unit::kKilogallon, std::move(components));
}

// New Haven, Indiana: parcels by 2,534 square feet, halves up.
TEST(StepTest, AQuantityIsRoundedOnce) {
  Component storm = PerUnit("Storm", "5.00", Unit::kEquivalentServiceUnit);
  storm.factor = Dollars("0.000394633");
  storm.step = Step{Quantity::kScale, Rounding::kHalfUp};
  const auto cents = [&](std::int64_t square_feet) {
    Schedule schedule = Metered("ST", "storm", Unit::kKilogallon, {storm});
    schedule.usage_unit.reset();
    return TotalCents(PriceUse(schedule, {0, square_feet * 1'000}));
  };
  EXPECT_EQ(cents(3'800), 5'00);  // 1.4996
  EXPECT_EQ(cents(3'801), 10'00);
  EXPECT_EQ(cents(6'334), 10'00);  // 2.4996
  EXPECT_EQ(cents(6'335), 15'00);
  storm.factor = Dollars("0.0004");
  storm.step->rounding = Rounding::kUp;
  EXPECT_EQ(cents(2'500), 5'00);
  EXPECT_EQ(cents(2'501), 10'00);
  storm.step->rounding = Rounding::kDown;
  EXPECT_EQ(cents(4'999), 5'00);
  EXPECT_EQ(cents(5'000), 10'00);
}

// 45 whole units of which 11 days of 31 are summer: 16 and 29, none is lost.
TEST(StepTest, UseIsDividedInTheStepsInWhichItIsBilled) {
  v1::RateSchedule message;
  message.set_code("W1");
  message.set_effective_date("2026-01-01");
  message.set_service("water");
  message.set_title("Test");
  message.set_citation("Test");
  message.set_usage_unit("CCF");
  for (const auto& [from, to, rate] :
       {std::tuple("05-01", "10-31", "6"), {"11-01", "04-30", "4"}}) {
    v1::RateComponent& blocks = *message.add_components();
    blocks.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    blocks.set_name(from);
    blocks.set_step("1");
    blocks.set_step_rounding(v1::RATE_ROUNDING_DOWN);
    blocks.add_tiers()->set_rate(rate);
    blocks.mutable_season()->set_from(from);
    blocks.mutable_season()->set_to(to);
  }
  const auto cents = [&](std::int64_t units) {
    Fields fields;
    const Schedule schedule = ParseSchedule(fields, message);
    EXPECT_TRUE(fields.ok());
    return TotalCents(PriceUse(schedule, {units * 1'000, 1'000, "2026-10-20", "2026-11-20"}));
  };
  EXPECT_EQ(cents(45), 212'00);
  EXPECT_EQ(cents(7), 32'00);
  message.mutable_terms()->set_split_step("0.001");
  EXPECT_EQ(cents(45), 212'00) << "whatever else is divided by";
  EXPECT_EQ(cents(7), 32'00);
}

TEST(SeasonTest, ASeasonToTheEndOfFebruaryHasItsLeapDay) {
  const Schedule schedule = Water({InSeason(Tiers("Winter", {{0, "0.1"}}), 1101, 228),
                                   InSeason(Tiers("Rest", {{0, "0.1"}}), 301, 1031)});
  EXPECT_THAT(FaultsOf(schedule), IsEmpty());
  Schedule early = schedule;
  early.effective_date = Day("2026-01-01");
  EXPECT_EQ(TotalCents(PriceUse(early, {870'000, 1'000, "2028-02-10", "2028-03-10"})), 87'00);
  EXPECT_FALSE((Season{301, 1031}.Includes(Day("2028-02-29"))));
}

TEST(SeasonTest, DaysOnWhichNoBlockPricesUseAreRefused) {
  std::vector<Component> blocks = {InSeason(Tiers("Summer", {{0, "6"}}), 601, 930),
                                   InSeason(Tiers("Winter", {{0, "4"}}), 1001, 430)};
  EXPECT_THAT(
      FaultsOf(Water(blocks)),
      ElementsAre("components no tiers are for 05-01: where use is free, tiers at 0 say so"));
  blocks.push_back(InSeason(Tiers("May", {{0, "0"}}), 501, 531));
  EXPECT_THAT(FaultsOf(Water(blocks)), IsEmpty());
}

TEST(SeasonTest, APercentageOfASeasonIsOfLinesOfThatSeason) {
  Component surcharge = InSeason(Percent("Drought", "0.25"), 501, 1031);
  Schedule schedule = Water({Tiers("Water", {{0, "3"}}), surcharge});
  EXPECT_THAT(FaultsOf(schedule),
              ElementsAre("components[1].season the lines that it is of have another: they are of "
                          "other days"));
  schedule.terms.season_by = SeasonBy::kLastDay;
  EXPECT_THAT(FaultsOf(schedule), IsEmpty());
  // The way that the season is divided by days: a line of the season, and the percentage of it.
  schedule.terms.season_by = SeasonBy::kDay;
  schedule.components = {InSeason(Tiers("Summer", {{0, "3"}}), 501, 1031),
                         InSeason(Tiers("Winter", {{0, "3"}}), 1101, 430), surcharge};
  schedule.components[2].of = {0};
  EXPECT_THAT(FaultsOf(schedule), IsEmpty());
  schedule.effective_date = Day("2026-01-01");
  const auto lines = PriceUse(schedule, {20'000, 1'000, "2026-10-20", "2026-11-20"});
  EXPECT_EQ(lines.back().amount.cents(), 5'32);
}

TEST(PercentTest, MoreThanAllThereIsIsRefused) {
  EXPECT_THAT(FaultsOf(Water({Tiers("Water", {{0, "3"}}), Percent("Tax", "6.25")})),
              ElementsAre("components[1].rate is more than all there is: 6.25 % is 0.0625"));
  EXPECT_THAT(FaultsOf(Water({Tiers("Water", {{0, "3"}}), Percent("Outside", "1")})), IsEmpty());
}

}  // namespace
}  // namespace reeve::billing::rate
