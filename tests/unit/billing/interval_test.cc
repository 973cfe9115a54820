// Rows of interval files, days of the city's clock, gaps and loads.
#include "services/billing/interval/interval.h"

#include <gtest/gtest.h>

#include <random>

#include "services/billing/interval/policy.h"
#include "services/billing/interval/sums.h"

namespace reeve::billing::interval {
namespace {

Date Day(std::string_view text) { return Date::Parse(text).value(); }

const TimeZone& Denver() {
  static const TimeZone zone = TimeZone::Load("America/Denver").value();
  return zone;
}
const Instant kNow = Instant::Parse("2026-11-23T09:00:00-07:00").value();

std::variant<Row, Problem> Parse(std::string_view line) { return ParseRow(line, Denver(), kNow); }
std::string Judged(std::string_view line) {
  const auto parsed = Parse(line);
  const Problem* problem = std::get_if<Problem>(&parsed);
  return problem == nullptr ? "" : std::string(ProblemName(*problem));
}

MeterDay DayOf(std::string_view day, int minutes, const std::vector<std::int64_t>& amounts) {
  MeterDay made{"E1", ClockOf(Denver(), Day(day)), minutes, {}};
  for (const std::int64_t amount : amounts) made.slots.push_back({amount, false});
  return made;
}
MeterDay FullDay(std::string_view day, std::int64_t amount, int minutes = 60) {
  const std::size_t slots = ClockOf(Denver(), Day(day)).SlotCount(minutes);
  return DayOf(day, minutes, std::vector<std::int64_t>(slots, amount));
}

TEST(IntervalRowTest, ARowIsReadWithItsOffset) {
  const auto parsed = Parse("E1,2026-11-19T22:00-07:00,60,kWh,0.5 - 1.234567");
  const Row& row = std::get<Row>(parsed);
  EXPECT_EQ(row.meter_number, "E1");
  EXPECT_EQ(row.start, Instant::Parse("2026-11-20T05:00:00Z").value());
  EXPECT_EQ(row.amounts, (std::vector<std::int64_t>{500'000, kMissing, 1'234'567}));
  const std::vector<Stretch> stretches = Divide(row, Denver());
  ASSERT_EQ(stretches.size(), 2u) << "it passes midnight";
  EXPECT_EQ(stretches[0].day, Day("2026-11-19"));
  EXPECT_EQ(stretches[0].first_slot, 22u);
  EXPECT_EQ(stretches[1].day, Day("2026-11-20"));
  EXPECT_EQ(stretches[1].first_slot, 0u);
  EXPECT_EQ(stretches[1].amounts, (std::vector<std::int64_t>{1'234'567}));
}

TEST(IntervalRowTest, UtcAndSecondsAreTheSameMoment) {
  const auto utc = Parse("E1,2026-11-20T05:00:00Z,60,kWh,1");
  const auto local = Parse("E1,2026-11-19T22:00-07:00,60,kWh,1");
  EXPECT_EQ(std::get<Row>(utc).start, std::get<Row>(local).start);
}

TEST(IntervalRowTest, RefusesInOrderOfPrecedence) {
  const std::pair<std::string, std::string> cases[] = {
      {"E1,2026-11-19T00:00-07:00,60,kWh", "MALFORMED"},
      {",2026-11-19T00:00-07:00,60,kWh,1", "MALFORMED"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1,2", "MALFORMED"},
      {"E1,2026-11-19T00:00-07:00,60,kWh," + std::string(2'000, '1'), "MALFORMED"},
      {"E1,2026-11-19 00:00-07:00,61,kWh,x", "WRONG_TIME"},
      {"E1,2026-11-19T00:00,60,kWh,1", "WRONG_TIME"},
      {"E1,2026-02-30T00:00-07:00,60,kWh,1", "WRONG_TIME"},
      {"E1,2026-11-19T00:00:30-07:00,60,kWh,1", "WRONG_TIME"},
      {"E1,2026-11-19T00:00-06:00,61,kWh,1", "WRONG_OFFSET"},  // summer's, in November
      {"E1,2026-07-19T00:00-07:00,60,kWh,1", "WRONG_OFFSET"},  // winter's, in July
      {"E1,2026-11-19T00:05-07:00,20,kWh,1", "WRONG_MINUTES"},
      {"E1,2026-11-19T00:05-07:00,15,kWh,x", "NOT_ALIGNED"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,", "NOT_A_NUMBER"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1  2", "NOT_A_NUMBER"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1e3", "NOT_A_NUMBER"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,0.1234567", "NOT_A_NUMBER"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1000001", "NOT_A_NUMBER"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1 -2", "NEGATIVE"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,- -", "TOO_MANY"},
      {"E1,2026-11-19T00:00-07:00,60,kWh,1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
       "TOO_MANY"},
      {"E1,2026-11-23T08:30-07:00,60,kWh,1", "NOT_ALIGNED"},
      {"E1,2026-11-23T08:45-07:00,15,kWh,1 1", "FUTURE"},
      {"E1,2026-11-23T08:45-07:00,15,kWh,1", ""},
  };
  for (const auto& [line, problem] : cases) EXPECT_EQ(Judged(line), problem) << line;
}

TEST(IntervalRowTest, EveryProblemNamesAFieldOfTheHeaderOrTheRow) {
  for (int i = 0; i <= static_cast<int>(Problem::kBilled); ++i) {
    const std::string field(FieldOf(ProblemName(static_cast<Problem>(i))));
    EXPECT_TRUE(field == "row" || kHeader.find(field) != std::string_view::npos) << field;
  }
}

// The clock is put forward on 8 March and back on 1 November 2026.
TEST(DayClockTest, ADayHasTheHoursOfItsClock) {
  EXPECT_EQ(ClockOf(Denver(), Day("2026-11-19")).SlotCount(60), 24u);
  const DayClock spring = ClockOf(Denver(), Day("2026-03-08"));
  EXPECT_EQ(spring.SlotCount(15), 92u);
  EXPECT_EQ(spring.HourOf(1, 60), 1);
  EXPECT_EQ(spring.HourOf(2, 60), 3) << "there was no hour two";
  const DayClock autumn = ClockOf(Denver(), Day("2026-11-01"));
  EXPECT_EQ(autumn.SlotCount(60), 25u);
  EXPECT_EQ(autumn.HourOf(1, 60), 1);
  EXPECT_EQ(autumn.HourOf(2, 60), 1) << "hour one came twice";
  EXPECT_EQ(autumn.HourOf(3, 60), 2);
  EXPECT_EQ(autumn.HourOf(9, 15), 1);
}

TEST(DayClockTest, TheTwoHoursOfOneNameAreToldApartByTheirOffset) {
  const auto first = Divide(std::get<Row>(Parse("E1,2026-11-01T01:00-06:00,60,kWh,1")), Denver());
  const auto second = Divide(std::get<Row>(Parse("E1,2026-11-01T01:00-07:00,60,kWh,2")), Denver());
  EXPECT_EQ(first.at(0).first_slot, 1u);
  EXPECT_EQ(second.at(0).first_slot, 2u);
  EXPECT_EQ(Judged("E1,2026-03-08T02:00-07:00,60,kWh,1"), "WRONG_OFFSET") << "it never was";
}

TEST(DayClockTest, ARowOfAWholeLongDayFits) {
  std::string amounts = "1";
  for (int i = 1; i < 25; ++i) amounts += " 1";
  const auto whole = Parse("E1,2026-11-01T00:00-06:00,60,kWh," + amounts);
  const std::vector<Stretch> stretches = Divide(std::get<Row>(whole), Denver());
  ASSERT_EQ(stretches.size(), 1u);
  EXPECT_EQ(stretches[0].amounts.size(), 25u);
}

TEST(AmountsTest, AnyAmountsComeBackFromTheirBytes) {
  constexpr unsigned kSeed = 20261126;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::int64_t> amounts(random() % 101);
    for (std::int64_t& amount : amounts) {
      const std::int64_t size = std::int64_t{1} << (random() % 40);
      amount = random() % 3 == 0 ? kMissing : static_cast<std::int64_t>(random() % size);
    }
    EXPECT_EQ(Decode(Encode(amounts), amounts.size()), amounts) << "seed " << kSeed;
  }
}

TEST(AmountsTest, ADayOfAHomeTakesLessThanAHundredBytes) {
  std::mt19937 random(7);
  std::vector<std::int64_t> amounts(24);
  for (std::int64_t& amount : amounts) amount = random() % 2'000 * 1'000;  // up to 2 kWh an hour
  EXPECT_LT(Encode(amounts).size(), 100u);
}

TEST(AmountsTest, StrangeBytesAreNothing) {
  EXPECT_FALSE(Decode(std::string("\x00\x19", 2), 24).has_value());  // more than the day has
  EXPECT_FALSE(Decode(std::string("\x00\x01", 2), 24).has_value());  // no amount
  EXPECT_FALSE(Decode("\x80", 24).has_value());
  EXPECT_FALSE(Decode(std::string(12, '\xff'), 24).has_value());
  EXPECT_FALSE(Decode(std::string("\x00\x00", 2), 24).has_value());
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 20, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (const auto amounts = Decode(bytes, 24)) {
      EXPECT_EQ(amounts->size(), 24u);
    }
  }
}

TEST(MeterDayTest, TheSameAgainHasNoEffectAndAnotherAmountIsRefused) {
  MeterDay day{"E1", ClockOf(Denver(), Day("2026-11-19")), 0, {}};
  std::vector<std::int64_t> added;
  const Stretch morning{Day("2026-11-19"), 6, {5, 6, 7}};
  EXPECT_EQ(Add(morning, 60, false, day, added), std::nullopt);
  EXPECT_EQ(day.missing_count(), 21u);
  std::vector<std::int64_t> again;
  EXPECT_EQ(Add(morning, 60, false, day, again), std::nullopt);
  EXPECT_EQ(again, std::vector<std::int64_t>(24, kMissing));
  const Stretch overlaps{Day("2026-11-19"), 7, {6, 8}};
  EXPECT_EQ(Add(overlaps, 60, false, day, again), Problem::kOtherAmount);
  EXPECT_EQ(Add({Day("2026-11-19"), 90, {1}}, 15, false, day, again), Problem::kOtherMinutes);
  EXPECT_EQ(day.sum(), 18) << "a refused row leaves the day as it was";
  const Stretch longer{Day("2026-11-19"), 7, {6, 7, 9}};
  EXPECT_EQ(Add(longer, 60, false, day, again), std::nullopt);
  EXPECT_EQ(day.sum(), 27);
}

TEST(MeterDayTest, WhatIsReadTakesThePlaceOfAnEstimateUntilItIsBilled) {
  const DayClock clock = ClockOf(Denver(), Day("2026-11-19"));
  std::vector<std::int64_t> read(24, 3);
  read[5] = kMissing;
  std::vector<std::int64_t> estimate(24, kMissing);
  estimate[5] = 4;
  const Stored parts[] = {{60, false, Encode(read)}, {60, true, Encode(estimate)}};
  MeterDay day = Assemble("E1", clock, parts);
  EXPECT_EQ(day.estimated_count(), 1u);
  EXPECT_EQ(day.slots[5], (Slot{4, true}));
  std::vector<std::int64_t> added;
  EXPECT_EQ(Add({day.clock.day, 5, {9}}, 60, true, day, added), Problem::kBilled);
  EXPECT_EQ(Add({day.clock.day, 5, {9}}, 60, false, day, added), std::nullopt);
  EXPECT_EQ(day.slots[5], (Slot{9, false}));
  std::vector<std::int64_t> late(24, kMissing);
  late[5] = 9;
  const Stored all[] = {parts[0], parts[1], {60, false, Encode(late)}};
  EXPECT_EQ(Assemble("E1", clock, all).slots[5], (Slot{9, false}));
}

TEST(MeterDayTest, TwoMetersMakeOneDay) {
  MeterDay old = FullDay("2026-11-10", 2);
  MeterDay next = FullDay("2026-11-10", 5);
  for (std::size_t hour = 0; hour < 24; ++hour) (hour < 10 ? next : old).slots[hour] = Slot{};
  const MeterDay meters[] = {old, next};
  EXPECT_EQ(Join(meters)->missing_count(), 0u);
  EXPECT_EQ(Join(meters)->sum(), 10 * 2 + 14 * 5);
  const MeterDay lengths[] = {old, FullDay("2026-11-10", 1, 15)};
  EXPECT_FALSE(Join(lengths).has_value());
}

Policy Rules() { return {"", Day("2026-07-01"), "Rule 9", 100, 2'000, 15, 120, 2}; }

TEST(PolicyTest, TheGreaterToleranceDecides) {
  EXPECT_TRUE(Agree(Rules(), 1'000'000, 1'010'000'000)) << "one in a hundred";
  EXPECT_FALSE(Agree(Rules(), 1'000'000, 1'010'001'000));
  EXPECT_TRUE(Agree(Rules(), 10'000, 12'000'000)) << "two units";
  EXPECT_FALSE(Agree(Rules(), 10'000, 12'000'001));
  EXPECT_TRUE(Agree({}, 10'000, 10'000'999)) << "what the register cuts off";
  EXPECT_FALSE(Agree({}, 10'000, 10'001'001));
  EXPECT_FALSE(Agree({}, 10'000, 0));
}

TEST(GapTest, AShortGapIsAStraightLine) {
  MeterDay day = FullDay("2026-11-19", 0);
  day.slots[9] = {100, false};
  day.slots[10] = Slot{};
  day.slots[11] = Slot{};
  day.slots[12] = {400, false};
  const auto filled = FillGaps(Rules(), {}, {&day, 1});
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ((*filled)[0][9], kMissing) << "it is known";
  EXPECT_EQ((*filled)[0][10], 200);
  EXPECT_EQ((*filled)[0][11], 300);
}

TEST(GapTest, ALineReachesOverMidnight) {
  MeterDay days[] = {FullDay("2026-11-18", 10), FullDay("2026-11-19", 20)};
  days[0].slots[23] = Slot{};
  days[1].slots[0] = Slot{};
  const auto filled = FillGaps(Rules(), {}, days);
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ((*filled)[0][23], 13);
  EXPECT_EQ((*filled)[1][0], 17);
}

TEST(GapTest, ALongGapIsAsOnDaysOfTheKind) {
  // Thursdays and Fridays before, and a weekend that does not count.
  const MeterDay before[] = {FullDay("2026-11-12", 1'000), FullDay("2026-11-13", 10),
                             FullDay("2026-11-14", 500), FullDay("2026-11-15", 500),
                             FullDay("2026-11-16", 21)};
  MeterDay day = FullDay("2026-11-17", 7);
  for (std::size_t hour = 8; hour < 12; ++hour) day.slots[hour] = Slot{};
  const auto filled = FillGaps(Rules(), before, {&day, 1});
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ((*filled)[0][9], 16) << "(10 + 21) / 2, a half is one";
}

TEST(GapTest, ADayThatIsNotThereIsAsOnDaysOfTheKind) {
  const MeterDay before[] = {FullDay("2026-10-29", 10), FullDay("2026-10-30", 30)};
  MeterDay day{"", ClockOf(Denver(), Day("2026-11-02")), 0, {}};
  const auto filled = FillGaps(Rules(), before, {&day, 1});
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ((*filled)[0], std::vector<std::int64_t>(24, 20));
}

TEST(GapTest, WhatWasEstimatedMakesNoEstimateAndTooFewDaysAreRefused) {
  MeterDay before[] = {FullDay("2026-11-16", 10), FullDay("2026-11-17", 10)};
  MeterDay day{"", ClockOf(Denver(), Day("2026-11-18")), 0, {}};
  EXPECT_TRUE(FillGaps(Rules(), before, {&day, 1}).ok());
  before[0].slots[3].estimated = true;
  const auto filled = FillGaps(Rules(), before, {&day, 1});
  ASSERT_FALSE(filled.ok());
  EXPECT_EQ(filled.error().reason(), "NO_LIKE_DAYS");
  EXPECT_FALSE(FillGaps(Rules(), {}, {&day, 1}).ok());
}

TEST(SumsTest, QuartersBecomeHalfHours) {
  const MeterDay day = FullDay("2026-11-01", 1, 15);
  const std::vector<rate::SlotOfUse> halves = HalfHoursOf({&day, 1});
  ASSERT_EQ(halves.size(), 50u);
  EXPECT_EQ(halves[3].minute, 90);
  EXPECT_EQ(halves[5].minute, 90) << "the hour that comes twice";
  EXPECT_EQ(halves[49].minute, 1410);
  for (const rate::SlotOfUse& half : halves) EXPECT_EQ(half.amount, 2);
}

TEST(SumsTest, ALoadIsTheHighestWindowOfItsTime) {
  MeterDay day = FullDay("2026-11-19", 100'000, 15);  // 0.1 kWh a quarter: 0.4 kW
  day.slots[4 * 17 + 1] = {900'000, false};           // 17:15
  day.slots[4 * 3] = {2'000'000, false};              // 03:00
  EXPECT_EQ(HighestLoad({&day, 1}, 15, nullptr, 0), (Load{8'000, Day("2026-11-19"), 3 * 60}));
  EXPECT_EQ(HighestLoad({&day, 1}, 60, nullptr, 0)->thousandths, 2'300);
  rate::DayTimes times{{"off", "on"}, {}, {}};
  for (auto& month : times.weekdays) std::fill(month.begin() + 16, month.begin() + 40, 1);
  EXPECT_EQ(HighestLoad({&day, 1}, 15, &times, 1), (Load{3'600, Day("2026-11-19"), 17 * 60 + 15}));
  EXPECT_EQ(HighestLoad({&day, 1}, 30, &times, 1)->thousandths, 2'000);
  const MeterDay saturday = FullDay("2026-11-21", 100'000, 15);
  EXPECT_EQ(HighestLoad({&saturday, 1}, 15, &times, 1)->thousandths, 0) << "no hour is on-peak";
}

// On-peak from 7:30 to 10:30: of windows of an hour those from eight and from nine are within it.
TEST(SumsTest, AWindowThatLeavesItsTimeIsNoneOfIt) {
  rate::DayTimes times{{"off", "on"}, {}, {}};
  for (auto& month : times.weekdays) std::fill(month.begin() + 15, month.begin() + 21, 1);
  MeterDay day = FullDay("2026-11-19", 1'000'000, 15);              // 4 kW
  day.slots[4 * 9] = {6'000'000, false};                            // 09:00
  for (int i : {2, 3}) day.slots[4 * 10 + i] = {9'000'000, false};  // 10:30, off-peak
  day.slots[4 * 7] = {30'000'000, false};                           // 07:00, off-peak
  EXPECT_EQ(HighestLoad({&day, 1}, 60, &times, 1), (Load{9'000, Day("2026-11-19"), 9 * 60}));
  EXPECT_EQ(HighestLoad({&day, 1}, 60, &times, 0)->thousandths, 4'000) << "nor off-peak";
  EXPECT_EQ(HighestLoad({&day, 1}, 60, nullptr, 0)->thousandths, 33'000);
  EXPECT_EQ(HighestLoad({&day, 1}, 30, &times, 1)->thousandths, 14'000);
  EXPECT_EQ(HighestLoad({&day, 1}, 30, &times, 0)->thousandths, 62'000);
}

TEST(SumsTest, ATimeThatNoWindowFitsHasNoLoad) {
  rate::DayTimes times{{"off", "on"}, {}, {}};
  for (auto& month : times.weekdays) std::fill(month.begin() + 15, month.begin() + 17, 1);
  const MeterDay day = FullDay("2026-11-19", 1'000'000, 15);
  EXPECT_EQ(HighestLoad({&day, 1}, 60, &times, 1), std::nullopt);
  EXPECT_EQ(HighestLoad({&day, 1}, 30, &times, 1)->thousandths, 4'000);
}

// From two to three at night, which one day of spring does not have.
TEST(SumsTest, AnHourThatADayDoesNotHaveIsNotMeasured) {
  rate::DayTimes times{{"off", "night"}, {}, {}};
  for (auto* table : {&times.weekdays, &times.weekends}) {
    for (auto& month : *table) std::fill(month.begin() + 4, month.begin() + 6, 1);
  }
  const MeterDay days[] = {FullDay("2026-03-08", 9'000'000, 15),
                           FullDay("2026-03-09", 1'000'000, 15)};
  EXPECT_EQ(HighestLoad(days, 60, &times, 1), (Load{4'000, Day("2026-03-09"), 2 * 60}));
}

}  // namespace
}  // namespace reeve::billing::interval
