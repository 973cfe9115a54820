// What bills say of themselves: their derivation, why two differ, what one would be.
#include <gmock/gmock.h>

#include <set>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/explanation.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "shared/rpc/error.h"
#include "tests/integration/billing/billing_fixture.h"
#include "tests/unit/billing/evaluated.h"

namespace reeve::billing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kAccount = 30000000008;

class BillTest : public Billing {
 protected:
  // October's bill: 10 days, 500 kWh, 5 kgal.
  void BillOctober() {
    SetMorning("2026-10-31");
    Import(Reads(500, 5, "2026-10-30"));
    RunCycle(7, "2026-10-31");
    SetMorning("2026-11-23");
  }
  void BillTwice() {
    LoadTariff();
    Open(Account(kAccount));
    BillOctober();
    Import(Reads(1'512, 17, "2026-11-19"));
    RunCycle();
  }
  // Rows of both meters: so much was used since the account was opened.
  static std::string Reads(int kilowatt_hours, int kilogallons, const std::string& date) {
    return "E" + std::to_string(kAccount) + "," + date + "," +
           std::to_string(40'000 + kilowatt_hours) + ",kWh\nW" + std::to_string(kAccount) + "," +
           date + "," + std::to_string(500 + kilogallons) + ",kgal\n";
  }
  v1::BillExplanation Explain(std::int64_t bill_id = 0, const std::string& reason = {}) {
    v1::ExplainBillRequest request;
    request.set_account_id(kAccount);
    request.set_bill_id(bill_id);
    return Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, request, reason);
  }
  v1::CompareBillsRequest Comparing() {
    v1::CompareBillsRequest request;
    request.set_account_id(kAccount);
    return request;
  }
  v1::BillComparison Compare(const v1::CompareBillsRequest& request,
                             const std::string& reason = {}) {
    return Send<v1::BillService>(&v1::BillService::Stub::CompareBills, analyst_, request, reason);
  }
  v1::SimulateBillRequest Simulating() {
    v1::SimulateBillRequest request;
    request.set_account_id(kAccount);
    return request;
  }
  static v1::SimulatedChange& Change(v1::SimulateBillRequest& request, const std::string& service) {
    v1::SimulatedChange& change = *request.add_changes();
    change.set_service(service);
    return change;
  }
  v1::BillSimulation Simulate(const v1::SimulateBillRequest& request,
                              const std::string& reason = {}) {
    return Send<v1::BillService>(&v1::BillService::Stub::SimulateBill, analyst_, request, reason);
  }
  // The fields that a request is refused for.
  std::vector<std::string> RefusedFields(const v1::SimulateBillRequest& request) {
    v1::BillSimulation response;
    const auto stub = v1::BillService::NewStub(channel_);
    const auto context = testing::InProcessServer::Context(analyst_);
    const grpc::Status status = stub->SimulateBill(context.get(), request, &response);
    std::vector<std::string> fields;
    for (const FieldViolation& violation : rpc::FromStatus(status).violations()) {
      fields.push_back(violation.field);
    }
    return fields;
  }
  std::int64_t CountRows(const std::string& table) {
    std::int64_t count = 0;
    const std::string sql = "SELECT count(*) FROM " + table;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      count = tx.Select({"", sql})[0].Int(0);
    });
    return count;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, BillTest, testing::BothEngines(), testing::EngineName);

TEST_P(BillTest, AClientCanComputeTheBillFromItsExplanation) {
  BillTwice();
  const v1::BillExplanation explained = Explain();
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  const v1::ExplanationNode& total = explained.nodes(explained.nodes_size() - 1);
  EXPECT_EQ(total.numerator(), explained.bill().total_cents());
  EXPECT_EQ(total.denominator(), 100);
  EXPECT_EQ(total.input_nos_size(), 3) << "a node for each service";
  // Every printed line is there, in its order, and cites its version.
  std::vector<std::int64_t> cents;
  for (const v1::ExplanationNode& node : explained.nodes()) {
    if (node.kind() != v1::EXPLANATION_KIND_LINE) continue;
    cents.push_back(node.numerator());
    EXPECT_EQ(node.line_no(), static_cast<int>(cents.size()));
    EXPECT_EQ(node.citation(), "Fee schedule of the test city");
  }
  v1::GetBillRequest get;
  get.set_account_id(kAccount);
  std::vector<std::int64_t> printed;
  const v1::Bill bill = Send<v1::BillService>(&v1::BillService::Stub::GetBill, analyst_, get);
  for (const v1::BillLine& line : bill.lines()) printed.push_back(line.amount_cents());
  EXPECT_EQ(cents, printed);
  EXPECT_EQ(explained.nodes(0).kind(), v1::EXPLANATION_KIND_READ);
  EXPECT_EQ(explained.nodes(0).numerator(), 40'500'000);
  EXPECT_EQ(explained.nodes(0).from_date(), "2026-10-30");
  EXPECT_EQ(explained.nodes(0).meter_number(), "E" + std::to_string(kAccount));
}

TEST_P(BillTest, AnExplanationSaysWhyTheBillDiffersFromTheLast) {
  BillTwice();
  const v1::BillExplanation second = Explain();
  ASSERT_TRUE(second.has_since_last());
  EXPECT_EQ(second.since_last().bill_id(), second.bill().bill_id());
  EXPECT_EQ(second.since_last().main_cause(), v1::COMPARISON_CAUSE_DAYS)
      << "20 days of the same use a day, nearly";
  const v1::BillExplanation first = Explain(second.since_last().earlier_bill_id());
  EXPECT_FALSE(first.has_since_last()) << "there was none before";
}

TEST_P(BillTest, APriceChangeWithinThePeriodIsExplainedByVersion) {
  LoadTariff();
  Load("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2026-11-09");
    schedule.mutable_terms()->set_effect(v1::RATE_EFFECT_USE);
    AddFixed(schedule, "Customer charge", "15.00");
    v1::RateComponent& energy = *schedule.add_components();
    energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    energy.set_name("Energy");
    AddTier(energy, "", "0.10");
  });
  Open(Account(kAccount));
  Import(Reads(811, 12, "2026-11-19"));
  RunCycle();
  const v1::BillExplanation explained = Explain();
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  std::set<std::string> versions;
  for (const v1::ExplanationNode& node : explained.nodes()) {
    if (node.kind() == v1::EXPLANATION_KIND_LINE && node.service() == "electric") {
      versions.insert(node.effective_date());
    }
  }
  EXPECT_THAT(versions, ElementsAre("2026-07-01", "2026-11-09"));
}

