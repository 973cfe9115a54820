// Sewer that is billed by the water meter of the place.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class MeteredByTest : public Billing {
 protected:
  void SetUp() override {
    LoadTariff();
    Load("S1", "sewer", "kgal", FillSewer);
  }
  static void FillSewer(v1::RateSchedule& schedule) {
    schedule.set_metered_by("water");
    // The first component has terms on both sides of METERED_BY, as rows are ordered.
    v1::RateComponent& volume = *schedule.add_components();
    volume.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    volume.set_name("Volume");
    volume.set_at_least("0.5");
    volume.set_step("0.5");
    AddTier(volume, "", "6.85");
    v1::RateComponent& base = *schedule.add_components();
    base.set_kind(v1::RATE_COMPONENT_KIND_METER_SIZE);
    base.set_name("Base charge");
    for (const auto& [size, rate] : {std::pair("5/8", "9.00"), std::pair("1", "14.00")}) {
      v1::SizePrice& one = *base.add_sizes();
      one.set_size(size);
      one.set_rate(rate);
    }
  }
  // Sewer stands before water, so that the order in which they are kept is not that of pricing.
  static account::v1::AccountOpened WithSewer(std::int64_t account_id) {
    account::v1::AccountOpened opened = Account(account_id);
    account::v1::AgreementSpec sewer = opened.agreements(2);
    sewer.set_agreement_id(account_id * 10);
    sewer.set_service("sewer");
    sewer.set_schedule_code("S1");
    *opened.add_agreements() = sewer;
    opened.mutable_agreements(1)->set_meter_size("1");
    return opened;
  }
  static std::string Read(const char* meter, std::int64_t counts, const char* unit) {
    return meter + std::to_string(kAccount) + ",2026-11-19," + std::to_string(counts) + "," + unit +
           "\n";
  }
  std::int64_t BillAll(std::int64_t kgal) {
    Import(Read("E", 40'400, "kWh") + Read("W", 500 + kgal, "kgal"));
    return RunCycle().cycle_id();
  }
  v1::Bill GetBill() {
    v1::GetBillRequest request;
    request.set_account_id(kAccount);
    return Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, request);
  }
  v1::ServiceExplanation ExplainSewer() {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    return SewerOf(Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request));
  }
  static v1::ServiceExplanation SewerOf(const v1::BillExplanation& explanation) {
    for (const v1::ServiceExplanation& service : explanation.services()) {
      if (service.service() == "sewer") return service;
    }
    ADD_FAILURE() << "no sewer";
    return {};
  }
  v1::BillSimulation Simulate(const std::string& service, const std::string& usage,
                              const std::string& reason = {}) {
    v1::SimulateBillRequest request;
    request.set_account_id(kAccount);
    v1::SimulatedChange& change = *request.add_changes();
    change.set_service(service);
    change.set_usage(usage);
    return Send<v1::BillService>(&v1::BillService::Stub::SimulateBill, analyst_, request, reason);
  }
  std::string HeldBecause(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    const auto held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request);
    std::string text;
    for (const v1::Bill& bill : held.bills()) {
      for (const v1::Hold& hold : bill.holds()) {
        text += hold.service() + " " + hold.reason() + ": " + hold.evidence() + "\n";
      }
    }
    return text;
  }
  std::string FirstViolation(const std::string& statement) {
    std::string violation;
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", statement}), 0) << statement;
      for (const Finding& finding : verify::ProveAll(tx, Until::kFirstViolation).findings) {
        if (violation.empty() && !finding.violation.empty()) violation = finding.check;
      }
      return db::Verdict::kRollBack;
    });
    return violation;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MeteredByTest, testing::BothEngines(), testing::EngineName);

TEST_P(MeteredByTest, SewerIsBilledByWhatTheWaterMeterMeasured) {
  Open(WithSewer(kAccount));
  BillAll(5);
  const v1::ServiceExplanation sewer = ExplainSewer();
  EXPECT_EQ(sewer.amount_cents(), 14'00 + 34'25);  // a meter of 1 inch, 5 kgal at 6.85
  EXPECT_EQ(sewer.to_date(), "2026-11-19");
  EXPECT_EQ(sewer.usage().usage(), "5 kgal");
  EXPECT_EQ(sewer.usage().metered_by(), "water");
  EXPECT_EQ(sewer.usage().meter_number(), "");
}

TEST_P(MeteredByTest, NobodyChangesTheUseOrWhoseItIsUnseen) {
  Open(WithSewer(kAccount));
  BillAll(5);
  for (const char* change :
       {"metered_by = ''", "metered_by = 'electric'", "metered_size = '5/8'",
        "usage_thousandths = 4000", "estimated = 1", "to_date = '2026-11-20'"}) {
    EXPECT_EQ(FirstViolation("UPDATE bill_segment SET " + std::string(change) +
                             " WHERE service = 'sewer'"),
              "bills-from-reads-and-rates")
        << change;
  }
  EXPECT_EQ(FirstViolation("UPDATE bill_segment SET metered_size = '1' WHERE service = 'storm'"),
            "bills-from-reads-and-rates");
  EXPECT_EQ(FirstViolation("UPDATE rate_term SET word = 'electric' WHERE term = 'METERED_BY'"),
            "rates-as-audited");
}

