// Versions of schedules as they are loaded, kept and listed.
#include "reeve/billing/v1/rate_activation_service.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

class RateTest : public Billing {
 protected:
  grpc::Status Convert(const v1::ConvertUrdbRequest& request, v1::ConvertedUrdb& answer) {
    const auto stub = v1::RateService::NewStub(channel_);
    return stub->ConvertUrdb(testing::InProcessServer::Context(analyst_).get(), request, &answer);
  }
  v1::ListSchedulesResponse ListSchedules(const std::string& code) {
    v1::ListSchedulesRequest list;
    list.set_code(code);
    return Send<v1::RateService>(&v1::RateService::Stub::ListSchedules, analyst_, list);
  }
  static std::string Rows(const std::string& row) {
    std::string rows;
    for (int month = 0; month < 12; ++month) rows += (month == 0 ? "[" : ",[") + row + "]";
    return "[" + rows + "]";
  }
  static v1::ConvertUrdbRequest Urdb(const std::string& more) {
    const std::string off = "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";
    const std::string on = "0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1,1,1,0,0,0,0,0";
    v1::ConvertUrdbRequest request;
    request.set_code("E7");
    request.set_json(R"({"utility": "City of Test", "name": "Residential", "source": "sheet 7",
        "startdate": 1767225600, "sector": "Residential", "fixedmonthlycharge": 13.92,
        "energyratestructure": [[{"rate": 0.05}], [{"max": 100, "rate": 0.1, "adj": 0.011},
        {"rate": 0.2}]], "energyweekdayschedule": )" +
                     Rows(on) + R"(, "energyweekendschedule": )" + Rows(off) + more + "}");
    return request;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, RateTest, testing::BothEngines(), testing::EngineName);

TEST_P(RateTest, ARateOfTheDatabaseIsLoadedWithItsTimes) {
  v1::ConvertedUrdb converted;
  ASSERT_TRUE(Convert(Urdb(""), converted).ok());
  ASSERT_EQ(converted.left_out_size(), 1);
  EXPECT_EQ(converted.left_out(0), "sector");
  v1::LoadScheduleRequest load;
  load.set_request_id(Key());
  *load.mutable_schedule() = converted.schedule();
  Send<v1::RateService>(&v1::RateService::Stub::LoadSchedule, analyst_, load);
  v1::ListSchedulesRequest list;
  const auto listed = Send<v1::RateService>(&v1::RateService::Stub::ListSchedules, analyst_, list);
  ASSERT_EQ(listed.schedules_size(), 1);
  EXPECT_EQ(listed.schedules(0).SerializeAsString(), converted.schedule().SerializeAsString());
  const v1::DayTimes& times = listed.schedules(0).use_times();
  ASSERT_EQ(times.names_size(), 2);
  ASSERT_EQ(times.weekdays_size(), 1);
  EXPECT_EQ(times.weekdays(0), "aaaaaaabbbbbbbbbbbbaaaaa");
  EXPECT_EQ(times.weekends(0), std::string(24, 'a'));
  EXPECT_EQ(listed.schedules(0).components(2).period(), times.names(1));
  EXPECT_EQ(listed.schedules(0).components(2).tiers(0).rate(), "0.111");
}

TEST_P(RateTest, WhatTheDatabaseSaysAndAScheduleCannotIsNamed) {
  v1::ConvertUrdbRequest request =
      Urdb(R"(, "demandreactivepowercharge": 0.5, "annualmincharge": 100)");
  request.set_code("");
  v1::ConvertedUrdb converted;
  const Error error = rpc::FromStatus(Convert(request, converted));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"code", "json.demandreactivepowercharge",
                                              "json.annualmincharge"}));
}

