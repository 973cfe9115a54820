// Bounds and least quantities that are the customer's, with a constant part and limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> FaultsOf(const Schedule& schedule) {
  Fields fields;
  Validate(schedule, fields);
  std::vector<std::string> names;
  if (fields.ok()) return names;
  for (const FieldViolation& one : fields.error().violations()) names.push_back(one.field);
  return names;
}

// Denver Water, residential: the first block is the average winter consumption, at least 5,000 and
// at most 15,000 gallons, the second 15,000 gallons more. https://www.denverwater.org
Schedule Denver() {
  Component blocks = Tiers("Water", {{1, "2.73"}, {2, "4.91"}, {0, "6.54"}});
  blocks.unit = Unit::kKilogallon;
  blocks.tiers[0].at_least_thousandths = 5'000;
  blocks.tiers[0].at_most_thousandths = 15'000;
  blocks.tiers[1].up_to_thousandths = 1'000;
  blocks.tiers[1].plus_thousandths = 15'000;
  blocks.tiers[1].at_least_thousandths = 20'000;
  blocks.tiers[1].at_most_thousandths = 30'000;
  return Metered("W1", "water", Unit::kKilogallon, {blocks});
}

TEST(BoundTest, AnAverageHasAFloorAndACeiling) {
  ASSERT_THAT(FaultsOf(Denver()), ElementsAre());
  const auto bill = [](std::int64_t use, std::int64_t average) {
    return CentsOf(PriceUse(Denver(), {use, average}));
  };
  EXPECT_THAT(bill(23'000, 7'000), ElementsAre(19'11, 73'65, 6'54)) << "7, 15 more, 1";
  EXPECT_THAT(bill(23'000, 2'000), ElementsAre(13'65, 73'65, 19'62)) << "5 at least, to 20";
  EXPECT_THAT(bill(35'000, 40'000), ElementsAre(40'95, 73'65, 32'70)) << "15 at most, to 30";
  EXPECT_THAT(bill(7'000, 7'000), ElementsAre(19'11));
}

TEST(BoundTest, ItsConstantPartGrowsWithTheDaysAsTheRestDoes) {
  Schedule schedule = Denver();
  schedule.components[0].widths = Widths::kThirtyDays;
  schedule.effective_date = Day("2026-01-01");
  const auto lines = PriceUse(schedule, {46'000, 7'000, "2026-06-01", "2026-07-31"});
  EXPECT_THAT(CentsOf(lines), ElementsAre(38'22, 147'30, 13'08)) << "60 days: 14, 30, 2";
}

// "First 3,000 kWh, plus 100 kWh for each kW above 10."
Schedule HoursOfUse() {
  Component load = Tiers("Demand", {{0, "5"}});
  load.kind = ComponentKind::kDemand;
  Component energy = Tiers("Energy", {{100, "0.12"}, {0, "0.06"}});
  energy.tiers[0].of = BoundOf::kLoad;
  energy.tiers[0].plus_thousandths = 2'000'000;
  energy.tiers[0].at_least_thousandths = 3'000'000;
  return Metered("E5", "electric", Unit::kKilowattHour, {load, energy});
}
std::vector<std::int64_t> BillLoad(const Schedule& schedule, std::int64_t use, std::int64_t load,
                                   std::int64_t contract = 0) {
  const Measured meter{Day("2026-09-01"), Day("2026-10-01"), use, {}};
  const ByPeriod loads[] = {{"", load}};
  std::vector<Line> lines;
  EXPECT_TRUE(Price(VersionsOf({schedule}), {meter.from_date, meter.to_date, meter.to_date},
                    {.measured = {&meter, 1}, .quantity_thousandths = contract, .demands = loads},
                    lines)
                  .ok());
  return CentsOf(lines);
}

TEST(BoundTest, HoursOfUseHaveAFirstBlockOfUnits) {
  ASSERT_THAT(FaultsOf(HoursOfUse()), ElementsAre());
  EXPECT_THAT(BillLoad(HoursOfUse(), 6'000'000, 25'000), ElementsAre(125'00, 540'00, 90'00));
  EXPECT_THAT(BillLoad(HoursOfUse(), 6'000'000, 4'000), ElementsAre(20'00, 360'00, 180'00));
  const Schedule schedule = HoursOfUse();
  EXPECT_EQ(Description(schedule, {.effective_date = schedule.effective_date, .component = 1}),
            "Energy (first 100 for each kW plus 2000, at least 3000 kWh)");
}

// "The billing demand is not less than 60 % of the contract capacity."
TEST(BoundTest, ALoadIsAtLeastAPartOfTheContract) {
  Component load = Tiers("Demand", {{0, "5"}});
  load.kind = ComponentKind::kDemand;
  load.unit = Unit::kKilowatt;
  load.at_least_thousandths = 600;
  const Schedule schedule = Metered("E6", "electric", Unit::kKilowattHour, {load});
  ASSERT_THAT(FaultsOf(schedule), ElementsAre());
  EXPECT_THAT(BillLoad(schedule, 0, 25'000, 100'000), ElementsAre(300'00));
  EXPECT_THAT(BillLoad(schedule, 0, 75'000, 100'000), ElementsAre(375'00));
  std::vector<Line> lines;
  const ByPeriod loads[] = {{"", 25'000}};
  const Date from = Day("2026-09-01");
  const Date to = Day("2026-10-01");
  const auto missing = Price(VersionsOf({schedule}), {from, to, to}, {.demands = loads}, lines);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().reason(), "FACT_MISSING");
}

TEST(BoundTest, WhatGrowsWithNothingHasNoParts) {
  Schedule schedule = Denver();
  schedule.components[0].unit.reset();
  EXPECT_THAT(FaultsOf(schedule),
              ElementsAre("components[0].tiers[0].at_least", "components[0].tiers[0].at_most",
                          "components[0].tiers[1].plus", "components[0].tiers[1].at_least",
                          "components[0].tiers[1].at_most"));
  Schedule limits = Denver();
  limits.components[0].tiers[0].at_least_thousandths = 16'000;
  limits.components[0].tiers[1].plus_thousandths = -1;
  EXPECT_THAT(FaultsOf(limits),
              ElementsAre("components[0].tiers[0].at_least", "components[0].tiers[1].plus"));
}

TEST(RatchetTest, MonthsAreMonths) {
  Component load = Tiers("Demand", {{0, "5"}});
  load.kind = ComponentKind::kDemand;
  load.ratchet = Ratchet{Dollars("0.8"), 11, {6, 7, 8, 9}};
  EXPECT_TRUE(load.ratchet->Counts(Day("2026-06-30")));
  EXPECT_FALSE(load.ratchet->Counts(Day("2026-10-01")));
  EXPECT_TRUE((Ratchet{Dollars("0.8"), 11}.Counts(Day("2026-10-01"))));
  Component other = load;
  other.ratchet->months = {0, 7, 7};
  const Schedule schedule = Metered("E7", "electric", Unit::kKilowattHour, {load, other});
  EXPECT_THAT(FaultsOf(schedule),
              ElementsAre("components[1].ratchet.months[0]", "components[1].ratchet.months[2]",
                          "components[1].ratchet.months"));
}

}  // namespace
}  // namespace reeve::billing::rate
