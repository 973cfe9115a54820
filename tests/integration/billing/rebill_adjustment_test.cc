// Bills with an adjustment that counts by them, and that are made again.
#include "reeve/billing/v1/adjustment_service.pb.h"
#include "tests/integration/billing/adjusting.h"
#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

class RebillAdjustmentTest : public Rebilling, public Adjusting {
 protected:
  void SetUp() override { LoadType(Deployment()); }
  static v1::AdjustmentSpec Serving(const std::string& from_date, const std::string& to_date = {}) {
    v1::AdjustmentSpec spec = Spec(kAccount, 0, "MILITARY");
    spec.set_document("orders 114-26, copy in the account's file");
    spec.set_proven_from_date(from_date);
    spec.set_proven_to_date(to_date);
    return spec;
  }
  // Behind Reeve's back: as if the adjustment credited no bill, or these.
  void SetBasis(const std::string& basis) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_EQ(tx.Execute({"", "UPDATE adjustment SET basis = $1"}, basis), 1);
      return db::Verdict::kCommit;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, RebillAdjustmentTest, testing::BothEngines(),
                         testing::EngineName);

TEST_P(RebillAdjustmentTest, ARebillIsCreditedForTheMonthOfTheBillItReplaces) {
  BillMonths(2);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  SignAndPost(made.bill().cycle_id());
  ASSERT_NE(made.bill().bill_date(), october_.bill_date());
  const v1::AdjustmentPreview since = Preview(supervisor_, Serving("2026-11-01"));
  ASSERT_EQ(since.monthly_credits_size(), 1);
  EXPECT_EQ(since.monthly_credits(0).bill_id(), november_.bill_id());
  // Two months behind 31 August: October's, which was made again in November.
  const v1::AdjustmentPreview until = Preview(supervisor_, Serving("2026-08-01", "2026-08-31"));
  ASSERT_EQ(until.monthly_credits_size(), 1);
  EXPECT_EQ(until.monthly_credits(0).bill_id(), made.bill().bill_id());
  EXPECT_EQ(until.monthly_credits(0).bill_date(), october_.bill_date());
}

