#include "services/account/premise/premise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::account {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Values;

Premise House() {
  return {.id = PremiseId(501),
          .address = {"1240 W 820 N", "", "Provo", "UT", "84601"},
          .cycle = 7,
          .points = {
              {.no = 1,
               .service = "electric",
               .schedule_code = "E1",
               .quantity_thousandths = 1000,
               .meter_number = "E-1",
               .register_digits = 5,
               .multiplier_thousandths = 1000,
               .unit = "kWh"},
              {.no = 2, .service = "storm", .schedule_code = "S1", .quantity_thousandths = 1000}}};
}

std::vector<std::string> BadFields(const Premise& premise) {
  Fields fields;
  CheckPremise(fields, "premise", premise);
  std::vector<std::string> bad;
  if (!fields.ok()) {
    const Error error = fields.error();
    for (const FieldViolation& violation : error.violations()) bad.push_back(violation.field);
  }
  return bad;
}

TEST(PremiseCheck, LetsAGoodLocationFilePass) { EXPECT_THAT(BadFields(House()), IsEmpty()); }

TEST(PremiseCheck, APlaceHasAServiceAndACycle) {
  Premise premise = House();
  premise.points.clear();
  premise.cycle = 0;
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.cycle", "premise.service_points"));
}

TEST(PremiseCheck, AMeteredServiceHasItsMeter) {
  Premise premise = House();
  premise.points[0] = {
      .no = 1, .service = "water", .schedule_code = "W1", .quantity_thousandths = 1000};
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[0].meter_number",
                                              "premise.service_points[0].register_digits",
                                              "premise.service_points[0].multiplier_thousandths",
                                              "premise.service_points[0].unit"));
}

TEST(PremiseCheck, WaterIsNotMeasuredInKilowattHours) {
  Premise premise = House();
  premise.points[0].service = "water";
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[0].unit"));
}

TEST(PremiseCheck, AFlatServiceHasNoMeterAndIsNeverOff) {
  Premise premise = House();
  premise.points[1].meter_number = "X";
  premise.points[1].supply = Supply::kOff;
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[1].meter_number",
                                              "premise.service_points[1].supply"));
}

TEST(PremiseCheck, SewerHasAMeterOrNone) {
  Premise premise = House();
  premise.points[1] = {
      .no = 2, .service = "sewer", .schedule_code = "S1", .quantity_thousandths = 1000};
  EXPECT_THAT(BadFields(premise), IsEmpty());
  premise.points[1].meter_number = "S-1";
  premise.points[1].register_digits = 6;
  premise.points[1].multiplier_thousandths = 1000;
  premise.points[1].unit = "kgal";
  EXPECT_THAT(BadFields(premise), IsEmpty());
  premise.points[1].unit = "kWh";
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[1].unit"));
}

TEST(PremiseCheck, GasIsMeasuredByVolumeOrHeat) {
  Premise premise = House();
  premise.points[0].service = "gas";
  for (const char* unit : {"CCF", "therm", "m3"}) {
    premise.points[0].unit = unit;
    EXPECT_THAT(BadFields(premise), IsEmpty()) << unit;
  }
  premise.points[0].unit = "kgal";
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[0].unit"));
}

TEST(PremiseCheck, NumbersAndMetersAreThereOnce) {
  Premise premise = House();
  premise.points.push_back(premise.points[0]);
  EXPECT_THAT(BadFields(premise), ElementsAre("premise.service_points[2].service_point_no",
                                              "premise.service_points[2].meter_number"));
}

struct KeyCase {
  std::string name;
  std::string typed;
  std::string key;
};
class AddressKeyOf : public ::testing::TestWithParam<KeyCase> {};
TEST_P(AddressKeyOf, DoesNotDependOnHowItWasTyped) {
  EXPECT_EQ(AddressKey(GetParam().typed), GetParam().key);
}
INSTANTIATE_TEST_SUITE_P(
    Spellings, AddressKeyOf,
    Values(KeyCase{"AsPrinted", "1240 W 820 N", "1240 W 820 N"},
           KeyCase{"InFull", "1240 west 820 North", "1240 W 820 N"},
           KeyCase{"Dots", " 1240  W. 820 N. ", "1240 W 820 N"},
           KeyCase{"Suffix", "55 Center Street, apartment 2", "55 CENTER ST APT 2"},
           KeyCase{"Apostrophe", "9 O'Neil Ln", "9 ONEIL LN"}, KeyCase{"Empty", " - ", ""}),
    [](const auto& info) { return info.param.name; });

TEST(AddressKeyPrefix, HoldsWhatBeginsSo) {
  EXPECT_LT(std::string("1240 W 820 N"), PrefixEnd("1240 W"));
  EXPECT_LT(PrefixEnd("1240 W"), std::string("1240 X"));
}

}  // namespace
}  // namespace reeve::account
