// Runs of late fees through the API: calculated, held, decided, signed, posted, due.
#include <map>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/late_fee_service.grpc.pb.h"
#include "reeve/billing/v1/print_record.pb.h"
#include "reeve/billing/v1/print_service.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "tests/integration/billing/overdue.h"

namespace reeve::billing {
namespace {

std::int64_t AccountAt(int index) { return 10000000009 + index * 100; }
// 500 kWh and 5 kgal: 13.92 + 36.70, 16.50 + 6.25, 8.05.
constexpr std::int64_t kBill = 81'42;
// The higher of 2 % of that and $5, and 8.3 % of it.
constexpr std::int64_t kFee = 5'00;
constexpr std::int64_t kTax = 42;

class LateFeeTest : public Overdue, public Printing {
 protected:
  // Homes of the same bill, due on 2026-12-15, which were sent it on 2026-11-23.
  void Bill(int homes, bool sent = true) {
    LoadTariff();
    std::string rows;
    for (int i = 0; i < homes; ++i) {
      Open(Account(AccountAt(i)));
      const std::string number = std::to_string(AccountAt(i));
      rows += "E" + number + ",2026-11-19,40500,kWh\nW" + number + ",2026-11-19,505,kgal\n";
    }
    Import(rows);
    cycle_id_ = RunCycle().cycle_id();
    if (sent) Mail();
  }
  void Mail() {
    const v1::PrintFile file = Print(cycle_id_);
    ReleasePrint(file.print_file_id(), Sample(file.print_file_id()).sample_sha256(), releaser_);
  }
  void Pay(int index, std::int64_t cents, const std::string& date) {
    taken_.push_back(Taken(AccountAt(index), cents, static_cast<int>(taken_.size()) + 1, date));
    Deliver(receivable::ApplyPayments, taken_.back());
  }
  v1::LateFeeRun Calculate() {
    const v1::LateFeeRun run = StartLateFees();
    return AdvanceLateFees(run.run_id());
  }
  v1::LateFeeRun SignAll(const v1::LateFeeRun& run) {
    for (const v1::LateFeeFinding& finding : run.findings()) {
      if (!finding.acknowledgement().empty()) continue;
      AcknowledgeLateFees(run.run_id(), finding.rule(), approver_);
    }
    return SignLateFees(GetLateFees(run.run_id()), approver_);
  }

