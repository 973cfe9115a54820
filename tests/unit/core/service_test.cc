#include "shared/core/service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace reeve {
namespace {

TEST(Service, EachHasANameOfItsOwnInLowerCaseLetters) {
  std::set<std::string_view> names;
  for (const Service& service : Services()) {
    EXPECT_TRUE(names.insert(service.name).second) << service.name;
    EXPECT_LE(service.name.size(), 20u);
    EXPECT_TRUE(std::ranges::all_of(service.name, [](char c) { return c >= 'a' && c <= 'z'; }))
        << service.name;
    EXPECT_EQ(FindService(service.name), &service);
  }
}

TEST(Service, HasUnitsIfItMayHaveAMeter) {
  for (const Service& service : Services()) {
    EXPECT_EQ(service.units.empty(), service.metering == Metering::kNever) << service.name;
    EXPECT_EQ(MayBeMetered(service.name), !service.units.empty()) << service.name;
  }
}

TEST(Service, WhatIsNoneIsNotFound) {
  for (const char* name : {"", "Electric", "gasoline", "fees", "riders"}) {
    EXPECT_EQ(FindService(name), nullptr) << name;
    EXPECT_FALSE(IsService(name)) << name;
    EXPECT_FALSE(MayBeMetered(name)) << name;
  }
}

}  // namespace
}  // namespace reeve
