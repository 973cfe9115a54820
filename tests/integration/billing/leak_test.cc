#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/adjustment_service.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "tests/integration/billing/adjusting.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

// Three bills of 5 kgal and one of 25: 16.50 + 12.50 + 15 x 2.375.
class LeakTest : public Adjusting {
 protected:
  void SetUp() override {
    LoadTariff();
    LoadType(WaterCredit());
    LoadType(Leak());
    Open(Account(kAccount, 7, "2026-07-20"));
    BillMonth("08", 40'100, 505);
    BillMonth("09", 40'200, 510);
    BillMonth("10", 40'300, 515);
    BillMonth("11", 40'400, 540);
    balance_ = GetBalance(kAccount).total_cents();
  }
  void BillMonth(const std::string& month, std::int64_t kwh, std::int64_t kgal) {
    SetMorning("2026-" + month + "-23");
    const std::string account = std::to_string(kAccount);
    const std::string date = "2026-" + month + "-19";
    Import("E" + account + "," + date + "," + std::to_string(kwh) + ",kWh\nW" + account + "," +
           date + "," + std::to_string(kgal) + ",kgal\n");
    const std::int64_t cycle_id = StartCycle({}, 7, "2026-" + month + "-20").cycle_id();
    Work();
    ReleaseHeld(cycle_id);
    const v1::ListCycleFindingsResponse findings = Findings(cycle_id);
    for (const v1::CycleFinding& finding : findings.findings()) {
      Acknowledge(cycle_id, finding.finding_no(), supervisor_);
    }
    SignOff(GetCycle(cycle_id), supervisor_);
    PostCycle(cycle_id);
    Work();
  }
  // The guard holds the bill of a leak; its use is true.
  void ReleaseHeld(std::int64_t cycle_id) {
    v1::ListHeldBillsRequest list;
    list.set_cycle_id(cycle_id);
    const v1::ListHeldBillsResponse held =
        Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, supervisor_, list);
    for (const v1::Bill& bill : held.bills()) {
      v1::ReviewBillRequest review;
      review.set_request_id(Key());
      review.set_account_id(bill.account_id());
      review.set_bill_id(bill.bill_id());
      review.set_decision(v1::REVIEW_DECISION_RELEASE);
      review.set_reason("the service line leaks");
      review.set_review_seconds(40);
      Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, review);
      ++released_;
    }
  }
  std::vector<v1::Bill> Bills() {
    v1::ListBillsRequest request;
    request.set_account_id(kAccount);
    const v1::ListBillsResponse list =
        Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, request);
    return {list.bills().begin(), list.bills().end()};
  }
  v1::AdjustmentSpec LeakSpec(std::int64_t bill_id) {
    v1::AdjustmentSpec spec = Spec(kAccount, 0, "LEAK-RULE");
    spec.add_leak_bill_ids(bill_id);
    return spec;
  }
  std::int64_t balance_ = 0;
  int released_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, LeakTest, testing::BothEngines(), testing::EngineName);

TEST_P(LeakTest, TheBillIsPricedAgainWithTheUseThatIsLeft) {
  const std::vector<v1::Bill> bills = Bills();
  ASSERT_EQ(bills.size(), 4u);
  EXPECT_EQ(released_, 1);
  const v1::AdjustmentSpec spec = LeakSpec(bills[0].bill_id());
  const v1::AdjustmentPreview preview = Preview(analyst_, spec);
  ASSERT_EQ(preview.leak_credits_size(), 1);
  const v1::LeakCredit& credit = preview.leak_credits(0);
  EXPECT_EQ(credit.usage_thousandths(), 25'000);
  EXPECT_EQ(credit.normal_thousandths(), 5'000);
  EXPECT_EQ(credit.credited_thousandths(), 10'000);
  EXPECT_EQ(credit.amount_cents(), 35'63 - 11'88) << "15 and 5 kgal of the upper block";
  EXPECT_EQ(preview.amount_cents(), credit.amount_cents());
  const v1::Adjustment posted = Adjust(analyst_, spec);
  EXPECT_EQ(posted.amount_cents(), 23'75);
  EXPECT_EQ(posted.basis(), std::to_string(bills[0].bill_id()) + "=10000");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), balance_ - 23'75);
  Preview(analyst_, spec, "LEAK_TOO_SOON");
  Reverse(analyst_, posted, PreviewReversal(analyst_, posted).digest());
  EXPECT_EQ(Preview(analyst_, spec).amount_cents(), 23'75) << "one that was taken back is none";
}

TEST_P(LeakTest, WhatCannotBeComputedIsRefused) {
  const std::vector<v1::Bill> bills = Bills();
  ASSERT_EQ(bills.size(), 4u);
  v1::AdjustmentSpec spec = LeakSpec(4711);
  Preview(analyst_, spec, "LEAK_BILLS");
  spec.set_leak_bill_ids(0, bills[3].bill_id());
  Preview(analyst_, spec, "LEAK_HISTORY");
  spec.add_leak_bill_ids(bills[0].bill_id());
  Preview(analyst_, spec, "LEAK_PERIODS");
  spec.clear_leak_bill_ids();
  Preview(analyst_, spec, "INVALID_REQUEST");
  spec.set_amount_cents(10'00);
  Preview(analyst_, spec, "INVALID_REQUEST");
  spec = LeakSpec(bills[0].bill_id());
  spec.set_type_code("LEAK-W");
  Preview(analyst_, spec, "INVALID_REQUEST");
}

TEST_P(LeakTest, ARuleOutOfItsRangesNamesTheField) {
  v1::AdjustmentType bad = Leak();
  bad.set_code("LEAK-BAD");
  bad.mutable_leak()->set_periods_credited_max(2);
  LoadType(bad, "INVALID_REQUEST");
  bad = ElectricFee();
  *bad.mutable_leak() = Leak().leak();
  LoadType(bad, "INVALID_REQUEST");
}

}  // namespace
}  // namespace reeve::billing
