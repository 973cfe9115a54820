#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

class RebillTest : public Rebilling {};
INSTANTIATE_TEST_SUITE_P(BothEngines, RebillTest, testing::BothEngines(), testing::EngineName);

// 600 kWh and 6 kgal in October: 13.92 + 36.70 + 10.19, 16.50 + 7.50, 8.05.
constexpr std::int64_t kOctober = 60'81 + 24'00 + 8'05;

TEST_P(RebillTest, ACancelledBillIsNotOwedAndWhatWasPaidIsCredit) {
  BillMonths(1);
  ASSERT_EQ(october_.total_cents(), kOctober);
  Deliver(receivable::ApplyPayments, Taken(kAccount, 70'00, 1));
  const v1::CancellationPreview seen = LookAtCancel(CorrectionOf(october_));
  EXPECT_EQ(seen.freed_cents(), 70'00);
  EXPECT_EQ(seen.balance_before_cents(), kOctober - 70'00);
  EXPECT_EQ(seen.balance_after_cents(), -70'00);
  ASSERT_EQ(seen.entries_size(), 1);
  EXPECT_EQ(seen.entries(0).kind(), v1::ENTRY_KIND_BILL_REVERSAL);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober - 70'00) << "a look changes nothing";

  const v1::Cancellation done = Cancel(CorrectionOf(october_));
  EXPECT_EQ(done.freed_cents(), 70'00);
  EXPECT_EQ(done.cancelled_by_person_id(), 7);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), -70'00);
  EXPECT_EQ(GetBill(october_.bill_id()).state(), v1::BILL_STATE_CANCELLED);
  const auto events = Emitted<v1::BillCancelled>();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].bill_id(), october_.bill_id());
  EXPECT_EQ(events[0].freed_cents(), 70'00);
  ASSERT_EQ(Cancellations().cancellations_size(), 1);  // nobody has billed the days yet
  ExpectProven();
}

// A rate that was wrong for a month: cancel, correct the rate, bill again.
TEST_P(RebillTest, ARateThatWasWrongForAMonthIsPutRight) {
  BillMonths(1);
  Deliver(receivable::ApplyPayments, Taken(kAccount, kOctober, 1));
  LoadElectric("2026-09-21", "0.05");
  Activate(Preview({"E1/2026-09-21"}), supervisor_, "ALREADY_BILLED");
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_RATE));
  Activate(Preview({"E1/2026-09-21"}), supervisor_);
  ExpectProven();  // the cancelled bill is what its version charged

  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(october_, v1::REBILL_CAUSE_RATE));
  EXPECT_EQ(seen.entries_size(), 0) << "it is cancelled already";
  EXPECT_EQ(seen.new_bill().total_cents(), 43'92 + 24'00 + 8'05);
  std::int64_t difference = 0;
  for (const v1::LineDifference& line : seen.lines()) {
    difference += line.after_cents() - line.before_cents();
  }
  EXPECT_EQ(difference, seen.new_bill().total_cents() - kOctober);
  ASSERT_EQ(seen.limits_size(), 1);
  EXPECT_EQ(seen.limits(0).rule(), "CASH_REFUND");
  EXPECT_EQ(seen.limits(0).beyond_cents(), 0) << "credit is enough";

  const v1::Rebill made = Rebill(CorrectionOf(october_, v1::REBILL_CAUSE_RATE));
  EXPECT_EQ(made.bill().state(), v1::BILL_STATE_CALCULATED);
  EXPECT_EQ(made.bill().rebilled_bill_id(), october_.bill_id());
  const v1::CycleRun run = GetCycle(made.bill().cycle_id());
  EXPECT_EQ(run.state(), v1::CYCLE_STATE_CALCULATED);
  EXPECT_EQ(run.rebilled_bill_id(), october_.bill_id());
  EXPECT_EQ(run.priced_date(), october_.bill_date());
  ExpectProven();
  SignOff(run, analyst_, "SAME_PERSON");
  SignAndPost(run.cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), made.bill().total_cents() - kOctober);
  EXPECT_EQ(Cancellations().cancellations_size(), 0);
  EXPECT_EQ(Cancellations(false).cancellations(0).rebill_bill_id(), made.bill().bill_id());

  v1::ExplainBillRequest explain;
  explain.set_account_id(kAccount);
  explain.set_bill_id(made.bill().bill_id());
  const auto why = Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, explain);
  EXPECT_EQ(why.since_replaced().earlier_bill_id(), october_.bill_id());
  EXPECT_EQ(why.since_replaced().total().price_cents(), made.bill().total_cents() - kOctober);
  EXPECT_FALSE(why.has_since_last()) << "no bill is of days before";
}

