// Riders: loaded by one, in force by another, charged by several schedules, cited on a bill, and
// derived again.
#include <gmock/gmock.h>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/rate/rate_store.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"
#include "tests/unit/billing/evaluated.h"

namespace reeve::billing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kAccount = 10000000009;

class RiderTest : public Billing {
 protected:
  // A version of the power cost, a price for each kWh on some days.
  void LoadPowerCost(const std::string& from, const std::string& last, const std::string& rate,
                     const std::string& reason = {}) {
    LoadDraft(
        "PCA", "riders", "kWh",
        [&](v1::RateSchedule& rider) {
          rider.set_effective_date(from);
          rider.set_last_date(last);
          rider.set_citation("Resolution of " + from);
          v1::RateComponent& value = *rider.add_components();
          value.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
          value.set_name("Power cost");
          AddTier(value, "", rate);
        },
        reason);
  }
  void LoadTax() {
    LoadDraft("TAX", "riders", "", [](v1::RateSchedule& rider) {
      rider.set_citation("State code 59-12");
      v1::RateComponent& value = *rider.add_components();
      value.set_kind(v1::RATE_COMPONENT_KIND_PERCENT);
      value.set_name("State tax");
      value.set_rate("0.05");
    });
  }
  static void Charge(v1::RateSchedule& schedule, v1::RateComponentKind kind,
                     const std::string& name, const std::string& rider) {
    v1::RateComponent& component = *schedule.add_components();
    component.set_kind(kind);
    component.set_name(name);
    component.set_rider(rider);
  }
  static void FillElectric(v1::RateSchedule& schedule) {
    AddFixed(schedule, "Customer charge", "13.92");
    v1::RateComponent& energy = *schedule.add_components();
    energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    energy.set_name("Energy");
    AddTier(energy, "", "0.07");
    Charge(schedule, v1::RATE_COMPONENT_KIND_TIERS, "Power cost", "PCA");
    Charge(schedule, v1::RATE_COMPONENT_KIND_PERCENT, "Tax", "TAX");
  }
  void LoadElectric(v1::RateEffect effect = v1::RATE_EFFECT_READ) {
    LoadDraft("E1", "electric", "kWh", [&](v1::RateSchedule& schedule) {
      FillElectric(schedule);
      schedule.mutable_terms()->set_effect(effect);
    });
  }
  // Water charges the same tax.
  void LoadWater() {
    LoadDraft("W1", "water", "kgal", [](v1::RateSchedule& schedule) {
      AddFixed(schedule, "Base charge", "20.00");
      Charge(schedule, v1::RATE_COMPONENT_KIND_PERCENT, "Tax", "TAX");
    });
  }
  // An account of electricity, and of water if `agreements` is two.
  void OpenWith(int agreements) {
    account::v1::AccountOpened opened = Account(kAccount);
    opened.mutable_agreements()->DeleteSubrange(agreements, 3 - agreements);
    Open(opened);
  }
  static std::string Read(const std::string& day, std::int64_t kwh) {
    return "E" + std::to_string(kAccount) + "," + day + "," + std::to_string(kwh) + ",kWh\n";
  }
  // November's values are in force, and a bill of 500 kWh is posted.
  void BillNovember() {
    LoadPowerCost("2026-11-01", "2026-11-30", "0.01");
    LoadTax();
    LoadElectric();
    Activate(Preview(), supervisor_);
    OpenWith(1);
    Import(Read("2026-11-19", 40'500));
    EXPECT_EQ(RunCycle().total_cents(), 56'62);
  }
  v1::BillExplanation Explain() {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  }
  // What would be refused of a version.
  std::vector<std::string> FaultsOf(const v1::LoadScheduleRequest& request) {
    const auto stub = v1::RateService::NewStub(channel_);
    v1::RateSchedule loaded;
    const Error error = rpc::FromStatus(
        stub->LoadSchedule(testing::InProcessServer::Context(analyst_).get(), request, &loaded));
    std::vector<std::string> faults;
    for (const FieldViolation& one : error.violations()) {
      faults.push_back(one.field + " " + one.description);
    }
    return faults;
  }
  v1::LoadScheduleRequest RequestOf(const std::string& code, const std::string& service,
                                    const std::string& unit) {
    v1::LoadScheduleRequest request;
    request.set_request_id(Key());
    request.set_validate_only(true);
    v1::RateSchedule& schedule = *request.mutable_schedule();
    schedule.set_code(code);
    schedule.set_effective_date("2026-07-01");
    schedule.set_service(service);
    schedule.set_title("Schedule " + code);
    schedule.set_citation("Test");
    schedule.set_usage_unit(unit);
    return request;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, RiderTest, testing::BothEngines(), testing::EngineName);

TEST_P(RiderTest, AValueIsChargedByWhoeverNamesItAndCited) {
  LoadPowerCost("2026-11-01", "2026-11-30", "0.01");
  LoadTax();
  LoadElectric();
  LoadWater();
  Activate(Preview(), supervisor_);
  OpenWith(2);
  const std::string water = "W" + std::to_string(kAccount) + ",2026-11-19,505,kgal\n";
  Import(Read("2026-11-19", 40'500) + water);
  // 13.92 + 35.00 + 5.00, and 5 % of that: 2.696; 20.00 and 1.00.
  EXPECT_EQ(RunCycle().total_cents(), 56'62 + 21'00);
  const v1::BillExplanation explained = Explain();
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  const v1::ServiceExplanation& electric = explained.services(0);
  EXPECT_EQ(electric.effective_date(), "2026-07-01");
  ASSERT_EQ(electric.lines_size(), 4);
  EXPECT_EQ(electric.lines(1).rider_version(), "");
  EXPECT_EQ(electric.lines(2).line().amount_cents(), 5'00);
  EXPECT_EQ(electric.lines(2).effective_date(), "2026-07-01");
  EXPECT_EQ(electric.lines(2).citation(), "Fee schedule of the test city");
  EXPECT_EQ(electric.lines(2).rider_version(), "PCA/2026-11-01");
  EXPECT_EQ(electric.lines(2).rider_citation(), "Resolution of 2026-11-01");
  EXPECT_EQ(electric.lines(3).rider_version(), "TAX/2026-07-01");
  EXPECT_EQ(explained.services(1).lines(1).rider_citation(), "State code 59-12");
  std::vector<std::string> riders;
  for (const v1::ExplanationNode& node : explained.nodes()) {
    if (node.kind() != v1::EXPLANATION_KIND_LINE || node.rider_code().empty()) continue;
    riders.push_back(node.rider_code() + " " + node.rider_effective_date());
  }
  EXPECT_THAT(riders, ElementsAre("PCA 2026-11-01", "TAX 2026-07-01", "TAX 2026-07-01"));
  ExpectProven();
}

TEST_P(RiderTest, AMonthWithoutAValueIsNotBilledAndTheNextOneIsCompared) {
  BillNovember();
  SetMorning("2026-12-21");
  Import(Read("2026-12-19", 41'000));
  StartCycle("RATE_NOT_LOADED", 7, "2026-12-20");
  LoadPowerCost("2026-12-01", "2026-12-31", "0.02");
  StartCycle("RATE_NOT_LOADED", 7, "2026-12-20");  // a draft is no value
  Activate(Preview(), supervisor_);
  EXPECT_EQ(RunCycle(7, "2026-12-20").total_cents(), 61'87);
  v1::CompareBillsRequest request;
  request.set_account_id(kAccount);
  const auto compared =
      Send<v1::BillService>(&v1::BillService::Stub::CompareBills, analyst_, request);
  EXPECT_EQ(compared.total().difference_cents(), 5'25);
  EXPECT_EQ(compared.total().price_cents(), 5'25);
  EXPECT_EQ(compared.main_cause(), v1::COMPARISON_CAUSE_PRICE);
  EXPECT_EQ(Explain().services(0).lines(2).rider_version(), "PCA/2026-12-01");
  ExpectProven();
}

TEST_P(RiderTest, AChangeWithinAPeriodDividesItByUse) {
  LoadPowerCost("2026-07-01", "2026-11-09", "0.01");
  LoadTax();
  LoadElectric(v1::RATE_EFFECT_USE);
  Activate(Preview(), supervisor_);
  LoadPowerCost("2026-11-10", "", "0.02");
  Activate(Preview(), supervisor_);
  OpenWith(1);
  Import(Read("2026-11-19", 40'300));
  // 20 days and 10 of the rider: 2.00 and 2.00. What does not change is one
  // line: 13.92, 21.00, 1.95.
  EXPECT_EQ(RunCycle().total_cents(), 13'92 + 21'00 + 2'00 + 2'00 + 1'95);
  const v1::BillExplanation explained = Explain();
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  ASSERT_EQ(explained.services(0).lines_size(), 5);
  EXPECT_EQ(explained.services(0).lines(0).rider_version(), "PCA/2026-07-01");
  EXPECT_EQ(explained.services(0).lines(3).rider_version(), "PCA/2026-11-10");
  EXPECT_EQ(explained.services(0).lines(3).effective_date(), "2026-07-01");
  ExpectProven();
}

TEST_P(RiderTest, ADraftShowsWhatItWouldHaveBilledAndIsRefusedForBilledDays) {
  BillNovember();
  LoadPowerCost("2026-12-01", "2026-12-31", "0.03");
  const v1::SchedulesPreview preview = Preview();
  EXPECT_THAT(preview.versions(), ElementsAre("PCA/2026-12-01"));
  EXPECT_EQ(preview.before_cents(), 56'62);
  EXPECT_EQ(preview.after_cents(), 67'12);
  ASSERT_EQ(preview.components_size(), 4);
  EXPECT_EQ(preview.components(2).name(), "Power cost");
  EXPECT_EQ(preview.components(2).before_cents(), 5'00);
  EXPECT_EQ(preview.components(2).after_cents(), 15'00);
  Activate(preview, analyst_, "SAME_PERSON");
  Activate(preview, supervisor_);
  LoadPowerCost("2026-11-15", "", "0.04");
  Activate(Preview(), supervisor_, "ALREADY_BILLED");
}

TEST_P(RiderTest, ADraftWhoseRiderHasNoValueIsAcknowledged) {
  LoadPowerCost("2026-08-01", "", "0.01");
  LoadTax();
  Activate(Preview(), supervisor_);
  LoadElectric();
  v1::SchedulesPreview preview = Preview();
  EXPECT_THAT(preview.not_loaded(), ElementsAre("E1/2026-07-01: Power cost"));
  preview.clear_not_loaded();
  Activate(preview, supervisor_, "NOT_ACKNOWLEDGED");
  Activate(Preview(), supervisor_);
}

// December's value comes after January's; then December is billed, and its days are closed.
TEST_P(RiderTest, AGapIsFilledUntilSomethingIsBilledInIt) {
  BillNovember();
  LoadPowerCost("2027-01-01", "2027-01-31", "0.03");
  Activate(Preview(), supervisor_);
  LoadPowerCost("2026-12-01", "2026-12-10", "0.02");
  Activate(Preview(), supervisor_);
  LoadPowerCost("2026-12-11", "2026-12-31", "0.02");
  Activate(Preview(), supervisor_);
  SetMorning("2026-12-21");
  Import(Read("2026-12-19", 41'000));
  EXPECT_EQ(RunCycle(7, "2026-12-20").total_cents(), 61'87);
  LoadPowerCost("2026-11-10", "2026-11-30", "0.05");
  Activate(Preview(), supervisor_, "ALREADY_BILLED");
  v1::WithdrawDraftRequest withdraw;
  withdraw.set_request_id(Key());
  withdraw.set_version("PCA/2026-11-10");
  withdraw.set_revision(1);
  withdraw.set_reason("billed already");
  Send<v1::RateActivationService>(&v1::RateActivationService::Stub::WithdrawDraft, analyst_,
                                  withdraw);
  LoadPowerCost("2026-12-20", "2026-12-31", "0.04");
  Activate(Preview(), supervisor_);
  ExpectProven();
}

// An open value has no days behind those of a value that is put in: they are billed otherwise, too.
TEST_P(RiderTest, AValueBeforeTheEndOfAnOlderOneIsOfAllDaysThatItTakesAway) {
  LoadPowerCost("2026-07-01", "", "0.01");
  LoadTax();
  LoadElectric();
  Activate(Preview(), supervisor_);
  OpenWith(1);
  Import(Read("2026-11-19", 40'500));
  EXPECT_EQ(RunCycle().total_cents(), 56'62);
  LoadPowerCost("2026-11-25", "2026-11-30", "0.02");
  Activate(Preview(), supervisor_);
  LoadPowerCost("2026-10-25", "2026-11-15", "0.05");
  Activate(Preview(), supervisor_, "ALREADY_BILLED");
  ExpectProven();
}

// A draft by the read before a version by use takes the days of its bills before that version.
TEST_P(RiderTest, ADraftOfAnotherEffectIsOfTheDaysThatItTakes) {
  const auto load = [this](const std::string& from, v1::RateEffect effect) {
    LoadDraft("E1", "electric", "kWh", [&](v1::RateSchedule& schedule) {
      schedule.set_effective_date(from);
      schedule.mutable_terms()->set_effect(effect);
      AddFixed(schedule, "Customer charge", "13.92");
      v1::RateComponent& energy = *schedule.add_components();
      energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
      energy.set_name("Energy");
      AddTier(energy, "", "0.07");
    });
  };
  for (const char* from : {"2026-07-01", "2026-12-01"}) {
    load(from, v1::RATE_EFFECT_USE);
    Activate(Preview(), supervisor_);
  }
  OpenWith(1);
  Import(Read("2026-11-19", 40'500));
  RunCycle();
  SetMorning("2026-12-21");
  Import(Read("2026-12-19", 41'000));
  RunCycle(7, "2026-12-20");
  load("2026-12-20", v1::RATE_EFFECT_READ);
  Activate(Preview(), supervisor_);
  load("2026-11-20", v1::RATE_EFFECT_READ);
  Activate(Preview(), supervisor_, "ALREADY_BILLED");
}

// By use, days of the month without a value stop the run although its last day has one.
TEST_P(RiderTest, AGapWithinTheMonthStopsARunByUse) {
  LoadPowerCost("2026-07-01", "2026-10-31", "0.01");
  LoadTax();
  LoadElectric(v1::RATE_EFFECT_USE);
  Activate(Preview(), supervisor_);
  LoadPowerCost("2026-11-11", "", "0.02");
  Activate(Preview(), supervisor_);
  OpenWith(1);
  Import(Read("2026-11-19", 40'300));
  StartCycle("RATE_NOT_LOADED");
  LoadPowerCost("2026-11-01", "2026-11-10", "0.02");
  Activate(Preview(), supervisor_);
  // 11 days of October, 19 of November.
  EXPECT_EQ(RunCycle().total_cents(), 13'92 + 21'00 + 1'10 + 3'80 + 1'99);
}

// A summer rider without a value stops no winter run, and a run that stops says on which day.
TEST_P(RiderTest, ARiderOutOfSeasonStopsNothing) {
  LoadPowerCost("2026-07-01", "2026-08-31", "0.01");
  LoadDraft("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    AddFixed(schedule, "Customer charge", "13.92");
    Charge(schedule, v1::RATE_COMPONENT_KIND_TIERS, "Power cost", "PCA");
    v1::RateSeason& season = *schedule.mutable_components(1)->mutable_season();
    season.set_from("06-01");
    season.set_to("08-31");
    v1::RateComponent& rest = *schedule.add_components();
    rest.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    rest.set_name("Winter cost");
    AddTier(rest, "", "0.07");
    rest.mutable_season()->set_from("09-01");
    rest.mutable_season()->set_to("05-31");
  });
  Activate(Preview(), supervisor_);
  OpenWith(1);
  Import(Read("2026-11-19", 40'500));
  EXPECT_EQ(RunCycle().total_cents(), 13'92 + 35'00);
  ExpectProven();
}

TEST_P(RiderTest, ARefusedRunNamesRiderAndDay) {
  BillNovember();
  SetMorning("2026-12-21");
  v1::StartCycleRequest request;
  request.set_request_id(Key());
  request.set_cycle(7);
  request.set_kind(v1::CYCLE_KIND_PRODUCTION);
  request.set_period_end_date("2026-12-20");
  request.set_due_date("2027-01-15");
  v1::CycleRun run;
  const auto stub = v1::CycleService::NewStub(channel_);
  const Error error = rpc::FromStatus(
      stub->StartCycle(testing::InProcessServer::Context(analyst_).get(), request, &run));
  EXPECT_EQ(error.reason(), "RATE_NOT_LOADED");
  const std::map<std::string, std::string> facts(error.metadata().begin(), error.metadata().end());
  EXPECT_EQ(facts.at("schedule_code"), "E1");
  EXPECT_EQ(facts.at("component"), "Power cost");
  EXPECT_EQ(facts.at("rider"), "PCA");
  EXPECT_EQ(facts.at("day"), "2026-12-01");
}

TEST_P(RiderTest, ARunKeepsTheValuesOfItsStart) {
  BillNovember();
  SetMorning("2026-12-21");
  LoadPowerCost("2026-12-01", "2026-12-31", "0.02");
  Activate(Preview(), supervisor_);
  Import(Read("2026-12-19", 41'000));
  const v1::CycleRun run = StartCycle({}, 7, "2026-12-20");
  LoadPowerCost("2027-01-01", "2027-01-31", "0.09");
  const v1::SchedulesPreview preview = Preview();
  Activate(preview, supervisor_, "CYCLE_CALCULATING");
  Work();
  Activate(Preview(), supervisor_);
  (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    EXPECT_EQ(rate::LoadSchedules(tx).size(), rate::LoadSchedules(tx, run.tariff_no()).size() + 1);
  });
}

TEST_P(RiderTest, WhatCannotBeChargedIsNamedAllAtOnce) {
  LoadPowerCost("2026-07-01", "", "0.01");
  LoadTax();
  v1::LoadScheduleRequest request = RequestOf("W2", "water", "kgal");
  v1::RateSchedule& schedule = *request.mutable_schedule();
  schedule.set_last_date("2026-12-31");
  Charge(schedule, v1::RATE_COMPONENT_KIND_FIXED, "Base", "PCA");
  Charge(schedule, v1::RATE_COMPONENT_KIND_TIERS, "Use", "PCA");
  Charge(schedule, v1::RATE_COMPONENT_KIND_MINIMUM, "Minimum", "TAX");
  Charge(schedule, v1::RATE_COMPONENT_KIND_PERCENT, "Tax", "TAX");
  schedule.mutable_components(3)->set_rate("0.05");
  Charge(schedule, v1::RATE_COMPONENT_KIND_PERCENT, "Fee", "FRANCHISE");
  EXPECT_THAT(FaultsOf(request),
              ElementsAre("schedule.components[3].rate is the rider's",
                          "schedule.components[2].rider belongs to FIXED, TIERS, PER_UNIT, DEMAND, "
                          "WINTER_AVERAGE or PERCENT",
                          "schedule.last_date belongs to a rider",
                          "schedule.components[0].rider is a rider of another kind",
                          "schedule.components[1].rider is a rider for each kWh",
                          "schedule.components[2].rider is a rider of another kind",
                          "schedule.components[4].rider is no rider that is loaded"));
}

TEST_P(RiderTest, ARiderMayBeLoadedBeforeWhatIsAskedAbout) {
  v1::LoadScheduleRequest request = RequestOf("W2", "water", "kgal");
  Charge(*request.mutable_schedule(), v1::RATE_COMPONENT_KIND_TIERS, "Use", "WPA");
  EXPECT_THAT(FaultsOf(request),
              ElementsAre("schedule.components[0].rider is no rider that is loaded"));
  v1::RiderToCome& rider = *request.add_riders_to_come();
  rider.set_code("WPA");
  rider.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
  rider.set_usage_unit("CCF");
  EXPECT_THAT(FaultsOf(request),
              ElementsAre("schedule.components[0].rider is a rider for each CCF"));
  request.mutable_riders_to_come(0)->set_usage_unit("kgal");
  EXPECT_THAT(FaultsOf(request), IsEmpty());
  request.set_validate_only(false);
  EXPECT_THAT(FaultsOf(request), ElementsAre("riders_to_come belong to validate_only"));
}

TEST_P(RiderTest, ARiderStaysWhatItsChargersCount) {
  LoadPowerCost("2026-07-01", "", "0.01");
  LoadTax();
  LoadElectric();
  v1::LoadScheduleRequest request = RequestOf("PCA", "riders", "");
  AddFixed(*request.mutable_schedule(), "Power cost", "3.00");
  EXPECT_THAT(FaultsOf(request),
              ElementsAre("schedule.components[0] is not of the kind and unit of E1/2026-07-01: "
                          "Power cost"));
  LoadDraft(
      "TAX", "riders", "",
      [](v1::RateSchedule& rider) {
        rider.set_effective_date("2027-01-01");
        AddFixed(rider, "State tax", "1.00");
      },
      "INVALID_REQUEST");
}

TEST_P(RiderTest, AnAlteredRiderIsFound) {
  BillNovember();
  for (const std::string change :
       {"UPDATE rate_term SET word = '2027-12-31' WHERE term = 'LAST_DATE'",
        "UPDATE rate_term SET word = 'PCA' WHERE term = 'RIDER' AND word = 'TAX'",
        "UPDATE rate_tier SET rate_nanos = 20000000 WHERE schedule_code = 'PCA'",
        "UPDATE rate_schedule SET citation = 'x' WHERE schedule_code = 'PCA'"}) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", change}), 0) << change;
      std::string violations;
      for (const Finding& finding : verify::ProveAll(tx).findings) violations += finding.violation;
      EXPECT_NE(violations, "") << change;
      const bool prices = change.find("citation") == std::string::npos &&
                          change.find("LAST_DATE") == std::string::npos;
      EXPECT_EQ(violations.find("bill ") != std::string::npos, prices) << violations;
      return db::Verdict::kRollBack;
    });
  }
}

// What is activated before its days are billed again divides them otherwise, and has fewer lines.
TEST_P(RiderTest, ACancelledBillIsShownAndProvenByTheTariffOfItsRun) {
  LoadPowerCost("2026-11-01", "2026-11-30", "0.01");
  LoadTax();
  LoadElectric();
  Activate(Preview(), supervisor_);
  OpenWith(1);
  Import(Read("2026-11-19", 90'000));  // 50,000 kWh: held
  const v1::CycleRun run = StartCycle();
  Work();
  v1::ListHeldBillsRequest list;
  list.set_cycle_id(run.cycle_id());
  const auto held = Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
  ASSERT_EQ(held.bills_size(), 1);
  v1::ReviewBillRequest review;
  review.set_request_id(Key());
  review.set_account_id(kAccount);
  review.set_bill_id(held.bills(0).bill_id());
  review.set_decision(v1::REVIEW_DECISION_KEEP_READS);
  review.set_reason("the rate is wrong");
  Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, reviewer_, review);
  AcknowledgeAll(run.cycle_id());
  SignOff(GetCycle(run.cycle_id()), supervisor_);
  PostCycle(run.cycle_id());
  Work();
  LoadDraft("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2026-10-25");
    AddFixed(schedule, "Customer charge", "13.92");
  });
  Activate(Preview({"E1/2026-10-25"}), supervisor_);
  v1::ExplainBillRequest request;
  request.set_account_id(kAccount);
  request.set_bill_id(held.bills(0).bill_id());
  const v1::BillExplanation explained =
      Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  ASSERT_EQ(explained.services_size(), 1);
  EXPECT_EQ(explained.services(0).lines_size(), 4);
}

}  // namespace
}  // namespace reeve::billing
