#include "shared/core/date.h"

#include <gtest/gtest.h>

namespace reeve {
namespace {

TEST(Date, ReadsAndPrintsCivilDates) {
  for (const char* text :
       {"1900-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-11-22", "9999-12-31"}) {
    ASSERT_TRUE(Date::Parse(text).ok()) << text;
    EXPECT_EQ(Date::Parse(text)->ToString(), text);
  }
  EXPECT_EQ(Date::Parse("1970-01-01")->days(), 0);
  EXPECT_EQ(Date::Parse("1969-12-31")->days(), -1);
}

TEST(Date, RefusesWhatIsNoDay) {
  for (const char* text :
       {"", "2026-11-2", "2026-11-22 ", "2026/11/22", "2025-02-29", "2026-02-30", "2026-13-01",
        "2026-00-10", "2026-04-31", "1899-12-31", "-999-01-01", "20 6-11-22", "2026-11-+1"}) {
    EXPECT_FALSE(Date::Parse(text).ok()) << text;
  }
  EXPECT_FALSE(Date::FromCivil(2026, 2, 30).ok());
  EXPECT_FALSE(Date::FromCivil(0, 1, 1).ok());
}

TEST(Date, EveryDayFollowsTheOneBefore) {
  Date day = Date::Parse("1999-12-31").value();
  for (int i = 0; i < 150'000; ++i) {
    const Date next = day.PlusDays(1);
    ASSERT_EQ(next.weekday(), day.weekday() % 7 + 1);
    ASSERT_EQ(*Date::FromCivil(next.year(), next.month(), next.day()), next);
    ASSERT_TRUE(next.day() == day.day() + 1 || next.day() == 1) << next.ToString();
    day = next;
  }
}

TEST(Date, MonthsEndWhereTheyEnd) {
  const auto plus = [](const char* text, int months) {
    return Date::Parse(text)->PlusMonths(months).ToString();
  };
  EXPECT_EQ(plus("2026-01-31", 1), "2026-02-28");
  EXPECT_EQ(plus("2024-01-31", 1), "2024-02-29");
  EXPECT_EQ(plus("2026-03-31", -1), "2026-02-28");
  EXPECT_EQ(plus("2026-11-22", 2), "2027-01-22");
  EXPECT_EQ(plus("2026-11-22", -24), "2024-11-22");
}

TEST(Instant, ReadsRfc3339WithAnOffset) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-22T08:10:00-07:00", "2026-11-22T15:10:00.000000Z"},
      {"2026-11-22T15:10:00Z", "2026-11-22T15:10:00.000000Z"},
      {"2026-11-22t15:10:00.5z", "2026-11-22T15:10:00.500000Z"},
      {"2026-11-22T15:10:00.123456789Z", "2026-11-22T15:10:00.123456Z"},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
      {"2026-01-01T00:00:00+05:30", "2025-12-31T18:30:00.000000Z"},
  };
  for (const auto& [text, utc] : cases) {
    ASSERT_TRUE(Instant::Parse(text).ok()) << text;
    EXPECT_EQ(Instant::Parse(text)->ToString(), utc) << text;
  }
}

TEST(Instant, RefusesWhatHasNoOffsetOrNoSuchTime) {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T08:10:00", "2026-11-22 08:10:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T08:60:00Z", "2026-11-22T08:10:60Z", "2026-11-22T08:10:00.Z",
        "2026-11-22T08:10:00.1234567890Z", "2026-11-22T08:10:00-0700", "2026-11-22T08:10:00-24:00",
        "2026-11-22T08:10:00ZZ", "2026-11-22T08:10Z", "infinite-future"}) {
    EXPECT_FALSE(Instant::Parse(text).ok()) << text;
  }
}

class Denver : public ::testing::Test {
 protected:
  const TimeZone zone_ = TimeZone::Load("America/Denver").value();
  Instant At(const char* rfc3339) const { return Instant::Parse(rfc3339).value(); }
  Date Day(const char* text) const { return Date::Parse(text).value(); }
};

TEST_F(Denver, ABusinessDateIsTheCitysNotGreenwichs) {
  EXPECT_EQ(zone_.DateAt(At("2026-11-23T06:59:59Z")), Day("2026-11-22"));
  EXPECT_EQ(zone_.DateAt(At("2026-11-23T07:00:00Z")), Day("2026-11-23"));
  EXPECT_EQ(zone_.Format(At("2026-07-04T18:00:00Z")), "2026-07-04T12:00:00-06:00");
}

TEST_F(Denver, AWallTimeInTheSpringGapIsTheInstantAfterIt) {
  // 2025-03-09, 02:00 MST becomes 03:00 MDT.
  const Instant after = At("2025-03-09T03:00:00-06:00");
  EXPECT_EQ(zone_.ToInstant({Day("2025-03-09"), 2 * 60}), after);
  EXPECT_EQ(zone_.ToInstant({Day("2025-03-09"), 2 * 60 + 30}), after);
  EXPECT_EQ(zone_.ToInstant({Day("2025-03-09"), 1 * 60 + 59}), At("2025-03-09T01:59:00-07:00"));
  EXPECT_EQ(zone_.ToInstant({Day("2025-03-09"), 3 * 60}), after);
}

TEST_F(Denver, AWallTimeInTheAutumnFoldIsTheFirstOfTheTwo) {
  // 2025-11-02, 02:00 MDT becomes 01:00 MST.
  EXPECT_EQ(zone_.ToInstant({Day("2025-11-02"), 90}), At("2025-11-02T01:30:00-06:00"));
  EXPECT_EQ(zone_.At(At("2025-11-02T01:30:00-06:00")), (LocalTime{Day("2025-11-02"), 90}));
  EXPECT_EQ(zone_.At(At("2025-11-02T01:30:00-07:00")), (LocalTime{Day("2025-11-02"), 90}));
  EXPECT_EQ(zone_.ToInstant({Day("2025-11-02"), 120}), At("2025-11-02T02:00:00-07:00"));
}

TEST_F(Denver, EveryHourOfAYearReadsBack) {
  for (Instant hour = At("2025-01-01T00:00:00-07:00"); hour < At("2026-01-01T00:00:00-07:00");
       hour = hour + Duration::Hours(1)) {
    const Instant back = zone_.ToInstant(zone_.At(hour));
    ASSERT_TRUE(back == hour || hour == At("2025-11-02T01:00:00-07:00")) << zone_.Format(hour);
  }
}

TEST(TimeZone, RefusesAnUnknownName) {
  EXPECT_FALSE(TimeZone::Load("America/Provo").ok());
  EXPECT_FALSE(TimeZone::Load("").ok());
}

}  // namespace
}  // namespace reeve