TEST_P(MeteredByTest, WithoutAReadOnlyWaterHoldsTheBill) {
  Open(WithSewer(kAccount));
  Import(Read("E", 40'400, "kWh"));
  const v1::CycleRun run = StartCycle();
  Work();
  const std::string held = HeldBecause(run.cycle_id());
  EXPECT_NE(held.find("water NO_READ"), std::string::npos) << held;
  EXPECT_EQ(held.find("sewer"), std::string::npos) << held;
}

TEST_P(MeteredByTest, WithoutAMeterItHoldsTheBillItself) {
  account::v1::AccountOpened opened = WithSewer(kAccount);
  opened.mutable_agreements()->DeleteSubrange(1, 1);
  Open(opened);
  Import(Read("E", 40'400, "kWh"));
  const v1::CycleRun run = StartCycle();
  Work();
  EXPECT_EQ(
      HeldBecause(run.cycle_id()),
      "sewer NOT_PRICED: S1: the meter of water, by which it is billed, measured no days from "
      "2026-10-20 up to 2026-11-20\n");
}

// The first bill was sent without its sewer: its use is not lost in the next one.
TEST_P(MeteredByTest, WaterThatWasBilledWithoutItHoldsTheNextBill) {
  account::v1::AccountOpened opened = WithSewer(kAccount);
  opened.mutable_agreements(1)->set_meter_size("7");  // of which the schedule knows no price
  Open(opened);
  Import(Read("E", 40'400, "kWh") + Read("W", 505, "kgal"));
  const v1::CycleRun run = StartCycle();
  Work();
  v1::ReviewBillRequest review;
  review.set_request_id(Key());
  review.set_account_id(kAccount);
  v1::GetBillRequest request;
  request.set_account_id(kAccount);
  v1::ListHeldBillsRequest list;
  list.set_cycle_id(run.cycle_id());
  const auto held = Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, list);
  ASSERT_EQ(held.bills_size(), 1);
  review.set_bill_id(held.bills(0).bill_id());
  review.set_decision(v1::REVIEW_DECISION_RELEASE);
  review.set_reason("sewer later");
  Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, reviewer_, review);
  AcknowledgeAll(run.cycle_id());
  SignOff(GetCycle(run.cycle_id()), supervisor_);
  PostCycle(run.cycle_id());
  Work();
  SetMorning("2026-12-22");
  Import("E" + std::to_string(kAccount) + ",2026-12-19,40800,kWh\nW" + std::to_string(kAccount) +
         ",2026-12-19,511,kgal\n");
  const v1::CycleRun next = StartCycle("", 7, "2026-12-20");
  Work();
  const std::string why = HeldBecause(next.cycle_id());
  EXPECT_NE(
      why.find("sewer NOT_PRICED: S1: the meter of water, by which it is billed, was billed to "
               "2026-11-19 without it: from 2026-10-20 on its days are open"),
      std::string::npos)
      << why;
}

TEST_P(MeteredByTest, AMeterOfAnotherUnitHoldsTheBill) {
  Load("W2", "water", "CCF", [](v1::RateSchedule& schedule) {
    v1::RateComponent& water = *schedule.add_components();
    water.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    water.set_name("Water");
    AddTier(water, "", "3.00");
  });
  account::v1::AccountOpened opened = WithSewer(kAccount);
  opened.mutable_agreements(1)->set_unit("CCF");
  opened.mutable_agreements(1)->set_schedule_code("W2");
  Open(opened);
  Import(Read("E", 40'400, "kWh") + Read("W", 505, "CCF"));
  const v1::CycleRun run = StartCycle();
  Work();
  EXPECT_EQ(HeldBecause(run.cycle_id()),
            "sewer NOT_PRICED: S1: the meter of water, by which it is billed, is not read in "
            "kgal\n");
}

TEST_P(MeteredByTest, ASimulationOfOtherWaterChangesSewerToo) {
  Open(WithSewer(kAccount));
  BillAll(5);
  const v1::BillSimulation simulation = Simulate("water", "8");
  EXPECT_EQ(SewerOf(simulation.explanation()).amount_cents(), 14'00 + 54'80);
  Simulate("sewer", "8", "INVALID_REQUEST");
}

TEST_P(MeteredByTest, WhatItNamesIsAnotherServiceWithAUnit) {
  const auto bad = [](v1::RateSchedule& schedule) {
    FillSewer(schedule);
    schedule.set_metered_by("sewer");
    schedule.mutable_components(0)->set_period("on");
  };
  LoadDraft("S2", "sewer", "kgal", bad, "INVALID_REQUEST");
  LoadDraft("S2", "sewer", "", FillSewer, "INVALID_REQUEST");
  // A code goes by one meter in all its versions.
  LoadDraft(
      "S1", "sewer", "kgal",
      [](v1::RateSchedule& schedule) {
        FillSewer(schedule);
        schedule.set_effective_date("2027-01-01");
        schedule.set_metered_by("irrigation");
      },
      "SCHEDULE_CHANGES_SERVICE");
}

}  // namespace
}  // namespace reeve::billing
