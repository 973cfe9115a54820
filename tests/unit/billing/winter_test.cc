// What winter bills come to, and which averages are held.
#include "services/billing/winter/winter.h"

#include <gtest/gtest.h>

#include <vector>

namespace reeve::billing::winter {
namespace {

Date Day(std::string_view text) { return Date::Parse(text).value(); }

constexpr std::int64_t kUnit = 1'000;

Rule DecemberToFebruary() {
  Rule rule;
  rule.schedule_code = "S1";
  rule.effective_date = Day("2020-01-01");
  rule.first_month = 12;
  rule.last_month = 2;
  rule.day_count_min = 80;
  rule.step_thousandths = kUnit;
  rule.vacant_thousandths = kUnit;
  rule.leak_hundredths = 300;
  rule.rise_hundredths = 200;
  return rule;
}

std::vector<WinterBill> Bills(std::int64_t december, std::int64_t january, std::int64_t february) {
  return {{Day("2026-11-19"), Day("2026-12-19"), december * kUnit},
          {Day("2026-12-19"), Day("2027-01-19"), january * kUnit},
          {Day("2027-01-19"), Day("2027-02-18"), february * kUnit}};
}
std::string Held(const Rule& rule, const std::vector<WinterBill>& bills,
                 std::int64_t previous = 0) {
  const Outcome outcome = Average(rule, {bills, previous});
  return outcome.problem ? std::string(ProblemName(*outcome.problem)) + ": " + outcome.evidence
                         : "";
}

TEST(WindowTest, AWinterMayPassTheNewYear) {
  Rule rule = DecemberToFebruary();
  EXPECT_EQ(WindowOf(rule, 2027).first_day, Day("2026-12-01"));
  EXPECT_EQ(WindowOf(rule, 2027).last_day, Day("2027-02-28"));
  EXPECT_EQ(WindowOf(rule, 2028).last_day, Day("2028-02-29"));
  rule.first_month = 1;
  EXPECT_EQ(WindowOf(rule, 2027).first_day, Day("2027-01-01"));
}

TEST(AverageTest, ABillIsAMonthOrADayIsADay) {
  Rule rule = DecemberToFebruary();
  const std::vector<WinterBill> bills = Bills(5, 6, 6);
  Outcome outcome = Average(rule, {bills, 0});
  EXPECT_EQ(outcome.bill_count, 3);
  EXPECT_EQ(outcome.day_count, 91);
  EXPECT_EQ(outcome.computed_thousandths, 6 * kUnit) << "17 / 3";
  rule.step_thousandths = 1;
  EXPECT_EQ(Average(rule, {bills, 0}).computed_thousandths, 5'667);
  rule.month_days_hundredths = 3'042;
  EXPECT_EQ(Average(rule, {bills, 0}).computed_thousandths, 5'683) << "17 / 91 x 30.42";
  rule.cap_thousandths = 5'000;
  EXPECT_EQ(Average(rule, {bills, 0}).computed_thousandths, 5'000);
}

TEST(AverageTest, AHalfIsOneMore) {
  const std::vector<WinterBill> bills = {Bills(5, 6, 0)[0], Bills(5, 6, 0)[1]};
  Rule rule = DecemberToFebruary();
  rule.day_count_min = 1;
  EXPECT_EQ(Average(rule, {bills, 0}).computed_thousandths, 6 * kUnit) << "5.5";
}

TEST(AverageTest, WhatIsSoundIsNotHeld) {
  EXPECT_EQ(Held(DecemberToFebruary(), Bills(5, 6, 6), 4 * kUnit), "");
}

TEST(AverageTest, ANewAccountHasTheDefaultAndAnInheritedOneIsHeld) {
  Rule rule = DecemberToFebruary();
  EXPECT_EQ(Held(rule, {}), "NO_BILLS: no winter bill, and no default");
  rule.default_thousandths = 7 * kUnit;
  EXPECT_EQ(Held(rule, {}), "");
  EXPECT_EQ(Average(rule, {{}, 0}).computed_thousandths, 7 * kUnit);
  EXPECT_EQ(Held(rule, {}, 3 * kUnit),
            "INHERITED: no winter bill, and 3 is not from this customer's winter");
}

TEST(AverageTest, ShortEstimatedVacantLeakingAndRisenAveragesAreHeld) {
  const Rule rule = DecemberToFebruary();
  const std::vector<WinterBill> all = Bills(5, 6, 6);
  EXPECT_EQ(Held(rule, {all[1], all[2]}), "SHORT: 61 days of winter bills, 80 are asked for");
  std::vector<WinterBill> estimated = all;
  estimated[1].estimated = true;
  EXPECT_EQ(Held(rule, estimated), "ESTIMATED: the bill to 2027-01-19 is estimated");
  EXPECT_EQ(Held(rule, Bills(1, 1, 0)), "VACANT: 1 a month, up to 1 is as nobody lives there");
  EXPECT_EQ(Held(rule, Bills(5, 40, 6)),
            "LEAKING: 40 in 31 days to 2027-01-19, the others 11 in 60");
  EXPECT_EQ(Held(rule, Bills(9, 9, 9), 4 * kUnit), "RISEN: 9, before it was 4");
  EXPECT_EQ(Held(rule, Bills(8, 8, 8), 4 * kUnit), "") << "twice is not more than twice";
}

TEST(AverageTest, BillsOfTwoMetersAreNoAverage) {
  std::vector<WinterBill> bills = Bills(5, 6, 6);
  bills[1].from_date = Day("2026-12-10");
  EXPECT_EQ(Held(DecemberToFebruary(), bills),
            "SEVERAL_METERS: bills to 2026-12-19 and to 2027-01-19 overlap");
}

TEST(AverageTest, TheFirstProblemIsNamed) {
  std::vector<WinterBill> bills = {Bills(0, 0, 0)[0]};
  bills[0].estimated = true;
  EXPECT_EQ(Held(DecemberToFebruary(), bills).substr(0, 5), "SHORT");
}

// Ten leaks in the one month that counts were billed as sewer for a year: a rule that names neither
// limit has both.
TEST(AverageTest, ARuleThatDoesNotSaySoHoldsLeaksAndRises) {
  Rule rule = DecemberToFebruary();
  rule.vacant_thousandths = -1;
  rule.leak_hundredths = 0;
  rule.rise_hundredths = 0;
  EXPECT_EQ(Held(rule, Bills(0, 0, 0)), "") << "vacancies are, by -1";
  EXPECT_EQ(Held(rule, Bills(5, 12, 5)),
            "LEAKING: 12 in 31 days to 2027-01-19, the others 10 in 60");
  EXPECT_EQ(Held(rule, Bills(5, 9, 5)), "");
  rule.day_count_min = 1;
  const std::vector<WinterBill> one = {Bills(9, 0, 0)[0]};
  EXPECT_EQ(Held(rule, one, 4 * kUnit), "RISEN: 9, before it was 4");
  EXPECT_EQ(Held(rule, one, 6 * kUnit), "") << "half as much again is a family";
}

TEST(RunTest, ARunIsComputedThenSigned) {
  for (const RunState state : {RunState::kComputing, RunState::kComputed, RunState::kSigned}) {
    for (const RunEvent event : {RunEvent::kFinish, RunEvent::kSign}) {
      const std::optional<RunState> next = After(state, event);
      if (state == RunState::kComputing && event == RunEvent::kFinish) {
        EXPECT_EQ(next, RunState::kComputed);
      } else if (state == RunState::kComputed && event == RunEvent::kSign) {
        EXPECT_EQ(next, RunState::kSigned);
      } else {
        EXPECT_FALSE(next.has_value());
      }
    }
  }
}

}  // namespace
}  // namespace reeve::billing::winter