TEST_P(BillTest, PartsOfAComparisonAddUp) {
  BillTwice();
  const v1::BillComparison compared = Compare(Comparing());
  const v1::ComparisonParts& total = compared.total();
  EXPECT_EQ(total.difference_cents(), total.amount_cents() - total.earlier_cents());
  EXPECT_EQ(total.price_cents() + total.days_cents() + total.usage_cents() +
                total.tier_mix_cents() + total.one_off_cents(),
            total.difference_cents());
  EXPECT_EQ(total.amount_cents(), Explain().bill().total_cents());
  ASSERT_EQ(compared.services_size(), 3);
  const v1::ServiceComparison& electric = compared.services(0);
  EXPECT_EQ(electric.earlier_usage_thousandths(), 500'000);
  EXPECT_EQ(electric.usage_thousandths(), 1'012'000);
  EXPECT_EQ(electric.earlier_day_count(), 10);
  EXPECT_EQ(electric.day_count(), 20);
  // 50.62 to 1,000 kWh in 20 days is 101.57; the 12 more at the average price (87.65 / 1,000) are
  // 1.05, and 0.40 beyond because they lie above 1,000.
  EXPECT_EQ(electric.parts().days_cents(), 50'95);
  EXPECT_EQ(electric.parts().usage_cents(), 1'05);
  EXPECT_EQ(electric.parts().tier_mix_cents(), 40);
  // The other way round, named by id.
  v1::CompareBillsRequest reversed = Comparing();
  reversed.set_bill_id(compared.earlier_bill_id());
  reversed.set_earlier_bill_id(compared.bill_id());
  EXPECT_EQ(Compare(reversed).total().difference_cents(), -total.difference_cents());
}

TEST_P(BillTest, ABillIsComparedWithTheSameSeasonOfLastYear) {
  LoadTariff();
  Load("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2025-01-01");
    AddFixed(schedule, "Customer charge", "10.00");
    AddTier(*schedule.add_components(), "", "0.05");
    schedule.mutable_components(1)->set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    schedule.mutable_components(1)->set_name("Energy");
  });
  account::v1::AccountOpened opened = Account(kAccount, 7, "2025-10-20");
  opened.mutable_agreements()->DeleteSubrange(1, 2);
  Open(opened);
  const auto bill = [&](const std::string& date, int counts) {
    SetMorning(Date::Parse(date)->PlusDays(1).ToString());
    Import("E" + std::to_string(kAccount) + "," + date + "," + std::to_string(counts) + ",kWh\n");
    RunCycle(7, date);
  };
  bill("2025-11-20", 40'300);
  v1::CompareBillsRequest last_year = Comparing();
  last_year.set_against(v1::COMPARED_BILL_LAST_YEAR);
  Compare(last_year, "NOTHING_TO_COMPARE");
  int counts = 40'300;
  int month = 0;
  for (const char* date :
       {"2025-12-21", "2026-01-21", "2026-02-21", "2026-03-21", "2026-04-21", "2026-05-21",
        "2026-06-21", "2026-07-21", "2026-08-21", "2026-09-21", "2026-10-21"}) {
    bill(date, counts += 280 + 10 * (++month % 3));
  }
  bill("2026-11-20", counts + 300);
  const v1::BillComparison compared = Compare(last_year);
  EXPECT_EQ(compared.earlier_bill_date(), "2025-11-21");
  EXPECT_EQ(Compare(Comparing()).earlier_bill_date(), "2026-10-22");
  // 300 kWh both times: 25.00, then 13.92 + 22.02; a month is 31 days, then 30.
  EXPECT_EQ(compared.total().difference_cents(), 10'94);
  EXPECT_EQ(compared.total().price_cents(), 10'94);
}

TEST_P(BillTest, AComparisonIsRefusedInOrderOfPrecedence) {
  v1::CompareBillsRequest request = Comparing();
  request.set_account_id(0);
  request.set_bill_id(-1);
  request.set_earlier_bill_id(-1);
  request.set_against(static_cast<v1::ComparedBill>(9));
  Compare(request, "INVALID_REQUEST");
  Compare(Comparing(), "BILL_UNKNOWN");
  LoadTariff();
  Open(Account(kAccount));
  BillOctober();
  Compare(Comparing(), "NOTHING_TO_COMPARE");
  request = Comparing();
  request.set_earlier_bill_id(4);
  Compare(request, "BILL_UNKNOWN");
  request.set_earlier_bill_id(Explain().bill().bill_id());
  Compare(request, "INVALID_REQUEST");
}

TEST_P(BillTest, ASimulationSaysWhatABillWouldBeAndChangesNothing) {
  BillTwice();
  const v1::BillExplanation before = Explain();
  const std::int64_t bills = CountRows("bill");
  const std::int64_t lines = CountRows("bill_line");
  v1::SimulateBillRequest request = Simulating();
  Change(request, "electric").set_usage("500");
  Change(request, "storm").set_quantity("2");
  const v1::BillSimulation simulated = Simulate(request);
  const v1::BillExplanation& explained = simulated.explanation();
  EXPECT_THAT(Evaluated(explained.nodes()).faults(), IsEmpty());
  EXPECT_EQ(explained.bill().bill_id(), 0);
  EXPECT_EQ(explained.bill().state(), v1::BILL_STATE_UNSPECIFIED);
  // 1,012 kWh were 13.92 + 36.70 + 50.95 + 1.45.
  EXPECT_EQ(explained.services(0).amount_cents(), 50'62);
  EXPECT_EQ(explained.services(0).usage().meter_number(), "") << "no meter showed that";
  EXPECT_EQ(explained.services(1).amount_cents(), before.services(1).amount_cents());
  EXPECT_EQ(explained.services(1).usage().meter_number(), "W" + std::to_string(kAccount));
  EXPECT_EQ(explained.services(2).amount_cents(), 16'10);
  EXPECT_EQ(simulated.comparison().earlier_bill_id(), before.bill().bill_id());
  EXPECT_EQ(simulated.comparison().total().difference_cents(), 50'62 - 103'02 + 8'05);
  EXPECT_EQ(Simulate(Simulating()).comparison().total().difference_cents(), 0)
      << "without a change it is the bill";
  EXPECT_EQ(CountRows("bill"), bills);
  EXPECT_EQ(CountRows("bill_line"), lines);
  EXPECT_EQ(Explain().SerializeAsString(), before.SerializeAsString());
}

TEST_P(BillTest, ASimulationNamesEveryBadField) {
  EXPECT_EQ(RefusedFields(v1::SimulateBillRequest()), std::vector<std::string>{"account_id"});
  Simulate(Simulating(), "BILL_UNKNOWN");
  BillTwice();
  v1::SimulateBillRequest request = Simulating();
  request.set_bill_date("tomorrow");
  Change(request, "gas").set_usage("much");
  Change(request, "electric").set_schedule_code("W1");
  Change(request, "storm").set_usage("5");
  request.mutable_changes(2)->set_from_date("2026-13-01");
  EXPECT_THAT(RefusedFields(request),
              ::testing::UnorderedElementsAre("bill_date", "changes[0].usage", "changes[0].service",
                                              "changes[1].schedule_code", "changes[2].usage",
                                              "changes[2].from_date"));
  request = Simulating();
  Change(request, "electric").set_to_date("2026-10-30");
  EXPECT_EQ(RefusedFields(request), std::vector<std::string>{"changes[0].to_date"});
}

TEST_P(BillTest, WhatNoVersionPricesIsNotSimulated) {
  BillTwice();
  Load("E9", "electric", "kWh", [](v1::RateSchedule& schedule) {
    schedule.set_effective_date("2027-01-01");
    AddFixed(schedule, "Customer charge", "15.00");
    schedule.mutable_terms()->set_effect(v1::RATE_EFFECT_USE);
  });
  v1::SimulateBillRequest request = Simulating();
  Change(request, "electric").set_schedule_code("E9");
  Simulate(request, "VERSION_MISSING");
}

TEST_P(BillTest, BillsAreForThoseWhoMaySeeThem) {
  const std::string nobody = server_.SignIn(PersonId(12), {"rate.view"});
  Send<v1::BillService>(&v1::BillService::Stub::CompareBills, nobody, Comparing(),
                        "PERMISSION_MISSING");
  Send<v1::BillService>(&v1::BillService::Stub::SimulateBill, nobody, Simulating(),
                        "PERMISSION_MISSING");
}

}  // namespace
}  // namespace reeve::billing
