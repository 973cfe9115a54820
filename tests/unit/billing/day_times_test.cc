// Times of use by half hours, on Saturdays, and on holidays.
#include "services/billing/rate/day_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reeve/billing/v1/rate_service.pb.h"
#include "services/billing/rate/rate_wire_service.h"
#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// On-peak from six to nine on weekdays.
DayTimes Peak(std::vector<std::string> holidays = {}, Observed observed = Observed::kNone) {
  DayTimes times{{"off", "on"}, {}, {}};
  for (auto& month : times.weekdays) {
    for (std::size_t slot = 12; slot < 18; ++slot) month[slot] = 1;
  }
  times.holidays = {std::move(holidays), observed};
  return times;
}
bool IsPeak(const DayTimes& times, std::string_view day) { return times.At(Day(day), 7 * 60) == 1; }

// https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays
TEST(HolidayTest, TheHolidaysOfTheFederalCalendar) {
  const std::pair<const char*, std::vector<const char*>> calendar[] = {
      {"new-years-day", {"2025-01-01", "2026-01-01", "2027-01-01"}},
      {"martin-luther-king-day", {"2025-01-20", "2026-01-19", "2027-01-18"}},
      {"presidents-day", {"2025-02-17", "2026-02-16", "2027-02-15"}},
      {"good-friday", {"2025-04-18", "2026-04-03", "2027-03-26", "2028-04-14"}},
      {"memorial-day", {"2025-05-26", "2026-05-25", "2027-05-31"}},
      {"juneteenth", {"2025-06-19", "2026-06-19", "2028-06-19"}},
      {"independence-day", {"2025-07-04", "2028-07-04", "2029-07-04"}},
      {"labor-day", {"2025-09-01", "2026-09-07", "2027-09-06"}},
      {"columbus-day", {"2025-10-13", "2026-10-12", "2027-10-11"}},
      {"veterans-day", {"2025-11-11", "2026-11-11", "2027-11-11"}},
      {"thanksgiving-day", {"2025-11-27", "2026-11-26", "2027-11-25"}},
      {"day-after-thanksgiving", {"2025-11-28", "2026-11-27", "2027-11-26"}},
      {"christmas-eve", {"2025-12-24", "2026-12-24"}},
      {"christmas-day", {"2025-12-25", "2026-12-25"}},
      {"new-years-eve", {"2025-12-31", "2026-12-31"}},
  };
  for (const auto& [name, days] : calendar) {
    const Holidays holidays{{name}};
    for (const char* day : days) {
      EXPECT_TRUE(holidays.Include(Day(day))) << name << " " << day;
      EXPECT_FALSE(holidays.Include(Day(day).PlusDays(7))) << name << " " << day;
      EXPECT_FALSE(holidays.Include(Day(day).PlusDays(-7))) << name << " " << day;
    }
  }
}

// Lansing, Michigan: "six NERC/MISO Off-Peak Holidays ... If any of these fall on a Sunday, the
// following Monday will be considered Off-Peak". https://www.lbwl.com
TEST(HolidayTest, TheMondayAfterASundayIsKept) {
  const DayTimes times = Peak({"new-years-day", "memorial-day", "independence-day", "labor-day",
                               "thanksgiving-day", "christmas-day"},
                              Observed::kMondayAfterSunday);
  EXPECT_FALSE(IsPeak(times, "2027-07-05")) << "the fourth is a Sunday";
  EXPECT_TRUE(IsPeak(times, "2027-07-06"));
  EXPECT_TRUE(IsPeak(times, "2026-07-03")) << "the fourth is a Saturday, which is not kept";
  EXPECT_FALSE(IsPeak(times, "2026-11-26"));
  EXPECT_TRUE(IsPeak(Peak({"independence-day"}), "2027-07-05"));
  const DayTimes federal = Peak({"independence-day", "new-years-day"}, Observed::kNearestWeekday);
  EXPECT_FALSE(IsPeak(federal, "2026-07-03"));
  EXPECT_FALSE(IsPeak(federal, "2027-07-05"));
  EXPECT_FALSE(IsPeak(federal, "2027-12-31")) << "New Year's Day of 2028 is a Saturday";
}

