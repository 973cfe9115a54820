// What `rate price` asks: a file's schedules, priced and explained without being loaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "services/billing/bill/sheet_wire_service.h"
#include "services/reevectl/form/yaml.h"
#include "tests/unit/billing/evaluated.h"

namespace reeve::billing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::PriceSheetRequest Sheet(const std::string& name) {
  std::ifstream file(std::string(REEVE_TARIFFS) + "/" + name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  v1::PriceSheetRequest request;
  for (const reevectl::YamlDocument& document :
       reevectl::ReadYaml(text, *v1::RateSchedule::descriptor())) {
    *request.add_schedules() = dynamic_cast<const v1::RateSchedule&>(*document.message);
  }
  return request;
}
std::vector<std::string> FaultsOf(const v1::PricedSheet& sheet) {
  std::vector<std::string> faults;
  for (const v1::SheetFault& fault : sheet.faults()) {
    faults.push_back(std::to_string(fault.schedule_no()) + " " + fault.field() + " " +
                     fault.reason());
  }
  return faults;
}

TEST(SheetTest, APublishedBillIsPricedAndExplained) {
  v1::PriceSheetRequest request = Sheet("river-falls.yaml");
  request.set_schedule_code("RF-TOD");
  request.set_from_date("2026-01-01");
  for (const auto& [name, use] : {std::pair("on-peak", "303.993"), {"off-peak", "371.547"}}) {
    v1::SheetQuantity& time = *request.add_times();
    time.set_name(name);
    time.set_quantity(use);
  }
  const v1::PricedSheet sheet = bill::PriceSheet(request);
  ASSERT_THAT(FaultsOf(sheet), IsEmpty());
  EXPECT_EQ(sheet.explanation().bill().total_cents(), 96'58);
  EXPECT_EQ(sheet.explanation().services(0).lines_size(), 3);
  EXPECT_THAT(Evaluated(sheet.explanation().nodes()).faults(), IsEmpty());
}

TEST(SheetTest, RidersOfTheFileAreCharged) {
  v1::PriceSheetRequest request = Sheet("falls-city.yaml");
  request.set_from_date("2026-07-01");
  request.set_usage("1000");
  const v1::PricedSheet sheet = bill::PriceSheet(request);
  ASSERT_THAT(FaultsOf(sheet), IsEmpty());
  EXPECT_EQ(sheet.explanation().bill().total_cents(), 15'20);
}

TEST(SheetTest, EveryFaultIsNamed) {
  v1::PriceSheetRequest request = Sheet("falls-city.yaml");
  request.mutable_schedules(0)->mutable_components(0)->mutable_tiers(0)->set_rate("x");
  request.mutable_schedules(1)->mutable_components(1)->set_rider("NONE");
  request.mutable_schedules(1)->set_title("");
  EXPECT_THAT(
      FaultsOf(bill::PriceSheet(request)),
      ElementsAre("0 components[0].tiers[0].rate is not dollars with at most nine decimals",
                  "1 title is required", "1 components[1].rider is no rider that is loaded"));
}

TEST(SheetTest, WhatIsAskedIsJudgedAsAWhole) {
  v1::PriceSheetRequest request = Sheet("river-falls.yaml");
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)),
              ElementsAre("-1 schedule_code is required: the file has not one schedule alone"));
  request.set_schedule_code("RF-R");
  request.set_usage("-1");
  request.set_power_factor("2");
  request.set_day_count(400);
  EXPECT_EQ(bill::PriceSheet(request).faults_size(), 3);
  request.clear_usage();
  request.clear_power_factor();
  request.set_day_count(30);
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)),
              ElementsAre("-1  Energy: there is no metered use."));
}

TEST(SheetTest, AVersionThatIsThereTwiceIsNamed) {
  v1::PriceSheetRequest request = Sheet("falls-city.yaml");
  const v1::RateSchedule first = request.schedules(0);
  *request.add_schedules() = first;
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)),
              ElementsAre(std::to_string(request.schedules_size() - 1) +
                          " effective_date is there twice: a version of " + first.code() +
                          " stands above"));
}

v1::SheetQuantity Named(const std::string& name, const std::string& quantity) {
  v1::SheetQuantity named;
  named.set_name(name);
  named.set_quantity(quantity);
  return named;
}

TEST(SheetTest, NamesThatNothingHasAreRefused) {
  v1::PriceSheetRequest request = Sheet("river-falls.yaml");
  request.set_schedule_code("RF-TOD");
  request.set_from_date("2026-01-01");
  for (const char* name : {"on-peak", "of-peak", "on-peak"})
    *request.add_times() = Named(name, "1");
  *request.add_loads() = Named("", "25");
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)),
              ElementsAre("-1 times[1].name of-peak is no time of RF-TOD",
                          "-1 times[2].name on-peak is there twice",
                          "-1 loads[0].name all day is no time of RF-TOD"));
}

TEST(SheetTest, TimesAddUpToTheUse) {
  v1::PriceSheetRequest request = Sheet("river-falls.yaml");
  request.set_schedule_code("RF-TOD");
  request.set_from_date("2026-01-01");
  *request.add_times() = Named("on-peak", "303.993");
  *request.add_times() = Named("off-peak", "371.547");
  request.set_usage("675.5");
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)),
              ElementsAre("-1 usage is 675.5, and the times add up to 675.54"));
  request.set_usage("675.54");
  EXPECT_THAT(FaultsOf(bill::PriceSheet(request)), IsEmpty());
}

}  // namespace
}  // namespace reeve::billing
