// The tariffs of deploy/tariffs as reevectl reads them and billing prices them: bills that their
// cities have published.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "reeve/billing/v1/rate_service.pb.h"
#include "services/billing/rate/rate_wire_service.h"
#include "services/reevectl/form/yaml.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing {
namespace {

// The versions of a file, which has no fault.
std::vector<rate::Schedule> Load(const std::string& name) {
  std::ifstream file(std::string(REEVE_TARIFFS) + "/" + name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_FALSE(text.empty()) << name;
  std::vector<rate::Schedule> schedules;
  for (const reevectl::YamlDocument& document :
       reevectl::ReadYaml(text, *v1::RateSchedule::descriptor())) {
    EXPECT_EQ(document.faults, std::vector<reevectl::YamlFault>()) << name;
    Fields fields;
    schedules.push_back(
        rate::ParseSchedule(fields, dynamic_cast<const v1::RateSchedule&>(*document.message)));
    EXPECT_TRUE(fields.ok()) << name;
  }
  return schedules;
}

std::vector<std::int64_t> Bill(const rate::Schedule& schedule, std::int64_t thousandths) {
  return CentsOf(PriceUse(schedule, {thousandths, 1'000, "2026-01-01", "2026-02-01"}));
}
std::int64_t Total(const rate::Schedule& schedule, std::int64_t thousandths) {
  return TotalCents(PriceUse(schedule, {thousandths, 1'000, "2026-01-01", "2026-02-01"}));
}

TEST(TariffsTest, Seymour) {
  const std::vector<rate::Schedule> schedules = Load("seymour.yaml");
  ASSERT_EQ(schedules.size(), 1u);
  EXPECT_EQ(Bill(schedules[0], 1'200'000),
            (std::vector<std::int64_t>{16'00, 22'05, 22'30, 102'00, 7'50, 1'70}));
  EXPECT_EQ(Total(schedules[0], 1'200'000), 171'55);
}

TEST(TariffsTest, ArdenHills) {
  const std::vector<rate::Schedule> schedules = Load("arden-hills.yaml");
  ASSERT_EQ(schedules.size(), 3u);
  EXPECT_EQ(Total(schedules[0], 10'000), 50'46);
  EXPECT_EQ(Total(schedules[1], 10'000), 85'55);
  EXPECT_EQ(Total(schedules[0], 50'000), 230'46);
  EXPECT_EQ(Total(schedules[1], 50'000), 258'10);
  EXPECT_EQ(Total(schedules[2], 0), 11'71);
}

TEST(TariffsTest, SantaMonica) {
  const std::vector<rate::Schedule> schedules = Load("santa-monica.yaml");
  ASSERT_EQ(schedules.size(), 1u);
  EXPECT_EQ(Total(schedules[0], 9'000), 36'63);
  EXPECT_EQ(Total(schedules[0], 11'000), 44'77);
  EXPECT_EQ(Total(schedules[0], 388'000), 2'640'04);
}

// 675.54 kWh, of which 45 % and less are on-peak.
TEST(TariffsTest, RiverFalls) {
  const std::vector<rate::Schedule> schedules = Load("river-falls.yaml");
  ASSERT_EQ(schedules.size(), 2u);
  constexpr std::int64_t kUse = 675'540;
  for (const auto& [percent, cents] :
       {std::pair(45, 96'58), {35, 88'14}, {30, 83'92}, {25, 79'70}}) {
    const std::int64_t on = kUse * percent / 100;
    const rate::ByPeriod times[] = {{"on-peak", on}, {"off-peak", kUse - on}};
    const rate::Measured meter{Day("2026-01-01"), Day("2026-02-01"), kUse, times};
    std::vector<rate::Line> lines;
    ASSERT_TRUE(rate::Price(VersionsOf({schedules[0]}),
                            {meter.from_date, meter.to_date, meter.to_date},
                            {.measured = {&meter, 1}}, lines)
                    .ok());
    EXPECT_EQ(TotalCents(lines), cents) << percent;
  }
  EXPECT_EQ(Total(schedules[1], kUse), 88'98);
  const auto is_peak = [&](std::string_view day) {
    return schedules[0].use_times->At(Day(day), 12 * 60) == 1;
  };
  EXPECT_TRUE(is_peak("2026-07-02"));
  EXPECT_FALSE(is_peak("2026-07-03")) << "the Fourth of July is a Saturday";
  EXPECT_FALSE(is_peak("2026-12-25"));
}

TEST(TariffsTest, TheDemoCity) {
  for (const char* name : {"../demo/tariff.yaml", "../demo/tariff-2027.yaml"}) Load(name);
}

TEST(TariffsTest, FallsCity) {
  const rate::Tariff tariff(Load("falls-city.yaml"));
  const rate::Versions& versions = *tariff.Find("FC-R");
  const auto month = [&](std::string_view from, std::string_view to) {
    return CentsOf(PriceMonth(versions, {1'000'000, 1'000, from, to}).value());
  };
  EXPECT_EQ(month("2026-07-01", "2026-07-31"), (std::vector<std::int64_t>{0, 15'20}));
  EXPECT_EQ(versions.InForce(Day("2026-08-01"))->components[1].kind,
            rate::ComponentKind::kNotLoaded)
      << "the value of August is another resolution";
}

// As a file says it, to a cent, not to a dollar.
TEST(TariffsTest, ARoundingIsInCents) {
  const std::string text =
      "code: R\neffective_date: 2026-01-01\nservice: electric\ntitle: Test\ncitation: Test\n"
      "usage_unit: kWh\nterms: {round_to_cents: 5}\ncomponents:\n"
      "  - {kind: tiers, name: Energy, tiers: [{rate: 0.12345}]}\n";
  const auto documents = reevectl::ReadYaml(text, *v1::RateSchedule::descriptor());
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].faults, std::vector<reevectl::YamlFault>());
  Fields fields;
  const rate::Schedule schedule =
      rate::ParseSchedule(fields, dynamic_cast<const v1::RateSchedule&>(*documents[0].message));
  EXPECT_TRUE(fields.ok());
  EXPECT_EQ(Total(schedule, 1'001'000), 123'55);
}

}  // namespace
}  // namespace reeve::billing
