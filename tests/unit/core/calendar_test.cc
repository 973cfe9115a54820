#include "shared/core/calendar.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

namespace reeve {
namespace {

class Calendar : public ::testing::Test {
 protected:
  const BusinessCalendar calendar_{
      TimeZone::Load("America/Denver").value(), {}, BusinessCalendar::UtahHolidays(2024, 2028)};
  static Instant At(const std::string& rfc3339) { return Instant::Parse(rfc3339).value(); }
  static Date Day(const char* text) { return Date::Parse(text).value(); }
  std::string Due(const char* from, std::int64_t minutes) const {
    return calendar_.zone().Format(calendar_.PlusBusinessMinutes(At(from), minutes));
  }
};

TEST_F(Calendar, ClosesOnWeekendsAndHolidays) {
  for (const char* closed :
       {"2026-11-21", "2026-11-22", "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25",
        "2026-06-19", "2026-07-03" /* for Saturday the 4th */, "2026-07-24", "2026-09-07",
        "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
        "2027-12-31" /* for Saturday, 1 January 2028 */, "2027-07-05" /* for Sunday the 4th */}) {
    EXPECT_FALSE(calendar_.IsBusinessDay(Day(closed))) << closed;
  }
  for (const char* open : {"2026-11-23", "2026-11-27", "2026-12-24", "2027-12-30", "2028-01-03"})
    EXPECT_TRUE(calendar_.IsBusinessDay(Day(open))) << open;
}

TEST_F(Calendar, HolidaysOfAYearStayInTheYear) {
  for (const Date date : BusinessCalendar::UtahHolidays(2027, 2027)) EXPECT_EQ(date.year(), 2027);
}

TEST_F(Calendar, CountsBusinessDays) {
  EXPECT_EQ(calendar_.NextBusinessDay(Day("2026-11-25")), Day("2026-11-27"));
  EXPECT_EQ(calendar_.PlusBusinessDays(Day("2026-11-25"), 0), Day("2026-11-25"));
  EXPECT_EQ(calendar_.PlusBusinessDays(Day("2026-11-25"), 3), Day("2026-12-01"));
}

TEST_F(Calendar, IsOpenFromEightToFive) {
  EXPECT_FALSE(calendar_.IsOpen(At("2026-11-23T07:59:59-07:00")));
  EXPECT_TRUE(calendar_.IsOpen(At("2026-11-23T08:00:00-07:00")));
  EXPECT_TRUE(calendar_.IsOpen(At("2026-11-23T16:59:59-07:00")));
  EXPECT_FALSE(calendar_.IsOpen(At("2026-11-23T17:00:00-07:00")));
  EXPECT_FALSE(calendar_.IsOpen(At("2026-11-22T12:00:00-07:00")));
}

TEST_F(Calendar, ADeadlineOnClosingTimeIsTheNextOpening) {
  EXPECT_EQ(Due("2026-11-23T16:00:00-07:00", 59), "2026-11-23T16:59:00-07:00");
  EXPECT_EQ(Due("2026-11-23T16:00:00-07:00", 60), "2026-11-24T08:00:00-07:00");
  EXPECT_EQ(Due("2026-11-25T17:00:00-07:00", 0), "2026-11-27T08:00:00-07:00");
  EXPECT_EQ(Due("2026-11-23T09:00:00-07:00", 0), "2026-11-23T09:00:00-07:00");
}

TEST_F(Calendar, WorkingMinutesDoNotSeeTheClockJump) {
  EXPECT_EQ(Due("2025-03-07T16:00:00-07:00", 120), "2025-03-10T09:00:00-06:00");
  EXPECT_EQ(Due("2025-10-31T16:00:00-06:00", 120), "2025-11-03T09:00:00-07:00");
}

TEST_F(Calendar, MinutesBetweenInvertPlusMinutes) {
  constexpr std::uint64_t kSeed = 311;
  std::mt19937_64 random(kSeed);
  const Instant start = At("2025-01-01T00:00:00-07:00");
  std::uniform_int_distribution<std::int64_t> minute(0, 2 * 365 * 24 * 60), span(0, 20'000);
  for (int i = 0; i < 5'000; ++i) {
    const Instant from = start + Duration::Minutes(minute(random));
    const std::int64_t minutes = span(random);
    const Instant due = calendar_.PlusBusinessMinutes(from, minutes);
    ASSERT_EQ(calendar_.BusinessMinutesBetween(from, due), minutes) << "seed " << kSeed;
    ASSERT_TRUE(calendar_.IsOpen(due)) << calendar_.zone().Format(due);
  }
  EXPECT_EQ(calendar_.BusinessMinutesBetween(start + Duration::Hours(900), start), 0);
}

TEST_F(Calendar, AgreesWithTheReferenceTable) {
  const char* reference = std::getenv("REEVE_REFERENCE_DATA");
  if (reference == nullptr)
    GTEST_SKIP() << "REEVE_REFERENCE_DATA is not set: no table to compare with";
  std::ifstream file(std::string(reference) + "/311/sla/business_minutes_denver_2025.csv");
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(
      line,
      "created_at,business_minutes,due_at_next_open_convention,due_at_close_of_day_convention");
  int rows = 0;
  for (; std::getline(file, line); ++rows) {
    std::istringstream cells(line);
    std::string created, minutes, due;
    std::getline(cells, created, ',');
    std::getline(cells, minutes, ',');
    std::getline(cells, due, ',');
    EXPECT_EQ(Due(created.c_str(), std::stoll(minutes)), due) << line;
  }
  EXPECT_EQ(rows, 150);
}

TEST(BusinessCalendarHours, MustOpenBeforeTheyClose) {
  const TimeZone zone = TimeZone::Load("America/Denver").value();
  EXPECT_THROW(BusinessCalendar(zone, {17 * 60, 8 * 60}, {}), std::invalid_argument);
  EXPECT_THROW(BusinessCalendar(zone, {8 * 60, 24 * 60}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace reeve
