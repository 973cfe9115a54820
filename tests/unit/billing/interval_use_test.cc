// Bills of times of use and loads: what intervals say, against registers, rates and meters.
#include "services/billing/cycle/interval_use.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::cycle {
namespace {

const TimeZone& Denver() {
  static const TimeZone zone = TimeZone::Load("America/Denver").value();
  return zone;
}

// On-peak from eight to twenty on weekdays.
rate::DayTimes Peaks() {
  rate::DayTimes times{{"off", "on"}, {}, {}};
  for (auto& month : times.weekdays) std::fill(month.begin() + 16, month.begin() + 40, 1);
  return times;
}

rate::Schedule TimesOfUse(std::string_view from = "2026-07-01") {
  rate::Component off = Tiers("Off-peak", {{0, "0.1"}});
  off.period = "off";
  rate::Component on = Tiers("On-peak", {{0, "0.3"}});
  on.period = "on";
  rate::Schedule schedule = Metered("T1", "electric", Unit::kKilowattHour, {off, on});
  schedule.effective_date = Day(from);
  schedule.use_times = Peaks();
  return schedule;
}

rate::Component Demand(std::string period, std::string_view dollars) {
  rate::Component demand = Tiers("Demand " + period, {{0, dollars}});
  demand.kind = rate::ComponentKind::kDemand;
  demand.period = std::move(period);
  return demand;
}

rate::Schedule Loads() {
  rate::Schedule schedule =
      Metered("D1", "electric", Unit::kKilowattHour, {Demand("", "8.04"), Demand("on", "4.66")});
  schedule.load_times = Peaks();
  return schedule;
}

interval::Policy Policy(int load_minutes = 60) {
  return {"", Day("2026-07-01"), "Rule 9", 100, 0, load_minutes, 0, 1};
}

// 720 kWh in thirty days from 20 October to 19 November, one each hour but for the 25th hour of
// 1 November: it has two halves.
class IntervalUseTest : public ::testing::Test {
 protected:
  IntervalUseTest() {
    segment_.schedule_code = "T1";
    segment_.service = "electric";
    segment_.metered = true;
    segment_.from_date = Day("2026-10-20");
    segment_.to_date = Day("2026-11-19");
    segment_.use.usage_thousandths = 721'000;
    segment_.meters = {Use("E1", "2026-10-20", "2026-11-19", 721'000)};
    for (Date day = Day("2026-10-20"); day <= Day("2026-11-20"); day = day.PlusDays(1)) {
      interval::MeterDay made{"E1", interval::ClockOf(Denver(), day), 60, {}};
      made.slots.assign(made.clock.hours.size(), {1'000'000, false});
      known_.days.push_back(made);
    }
    known_.policy = Policy();
  }
  static MeterUse Use(const char* number, const char* from, const char* to, std::int64_t use) {
    MeterUse made;
    made.meter.meter_number = number;
    made.meter.unit = "kWh";
    made.from_date = Day(from);
    made.to_date = Day(to);
    made.usage_thousandths = use;
    return made;
  }
  interval::MeterDay& On(std::string_view day) {
    return *std::find_if(known_.days.begin(), known_.days.end(),
                         [&](const auto& one) { return one.clock.day == Day(day); });
  }
  std::string Measure(std::initializer_list<rate::Schedule> versions) {
    tariff_.emplace(std::vector<rate::Schedule>(versions));
    segment_.stretches.clear();
    segment_.loads.clear();
    const auto held =
        AddIntervals(*tariff_->Find(segment_.schedule_code), Day("2026-11-22"), known_, segment_);
    return held ? std::string(HoldReasonName(held->reason)) + ": " + held->evidence : "";
  }
  std::vector<rate::Line> Price() {
    return PriceSegment(*tariff_, segment_, Day("2026-11-22"), Kind::kProduction).value();
  }

  Segment segment_;
  IntervalFacts known_;
  std::optional<rate::Tariff> tariff_;
};

TEST_F(IntervalUseTest, UseFallsToItsTimes) {
  EXPECT_EQ(Measure({TimesOfUse()}), "");
  ASSERT_EQ(segment_.stretches.size(), 1u);
  // 22 weekdays of twelve hours.
  EXPECT_EQ(segment_.stretches[0].times,
            (std::vector<TimedStretch::Time>{{"off", 457'000}, {"on", 264'000}}));
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{45'70, 79'20}));
}

TEST_F(IntervalUseTest, NothingIsGuessed) {
  On("2026-11-03").slots[17] = interval::Slot{};
  EXPECT_EQ(Measure({TimesOfUse()}), "NO_INTERVALS: 1 of 24 intervals of 2026-11-03 are missing");
  EXPECT_TRUE(segment_.stretches.empty());
  EXPECT_FALSE(PriceSegment(*tariff_, segment_, Day("2026-11-22"), Kind::kProduction).ok());
  On("2026-11-05") = {"", interval::ClockOf(Denver(), Day("2026-11-05")), 0, {}};
  EXPECT_EQ(Measure({TimesOfUse()}),
            "NO_INTERVALS: 1 of 24 intervals of 2026-11-03 are missing, and some of 1 other days");
  known_.days.clear();
  EXPECT_EQ(Measure({TimesOfUse()}),
            "NO_INTERVALS: no intervals of 2026-10-21, and some of 29 other days");
}

// Columbia, Missouri: "not less than seventy-five percent of the maximum billing demand during the
// billing months of June, July, August and September".
TEST_F(IntervalUseTest, ARatchetOfSomeMonthsLeavesTheOthersOut) {
  segment_.schedule_code = "D1";
  rate::Schedule schedule = Loads();
  schedule.components.pop_back();
  schedule.components[0].ratchet = rate::Ratchet{Dollars("0.75"), 11, {6, 7, 8, 9}};
  for (const auto& [ended, kw] : {std::pair("2026-10-20", 90'000),
                                  {"2026-09-20", 40'000},
                                  {"2026-08-20", 60'000},
                                  {"2026-05-20", 80'000}}) {
    known_.earlier_loads[""].push_back({Day(ended), kw});
  }
  EXPECT_EQ(Measure({schedule}), "");
  EXPECT_EQ(segment_.loads[0].earlier, (std::vector<std::int64_t>{0, 40'000, 60'000, 0}));
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{361'80})) << "45 kW at 8.04";
  rate::Schedule later = schedule;
  later.effective_date = Day("2026-11-01");
  later.terms.effect = rate::Effect::kUse;
  later.components[0].ratchet->months = {7};
  EXPECT_EQ(Measure({schedule, later}), "NOT_PRICED: two ratchets are of other months");
}

// Of June to September, one looks back over eleven months and one over three, from a bill of
// December: October and November keep their places, and of the three September alone counts.
TEST_F(IntervalUseTest, RatchetsOfSomeMonthsLookBackAsFarAsEachSays) {
  segment_.schedule_code = "D1";
  rate::Schedule schedule = Loads();
  schedule.components[1].period = "";
  schedule.components[0].ratchet = rate::Ratchet{Dollars("1"), 11, {6, 7, 8, 9}};
  schedule.components[1].ratchet = rate::Ratchet{Dollars("1"), 3, {6, 7, 8, 9}};
  for (const auto& [ended, kw] : {std::pair("2026-11-19", 95'000),
                                  {"2026-10-20", 90'000},
                                  {"2026-09-20", 40'000},
                                  {"2026-08-20", 60'000},
                                  {"2026-07-20", 70'000}}) {
    known_.earlier_loads[""].push_back({Day(ended), kw});
  }
  EXPECT_EQ(Measure({schedule}), "");
  EXPECT_EQ(segment_.loads[0].earlier, (std::vector<std::int64_t>{0, 0, 40'000, 60'000, 70'000}));
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{562'80, 186'40}))
      << "70 kW at 8.04, and 40 kW at 4.66";
}

// On-peak from 7:30 to 10:30: the hour from ten is half of it, and at 8.04 a kW is not priced.
TEST_F(IntervalUseTest, ALoadAcrossTwoTimesIsOfNeither) {
  segment_.schedule_code = "D1";
  rate::Schedule schedule = Metered("D1", "electric", Unit::kKilowattHour, {Demand("on", "8.04")});
  schedule.load_times = rate::DayTimes{{"off", "on"}, {}, {}};
  for (auto& month : schedule.load_times->weekdays) {
    std::fill(month.begin() + 15, month.begin() + 21, 1);
  }
  for (interval::MeterDay& day : known_.days) {
    day.minutes = 30;
    day.slots.assign(day.clock.hours.size() * 2, {500'000, false});
  }
  On("2026-11-03").slots[18] = {5'500'000, false};   // 09:00
  On("2026-11-04").slots[21] = {30'500'000, false};  // 10:30
  segment_.use.usage_thousandths = segment_.meters[0].usage_thousandths = 721'000 + 35'000;
  EXPECT_EQ(Measure({schedule}), "");
  EXPECT_EQ(segment_.loads[0], (SegmentLoad{"on", 6'000, 60, Day("2026-11-03"), 9 * 60}));
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{48'24})) << "31 kW would be 249.24";
  for (auto& month : schedule.load_times->weekdays) {
    month.fill(0);
    std::fill(month.begin() + 15, month.begin() + 17, 1);
  }
  EXPECT_EQ(Measure({schedule}), "NO_INTERVALS: no load of 60 minutes lies wholly within on");
  EXPECT_TRUE(segment_.loads.empty());
}

// A table by half hours that nothing prices asks for nothing.
TEST_F(IntervalUseTest, ATableThatNothingPricesNeedsNoHalfHours) {
  segment_.schedule_code = "D1";
  rate::Schedule schedule = Loads();
  schedule.use_times = Peaks();
  for (auto& month : schedule.use_times->weekdays) month[15] = 1;
  EXPECT_EQ(Measure({schedule}), "");
  schedule.load_times = schedule.use_times;
  EXPECT_EQ(Measure({schedule}).substr(0, 12), "NO_INTERVALS");
  schedule.components.pop_back();
  EXPECT_EQ(Measure({schedule}), "") << "a load of all day";
}

// A holiday's hours are off-peak: Veterans Day is a Wednesday.
TEST_F(IntervalUseTest, AHolidayIsAsASunday) {
  rate::Schedule schedule = TimesOfUse();
  schedule.use_times->holidays.days = {"veterans-day"};
  EXPECT_EQ(Measure({schedule}), "");
  EXPECT_EQ(segment_.stretches[0].times,
            (std::vector<TimedStretch::Time>{{"off", 469'000}, {"on", 252'000}}));
}

// An hour says nothing of its halves; half hours do.
TEST_F(IntervalUseTest, TimesByHalfHoursNeedHalfHours) {
  rate::Schedule schedule = TimesOfUse();
  for (auto& month : schedule.use_times->weekdays) month[15] = 1;  // from half past seven
  EXPECT_EQ(Measure({schedule}),
            "NO_INTERVALS: intervals of 60 minutes, the times of use go by half hours");
  for (interval::MeterDay& day : known_.days) {
    day.minutes = 30;
    day.slots.assign(day.clock.hours.size() * 2, {500'000, false});
  }
  EXPECT_EQ(Measure({schedule}), "");
  // Half a unit on each of 22 weekdays more.
  EXPECT_EQ(segment_.stretches[0].times,
            (std::vector<TimedStretch::Time>{{"off", 446'000}, {"on", 275'000}}));
}

TEST_F(IntervalUseTest, AScheduleWithoutTimesNeedsNone) {
  known_.days.clear();
  rate::Schedule flat = ProvoSchedule1();
  flat.code = "T1";
  EXPECT_EQ(Measure({flat}), "");
  EXPECT_TRUE(segment_.stretches.empty());
  EXPECT_TRUE(segment_.loads.empty());
}

TEST_F(IntervalUseTest, TheRegisterSaysHowMuchTheIntervalsWhen) {
  segment_.meters[0].usage_thousandths = segment_.use.usage_thousandths = 728'000;
  EXPECT_EQ(Measure({TimesOfUse()}), "");
  EXPECT_EQ(segment_.stretches[0].times,
            (std::vector<TimedStretch::Time>{{"off", 461'437}, {"on", 266'563}}))
      << "728 x 457 / 721 and the rest";
  segment_.meters[0].usage_thousandths = segment_.use.usage_thousandths = 800'000;
  EXPECT_EQ(Measure({TimesOfUse()}),
            "INTERVALS_OFF: the intervals add up to 721, the register to 800");
  known_.policy.reset();
  segment_.meters[0].usage_thousandths = segment_.use.usage_thousandths = 721'002;
  EXPECT_EQ(Measure({TimesOfUse()}).substr(0, 13), "INTERVALS_OFF") << "without a policy: exactly";
}

TEST_F(IntervalUseTest, ARateChangeDividesByWhatWasUsedNotByDays) {
  rate::Schedule next = TimesOfUse("2026-11-01");
  next.terms.effect = rate::Effect::kUse;
  next.components[1].tiers[0].rate = Dollars("0.5");
  for (interval::Slot& slot : On("2026-11-02").slots) slot.millionths = 11'000'000;
  segment_.meters[0].usage_thousandths = segment_.use.usage_thousandths = 721'000 + 240'000;
  EXPECT_EQ(Measure({TimesOfUse(), next}), "");
  ASSERT_EQ(segment_.stretches.size(), 2u);
  EXPECT_EQ(segment_.stretches[0].usage_thousandths, 11 * 24'000);
  EXPECT_EQ(segment_.stretches[1].usage_thousandths, 19 * 24'000 + 1'000 + 240'000);
  EXPECT_EQ(segment_.stretches[0].to_date, Day("2026-10-31"));
  // 8 weekdays of October and 14 of November, one of them with ten times as much more.
  EXPECT_EQ(segment_.stretches[0].times[1].thousandths, 8 * 12'000);
  EXPECT_EQ(segment_.stretches[1].times[1].thousandths, 14 * 12'000 + 120'000);
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{28'80, 57'70, 144'00}))
      << "the price off peak is the same: one line";
}

TEST_F(IntervalUseTest, ASeasonDividesByWhatWasUsed) {
  rate::Schedule schedule = TimesOfUse();
  rate::Component summer = Tiers("October", {{0, "1"}});
  summer.season = rate::Season{1001, 1031};
  schedule.components.push_back(summer);
  EXPECT_EQ(Measure({schedule}), "");
  ASSERT_EQ(segment_.stretches.size(), 2u);
  EXPECT_EQ(CentsOf(Price()).back(), 264'00) << "eleven days of October";
}

TEST_F(IntervalUseTest, AnExchangeDividesByMeter) {
  segment_.meters = {Use("E1", "2026-10-20", "2026-11-10", 505'000),
                     Use("N1", "2026-11-10", "2026-11-19", 216'000)};
  EXPECT_EQ(Measure({TimesOfUse()}), "");
  ASSERT_EQ(segment_.stretches.size(), 2u);
  EXPECT_EQ(segment_.stretches[0].usage_thousandths, 505'000);
  EXPECT_EQ(segment_.stretches[1].usage_thousandths, 216'000);
  EXPECT_EQ(segment_.stretches[1].meter, 1u);
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{45'70, 79'20}));
}

TEST_F(IntervalUseTest, WhateverTheIntervalsTheTimesAddUpToTheRegister) {
  for (int seed = 1; seed <= 200; ++seed) {
    std::uint64_t state = static_cast<std::uint64_t>(seed) * 2'654'435'761u;
    for (interval::MeterDay& day : known_.days) {
      for (interval::Slot& slot : day.slots) {
        state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        slot.millionths = static_cast<std::int64_t>((state >> 33) % 3'000'000);
      }
    }
    std::int64_t sum = 0;
    for (const interval::MeterDay& day : known_.days) {
      if (day.clock.day > segment_.from_date && day.clock.day <= segment_.to_date) sum += day.sum();
    }
    segment_.use.usage_thousandths = segment_.meters[0].usage_thousandths = sum / 1'000;
    rate::Schedule next = TimesOfUse("2026-11-05");
    next.terms.effect = rate::Effect::kUse;
    ASSERT_EQ(Measure({TimesOfUse(), next}), "") << "seed " << seed;
    std::int64_t times = 0;
    for (const TimedStretch& stretch : segment_.stretches) {
      for (const TimedStretch::Time& time : stretch.times) times += time.thousandths;
    }
    EXPECT_EQ(times, segment_.use.usage_thousandths) << "seed " << seed;
  }
}

TEST_F(IntervalUseTest, EstimatesAreCounted) {
  On("2026-11-03").slots[17].estimated = true;
  EXPECT_EQ(Measure({TimesOfUse()}), "");
  EXPECT_EQ(segment_.stretches[0].estimated_count, 1);
}

TEST_F(IntervalUseTest, LoadsAreTheHighestOfTheirTimes) {
  segment_.schedule_code = "D1";
  On("2026-11-03").slots[17].millionths = 5'500'000;  // on-peak
  On("2026-11-08").slots[4].millionths = 7'250'000;   // a Sunday
  On("2026-10-20").slots[4].millionths = 99'000'000;  // the day before the first
  segment_.use.usage_thousandths = segment_.meters[0].usage_thousandths = 731'750;
  EXPECT_EQ(Measure({Loads()}), "");
  ASSERT_EQ(segment_.loads.size(), 2u);
  EXPECT_EQ(segment_.loads[0], (SegmentLoad{"", 7'250, 60, Day("2026-11-08"), 4 * 60}));
  EXPECT_EQ(segment_.loads[1], (SegmentLoad{"on", 5'500, 60, Day("2026-11-03"), 17 * 60}));
  EXPECT_TRUE(segment_.stretches.empty());
  EXPECT_EQ(CentsOf(Price()), (std::vector<std::int64_t>{58'29, 25'63}));
}

TEST_F(IntervalUseTest, ALoadNeedsAPolicyAndIntervalsThatAreNoLongerThanIt) {
  segment_.schedule_code = "D1";
  known_.policy = Policy(15);
  EXPECT_EQ(Measure({Loads()}), "NO_INTERVALS: intervals of 60 minutes, the load is of 15");
  known_.policy.reset();
  EXPECT_EQ(Measure({Loads()}), "NO_INTERVALS: no policy says over how many minutes a load is");
}

TEST_F(IntervalUseTest, ARatchetLooksBackAtEarlierLoads) {
  segment_.schedule_code = "D1";
  rate::Schedule schedule = Loads();
  schedule.components[0].ratchet = rate::Ratchet{Dollars("0.8"), 3};
  const Date ended = Day("2026-10-20");
  known_.earlier_loads[""] = {{ended, 2'000},
                              {ended.PlusMonths(-1), 9'000},
                              {ended.PlusMonths(-2), 1'000},
                              {ended.PlusMonths(-3), 50'000}};
  known_.earlier_loads["on"] = {{ended, 70'000}};
  EXPECT_EQ(Measure({schedule}), "");
  EXPECT_EQ(segment_.loads[0].earlier, (std::vector<std::int64_t>{2'000, 9'000, 1'000}))
      << "three months, and the load of all day alone";
  EXPECT_EQ(CentsOf(Price()).front(), 57'89) << "0.8 x 9 kW x 8.04";
  schedule.components[1].ratchet = rate::Ratchet{Dollars("0.8"), 3};
  EXPECT_EQ(Measure({schedule}), "NOT_PRICED: loads of several times have ratchets");
}

TEST_F(IntervalUseTest, OneLoadIsNotMeasuredInTwoWays) {
  segment_.schedule_code = "D1";
  rate::Schedule next = Loads();
  next.effective_date = Day("2026-11-05");
  next.terms.effect = rate::Effect::kUse;
  EXPECT_EQ(Measure({Loads(), next}), "");
  for (const std::size_t slot : {40, 41}) next.load_times->weekdays[10][slot] = 1;
  EXPECT_EQ(Measure({Loads(), next}),
            "NOT_PRICED: two versions have other hours for the load of on");
}

TEST_F(IntervalUseTest, OtherDaysOrUseAreNeitherTimedNorMeasured) {
  EXPECT_EQ(Measure({TimesOfUse()}), "");
  EXPECT_FALSE(PriceSegment(*tariff_, AsOneMeter(segment_), Day("2026-11-22"), Kind::kDemo).ok());
  segment_.schedule_code = "D1";
  EXPECT_EQ(Measure({Loads()}), "");
  EXPECT_FALSE(PriceSegment(*tariff_, AsOneMeter(segment_), Day("2026-11-22"), Kind::kDemo).ok());
}

}  // namespace
}  // namespace reeve::billing::cycle
