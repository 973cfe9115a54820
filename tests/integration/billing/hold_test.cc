// Held bills as work: owners, deadlines, seconds of review, and many released at once.
#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class HoldTest : public Billing {
 protected:
  // Bills above what the class is sent unseen: all are held, and nothing else is. Without a read of
  // their power they are held for that, too.
  v1::CycleRun HoldMany(int count, bool power = true) {
    LoadTariff();
    LoadGuardPolicy("2026-11-01", "BILL_CENTS_MAX", 1'00);
    std::vector<feed::Event> events;
    std::string rows;
    for (int n = 0; n < count; ++n) {
      const std::int64_t account = kAccount + n * 100;
      events.push_back(ToEvent(Account(account)));
      rows +=
          "W" + std::to_string(account) + ",2026-11-19," + std::to_string(505 + n % 5) + ",kgal\n";
      if (power) rows += "E" + std::to_string(account) + ",2026-11-19,40500,kWh\n";
    }
    DeliverAll(agreement::ApplyAccounts, events);
    Import(rows);
    const v1::CycleRun started = StartCycle();
    Work();
    return GetCycle(started.cycle_id());
  }
  v1::ListHoldsResponse Holds(bool overdue_only = false, int page_size = 0,
                              const std::string& page_token = {}) {
    v1::ListHoldsRequest request;
    request.set_overdue_only(overdue_only);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Send<v1::HoldService>(&v1::HoldService::Stub::ListHolds, analyst_, request);
  }
  v1::Bill Review(const v1::Bill& bill, std::int64_t seconds, const std::string& reason = {}) {
    v1::ReviewBillRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_decision(v1::REVIEW_DECISION_RELEASE);
    request.set_reason("looked at the meter");
    request.set_review_seconds(seconds);
    return Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, supervisor_, request,
                                  reason);
  }
  std::int64_t Number(const char* sql) {
    std::int64_t number = 0;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      number = tx.Select({"", sql})[0].Int(0);
    });
    return number;
  }
  v1::MassRelease GetRelease(std::int64_t release_id, const std::string& reason = {}) {
    v1::GetReleaseRequest request;
    request.set_release_id(release_id);
    return Send<v1::HoldService>(&v1::HoldService::Stub::GetRelease, analyst_, request, reason);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, HoldTest, testing::BothEngines(), testing::EngineName);

TEST_P(HoldTest, AHoldHasAnAgeAnOwnerAndADeadline) {
  HoldMany(3);
  SetMorning("2026-11-27");
  v1::ListHoldsResponse holds = Holds();
  ASSERT_EQ(holds.holds_size(), 3);
  EXPECT_EQ(holds.holds(0).age_days(), 4);
  EXPECT_EQ(holds.holds(0).deadline_date(), "2026-11-28") << "five days, unless it is said";
  EXPECT_EQ(holds.holds(0).owner_person_id(), 0);
  EXPECT_EQ(holds.holds(0).bill().holds(0).reason(), "ABOVE_BILL_LIMIT");
  EXPECT_EQ(Holds(/*overdue_only=*/true).holds_size(), 0);

  const v1::Bill bill = holds.holds(1).bill();
  EXPECT_EQ(AssignHold(bill, 11, "2026-12-04").owner_person_id(), 11);
  EXPECT_EQ(AssignHold(bill, 12, "2026-12-05").deadline_date(), "2026-12-05");
  AssignHold(bill, 12, "2026-11-26", "INVALID_REQUEST");
  v1::Bill unknown = bill;
  unknown.set_bill_id(bill.bill_id() + 1);
  AssignHold(unknown, 12, "2026-12-05", "BILL_UNKNOWN");
  SetMorning("2026-11-30");
  EXPECT_EQ(Holds(/*overdue_only=*/true).holds_size(), 2);
  SetMorning("2026-12-06");
  EXPECT_EQ(Holds(/*overdue_only=*/true).holds_size(), 3);
  EXPECT_TRUE(Holds().holds(1).overdue());

  const v1::ListHoldsResponse first = Holds(false, 2);
  ASSERT_EQ(first.holds_size(), 2);
  EXPECT_EQ(Holds(false, 2, first.next_page_token()).holds_size(), 1);
}

