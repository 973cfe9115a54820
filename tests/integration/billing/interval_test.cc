// Interval files through the API, and bills of times of use and loads from them.
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/interval_service.grpc.pb.h"
#include "reeve/billing/v1/meter_service.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "shared/core/decimal.h"
#include "tests/integration/billing/intervals.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;
const std::string kMeter = "E" + std::to_string(kAccount);

class IntervalTest : public Intervals {
 protected:
  static std::string ReadOf(const std::string& date, const std::string& read,
                            const std::string& meter = kMeter) {
    return meter + "," + date + "," + read + ",kWh\n";
  }
  v1::BillExplanation Explain() {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  }
  v1::Bill OnlyHeld(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    const auto held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
    EXPECT_EQ(held.bills_size(), 1);
    return held.bills_size() == 1 ? held.bills(0) : v1::Bill();
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, IntervalTest, testing::BothEngines(), testing::EngineName);

TEST_P(IntervalTest, AFileBringsDaysAndSaysWhatIsWrongWithTheRest) {
  LoadTimes();
  Open(TimedAccount(kAccount));
  const v1::IntervalImport import =
      ImportIntervals(Days(kMeter, "2026-10-31", "2026-11-02", "0.5") +    // lines 2 to 4
                      kMeter + ",2026-11-03T00:00-07:00,60,kWh,1 - 3\n" +  // 5
                      kMeter + ",2026-11-03T00:00-07:00,60,kWh,1\n" +      // 6: there already
                      kMeter + ",2026-11-03T02:00-07:00,60,kWh,4 4\n" +    // 7
                      kMeter + ",2026-11-03T06:00-07:00,15,kWh,1\n" +      // 8
                      "E404,2026-11-03T00:00-07:00,60,kWh,1\n" +           // 9
                      kMeter + ",2026-11-03T00:00-07:00,60,kgal,1\n" +     // 10
                      kMeter + ",2026-10-19T00:00-06:00,60,kWh,1\n" +      // 11: before the service
                      kMeter + ",2026-11-04T00:00-06:00,60,kWh,1\n" +      // 12
                      kMeter + ",2026-11-04T00:00-07:00,60,kWh,-1\n" + "rubbish\n"  // 13, 14
      );
  EXPECT_EQ(import.state(), v1::INTERVAL_IMPORT_STATE_COMPLETE);
  EXPECT_EQ(import.accepted_count(), 4);
  EXPECT_EQ(import.repeated_count(), 1);
  EXPECT_EQ(import.refused_count(), 8);
  EXPECT_EQ(import.next_line(), 15);
  EXPECT_EQ(Refused(import.import_id()),
            (std::vector<std::string>{"7 amounts OTHER_AMOUNT", "8 minutes OTHER_MINUTES",
                                      "9 meter_number UNKNOWN_METER", "10 unit WRONG_UNIT",
                                      "11 start_time NOT_IN_PLACE", "12 start_time WRONG_OFFSET",
                                      "13 amounts NEGATIVE", "14 row MALFORMED"}));
  const auto days = ListDays(kAccount, "2026-10-30", "2026-11-03").days();
  ASSERT_EQ(days.size(), 5);
  EXPECT_EQ(days[0].missing_count(), 24);
  EXPECT_EQ(days[1].usage_millionths(), 12'000'000);
  EXPECT_EQ(days[2].interval_count(), 25) << "the clock is put back";
  EXPECT_EQ(days[2].usage_millionths(), 12'500'000);
  EXPECT_EQ(days[4].missing_count(), 22);
  EXPECT_EQ(days[4].amounts_millionths(1), -1);
  EXPECT_EQ(days[4].usage_millionths(), 4'000'000) << "a refused row leaves nothing behind";
}

TEST_P(IntervalTest, TheSameFileAgainHasNoSecondEffectAndAnotherAttemptJudgesAgain) {
  LoadTimes();
  Open(TimedAccount(kAccount));
  const std::string rows =
      "N1,2026-11-11T00:00-07:00,60,kWh,1\n" + Days(kMeter, "2026-11-01", "2026-11-02", "0.5");
  const v1::IntervalImport first = ImportIntervals(rows);
  EXPECT_EQ(first.accepted_count(), 2);
  EXPECT_EQ(ImportIntervals(rows).SerializeAsString(), first.SerializeAsString());
  v1::ExchangeMeterRequest exchange = ExchangeOf(kAccount, "2026-11-10", 40'500, 0);
  exchange.mutable_meter()->set_meter_number("N1");
  Exchange(exchange);
  const v1::IntervalImport second = ImportIntervals(FileOf(rows, 1));
  EXPECT_NE(second.import_id(), first.import_id());
  EXPECT_EQ(second.accepted_count(), 1);
  EXPECT_EQ(second.repeated_count(), 2);
  v1::GetIntervalImportRequest request;
  request.set_import_id(second.import_id());
  EXPECT_EQ(
      Send<v1::IntervalService>(&v1::IntervalService::Stub::GetIntervalImport, analyst_, request)
          .SerializeAsString(),
      second.SerializeAsString());
  request.set_import_id(77);
  Send<v1::IntervalService>(&v1::IntervalService::Stub::GetIntervalImport, analyst_, request,
                            "IMPORT_UNKNOWN");
}

TEST_P(IntervalTest, PartsComeInTheirOrderAndMayCutADay) {
  LoadTimes();
  Open(TimedAccount(kAccount));
  const std::string head = "meter_number,start_time,minutes,unit,amounts\n" + kMeter +
                           ",2026-11-03T00:00-07:00,60,kWh,1\n";
  const std::string tail = kMeter + ",2026-11-03T01:00-07:00,60,kWh,2\n";
  v1::ImportIntervalsRequest part;
  part.set_request_id(Key());
  part.set_file_name("in two");
  part.set_file_sha256(Sha256(head + tail));
  part.set_first_line(3);
  part.set_lines(tail);
  part.set_last_part(true);
  ImportIntervals(part, "PART_MISSING");
  v1::ImportIntervalsRequest first = part;
  first.set_request_id(Key());
  first.set_first_line(1);
  first.set_lines(head);
  first.set_last_part(false);
  EXPECT_EQ(ImportIntervals(first).state(), v1::INTERVAL_IMPORT_STATE_OPEN);
  first.set_request_id(Key());
  first.set_lines(head + "\n");
  ImportIntervals(first, "PART_DIFFERS");
  EXPECT_EQ(ImportIntervals(part).accepted_count(), 2);
  part.set_request_id(Key());
  part.set_first_line(4);
  ImportIntervals(part, "IMPORT_COMPLETE");
  EXPECT_EQ(ListDays(kAccount, "2026-11-03", "2026-11-03").days(0).usage_millionths(), 3'000'000);
  part.set_first_line(1);
  ImportIntervals(part, "INVALID_REQUEST");
}

// 21 October to 19 November: 30 days of which one has 25 hours, 22 weekdays of twelve hours
// on-peak.
TEST_P(IntervalTest, ABillOfTimesOfUseSaysWhenItWasUsed) {
  LoadTimes();
  LoadIntervalPolicy(PolicyOf());
  Open(TimedAccount(kAccount));
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-19", "1"));
  Import(ReadOf("2026-11-19", "40721"));
  const v1::CycleRun run = RunCycle();
  EXPECT_EQ(run.held_count(), 0);
  EXPECT_EQ(run.total_cents(), 45'70 + 79'20);
  const v1::UsageExplanation usage = Explain().services(0).usage();
  ASSERT_EQ(usage.stretches_size(), 1);
  EXPECT_EQ(usage.stretches(0).usage(), "721 kWh");
  ASSERT_EQ(usage.stretches(0).times_size(), 2);
  EXPECT_EQ(usage.stretches(0).times(1).time(), "on");
  EXPECT_EQ(usage.stretches(0).times(1).usage(), "264 kWh");
}

TEST_P(IntervalTest, ABillWithoutAllIntervalsIsHeldUntilTheyCome) {
  LoadTimes();
  LoadIntervalPolicy(PolicyOf());
  Open(TimedAccount(kAccount));
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-09", "1") +
                  Days(kMeter, "2026-11-11", "2026-11-19", "1"));
  Import(ReadOf("2026-11-19", "40721"));
  const v1::CycleRun run = RunCycle();
  ASSERT_EQ(run.held_count(), 1);
  const v1::Bill held = OnlyHeld(run.cycle_id());
  ASSERT_EQ(held.holds_size(), 1);
  EXPECT_EQ(held.holds(0).reason(), "NO_INTERVALS");
  EXPECT_EQ(held.holds(0).evidence(), "no intervals of 2026-11-10");
  EXPECT_EQ(held.total_cents(), 0) << "nothing was guessed";
  // The rest comes, and the next cycle bills all of its days.
  SetMorning("2026-12-22");
  ImportIntervals(Days(kMeter, "2026-11-10", "2026-11-10", "1") +
                  Days(kMeter, "2026-11-20", "2026-12-19", "1"));
  Import(ReadOf("2026-12-19", "41441"));
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(Explain().services(0).usage().stretches(0).usage(), "1441 kWh");
}

TEST_P(IntervalTest, ARegisterThatSaysOtherwiseHoldsTheBill) {
  LoadTimes();
  LoadIntervalPolicy(PolicyOf());
  Open(TimedAccount(kAccount));
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-19", "1"));
  Import(ReadOf("2026-11-19", "40729"));
  const v1::Bill held = OnlyHeld(RunCycle().cycle_id());
  ASSERT_EQ(held.holds_size(), 1);
  EXPECT_EQ(held.holds(0).reason(), "INTERVALS_OFF");
  EXPECT_EQ(held.holds(0).evidence(), "the intervals add up to 721, the register to 729");
}

TEST_P(IntervalTest, AGapIsEstimatedMarkedAndGivesWayToWhatIsRead) {
  LoadTimes();
  Open(TimedAccount(kAccount));
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-09", "1") +
                  Days(kMeter, "2026-11-11", "2026-11-19", "1"));
  EstimateIntervals(GapOf(kAccount + 1, "2026-11-10", "2026-11-10"), "ACCOUNT_UNKNOWN");
  v1::EstimateIntervalsRequest other = GapOf(kAccount, "2026-11-10", "2026-11-10");
  other.set_agreement_id(3);
  EstimateIntervals(other, "AGREEMENT_UNKNOWN");
  EstimateIntervals(GapOf(kAccount, "2026-11-10", "2026-11-10"), "POLICY_MISSING");
  LoadIntervalPolicy(PolicyOf());
  LoadIntervalPolicy(PolicyOf(), "POLICY_EXISTS");
  EstimateIntervals(GapOf(kAccount, "2026-10-19", "2026-11-10"), "INVALID_REQUEST");
  EstimateIntervals(GapOf(kAccount, "2026-11-10", "2026-11-23"), "INVALID_REQUEST");
  EstimateIntervals(GapOf(kAccount, "2026-11-09", "2026-11-09"), "NO_GAP");
  const auto days = EstimateIntervals(GapOf(kAccount, "2026-11-09", "2026-11-11")).days();
  ASSERT_EQ(days.size(), 3);
  EXPECT_EQ(days[1].estimated_count(), 24);
  EXPECT_EQ(days[1].missing_count(), 0);
  EXPECT_EQ(days[1].usage_millionths(), 24'000'000);
  // What is read takes the place of the estimate.
  EXPECT_EQ(ImportIntervals(kMeter + ",2026-11-10T05:00-07:00,60,kWh,2\n").accepted_count(), 1);
  EXPECT_EQ(ListDays(kAccount, "2026-11-10", "2026-11-10").days(0).estimated_count(), 23);
  Import(ReadOf("2026-11-19", "40722"));
  EXPECT_EQ(RunCycle().held_count(), 0);
  EXPECT_EQ(Explain().services(0).usage().stretches(0).estimated_count(), 23);
  // Once it is billed, it does not.
  const v1::IntervalImport late = ImportIntervals(kMeter + ",2026-11-10T06:00-07:00,60,kWh,2\n");
  EXPECT_EQ(Refused(late.import_id()), (std::vector<std::string>{"2 amounts BILLED"}));
}

