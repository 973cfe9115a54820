#include "services/billing/cycle/metered_by.h"

#include <gtest/gtest.h>

namespace reeve::billing::cycle {
namespace {

Segment Metered(const char* from, const char* to, std::int64_t usage) {
  Segment segment;
  segment.service = "water";
  segment.metered = true;
  segment.from_date = Date::Parse(from).value();
  segment.to_date = Date::Parse(to).value();
  segment.use.usage_thousandths = usage;
  segment.meters.push_back({});
  segment.meters.back().meter.size = "5/8";
  return segment;
}

std::optional<OtherUse> UseAfter(const char* from, std::vector<Segment> segments,
                                 bool begins = false, std::optional<Date> stopped = {}) {
  std::vector<const Segment*> metered;
  for (const Segment& one : segments) metered.push_back(&one);
  return UseOfOther(metered, {Date::Parse(from).value(), begins, stopped});
}

TEST(UseOfOther, IsThatOfTheMeter) {
  const auto use = UseAfter("2026-10-20", {Metered("2026-10-20", "2026-11-19", 5'000)});
  ASSERT_TRUE(use);
  EXPECT_EQ(use->usage_thousandths, 5'000);
  EXPECT_EQ(use->to_date.ToString(), "2026-11-19");
  EXPECT_EQ(use->meter_size, "5/8");
  EXPECT_FALSE(use->estimated);
}

// It was billed to another day than the meter was read: all the use that was not billed is its.
TEST(UseOfOther, IsAllOfItWhateverTheDays) {
  for (const char* from : {"2026-10-01", "2026-10-25"}) {
    const auto use = UseAfter(from, {Metered("2026-10-20", "2026-11-19", 5'000)});
    ASSERT_TRUE(use);
    EXPECT_EQ(use->usage_thousandths, 5'000);
  }
}

// It began, or stopped, within the days of the meter: 10 of 30 days, half up.
TEST(UseOfOther, OfSomeOfItsDaysIsTheirPart) {
  const Segment metered = Metered("2026-10-20", "2026-11-19", 5'000);
  const auto begun = UseAfter("2026-11-09", {metered}, /*begins=*/true);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->usage_thousandths, 1'667);
  const auto stopped = UseAfter("2026-10-20", {metered}, false, Date::Parse("2026-10-30").value());
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->usage_thousandths, 1'667);
  EXPECT_EQ(stopped->to_date.ToString(), "2026-10-30");
}

TEST(UseOfOther, OfMetersThatWereReadOnDifferentDaysGoesToTheLast) {
  const auto use = UseAfter("2026-10-20", {Metered("2026-10-20", "2026-11-18", 1'000),
                                           Metered("2026-10-20", "2026-11-19", 2'000)});
  ASSERT_TRUE(use);
  EXPECT_EQ(use->usage_thousandths, 3'000);
  EXPECT_EQ(use->to_date.ToString(), "2026-11-19");
  EXPECT_EQ(use->meter_size, "5/8");
}

TEST(UseOfOther, OfSeveralMetersIsTheirSum) {
  Segment second = Metered("2026-10-20", "2026-11-19", 2'500);
  second.estimated = true;
  second.meters.back().meter.size = "1";
  const auto use = UseAfter("2026-10-20", {Metered("2026-10-20", "2026-11-19", 5'000), second});
  ASSERT_TRUE(use);
  EXPECT_EQ(use->usage_thousandths, 7'500);
  EXPECT_EQ(use->meter_size, "");  // one of them has another
  EXPECT_TRUE(use->estimated);
}

TEST(UseOfOther, IsNotKnownWithoutAMeterOrADay) {
  EXPECT_FALSE(UseAfter("2026-10-20", {}));
  EXPECT_FALSE(UseAfter("2026-11-19", {Metered("2026-10-20", "2026-11-19", 5'000)}));
}

TEST(UseOfOther, IsNoMoreThanAQuantityCanBe) {
  const Segment most = Metered("2026-10-20", "2026-11-19", Quantity::kMaxThousandths);
  EXPECT_TRUE(UseAfter("2026-10-20", {most}));
  EXPECT_FALSE(UseAfter("2026-10-20", {most, Metered("2026-10-20", "2026-11-19", 1)}));
}

}  // namespace
}  // namespace reeve::billing::cycle
