// Riders: where their values divide versions, what is missing, and what they cannot say.
#include "services/billing/rate/rider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/billing/random_price.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Schedule Rider(std::string code, std::string_view from, std::string_view last, Component value) {
  Schedule rider;
  rider.code = std::move(code);
  rider.effective_date = Day(from);
  rider.service = kRiderService;
  rider.title = "Rider";
  rider.citation = "Resolution of " + std::string(from);
  if (value.kind == ComponentKind::kTiers) rider.usage_unit = Unit::kKilowattHour;
  rider.components = {std::move(value)};
  if (!last.empty()) rider.last_date = Day(last);
  return rider;
}
Schedule PowerCost(std::string_view from, std::string_view last, std::string_view dollars) {
  return Rider("PCA", from, last, Tiers("Power cost", {{0, dollars}}));
}
Component Charging(ComponentKind kind, std::string name, std::string rider) {
  Component component;
  component.kind = kind;
  component.name = std::move(name);
  component.rider = std::move(rider);
  return component;
}
// Provo's schedule from 2026-07-01 on, with a power cost for each kWh and a tax on all.
Schedule WithPowerCost() {
  Schedule schedule = ProvoSchedule1();
  schedule.components.push_back(Charging(ComponentKind::kTiers, "Power cost", "PCA"));
  schedule.components.push_back(Charging(ComponentKind::kPercent, "Tax", "TAX"));
  return schedule;
}
std::vector<Schedule> ThreeMonths() {
  return {WithPowerCost(), PowerCost("2026-07-01", "2026-07-31", "0.01"),
          PowerCost("2026-08-01", "2026-08-31", "0.02"), PowerCost("2026-10-01", "", "-0.005"),
          Rider("TAX", "2020-01-01", "", Percent("State tax", "0.1"))};
}
std::vector<std::string> DaysOf(const Versions& versions) {
  std::vector<std::string> days;
  for (const Schedule& part : versions.all()) days.push_back(part.effective_date.ToString());
  return days;
}
Result<std::vector<Line>> PriceDays(const Versions& versions, std::string_view from,
                                    std::string_view to, bool allows_not_loaded = false,
                                    std::string_view bill_date = {}) {
  const Measured meter{Day(from), Day(to), 300'000, {}};
  std::vector<Line> lines;
  REEVE_RETURN_IF_ERROR(
      Price(versions,
            {meter.from_date, meter.to_date, bill_date.empty() ? meter.to_date : Day(bill_date)},
            {.measured = {&meter, 1}, .allows_not_loaded = allows_not_loaded}, lines));
  return lines;
}
std::vector<std::string> FieldsOf(const Fields& fields) {
  std::vector<std::string> names;
  if (fields.ok()) return names;
  for (const FieldViolation& one : fields.error().violations()) names.push_back(one.field);
  return names;
}

TEST(RiderTest, AVersionIsDividedWhereAValueBeginsOrEnds) {
  const Tariff tariff(ThreeMonths());
  const Versions& versions = *tariff.Find("E1");
  EXPECT_THAT(DaysOf(versions),
              ElementsAre("2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"));
  for (const Schedule& part : versions.all()) {
    EXPECT_EQ(part.LoadedDate(), Day("2026-07-01"));
    EXPECT_EQ(part.components[3].rate, Dollars("0.1"));
    EXPECT_EQ(part.components[3].from_rider,
              (RiderVersion{"TAX", Day("2020-01-01"), "Resolution of 2020-01-01"}));
  }
  EXPECT_EQ(versions.all()[1].components[2].tiers, (std::vector<Tier>{{{}, Dollars("0.02")}}));
  EXPECT_EQ(versions.all()[1].components[2].from_rider,
            (RiderVersion{"PCA", Day("2026-08-01"), "Resolution of 2026-08-01"}));
  EXPECT_EQ(versions.all()[2].components[2].kind, ComponentKind::kNotLoaded);
  EXPECT_EQ(versions.all()[3].components[2].tiers[0].rate, Dollars("-0.005"));
}

TEST(RiderTest, WhatIsPricedIsPricedTheFastWay) {
  const Tariff tariff(ThreeMonths());
  EXPECT_TRUE(tariff.Find("E1")->plans()[1].flat);
  EXPECT_FALSE(tariff.Find("E1")->plans()[2].flat) << "a value is missing";
}

TEST(RiderTest, AVersionTakesTheRidersOfItsOwnDaysAlone) {
  std::vector<Schedule> loaded = ThreeMonths();
  Schedule next = ProvoSchedule1();
  next.effective_date = Day("2026-08-15");
  loaded.push_back(next);
  EXPECT_THAT(DaysOf(*Tariff(loaded).Find("E1")),
              ElementsAre("2026-07-01", "2026-08-01", "2026-08-15"));
}

TEST(RiderTest, APeriodIsPricedByTheValueOfItsDay) {
  const Tariff tariff(ThreeMonths());
  const Versions& versions = *tariff.Find("E1");
  // 13.92 + 300 x 0.0734 + 300 x the power cost, and a tenth of that.
  EXPECT_EQ(CentsOf(PriceDays(versions, "2026-07-01", "2026-07-31").value()),
            (std::vector<std::int64_t>{13'92, 22'02, 3'00, 3'89}));
  EXPECT_EQ(CentsOf(PriceDays(versions, "2026-07-02", "2026-08-01").value()),
            (std::vector<std::int64_t>{13'92, 22'02, 6'00, 4'19}));
  EXPECT_EQ(CentsOf(PriceDays(versions, "2026-10-01", "2026-10-31").value()),
            (std::vector<std::int64_t>{13'92, 22'02, -1'50, 3'44}));
}

TEST(RiderTest, AChangeWithinAPeriodIsTreatedAsTheScheduleSays) {
  std::vector<Schedule> loaded = ThreeMonths();
  loaded[0].terms.effect = Effect::kUse;
  // 20 days and 10: the rider has two lines, what does not change has one.
  const auto by_use = PriceDays(*Tariff(loaded).Find("E1"), "2026-07-11", "2026-08-10").value();
  EXPECT_EQ(CentsOf(by_use), (std::vector<std::int64_t>{2'00, 13'92, 22'02, 2'00, 3'99}));
  EXPECT_EQ(by_use[0].effective_date, Day("2026-07-01"));
  EXPECT_EQ(by_use[0].day_count, 20);
  EXPECT_EQ(by_use[1].effective_date, Day("2026-08-01"));
  EXPECT_EQ(by_use[1].day_count, 30);
  loaded[0].terms.effect = Effect::kBill;
  const auto by_bill =
      PriceDays(*Tariff(loaded).Find("E1"), "2026-07-01", "2026-07-31", false, "2026-08-04");
  EXPECT_EQ(CentsOf(by_bill.value()), (std::vector<std::int64_t>{13'92, 22'02, 6'00, 4'19}));
}

TEST(RiderTest, MissingIsNotZero) {
  const Tariff tariff(ThreeMonths());
  const Versions& versions = *tariff.Find("E1");
  const auto refused = PriceDays(versions, "2026-08-02", "2026-09-01");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "VALUE_NOT_LOADED");
  EXPECT_EQ(refused.error().message(),
            "Power cost: rider PCA has no value for days from 2026-09-01 on.");
  const auto shown = PriceDays(versions, "2026-08-02", "2026-09-01", true).value();
  EXPECT_EQ(CentsOf(shown), (std::vector<std::int64_t>{13'92, 22'02, 0, 3'59}));
  EXPECT_EQ(Description(versions.all()[2], shown[2]), "Power cost: not loaded");
  EXPECT_EQ(NotLoaded(versions.all()[2]), "Power cost");
  EXPECT_EQ(NotLoaded(versions.all()[1]), "");
  EXPECT_TRUE(PriceDays(versions, "2026-08-01", "2026-08-31").ok()) << "its last day is its own";
}

TEST(RiderTest, DaysBeforeTheFirstValueHaveNone) {
  std::vector<Schedule> loaded = ThreeMonths();
  loaded[1].effective_date = Day("2026-07-10");
  const Tariff tariff(loaded);
  EXPECT_FALSE(PriceDays(*tariff.Find("E1"), "2026-07-01", "2026-07-09").ok());
  EXPECT_TRUE(PriceDays(*tariff.Find("E1"), "2026-07-01", "2026-07-10").ok());
}

TEST(RiderTest, AValueThatNobodyPutInIsNotNothing) {
  const Schedule raw = WithPowerCost();
  EXPECT_EQ(NotLoaded(raw), "Power cost");
  EXPECT_FALSE(PriceDays(VersionsOf({raw}), "2026-07-01", "2026-07-31").ok());
  EXPECT_FALSE(PriceDays(*Tariff({raw}).Find("E1"), "2026-07-01", "2026-07-31").ok());
}

TEST(RiderTest, AValueOfAnotherKindOrUnitIsNone) {
  Schedule of_water = PowerCost("2026-07-01", "", "0.01");
  of_water.usage_unit = Unit::kKilogallon;
  const Schedule tax = Rider("TAX", "2020-01-01", "", Percent("State tax", "0.1"));
  EXPECT_FALSE(
      PriceDays(*Tariff({WithPowerCost(), of_water, tax}).Find("E1"), "2026-07-01", "2026-07-31")
          .ok());
  const Schedule fixed = Rider("TAX", "2020-01-01", "", Fixed("State tax", "0.1"));
  EXPECT_FALSE(
      PriceDays(*Tariff({WithPowerCost(), PowerCost("2026-07-01", "", "0.01"), fixed}).Find("E1"),
                "2026-07-01", "2026-07-31")
          .ok());
}

TEST(RiderTest, WhatATariffHasPutInIsTakenAgainAsItIs) {
  const Tariff tariff(ThreeMonths());
  const auto parts = tariff.Find("E1")->all();
  const Tariff again(std::vector<Schedule>(parts.begin(), parts.end()));
  EXPECT_TRUE(std::equal(parts.begin(), parts.end(), again.Find("E1")->all().begin(),
                         again.Find("E1")->all().end()));
}

TEST(RiderTest, WhatARiderCannotSayIsRefusedAllAtOnce) {
  Schedule rider = PowerCost("2026-07-01", "2026-06-30", "0.01");
  rider.terms.effect = Effect::kUse;
  rider.guard.usage_ratio_max_hundredths = 400;
  rider.components[0].widths = Widths::kDay;
  rider.components[0].cap_thousandths = 1;
  rider.components[0].season = Season{301, 1130};
  rider.components[0].rider = "TAX";
  rider.components.push_back(Fixed("Second", "1"));
  Fields fields;
  ValidateRider(rider, fields);
  EXPECT_THAT(FieldsOf(fields),
              ElementsAre("last_date", "terms", "guard", "components", "components[0].widths",
                          "components[0].season", "components[0].cap", "components[0].rider"));
  Fields limit;
  ValidateRider(Rider("MIN", "2026-07-01", "",
                      {ComponentKind::kMinimum, "Minimum", Dollars("5"), std::nullopt, {}}),
                limit);
  EXPECT_THAT(FieldsOf(limit), ElementsAre("components[0].kind"));
  for (const Schedule& good : ThreeMonths()) {
    Fields none;
    Validate(good, none);
    EXPECT_THAT(FieldsOf(none), IsEmpty()) << good.code;
  }
}

TEST(RiderTest, WhatCannotChargeARiderIsRefused) {
  Schedule schedule = WithPowerCost();
  schedule.components[0] = Charging(ComponentKind::kMeterSize, "Base", "BASE");
  schedule.components[0].sizes = {{"1", Dollars("2")}};
  schedule.components[2].tiers = {{std::nullopt, Dollars("1")}};
  schedule.last_date = Day("2026-12-31");
  Fields fields;
  Validate(schedule, fields);
  EXPECT_THAT(FieldsOf(fields),
              ElementsAre("components[0].rider", "components[2].tiers", "last_date"));
  // A bound of hours of use is of a demand that is always priced.
  Schedule hours = ProvoSchedule1();
  hours.components[0] = Charging(ComponentKind::kDemand, "Demand", "KW");
  hours.components[1].tiers[0].of = BoundOf::kLoad;
  Fields of_load;
  Validate(hours, of_load);
  EXPECT_THAT(FieldsOf(of_load), ElementsAre("components[1].tiers[0].of"));
}

TEST(RiderTest, RidersAreComparedWithWhatChargesThem) {
  Schedule schedule = WithPowerCost();
  schedule.components.push_back(Charging(ComponentKind::kFixed, "Debt", "NONE"));
  schedule.components.push_back(Charging(ComponentKind::kPerUnit, "Cart", "CART"));
  schedule.components[5].unit = Unit::kCart;
  const std::vector<RiderShape> riders = {
      {"PCA", ComponentKind::kTiers, Unit::kKilogallon, std::nullopt},
      {"TAX", ComponentKind::kFixed, std::nullopt, std::nullopt},
      {"CART", ComponentKind::kPerUnit, std::nullopt, Unit::kEquivalentServiceUnit}};
  Fields fields;
  CheckRiders(schedule, riders, fields);
  ASSERT_THAT(FieldsOf(fields),
              ElementsAre("schedule.components[2].rider", "schedule.components[3].rider",
                          "schedule.components[4].rider", "schedule.components[5].rider"));
  EXPECT_EQ(fields.error().violations()[0].description, "is a rider for each kgal");
  EXPECT_EQ(fields.error().violations()[1].description, "is a rider of another kind");
  EXPECT_EQ(fields.error().violations()[2].description, "is no rider that is loaded");
  EXPECT_EQ(fields.error().violations()[3].description, "is a rider for each ESU");
}

// Riders by chance, against a tariff in which somebody wrote a new version of the schedule for
// each day on which a value is another than on the day before.
class RandomRiders : public RandomPrice {
 protected:
  using Values = std::map<std::int64_t, std::optional<Component>>;  // by day, as nobody divides it

  static bool IsPut(const Component& one) {
    return CanBeRider(one.kind) && one.kind != ComponentKind::kDemand && !one.budget &&
           one.from_rider == std::nullopt;
  }
  // Some versions of a rider of the component's kind; and its value on each day.
  Values AddRider(const Component& component, const std::string& code, Date first, Date last,
                  std::vector<Schedule>& loaded) {
    std::vector<Schedule> versions;
    Date day = first.PlusDays(static_cast<std::int32_t>(Below(40)) - 20);
    for (std::int64_t count = Below(4) + 1; count > 0; --count) {
      Schedule rider;
      rider.code = code;
      rider.service = kRiderService;
      rider.citation = "Test";
      rider.effective_date = day;
      if (component.kind == ComponentKind::kTiers) rider.usage_unit = Unit::kKilogallon;
      Component value;
      value.kind = component.kind;
      if (component.kind == ComponentKind::kPerUnit ||
          component.kind == ComponentKind::kWinterAverage) {
        value.unit = component.unit;
      }
      value.rate = component.tiers.empty() ? Rate::Nanos((Below(50'000) * 4 + count - 1) * 1000)
                                           : Rate();  // no two the same
      if (!component.tiers.empty()) value.tiers = AnyTiers(false);
      for (Tier& tier : value.tiers) {
        tier.rate = Rate::Nanos((tier.rate.nanos() / 400'000 * 4 + count - 1) * 100'000);
      }
      rider.components = {value};
      if (OneIn(3)) rider.last_date = day.PlusDays(static_cast<std::int32_t>(Below(30)));
      versions.push_back(rider);
      day = day.PlusDays(static_cast<std::int32_t>(Below(40)) + 1);
    }
    Values values;
    for (Date at = first; at <= last; at = at.PlusDays(1)) {
      std::optional<Component>& value = values[at - first];
      for (const Schedule& rider : versions) {  // the later takes the day, even if it has ended
        if (rider.effective_date > at) continue;
        const bool ended = rider.last_date && *rider.last_date < at;
        value = ended ? std::nullopt : std::optional(rider.components[0]);
      }
    }
    loaded.insert(loaded.end(), versions.begin(), versions.end());
    return values;
  }
};

TEST_F(RandomRiders, PriceAsIfEachValueWereAVersionOfTheSchedule) {
  const std::int64_t cases = Cases(3'000);
  std::int64_t priced = 0;
  std::int64_t divided = 0;
  for (std::int64_t i = 0; i < cases; ++i) {
    Case made;
    MakeCase(made);
    std::vector<Schedule> loaded;
    std::vector<Schedule> written;
    const auto all = made.versions.all();
    const auto one_day = [](const Schedule& a, const Schedule& b) {
      return a.effective_date == b.effective_date;
    };
    if (std::adjacent_find(all.begin(), all.end(), one_day) != all.end()) continue;
    for (std::size_t v = 0; v < all.size(); ++v) {
      Schedule version = all[v];
      const Date first = version.effective_date;
      const Date last = v + 1 < all.size() ? all[v + 1].effective_date.PlusDays(-1)
                                           : made.period.bill_date.PlusDays(30);
      std::map<std::size_t, Values> riders;
      for (std::size_t c = 0; c < version.components.size(); ++c) {
        Component& component = version.components[c];
        if (!IsPut(component) || OneIn(2)) continue;
        const std::string code = "RIDER" + std::to_string(v) + "-" + std::to_string(c);
        for (Tier& tier : component.tiers) tier.of = BoundOf::kUnits;
        riders[c] = AddRider(component, code, first, last, loaded);
        component.rider = code;
        component.rate = Rate();
        component.tiers.clear();
      }
      loaded.push_back(version);
      std::vector<std::optional<Component>> before;
      for (Date at = first; at <= last; at = at.PlusDays(1)) {
        std::vector<std::optional<Component>> now;
        for (const auto& [c, values] : riders) now.push_back(values.at(at - first));
        if (at != first && now == before) continue;
        before = now;
        Schedule part = version;
        part.effective_date = at;
        for (const auto& [c, values] : riders) {
          Component& component = part.components[c];
          component.rider.clear();
          const std::optional<Component>& value = values.at(at - first);
          if (value) component.rate = value->rate, component.tiers = value->tiers;
          if (!value) component.kind = ComponentKind::kNotLoaded;
        }
        written.push_back(part);
      }
    }
    const Tariff riders(loaded);
    Versions by_hand;
    for (const Schedule& part : written) by_hand.Add(part);
    std::vector<Line> lines;
    std::vector<Line> expected;
    const Versions& versions = *riders.Find(all[0].code);
    const Date end = made.period.bill_date.PlusDays(30);  // nobody writes what comes later
    const auto begun =
        std::count_if(versions.all().begin(), versions.all().end(),
                      [&](const Schedule& part) { return part.effective_date <= end; });
    ASSERT_EQ(static_cast<std::size_t>(begun), by_hand.all().size())
        << "seed " << kSeed << " case " << i;
    const Result<> outcome = Price(versions, made.period, made.facts, lines);
    const Result<> by_hand_outcome = Price(by_hand, made.period, made.facts, expected);
    ASSERT_EQ(outcome.ok(), by_hand_outcome.ok()) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(lines, expected) << "seed " << kSeed << " case " << i;
    priced += outcome.ok();
    divided += !lines.empty() && lines.front().effective_date != lines.back().effective_date &&
               versions.all().size() > all.size();
  }
  // Cases that are all refused, or never divided, would show nothing.
  EXPECT_GT(priced, cases / 4);
  EXPECT_GT(divided, cases / 50);
}

std::string Missing(const Tariff& tariff, std::string_view first, std::string_view last,
                    std::string_view bill_date = {}) {
  const auto found = FindWithoutValue(*tariff.Find("E1"), Day(first), Day(last),
                                      Day(bill_date.empty() ? last : bill_date));
  return found ? found->component + " " + found->rider + " " + found->day.ToString() : "";
}
// Provo's schedule with a cost of summer.
Schedule WithSummerCost() {
  Schedule schedule = ProvoSchedule1();
  schedule.components.push_back(Charging(ComponentKind::kTiers, "Summer cost", "SCA"));
  schedule.components[2].season = Season{601, 930};
  return schedule;
}

TEST(WithoutValueTest, IsOfTheDaysOfItsSeason) {
  Schedule schedule = WithSummerCost();
  const Tariff tariff({schedule});
  EXPECT_EQ(Missing(tariff, "2026-10-20", "2026-11-19"), "");
  EXPECT_EQ(Missing(tariff, "2026-09-21", "2026-10-21"), "Summer cost SCA 2026-09-21");
  schedule.terms.season_by = SeasonBy::kLastDay;
  EXPECT_EQ(Missing(Tariff({schedule}), "2026-09-21", "2026-10-21"), "");
  EXPECT_EQ(Missing(Tariff({schedule}), "2026-08-21", "2026-09-21"), "Summer cost SCA 2026-08-21");
}

// By use each day is priced by its own value: a gap within the month is found, one before is not.
TEST(WithoutValueTest, ByUseAGapWithinTheMonthIsFound) {
  Schedule schedule = ProvoSchedule1();
  schedule.terms.effect = Effect::kUse;
  schedule.components.push_back(Charging(ComponentKind::kTiers, "Power cost", "PCA"));
  const std::vector<Schedule> loaded = {schedule, PowerCost("2026-07-01", "2026-11-30", "0.01"),
                                        PowerCost("2026-12-11", "", "0.02")};
  const Tariff tariff(loaded);
  EXPECT_EQ(Missing(tariff, "2026-11-20", "2026-12-20"), "Power cost PCA 2026-12-01");
  EXPECT_EQ(Missing(tariff, "2026-12-10", "2027-01-09"), "Power cost PCA 2026-12-10");
  EXPECT_EQ(Missing(tariff, "2026-12-11", "2027-01-10"), "");
  EXPECT_EQ(Missing(tariff, "2026-10-31", "2026-11-30"), "");
  EXPECT_EQ(Missing(tariff, "2026-06-10", "2026-07-10"), "") << "days before all versions";
  std::vector<Schedule> by_read = loaded;
  by_read[0].terms.effect = Effect::kRead;
  EXPECT_EQ(Missing(Tariff(by_read), "2026-11-20", "2026-12-20"), "") << "the last day's value";
}

// By the read all days are priced by what is in force on the last one: also those of the season
// before it began.
TEST(WithoutValueTest, ByTheReadAllDaysAreThoseOfItsLast) {
  std::vector<Schedule> loaded = {
      WithSummerCost(), Rider("SCA", "2026-07-01", "2026-09-30", Tiers("Summer", {{0, "0.01"}}))};
  const Tariff tariff(loaded);
  EXPECT_EQ(Missing(tariff, "2026-09-11", "2026-10-10"), "Summer cost SCA 2026-10-01");
  EXPECT_FALSE(PriceDays(*tariff.Find("E1"), "2026-09-10", "2026-10-10").ok()) << "as a bill";
  EXPECT_EQ(Missing(tariff, "2026-09-01", "2026-09-30"), "");
  EXPECT_EQ(Missing(tariff, "2026-10-01", "2026-10-31"), "");
  loaded[0].terms.effect = Effect::kUse;
  EXPECT_EQ(Missing(Tariff(loaded), "2026-09-11", "2026-10-10"), "");
  loaded[0].terms.effect = Effect::kBill;
  EXPECT_EQ(Missing(Tariff(loaded), "2026-08-31", "2026-09-30"), "");
  EXPECT_EQ(Missing(Tariff(loaded), "2026-08-31", "2026-09-30", "2026-10-02"),
            "Summer cost SCA 2026-10-01");
}

}  // namespace
}  // namespace reeve::billing::rate
