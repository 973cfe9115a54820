#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/adjustment_service.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "tests/integration/billing/adjusting.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

// Bills of August to November; orders from 1 September, release on 30 September.
class MonthlyTest : public Adjusting {
 protected:
  void SetUp() override {
    LoadTariff();
    LoadType(WaterCredit());
    LoadType(Deployment());
    Open(Account(kAccount, 7, "2026-07-20"));
    for (const int month : {8, 9, 10, 11}) Bill(month);
    balance_ = GetBalance(kAccount).total_cents();
  }
  void Bill(int month) {
    const std::string text = (month < 10 ? "2026-0" : "2026-") + std::to_string(month);
    SetMorning(text + "-23");
    const std::string account = std::to_string(kAccount);
    // No two months alike: the guard holds use that repeats itself.
    const int kwh = 40'000 + 100 * month + month * month;
    const int kgal = 500 + 5 * (month - 7) + month % 2;
    Import("E" + account + "," + text + "-19," + std::to_string(kwh) + ",kWh\nW" + account + "," +
           text + "-19," + std::to_string(kgal) + ",kgal\n");
    RunCycle(7, text + "-20");
  }
  static v1::AdjustmentSpec Serving(const std::string& to_date = {}) {
    v1::AdjustmentSpec spec = Spec(kAccount, 0, "MILITARY");
    spec.set_document("orders 114-26, copy in the account's file");
    spec.set_proven_from_date("2026-09-01");
    spec.set_proven_to_date(to_date);
    return spec;
  }
  std::int64_t balance_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MonthlyTest, testing::BothEngines(), testing::EngineName);

TEST_P(MonthlyTest, EachBillOfADeploymentIsCreditedOnce) {
  const v1::AdjustmentPreview preview = Preview(supervisor_, Serving("2026-09-30"));
  ASSERT_EQ(preview.monthly_credits_size(), 3) << "September, October, and November: two months";
  EXPECT_EQ(preview.monthly_credits(0).bill_date(), "2026-09-23");
  EXPECT_EQ(preview.monthly_credits(2).bill_date(), "2026-11-23");
  EXPECT_EQ(preview.amount_cents(), 75'00);
  const v1::Adjustment posted = Adjust(supervisor_, Serving("2026-09-30"));
  EXPECT_EQ(posted.state(), v1::ADJUSTMENT_STATE_POSTED);
  EXPECT_EQ(posted.basis().substr(0, 23), "2026-09-01..2026-09-30,");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), balance_ - 75'00);
  Preview(supervisor_, Serving("2026-09-30"), "MONTHLY_NONE");
  Reverse(supervisor_, posted, PreviewReversal(supervisor_, posted).digest());
  EXPECT_EQ(Preview(supervisor_, Serving()).monthly_credits_size(), 3) << "none of them has it now";
  ExpectProven();
}

TEST_P(MonthlyTest, TheNextBillIsCreditedUntilSoManyMonthsBehindTheRelease) {
  Adjust(supervisor_, Serving());
  Bill(12);
  EXPECT_EQ(Preview(supervisor_, Serving()).amount_cents(), 25'00) << "one more bill";
  Preview(supervisor_, Serving("2026-09-30"), "MONTHLY_NONE");
  EXPECT_EQ(Preview(supervisor_, Serving("2026-10-23")).amount_cents(), 25'00);
}

TEST_P(MonthlyTest, OrdersAreNamedAndTheTimeIsGiven) {
  v1::AdjustmentSpec spec = Serving();
  spec.clear_document();
  EXPECT_EQ(Preview(supervisor_, spec).refusal(), "DOCUMENT_MISSING");
  spec = Serving();
  spec.clear_proven_from_date();
  spec.set_amount_cents(25'00);
  Preview(supervisor_, spec, "INVALID_REQUEST");
  spec = Serving("2026-08-31");
  Preview(supervisor_, spec, "INVALID_REQUEST");
  spec = Serving();
  spec.set_type_code("LEAK-W");
  Preview(supervisor_, spec, "INVALID_REQUEST");
  v1::AdjustmentType bad = Deployment();
  bad.set_code("MILITARY-BAD");
  bad.set_needs_document(false);
  LoadType(bad, "INVALID_REQUEST");
}

}  // namespace
}  // namespace reeve::billing
