#include "services/case311/statistics/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/core/decimal.h"
#include "tests/unit/case311/reference_file.h"

namespace reeve::case311 {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Instant At(std::int64_t hours) { return Instant::FromMicros(Duration::Hours(hours).micros()); }

TEST(Percent, RoundsHalfUpAndSaysNothingAboutNothing) {
  EXPECT_EQ(Percent({80, 85}, 2), "94.12");
  EXPECT_EQ(Percent({1, 800}, 2), "0.13");  // 0.125
  EXPECT_EQ(Percent({0, 7}, 2), "0.00");
  EXPECT_EQ(Percent({7, 7}, 0), "100");
  EXPECT_EQ(Percent({0, 0}, 2), "n/a");
  EXPECT_EQ(Percent({1'000'000'000, 3'000'000'000}, 4), "33.3333");
}

// 1,000 answered of which 860 in time, 60 abandoned of which 20 in time and 10 at once.
constexpr QueueCalls kCalls{.answered = 1'000,
                            .abandoned = 60,
                            .answered_in_threshold = 860,
                            .abandoned_in_threshold = 20,
                            .short_abandoned = 10};

TEST(ServiceLevel, EachFormulaGivesItsPublishedFigure) {
  EXPECT_EQ(Percent(AbandonsInThresholdMet(kCalls), 2), "83.02");
  EXPECT_EQ(Percent(AbandonsIgnored(kCalls), 2), "86.00");
  EXPECT_EQ(Percent(AbandonsAgainst(kCalls), 2), "81.13");
  EXPECT_EQ(Percent(AbandonsInThresholdRemoved(kCalls), 2), "82.69");
  EXPECT_EQ(Percent(ShortAbandonsMet(kCalls), 2), "82.08");
}

TEST(ServiceLevel, AgreesWithTheReferenceTable) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  const std::map<std::string, Ratio> ours{{"F1", AbandonsInThresholdMet(kCalls)},
                                          {"F2", AbandonsIgnored(kCalls)},
                                          {"F3", AbandonsAgainst(kCalls)},
                                          {"F4", AbandonsInThresholdRemoved(kCalls)},
                                          {"F5", ShortAbandonsMet(kCalls)}};
  const std::vector<CsvRow> rows = ReadReference("sla/service_level_formulas.csv");
  ASSERT_EQ(rows.size(), ours.size());
  for (const CsvRow& row : rows) {
    const Ratio ratio = ours.at(row.at("formula"));
    EXPECT_EQ(std::to_string(ratio.numerator), row.at("numerator")) << row.at("formula");
    EXPECT_EQ(std::to_string(ratio.denominator), row.at("denominator")) << row.at("formula");
    EXPECT_EQ(Percent(ratio, 4), row.at("percent")) << row.at("formula");
  }
}

TEST(ServiceLevel, AnEmptyQueueHasNone) {
  for (const Ratio ratio : {AbandonsInThresholdMet({}), AbandonsIgnored({}), AbandonsAgainst({}),
                            AbandonsInThresholdRemoved({}), ShortAbandonsMet({})}) {
    EXPECT_EQ(Percent(ratio, 2), "n/a");
  }
}

TEST(CaseStatistics, OfNothingAreNothing) {
  const CaseStatistics none = Compute({}, At(0));
  EXPECT_EQ(Percent(none.on_time_of_closed(), 2), "n/a");
  EXPECT_EQ(Percent(none.on_time_of_all(), 2), "n/a");
  EXPECT_EQ(Percent(none.on_time_of_promised, 2), "n/a");
  EXPECT_EQ(none.close_mean.micros(), 0);
}

TEST(CaseStatistics, AtTheTargetIsInTimeAndAfterItIsLate) {
  const Instant target = At(10), after = target + Duration::Micros(1);
  const std::vector<CaseTimes> closed{{.opened = At(0), .target = target, .closed = target},
                                      {.opened = At(0), .target = target, .closed = after}};
  EXPECT_EQ(Compute(closed, after).on_time_of_closed(), (Ratio{1, 2}));
  const std::vector<CaseTimes> open{{.opened = At(0), .target = target}};
  EXPECT_EQ(Compute(open, target).open_on_time, 1);
  EXPECT_EQ(Compute(open, after).open_overdue, 1);
}