// Times by half hours, on Saturdays and holidays, ratchets of months, and bounds in parts.
TEST_P(RateTest, TimesAndBoundsAreKept) {
  v1::RateSchedule loaded;
  const auto fill = [&](v1::RateSchedule& schedule) {
    v1::RateComponent& demand = *schedule.add_components();
    demand.set_kind(v1::RATE_COMPONENT_KIND_DEMAND);
    demand.set_name("Demand");
    demand.set_unit("kW");
    demand.set_at_least("0.6");
    demand.mutable_ratchet()->set_fraction("0.8");
    demand.mutable_ratchet()->set_month_count(11);
    for (const int month : {6, 7, 8, 9}) demand.mutable_ratchet()->add_months(month);
    AddTier(demand, "", "12.6");
    v1::RateComponent& energy = *schedule.add_components();
    energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    energy.set_name("Energy");
    AddTier(energy, "100", "0.12");
    energy.mutable_tiers(0)->set_of(v1::BOUND_OF_LOAD);
    energy.mutable_tiers(0)->set_plus("2000");
    energy.mutable_tiers(0)->set_at_least("3000");
    energy.mutable_tiers(0)->set_at_most("50000");
    AddTier(energy, "", "0.05");
    v1::DayTimes& times = *schedule.mutable_use_times();
    times.add_names("off");
    times.add_names("on");
    times.add_weekdays("aaaaaaaaaaaaaaabbbbbbaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    times.add_weekends(std::string(24, 'a'));
    times.add_saturdays("aaaaaaabbbaaaaaaaaaaaaaa");
    for (const char* day : {"labor-day", "07-24", "2026-12-24"}) times.add_holidays(day);
    times.set_observed(v1::HOLIDAY_OBSERVED_NEAREST_WEEKDAY);
    *schedule.mutable_load_times() = schedule.use_times();
    schedule.mutable_load_times()->clear_saturdays();
    schedule.mutable_load_times()->set_observed(v1::HOLIDAY_OBSERVED_MONDAY_AFTER_SUNDAY);
    loaded = schedule;
  };
  Load("E8", "electric", "kWh", fill);
  const v1::ListSchedulesResponse listed = ListSchedules("E8");
  ASSERT_EQ(listed.schedules_size(), 1);
  const v1::RateSchedule& kept = listed.schedules(0);
  EXPECT_EQ(kept.use_times().SerializeAsString(), loaded.use_times().SerializeAsString());
  EXPECT_EQ(kept.load_times().SerializeAsString(), loaded.load_times().SerializeAsString());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kept.components(i).SerializeAsString(), loaded.components(i).SerializeAsString());
  }
  LoadDraft("E8", "electric", "kWh", fill);  // it is in force as it is
  for (const std::string change :
       {"UPDATE rate_term SET word = '07-25' WHERE word = '07-24'",
        "UPDATE rate_term SET number = 10 WHERE term = 'RATCHET_MONTH' AND number = 9",
        "UPDATE rate_term SET number = 1 WHERE term = 'BOUND_PLUS'",
        "DELETE FROM rate_term WHERE term = 'USE_SATURDAYS' AND term_no = 3"}) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", change}), 0) << change;
      EXPECT_FALSE(verify::ProveAll(tx).findings.empty()) << change;
      return db::Verdict::kRollBack;
    });
  }
  ExpectProven();
}

// A version that says all that few do is listed as it was loaded, and the same is no other version.
TEST_P(RateTest, EveryTermOfAComponentIsKept) {
  const auto fill = [](v1::RateSchedule& schedule) {
    v1::RateComponent& demand = *schedule.add_components();
    demand.set_kind(v1::RATE_COMPONENT_KIND_DEMAND);
    demand.set_name("Demand");
    demand.set_power_factor("0.9");
    demand.set_at_least("25");
    AddTier(demand, "", "12.6");
    v1::RateComponent& energy = *schedule.add_components();
    energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    energy.set_name("Energy");
    energy.set_factor("0.9");
    energy.set_step("1");
    energy.set_step_rounding(v1::RATE_ROUNDING_DOWN);
    energy.set_blocks(v1::TIER_BLOCKS_WHOLE);
    energy.set_flow(v1::ENERGY_FLOW_NET);
    for (const char* size : {"1", "5/8"}) energy.add_for_sizes(size);
    AddTier(energy, "3000", "0.12");
    AddTier(energy, "200", "0.08");
    energy.mutable_tiers(1)->set_of(v1::BOUND_OF_LOAD);
    AddTier(energy, "", "0.05");
    v1::RateComponent& budget = *schedule.add_components();
    budget.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    budget.set_name("Budget");
    budget.mutable_budget()->set_gallons_a_day("55");
    budget.mutable_budget()->set_landscape_factor("0.8");
    budget.mutable_budget()->set_gallons_a_unit("748");
    AddTier(budget, "1", "2");
    budget.mutable_tiers(0)->set_of(v1::BOUND_OF_INDOOR);
    AddTier(budget, "", "3");
    v1::RateComponent& limit = *schedule.add_components();
    limit.set_kind(v1::RATE_COMPONENT_KIND_MAXIMUM);
    limit.set_name("Limit");
    limit.set_rate("60");
    v1::RateComponent& round_off = *schedule.add_components();
    round_off.set_kind(v1::RATE_COMPONENT_KIND_ROUND_OFF);
    round_off.set_name("Round-off");
    round_off.set_round_to_cents(5);
  };
  LoadDraft("E8", "electric", "kWh", fill);
  const v1::ListSchedulesResponse before = ListSchedules("E8");
  ASSERT_EQ(before.schedules_size(), 1);
  v1::RateSchedule expected;
  fill(expected);
  ASSERT_EQ(before.schedules(0).components_size(), expected.components_size());
  for (int i = 0; i < expected.components_size(); ++i) {
    EXPECT_EQ(before.schedules(0).components(i).SerializeAsString(),
              expected.components(i).SerializeAsString())
        << before.schedules(0).components(i).DebugString();
  }
  LoadDraft("E8", "electric", "kWh", fill);
  EXPECT_EQ(ListSchedules("E8").standings(0).revision(), 1);
  LoadDraft("E8", "electric", "kWh", [&](v1::RateSchedule& schedule) {
    fill(schedule);
    schedule.mutable_components(1)->set_factor("0.8");
  });
  EXPECT_EQ(ListSchedules("E8").standings(0).revision(), 2);
}

