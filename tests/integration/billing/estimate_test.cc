#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class EstimateTest : public Billing {
 protected:
  static std::string Row(const std::string& meter, const std::string& date, std::int64_t read,
                         const std::string& unit = "kWh") {
    return meter + std::to_string(kAccount) + "," + date + "," + std::to_string(read) + "," + unit +
           "\n";
  }
  // October is billed by reads: 812 kWh and 12 kgal in 30 days.
  void BillOctober() {
    LoadTariff();
    Open(Account(kAccount));
    Import(Row("E", "2026-11-19", 40'812) + Row("W", "2026-11-19", 512, "kgal"));
    RunCycle();
    SetMorning("2026-12-22");
  }
  v1::BillExplanation Explain() {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request);
  }
  std::vector<std::string> Queued(std::int64_t import_id) {
    v1::ListReadExceptionsRequest request;
    request.set_import_id(import_id);
    const auto answer =
        Send<v1::ReadService>(&v1::ReadService::Stub::ListReadExceptions, analyst_, request);
    std::vector<std::string> reasons;
    for (const v1::ReadException& one : answer.exceptions()) reasons.push_back(one.reason());
    return reasons;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, EstimateTest, testing::BothEngines(), testing::EngineName);

TEST_P(EstimateTest, AnEstimateIsMarkedOnTheReadAndOnTheBill) {
  BillOctober();
  LoadEstimatePolicy();
  const v1::Read estimate = Estimate(kAccount, 1, "2026-12-19");
  EXPECT_EQ(estimate.source(), v1::READ_SOURCE_ESTIMATE);
  EXPECT_EQ(estimate.read_thousandths(), 41'624'000) << "812 kWh in 30 days again";
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  const v1::BillExplanation explained = Explain();
  EXPECT_TRUE(explained.services(0).usage().estimated());
  EXPECT_FALSE(explained.services(0).lines(0).line().estimated()) << "a fixed charge is none";
  EXPECT_TRUE(explained.services(0).lines(1).line().estimated());
  EXPECT_FALSE(explained.services(1).usage().estimated());
  EXPECT_FALSE(explained.services(1).lines(1).line().estimated());
}

TEST_P(EstimateTest, RefusesInOrderOfPrecedence) {
  BillOctober();
  Estimate(kAccount + 1, 1, "2026-12-19", "ACCOUNT_UNKNOWN");
  Estimate(kAccount, 7, "2026-12-19", "AGREEMENT_UNKNOWN");
  Estimate(kAccount, 3, "2026-12-19", "NOT_METERED");
  Estimate(kAccount, 1, "2026-12-19", "POLICY_MISSING");
  LoadEstimatePolicy(2);
  v1::LoadEstimatePolicyRequest again;
  again.set_request_id(Key());
  again.mutable_policy()->set_effective_date("2026-07-01");
  again.mutable_policy()->set_citation("Another");
  again.mutable_policy()->set_basis(v1::ESTIMATE_BASIS_PRIOR);
  again.mutable_policy()->set_period_count(1);
  again.mutable_policy()->set_in_a_row_max(1);
  Send<v1::ReadService>(&v1::ReadService::Stub::LoadEstimatePolicy, analyst_, again,
                        "POLICY_EXISTS");
  Estimate(kAccount, 1, "2026-11-19", "READ_THERE");
  Estimate(kAccount, 1, "2026-12-19", "NO_HISTORY");
  LoadEstimatePolicy(1, "2026-12-01");
  Estimate(kAccount, 1, "2026-12-24", "INVALID_REQUEST");
  Estimate(kAccount, 1, "2026-12-19");
  Estimate(kAccount, 1, "2026-12-20");
  Estimate(kAccount, 1, "2026-12-21", "TOO_MANY_ESTIMATES");
  EXPECT_EQ(Import(Row("E", "2026-12-21", 42'000)).accepted_count(), 1);
  Estimate(kAccount, 1, "2026-12-22");
}

// What shows less than an estimate is never a revolution of the register: the read waits for
// somebody, and the bill with it.
TEST_P(EstimateTest, AReadBelowAnEstimateIsQueuedAndItsBillHeld) {
  BillOctober();
  LoadEstimatePolicy();
  Estimate(kAccount, 1, "2026-12-19");
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  SetMorning("2027-01-22");
  const v1::ReadImport import =
      Import(Row("E", "2027-01-19", 41'500) + Row("W", "2027-01-19", 530, "kgal"));
  EXPECT_EQ(import.accepted_count(), 1);
  EXPECT_EQ(Queued(import.import_id()), (std::vector<std::string>{"BELOW_ESTIMATE"}));
  StartCycle("READS_WAIT", 7, "2027-01-20");
  DiscardWaitingReads();
  EXPECT_EQ(RunCycle(7, "2027-01-20").held_count(), 1);
}

TEST_P(EstimateTest, TheNextReadSettlesWhatWasEstimated) {
  BillOctober();
  LoadEstimatePolicy();
  Estimate(kAccount, 1, "2026-12-19");
  Import(Row("W", "2026-12-19", 520, "kgal"));
  RunCycle(7, "2026-12-20");
  SetMorning("2027-01-22");
  Import(Row("E", "2027-01-19", 42'024) + Row("W", "2027-01-19", 530, "kgal"));
  RunCycle(7, "2027-01-20");
  EXPECT_EQ(Explain().services(0).usage().usage(), "400 kWh");
  EXPECT_FALSE(Explain().services(0).usage().estimated());
}

}  // namespace
}  // namespace reeve::billing
