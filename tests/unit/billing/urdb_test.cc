// Rates of the OpenEI Utility Rate Database as schedules, and hours of use by time.
#include "services/billing/rate/urdb.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "tests/unit/billing/schedules.h"

namespace reeve::billing::rate {
namespace {

// Twelve equal rows of hours.
std::string Rows(const std::string& hours) {
  std::string rows;
  for (int month = 0; month < 12; ++month) rows += (month == 0 ? "[" : ",[") + hours + "]";
  return "[" + rows + "]";
}
std::string AllHours(int period) {
  std::string hours;
  for (int hour = 0; hour < 24; ++hour) hours += (hour == 0 ? "" : ",") + std::to_string(period);
  return hours;
}

// A rate with one price for energy, and what a test adds to it.
std::string Plain(const std::string& more) {
  return R"({"utility": "City of Test", "name": "Residential", "source": "https://example.org/r",
    "label": "abc", "startdate": 1727762400, "energyratestructure": [[{"rate": 0.1, "adj": 0.02}]],
    "energyweekdayschedule": )" +
         Rows(AllHours(0)) + R"(, "energyweekendschedule": )" + Rows(AllHours(0)) +
         (more.empty() ? "" : ", " + more) + "}";
}

UrdbReading ReadGood(const std::string& json) {
  Fields fields;
  UrdbReading reading = ReadUrdb(json, {"U1", std::nullopt, "", ""}, fields);
  if (!fields.ok()) {
    for (const FieldViolation& violation : fields.error().violations()) {
      ADD_FAILURE() << violation.field << " " << violation.description;
    }
  }
  Fields invalid;
  Validate(reading.schedule, invalid);
  EXPECT_TRUE(invalid.ok());
  return reading;
}

using Faults = std::map<std::string, std::string>;
Faults FaultsOf(const std::string& json) {
  Fields fields;
  ReadUrdb(json, {"U1", std::nullopt, "", ""}, fields);
  Faults faults;
  if (fields.ok()) return faults;
  for (const FieldViolation& violation : fields.error().violations()) {
    faults[violation.field] = violation.description;
  }
  return faults;
}

TEST(UrdbTest, ARateBecomesAVersionWithItsSource) {
  const UrdbReading reading = ReadGood(Plain(R"("sector": "Residential", "eiaid": 7)"));
  const Schedule& schedule = reading.schedule;
  EXPECT_EQ(schedule.code, "U1");
  EXPECT_EQ(schedule.effective_date, Day("2024-10-01"));
  EXPECT_EQ(schedule.title, "City of Test, Residential");
  EXPECT_EQ(schedule.citation, "https://example.org/r; OpenEI URDB abc");
  ASSERT_EQ(schedule.components.size(), 1u);
  EXPECT_EQ(schedule.components[0].name, "Energy");
  EXPECT_EQ(schedule.components[0].tiers[0].rate, Dollars("0.12"));  // rate and adjustment
  EXPECT_EQ(reading.left_out, (std::vector<std::string>{"sector", "eiaid"}));
  EXPECT_EQ(TotalCents(PriceUse(schedule, {1'000'000})), 120'00);
}

TEST(UrdbTest, AnAnswerOfOneItemIsItsItem) {
  EXPECT_EQ(ReadGood(R"({"items": [)" + Plain("") + "]}").schedule.components.size(), 1u);
  EXPECT_EQ(FaultsOf(R"({"items": []})").count("json.items"), 1u);
  EXPECT_EQ(FaultsOf(R"({"items": [{}, {}]})").count("json.items"), 1u);
}

TEST(UrdbTest, WhatIsNoRateIsRefusedAsAWhole) {
  for (const char* json : {"", "x", "[]", "{\"a\": ", "{\"a\": [1, }", "\x01", "3",
                           "{\"enddate\": &a [*a]}", "{\"a\": 1} # more", "{\"a\": !!str 1}"}) {
    EXPECT_EQ(FaultsOf(json).count("json"), 1u) << json;
  }
  EXPECT_EQ(FaultsOf(std::string(kUrdbTextMax + 1, ' ')).count("json"), 1u);
  EXPECT_EQ(FaultsOf(std::string(100'000, '[')).count("json"), 1u);
}

TEST(UrdbTest, CapitalsInAFieldsNameAreTheSameField) {
  const auto& components = ReadGood(Plain(R"("fixedChargeFirstMeter": 12.5)")).schedule.components;
  ASSERT_EQ(components.size(), 2u);
  EXPECT_EQ(FaultsOf(Plain(R"("fixedchargefirstmeter": 1, "fixedChargeFirstMeter": 2)"))
                .count("json.fixedchargefirstmeter"),
            1u);
}

TEST(UrdbTest, FixedChargesAndMinimumsHaveTheirUnits) {
  const Schedule schedule = ReadGood(Plain(R"("fixedmonthlycharge": 2.5,
      "fixedchargefirstmeter": 0.3298, "fixedchargeunits": "$/day", "mincharge": 40,
      "minchargeunits": "$/month")"))
                                .schedule;
  ASSERT_EQ(schedule.components.size(), 4u);
  EXPECT_EQ(schedule.components[0].per, Per::kMonth);
  EXPECT_EQ(schedule.components[1].per, Per::kDay);
  EXPECT_EQ(schedule.components[1].rate, Dollars("0.3298"));
  EXPECT_EQ(schedule.components[3].kind, ComponentKind::kMinimum);
  // 2.50 + 30 x 0.3298 + 10 x 0.12 = 13.59, and what is missing to 40.
  EXPECT_EQ(CentsOf(PriceUse(schedule, {10'000})),
            (std::vector<std::int64_t>{2'50, 9'89, 1'20, 26'41}));
  EXPECT_EQ(FaultsOf(Plain(R"("fixedchargefirstmeter": 1, "fixedchargeunits": "$/year")"))
                .count("json.fixedchargeunits"),
            1u);
}

TEST(UrdbTest, TiersAreOfAMonthOrOfADay) {
  const auto with_tiers = [](const std::string& tiers) {
    return R"({"utility": "T", "name": "N", "startdate": 1, "energyratestructure": [)" + tiers +
           R"(], "energyweekdayschedule": )" + Rows(AllHours(0)) +
           R"(, "energyweekendschedule": )" + Rows(AllHours(0)) + "}";
  };
  Schedule schedule =
      ReadGood(with_tiers(R"([{"max": 500, "rate": 0.1, "unit": "kWh"}, {"rate": 2e-1}])"))
          .schedule;
  EXPECT_EQ(TotalCents(PriceUse(schedule, {600'000})), 70'00);
  schedule =
      ReadGood(with_tiers(R"([{"max": 10, "rate": 0.1, "unit": "kWh daily"}, {"rate": 0.2}])"))
          .schedule;
  EXPECT_EQ(TotalCents(PriceUse(schedule, {600'000})), 90'00);  // 300 in thirty days
  const Faults faults = FaultsOf(with_tiers(
      R"([{"max": 1, "rate": 0.1, "unit": "kWh/kW"}, {"max": 1.0001, "rate": "x", "sell": 0.03}])"));
  EXPECT_EQ(faults.count("json.energyratestructure[0][0].unit"), 1u);
  EXPECT_EQ(faults.count("json.energyratestructure[0][1].max"), 1u);
  EXPECT_EQ(faults.count("json.energyratestructure[0][1].rate"), 1u);
  EXPECT_EQ(faults.count("json.energyratestructure[0][1].sell"), 1u);
}

TEST(UrdbTest, PricesThatChangeWithTheMonthsAreSeasons) {
  std::string rows = "[";
  for (int month = 0; month < 12; ++month) {
    rows += (month == 0 ? "[" : ",[") + AllHours(month >= 5 && month <= 8 ? 1 : 0) + "]";
  }
  rows += "]";
  const Schedule schedule =
      ReadGood(R"({"utility": "T", "name": "N", "startdate": 1, "energytoulabels": ["Winter",
          "Summer"], "energyratestructure": [[{"rate": 0.1}], [{"rate": 0.3}]],
          "energyweekdayschedule": )" +
               rows + R"(, "energyweekendschedule": )" + rows + "}")
          .schedule;
  ASSERT_EQ(schedule.components.size(), 2u);
  EXPECT_FALSE(schedule.use_times.has_value());
  EXPECT_EQ(schedule.components[0].name, "Energy, Winter");
  EXPECT_EQ(schedule.components[0].season, (Season{1001, 531}));  // over the new year
  EXPECT_EQ(schedule.components[1].season, (Season{601, 930}));
}

TEST(UrdbTest, HoursBecomeTimesOfUse) {
  const std::string day = "0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1,0,0,0,0";
  const Schedule schedule =
      ReadGood(R"({"utility": "T", "name": "N", "startdate": 1, "energytoulabels": ["Off", "On"],
          "energyratestructure": [[{"rate": 0.1}], [{"rate": 0.3}]], "energyweekdayschedule": )" +
               Rows(day) + R"(, "energyweekendschedule": )" + Rows(AllHours(0)) + "}")
          .schedule;
  ASSERT_TRUE(schedule.use_times.has_value());
  EXPECT_EQ(schedule.use_times->names, (std::vector<std::string>{"Off", "On"}));
  EXPECT_EQ(schedule.use_times->At(Day("2026-11-20"), 8 * 60), 1u);  // a Friday
  EXPECT_EQ(schedule.use_times->At(Day("2026-11-20"), 7 * 60), 0u);
  EXPECT_EQ(schedule.use_times->At(Day("2026-11-21"), 8 * 60), 0u);  // a Saturday
  EXPECT_EQ(schedule.components[1].period, "On");
  const ByPeriod use[] = {{"Off", 10'000}, {"On", 5'000}};
  const Measured meter{Day("2026-10-01"), Day("2026-11-01"), 15'000, use};
  std::vector<Line> lines;
  ASSERT_TRUE(Price(VersionsOf({schedule}), {meter.from_date, meter.to_date, meter.to_date},
                    {.measured = {&meter, 1}}, lines)
                  .ok());
  EXPECT_EQ(CentsOf(lines), (std::vector<std::int64_t>{1'00, 1'50}));
}

TEST(UrdbTest, DemandIsOfTheMonthWithItsLookBack) {
  const Schedule schedule = ReadGood(Plain(R"("flatdemandunit": "kW",
      "flatdemandstructure": [[{"max": 5, "rate": 8.04}, {"rate": 14.36}]],
      "flatdemandmonths": [0,0,0,0,0,0,0,0,0,0,0,0], "lookbackPercent": 0.35,
      "lookbackRange": 11)"))
                                .schedule;
  ASSERT_EQ(schedule.components.size(), 2u);
  const Component& demand = schedule.components[1];
  EXPECT_EQ(demand.kind, ComponentKind::kDemand);
  EXPECT_EQ(demand.per, Per::kMonth);
  EXPECT_EQ(demand.tiers[0].up_to_thousandths, 5'000);
  EXPECT_EQ(demand.ratchet, (Ratchet{Dollars("0.35"), 11}));
}

TEST(UrdbTest, WhatAScheduleCannotSayIsRefusedByNameAllAtOnce) {
  const Faults faults = FaultsOf(Plain(R"("enddate": 1759298400, "demandreactivepowercharge": 0.52,
      "coincidentratestructure": [[{"rate": 3}]], "annualmincharge": 120, "fixedchargeeaaddl": 4,
      "demandratchetpercentage": [0,0,0,0,0,0.5,0,0,0,0,0,0], "dgrules": "Net Metering",
      "flatdemandunit": "hp", "flatdemandstructure": [[{"rate": 1}]], "flatdemandmonths": [0],
      "surprise": 3)"));
  for (const char* field : {"enddate", "demandreactivepowercharge", "coincidentratestructure",
                            "annualmincharge", "fixedchargeeaaddl", "demandratchetpercentage",
                            "dgrules", "flatdemandunit", "flatdemandmonths", "surprise"}) {
    EXPECT_EQ(faults.count("json." + std::string(field)), 1u) << field;
  }
  EXPECT_EQ(faults.size(), 10u);
  // What is there and charges nothing is nothing.
  ReadGood(Plain(R"("annualmincharge": 0, "demandratchetpercentage": [0, 0.0], "surprise": null)"));
}

// Whatever is done to a text: it is refused, or read as a version that is judged like any other.
TEST(UrdbTest, ADamagedTextBreaksNothing) {
  constexpr unsigned kSeed = 20261126;
  std::mt19937 random(kSeed);
  const std::string good =
      Plain(R"("flatdemandstructure": [[{"max": 5, "rate": 8.04}, {"rate": 14.36}]],
          "flatdemandmonths": [0,0,0,0,0,0,0,0,0,0,0,0], "fixedchargefirstmeter": 1)");
  constexpr std::string_view kPieces[] = {"[",   "]", "{",    "}", ",",  ":",    "\"",   "&a ",
                                          "*a ", "-", "1e99", "0", "\n", "\xff", "null", "? "};
  int refused = 0;
  constexpr int kCases = 1'000;
  for (int i = 0; i < kCases; ++i) {
    std::string text = good;
    for (std::size_t hits = random() % 4 + 1; hits > 0; --hits) {
      const std::size_t at = random() % text.size();
      const std::string_view piece = kPieces[random() % std::size(kPieces)];
      if (random() % 2 == 0) text.erase(at, random() % 9 + 1);
      text.insert(std::min(at, text.size()), piece);
    }
    Fields fields;
    const UrdbReading reading = ReadUrdb(text, {"U1", std::nullopt, "", ""}, fields);
    if (fields.ok()) Validate(reading.schedule, fields);
    refused += !fields.ok();
  }
  EXPECT_GT(refused, kCases / 4) << "seed " << kSeed;
}

class UrdbFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("REEVE_REFERENCE_DATA");
    if (folder == nullptr) GTEST_SKIP() << "REEVE_REFERENCE_DATA is not set: there are no files";
    folder_ = std::string(folder) + "/utility/";
  }
  std::string Text(const std::string& name) const {
    std::ifstream file(folder_ + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_;
};

// Reactive power is the one thing of it that has no place; without it, it loads.
TEST_F(UrdbFiles, BusinessElectricVehicles) {
  std::string json = Text("urdb/PGE_BEV-2-S_2025-09-08.json");
  EXPECT_EQ(FaultsOf(json),
            (Faults{{"json.demandreactivepowercharge", "reactive power is not priced"}}));
  json.replace(json.find("demandreactivepowercharge\": 0.52"), 32,
               "demandreactivepowercharge\": 0.00");
  const Schedule schedule = ReadGood(json).schedule;
  EXPECT_EQ(schedule.title,
            "Pacific Gas & Electric Co, BEV-2-S Business Electric Vehicle (Secondary "
            "Voltage)");
  ASSERT_TRUE(schedule.use_times.has_value());
  EXPECT_EQ(schedule.use_times->names,
            (std::vector<std::string>{"Off-Peak", "Super Off-Peak", "Peak"}));
  EXPECT_EQ(schedule.use_times->At(Day("2025-01-06"), 16 * 60), 2u);
  ASSERT_EQ(schedule.components.size(), 5u);
  EXPECT_EQ(schedule.components[0].rate, Dollars("447.44"));
  EXPECT_EQ(schedule.components[3].tiers[0].rate, Dollars("0.39404"));
}

TEST_F(UrdbFiles, TiersOfEnergyAndDemand) {
  Fields fields;
  const UrdbReading reading =
      ReadUrdb(Text("urdb/reopt_multi_tier_urdb_response.json"),
               {"R1", Day("2026-01-01"), "Tiers", "NREL REopt, test data"}, fields);
  ASSERT_TRUE(fields.ok());
  Validate(reading.schedule, fields);
  ASSERT_TRUE(fields.ok());
  const std::vector<Component>& components = reading.schedule.components;
  ASSERT_EQ(components.size(), 4u);
  EXPECT_EQ(components[0].per, Per::kDay);
  EXPECT_EQ(components[1].season, (Season{501, 1031}));
  EXPECT_EQ(components[1].tiers[0].up_to_thousandths, 20'000'000);
  EXPECT_EQ(components[2].season, (Season{1101, 430}));
  EXPECT_EQ(components[3].tiers[1].rate, Dollars("17.031"));
  // In January demand is free on weekdays: a time of its own.
  ASSERT_TRUE(reading.schedule.load_times.has_value());
  EXPECT_EQ(components[3].period, reading.schedule.load_times->names[1]);
}

// kWh in millionths of a thousandth, what is below being cut off.
std::int64_t NanosOf(const std::string& text) {
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point) + (text.substr(point + 1) + "000000000").substr(0, 9);
  std::int64_t nanos = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), nanos);
  return nanos;
}

// A year of hours in four times of use: 771.80 a year in the source, which rounds nothing.
TEST_F(UrdbFiles, AYearOfHoursInTimesOfUse) {
  const YAML::Node tariff = YAML::Load(Text("interval/residential_tou.json"));
  DayTimes times;
  Schedule schedule = Metered("T", "electric", Unit::kKilowattHour, {});
  schedule.effective_date = Day("2018-01-01");
  for (const auto& rate : tariff["energy_rate"]) {
    times.names.push_back(rate.first.Scalar());
    Component energy = Tiers("Energy " + rate.first.Scalar(), {{0, rate.second.Scalar()}});
    energy.period = rate.first.Scalar();
    schedule.components.push_back(energy);
  }
  for (std::size_t month = 0; month < 12; ++month) {
    for (std::size_t hour = 0; hour < 24; ++hour) {
      times.weekdays[month][hour * 2] = times.weekdays[month][hour * 2 + 1] =
          static_cast<std::uint8_t>(tariff["energy_weekday"][month][hour].as<int>() - 1);
      times.weekends[month][hour * 2] = times.weekends[month][hour * 2 + 1] =
          static_cast<std::uint8_t>(tariff["energy_weekend"][month][hour].as<int>() - 1);
    }
  }
  schedule.use_times = times;
  Fields fields;
  Validate(schedule, fields);
  ASSERT_TRUE(fields.ok());

  const Date first = Day("2018-01-01");  // a Monday
  std::map<int, std::vector<SlotOfUse>> months;
  std::ifstream load(folder_ + "interval/residential_load.csv");
  int hours = 0;
  for (std::string line; std::getline(load, line); ++hours) {
    const Date day = first.PlusDays(hours / 24);
    months[day.month()].push_back({day, hours % 24 * 60, NanosOf(line)});
  }
  ASSERT_EQ(hours, 8'760);
  std::int64_t year = 0;
  for (const auto& [month, used] : months) {
    const std::vector<std::int64_t> sums = SumByTime(times, used);
    std::vector<ByPeriod> by_period;
    std::int64_t all = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      by_period.push_back({times.names[i], (sums[i] + 500'000) / 1'000'000});
      all += by_period.back().thousandths;
    }
    const Date begin = Date::FromCivil(2018, month, 1).value();
    const Measured meter{begin, begin.PlusMonths(1), all, by_period};
    std::vector<Line> lines;
    ASSERT_TRUE(Price(VersionsOf({schedule}), {meter.from_date, meter.to_date, meter.to_date},
                      {.measured = {&meter, 1}}, lines)
                    .ok());
    year += TotalCents(lines);
  }
  EXPECT_GE(year, 771'70);
  EXPECT_LE(year, 771'90);
}

TEST(DayTimesTest, AnHourThatComesTwiceCountsTwice) {
  DayTimes times{{"off", "on"}, {}, {}};
  times.weekdays[9][40] = times.weekdays[9][41] = 1;  // October, eight to nine
  const Date day = Day("2026-10-01");
  EXPECT_EQ(
      SumByTime(times, std::vector<SlotOfUse>{{day, 1200, 5}, {day, 1200, 7}, {day, 1140, 1}}),
      (std::vector<std::int64_t>{1, 12}));
}

TEST(DayTimesTest, ATableNamesWhatIsThere) {
  DayTimes times{{"off", "off"}, {}, {}};
  times.weekends[11][3] = 2;
  Fields fields;
  Validate(times, "use_times", fields);
  ASSERT_EQ(fields.error().violations().size(), 2u);
  EXPECT_EQ(fields.error().violations()[0].field, "use_times.names[1]");
  EXPECT_EQ(fields.error().violations()[1].field, "use_times.weekends[11]");
}

}  // namespace
}  // namespace reeve::billing::rate
