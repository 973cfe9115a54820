// Winter averages through the API: computed, held, decided, signed, billed by.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/winter_service.pb.h"
#include "tests/integration/billing/winters.h"

namespace reeve::billing {
namespace {

std::int64_t AccountAt(int index) { return 10000000009 + index * 100; }

class WinterTest : public Winters {
 protected:
  // Three homes with a bill of water in November: 9 kgal, 40 kgal, and none that was read.
  void BillWater() {
    LoadTariff();
    LoadSewer();
    for (int i = 0; i < 3; ++i) Open(SewerAccount(AccountAt(i), 7, "2026-10-20", i == 1 ? 0 : 4));
    ReadAll("2026-11-19", 40'500, {509, 540, -1});
    RunCycle();
    SetMorning("2026-12-22");
  }
  // Registers of the three homes on a day; one below 0 was not read.
  void ReadAll(const std::string& day, std::int64_t electric,
               const std::vector<std::int64_t>& water) {
    std::string reads;
    for (int i = 0; i < 3; ++i) {
      const std::string number = std::to_string(AccountAt(i));
      const std::int64_t kgal = water[static_cast<std::size_t>(i)];
      reads += "E" + number + "," + day + "," + std::to_string(electric) + ",kWh\n";
      if (kgal >= 0) reads += "W" + number + "," + day + "," + std::to_string(kgal) + ",kgal\n";
    }
    Import(reads);
  }
  std::int64_t SewerCents(int index) {
    v1::ExplainBillRequest request;
    request.set_account_id(AccountAt(index));
    const auto explained =
        Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
    for (const v1::ServiceExplanation& service : explained.services()) {
      if (service.service() == "sewer") return service.amount_cents();
    }
    return -1;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, WinterTest, testing::BothEngines(), testing::EngineName);

TEST_P(WinterTest, AveragesAreHeldDecidedSignedAndOnlyThenBilledBy) {
  BillWater();
  EXPECT_EQ(SewerCents(0), 12'00) << "by 4 kgal";
  EXPECT_EQ(SewerCents(1), 15'00) << "the schedule's default";
  LoadWinterRule(WinterRuleOf());
  const v1::WinterRun started = StartWinter("2027-01-01", 2026);
  EXPECT_EQ(started.state(), v1::WINTER_RUN_STATE_COMPUTING);
  const v1::WinterRun computed = Advance(started.run_id());
  EXPECT_EQ(computed.state(), v1::WINTER_RUN_STATE_COMPUTED);
  EXPECT_EQ(computed.average_count(), 3);
  EXPECT_EQ(computed.held_count(), 1);
  const std::vector<v1::WinterAverage> all = Averages(started.run_id());
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].quantity_thousandths(), 9'000);
  EXPECT_EQ(all[0].previous_thousandths(), 4'000);
  EXPECT_EQ(all[1].quantity_thousandths(), 40'000);
  const std::vector<v1::WinterAverage> held = Averages(started.run_id(), /*held_only=*/true);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].problem(), "INHERITED");
  Sign(started.run_id(), computed.total_thousandths(), supervisor_, "AVERAGES_HELD");
  Decide(held[0], started.run_id(), v1::WINTER_DECISION_OTHER, 6'000, supervisor_);
  const v1::WinterRun run = Sign(started.run_id(), 55'000, supervisor_);
  EXPECT_EQ(run.state(), v1::WINTER_RUN_STATE_SIGNED);
  EXPECT_EQ(run.signed_by_person_id(), 9);
  // A period that ends before its day is billed as before.
  ReadAll("2026-12-19", 41'000, {518, 580, 507});
  RunCycle(7, "2026-12-20");
  EXPECT_EQ(SewerCents(0), 12'00);
  SetMorning("2027-01-22");
  ReadAll("2027-01-19", 41'500, {527, 620, 514});
  RunCycle(7, "2027-01-20");
  EXPECT_EQ(SewerCents(0), 27'00);
  EXPECT_EQ(SewerCents(1), 120'00);
  EXPECT_EQ(SewerCents(2), 18'00);
}

TEST_P(WinterTest, WhatNobodyHasSignedChangesNothing) {
  BillWater();
  LoadWinterRule(WinterRuleOf());
  Advance(StartWinter("2027-01-01", 2026).run_id());
  SetMorning("2027-01-22");
  ReadAll("2027-01-19", 41'500, {527, 620, 514});
  RunCycle(7, "2027-01-20");
  EXPECT_EQ(SewerCents(0), 12'00);
}

// A component "Winter average" of kind per-unit bills by the agreement's quantity: a run of it
// would be made, decided and signed, and change no bill.
TEST_P(WinterTest, ARunThatWouldChangeNoBillIsRefused) {
  LoadTariff();
  v1::WinterRule rule = WinterRuleOf();
  rule.set_schedule_code("ST1");
  LoadWinterRule(rule, "NOT_BY_AVERAGE");
  rule.set_schedule_code("NO-SUCH");
  LoadWinterRule(rule, "NOT_BY_AVERAGE");
  LoadWinterRule(WinterRuleOf(), "NOT_BY_AVERAGE");
  LoadSewer();
  rule = WinterRuleOf();
  rule.set_leak_hundredths(1'001);
  LoadWinterRule(rule, "INVALID_REQUEST");
  LoadWinterRule(WinterRuleOf());
}

TEST_P(WinterTest, RefusesInOrderOfPrecedence) {
  BillWater();
  StartWinter("2027-01-01", 2026, "RULE_MISSING");
  LoadWinterRule(WinterRuleOf());
  LoadWinterRule(WinterRuleOf(), "RULE_EXISTS");
  StartWinter("2027-12-01", 2027, "WINTER_NOT_OVER");
  StartWinter("2026-11-15", 2026, "WINTER_NOT_OVER");
  const v1::WinterRun run = StartWinter("2027-01-01", 2026);
  StartWinter("2027-01-01", 2026, "RUN_EXISTS");
  Sign(run.run_id(), 0, supervisor_, "RUN_NOT_COMPUTED");
  Advance(run.run_id() + 1, "RUN_UNKNOWN");
  Advance(run.run_id());
  Advance(run.run_id(), "RUN_COMPUTED");
  const v1::WinterAverage held = Averages(run.run_id(), true).at(0);
  Decide(held, run.run_id() + 1, v1::WINTER_DECISION_DEFAULT, 0, supervisor_, "RUN_UNKNOWN");
  v1::WinterAverage other = held;
  other.set_agreement_id(7);
  Decide(other, run.run_id(), v1::WINTER_DECISION_DEFAULT, 0, supervisor_, "AVERAGE_UNKNOWN");
  Decide(held, run.run_id(), v1::WINTER_DECISION_DEFAULT, 5, supervisor_, "INVALID_REQUEST");
  Decide(held, run.run_id(), v1::WINTER_DECISION_PREVIOUS, 0, analyst_, "SAME_PERSON");
  EXPECT_EQ(Decide(held, run.run_id(), v1::WINTER_DECISION_PREVIOUS, 0, supervisor_)
                .quantity_thousandths(),
            4'000);
  Decide(held, run.run_id(), v1::WINTER_DECISION_PREVIOUS, 0, supervisor_, "AVERAGE_NOT_HELD");
  Sign(run.run_id(), 53'000, analyst_, "SAME_PERSON");
  Sign(run.run_id(), 53'001, supervisor_, "STALE");
  SetMorning("2027-01-04");
  Sign(run.run_id(), 53'000, supervisor_, "DAY_PASSED");
  SetMorning("2026-12-23");
  Sign(run.run_id(), 53'000, supervisor_);
  Sign(run.run_id(), 53'000, supervisor_, "RUN_NOT_COMPUTED");
}

}  // namespace
}  // namespace reeve::billing