TEST_P(RateTest, ATableOfTimesThatIsNoneIsRefusedAtItsLine) {
  v1::LoadScheduleRequest load;
  load.set_request_id(Key());
  v1::RateSchedule& schedule = *load.mutable_schedule();
  schedule.set_code("E7");
  schedule.set_effective_date("2026-01-01");
  schedule.set_service("electric");
  schedule.set_title("Times");
  schedule.set_citation("Sheet 7");
  schedule.set_usage_unit("kWh");
  v1::RateComponent& energy = *schedule.add_components();
  energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
  energy.set_name("Energy");
  energy.set_period("noon");
  AddTier(energy, "", "0.1");
  v1::DayTimes& times = *schedule.mutable_use_times();
  times.add_names("off");
  times.add_weekdays(std::string(23, 'a'));
  times.add_weekends(std::string(23, 'a') + "b");
  const auto stub = v1::RateService::NewStub(channel_);
  v1::RateSchedule loaded;
  const Error error = rpc::FromStatus(
      stub->LoadSchedule(testing::InProcessServer::Context(analyst_).get(), load, &loaded));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"schedule.use_times.weekdays[0]",
                                              "schedule.components[0].period",
                                              "schedule.use_times.weekends[0]"}));
}

TEST_P(RateTest, AFeeIsWhatTheVersionOfTheDaySays) {
  const auto load = [&](const std::string& date, const std::string& reconnection) {
    LoadDraft("FEES", "fees", "", [&](v1::RateSchedule& schedule) {
      schedule.set_effective_date(date);
      AddFixed(schedule, "Reconnection", reconnection);
      v1::RateComponent& tap = *schedule.add_components();
      tap.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
      tap.set_name("Tap");
    });
    Activate(Preview(), supervisor_);
  };
  load("2026-01-01", "35");
  load("2027-01-01", "40.50");
  const auto ask = [&](const std::string& name, const std::string& date,
                       const std::string& reason = {}) {
    v1::GetFeeRequest request;
    request.set_code("FEES");
    request.set_name(name);
    request.set_date(date);
    return Send<v1::RateService>(&v1::RateService::Stub::GetFee, analyst_, request, reason);
  };
  EXPECT_EQ(ask("Reconnection", "").amount_cents(), 35'00);
  EXPECT_EQ(ask("Reconnection", "2026-12-31").amount_cents(), 35'00);
  const v1::Fee fee = ask("Reconnection", "2027-01-01");
  EXPECT_EQ(fee.amount_cents(), 40'50);
  EXPECT_EQ(fee.version(), "FEES/2027-01-01");
  EXPECT_EQ(fee.citation(), "Fee schedule of the test city");
  ask("Reconnection", "2025-12-31", "VERSION_MISSING");
  ask("Disconnection", "", "FEE_UNKNOWN");
  ask("Tap", "", "VALUE_NOT_LOADED");
  ask("", "", "INVALID_REQUEST");
}

}  // namespace
}  // namespace reeve::billing
