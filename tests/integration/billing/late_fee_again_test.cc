// Late fees whose ground changes behind their posting: cancelled bills, bills that are made again,
// payments that come late or come back.
#include "reeve/billing/v1/adjustment_service.pb.h"
#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "reeve/billing/v1/late_fee_service.grpc.pb.h"
#include "reeve/billing/v1/print_record.pb.h"
#include "reeve/billing/v1/print_service.pb.h"
#include "tests/integration/billing/adjusting.h"
#include "tests/integration/billing/overdue.h"
#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

// 500 kWh and 5 kgal: 13.92 + 36.70, 16.50 + 6.25, 8.05.
constexpr std::int64_t kBill = 81'42;
// The higher of 2 % of that and $5, and 8.3 % of it.
constexpr std::int64_t kFee = 5'42;

class LateFeeAgainTest : public Overdue, public Printing, public Rebilling, public Adjusting {
 protected:
  static std::int64_t AccountAt(int index) { return kAccount + index * 100; }
  // Homes of the same bill, due on 2026-12-15.
  void Bill(int homes) {
    LoadTariff();
    LoadLimits(Alone("2026-01-02"));
    std::string rows;
    for (int i = 0; i < homes; ++i) {
      Open(Account(AccountAt(i)));
      rows += Reads(500, 5, "2026-11-19", AccountAt(i));
    }
    Import(rows);
    const v1::CycleRun run = RunCycle();
    bill_ = BillOf(run);
    Mail(run.cycle_id());
    LoadLateFees(Mesa());
  }
  void Mail(std::int64_t cycle_id) {
    const v1::PrintFile file = Print(cycle_id);
    ReleasePrint(file.print_file_id(), Sample(file.print_file_id()).sample_sha256(), releaser_);
  }
  payment::v1::PaymentTaken Pay(int index, std::int64_t cents, const std::string& date) {
    payment::v1::PaymentTaken taken = Taken(AccountAt(index), cents, ++payments_, date);
    Deliver(receivable::ApplyPayments, taken);
    return taken;
  }
  void ComeBack(const payment::v1::PaymentTaken& taken, const std::string& date) {
    payment::v1::PaymentReversed reversed = Reversed(taken);
    reversed.set_business_date(date);
    Deliver(receivable::ApplyPayments, reversed);
  }
  v1::LateFeeRun Calculate() { return AdvanceLateFees(StartLateFees().run_id()); }
  v1::LateFeeRun SignAndPostFees(const v1::LateFeeRun& run) {
    for (const v1::LateFeeFinding& finding : run.findings()) {
      AcknowledgeLateFees(run.run_id(), finding.rule(), approver_);
    }
    SignLateFees(GetLateFees(run.run_id()), approver_);
    return PostLateFees(run.run_id());
  }
  std::int64_t BalanceOf(int index) { return GetBalance(AccountAt(index)).total_cents(); }
  v1::Correction Misread() {
    return CorrectionOf(bill_, v1::REBILL_CAUSE_READ, "electric", "2026-12-21");
  }
  v1::Rebill RebillAs(std::int64_t kwh) {
    Cancel(Misread());
    RecordRead(1, "E", "2026-11-19", 40'000 + kwh);
    const v1::Correction correction = CorrectionOf(bill_, v1::REBILL_CAUSE_READ, "", "2026-12-21");
    v1::PreviewRebillRequest preview;
    *preview.mutable_correction() = correction;
    preview.set_due_date("2027-01-20");
    const auto seen =
        Send<v1::RebillService>(&v1::RebillService::Stub::PreviewRebill, analyst_, preview);
    v1::RebillBillRequest request = RequestOf(correction, seen.digest(), Key());
    request.set_due_date("2027-01-20");
    const v1::Rebill made = Rebilling::Rebill(request);
    SignAndPost(made.bill().cycle_id());
    return made;
  }
  v1::Dispute Dispute(int index) {
    v1::OpenDisputeRequest dispute;
    dispute.set_request_id(Key());
    dispute.set_account_id(AccountAt(index));
    dispute.set_reason("the read is wrong");
    return Send<v1::CollectionsService>(&v1::CollectionsService::Stub::OpenDispute, clerk_,
                                        dispute);
  }

  // Staff credit so much of fees for electric.
  v1::Adjustment Waive(int index, std::int64_t cents) {
    v1::AdjustmentType type = ElectricFee();
    type.set_code("FEE-WAIVER");
    type.set_title("Fee waived");
    type.set_effect(v1::ADJUSTMENT_EFFECT_CREDIT);
    type.set_ledger_account("adjustments-electric");
    LoadType(type);
    return Adjust(supervisor_, Spec(AccountAt(index), cents, "FEE-WAIVER"));
  }

  v1::Bill bill_;
  int payments_ = 0;
  const std::string clerk_ = server_.SignIn(PersonId(40), {"dispute.open"});
};
INSTANTIATE_TEST_SUITE_P(BothEngines, LateFeeAgainTest, testing::BothEngines(),
                         testing::EngineName);

TEST_P(LateFeeAgainTest, ACancelledBillTakesItsFeeWithIt) {
  Bill(2);
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = ChargeLate();
  ASSERT_EQ(run.fee_count(), 2);
  SetMorning("2026-12-22");
  Pay(0, kBill + kFee, "2026-12-22");
  const v1::CancellationPreview seen = LookAtCancel(Misread());
  ASSERT_EQ(seen.entries_size(), 2);
  EXPECT_EQ(seen.entries(0).kind(), v1::ENTRY_KIND_LATE_FEE_REVERSAL);
  EXPECT_EQ(seen.entries(1).kind(), v1::ENTRY_KIND_BILL_REVERSAL);
  EXPECT_EQ(seen.freed_cents(), kBill) << "of the bill, not of its fee";
  EXPECT_EQ(seen.balance_after_cents(), -kBill - kFee);
  EXPECT_EQ(LateFeesOf(AccountAt(0))[0].state(), v1::LATE_FEE_STATE_POSTED) << "a look";
  Cancel(Misread());
  EXPECT_EQ(BalanceOf(0), -kBill - kFee);
  const v1::LateFee fee = LateFeesOf(AccountAt(0))[0];
  EXPECT_EQ(fee.state(), v1::LATE_FEE_STATE_REVERSED);
  EXPECT_EQ(fee.reversed_date(), "2026-12-22");
  EXPECT_EQ(fee.reversal(), "BILL_CANCELLED");
  EXPECT_EQ(LateFeesOf(AccountAt(1))[0].state(), v1::LATE_FEE_STATE_POSTED) << "the control";
  EXPECT_EQ(BalanceOf(1), kBill + kFee);
  ExpectProven();
  EXPECT_EQ(GetLateFees(run.run_id()).fee_count(), 2) << "it charged them";
  SetMorning("2026-12-28");
  const v1::LateFeeRun next = Calculate();
  EXPECT_EQ(next.fee_count(), 0);
  EXPECT_EQ(next.reversed_count(), 0);
}

// Of a fee of 5.42 staff waived 1.00 before the bank told that the bill was paid in time.
TEST_P(LateFeeAgainTest, WhatStaffWaivedIsNotPaidOutWhenTheFeeIsTakenBack) {
  Bill(1);
  SetMorning("2026-12-20");
  ChargeLate();
  const v1::Adjustment waiver = Waive(0, 1'00);
  EXPECT_EQ(BalanceOf(0), kBill + kFee - 1'00);
  Pay(0, kBill, "2026-12-14");
  SetMorning("2026-12-22");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.held_count(), 1);
  const v1::LateFee change = LateFees(run.run_id()).at(0);
  EXPECT_EQ(change.problem(), "STAFF_CREDITED");
  EXPECT_EQ(change.evidence(), "staff have credited 1.00 of it");
  DecideFee(change, v1::LATE_FEE_DECISION_CHARGE, decider_);
  EXPECT_EQ(SignAndPostFees(GetLateFees(run.run_id())).lapsed_count(), 0);
  EXPECT_EQ(LateFeesOf(AccountAt(0)).size(), 2u);
  EXPECT_EQ(BalanceOf(0), 0) << "4.42 fell away, and nobody had paid the 1.00";
  ExpectProven();
  PreviewReversal(supervisor_, waiver, "LATE_FEE_REVERSED");
  EXPECT_EQ(BalanceOf(0), 0);
}

// The fee was paid, so that what staff waived is credit and on no charge of it.
TEST_P(LateFeeAgainTest, APaidFeeThatStaffWaivedStaysWhenItsBillGoes) {
  Bill(1);
  SetMorning("2026-12-20");
  ChargeLate();
  SetMorning("2026-12-22");
  Pay(0, kBill + kFee, "2026-12-22");
  EXPECT_EQ(LookAtCancel(Misread()).entries_size(), 2) << "the control: the fee would go";
  Waive(0, 3'00);
  EXPECT_EQ(BalanceOf(0), -3'00);
  EXPECT_EQ(LookAtCancel(Misread()).entries_size(), 1);
  Cancel(Misread());
  EXPECT_EQ(BalanceOf(0), -kBill - 3'00) << "the fee stands, and was waived once";
  EXPECT_EQ(LateFeesOf(AccountAt(0))[0].state(), v1::LATE_FEE_STATE_POSTED);
  ExpectProven();
  SetMorning("2026-12-28");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.held_count(), 1);
  EXPECT_EQ(LateFees(run.run_id()).at(0).evidence(), "staff have credited 3.00 of fees since");
}

// A policy for electric that is loaded behind the fee, for due dates of before.
TEST_P(LateFeeAgainTest, APolicyThatIsLoadedLaterTakesNothingBack) {
  Bill(1);
  SetMorning("2026-12-20");
  ChargeLate();
  SetMorning("2026-12-22");
  v1::LateFeePolicy special = Mesa("2026-12-01");
  special.set_code("LATE-E");
  special.set_service("electric");
  LoadLateFees(special);
  const v1::LateFeeRun run = Calculate();
  EXPECT_EQ(run.fee_count(), 0);
  EXPECT_EQ(run.reversed_count(), 0);
  EXPECT_EQ(BalanceOf(0), kBill + kFee);
  ExpectProven();
}

TEST_P(LateFeeAgainTest, ABillThatIsMadeAgainIsLateForWhatItLeavesOwed) {
  Bill(1);
  SetMorning("2026-12-20");
  ChargeLate();
  SetMorning("2026-12-22");
  const v1::Rebill made = RebillAs(400);
  const std::int64_t owed = made.bill().total_cents();
  ASSERT_LT(owed, kBill);
  EXPECT_EQ(BalanceOf(0), owed);
  SetMorning("2026-12-23");
  EXPECT_EQ(ChargeLate().fee_count(), 0) << "nobody was sent it";
  Mail(made.bill().cycle_id());
  SetMorning("2026-12-24");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.fee_count(), 1);
  EXPECT_EQ(run.again_count(), 1);
  const v1::LateFee fee = LateFees(run.run_id()).at(0);
  EXPECT_EQ(fee.again(), "REBILLED");
  EXPECT_EQ(fee.bill_id(), made.bill().bill_id());
  EXPECT_EQ(fee.last_date(), "2026-12-15");
  EXPECT_EQ(fee.owed_cents(), owed);
  ASSERT_EQ(run.findings_size(), 4) << "the run before charged nothing";
  EXPECT_EQ(run.findings(0).rule(), "EARLIER_DAYS");
  EXPECT_EQ(run.findings(0).evidence(),
            "1 fees of days of earlier runs are charged, 0 of 0.00 are taken back");
  SignAndPostFees(run);
  EXPECT_EQ(BalanceOf(0), owed + kFee);
  ExpectProven();
  SetMorning("2027-02-01");  // its own due date is over, too
  EXPECT_EQ(ChargeLate().fee_count(), 0) << "once";
  EXPECT_EQ(BalanceOf(0), owed + kFee);
  ExpectProven();
}

TEST_P(LateFeeAgainTest, WhatWasPaidInTimeForTheWrongBillCountsForTheRightOne) {
  Bill(1);
  Pay(0, 50'00, "2026-12-10");
  SetMorning("2026-12-20");
  ASSERT_EQ(ChargeLate().fee_count(), 1) << "31.42 was unpaid";
  SetMorning("2026-12-22");
  const v1::Rebill made = RebillAs(400);
  ASSERT_EQ(made.bill().total_cents(), kBill - 7'34);
  Mail(made.bill().cycle_id());
  SetMorning("2026-12-24");
  EXPECT_EQ(ChargeLate().fee_count(), 0) << "24.08 were unpaid, below what bears a fee";
  EXPECT_EQ(BalanceOf(0), 24'08);
  ExpectProven();
}

TEST_P(LateFeeAgainTest, MoneyThatWasPaidInTimeAndToldLateTakesTheFeeBack) {
  Bill(2);
  SetMorning("2026-12-20");
  ChargeLate();
  const payment::v1::PaymentTaken taken = Pay(0, kBill, "2026-12-14");
  EXPECT_EQ(BalanceOf(0), kFee) << "never silently";
  SetMorning("2026-12-22");
  const v1::LateFeeRun run = Calculate();
  EXPECT_EQ(run.fee_count(), 0);
  EXPECT_EQ(run.reversed_count(), 1);
  EXPECT_EQ(run.reversed_cents(), kFee);
  const v1::LateFee change = LateFees(run.run_id()).at(0);
  EXPECT_EQ(change.again(), "LESS_WAS_UNPAID");
  EXPECT_EQ(change.fee_cents(), 0);
  for (const v1::LateFeeFinding& finding : run.findings()) {
    AcknowledgeLateFees(run.run_id(), finding.rule(), approver_);
  }
  v1::LateFeeRun unseen = run;
  unseen.set_reversed_cents(0);
  SignLateFees(unseen, approver_, "STALE");
  SignLateFees(run, approver_);
  EXPECT_EQ(BalanceOf(0), kFee);
  PostLateFees(run.run_id());
  EXPECT_EQ(BalanceOf(0), 0);
  EXPECT_EQ(BalanceOf(1), kBill + kFee) << "the control";
  ExpectProven();
  SetMorning("2026-12-23");
  EXPECT_EQ(ChargeLate().reversed_count(), 0) << "once";

  ComeBack(taken, "2026-12-23");
  SetMorning("2026-12-24");
  const v1::LateFeeRun again = Calculate();
  ASSERT_EQ(again.fee_count(), 1);
  EXPECT_EQ(LateFees(again.run_id()).at(0).again(), "MORE_WAS_UNPAID");
  SignAndPostFees(again);
  EXPECT_EQ(BalanceOf(0), kBill + kFee);
  ExpectProven();
}

TEST_P(LateFeeAgainTest, ACheckThatComesBackBehindTheRunIsLateByTheNext) {
  Bill(3);
  const payment::v1::PaymentTaken taken = Pay(0, kBill, "2026-12-10");
  Pay(1, kBill, "2026-12-10");
  SetMorning("2026-12-20");
  ASSERT_EQ(ChargeLate().fee_count(), 1);
  ComeBack(taken, "2026-12-21");
  SetMorning("2026-12-22");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.fee_count(), 1);
  EXPECT_EQ(run.again_count(), 1);
  const v1::LateFee fee = LateFees(run.run_id()).at(0);
  EXPECT_EQ(fee.account_id(), AccountAt(0));
  EXPECT_EQ(fee.again(), "PAYMENT_RETURNED");
  EXPECT_EQ(fee.last_date(), "2026-12-15");
  SignAndPostFees(run);
  EXPECT_EQ(BalanceOf(0), kBill + kFee);
  EXPECT_EQ(BalanceOf(1), 0);
  ExpectProven();
  SetMorning("2026-12-23");
  EXPECT_EQ(ChargeLate().fee_count(), 0);
}

TEST_P(LateFeeAgainTest, ADecidedFeeThatSomethingElseHoldsLapsesAndIsLookedAtAgain) {
  Bill(2);
  v1::LateFeePolicy policy = Mesa("2026-12-01");
  policy.set_hold_above_cents(4'00);
  LoadLateFees(policy);
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.held_count(), 2);
  for (const v1::LateFee& fee : LateFees(run.run_id())) {
    DecideFee(fee, v1::LATE_FEE_DECISION_CHARGE, decider_);
  }
  AcknowledgeLateFees(run.run_id(), "NO_RUN_BEFORE", approver_);
  SignLateFees(GetLateFees(run.run_id()), approver_);
  Dispute(0);
  const v1::LateFeeRun posted = PostLateFees(run.run_id());
  EXPECT_EQ(posted.lapsed_count(), 1);
  EXPECT_EQ(posted.fee_count(), 1) << "the control: what was decided and nothing else holds";
  EXPECT_EQ(LateFeesOf(AccountAt(0))[0].evidence(), "DISPUTED: a dispute is open");
  SetMorning("2026-12-22");
  const v1::LateFeeRun next = Calculate();
  ASSERT_EQ(next.held_count(), 1);
  const v1::LateFee fee = LateFees(next.run_id()).at(0);
  EXPECT_EQ(fee.again(), "LAPSED");
  EXPECT_EQ(fee.problem(), "DISPUTED");
  DecideFee(fee, v1::LATE_FEE_DECISION_DROP, decider_);
  SignAndPostFees(GetLateFees(next.run_id()));
  EXPECT_EQ(BalanceOf(0), kBill);
  SetMorning("2026-12-23");
  EXPECT_EQ(ChargeLate().fee_count(), 0) << "somebody has decided";
  ExpectProven();
}

// Orders that came behind the fee: what was owed from before the service is forgiven.
TEST_P(LateFeeAgainTest, OrdersOfAServicememberTakeBackWhatWasChargedSince) {
  Bill(2);
  SetMorning("2026-12-20");
  ASSERT_EQ(ChargeLate().fee_count(), 2);
  v1::RecordLateFeeExemptionRequest request;
  request.set_request_id(Key());
  request.set_account_id(AccountAt(0));
  request.set_cause(v1::LATE_FEE_EXEMPTION_CAUSE_SERVICEMEMBER);
  request.set_from_date("2026-12-01");
  request.set_to_date("2028-11-30");
  request.set_document("orders 12-114, notice of 2026-12-21");
  using Stub = v1::LateFeeService::Stub;
  const auto one = Send<v1::LateFeeService>(&Stub::RecordLateFeeExemption, excuser_, request);
  request.set_request_id(Key());
  request.set_from_date("2025-01-01");
  request.set_to_date("2026-06-01");
  Send<v1::LateFeeService>(&Stub::RecordLateFeeExemption, excuser_, request, "INVALID_REQUEST");
  DecideExemption(one, true, excuser_, "SAME_PERSON");
  DecideExemption(one, true, approver_);
  SetMorning("2026-12-22");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.reversed_count(), 1);
  EXPECT_EQ(LateFees(run.run_id()).at(0).again(), "EXEMPTED");
  SignAndPostFees(run);
  EXPECT_EQ(BalanceOf(0), kBill);
  EXPECT_EQ(BalanceOf(1), kBill + kFee) << "the control";
  ExpectProven();
}

}  // namespace
}  // namespace reeve::billing
