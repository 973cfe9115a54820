// Published bills, recomputed from the inputs that their sources print: every case of the file that
// is about rates. Reads, leaks, checks and drawers have theirs where their rules are tested.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>

#include "services/billing/rate/rate.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

class WorkedBills : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("REEVE_REFERENCE_DATA");
    if (folder == nullptr) {
      GTEST_SKIP()
          << "REEVE_REFERENCE_DATA is not set: there are no published bills to compare with";
    }
    std::ifstream file(std::string(folder) + "/utility/worked_bills.json");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    ASSERT_TRUE(
        google::protobuf::util::JsonStringToMessage("{\"cases\":" + text + "}", &file_).ok());
  }

  const Struct& Case(const std::string& id) const {
    for (const Value& value : file_.fields().at("cases").list_value().values()) {
      if (value.struct_value().fields().at("id").string_value() == id) return value.struct_value();
    }
    throw std::runtime_error("no case " + id);
  }
  static const Struct& In(const Struct& parent, const std::string& name) {
    return parent.fields().at(name).struct_value();
  }
  static std::string Text(const Struct& parent, const std::string& name) {
    return parent.fields().at(name).string_value();
  }
  static std::int64_t Whole(const Struct& parent, const std::string& name) {
    return static_cast<std::int64_t>(parent.fields().at(name).number_value());
  }
  static std::int64_t Cents(const Struct& parent, const std::string& name) {
    return Money::Parse(Text(parent, name)).value().cents();
  }
  // [[250, ".064"], [null, ".0446"]]
  static Component Steps(const Value& value) {
    Component component{ComponentKind::kTiers, "Energy", Rate(), std::nullopt, {}};
    for (const Value& step : value.list_value().values()) {
      const Value& up_to = step.list_value().values(0);
      component.tiers.push_back(
          {up_to.has_null_value()
               ? std::nullopt
               : std::optional(static_cast<std::int64_t>(up_to.number_value()) * Quantity::kScale),
           Dollars("0" + step.list_value().values(1).string_value())});
    }
    return component;
  }
  static std::vector<std::int64_t> LineCents(const Schedule& schedule, std::int64_t thousandths) {
    std::vector<std::int64_t> cents;
    for (const Line& line : PriceUse(schedule, {thousandths})) {
      cents.push_back(line.amount.cents());
    }
    return cents;
  }
  static std::int64_t Sum(const std::vector<std::int64_t>& cents) {
    return std::accumulate(cents.begin(), cents.end(), std::int64_t{0});
  }

  Struct file_;
};

TEST_F(WorkedBills, SeymourWinter) {
  const Struct& inputs = In(Case("seymour-winter"), "inputs");
  const Struct& expected = In(Case("seymour-winter"), "expected");
  const Schedule schedule =
      Metered("S", "electric", Unit::kKilowattHour,
              {Steps(inputs.fields().at("steps")),
               Tiers("Power cost", {{0, Text(inputs, "power_cost_per_kwh")}}),
               Fixed("Base", Text(inputs, "base")), Percent("City tax", Text(inputs, "city_tax"))});
  const std::vector<std::int64_t> lines =
      LineCents(schedule, Whole(inputs, "kwh") * Quantity::kScale);
  std::vector<std::int64_t> published;
  for (const Value& line : expected.fields().at("lines").list_value().values()) {
    published.push_back(Money::Parse(line.string_value()).value().cents());
  }
  published.push_back(Cents(expected, "tax"));
  EXPECT_EQ(lines, published);
  EXPECT_EQ(Sum(lines), Cents(expected, "total"));
}

// The published totals are a cent above the sum of their own lines; the lines are right.
TEST_F(WorkedBills, ArdenHillsByItsLines) {
  for (const char* id : {"ardenhills-2013q1-10000", "ardenhills-2013q1-50000"}) {
    const Struct& inputs = In(Case(id), "inputs");
    const Struct& expected = In(Case(id), "expected");
    const std::int64_t gallons = Whole(inputs, "gallons");  // a thousandth of a kgal is a gallon
    const Schedule water = Metered(
        "W", "water", Unit::kKilogallon,
        {Fixed("Base", Text(inputs, "water_base")), Fixed("Standby", Text(inputs, "standby")),
         Fixed("Test fee", Text(inputs, "test_fee")),
         Tiers("Water", {{10, "0"}, {35, "3.51"}, {0, "6.15"}})});
    const Schedule sewer =
        Metered("S", "sewer", Unit::kKilogallon,
                {Fixed("Base", "85.55"), Tiers("Sewer", {{15, "0"}, {0, "4.93"}})});
    EXPECT_EQ(Sum(LineCents(water, gallons)), Cents(expected, "water")) << id;
    EXPECT_EQ(Sum(LineCents(sewer, gallons)), Cents(expected, "sewer")) << id;
    EXPECT_EQ(Sum(LineCents(water, gallons)) + Sum(LineCents(sewer, gallons)) + 11'71,
              Money::Parse(Text(Case(id), "recomputed")).value().cents())
        << id;
  }
}