TEST_P(IntervalTest, ALoadIsTheHighestHourAndAtLeastAPartOfEarlierOnes) {
  LoadTimes(/*demand=*/true);
  LoadIntervalPolicy(PolicyOf());
  Open(TimedAccount(kAccount));
  ImportIntervals(kMeter + ",2026-11-03T17:00-07:00,60,kWh,10\n");
  std::string rows = Days(kMeter, "2026-10-20", "2026-11-19", "1");
  rows.replace(rows.find(",2026-11-03T00:00:00-07:00,60,kWh,") + 34 + 17 * 2, 1, "10");
  EXPECT_EQ(ImportIntervals(rows).refused_count(), 0);
  Import(ReadOf("2026-11-19", "40730"));
  // 457 x 0.10 + 273 x 0.30 + 10 kW x 8
  EXPECT_EQ(RunCycle().total_cents(), 45'70 + 81'90 + 80'00);
  const v1::UsageExplanation usage = Explain().services(0).usage();
  ASSERT_EQ(usage.loads_size(), 1);
  EXPECT_EQ(usage.loads(0).load(), "10 kW");
  EXPECT_EQ(usage.loads(0).start_time(), "2026-11-03 17:00");
  EXPECT_EQ(usage.loads(0).earlier_loads_size(), 0);
  SetMorning("2026-12-22");
  ImportIntervals(Days(kMeter, "2026-11-20", "2026-12-19", "1"));
  Import(ReadOf("2026-12-19", "41450"));
  RunCycle(7, "2026-12-20");
  const v1::ServiceExplanation service = Explain().services(0);
  ASSERT_EQ(service.usage().loads_size(), 1);
  EXPECT_EQ(service.usage().loads(0).load(), "1 kW");
  ASSERT_EQ(service.usage().loads(0).earlier_loads_size(), 1);
  EXPECT_EQ(service.usage().loads(0).earlier_loads(0), "10 kW");
  EXPECT_EQ(service.lines(2).line().amount_cents(), 64'00) << "0.8 x 10 kW x 8";
}

TEST_P(IntervalTest, ASchedulesOwnPolicyGoesFirst) {
  LoadTimes(/*demand=*/true);
  LoadIntervalPolicy(PolicyOf());
  LoadIntervalPolicy(PolicyOf(15, "2026-08-01", "T1"));
  Open(TimedAccount(kAccount));
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-19", "1"));
  Import(ReadOf("2026-11-19", "40721"));
  const v1::Bill held = OnlyHeld(RunCycle().cycle_id());
  ASSERT_EQ(held.holds_size(), 1);
  EXPECT_EQ(held.holds(0).evidence(), "intervals of 60 minutes, the load is of 15");
}

TEST_P(IntervalTest, AnExchangeBillsEachMetersOwnTimes) {
  LoadTimes();
  LoadIntervalPolicy(PolicyOf());
  Open(TimedAccount(kAccount));
  Exchange(ExchangeOf(kAccount, "2026-11-10", 40'491, 0));
  const std::string next = "N" + std::to_string(kAccount);
  ImportIntervals(Days(kMeter, "2026-10-20", "2026-11-09", "1") + kMeter +
                  ",2026-11-10T00:00-07:00,60,kWh,1 1 1 1 1 1 1 1 1 1\n" + next +
                  ",2026-11-10T10:00-07:00,60,kWh,1 1 1 1 1 1 1 1 1 1 1 1 1 1\n" +
                  Days(next, "2026-11-11", "2026-11-19", "1"));
  Import(ReadOf("2026-11-19", "230", next));
  const v1::CycleRun run = RunCycle();
  EXPECT_EQ(run.held_count(), 0);
  const v1::UsageExplanation usage = Explain().services(0).usage();
  ASSERT_EQ(usage.stretches_size(), 2);
  EXPECT_EQ(usage.stretches(0).usage(), "491 kWh");
  EXPECT_EQ(usage.stretches(1).usage(), "230 kWh");
  EXPECT_EQ(usage.stretches(1).from_date(), "2026-11-10");
}

// kWh in millionths, half-up, from their text.
std::int64_t MillionthsOf(const std::string& text) {
  const std::size_t point = text.find('.');
  const std::string digits =
      text.substr(0, point) + (text.substr(point + 1) + "0000000").substr(0, 7);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return (number + 5) / 10;
}

// A year of hours in four times of use, read, billed month by month, explained: 771.80 a year in
// the source, which rounds nothing and has no daylight saving. NREL/ssc, Residential TOU Rates.
class PublishedHours : public Intervals {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("REEVE_REFERENCE_DATA");
    if (folder == nullptr) GTEST_SKIP() << "REEVE_REFERENCE_DATA is not set: there are no files";
    folder_ = std::string(folder) + "/utility/interval/";
    std::ifstream load(folder_ + "residential_load.csv");
    for (std::string line; std::getline(load, line);) hours_.push_back(MillionthsOf(line));
    ASSERT_EQ(hours_.size(), 8'760u);
  }
  void LoadPublishedTariff() {
    std::ifstream file(folder_ + "residential_tou.json");
    const YAML::Node tariff = YAML::Load(std::string(std::istreambuf_iterator<char>(file), {}));
    Load("T1", "electric", "kWh", [&](v1::RateSchedule& schedule) {
      schedule.set_effective_date("2017-01-01");
      v1::DayTimes& times = *schedule.mutable_use_times();
      for (const auto& rate : tariff["energy_rate"]) {
        const std::string name = rate.first.Scalar();
        times.add_names(name);
        v1::RateComponent& energy = *schedule.add_components();
        energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
        energy.set_name("Energy " + name);
        energy.set_period(name);
        AddTier(energy, "", rate.second.Scalar());
      }
      for (int month = 0; month < 12; ++month) {
        std::string weekday;
        std::string weekend;
        for (int hour = 0; hour < 24; ++hour) {
          weekday += static_cast<char>('a' + tariff["energy_weekday"][month][hour].as<int>() - 1);
          weekend += static_cast<char>('a' + tariff["energy_weekend"][month][hour].as<int>() - 1);
        }
        times.add_weekdays(weekday);
        times.add_weekends(weekend);
      }
    });
  }
  // The row of a day. The hour that the clock leaves out in spring is added to the next, the one
  // that it repeats in autumn is nothing: both are nights of Sundays.
  std::string RowOf(Date day) {
    const TimeZone& zone = server_.service().zone();
    const Instant midnight = zone.ToInstant({day, 0});
    const auto first = static_cast<std::size_t>(day - *Date::Parse("2018-01-01")) * 24;
    std::int64_t left_out = 0;
    std::string amounts;
    int last = -1;
    for (Instant at = midnight; zone.DateAt(at) == day; at = at + Duration::Hours(1)) {
      const int hour = zone.At(at).minute_of_day / 60;
      for (int skipped = last + 1; skipped < hour; ++skipped) {
        left_out += hours_[first + static_cast<std::size_t>(skipped)];
      }
      const std::int64_t amount =
          hour == last ? 0 : hours_[first + static_cast<std::size_t>(hour)] + left_out;
      left_out = 0;
      last = hour;
      sum_ += amount;
      amounts += (amounts.empty() ? "" : " ") + PrintDecimal(amount, 6, 0);
    }
    return kMeter + "," + zone.Format(midnight) + ",60,kWh," + amounts + "\n";
  }

  std::string folder_;
  std::vector<std::int64_t> hours_;
  std::int64_t sum_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, PublishedHours, testing::BothEngines(), testing::EngineName);

TEST_P(PublishedHours, AYearOfHoursComesToThePublishedBill) {
  SetMorning("2018-01-02");
  LoadPublishedTariff();
  LoadIntervalPolicy(PolicyOf(60, "2017-01-01"));
  account::v1::AccountOpened opened = TimedAccount(kAccount, "2017-12-31");
  opened.mutable_agreements(0)->set_start_read_thousandths(0);
  Open(opened);
  std::int64_t year_cents = 0;
  for (int month = 1; month <= 12; ++month) {
    const Date first = *Date::FromCivil(2018, month, 1);
    const Date last = first.PlusMonths(1).PlusDays(-1);
    SetMorning(last.PlusDays(2).ToString());
    std::string rows;
    for (Date day = first; day <= last; day = day.PlusDays(1)) rows += RowOf(day);
    EXPECT_EQ(ImportIntervals(rows).refused_count(), 0);
    Import(kMeter + "," + last.ToString() + "," + PrintDecimal(sum_ / 1'000, 3, 0) + ",kWh\n");
    const v1::CycleRun run = RunCycle(7, last.ToString());
    EXPECT_EQ(run.held_count(), 0) << last.ToString();
    year_cents += run.total_cents();
  }
  EXPECT_GE(year_cents, 771'70);
  EXPECT_LE(year_cents, 771'90);
  RecordProperty("year_cents", static_cast<int>(year_cents));
}

}  // namespace
}  // namespace reeve::billing
