// A held bill whose reads are right: billed as months, or again from the same reads.
#include <gmock/gmock.h>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class MonthsTest : public Billing {
 protected:
  static std::int64_t AccountAt(int n) { return kAccount + n * 100; }
  static std::string Reads(int n, std::int64_t kwh, std::int64_t kgal, const std::string& date) {
    const std::string account = std::to_string(AccountAt(n));
    return "E" + account + "," + date + "," + std::to_string(40'000 + kwh) + ",kWh\nW" + account +
           "," + date + "," + std::to_string(500 + kgal) + ",kgal\n";
  }
  // Accounts whose first bill has 48 days: 25 kgal, of which 15 lie above 10 and 9 above 16.
  v1::CycleRun LongPeriod(int count = 1) {
    LoadTariff();
    std::string rows;
    for (int n = 0; n < count; ++n) {
      Open(Account(AccountAt(n), 7, "2026-10-03"));
      rows += Reads(n, 500, 25, "2026-11-20");
    }
    Import(rows);
    const v1::CycleRun run = StartCycle();
    Work();
    return GetCycle(run.cycle_id());
  }
  v1::Bill Held(std::int64_t cycle_id, int index = 0) {
    v1::ListHeldBillsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ListHeldBills, analyst_, request)
        .bills(index);
  }
  v1::Bill Review(const v1::Bill& bill, v1::ReviewDecision decision,
                  const std::string& reason = {}) {
    v1::ReviewBillRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_decision(decision);
    request.set_reason("the route was read late");
    return Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, request,
                                  reason);
  }
  std::int64_t Number(const std::string& sql) {
    std::int64_t number = 0;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      number = tx.Select({"", sql})[0].Int(0);
    });
    return number;
  }
  // The next month's run, from start to posted.
  v1::CycleRun NextMonth(int count = 1) {
    SetMorning("2026-12-21");
    std::string rows;
    for (int n = 0; n < count; ++n) rows += Reads(n, 800, 35, "2026-12-20");
    Import(rows);
    return RunCycle(7, "2026-12-20");
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MonthsTest, testing::BothEngines(), testing::EngineName);