// 50 dollars of adjustments and 1,000 of bills, but of one account together.
TEST_P(RebillAdjustmentTest, WhatOnePersonAdjustedAndTookBackCountsTogether) {
  BillMonths(1);
  LoadType(WaterCredit());
  const std::string both =
      server_.SignIn(PersonId(33), {"adjustment.post", "adjustment.limit_clerk", "bill.cancel",
                                    "bill.rebill", "bill.limit_analyst"});
  v1::PreviewCancellationRequest look;
  *look.mutable_correction() = CorrectionOf(october_);
  const auto seen = [&] { return Send<v1::RebillService>(&Stub::PreviewCancellation, both, look); };
  EXPECT_EQ(seen().alone_cents(), 1'000'00);
  EXPECT_FALSE(Preview(both, Spec(kAccount, 40'00)).needs_second_person()) << "the control";
  Adjust(both, Spec(kAccount, 10'00));
  EXPECT_EQ(seen().alone_cents(), 990'00);
  v1::CancelBillRequest request;
  request.set_request_id(Key());
  *request.mutable_correction() = look.correction();
  request.set_digest(seen().digest());
  Send<v1::RebillService>(&Stub::CancelBill, both, request);
  EXPECT_TRUE(Preview(both, Spec(kAccount, 10'00)).needs_second_person());
}

TEST_P(RebillAdjustmentTest, ACreditThatABillHadIsNotGivenAgainToWhatTookItsPlace) {
  BillMonths(1);
  const v1::Adjustment credit = Adjust(supervisor_, Serving("2026-10-01"));
  EXPECT_EQ(credit.state(), v1::ADJUSTMENT_STATE_POSTED);
  Preview(supervisor_, Serving("2026-10-01"), "MONTHLY_NONE");
  SetBasis("");
  const v1::Rebill first = Rebill(CorrectionOf(october_));
  SignAndPost(first.bill().cycle_id());
  EXPECT_EQ(Preview(supervisor_, Serving("2026-10-01")).amount_cents(), 25'00) << "the control";
  SetBasis(credit.basis());
  Preview(supervisor_, Serving("2026-10-01"), "MONTHLY_NONE");
  const v1::Rebill second = Rebill(CorrectionOf(GetBill(first.bill().bill_id())));
  SignAndPost(second.bill().cycle_id());
  Preview(supervisor_, Serving("2026-10-01"), "MONTHLY_NONE");
}

TEST_P(RebillAdjustmentTest, ACreditIsAtMostWhatALimitHasLeftOfTheBill) {
  v1::AdjustmentType whole = Deployment();
  whole.set_code("MILITARY-WHOLE");
  whole.mutable_monthly()->set_amount_cents(100'00);
  whole.mutable_monthly()->set_at_most_billed(true);
  LoadType(whole);
  BillMonths(1);
  LoadLimits(Limits());
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "water"));
  RecordRead(2, "W", "2026-10-19", 508);  // 2 kgal more, of days beyond the limit
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  ASSERT_GT(made.not_charged_cents(), 0);
  Acknowledge(made.bill().cycle_id(), 1, supervisor_);
  SignAndPost(made.bill().cycle_id());
  v1::AdjustmentSpec spec = Serving("2026-10-01");
  spec.set_type_code("MILITARY-WHOLE");
  EXPECT_EQ(Preview(supervisor_, spec).amount_cents(), 24'00) << "water as it is charged";
}

// What the bill's reversal frees would be the credit for water that nobody is billed for.
TEST_P(RebillAdjustmentTest, ABillByWhichAnAdjustmentCountsIsNotCancelled) {
  BillMonths(1);
  const v1::Correction correction = CorrectionOf(october_);
  v1::CancelBillRequest cancel;
  cancel.set_request_id(Key());
  *cancel.mutable_correction() = correction;
  cancel.set_digest(LookAtCancel(correction).digest());
  const v1::RebillBillRequest rebill =
      RequestOf(correction, LookAtRebill(correction).digest(), Key());
  const v1::Adjustment credit = Adjust(supervisor_, Serving("2026-10-01"));
  EXPECT_EQ(credit.state(), v1::ADJUSTMENT_STATE_POSTED);
  LookAtCancel(correction, "ADJUSTED");
  LookAtRebill(correction, "ADJUSTED");
  Send<v1::RebillService>(&v1::RebillService::Stub::CancelBill, analyst_, cancel, "ADJUSTED");
  Rebill(rebill, "ADJUSTED");
  EXPECT_EQ(GetBill(october_.bill_id()).state(), v1::BILL_STATE_POSTED);
  Reverse(supervisor_, credit, PreviewReversal(supervisor_, credit).digest());
  Cancel(correction);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
  ExpectProven();
}

TEST_P(RebillAdjustmentTest, AProposalThatCountsByTheBillIsWithdrawnFirst) {
  v1::AdjustmentType large = Deployment();
  large.set_code("MILITARY-60");
  large.mutable_monthly()->set_amount_cents(60'00);
  LoadType(large);
  BillMonths(2);
  v1::AdjustmentSpec spec = Serving("2026-11-01");
  spec.set_type_code("MILITARY-60");
  const v1::Adjustment proposal = Adjust(analyst_, spec);
  EXPECT_EQ(proposal.state(), v1::ADJUSTMENT_STATE_PROPOSED);
  LookAtCancel(CorrectionOf(november_), "ADJUSTED");
  EXPECT_NE(LookAtCancel(CorrectionOf(october_)).digest(), "") << "it counts by another bill";
  Withdraw(analyst_, proposal);
  Cancel(CorrectionOf(november_));
}

}  // namespace
}  // namespace reeve::billing