TEST_P(RebillTest, AMisreadIsSetAsideReadAgainAndBilledAgain) {
  BillMonths(1);
  const v1::Correction misread = CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric");
  EXPECT_EQ(LookAtRebill(misread, "INVALID_REQUEST").digest(), "");
  Cancel(misread);
  LookAtRebill(CorrectionOf(october_), "REBILL_NOT_PRICED");
  RecordRead(1, "E", "2026-10-19", 40'060);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  EXPECT_EQ(made.bill().total_cents(), 13'92 + 4'40 + 24'00 + 8'05);  // 60 x 0.0734
  SignAndPost(made.bill().cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), made.bill().total_cents());
  // The next cycle begins where the rebill ended.
  Import("E" + std::to_string(kAccount) + ",2026-11-19,40160,kWh\nW" + std::to_string(kAccount) +
         ",2026-11-19,511,kgal\n");
  EXPECT_EQ(BillOf(RunCycle()).total_cents(), 13'92 + 7'34 + 16'50 + 6'25 + 8'05);
}

// What the old bill charged keeps its day, and the customer is told both.
TEST_P(RebillTest, ABillThatBillsAgainSaysWhatOfItIsDueByWhen) {
  BillMonths(2);
  Cancel(CorrectionOf(november_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-11-19", 41'200);  // 100 kWh more: $10.19
  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(november_));
  EXPECT_FALSE(seen.is_same());
  const v1::Rebill made = Rebill(CorrectionOf(november_));
  SignAndPost(made.bill().cycle_id());
  const v1::Bill bill = GetBill(made.bill().bill_id());
  EXPECT_EQ(bill.from_date(), "2026-10-19");
  EXPECT_EQ(bill.to_date(), "2026-11-20") << "storm water goes to the end of the period";
  ASSERT_EQ(bill.due_parts_size(), 2);
  EXPECT_EQ(bill.due_parts(0).due_date(), november_.due_date());
  EXPECT_EQ(bill.due_parts(0).amount_cents(), november_.total_cents());
  EXPECT_EQ(bill.due_parts(1).due_date(), "2026-12-20");
  EXPECT_EQ(bill.due_parts(1).amount_cents(), bill.total_cents() - november_.total_cents());
  EXPECT_EQ(GetBill(october_.bill_id()).due_parts_size(), 0);

  v1::ExplainBillRequest explain;
  explain.set_account_id(kAccount);
  explain.set_bill_id(bill.bill_id());
  const auto why = Send<v1::BillService>(&v1::BillService::Stub::ExplainBill, analyst_, explain);
  EXPECT_EQ(why.since_last().earlier_bill_id(), october_.bill_id());
  EXPECT_EQ(why.since_replaced().earlier_bill_id(), november_.bill_id());
  EXPECT_EQ(why.since_replaced().main_cause(), v1::COMPARISON_CAUSE_USAGE);
  v1::ListBillsRequest list;
  list.set_account_id(kAccount);
  const auto bills = Send<v1::BillService>(&v1::BillService::Stub::ListBills, analyst_, list);
  EXPECT_EQ(bills.bills(0).to_date(), "2026-11-20") << "which month it is of";
}

// One error over two months is one refund, and interest runs from the payment, not the discovery.
TEST_P(RebillTest, WhatOneErrorGivesBackIsCountedTogetherFromThePaymentOn) {
  BillMonths(2);
  v1::RebillPolicy policy = Limits();
  policy.set_cash_refund_above_cents(12'00);
  policy.set_cash_refund_average_months(0);
  policy.set_interest(true);
  LoadLimits(policy);
  Deliver(receivable::ApplyPayments, Taken(kAccount, kOctober + november_.total_cents(), 1));
  Cancel(CorrectionOf(november_, v1::REBILL_CAUSE_READ, "electric"));
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'500);
  RecordRead(1, "E", "2026-11-19", 40'900);  // 100 kWh less in each
  const auto said = [](const v1::RebillPreview& preview, const std::string& rule) {
    for (const v1::RebillLimit& limit : preview.limits()) {
      if (limit.rule() == rule) return limit.finding();
    }
    return std::string("nothing");
  };
  const v1::RebillPreview first = LookAtRebill(CorrectionOf(october_));
  EXPECT_EQ(said(first, "CASH_REFUND"), "10.19 stay credit on the account");
  EXPECT_TRUE(said(first, "INTEREST").starts_with("none: it is put right within"))
      << said(first, "INTEREST");
  Rebill(CorrectionOf(october_));
  const v1::RebillPreview second = LookAtRebill(CorrectionOf(november_));
  EXPECT_EQ(said(second, "CASH_REFUND"), "cash is offered for 17.53, of it 10.19 on bills before");
}

// The edit list is worked before anything is priced, by a run or again.
TEST_P(RebillTest, AReadThatWaitsInTheEditListIsWorkedFirst) {
  BillMonths(1);
  Import("E" + std::to_string(kAccount) + ",2026-10-19,40700,kWh\n");  // another of the same day
  ASSERT_EQ(WaitingReads().size(), 1u);
  LookAtRebill(CorrectionOf(october_), "REBILL_NOT_PRICED");
  DiscardWaitingReads();
  EXPECT_EQ(LookAtRebill(CorrectionOf(october_)).new_bill().total_cents(), kOctober);
}

// What a cycle is compared with is no measure of one of its bills.
TEST_P(RebillTest, WhoeverCountedTheWaterOfTheCycleMaySignARebillOfIt) {
  const std::string engineer =
      server_.SignIn(PersonId(13), {"control_total.record", "cycle.sign_off", "cycle.view"});
  RecordControl("water", 6'000, "2026-10-20", {}, engineer);
  BillMonths(1);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  SignOff(GetCycle(made.bill().cycle_id()), engineer);
}

// An older bill, with a later one behind it.
TEST_P(RebillTest, WhatWasPaidOnTimeIsNotPastDueForBeingBilledAgain) {
  BillMonths(2);
  Deliver(receivable::ApplyPayments, Taken(kAccount, kOctober, 1));
  const std::int64_t owed = GetBalance(kAccount).total_cents();
  EXPECT_EQ(owed, november_.total_cents());
  EXPECT_EQ(
      LookAtCancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "water"), "READ_BILLED_SINCE")
          .digest(),
      "");
  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(october_));
  EXPECT_GE(seen.entries_size(), 2) << "the reversal, and the credit that November uses meanwhile";
  for (const v1::PlannedCharge& charge : seen.charges()) {
    EXPECT_EQ(charge.due_date(), october_.due_date());  // its age counts on
  }
  EXPECT_TRUE(seen.is_same()) << "nothing was put right";
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  EXPECT_EQ(made.bill().total_cents(), kOctober);
  ExpectProven();
  SignAndPost(made.bill().cycle_id());
  EXPECT_EQ(GetBill(0).bill_id(), november_.bill_id()) << "October's is not the newest for it";
  const v1::Balance then = GetBalance(kAccount);
  EXPECT_EQ(then.total_cents(), owed);
  EXPECT_EQ(then.credit_cents(), 0);
  EXPECT_EQ(then.past_due_cents(), 0) << "October is paid, as it was";
  ExpectProven();

  // The payment bounces: what it paid in the end is open, nothing of the cancelled bill.
  Deliver(receivable::ApplyPayments, Reversed(Taken(kAccount, kOctober, 1)));
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober + november_.total_cents());
}

TEST_P(RebillTest, BillsBehindOneAnotherAreBilledAgainInTheirOrder) {
  BillMonths(2);
  Cancel(CorrectionOf(november_, v1::REBILL_CAUSE_READ, "electric"));
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
  ExpectProven();
  LookAtRebill(CorrectionOf(november_), "EARLIER_DAYS_OPEN");
  RecordRead(1, "E", "2026-10-19", 40'500);
  RecordRead(1, "E", "2026-11-19", 41'100);
  const v1::Rebill first = Rebill(CorrectionOf(october_));
  const v1::Rebill second = Rebill(CorrectionOf(november_));
  SignAndPost(second.bill().cycle_id());  // in any order
  SignAndPost(first.bill().cycle_id());
  EXPECT_EQ(first.bill().total_cents(), 13'92 + 36'70 + 24'00 + 8'05);
  EXPECT_EQ(second.bill().total_cents(), 13'92 + 36'70 + 10'19 + 16'50 + 6'25 + 8'05);
}

// A read that was replaced, and with which the bill behind it begins.
TEST_P(RebillTest, DaysThatDoNotFitTheBillsAroundThemAreRefused) {
  BillMonths(2);
  SetRead("2026-10-19", 40'600, 40'500);
  LookAtRebill(CorrectionOf(october_), "READ_DIFFERS");
  LookAtRebill(CorrectionOf(november_), "READ_DIFFERS");
  SetRead("2026-10-19", 40'500, 40'600);
  EXPECT_EQ(LookAtRebill(CorrectionOf(october_)).new_bill().total_cents(), kOctober);
}

TEST_P(RebillTest, ABillIsBilledAgainOnce) {
  BillMonths(2);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  LookAtRebill(CorrectionOf(october_), "ALREADY_REBILLED");
  SignAndPost(made.bill().cycle_id());
  LookAtRebill(CorrectionOf(october_), "ALREADY_REBILLED");
  Cancel(CorrectionOf(GetBill(made.bill().bill_id())));
  LookAtRebill(CorrectionOf(october_), "ALREADY_REBILLED");  // its replacement is to be, now
  Rebill(CorrectionOf(GetBill(made.bill().bill_id())));
}

TEST_P(RebillTest, ARebillThatTheGuardHoldsIsSeenAndMayBeRefused) {
  BillMonths(2);
  LoadGuardPolicy("2026-11-24", "BILL_CENTS_MAX", 10'00);
  SetMorning("2026-11-24");
  const v1::Rebill held = Rebill(CorrectionOf(october_));
  EXPECT_EQ(held.bill().state(), v1::BILL_STATE_HELD);
  ASSERT_EQ(Cancellations().cancellations_size(), 1);
  EXPECT_EQ(Cancellations().cancellations(0).rebill_state(), v1::BILL_STATE_HELD);
  Review(held.bill(), v1::REVIEW_DECISION_CONFIRM_HOLD);
  EXPECT_EQ(Cancellations().cancellations(0).rebill_state(), v1::BILL_STATE_CANCELLED);
  ExpectProven();
  const v1::Rebill again = Rebill(CorrectionOf(october_));
  EXPECT_EQ(again.rebill_no(), 2);
  SignAndPost(again.bill().cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), november_.total_cents()) << "still held";
  Review(again.bill(), v1::REVIEW_DECISION_RELEASE);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), november_.total_cents() + kOctober);
  EXPECT_EQ(Cancellations().cancellations_size(), 0);
  // And once more, of the bill that took its place.
  const v1::Rebill third = Rebill(CorrectionOf(GetBill(again.bill().bill_id())));
  EXPECT_EQ(third.bill().rebilled_bill_id(), again.bill().bill_id());
}

// Nothing lists the days of a bill that its review refused: nobody would bill them again.
TEST_P(RebillTest, ARebillOfARefusedBillIsNotRefusedOnceLaterDaysAreBilled) {
  BillMonths(1);
  LoadGuardPolicy("2026-11-24", "BILL_CENTS_MAX", 10'00);
  SetMorning("2026-11-24");
  Import(Reads(1'100, 11, "2026-11-19"));
  const v1::Bill refused = BillOf(RunCycle());
  ASSERT_EQ(refused.state(), v1::BILL_STATE_HELD);
  Review(refused, v1::REVIEW_DECISION_KEEP_READS);
  const v1::Rebill first = Rebill(CorrectionOf(refused));
  Review(first.bill(), v1::REVIEW_DECISION_KEEP_READS);  // no later days are billed
  const v1::Rebill held = Rebill(CorrectionOf(refused));
  ASSERT_EQ(held.bill().state(), v1::BILL_STATE_HELD);
  SetMorning("2026-12-23");
  Import(Reads(1'600, 16, "2026-12-19"));
  BillOf(RunCycle(7, "2026-12-20"));
  Review(held.bill(), v1::REVIEW_DECISION_KEEP_READS, "BILLED_SINCE");
  Review(held.bill(), v1::REVIEW_DECISION_CONFIRM_HOLD, "BILLED_SINCE");
  ExpectProven();
  Review(held.bill(), v1::REVIEW_DECISION_RELEASE);
  SignAndPost(held.bill().cycle_id());
  ExpectProven();
}

TEST_P(RebillTest, AnIncreaseBeyondTheLimitIsShownAndNotCharged) {
  BillMonths(1);
  LoadLimits(Limits());
  LoadLimits(Limits(), "POLICY_EXISTS");
  const v1::Correction misread = CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric");
  Cancel(misread);
  RecordRead(1, "E", "2026-10-19", 40'700);  // 100 kWh more: $10.19
  // Found on 20 November, and one month back is 20 October: all 29 days are older.
  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(october_));
  ASSERT_EQ(seen.limits_size(), 1);
  EXPECT_EQ(seen.limits(0).rule(), "BACKBILL_MONTHS");
  EXPECT_EQ(seen.limits(0).cut_cents(), 10'19);
  EXPECT_EQ(seen.limits(0).binding(), v1::RULE_BINDING_ADOPTED);
  EXPECT_EQ(seen.not_charged_cents(), 10'19);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  EXPECT_EQ(made.bill().total_cents(), kOctober + 10'19);
  EXPECT_EQ(made.bill().not_charged_cents(), 10'19);
  const v1::CycleRun run = GetCycle(made.bill().cycle_id());
  SignOff(run, supervisor_, "FINDINGS_OPEN");
  ASSERT_EQ(Findings(run.cycle_id()).findings_size(), 1);
  EXPECT_EQ(Findings(run.cycle_id()).findings(0).rule(), "BACKBILL_LIMIT");
  Acknowledge(run.cycle_id(), 1, analyst_, "SAME_PERSON");
  Acknowledge(run.cycle_id(), 1, supervisor_);
  SignAndPost(run.cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober);
  EXPECT_EQ(GetBill(made.bill().bill_id()).not_charged_cents(), 10'19);
  // What neighbours are told is owed, too, when it is posted and when it is cancelled again.
  const auto posted = Emitted<v1::BillPosted>();
  EXPECT_EQ(posted.back().total_cents() - posted.back().not_charged_cents(), kOctober);
  EXPECT_EQ(posted.front().not_charged_cents(), 0);
  Cancel(CorrectionOf(made.bill()));
  const v1::BillCancelled cancelled = Emitted<v1::BillCancelled>().back();
  EXPECT_EQ(cancelled.total_cents() - cancelled.not_charged_cents(), kOctober);
  EXPECT_EQ(Cancellations(false).cancellations(1).credited_cents(), kOctober);
}

// The controls: fraud is not protected, and a template of somebody else cuts nothing.
TEST_P(RebillTest, FraudAndTemplatesAreCharged) {
  BillMonths(1);
  LoadLimits(Limits());
  LoadLimits(Limits("2026-11-23", v1::RULE_BINDING_TEMPLATE));
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'700);
  const v1::RebillPreview model = LookAtRebill(CorrectionOf(october_));
  EXPECT_EQ(model.limits(0).beyond_cents(), 10'19);
  EXPECT_EQ(model.not_charged_cents(), 0);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  EXPECT_EQ(GetCycle(made.bill().cycle_id()).finding_count(), 0);
  SignAndPost(made.bill().cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober + 10'19);
}

TEST_P(RebillTest, FraudIsAcknowledgedBySomebodyElse) {
  BillMonths(1);
  LoadLimits(Limits());
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_FRAUD, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'700);
  const v1::Rebill made = Rebill(CorrectionOf(october_, v1::REBILL_CAUSE_FRAUD));
  EXPECT_EQ(made.not_charged_cents(), 0);
  SignOff(GetCycle(made.bill().cycle_id()), supervisor_, "FINDINGS_OPEN");
}

TEST_P(RebillTest, ARefundBeyondTheLimitIsForASecondPersonToSee) {
  BillMonths(1);
  LoadLimits(Limits());
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'500);
  const v1::RebillPreview seen = LookAtRebill(CorrectionOf(october_));
  ASSERT_EQ(seen.limits_size(), 3);
  EXPECT_EQ(seen.limits(0).rule(), "REFUND_MONTHS");
  EXPECT_EQ(seen.limits(0).beyond_cents(), 10'19);
  EXPECT_EQ(seen.limits(0).cut_cents(), 0);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  SignOff(GetCycle(made.bill().cycle_id()), supervisor_, "FINDINGS_OPEN");
  Acknowledge(made.bill().cycle_id(), 1, supervisor_);
  SignAndPost(made.bill().cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober - 10'19);
}

TEST_P(RebillTest, NobodyLiftsALimitForTheBillAtHand) {
  BillMonths(1);
  LoadLimits(Limits(), "", supervisor_);
  v1::LoadRebillPolicyRequest today;
  today.set_request_id(Key());
  *today.mutable_policy() = Limits("2026-11-23");
  Send<v1::RebillService>(&Stub::LoadRebillPolicy, analyst_, today, "INVALID_REQUEST");
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'700);
  const v1::Rebill made = Rebill(CorrectionOf(october_));
  Acknowledge(made.bill().cycle_id(), 1, supervisor_, "SAME_PERSON");
  SignOff(GetCycle(made.bill().cycle_id()), supervisor_, "SAME_PERSON");
}

TEST_P(RebillTest, NobodyMovesALimitByAnotherDayOfDiscovery) {
  BillMonths(1);
  LoadLimits(Limits());
  Cancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "electric"));
  RecordRead(1, "E", "2026-10-19", 40'700);
  const auto on = [&](const std::string& day) {
    return CorrectionOf(october_, v1::REBILL_CAUSE_READ, "", day);
  };
  LookAtRebill(on("2026-10-20"), "DISCOVERY_DIFFERS");
  LookAtRebill(on("2026-11-23"), "DISCOVERY_DIFFERS");
  LookAtRebill(on("2026-09-20"), "INVALID_REQUEST");
  EXPECT_GT(LookAtRebill(on("2026-11-20")).limits_size(), 0);
}

// The newest bill may wait for the next run of its cycle instead.
TEST_P(RebillTest, TheNextRunBillsTheDaysOfTheNewestBill) {
  BillMonths(1);
  Cancel(CorrectionOf(october_));
  Import(Reads(1'100, 11, "2026-11-19"));
  const v1::CycleRun run = RunCycle();
  EXPECT_EQ(run.held_count(), 1) << "sixty days in one bill";
  Review(BillOf(run), v1::REVIEW_DECISION_RELEASE);
  EXPECT_EQ(Cancellations().cancellations_size(), 0);
  LookAtRebill(CorrectionOf(october_), "DAYS_BILLED");
}

TEST_P(RebillTest, RefusalsInTheirOrder) {
  BillMonths(1);
  v1::Bill unknown = october_;
  unknown.set_bill_id(5);
  LookAtCancel(CorrectionOf(unknown), "BILL_UNKNOWN");
  LookAtRebill(CorrectionOf(unknown), "BILL_UNKNOWN");
  LookAtCancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "storm"), "SERVICE_NOT_MEASURED");
  LookAtCancel(CorrectionOf(october_, v1::REBILL_CAUSE_READ, "", "2026-11-24"), "INVALID_REQUEST");
  Import(Reads(1'100, 11, "2026-11-19"));
  const v1::CycleRun started = StartCycle();
  LookAtCancel(CorrectionOf(october_), "CYCLE_CALCULATING");
  LookAtRebill(CorrectionOf(october_), "CYCLE_CALCULATING");
  Work();
  LookAtCancel(CorrectionOf(BillOf(started)), "BILL_NOT_POSTED");
  LookAtRebill(CorrectionOf(BillOf(started)), "BILL_NOT_POSTED");
  Cancel(CorrectionOf(october_));
  LookAtCancel(CorrectionOf(october_), "BILL_NOT_POSTED");
}

TEST_P(RebillTest, WhatHasChangedSinceTheLookIsLookedAtAgain) {
  BillMonths(1);
  const v1::Correction correction = CorrectionOf(october_);
  const std::string digest = LookAtRebill(correction).digest();
  v1::Correction other = correction;
  other.set_reason("another reason");
  Rebill(RequestOf(other, digest, Key()), "STALE");
  Deliver(receivable::ApplyPayments, Taken(kAccount, 10'00, 1));
  Rebill(RequestOf(correction, digest, Key()), "STALE");
  EXPECT_EQ(GetBill(october_.bill_id()).state(), v1::BILL_STATE_POSTED);
  const auto request = RequestOf(correction, LookAtRebill(correction).digest(), Key());
  const v1::Rebill first = Rebill(request);
  const v1::Rebill again = Rebill(request);
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Cancellations(false).cancellations_size(), 1);
  auto reused = request;
  reused.set_due_date("2026-12-21");
  Rebill(reused, "REQUEST_ID_REUSED");
}

TEST_P(RebillTest, WhoeverTookAPaymentOfTheAccountDoesNotCorrectIt) {
  BillMonths(1);
  payment::v1::PaymentTaken taken = Taken(kAccount, 10'00, 1);
  taken.set_taken_by_person_id(7);
  Deliver(receivable::ApplyPayments, taken);
  Cancel(CorrectionOf(october_), "TOOK_PAYMENT");
  const v1::Correction correction = CorrectionOf(october_);
  Rebill(RequestOf(correction, LookAtRebill(correction).digest(), Key()), "TOOK_PAYMENT");
}

// A meter that was exchanged within the days of the bill.
TEST_P(RebillTest, AnExchangeWithinTheDaysIsMeasuredAgain) {
  BillMonths(1);
  Exchange(ExchangeOf(kAccount, "2026-11-05", 41'000, 10));
  Import("N" + std::to_string(kAccount) + ",2026-11-19,110,kWh\nW" + std::to_string(kAccount) +
         ",2026-11-19,511,kgal\n");
  const v1::Bill bill = BillOf(RunCycle());
  const v1::Rebill made = Rebill(CorrectionOf(bill));
  EXPECT_EQ(made.bill().total_cents(), bill.total_cents());
  SignAndPost(made.bill().cycle_id());
  // October's, whose meter stands there no more.
  const v1::Rebill october = Rebill(CorrectionOf(october_));
  EXPECT_EQ(october.bill().total_cents(), kOctober);
}

}  // namespace
}  // namespace reeve::billing