// 10 x 1.25 + 15 x 2.375 are billed as 16 x 1.25 + 9 x 2.375.
TEST_P(MonthsTest, ALateReadIsBilledAsMonthsAndItsReadsStand) {
  const v1::CycleRun run = LongPeriod();
  ASSERT_EQ(run.held_count(), 1);
  ASSERT_EQ(run.register__size(), 3);
  EXPECT_EQ(run.register_(2).held_agreement_count(), 1);
  EXPECT_EQ(run.register_(2).held_quantity_thousandths(), 25'000);
  const v1::Bill held = Held(run.cycle_id());
  ASSERT_EQ(held.holds_size(), 1);
  EXPECT_EQ(held.holds(0).reason(), "LONG_PERIOD");
  EXPECT_EQ(held.holds(0).at_stake_cents(), 48'13 - 41'38);
  EXPECT_EQ(held.holds(0).evidence(), "48 days, use costs 48.13, in months of 30 days 41.38");

  const v1::Bill months = Review(held, v1::REVIEW_DECISION_BILL_AS_MONTHS);
  EXPECT_NE(months.bill_id(), held.bill_id());
  EXPECT_EQ(months.state(), v1::BILL_STATE_CALCULATED);
  EXPECT_EQ(months.total_cents(), held.total_cents() - held.holds(0).at_stake_cents());
  Review(held, v1::REVIEW_DECISION_RELEASE, "BILL_NOT_HELD");
  const v1::CycleRun now = GetCycle(run.cycle_id());
  EXPECT_EQ(now.held_count(), 0);
  EXPECT_EQ(now.bill_count(), 1);
  EXPECT_EQ(now.total_cents(), months.total_cents());
  SignOff(run, supervisor_, "STALE");
  SignOff(now, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  EXPECT_EQ(GetBalance(kAccount).total_cents(), months.total_cents());
  EXPECT_EQ(Number("SELECT count(*) FROM meter_read WHERE state <> 'ACCEPTED'"), 0);
  ExpectProven();

  // It explains itself by its months, line by line.
  v1::ExplainBillRequest ask;
  ask.set_account_id(kAccount);
  const v1::BillExplanation told =
      Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, ask);
  EXPECT_EQ(told.bill().bill_id(), months.bill_id());
  std::vector<std::int64_t> cents;
  for (const v1::ServiceExplanation& service : told.services()) {
    if (service.service() != "water") continue;
    for (const v1::LineExplanation& line : service.lines()) {
      cents.push_back(line.line().amount_cents());
    }
    EXPECT_THAT(service.lines(1).line().description(), ::testing::HasSubstr("a month"));
  }
  EXPECT_EQ(cents, (std::vector<std::int64_t>{16'50, 20'00, 21'38}));

  // The next period begins where this one ended, with an ordinary month of ordinary blocks.
  EXPECT_EQ(NextMonth().held_count(), 0);
}

TEST_P(MonthsTest, ABillOfAPostedRunIsPostedAtOnce) {
  const v1::CycleRun run = LongPeriod();
  SignOff(run, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
  const v1::Bill months = Review(Held(run.cycle_id()), v1::REVIEW_DECISION_BILL_AS_MONTHS);
  EXPECT_EQ(months.state(), v1::BILL_STATE_POSTED);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), months.total_cents());
}

// The reads are right, the bill is not: its days are billed again from the same reads. Had the
// reads been called wrong, the same days would have lost theirs.
TEST_P(MonthsTest, ReadsThatAreRightAreKept) {
  for (const bool wrong : {false, true}) {
    if (!wrong) LoadTariff();
    const int cycle = wrong ? 8 : 7;
    Open(Account(AccountAt(cycle), cycle, "2026-10-03"));
    Import(Reads(cycle, 500, 25, "2026-11-20"));
    const v1::CycleRun started = StartCycle({}, cycle);
    Work();
    const v1::CycleRun run = GetCycle(started.cycle_id());
    ASSERT_EQ(run.held_count(), 1);
    const v1::Bill held = Held(run.cycle_id());
    const v1::Bill cancelled =
        Review(held, wrong ? v1::REVIEW_DECISION_CONFIRM_HOLD : v1::REVIEW_DECISION_KEEP_READS);
    EXPECT_EQ(cancelled.state(), v1::BILL_STATE_CANCELLED);
    EXPECT_EQ(Number("SELECT count(*) FROM meter_read WHERE state <> 'ACCEPTED' AND account_id = " +
                     std::to_string(held.account_id())),
              wrong ? 1 : 0);
    EXPECT_EQ(Number("SELECT count(*) FROM bill_segment WHERE state = 'BILLED' AND account_id = " +
                     std::to_string(held.account_id())),
              0);
  }
}

TEST_P(MonthsTest, WhatIsNotHeldForItsDaysIsNotSpread) {
  LoadTariff();
  LoadGuardPolicy("2026-11-01", "BILL_CENTS_MAX", 1'00);
  Open(Account(kAccount));
  Import(Reads(0, 500, 25, "2026-11-19"));
  const v1::CycleRun run = StartCycle();
  Work();
  const v1::Bill held = Held(run.cycle_id());
  EXPECT_EQ(held.holds(0).reason(), "ABOVE_BILL_LIMIT");
  Review(held, v1::REVIEW_DECISION_BILL_AS_MONTHS, "NOTHING_TO_SPREAD");
  Review(held, v1::REVIEW_DECISION_UNSPECIFIED, "INVALID_REQUEST");
  Review(held, v1::REVIEW_DECISION_RELEASE);
}

// Cedar City: a whole route was read late. Two people send it as months.
TEST_P(MonthsTest, ALateRouteIsBilledAsMonthsByTwoPeople) {
  constexpr int kAccounts = 12;
  const v1::CycleRun run = LongPeriod(kAccounts);
  ASSERT_EQ(run.held_count(), kAccounts);
  v1::ProposeReleaseRequest propose;
  propose.set_request_id(Key());
  propose.set_cycle_id(run.cycle_id());
  propose.set_rule("ABOVE_LAST");
  propose.set_at_stake_max_cents(100'00);
  propose.set_reason("the reader was ill");
  propose.set_as_months(true);
  Send<v1::HoldService>(&v1::HoldService::Stub::ProposeRelease, reviewer_, propose,
                        "INVALID_REQUEST");
  propose.set_rule("LONG_PERIOD");
  const v1::MassRelease proposed =
      Send<v1::HoldService>(&v1::HoldService::Stub::ProposeRelease, reviewer_, propose);
  EXPECT_TRUE(proposed.as_months());
  EXPECT_EQ(proposed.bill_count(), kAccounts);
  EXPECT_EQ(proposed.at_stake_cents(), kAccounts * 6'75);
  EXPECT_EQ(GetCycle(run.cycle_id()).held_count(), kAccounts) << "nothing is sent by a proposal";
  ApproveRelease(proposed, reviewer_, "SAME_PERSON");
  ApproveRelease(proposed, supervisor_);
  const v1::CycleRun now = GetCycle(run.cycle_id());
  EXPECT_EQ(now.held_count(), 0);
  EXPECT_EQ(now.bill_count(), kAccounts);
  EXPECT_EQ(now.total_cents(), proposed.total_cents() - proposed.at_stake_cents());
  AcknowledgeAll(run.cycle_id());  // a route that was read late is a finding of the whole, too
  SignOff(now, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  EXPECT_EQ(Emitted<v1::BillPosted>().size(), static_cast<std::size_t>(kAccounts));
  ExpectProven();
  NextMonth(kAccounts);
}

// A bill as months that nobody decided on, and one whose blocks are others.
TEST_P(MonthsTest, VerifySeesBlocksThatNobodyWidened) {
  const v1::CycleRun run = LongPeriod(2);
  Review(Held(run.cycle_id()), v1::REVIEW_DECISION_BILL_AS_MONTHS);
  for (const char* sql :
       {"UPDATE bill_segment SET month_days = 30 WHERE service = 'water' AND month_days = 0",
        "UPDATE bill_segment SET month_days = 29 WHERE month_days = 30",
        "UPDATE bill_segment SET month_days = 0 WHERE month_days = 30",
        "UPDATE bill_review SET decision = 'KEEP_READS'"}) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", sql}), 0) << sql;
      bool bills = false;
      for (const Finding& finding : verify::ProveAll(tx).findings) {
        bills =
            bills || (finding.check == "bills-from-reads-and-rates" && !finding.violation.empty());
      }
      EXPECT_TRUE(bills) << sql;
      return db::Verdict::kRollBack;
    });
  }
}

}  // namespace
}  // namespace reeve::billing
