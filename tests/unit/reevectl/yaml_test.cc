#include "services/reevectl/form/yaml.h"

#include <gtest/gtest.h>

#include "reeve/billing/v1/rate_service.pb.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

std::vector<YamlDocument> Read(const std::string& text) {
  return ReadYaml(text, *pb::RateSchedule::descriptor());
}

TEST(YamlTest, FieldsAreReadByTheirNamesWithoutTheirUnits) {
  const auto documents = Read(R"(
code: W1
effective_date: 2026-01-01
components:
  - {kind: not-loaded, name: Rider}
  - kind: tiers
    widths: thirty_days
    tiers:
      - {up_to: 7, rate: 0.10}
      - {rate: 4.7}
guard: {usage_per_day_max: 20.5}
terms: {proration: {when: outside, days_min: 27, days_max: 33, month_days: 365/12}}
)");
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].faults, std::vector<YamlFault>());
  const auto& schedule = dynamic_cast<const pb::RateSchedule&>(*documents[0].message);
  EXPECT_EQ(schedule.code(), "W1");
  EXPECT_EQ(schedule.effective_date(), "2026-01-01");
  EXPECT_EQ(schedule.components(0).kind(), pb::RATE_COMPONENT_KIND_NOT_LOADED);
  EXPECT_EQ(schedule.components(1).widths(), pb::TIER_WIDTHS_THIRTY_DAYS);
  EXPECT_EQ(schedule.components(1).tiers(0).rate(), "0.10") << "text as written, never a float";
  EXPECT_EQ(schedule.guard().usage_per_day_max_thousandths(), 20'500);
  EXPECT_EQ(schedule.terms().proration().month_days(), "365/12");
}

TEST(YamlTest, EveryFaultIsFoundWithItsLine) {
  const auto documents = Read(R"(code: W1
colour: blue
code: W2
components:
  - {kind: sometimes, name: [a, b]}
  - 7
guard: none
)");
  ASSERT_EQ(documents.size(), 1u);
  std::vector<std::pair<int, std::string>> places;
  for (const YamlFault& fault : documents[0].faults) places.emplace_back(fault.line, fault.field);
  EXPECT_EQ(places, (std::vector<std::pair<int, std::string>>{{2, "colour"},
                                                              {3, "code"},
                                                              {5, "components[0].kind"},
                                                              {5, "components[0].name"},
                                                              {6, "components[1]"},
                                                              {7, "guard"}}));
}

TEST(YamlTest, AFieldThatIsNotThereIsOnTheLineOfWhatIsAroundIt) {
  const auto documents = Read("code: W1\ncomponents:\n  - kind: fixed\n");
  EXPECT_EQ(documents[0].LineOf("components[0].rate"), 3);
  EXPECT_EQ(documents[0].LineOf("components[0].kind"), 3);
  EXPECT_EQ(documents[0].LineOf("citation"), 1);
}

TEST(YamlTest, ATextMayHaveSeveralDocumentsOrNone) {
  EXPECT_EQ(Read("code: A\n---\ncode: B\n").size(), 2u);
  for (const char* text : {"", "# nothing\n", "{", "a: [", "\t- x"}) {
    const auto documents = Read(text);
    ASSERT_EQ(documents.size(), 1u) << text;
    EXPECT_EQ(documents[0].faults.size(), 1u) << text;
  }
}

}  // namespace
}  // namespace reeve::reevectl