TEST(HolidayTest, DaysOfEveryYearAndOnce) {
  const DayTimes times = Peak({"07-24", "2026-12-23"});
  EXPECT_FALSE(IsPeak(times, "2026-07-24"));
  EXPECT_FALSE(IsPeak(times, "2028-07-24"));
  EXPECT_FALSE(IsPeak(times, "2026-12-23"));
  EXPECT_TRUE(IsPeak(times, "2027-12-23"));
}

TEST(HolidayTest, WhatIsNoDayIsNamed) {
  const DayTimes times = Peak({"labour-day", "13-01", "2026-02-29", "labor-day", "labor-day"});
  Fields fields;
  Validate(times, "use_times", fields);
  std::vector<std::string> faults;
  for (const FieldViolation& one : fields.error().violations()) faults.push_back(one.field);
  EXPECT_THAT(faults, ElementsAre("use_times.holidays[0]", "use_times.holidays[1]",
                                  "use_times.holidays[2]", "use_times.holidays[4]"));
  Fields observed;
  Validate(Peak({}, Observed::kNearestWeekday), "use_times", observed);
  EXPECT_EQ(observed.error().violations()[0].field, "use_times.observed");
}

// A holiday has the hours of a Sunday, not those of a Saturday.
TEST(DayTimesTest, SaturdayMayDifferFromSunday) {
  DayTimes times = Peak({"independence-day"});
  times.saturdays = times.weekdays;
  EXPECT_TRUE(IsPeak(times, "2026-09-05"));
  EXPECT_FALSE(IsPeak(times, "2026-09-06"));
  EXPECT_FALSE(IsPeak(times, "2026-07-04")) << "a Saturday";
}

TEST(DayTimesTest, HalfHoursAreCountedApart) {
  DayTimes times{{"off", "on"}, {}, {}};
  for (std::size_t slot = 15; slot < 21; ++slot) times.weekdays[9][slot] = 1;  // 7:30 to 10:30
  EXPECT_TRUE(times.HasHalfHours());
  const Date day = Day("2026-10-01");
  EXPECT_EQ(times.At(day, 449), 0u);
  EXPECT_EQ(times.At(day, 450), 1u);
  EXPECT_EQ(times.At(day, 629), 1u);
  EXPECT_EQ(times.At(day, 630), 0u);
  EXPECT_THAT(SumByTime(times, std::vector<SlotOfUse>{{day, 420, 5}, {day, 450, 7}}),
              ElementsAre(5, 7));
}

v1::RateSchedule Message(const std::string& line) {
  v1::RateSchedule message;
  message.set_code("E1");
  message.set_effective_date("2026-01-01");
  message.set_service("electric");
  message.set_title("Test");
  message.set_citation("Test");
  message.set_usage_unit("kWh");
  v1::RateComponent& energy = *message.add_components();
  energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
  energy.set_name("Energy");
  energy.set_period("on");
  energy.add_tiers()->set_rate("0.1");
  v1::DayTimes& times = *message.mutable_use_times();
  times.add_names("off");
  times.add_names("on");
  times.add_weekdays(line);
  return message;
}

TEST(DayTimesTest, TheWireKeepsWhatItWasTold) {
  const std::string halves = "aaaaaaaaaaaaaaabbbbbbaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  v1::RateSchedule message = Message(halves);
  v1::DayTimes& times = *message.mutable_use_times();
  times.add_weekends(std::string(24, 'a'));
  times.add_saturdays("aaaaaaabbbaaaaaaaaaaaaaa");
  times.add_holidays("labor-day");
  times.set_observed(v1::HOLIDAY_OBSERVED_NEAREST_WEEKDAY);
  Fields fields;
  const v1::RateSchedule back = ToProto(ParseSchedule(fields, message));
  ASSERT_TRUE(fields.ok());
  EXPECT_THAT(back.use_times().weekdays(), ElementsAre(halves));
  EXPECT_EQ(back.use_times().SerializeAsString(), times.SerializeAsString());
}

TEST(DayTimesTest, ALineOfAnotherLengthIsRefused) {
  for (const std::size_t length : {23, 25, 47, 49}) {
    Fields fields;
    ParseSchedule(fields, Message(std::string(length, 'a')));
    ASSERT_FALSE(fields.ok()) << length;
    EXPECT_EQ(fields.error().violations()[0].field, "schedule.use_times.weekdays[0]");
  }
  Fields fields;
  ParseSchedule(fields, Message(std::string(48, 'a')));
  EXPECT_TRUE(fields.ok());
}

}  // namespace
}  // namespace reeve::billing::rate
