#include "services/billing/rate/rate.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kKwh = Quantity::kScale;

TEST(RateTest, ABoundaryBelongsToTheLowerBlock) {
  const Schedule schedule = ProvoSchedule1();
  EXPECT_EQ(PriceUse(schedule, {500 * kKwh}).size(), 2u);
  EXPECT_EQ(PriceUse(schedule, {500 * kKwh + 1}).size(), 3u);
  EXPECT_EQ(PriceUse(schedule, {1000 * kKwh}).size(), 3u);
  EXPECT_EQ(PriceUse(schedule, {1000 * kKwh + 1}).size(), 4u);
}

TEST(RateTest, ProvoScheduleOneAtItsBoundaries) {
  const Schedule schedule = ProvoSchedule1();
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0})), 13'92);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {500 * kKwh})), 50'62);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {1000 * kKwh})), 101'57);
  EXPECT_EQ(TotalCents(PriceUse(schedule, {1500 * kKwh})), 162'02);
}

// 550 x .0475 = 26.125: half-up prints 26.13, half-even would print 26.12.
// https://cityofseymour.org/departments/utilities/residential-electricity/bill-comparison/
TEST(RateTest, ALineIsRoundedHalfUp) {
  EXPECT_EQ(LineAmount({}, Dollars("0.0475"), 550 * kKwh, 1).value(), Money::Cents(26'13));
}

TEST(RateTest, EachLineIsRoundedBeforeTheSum) {
  const Schedule schedule =
      Metered("X", "water", Unit::kKilogallon,
              {Fixed("A", "0.005"), Fixed("B", "0.005"), Fixed("C", "0.004")});
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0})), 2) << "0.01 + 0.01 + 0.00, not the rounded 0.014";
}

TEST(RateTest, APercentageIsOfTheRoundedLinesAboveIt) {
  const Schedule schedule =
      Metered("X", "electric", Unit::kKilowattHour,
              {Fixed("Base", "169.85"), Percent("City tax", "0.01"), Fixed("Below", "5")});
  const std::vector<Line> lines = PriceUse(schedule, {0});
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].amount, Money::Cents(1'70));
}