TEST_P(HoldTest, TheSecondsOfAReviewAreKept) {
  HoldMany(1);
  const v1::Bill bill = Holds().holds(0).bill();
  Review(bill, 86'401, "INVALID_REQUEST");
  Review(bill, 75);
  EXPECT_EQ(Number("SELECT review_seconds FROM bill_review"), 75);
  EXPECT_EQ(Number("SELECT reviewed_by_person_id FROM bill_review"), 9);
  EXPECT_EQ(Holds().holds_size(), 0);
  AssignHold(bill, 11, "2026-12-04", "BILL_NOT_HELD");
}

TEST_P(HoldTest, AMassReleaseTakesTwoPeopleAndShowsASample) {
  const v1::CycleRun run = HoldMany(25);
  SignOff(run, supervisor_);
  PostCycle(run.cycle_id());
  Work();
  constexpr std::int64_t kMax = 1'000'00;
  const std::string rule = "ABOVE_BILL_LIMIT";
  ProposeRelease(run.cycle_id() + 1, rule, kMax, reviewer_, "CYCLE_UNKNOWN");
  ProposeRelease(run.cycle_id(), "NO_SUCH_RULE", 0, reviewer_, "INVALID_REQUEST");
  ProposeRelease(run.cycle_id(), "FACTOR_TEN", 0, reviewer_, "RELEASE_EMPTY");
  ProposeRelease(run.cycle_id(), rule, 1, reviewer_, "RELEASE_EMPTY");
  ProposeRelease(run.cycle_id(), rule, kMax, analyst_, "SAME_PERSON");
  const v1::MassRelease proposed = ProposeRelease(run.cycle_id(), rule, kMax, reviewer_);
  EXPECT_EQ(proposed.bill_count(), 25);
  EXPECT_EQ(proposed.sample_size(), 10);
  EXPECT_EQ(proposed.state(), v1::RELEASE_STATE_PROPOSED);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0) << "nothing is released by a proposal";
  EXPECT_EQ(GetRelease(proposed.release_id()).sample_size(), 10);
  GetRelease(proposed.release_id() + 1, "RELEASE_UNKNOWN");

  ApproveRelease(proposed, reviewer_, "SAME_PERSON");
  ApproveRelease(proposed, analyst_, "SAME_PERSON");
  v1::MassRelease other = proposed;
  other.set_total_cents(1);
  ApproveRelease(other, supervisor_, "STALE");
  other.set_release_id(1);
  ApproveRelease(other, supervisor_, "RELEASE_UNKNOWN");
  const v1::MassRelease released = ApproveRelease(proposed, supervisor_);
  EXPECT_EQ(released.state(), v1::RELEASE_STATE_RELEASED);
  EXPECT_EQ(released.approved_by_person_id(), 9);
  ApproveRelease(proposed, supervisor_, "ALREADY_RELEASED");
  EXPECT_EQ(Holds().holds_size(), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM bill_review WHERE release_id <> 0"), 25);
  EXPECT_EQ(Emitted<v1::BillPosted>().size(), 25u) << "the run was posted: so are they";
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 13'92 + 36'70 + 16'50 + 6'25 + 8'05);
}

// What could not be priced and has no history: nobody knows what hangs on it, and that is not
// nothing.
TEST_P(HoldTest, WhatNobodyKnowsTheStakeOfIsNotReleasedInTheMass) {
  LoadTariff();
  Open(Account(kAccount));
  Import("W" + std::to_string(kAccount) + ",2026-11-19,505,kgal\n");
  const v1::CycleRun run = StartCycle();
  Work();
  const v1::Bill held = Holds().holds(0).bill();
  EXPECT_EQ(held.holds(0).reason(), "NO_READ");
  EXPECT_EQ(held.holds(0).at_stake_cents(), 0);
  ProposeRelease(run.cycle_id(), "NO_READ", 1'000'000'00, reviewer_, "RELEASE_EMPTY");
  Review(held, 20);
}

// Nor does whoever brought the read decide that its bill is right: by file or by hand.
TEST_P(HoldTest, WhoReadDoesNotRelease) {
  const std::string reader = server_.SignIn(
      PersonId(12), {"read.import", "read.record", "bill.review", "cycle.view", "read.view"});
  LoadTariff();
  LoadGuardPolicy("2026-11-01", "BILL_CENTS_MAX", 1'00);
  Open(Account(kAccount));
  Open(Account(kAccount + 100));
  const std::string text = "meter_number,read_date,read,unit\nW" + std::to_string(kAccount) +
                           ",2026-11-19,505,kgal\nE" + std::to_string(kAccount) +
                           ",2026-11-19,40500,kWh\nE" + std::to_string(kAccount + 100) +
                           ",2026-11-19,40500,kWh\n";
  v1::ImportReadsRequest file;
  file.set_request_id(Key());
  file.set_file_name("route 7");
  file.set_file_sha256(Sha256(text));
  file.set_first_line(1);
  file.set_lines(text);
  file.set_last_part(true);
  Send<v1::ReadService>(&v1::ReadService::Stub::ImportReads, reader, file);
  v1::RecordReadRequest hand;
  hand.set_request_id(Key());
  hand.set_account_id(kAccount + 100);
  hand.set_agreement_id((kAccount + 100) * 10 + 2);
  hand.set_meter_number("W" + std::to_string(kAccount + 100));
  hand.set_read_date("2026-11-19");
  hand.set_read_thousandths(506'000);
  Send<v1::ReadService>(&v1::ReadService::Stub::RecordRead, reader, hand);
  const v1::CycleRun run = StartCycle();
  Work();
  const v1::ListHoldsResponse waiting = Holds();
  ASSERT_EQ(waiting.holds_size(), 2);
  for (const v1::HeldBill& held : waiting.holds()) {
    v1::ReviewBillRequest review;
    review.set_request_id(Key());
    review.set_account_id(held.bill().account_id());
    review.set_bill_id(held.bill().bill_id());
    review.set_decision(v1::REVIEW_DECISION_RELEASE);
    review.set_reason("I have read it");
    Send<v1::CycleService>(&v1::CycleService::Stub::ReviewBill, reader, review, "SAME_PERSON");
  }
  ProposeRelease(run.cycle_id(), "ABOVE_BILL_LIMIT", 1'000'00, reader, "SAME_PERSON");
  const v1::MassRelease proposed =
      ProposeRelease(run.cycle_id(), "ABOVE_BILL_LIMIT", 1'000'00, reviewer_);
  ApproveRelease(proposed, reader, "SAME_PERSON");
  ApproveRelease(proposed, supervisor_);
}

TEST_P(HoldTest, AProposalOfBillsThatHaveMovedIsStale) {
  const v1::CycleRun run = HoldMany(5);
  const v1::MassRelease proposed =
      ProposeRelease(run.cycle_id(), "ABOVE_BILL_LIMIT", 1'000'00, reviewer_);
  Review(Holds().holds(2).bill(), 20);
  ApproveRelease(proposed, supervisor_, "STALE");
  EXPECT_EQ(Holds().holds_size(), 4);
}

}  // namespace
}  // namespace reeve::billing
