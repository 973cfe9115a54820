#include "services/billing/bill/simulation.h"

#include <gtest/gtest.h>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::bill {
namespace {

using cycle::Bill;
using cycle::Segment;

Segment Of(std::string service, std::string code, bool metered, std::int64_t usage) {
  Segment segment;
  segment.service = std::move(service);
  segment.schedule_code = std::move(code);
  segment.metered = metered;
  segment.from_date = Day("2026-09-01");
  segment.to_date = Day("2026-10-01");
  segment.use = {usage, 1'000};
  return segment;
}

rate::Schedule Unmetered(std::string code, std::string service, Unit unit) {
  rate::Schedule schedule =
      Metered(std::move(code), std::move(service), unit, {PerUnit("Units", "8.05", unit)});
  schedule.usage_unit.reset();
  return schedule;
}

class SimulationTest : public ::testing::Test {
 protected:
  SimulationTest() {
    rate::Schedule dearer = ProvoSchedule1();
    dearer.code = "E2";
    dearer.components[0].rate = Dollars("20");
    tariff_ = rate::Tariff({ProvoSchedule1(), dearer, Unmetered("S1", "storm", Unit::kCart),
                            Unmetered("S2", "storm", Unit::kEquivalentServiceUnit)});
    bill_.bill_id = 7;
    bill_.bill_date = Day("2026-10-03");
    bill_.segments = {Of("electric", "E1", true, 812'000), Of("storm", "S1", false, 0)};
    bill_ = PriceAnew(bill_, tariff_, cycle::Kind::kProduction).value();
  }
  // The bill with the change, in cents.
  std::int64_t Total(const Change& change) {
    Fields fields;
    const Change one[] = {change};
    Bill changed = ApplyChanges(bill_, tariff_, one, fields);
    EXPECT_TRUE(fields.ok());
    return PriceAnew(std::move(changed), tariff_, cycle::Kind::kProduction).value().total.cents();
  }
  std::vector<std::string> Refused(std::vector<Change> changes) {
    Fields fields;
    ApplyChanges(bill_, tariff_, changes, fields);
    std::vector<std::string> refused;
    if (fields.ok()) return refused;
    for (const FieldViolation& violation : fields.error().violations()) {
      refused.push_back(violation.field);
    }
    return refused;
  }
  using Fieldnames = std::vector<std::string>;

  rate::Tariff tariff_{{}};
  Bill bill_;
};

TEST_F(SimulationTest, WithoutAChangeItIsTheSame) {
  const Bill again = PriceAnew(bill_, tariff_, cycle::Kind::kProduction).value();
  EXPECT_EQ(again.total.cents(), 82'41 + 8'05);
  EXPECT_EQ(again.segments[0].lines, bill_.segments[0].lines);
  EXPECT_EQ(again.bill_id, 0) << "it is nobody's bill";
}

TEST_F(SimulationTest, OtherUseQuantityDatesOrSchedule) {
  EXPECT_EQ(Total({.service = "electric", .usage_thousandths = 500'000}), 50'62 + 8'05);
  EXPECT_EQ(Total({.usage_thousandths = 500'000}), 50'62 + 8'05) << "the only meter";
  EXPECT_EQ(Total({.service = "storm", .quantity_thousandths = 2'000}), 82'41 + 16'10);
  EXPECT_EQ(Total({.service = "electric", .schedule_code = "E2"}), 82'41 + 6'08 + 8'05);
  EXPECT_EQ(Total({.service = "electric", .to_date = Day("2026-10-11")}), 82'41 + 8'05)
      << "nothing of this schedule goes by days";
}

TEST_F(SimulationTest, RefusesEveryBadFieldAtOnce) {
  EXPECT_EQ(Refused({{.service = "gas"}}), (Fieldnames{"changes[0].service"}));
  EXPECT_EQ(Refused({{.service = "storm"}, {.service = "storm"}}),
            (Fieldnames{"changes[1].service"}));
  EXPECT_EQ(Refused({{.service = "storm", .usage_thousandths = 1}}),
            (Fieldnames{"changes[0].usage"}));
  EXPECT_EQ(Refused({{.from_date = Day("2026-10-01")}}), (Fieldnames{"changes[0].from_date"}));
  EXPECT_EQ(Refused({{.to_date = Day("2046-10-01")}}), (Fieldnames{"changes[0].to_date"}));
  EXPECT_EQ(Refused({{.service = "electric", .schedule_code = "E9"}}),
            (Fieldnames{"changes[0].schedule_code"}));
  EXPECT_EQ(Refused({{.service = "electric", .schedule_code = "S1"}}),
            (Fieldnames{"changes[0].schedule_code"}));
  EXPECT_EQ(Refused({{.service = "storm", .schedule_code = "S2"}}),
            (Fieldnames{"changes[0].quantity"}))
      << "carts are not service units";
  EXPECT_EQ(Refused({{.service = "storm", .quantity_thousandths = 1'000, .schedule_code = "S2"}}),
            Fieldnames{});
  EXPECT_EQ(Refused({{.service = "gas"},
                     {.service = "electric", .schedule_code = "E9"},
                     {.service = "storm", .usage_thousandths = 1}}),
            (Fieldnames{"changes[0].service", "changes[1].schedule_code", "changes[2].usage"}));
}

TEST_F(SimulationTest, UseOfTwoMetersIsRefused) {
  bill_.segments.push_back(bill_.segments[0]);
  EXPECT_EQ(Refused({{.service = "electric", .usage_thousandths = 1}}),
            (Fieldnames{"changes[0].usage"}));
}

TEST_F(SimulationTest, WhatACycleCouldNotPriceIsRefused) {
  rate::Schedule open = ProvoSchedule1();
  open.components.push_back(NotLoadedRider("Rider"));
  const rate::Tariff tariff({open, Unmetered("S1", "storm", Unit::kCart)});
  EXPECT_EQ(PriceAnew(bill_, tariff, cycle::Kind::kProduction).error().reason(),
            "VALUE_NOT_LOADED");
  EXPECT_TRUE(PriceAnew(bill_, tariff, cycle::Kind::kDemo).ok());
}

}  // namespace
}  // namespace reeve::billing::bill