  std::int64_t cycle_id_ = 0;
  std::vector<payment::v1::PaymentTaken> taken_;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, LateFeeTest, testing::BothEngines(), testing::EngineName);

TEST_P(LateFeeTest, WhatWasUnpaidOnTheLastDayIsChargedOnceAndDue) {
  Bill(4);
  LoadLateFees(Mesa());
  Pay(1, kBill, "2026-12-15");  // on the last day
  Pay(2, 60'00, "2026-12-10");  // 21.42 is below what bears a fee
  Pay(3, kBill, "2026-12-16");  // a day late
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  EXPECT_EQ(run.state(), v1::LATE_FEE_RUN_STATE_CALCULATED);
  EXPECT_EQ(run.from_date(), "2026-06-30");
  EXPECT_EQ(run.run_date(), "2026-12-20");
  ASSERT_EQ(run.fee_count(), 2);
  EXPECT_EQ(run.total_cents(), 2 * (kFee + kTax));
  EXPECT_EQ(run.first_count(), 2);
  const std::vector<v1::LateFee> fees = LateFees(run.run_id());
  ASSERT_EQ(fees.size(), 2u);
  const v1::LateFee& fee = fees[0];
  EXPECT_EQ(fee.account_id(), AccountAt(0));
  EXPECT_EQ(fees[1].account_id(), AccountAt(3));
  EXPECT_EQ(fee.due_date(), "2026-12-15");
  EXPECT_EQ(fee.sent_date(), "2026-11-23");
  EXPECT_EQ(fee.last_date(), "2026-12-15");
  EXPECT_EQ(fee.owed_cents(), kBill);
  ASSERT_EQ(fee.unpaid_size(), 3);
  EXPECT_EQ(fee.unpaid(0).service(), "electric");
  EXPECT_EQ(fee.unpaid(0).unpaid_cents(), 50'62);
  EXPECT_EQ(fee.fee_cents(), kFee);
  EXPECT_EQ(fee.tax_cents(), kTax);
  EXPECT_EQ(fee.citation(), "Mesa City Code, utilities, of 2026-07-01");
  EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill) << "nothing before the signature";

  SignLateFees(run, approver_, "FINDINGS_OPEN");
  ASSERT_EQ(run.findings_size(), 1);
  EXPECT_EQ(run.findings(0).rule(), "NO_RUN_BEFORE");
  AcknowledgeLateFees(run.run_id(), "NO_RUN_BEFORE", analyst_, "SAME_PERSON");
  AcknowledgeLateFees(run.run_id(), "FEE_COUNT", approver_, "FINDING_UNKNOWN");
  AcknowledgeLateFees(run.run_id(), "NO_RUN_BEFORE", approver_);
  AcknowledgeLateFees(run.run_id(), "NO_RUN_BEFORE", approver_, "ACKNOWLEDGED");
  SignLateFees(run, analyst_, "SAME_PERSON");
  SignLateFees(run, loader_, "OWN_POLICY");
  v1::LateFeeRun other = run;
  other.set_total_cents(1);
  SignLateFees(other, approver_, "STALE");
  PostLateFees(run.run_id(), "RUN_STATE");
  EXPECT_EQ(SignLateFees(run, approver_).ended_by_person_id(), 32);
  const v1::LateFeeRun posted = PostLateFees(run.run_id());
  EXPECT_EQ(posted.state(), v1::LATE_FEE_RUN_STATE_POSTED);
  EXPECT_EQ(posted.fee_count(), 2);
  PostLateFees(run.run_id(), "RUN_STATE");
  WithdrawLateFees(run.run_id(), "RUN_STATE");

  const v1::Balance balance = GetBalance(AccountAt(0));
  EXPECT_EQ(balance.total_cents(), kBill + kFee + kTax);
  EXPECT_EQ(GetBalance(AccountAt(1)).total_cents(), 0);
  EXPECT_EQ(GetBalance(AccountAt(3)).total_cents(), kFee + kTax);
  EXPECT_EQ(LateFeesOf(AccountAt(0))[0].posted_date(), "2026-12-20");
  v1::ListEntriesRequest list;
  list.set_account_id(AccountAt(0));
  const auto entries =
      Send<v1::ReceivableService>(&v1::ReceivableService::Stub::ListEntries, analyst_, list);
  EXPECT_EQ(entries.entries(0).kind(), v1::ENTRY_KIND_LATE_FEE);
  std::map<std::string, std::int64_t> sums;
  for (const v1::EntryPosting& posting : entries.entries(0).postings()) {
    sums[posting.ledger_account()] += posting.amount_cents();
  }
  // 5.00 by 50.62, 8.05 and 22.75 of 81.42.
  EXPECT_EQ(sums["forfeited-discounts-electric"], -3'11);
  EXPECT_EQ(sums["forfeited-discounts-storm"], -49);
  EXPECT_EQ(sums["forfeited-discounts-water"], -1'40);
  EXPECT_EQ(sums["tax-payable-electric"] + sums["tax-payable-storm"] + sums["tax-payable-water"],
            -kTax);
  ExpectProven();
  StartLateFees("LATE", "NOTHING_NEW");
  SetMorning("2026-12-28");
  EXPECT_EQ(Calculate().fee_count(), 0) << "once";
}

TEST_P(LateFeeTest, WhoPaidInTimeIsNeverChargedHoweverLateTheMoneyComes) {
  Bill(3);
  LoadLateFees(Mesa());
  SetMorning("2026-12-20");
  payment_head_.head = std::nullopt;
  StartLateFees("LATE", "PAYMENTS_UNKNOWN");
  payment_head_.head = "";
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.fee_count(), 3);
  SignAll(run);
  Pay(1, kBill, "2026-12-14");  // the bank tells it after the signature
  payment_head_.head = std::nullopt;
  PostLateFees(run.run_id(), "PAYMENTS_UNKNOWN");
  payment_head_.head = "";
  const v1::LateFeeRun posted = PostLateFees(run.run_id());
  EXPECT_EQ(posted.fee_count(), 2);
  EXPECT_EQ(posted.lapsed_count(), 1);
  EXPECT_EQ(GetBalance(AccountAt(1)).total_cents(), 0);
  EXPECT_EQ(LateFeesOf(AccountAt(1))[0].problem(), "CHANGED");
  EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill + kFee + kTax);
  ExpectProven();
}

TEST_P(LateFeeTest, ACheckThatCameBackNeverPaid) {
  Bill(2);
  LoadLateFees(Mesa());
  Pay(0, kBill, "2026-12-10");
  Pay(1, kBill, "2026-12-10");
  payment::v1::PaymentReversed reversed = Reversed(taken_[0]);
  reversed.set_business_date("2026-12-18");
  Deliver(receivable::ApplyPayments, reversed);
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = ChargeLate();
  EXPECT_EQ(run.fee_count(), 1);
  EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill + kFee + kTax);
  ExpectProven();
}

TEST_P(LateFeeTest, ABillThatWasNotSentBearsNoneAndALatePrintMovesTheDay) {
  Bill(2, /*sent=*/false);
  LoadLateFees(Mesa());
  SetMorning("2026-12-20");
  EXPECT_EQ(ChargeLate().fee_count(), 0);
  Mail();  // ten days from here
  SetMorning("2026-12-30");
  EXPECT_EQ(ChargeLate().fee_count(), 0);
  SetMorning("2026-12-31");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.fee_count(), 2);
  EXPECT_EQ(LateFees(run.run_id())[0].last_date(), "2026-12-30");
}

TEST_P(LateFeeTest, WhatIsDisputedLargeOrWaitsIsHeldUntilSomebodyDecides) {
  Bill(4);
  v1::LateFeePolicy policy = Mesa();
  policy.set_hold_above_cents(4'00);
  LoadLateFees(policy);
  v1::OpenDisputeRequest dispute;
  dispute.set_request_id(Key());
  dispute.set_account_id(AccountAt(0));
  dispute.set_reason("the read is wrong");
  const std::string clerk = server_.SignIn(PersonId(40), {"dispute.open"});
  Send<v1::CollectionsService>(&v1::CollectionsService::Stub::OpenDispute, clerk, dispute);
  const v1::LateFeeExemption waiting = Exempt(AccountAt(1), "2026-12-01", "2027-03-15");
  DecideExemption(Exempt(AccountAt(2), "2026-12-16", "2026-12-16"), true, approver_);
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  EXPECT_EQ(run.fee_count(), 0);
  EXPECT_EQ(run.exempt_count(), 1);
  ASSERT_EQ(run.held_count(), 3);
  EXPECT_EQ(run.held_cents(), 3 * (kFee + kTax));
  const std::vector<v1::LateFee> held = LateFees(run.run_id(), /*held_only=*/true);
  ASSERT_EQ(held.size(), 3u);
  EXPECT_EQ(held[0].problem(), "DISPUTED");
  EXPECT_EQ(held[1].problem(), "EXEMPTION_WAITS");
  EXPECT_EQ(held[2].problem(), "LARGE");
  EXPECT_EQ(held[2].evidence(), "5.00 is above 4.00");
  EXPECT_EQ(LateFeesOf(AccountAt(2))[0].evidence(),
            "ASSISTANCE 2026-12-16..2026-12-16, HEAT approval 12");
  EXPECT_EQ(Assign(held[0], 77).owner_person_id(), 77);
  SignLateFees(run, approver_, "FEES_HELD");
  DecideFee(held[0], v1::LATE_FEE_DECISION_CHARGE, analyst_, "SAME_PERSON");
  DecideFee(held[0], v1::LATE_FEE_DECISION_DROP, decider_);
  DecideFee(held[0], v1::LATE_FEE_DECISION_DROP, decider_, "FEE_NOT_HELD");
  DecideFee(held[1], v1::LATE_FEE_DECISION_CHARGE, decider_);
  v1::LateFee unknown = held[2];
  unknown.set_bill_id(1);
  DecideFee(unknown, v1::LATE_FEE_DECISION_CHARGE, decider_, "FEE_UNKNOWN");
  DecideFee(held[2], v1::LATE_FEE_DECISION_CHARGE, decider_);
  AcknowledgeLateFees(run.run_id(), "NO_RUN_BEFORE", decider_);
  SignLateFees(GetLateFees(run.run_id()), decider_, "OWN_DECISION");
  SignAll(GetLateFees(run.run_id()));
  DecideExemption(waiting, true, approver_);  // between the signature and the posting
  const v1::LateFeeRun posted = PostLateFees(run.run_id());
  EXPECT_EQ(posted.fee_count(), 1);
  EXPECT_EQ(posted.dropped_count(), 1);
  EXPECT_EQ(posted.lapsed_count(), 1);
  EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill);
  EXPECT_EQ(GetBalance(AccountAt(1)).total_cents(), kBill);
  EXPECT_EQ(GetBalance(AccountAt(3)).total_cents(), kBill + kFee + kTax);
  ExpectProven();
}

TEST_P(LateFeeTest, AnExemptionTakesTwoPeople) {
  Open(Account(AccountAt(0)));
  Exempt(1, "2026-12-01", "2027-03-15", "ACCOUNT_UNKNOWN");
  Exempt(AccountAt(0), "2026-12-01", "2028-03-15", "INVALID_REQUEST");
  const v1::LateFeeExemption one = Exempt(AccountAt(0), "2026-12-01", "2027-03-15");
  EXPECT_EQ(one.state(), v1::LATE_FEE_EXEMPTION_STATE_PROPOSED);
  DecideExemption(one, true, excuser_, "SAME_PERSON");
  EXPECT_EQ(DecideExemption(one, false, approver_).state(), v1::LATE_FEE_EXEMPTION_STATE_DECLINED);
  DecideExemption(one, true, approver_, "EXEMPTION_DECIDED");
  v1::LateFeeExemption other = one;
  other.set_exemption_no(2);
  DecideExemption(other, true, approver_, "EXEMPTION_UNKNOWN");
  ExpectProven();
}

TEST_P(LateFeeTest, ARunIsWithdrawnAndTheNextTakesItsDays) {
  Bill(2);
  StartLateFees("LATE", "POLICY_UNKNOWN");
  LoadLateFees(Mesa());
  LoadLateFees(Mesa(), "POLICY_EXISTS");
  LoadLateFees(Mesa("2026-08-01"), "POLICY_BACKDATED");
  v1::LateFeePolicy homes = Mesa("2026-12-01");
  homes.set_code("LATE-HOMES");
  homes.set_customer_class("RESIDENTIAL");
  LoadLateFees(homes, "POLICY_OVERLAPS");  // LATE is of homes, too
  homes.set_service("water");
  homes.clear_backdating();
  homes.set_effective_date("2026-11-22");
  LoadLateFees(homes, "INVALID_REQUEST");  // it would charge for what was due before today
  homes.set_effective_date("2026-11-23");
  LoadLateFees(homes);
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  StartLateFees("LATE", "RUN_OPEN");
  AdvanceLateFees(run.run_id(), "RUN_STATE");
  EXPECT_EQ(WithdrawLateFees(run.run_id()).state(), v1::LATE_FEE_RUN_STATE_WITHDRAWN);
  EXPECT_EQ(ChargeLate().fee_count(), 2);
  GetLateFees(1, "RUN_UNKNOWN");
  ExpectProven();
}

// A restart loses nothing: each step is a transaction that says how far the run has come, and the
// same step sent again has the same answer.
TEST_P(LateFeeTest, AStepThatIsSentAgainChargesNothingTwice) {
  Bill(3);
  LoadLateFees(Mesa());
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  SignAll(run);
  v1::PostLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run.run_id());
  for (int i = 0; i < 2; ++i) {
    const auto posted =
        Send<v1::LateFeeService>(&v1::LateFeeService::Stub::PostLateFeeRun, analyst_, request);
    EXPECT_EQ(posted.fee_count(), 3);
    EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill + kFee + kTax);
  }
  ExpectProven();
}

