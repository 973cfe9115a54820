// Estimates that were billed, and that a read contradicts: cancelled backwards, and billed again by
// the months in which the water ran.
#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

// 500 kWh and the storm fee, which every month has.
constexpr std::int64_t kRest = 13'92 + 36'70 + 8'05;

class RebillEstimateTest : public Rebilling {
 protected:
  static std::string Electric(const std::string& date, std::int64_t kwh) {
    return "E" + std::to_string(kAccount) + "," + date + "," + std::to_string(40'000 + kwh) +
           ",kWh\n";
  }
  static std::string Water(const std::string& date, std::int64_t kgal) {
    return "W" + std::to_string(kAccount) + "," + date + "," + std::to_string(500 + kgal) +
           ",kgal\n";
  }
  // A month to 19 September that was read, and one to 19 October whose water is as much, estimated.
  void EstimateOctober(std::int64_t kgal) {
    LoadTariff();
    LoadLimits(Alone("2026-01-02"));
    LoadEstimatePolicy();
    SetMorning("2026-09-21");
    Open(Account(kAccount, 7, "2026-08-20"));
    Import(Electric("2026-09-19", 500) + Water("2026-09-19", kgal));
    RunCycle(7, "2026-09-20");
    SetMorning("2026-10-21");
    Import(Electric("2026-10-19", 1'000));
    EXPECT_EQ(Estimate(kAccount, 2, "2026-10-19").read_thousandths(), (500 + 2 * kgal) * 1'000);
    october_ = BillOf(RunCycle(7, "2026-10-20"));
    SetMorning("2026-11-23");
  }
  // Whatever the guard says of it.
  void Post(const v1::Rebill& made) {
    if (made.bill().state() == v1::BILL_STATE_HELD) {
      Review(made.bill(), v1::REVIEW_DECISION_RELEASE);
    }
    SignAndPost(made.bill().cycle_id());
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, RebillEstimateTest, testing::BothEngines(),
                         testing::EngineName);

// 4 kgal were estimated, and 16 ran in both months: 12 of them in one month reach its dearer block.
TEST_P(RebillEstimateTest, ACatchUpIsBilledByTheMonthsInWhichTheWaterRan) {
  EstimateOctober(4);
  Import(Electric("2026-11-19", 1'500) + Water("2026-11-19", 20));
  const v1::CycleRun run = StartCycle();
  Work();
  const v1::Bill held = GetBill(BillOf(run).bill_id());
  ASSERT_EQ(held.state(), v1::BILL_STATE_HELD);
  ASSERT_GE(held.holds_size(), 1);
  EXPECT_EQ(held.holds(0).reason(), "CATCH_UP");
  EXPECT_EQ(held.total_cents(), kRest + 16'50 + 12'50 + 4'75);
  const v1::Correction october = CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE);
  const v1::Correction november = CorrectionOf(held, v1::REBILL_CAUSE_ESTIMATE);
  LookAtRebill(november, "BILL_NOT_POSTED");
  Estimate(kAccount, 2, "2026-10-19", "READ_THERE");

  Review(held, v1::REVIEW_DECISION_KEEP_READS);
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE, "water"));
  LookAtRebill(november, "EARLIER_DAYS_OPEN");
  LookAtRebill(october, "REBILL_NOT_PRICED");
  // 30 of the 61 days between the reads: 7.87.
  const v1::Read between = Estimate(kAccount, 2, "2026-10-19");
  EXPECT_EQ(between.source(), v1::READ_SOURCE_ESTIMATE);
  EXPECT_EQ(between.read_thousandths(), 512'000);
  Estimate(kAccount, 2, "2026-10-19", "READ_THERE");
  const v1::Rebill first = Rebill(october);
  EXPECT_EQ(first.bill().total_cents(), kRest + 16'50 + 10'00);
  const v1::Rebill second = Rebill(november);
  EXPECT_EQ(second.bill().total_cents(), kRest + 16'50 + 10'00);
  EXPECT_EQ(second.bill().rebilled_bill_id(), held.bill_id());
  LookAtRebill(november, "ALREADY_REBILLED");
  Estimate(kAccount, 2, "2026-11-01", "READ_THERE");  // these days are billed
  ExpectProven();
  Post(first);
  Post(second);
  EXPECT_EQ(Cancellations().cancellations_size(), 0);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 3 * (kRest + 16'50) + 5'00 + 2 * 10'00);
}

// The presumption that it is a back-bill: what lies beyond the limit is not charged.
TEST_P(RebillEstimateTest, TheLimitOfBackBillsHoldsForACatchUp) {
  EstimateOctober(4);
  LoadLimits(Limits());  // one month before the discovery
  Import(Electric("2026-11-19", 1'500) + Water("2026-11-19", 20));
  const v1::CycleRun run = StartCycle();
  Work();
  Review(BillOf(run), v1::REVIEW_DECISION_KEEP_READS);
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE, "water"));
  Estimate(kAccount, 2, "2026-10-19");
  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE));
  ASSERT_EQ(seen.limits_size(), 1);
  EXPECT_EQ(seen.limits(0).rule(), "BACKBILL_MONTHS");
  EXPECT_EQ(seen.limits(0).service(), "water");
  EXPECT_EQ(seen.not_charged_cents(), 5'00);
}

// 10 kgal were estimated, and 4 ran in both months: the read lies below the estimate.
TEST_P(RebillEstimateTest, AnEstimateThatWasTooHighIsTakenBack) {
  EstimateOctober(10);
  Import(Electric("2026-11-19", 1'500) + Water("2026-11-19", 14));
  ASSERT_EQ(WaitingReads().size(), 1u);
  EXPECT_EQ(WaitingReads()[0].reason(), "BELOW_ESTIMATE");
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE, "water"));
  Estimate(kAccount, 2, "2026-10-19", "READS_WAIT");
  Resolve(WaitingReads()[0], v1::READ_RESOLUTION_ACCEPT);
  EXPECT_EQ(Estimate(kAccount, 2, "2026-10-19").read_thousandths(), 512'000);
  const v1::Rebill made = Rebill(CorrectionOf(october_, v1::REBILL_CAUSE_ESTIMATE));
  EXPECT_EQ(made.bill().total_cents(), kRest + 16'50 + 2'50);
  Post(made);
  EXPECT_EQ(BillOf(RunCycle()).total_cents(), kRest + 16'50 + 2'50);
}

}  // namespace
}  // namespace reeve::billing
