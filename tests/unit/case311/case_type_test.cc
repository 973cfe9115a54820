#include "services/case311/case_type/case_type.h"

#include <gtest/gtest.h>

namespace reeve::case311 {
namespace {

CaseType Pothole() {
  return {.code = "POTHOLE",
          .name = "Pothole",
          .department = "STREETS",
          .service_level_minutes = 1'620,
          .routes = {{2, "STREETS_EAST"}, {4, "STREETS_WEST"}},
          .version = 3};
}

TEST(CaseTypeCode, HasOneSpelling) {
  for (const char* code : {"POTHOLE", "A1", "SNOW_ICE", "X_"}) EXPECT_TRUE(IsCode(code)) << code;
  for (const char* code : {"", "A", "pothole", "POT HOLE", "1A", "_A", "ÄB"})
    EXPECT_FALSE(IsCode(code)) << code;
  EXPECT_TRUE(IsCode(std::string(40, 'A')));
  EXPECT_FALSE(IsCode(std::string(41, 'A')));
}

TEST(CaseTypeRoutes, ADistrictWithoutARouteIsTheTypes) {
  EXPECT_EQ(DepartmentFor(Pothole(), 2), "STREETS_EAST");
  EXPECT_EQ(DepartmentFor(Pothole(), 4), "STREETS_WEST");
  EXPECT_EQ(DepartmentFor(Pothole(), 3), "STREETS");
  EXPECT_EQ(DepartmentFor(Pothole(), 0), "STREETS");
}

TEST(SetCaseType, AddsReplacesAndRefusesByVersion) {
  SetCaseType add{.type = Pothole()};
  add.type.version = 0;
  EXPECT_EQ(Apply(std::nullopt, add)->version, 1);
  EXPECT_EQ(Apply(Pothole(), add).error().reason(), "CASE_TYPE_EXISTS");

  const SetCaseType change{.type = Pothole()};
  EXPECT_EQ(Apply(Pothole(), change)->version, 4);
  EXPECT_EQ(Apply(std::nullopt, change).error().reason(), "CASE_TYPE_UNKNOWN");
  CaseType newer = Pothole();
  newer.version = 4;
  EXPECT_EQ(Apply(newer, change).error().reason(), "STALE");
}

TEST(CaseTypeDigest, CoversEveryField) {
  const std::string digest = Digest(Pothole());
  CaseType other = Pothole();
  other.name = "Potholes";
  EXPECT_NE(Digest(other), digest);
  other = Pothole();
  other.confidential = true;
  EXPECT_NE(Digest(other), digest);
  other = Pothole();
  other.routes[1].district = 5;
  EXPECT_NE(Digest(other), digest);
  other = Pothole();
  other.routes.pop_back();
  EXPECT_NE(Digest(other), digest);
}

}  // namespace
}  // namespace reeve::case311