TEST(CaseStatistics, WithoutAPromiseNothingIsLateAndNothingIsKept) {
  const std::vector<CaseTimes> cases{{.opened = At(0), .closed = At(900)},
                                     {.opened = At(0), .target = At(1), .closed = At(900)}};
  const CaseStatistics statistics = Compute(cases, At(1'000));
  EXPECT_EQ(statistics.on_time_of_closed(), (Ratio{1, 2}));
  EXPECT_EQ(statistics.on_time_of_promised, (Ratio{0, 1}));
}

TEST(CaseStatistics, LookAtTheCasesAsTheyStood) {
  const std::vector<CaseTimes> cases{{.opened = At(0), .closed = At(20)},
                                     {.opened = At(15), .closed = At(16)}};
  const CaseStatistics then = Compute(cases, At(10));
  EXPECT_EQ(then.open(), 1);
  EXPECT_EQ(then.closed(), 0);
  EXPECT_EQ(Compute(cases, At(20)).closed(), 2);
}

TEST(CaseStatistics, RanksAreThoseOfTheDefinition) {
  std::vector<CaseTimes> cases;
  for (int hours = 1; hours <= 10; ++hours) cases.push_back({.opened = At(0), .closed = At(hours)});
  CaseStatistics ten = Compute(cases, At(100));
  EXPECT_EQ(ten.close_mean.micros(), Duration::Minutes(330).micros());
  EXPECT_EQ(ten.close_median.micros(), Duration::Minutes(330).micros());
  EXPECT_EQ(ten.close_p90, Duration::Hours(9));
  cases.push_back({.opened = At(0), .closed = At(11)});
  const CaseStatistics eleven = Compute(cases, At(100));
  EXPECT_EQ(eleven.close_median, Duration::Hours(6));
  EXPECT_EQ(eleven.close_p90, Duration::Hours(10));
}

TEST(CaseStatistics, TheBacklogIsBandedByWholeDays) {
  std::vector<CaseTimes> cases;
  const Instant now = At(24 * 400);
  for (const std::int64_t days : {0, 1, 2, 7, 8, 30, 31, 90, 91, 399})
    cases.push_back({.opened = now - Duration::Hours(24 * days)});
  EXPECT_THAT(Compute(cases, now).backlog_by_age, ElementsAre(2, 2, 2, 2, 2));
}

std::vector<CaseTimes> Boston(const char* zone) {
  std::vector<CaseTimes> cases;
  const TimeZone clock = TimeZone::Load(zone).value();
  const Instant now = Instant::Parse("2026-11-22T13:00:00-07:00").value();
  std::int64_t line = 1;
  for (const CsvRow& row : ReadReference("boston/boston311-100.csv")) {
    const auto judged = Judge(BostonRow(row, ++line), "", "boston", clock, now);
    const Case& record = std::get<ImportedCase>(judged).changed.after;
    cases.push_back({record.channel, record.department, record.opened_time, record.target_time,
                     record.closed_time});
  }
  return cases;
}

std::string Seconds(Duration duration) {
  return PrintDecimal((duration.micros() + 500) / 1'000, 3, 1);
}

TEST(Boston, FiguresAreThoseOfThePublishedFile) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  const std::vector<CaseTimes> cases = Boston("EST");
  const CaseStatistics statistics =
      Compute(cases, Instant::Parse("2022-05-21T00:00:00-05:00").value());
  EXPECT_EQ(statistics.open(), 15);
  EXPECT_EQ(statistics.closed(), 85);
  EXPECT_EQ(statistics.closed_on_time, 80);
  EXPECT_EQ(statistics.closed_overdue, 5);
  EXPECT_EQ(statistics.open_on_time, 3);
  EXPECT_EQ(statistics.open_overdue, 12);
  EXPECT_EQ(Percent(statistics.on_time_of_closed(), 2), "94.12");
  EXPECT_EQ(Percent(statistics.on_time_of_all(), 0), "83");
  EXPECT_EQ(Seconds(statistics.close_mean), "398266.106");
  EXPECT_EQ(Seconds(statistics.close_median), "58165.0");
  EXPECT_EQ(Seconds(statistics.close_p90), "618933.0");
  EXPECT_THAT(statistics.by_channel,
              ElementsAre(Pair(Channel::kPhone, 30), Pair(Channel::kWeb, 3),
                          Pair(Channel::kApp, 56), Pair(Channel::kStaff, 11)));
  EXPECT_THAT(statistics.by_department,
              ElementsAre(Pair("BTDT", 31), Pair("GEN_", 2), Pair("INFO", 4), Pair("ISD", 8),
                          Pair("PARK", 3), Pair("PROP", 3), Pair("PWDx", 49)));
}

TEST(Boston, OnTimeAgreesWithThePublishedColumnRowByRow) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  const std::vector<CsvRow> rows = ReadReference("boston/boston311-100.csv");
  const std::vector<CaseTimes> cases = Boston("EST");
  ASSERT_EQ(cases.size(), 100u);
  const Instant as_of = Instant::Parse("2022-05-21T00:00:00-05:00").value();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Ratio on_time = Compute({&cases[i], 1}, as_of).on_time_of_all();
    EXPECT_EQ(on_time.numerator == 1 ? "ONTIME" : "OVERDUE", rows[i].at("ontime")) << i;
  }
}

TEST(Boston, TheTrueZoneSeesTheHourThatPrintedTimesHide) {
  if (!HasReference()) GTEST_SKIP() << kNoReference;
  const Instant as_of = Instant::Parse("2022-05-21T00:00:00-05:00").value();
  const Duration printed = Compute(Boston("EST"), as_of).close_mean;
  const Duration elapsed = Compute(Boston("America/New_York"), as_of).close_mean;
  EXPECT_EQ(Seconds(elapsed), "398223.753");  // one case of 85 spans the change of 13 March 2022
  EXPECT_NEAR(static_cast<double>(printed.micros() - elapsed.micros()), 3'600e6 / 85, 2);
}

}  // namespace
}  // namespace reeve::case311