TEST_F(WorkedBills, ProvoScheduleOne) {
  for (const char* id :
       {"provo-sched1-0", "provo-sched1-500", "provo-sched1-1000", "provo-sched1-1500"}) {
    const Struct& inputs = In(Case(id), "inputs");
    const Schedule schedule = Metered(
        "E1", "electric", Unit::kKilowattHour,
        {Fixed("Customer charge", Text(inputs, "base")), Steps(inputs.fields().at("steps"))});
    EXPECT_EQ(Sum(LineCents(schedule, Whole(inputs, "kwh") * Quantity::kScale)),
              Cents(In(Case(id), "expected"), "per_line_rounded"))
        << id;
  }
}

// Fractional use; a tier start is the first whole unit at its price, so the widths are 14, 6, 5.
TEST_F(WorkedBills, FractionalUseOverFourTiers) {
  const Struct& inputs = In(Case("rateparser-manual-2"), "inputs");
  const google::protobuf::ListValue& prices = inputs.fields().at("prices").list_value();
  const Schedule schedule = Metered("R", "water", Unit::kHundredCubicFeet,
                                    {Fixed("Service", Text(inputs, "service")),
                                     Tiers("Water", {{14, prices.values(0).string_value()},
                                                     {20, prices.values(1).string_value()},
                                                     {25, prices.values(2).string_value()},
                                                     {0, prices.values(3).string_value()}}),
                                     Tiers("Sewer", {{10, "2"}, {0, "0"}})});
  const std::int64_t ccf =
      Quantity::Parse(Unit::kHundredCubicFeet, Text(inputs, "ccf")).value().thousandths();
  // The source rounds nothing: 152.281.
  EXPECT_EQ(Sum(LineCents(schedule, ccf)), 152'28);
}

// Periods that the file gives without a year are read as of this one.
constexpr std::string_view kYear = "2026-";

Schedule MonthlyPrice(std::string_view dollars, std::string_view effective_date) {
  Schedule schedule = Metered("B", "water", Unit::kKilogallon, {Fixed("Base", dollars)});
  schedule.components[0].per = Per::kMonth;
  schedule.effective_date = Day(effective_date);
  schedule.terms.effect = Effect::kUse;
  schedule.terms.proration.when = Proration::When::kAlways;
  return schedule;
}

std::string OfYear(const Value& day) { return std::string(kYear) + day.string_value(); }

TEST_F(WorkedBills, MoveInProration) {
  const Struct& inputs = In(Case("current-proration"), "inputs");
  const Struct& expected = In(Case("current-proration"), "expected");
  Schedule schedule = MonthlyPrice(Text(inputs, "base"), "2026-01-01");
  schedule.terms.day_count = DayCount::kBoth;
  const std::string from = OfYear(inputs.fields().at("service_start"));
  const std::string to = OfYear(inputs.fields().at("period").list_value().values(1));
  const std::vector<Line> lines = PriceUse(schedule, {0, 1000, from, to});
  EXPECT_EQ(lines.at(0).day_count, Whole(expected, "days"));
  EXPECT_EQ(lines.at(0).amount.cents(), Cents(expected, "charge"));
}

TEST_F(WorkedBills, QuantityOfAPeriodWithANewVersion) {
  const Struct& inputs = In(Case("oracle-sq-proration"), "inputs");
  Schedule old = Metered("E", "electric", Unit::kKilowattHour, {Tiers("Energy", {{0, "1"}})});
  old.effective_date = Day("2026-01-01");
  old.terms.day_count = DayCount::kBoth;
  old.terms.split_step_thousandths = Quantity::kScale;
  Schedule next = old;
  next.effective_date = Day("2026-04-16");
  next.terms.effect = Effect::kUse;
  next.components[0].tiers[0].rate = Dollars("2");  // what changes is divided
  const std::int64_t use = Whole(inputs, "kwh") * Quantity::kScale;
  const auto lines = PriceMonth(VersionsOf({old, next}), {use, 1000, "2026-04-01", "2026-05-15"});
  const auto& kwh =
      In(Case("oracle-sq-proration"), "expected").fields().at("kwh").list_value().values();
  ASSERT_EQ(lines.value().size(), 2u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(lines.value()[static_cast<std::size_t>(i)].quantity_thousandths,
              static_cast<std::int64_t>(kwh[i].number_value()) * Quantity::kScale);
  }
}

// 6 % until 15 April, 6.5 % from 16 April on: half of the charge each.
TEST_F(WorkedBills, TaxThatChangesInThePeriod) {
  const auto& factors =
      In(Case("oracle-bf-proration"), "expected").fields().at("factors").list_value().values();
  Schedule old = Metered("E", "electric", Unit::kKilowattHour,
                         {Tiers("Energy", {{0, "1"}}), Percent("Tax", "0.06")});
  old.effective_date = Day("2026-01-01");
  old.terms.day_count = DayCount::kBoth;
  Schedule next = old;
  next.effective_date = Day("2026-04-16");
  next.terms.effect = Effect::kUse;
  next.components[1].rate = Dollars("0.065");
  const auto lines =
      PriceMonth(VersionsOf({old, next}), {100'000, 1000, "2026-04-01", "2026-04-30"}).value();
  EXPECT_EQ(CentsOf(lines), (std::vector<std::int64_t>{50'00, 3'00, 50'00, 3'25}));
  EXPECT_EQ(factors[0].string_value(), "0.5");
  EXPECT_EQ(factors[1].string_value(), "0.5");
}

TEST_F(WorkedBills, ConsumptionPeriodLeavesOutTheDayOfTheFirstRead) {
  const Struct& expected = In(Case("oracle-consumption-period"), "expected");
  const auto days = [&](const char* name) {
    const auto& ends = expected.fields().at(name).list_value().values();
    return Day(OfYear(ends[1])) - Day(OfYear(ends[0])) + 1;
  };
  const auto lines =
      PriceMonth(VersionsOf({MonthlyPrice("30", "2026-01-01"), MonthlyPrice("40", "2026-07-20")}),
                 {0, 1000, "2026-07-01", "2026-08-01"})
          .value();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].day_count, days("old_version"));
  EXPECT_EQ(lines[1].day_count, days("new_version"));
}

TEST_F(WorkedBills, PlanThatChangesInItsMonth) {
  const Struct& expected = In(Case("killbill-change"), "expected");
  Schedule old = MonthlyPrice("20", "2013-01-01");
  old.terms.day_count = DayCount::kBeforeLast;
  Schedule next = MonthlyPrice("30", "2013-04-26");
  next.terms.day_count = DayCount::kBeforeLast;
  const auto lines =
      PriceMonth(VersionsOf({old, next}), {0, 1000, "2013-04-11", "2013-05-11"}).value();
  // Of the 20.00 that were billed ahead the repair leaves what was used.
  EXPECT_EQ(CentsOf(lines), (std::vector<std::int64_t>{20'00 + Cents(expected, "repair"),
                                                       Cents(expected, "new_line")}));
}

TEST_F(WorkedBills, SlabsWithAMinimum) {
  for (const char* id : {"digit-pr29-10", "digit-pr29-25"}) {
    const Struct& inputs = In(Case(id), "inputs");
    Component slabs{ComponentKind::kTiers, "Slabs", Rate(), std::nullopt, {}};
    for (const Value& slab : inputs.fields().at("slabs").list_value().values()) {
      const Value& up_to = slab.list_value().values(0);
      slabs.tiers.push_back(
          {up_to.has_null_value()
               ? std::nullopt
               : std::optional(static_cast<std::int64_t>(up_to.number_value()) * Quantity::kScale),
           Dollars(slab.list_value().values(1).string_value())});
    }
    Component least = Fixed("Minimum", std::to_string(Whole(inputs, "minimum")));
    least.kind = ComponentKind::kMinimum;
    const std::int64_t use = Whole(inputs, "units") * Quantity::kScale;
    const Schedule plain = Metered("W", "water", Unit::kKilogallon, {slabs});
    const Schedule floored = Metered("W", "water", Unit::kKilogallon, {slabs, least});
    const Struct& expected = In(Case(id), "expected");
    EXPECT_EQ(Sum(LineCents(plain, use)), Cents(expected, "slab_sum")) << id;
    EXPECT_EQ(Sum(LineCents(floored, use)), Cents(expected, "billed")) << id;
  }
}

// City of Santa Monica: the first 210 CCF at 4.07, what is above at 10.03.
TEST_F(WorkedBills, SantaMonicaCommercial) {
  for (const char* id : {"santamonica-comm-388", "santamonica-comm-9", "santamonica-comm-11"}) {
    const Schedule schedule = Metered("W", "water", Unit::kHundredCubicFeet,
                                      {Tiers("Water", {{210, "4.07"}, {0, "10.03"}})});
    const std::int64_t ccf = Whole(In(Case(id), "inputs"), "ccf");
    EXPECT_EQ(Sum(LineCents(schedule, ccf * Quantity::kScale)),
              Cents(In(Case(id), "expected"), "bill"))
        << id;
  }
}

}  // namespace
}  // namespace reeve::billing::rate