TEST_P(LateFeeTest, MonthlyFeesComeAgainOnWhatIsStillUnpaid) {
  Bill(1);
  v1::LateFeePolicy policy = Mesa();
  policy.set_repeats(v1::LATE_FEE_REPEATS_MONTHLY);
  policy.set_tax_hundredths(0);
  LoadLateFees(policy);
  SetMorning("2026-12-20");
  EXPECT_EQ(ChargeLate().fee_count(), 1);
  SetMorning("2027-01-15");
  EXPECT_EQ(ChargeLate().fee_count(), 0);
  SetMorning("2027-01-16");
  EXPECT_EQ(ChargeLate().fee_count(), 1);
  EXPECT_EQ(GetBalance(AccountAt(0)).total_cents(), kBill + 2 * kFee);
  EXPECT_EQ(LateFeesOf(AccountAt(0)).size(), 2u);
  ExpectProven();
}

TEST_P(LateFeeTest, WhenMostOfADueDateIsLateSomebodyAsksForTheMail) {
  Bill(10);
  v1::LateFeePolicy policy = Mesa();
  policy.set_share_percent(60);
  LoadLateFees(policy);
  for (int i = 0; i < 4; ++i) Pay(i, kBill, "2026-12-01");
  SetMorning("2026-12-20");
  const v1::LateFeeRun run = Calculate();
  ASSERT_EQ(run.findings_size(), 2);
  EXPECT_EQ(run.findings(0).rule(), "MOST_OF_A_DUE_DATE");
  EXPECT_EQ(run.findings(0).evidence(), "due 2026-12-15: 6 of 10 bills");
}

}  // namespace
}  // namespace reeve::billing
