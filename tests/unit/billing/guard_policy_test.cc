// A policy of the guard: what it changes, and the bounds that none passes.
#include "services/billing/cycle/guard_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/billing/guard_city.h"

namespace reeve::billing::cycle {
namespace {

constexpr std::int64_t kUnit = Quantity::kScale;

TEST(GuardPolicyTest, SaysWhichLimitsItChangesAndWhichWay) {
  GuardPolicy before;
  before.run.Set(Limit::kCountChangeMax, 300);
  GuardPolicy after = before;
  EXPECT_TRUE(ChangesOf(before, after).empty());
  after.residential.Set(Limit::kBillCentsMax, 900'00);
  after.non_residential.Set(Limit::kNoUseBills, 6);
  after.run.Set(Limit::kCountChangeMax, 400);
  after.run.Set(Limit::kControlMin, 6'000);
  EXPECT_THAT(ChangesOf(before, after),
              ::testing::ElementsAre(
                  LimitChange{Scope::kResidential, Limit::kBillCentsMax, 1'500'00, 900'00, false},
                  LimitChange{Scope::kNonResidential, Limit::kNoUseBills, 0, 6, false},
                  LimitChange{Scope::kRun, Limit::kCountChangeMax, 300, 400, true},
                  LimitChange{Scope::kRun, Limit::kControlMin, 7'500, 6'000, true}));
  for (const LimitChange& change : ChangesOf(after, before)) {
    EXPECT_EQ(change.loosens, change.scope != Scope::kRun) << "the other way round";
  }
}

TEST(GuardPolicyTest, AMonthIsNoShorterThanItsLongestAndNotMuch) {
  const auto refused = [](std::int64_t days, std::int64_t days_max) {
    GuardPolicy policy;
    policy.residential.Set(Limit::kPeriodDays, days);
    policy.residential.Set(Limit::kPeriodDaysMax, days_max);
    Fields fields;
    RefuseContradictions(policy, fields);
    return !fields.ok();
  };
  EXPECT_FALSE(refused(30, 35));
  EXPECT_FALSE(refused(91, 101));
  EXPECT_TRUE(refused(30, 29));
  EXPECT_TRUE(refused(30, 41)) << "two months would pass for one";
}

// The loosest policy that can be loaded still holds what every known disaster sent.
TEST(GuardPolicyTest, NoPolicySwitchesTheGuardOff) {
  GuardPolicy loosest;
  for (const LimitWords& words : AllLimits()) {
    if (words.of_run) {
      loosest.run.Set(words.limit, words.residential.max);
    } else {
      loosest.residential.Set(words.limit, words.residential.max);
      loosest.non_residential.Set(words.limit, words.non_residential.max);
    }
  }
  const rate::Schedule power = ProvoSchedule1();
  GuardCity city({power});
  city.Add(power, {.thousandths = 5'230 * kUnit, .before = {523 * kUnit}});  // a digit too many
  city.Add(power, {.thousandths = 52'300 * kUnit, .before = {523 * kUnit}});
  city.Add(power, {.thousandths = 8'000 * kUnit, .before = {500 * kUnit}});  // sixteen times
  for (int i = 0; i < 20; ++i) city.Add(power, {.thousandths = 500 * kUnit});
  city.Add(power, {.thousandths = 5'500 * kUnit});  // a first bill, eleven times its peers
  city.Add(power, {.thousandths = 20 * kUnit});     // and one of a twenty-fifth
  EXPECT_EQ(city.HeldAtAll(loosest), 5);
}

// What was loaded before there were bounds is read within them, and a schedule's own limit too.
TEST(GuardPolicyTest, ASchedulesOwnLimitPassesNoBoundEither) {
  rate::Schedule power = ProvoSchedule1();
  power.guard.usage_ratio_max_hundredths = 1'000'000;
  GuardCity city({power});
  city.Add(power, {.thousandths = 8'000 * kUnit, .before = {500 * kUnit}});
  EXPECT_EQ(city.Held(HoldReason::kAboveLast), 1);
}

}  // namespace
}  // namespace reeve::billing::cycle