TEST(RateTest, UnitsOfTheAgreementArePriced) {
  Schedule schedule = Metered("ST1", "storm", Unit::kKilowattHour, {});
  schedule.usage_unit.reset();
  schedule.components = {PerUnit("Storm water", "8.05", Unit::kEquivalentServiceUnit)};
  EXPECT_EQ(TotalCents(PriceUse(schedule, {0, 2500})), 20'13) << "2.5 ESU x 8.05 = 20.125";
  EXPECT_TRUE(PriceUse(schedule, {0, 0}).empty());
}

TEST(RateTest, ARiderThatIsNotLoadedIsPrintedWithoutAnAmountAndIsFound) {
  Schedule schedule = ProvoSchedule1();
  EXPECT_EQ(NotLoaded(schedule), "");
  schedule.components.push_back(NotLoadedRider("Energy cost adjustment (Schedule 20)"));
  EXPECT_EQ(NotLoaded(schedule), "Energy cost adjustment (Schedule 20)");
  const std::vector<Line> lines = PriceUse(schedule, {0});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(Description(schedule, lines[1]), "Energy cost adjustment (Schedule 20): not loaded");
  EXPECT_EQ(lines[1].amount, Money());
  EXPECT_EQ(RateText(schedule, lines[1]), "");
}

TEST(RateTest, ALineSaysWhereItComesFrom) {
  const Schedule schedule = ProvoSchedule1();
  const std::vector<Line> lines = PriceUse(schedule, {812 * kKwh});
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(Description(schedule, lines[0]), "Customer charge");
  EXPECT_EQ(QuantityText(schedule, lines[0]), "");
  EXPECT_EQ(Description(schedule, lines[1]), "Energy (first 500 kWh)");
  EXPECT_EQ(Description(schedule, lines[2]), "Energy (over 500 to 1000 kWh)");
  EXPECT_EQ(QuantityText(schedule, lines[2]), "312 kWh");
  EXPECT_EQ(RateText(schedule, lines[2]), "0.1019");
  EXPECT_EQ(Basis(schedule, lines, lines[2]), "312 of 812 kWh lie above 500 and up to 1000");
  EXPECT_EQ(Formula(schedule, lines[2]), "312 x 0.1019 = 31.7928");
  const std::vector<Line> much = PriceUse(schedule, {1500 * kKwh});
  EXPECT_EQ(Description(schedule, much[3]), "Energy (over 1000 kWh)");
  EXPECT_EQ(Formula(schedule, much[3]), "500 x 0.1209 = 60.45");
}

TEST(RateTest, WhatLeavesTheRangeIsRefused) {
  const Schedule schedule =
      Metered("X", "electric", Unit::kKilowattHour, {Tiers("Energy", {{0, "1000000"}})});
  const auto lines = PriceMonth(VersionsOf({schedule}), {Quantity::kMaxThousandths, 0});
  ASSERT_FALSE(lines.ok());
  EXPECT_EQ(lines.error().reason(), ::reeve::reason::kOverflow.name);
}

struct InvalidCase {
  const char* name;
  Schedule schedule;
  const char* field;
};

class InvalidSchedule : public ::testing::TestWithParam<InvalidCase> {};

TEST_P(InvalidSchedule, IsRefusedWithItsField) {
  Fields fields;
  Validate(GetParam().schedule, fields);
  ASSERT_FALSE(fields.ok());
  EXPECT_EQ(fields.error().violations().front().field, GetParam().field);
}

Schedule With(Component component) {
  return Metered("X", "electric", Unit::kKilowattHour, {Fixed("Base", "1"), std::move(component)});
}

Component Falling() {
  Component component = Tiers("Energy", {{500, "1"}, {400, "1"}, {0, "1"}});
  return component;
}

Schedule Unmetered(Component component) {
  Schedule schedule = With(std::move(component));
  schedule.usage_unit.reset();
  return schedule;
}

Schedule Fees(std::vector<Component> fees) {
  Schedule schedule = Metered("FEES", "fees", Unit::kKilowattHour, std::move(fees));
  // Fees by use would need a unit; others may have none.
  if (schedule.components[0].kind != ComponentKind::kTiers) schedule.usage_unit.reset();
  return schedule;
}

INSTANTIATE_TEST_SUITE_P(
    ByField, InvalidSchedule,
    ::testing::Values(
        InvalidCase{"NoComponent", Metered("X", "electric", Unit::kKilowattHour, {}), "components"},
        InvalidCase{"NoTier", With(Tiers("Energy", {})), "components[1].tiers"},
        InvalidCase{"NoLastTier", With(Tiers("Energy", {{500, "1"}})),
                    "components[1].tiers[0].up_to"},
        InvalidCase{"UnboundedInside", With(Tiers("Energy", {{0, "1"}, {0, "1"}})),
                    "components[1].tiers[0].up_to"},
        InvalidCase{"FallingTiers", With(Falling()), "components[1].tiers[1].up_to"},
        InvalidCase{"TiersWithoutUnit", Unmetered(Tiers("Energy", {{0, "1"}})), "usage_unit"},
        InvalidCase{"PercentOfNothing",
                    Metered("X", "electric", Unit::kKilowattHour, {Percent("Tax", "0.01")}),
                    "components[0].kind"},
        InvalidCase{"UnitOfATax", With({ComponentKind::kPercent, "Tax", Rate(), Unit::kCart, {}}),
                    "components[1].unit"},
        InvalidCase{"TwoUnitsOfOneQuantity",
                    Metered("X", "water", Unit::kKilogallon,
                            {PerUnit("Cart", "1", Unit::kCart),
                             PerUnit("Storm", "1", Unit::kEquivalentServiceUnit)}),
                    "components[1].unit"},
        InvalidCase{"DiscountOfMoreThanAll", With(Percent("Off", "-1.01")),
                    "components[1].rate"},
        InvalidCase{"SizesWithoutOne",
                    With({ComponentKind::kMeterSize, "Base", Rate(), std::nullopt, {}}),
                    "components[1].sizes"},
        InvalidCase{"WidthsOfAFixedCharge", With([] {
                      Component one = Fixed("Base", "1");
                      one.widths = Widths::kDay;
                      return one;
                    }()),
                    "components[1].widths"},
        InvalidCase{"PercentOfALineBelow", With([] {
                      Component one = Percent("Tax", "0.01");
                      one.of = {1};
                      return one;
                    }()),
                    "components[1].of"},
        InvalidCase{"RatchetAboveOne", With([] {
                      Component one{ComponentKind::kDemand, "Demand", Rate(), std::nullopt,
                                    {{std::nullopt, Dollars("1")}}};
                      one.ratchet = Ratchet{Dollars("1.1"), 12};
                      return one;
                    }()),
                    "components[1].ratchet.fraction"},
        InvalidCase{"NoSuchDay", With([] {
                      Component one = Fixed("Yard waste", "1");
                      one.season = Season{230, 1130};
                      return one;
                    }()),
                    "components[1].season"},
        InvalidCase{"RoundedToThreeCents", [] {
                      Schedule one = ProvoSchedule1();
                      one.terms.round_to_cents = 3;
                      return one;
                    }(),
                    "terms.round_to_cents"},
        InvalidCase{"AMonthOfNoDays", [] {
                      Schedule one = ProvoSchedule1();
                      one.terms.proration.month_days = -1;
                      return one;
                    }(),
                    "terms.proration.month_days"},
        InvalidCase{"ATimeThatItsTableDoesNotHave", [] {
                      Schedule one = ProvoSchedule1();
                      one.components[1].period = "noon";
                      one.use_times = DayTimes{{"off"}, {}, {}};
                      return one;
                    }(),
                    "components[1].period"},
        InvalidCase{"ATableWithoutTimes", [] {
                      Schedule one = ProvoSchedule1();
                      one.load_times = DayTimes{};
                      return one;
                    }(),
                    "load_times.names"},
        InvalidCase{"AFeeByUse", Fees({Tiers("Late", {{0, "1"}})}), "usage_unit"},
        InvalidCase{"AFeeOfEachCart", Fees({PerUnit("Late", "1", Unit::kCart)}),
                    "components[0].kind"},
        InvalidCase{"AFeeADay", Fees({[] {
                      Component one = Fixed("Late", "1");
                      one.per = Per::kDay;
                      return one;
                    }()}),
                    "components[0].per"},
        InvalidCase{"TwoFeesOfOneName", Fees({Fixed("Late", "1"), Fixed("Late", "2")}),
                    "components[1].name"},
        InvalidCase{"AFeeBelowZero", Fees({Fixed("Late", "-1")}), "components[0].rate"},
        InvalidCase{"PerUnitWithoutUnit",
                    With({ComponentKind::kPerUnit, "Cart", Rate(), std::nullopt, {}}),
                    "components[1].unit"}),
    [](const auto& info) { return info.param.name; });

TEST(TariffTest, TheVersionInForceIsTheLatestThatHasBegun) {
  Schedule old = ProvoSchedule1();
  Schedule next = ProvoSchedule1();
  next.effective_date = Date::Parse("2027-07-01").value();
  next.title = "next";
  const Tariff tariff({old, next});
  EXPECT_EQ(tariff.InForce("E1", Date::Parse("2026-06-30").value()), nullptr);
  EXPECT_EQ(tariff.InForce("E1", Date::Parse("2026-07-01").value())->title, "Test");
  EXPECT_EQ(tariff.InForce("E1", Date::Parse("2027-06-30").value())->title, "Test");
  EXPECT_EQ(tariff.InForce("E1", Date::Parse("2027-07-01").value())->title, "next");
  EXPECT_EQ(tariff.InForce("E2", Date::Parse("2027-07-01").value()), nullptr);
  EXPECT_EQ(tariff.Version("E1", Date::Parse("2027-06-30").value()), nullptr);
  EXPECT_EQ(tariff.Version("E1", Date::Parse("2027-07-01").value())->title, "next");
}

TEST(TariffTest, CodesThatBeginAlikeAreToldApart) {
  std::vector<Schedule> schedules;
  for (const char* code : {"WATER-RES-2", "WATER", "WATER-RES", "E", "WATER-RES-1", "ELECTRIC"}) {
    schedules.push_back(ProvoSchedule1());
    schedules.back().code = code;
  }
  const Tariff tariff(schedules);
  for (const Schedule& schedule : schedules) {
    const Versions* found = tariff.Find(schedule.code);
    ASSERT_NE(found, nullptr) << schedule.code;
    EXPECT_EQ(found->all().front().code, schedule.code);
  }
  for (const char* code : {"", "WATE", "WATER-RE", "WATER-RES-", "WATER-RES-3", "ELECTRICITY"}) {
    EXPECT_EQ(tariff.Find(code), nullptr) << code;
  }
}

TEST(FeeTest, AFeeIsByNameAndRoundedLikeALine) {
  Schedule fees = Fees({Fixed("Late", "7.505"), NotLoadedRider("Tap")});
  EXPECT_EQ(FeeOf(fees, "Late").value().cents(), 7'51);
  EXPECT_EQ(FeeOf(fees, "Tap").error().reason(), reason::kValueNotLoaded.name);
  EXPECT_EQ(FeeOf(fees, "late").error().reason(), reason::kFeeUnknown.name);
  fees.terms.rounding = Rounding::kDown;
  EXPECT_EQ(FeeOf(fees, "Late").value().cents(), 7'50);
  fees.service = "water";  // a line of a bill is no fee
  EXPECT_EQ(FeeOf(fees, "Late").error().reason(), reason::kFeeUnknown.name);
}

// Random schedules with rising bounds and rates.
class RandomRates : public ::testing::Test {
 protected:
  Schedule RandomSchedule() {
    Component tiers{ComponentKind::kTiers, "Use", Rate(), std::nullopt, {}};
    std::int64_t bound = 0;
    std::int64_t nanos = 0;
    const std::int64_t count = Below(4) + 1;
    for (std::int64_t i = 0; i < count; ++i) {
      bound += Below(2'000'000) + 1;
      nanos += Below(200'000'000);
      tiers.tiers.push_back(
          {i + 1 == count ? std::nullopt : std::optional(bound), Rate::Nanos(nanos)});
    }
    return Metered("R", "water", Unit::kKilogallon, {std::move(tiers)});
  }
  std::int64_t Below(std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random_);
  }

  static constexpr int kCases = 200'000;
  static constexpr unsigned kSeed = 20261122;
  std::mt19937_64 random_{kSeed};
};

TEST_F(RandomRates, TiersAddUpToTheUseAndToTheExactPrice) {
  for (int i = 0; i < kCases; ++i) {
    const Schedule schedule = RandomSchedule();
    const std::int64_t usage = Below(10'000'000);
    std::int64_t used = 0;
    // Unit by unit, from the published table alone.
    std::int64_t lower = 0;
    std::size_t line = 0;
    const std::vector<Line> lines = PriceUse(schedule, {usage});
    for (const Tier& tier : schedule.components[0].tiers) {
      const std::int64_t upper = tier.up_to_thousandths.value_or(usage);
      const std::int64_t in_block = std::max<std::int64_t>(0, std::min(usage, upper) - lower);
      lower = upper;
      if (in_block == 0) continue;
      ASSERT_LT(line, lines.size()) << "seed " << kSeed << " case " << i;
      const __int128 exact = static_cast<__int128>(in_block) * tier.rate.nanos();
      const __int128 cent = 10'000'000'000;
      ASSERT_EQ(lines[line].quantity_thousandths, in_block);
      ASSERT_EQ(lines[line].amount.cents(), static_cast<std::int64_t>((exact + cent / 2) / cent));
      used += lines[line++].quantity_thousandths;
    }
    ASSERT_EQ(line, lines.size());
    ASSERT_EQ(used, usage);
  }
}

TEST_F(RandomRates, MoreUseNeverCostsLess) {
  for (int i = 0; i < kCases; ++i) {
    const Schedule schedule = RandomSchedule();
    const std::int64_t usage = Below(10'000'000);
    const std::int64_t more = usage + Below(100'000);
    ASSERT_LE(TotalCents(PriceUse(schedule, {usage})), TotalCents(PriceUse(schedule, {more})))
        << "seed " << kSeed << " case " << i << " usage " << usage << " more " << more;
  }
}

}  // namespace
}  // namespace reeve::billing::rate
