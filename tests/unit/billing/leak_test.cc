#include "services/billing/adjustment/leak.h"

#include <gtest/gtest.h>

#include <random>

namespace reeve::billing::adjustment {
namespace {

// Use in thousands of gallons, whose thousandths are gallons.
constexpr std::int64_t kThousandGallons = 1'000;

Date Day(const char* text) { return Date::Parse(text).value(); }

// Periods of `months` months that end with `last`, the oldest first.
std::vector<UsePeriod> Periods(Date last, int months, const std::vector<std::int64_t>& gallons) {
  std::vector<UsePeriod> periods;
  const int count = static_cast<int>(gallons.size());
  for (int i = 0; i < count; ++i) {
    const Date to = last.PlusMonths(-months * (count - 1 - i));
    periods.push_back({to.PlusMonths(-months), to, gallons[static_cast<std::size_t>(i)]});
  }
  return periods;
}

// The cities' published rules.
LeakRule Wildwood() {  // same quarter of four years; half, the odd unit to the customer; once
  LeakRule rule;
  rule.normal_of = NormalOf::kYearsBefore;
  rule.normal_count = 4;
  rule.step_thousandths = kThousandGallons;
  rule.rounding = Rounding::kUp;
  rule.again = Again::kNever;
  rule.again_months = 0;
  return rule;
}
LeakRule Whud() {  // twice the average; half of the excess; up to three months; once a year
  LeakRule rule;
  rule.normal_count = 12;
  rule.trigger_percent = 200;
  rule.periods_max = 3;
  rule.periods_credited_max = 3;
  rule.again = Again::kNextCalendarYear;
  rule.again_months = 0;
  return rule;
}
LeakRule CedarHill() {  // half of the largest of three months less normal; once in 12 months
  LeakRule rule;
  rule.normal_count = 12;
  rule.periods_max = 3;
  return rule;
}
LeakRule Cookeville() {  // three months' average, half, one month
  return LeakRule();
}
LeakRule CookevilleSewer() {  // what did not reach the sewer: down to normal
  LeakRule rule;
  rule.credit_percent = 100;
  return rule;
}
LeakRule WashingtonCourtHouse() {  // a quarter, two months, at least half above normal
  LeakRule rule;
  rule.normal_count = 12;
  rule.trigger_percent = 150;
  rule.credit_percent = 25;
  rule.periods_max = 2;
  rule.periods_credited_max = 2;
  return rule;
}
LeakRule Stafford() {  // pays at most twice normal; once in three years
  LeakRule rule;
  rule.normal_count = 12;
  rule.above_percent = 200;
  rule.credit_percent = 100;
  rule.again_months = 36;
  return rule;
}

struct Case {
  const char* name;
  LeakRule rule;
  int months;                          // of a period
  std::vector<std::int64_t> history;   // gallons, the oldest first
  std::vector<std::int64_t> leak;      // gallons
  std::vector<std::int64_t> credited;  // gallons of each leak period
};

class PublishedRule : public ::testing::TestWithParam<Case> {};

TEST_P(PublishedRule, Credits) {
  const Case& tried = GetParam();
  const Date end = Day("2026-09-30");
  const std::vector<UsePeriod> leak = Periods(end, tried.months, tried.leak);
  const std::vector<UsePeriod> history =
      Periods(leak.front().from_date, tried.months, tried.history);
  const auto shares = CreditLeak(tried.rule, leak, history, {}, end.PlusDays(20));
  ASSERT_TRUE(shares.ok()) << shares.error().message();
  std::vector<std::int64_t> credited(leak.size());
  for (const LeakShare& share : *shares) credited[share.period] = share.credited_thousandths;
  EXPECT_EQ(credited, tried.credited);
  Fields fields;
  Validate(tried.rule, "leak.", fields);
  EXPECT_TRUE(fields.ok());
}

const std::vector<std::int64_t> kYearOfTen(12, 10'000);

// Published: Wildwood 125,000 - 6,000 = 119,000, credited 60,000; Cedar Hill 10,000 and 20,000,
// credited 5,000. The others have no published example: their rules by hand.
INSTANTIATE_TEST_SUITE_P(
    Cities, PublishedRule,
    testing::Values(
        Case{"WildwoodPublished",
             Wildwood(),
             3,
             std::vector<std::int64_t>(16, 6'000),
             {125'000},
             {60'000}},
        Case{"WildwoodTakesTheSameQuarterOnly",
             Wildwood(),
             3,
             {6'000, 90'000, 90'000, 90'000, 6'000, 90'000, 90'000, 90'000, 6'000, 90'000, 90'000,
              90'000, 6'000, 90'000, 90'000, 90'000},
             {125'000},
             {60'000}},
        Case{"WhudEveryMonthThatDoubled",
             Whud(),
             1,
             kYearOfTen,
             {20'000, 19'999, 31'000},
             {5'000, 0, 10'500}},
        Case{"CedarHillPublished", CedarHill(), 1, kYearOfTen, {20'000}, {5'000}},
        Case{"CedarHillTheLargestOfThree",
             CedarHill(),
             1,
             kYearOfTen,
             {14'000, 20'000, 16'000},
             {0, 5'000, 0}},
        Case{"CookevilleThreeMonthsAverage",
             Cookeville(),
             1,
             {99'000, 4'000, 5'000, 6'000},
             {25'000},
             {10'000}},
        Case{"CookevilleSewerDownToNormal",
             CookevilleSewer(),
             1,
             {4'000, 5'000, 6'000},
             {25'000},
             {20'000}},
        Case{"WashingtonAQuarterOfTwoMonths",
             WashingtonCourtHouse(),
             1,
             kYearOfTen,
             {15'000, 40'000},
             {1'250, 7'500}},
        Case{"StaffordAtMostTwiceNormal", Stafford(), 1, kYearOfTen, {57'000}, {37'000}}),
    [](const auto& info) { return std::string(info.param.name); });

class LeakRefusal : public ::testing::Test {
 protected:
  static std::string Reason(const LeakRule& rule, std::vector<std::int64_t> leak_gallons,
                            std::vector<std::int64_t> history_gallons,
                            std::vector<Date> earlier = {}) {
    const Date end = Day("2026-09-30");
    const auto leak = Periods(end, 1, leak_gallons);
    const auto history = Periods(leak.empty() ? end : leak.front().from_date, 1, history_gallons);
    const auto shares = CreditLeak(rule, leak, history, earlier, Day("2026-10-20"));
    return shares.ok() ? "" : shares.error().reason();
  }
};

TEST_F(LeakRefusal, ComesInTheOrderOfTheRules) {
  EXPECT_EQ(Reason(CedarHill(), {}, {}, {Day("2025-10-21")}), "LEAK_TOO_SOON");
  EXPECT_EQ(Reason(CedarHill(), {}, {}, {Day("2025-10-20")}), "LEAK_PERIODS");
  EXPECT_EQ(Reason(CedarHill(), {1, 1, 1, 1}, {}), "LEAK_PERIODS");
  EXPECT_EQ(Reason(CedarHill(), {20'000}, std::vector<std::int64_t>(11, 10'000)), "LEAK_HISTORY");
  EXPECT_EQ(Reason(CedarHill(), {10'000}, kYearOfTen), "LEAK_TOO_SMALL");
  EXPECT_EQ(Reason(WashingtonCourtHouse(), {14'999}, kYearOfTen), "LEAK_TOO_SMALL");
  EXPECT_EQ(Reason(Stafford(), {20'000}, kYearOfTen), "LEAK_TOO_SMALL");
  EXPECT_EQ(Reason(CedarHill(), {20'000}, kYearOfTen), "");
}

TEST_F(LeakRefusal, HowOftenDiffers) {
  EXPECT_FALSE(MayFollow(Wildwood(), Day("1990-01-01"), Day("2026-10-20")));
  EXPECT_FALSE(MayFollow(Whud(), Day("2026-01-01"), Day("2026-12-31")));
  EXPECT_TRUE(MayFollow(Whud(), Day("2026-12-31"), Day("2027-01-01")));
  EXPECT_FALSE(MayFollow(Stafford(), Day("2023-10-21"), Day("2026-10-20")));
  EXPECT_TRUE(MayFollow(Stafford(), Day("2023-10-20"), Day("2026-10-20")));
}

// Whatever the rule, the credit is above zero, no more than the use, and whoever used more is
// credited no less.
TEST(LeakPropertyTest, ACreditGrowsWithUseAndNeverPassesIt) {
  constexpr unsigned kSeed = 20'260'919;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  const auto below = [&](std::int64_t end) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
  };
  const Date end = Day("2026-09-30");
  for (int i = 0; i < 100'000; ++i) {
    LeakRule rule;
    rule.normal_count = 1 + static_cast<int>(below(12));
    rule.trigger_percent = 100 + static_cast<int>(below(200));
    rule.above_percent = 100 + static_cast<int>(below(200));
    rule.credit_percent = 1 + static_cast<int>(below(100));
    rule.step_thousandths = 1 + below(2'000);
    rule.rounding = static_cast<Rounding>(below(4));
    std::vector<std::int64_t> gallons;
    for (int n = 0; n < rule.normal_count; ++n) gallons.push_back(below(20'000));
    const auto history = Periods(end.PlusMonths(-1), 1, gallons);
    std::int64_t last = 0;
    for (std::int64_t use = below(50'000), step = 0; step < 4; ++step, use += below(50'000)) {
      const UsePeriod leak{end.PlusMonths(-1), end, use};
      const auto shares = CreditLeak(rule, {&leak, 1}, history, {}, end);
      const std::int64_t credited = shares.ok() ? shares->front().credited_thousandths : 0;
      ASSERT_GE(credited, last);
      ASSERT_LE(credited, use);
      ASSERT_EQ(shares.ok(), credited > 0);
      last = credited;
    }
  }
}

}  // namespace
}  // namespace reeve::billing::adjustment
