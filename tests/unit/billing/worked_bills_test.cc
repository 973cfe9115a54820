// Published bills, recomputed from the inputs that their sources print.
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
    for (const Line& line : Price(schedule, {thousandths, 1000}).value()) {
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

}  // namespace
}  // namespace reeve::billing::rate
