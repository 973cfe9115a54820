#include "reeve/billing/v1/correction_proposal_service.grpc.pb.h"
#include "tests/integration/billing/rebilling.h"

namespace reeve::billing {
namespace {

using Proposals = v1::CorrectionProposalService;

class ProposalTest : public Rebilling {
 protected:
  v1::CorrectionProposal Propose(const v1::Correction& correction, const std::string& due_date = "",
                                 const std::string& reason = {}) {
    v1::ProposeCorrectionRequest request;
    request.set_request_id(Key());
    *request.mutable_correction() = correction;
    request.set_due_date(due_date);
    request.set_digest(due_date.empty() ? LookAtCancel(correction).digest()
                                        : LookAtRebill(correction).digest());
    return Send<Proposals>(&Proposals::Stub::ProposeCorrection, analyst_, request, reason);
  }
  template <class Request>
  static Request Of(const v1::CorrectionProposal& proposal) {
    Request request;
    request.set_account_id(proposal.correction().account_id());
    request.set_bill_id(proposal.correction().bill_id());
    request.set_proposal_no(proposal.proposal_no());
    return request;
  }
  v1::ProposalPreview Look(const v1::CorrectionProposal& proposal, const std::string& reason = {}) {
    return Send<Proposals>(&Proposals::Stub::PreviewProposal, supervisor_,
                           Of<v1::PreviewProposalRequest>(proposal), reason);
  }
  v1::CorrectionProposal Approve(const v1::CorrectionProposal& proposal, const std::string& token,
                                 const std::string& reason = {}, const std::string& digest = {}) {
    auto request = Of<v1::ApproveProposalRequest>(proposal);
    request.set_request_id(Key());
    request.set_digest(digest.empty() ? Look(proposal).digest() : digest);
    return Send<Proposals>(&Proposals::Stub::ApproveProposal, token, request, reason);
  }
  template <class Request>
  v1::CorrectionProposal Drop(grpc::Status (Proposals::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&,
                                                                      v1::CorrectionProposal*),
                              const v1::CorrectionProposal& proposal, const std::string& token,
                              const std::string& reason = {}) {
    auto request = Of<Request>(proposal);
    request.set_request_id(Key());
    request.set_decision("the meter was tested");
    return Send<Proposals>(method, token, request, reason);
  }
  v1::ListProposalsResponse Waiting() {
    return Send<Proposals>(&Proposals::Stub::ListProposals, analyst_, v1::ListProposalsRequest());
  }
  v1::Cancellation LastCancellation() {
    const auto all = Cancellations(false);
    return all.cancellations(all.cancellations_size() - 1);
  }
  // The analyst, with a right more.
  const std::string both_ = server_.SignIn(
      PersonId(7), {"bill.cancel", "bill.approve_correction", "bill.limit_supervisor"});
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ProposalTest, testing::BothEngines(), testing::EngineName);

// 600 kWh and 6 kgal: 60.81, 24.00, 8.05.
constexpr std::int64_t kOctober = 60'81 + 24'00 + 8'05;

TEST_P(ProposalTest, WithoutLimitsEveryCreditTakesTwo) {
  limited_ = false;
  BillMonths(1);
  const v1::Correction correction = CorrectionOf(october_);
  const v1::CancellationPreview seen = LookAtCancel(correction);
  EXPECT_EQ(seen.credit_cents(), kOctober);
  EXPECT_EQ(seen.alone_cents(), 0);
  EXPECT_TRUE(seen.needs_second_person());
  Cancel(correction, "ABOVE_LIMIT");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober);

  const v1::CorrectionProposal proposal = Propose(correction);
  EXPECT_EQ(proposal.state(), v1::PROPOSAL_STATE_PROPOSED);
  EXPECT_EQ(proposal.credit_cents(), kOctober);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober) << "it only waits";
  ASSERT_EQ(Waiting().proposals_size(), 1);
  ExpectProven();
  Approve(proposal, analyst_, "PERMISSION_MISSING");
  Approve(proposal, both_, "SAME_PERSON");
  EXPECT_EQ(Look(proposal).cancellation().balance_after_cents(), 0);
  const v1::CorrectionProposal approved = Approve(proposal, supervisor_);
  EXPECT_EQ(approved.state(), v1::PROPOSAL_STATE_APPROVED);
  EXPECT_EQ(approved.decided_by_person_id(), 9);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), 0);
  EXPECT_EQ(LastCancellation().cancelled_by_person_id(), 7);
  EXPECT_EQ(LastCancellation().approved_by_person_id(), 9);
  EXPECT_EQ(LastCancellation().credited_cents(), kOctober);
  EXPECT_EQ(Waiting().proposals_size(), 0);
  Approve(proposal, supervisor_, "BILL_NOT_POSTED", std::string(64, '0'));
  ExpectProven();
}

// Two bills are each below the limit, and together above it.
TEST_P(ProposalTest, WhatOnePersonTookBackOfAnAccountCountsTogether) {
  limited_ = false;
  BillMonths(2);
  LoadLimits(Alone("2026-07-01", kOctober));
  ASSERT_LT(november_.total_cents(), kOctober);
  EXPECT_FALSE(LookAtCancel(CorrectionOf(november_)).needs_second_person());
  Cancel(CorrectionOf(november_));
  EXPECT_EQ(LastCancellation().approved_by_person_id(), 0);
  const v1::CancellationPreview seen = LookAtCancel(CorrectionOf(october_));
  EXPECT_EQ(seen.alone_cents(), kOctober - november_.total_cents());
  EXPECT_TRUE(seen.needs_second_person());
  Cancel(CorrectionOf(october_), "ABOVE_LIMIT");
  SetMorning("2026-12-24");  // 30 days later it counts no more
  EXPECT_FALSE(LookAtCancel(CorrectionOf(october_)).needs_second_person());
  Cancel(CorrectionOf(october_));
  ExpectProven();
}

TEST_P(ProposalTest, WhoeverLoadedTheLimitsTakesNothingBackByThem) {
  limited_ = false;
  BillMonths(1);
  const std::string loader =
      server_.SignIn(PersonId(7), {"rebill.set_policy"});  // the analyst's limits are their own
  LoadLimits(Alone("2026-07-01"), "", loader);
  Cancel(CorrectionOf(october_), "ABOVE_LIMIT");
  const v1::CorrectionProposal proposal = Propose(CorrectionOf(october_));
  SetMorning("2026-11-24");
  LoadLimits(Alone("2026-11-23"), "", supervisor_);
  Approve(proposal, supervisor_, "OWN_LIMITS");
  // Now the analyst did not load those in force.
  EXPECT_FALSE(LookAtCancel(CorrectionOf(october_)).needs_second_person());
}

TEST_P(ProposalTest, TheSecondPersonsOwnLimitCoversTheAmount) {
  limited_ = false;
  BillMonths(1);
  LoadLimits(Alone("2026-07-01", 1, kOctober - 1));
  const v1::CorrectionProposal proposal = Propose(CorrectionOf(october_));
  Approve(proposal, supervisor_, "ABOVE_LIMIT");
  LoadLimits(Alone("2026-11-23", 1, kOctober));
  Approve(proposal, supervisor_);
  ExpectProven();
}

TEST_P(ProposalTest, ARebillTakesBackOnlyWhatItReduces) {
  limited_ = false;
  BillMonths(1);
  LoadLimits(Alone("2026-07-01", 10'18));
  const v1::Correction correction = CorrectionOf(october_);
  const v1::RebillPreview same = LookAtRebill(correction);
  EXPECT_EQ(same.credit_cents(), 0) << "nothing changes";
  EXPECT_FALSE(same.needs_second_person());
  SetRead("2026-10-19", 40'600, 40'500);  // 100 kWh less: 10.19
  const v1::RebillPreview seen = LookAtRebill(correction);
  EXPECT_EQ(seen.credit_cents(), 10'19);
  EXPECT_EQ(seen.alone_cents(), 10'18);
  EXPECT_TRUE(seen.needs_second_person());
  Rebill(RequestOf(correction, seen.digest(), Key()), "ABOVE_LIMIT");
  const v1::CorrectionProposal proposal = Propose(correction, "2026-12-20");
  EXPECT_EQ(proposal.credit_cents(), 10'19);
  EXPECT_EQ(Look(proposal).rebill().new_bill().total_cents(), kOctober - 10'19);
  Drop(&Proposals::Stub::DeclineProposal, proposal, supervisor_);
  LoadLimits(Alone("2026-11-23", 10'19));
  EXPECT_FALSE(LookAtRebill(correction).needs_second_person()) << "the control";
  SetRead("2026-10-19", 40'500, 40'600);
  // Within the limit, and so alone.
  Rebill(correction);
  EXPECT_EQ(LastCancellation().credited_cents(), 0);
}

// The first rebill takes nothing back and is refused by its review; the second one, by a rate that
// was corrected since, would take back what nobody has counted.
TEST_P(ProposalTest, ARebillThatIsMadeAnewCountsWhatTheFirstDidNot) {
  limited_ = false;
  constexpr std::int64_t kLess = 60'81 - 43'92;  // 600 kWh at 0.05
  BillMonths(1);
  LoadLimits(Alone("2026-07-01", kLess - 1));
  LoadGuardPolicy("2026-11-24", "BILL_CENTS_MAX", 10'00);
  SetMorning("2026-11-24");
  const v1::Correction correction = CorrectionOf(october_);
  Review(Rebill(correction).bill(), v1::REVIEW_DECISION_CONFIRM_HOLD);
  EXPECT_EQ(LastCancellation().credited_cents(), 0);
  EXPECT_EQ(LookAtRebill(correction).credit_cents(), 0) << "the control";
  LoadElectric("2026-09-21", "0.05");
  Activate(Preview({"E1/2026-09-21"}), supervisor_);
  const v1::RebillPreview seen = LookAtRebill(correction);
  EXPECT_EQ(seen.credit_cents(), kLess);
  EXPECT_TRUE(seen.needs_second_person());
  Rebill(RequestOf(correction, seen.digest(), Key()), "ABOVE_LIMIT");
  const v1::CorrectionProposal waits = Propose(correction, "2026-12-20");
  EXPECT_EQ(Approve(waits, supervisor_).credit_cents(), kLess);
  ExpectProven();
}

// What such a one took back alone is used up.
TEST_P(ProposalTest, WhatARebillMadeAnewTookBackAloneIsUsedUp) {
  limited_ = false;
  constexpr std::int64_t kLess = 60'81 - 43'92;
  BillMonths(1);
  LoadLimits(Alone("2026-07-01", kLess + 1));
  LoadGuardPolicy("2026-11-24", "BILL_CENTS_MAX", 10'00);
  SetMorning("2026-11-24");
  const v1::Correction correction = CorrectionOf(october_);
  Review(Rebill(correction).bill(), v1::REVIEW_DECISION_CONFIRM_HOLD);
  LoadElectric("2026-09-21", "0.05");
  Activate(Preview({"E1/2026-09-21"}), supervisor_);
  Review(Rebill(correction).bill(), v1::REVIEW_DECISION_CONFIRM_HOLD);
  const v1::RebillPreview seen = LookAtRebill(correction);
  EXPECT_EQ(seen.credit_cents(), 0) << "the second one has counted it";
  EXPECT_EQ(seen.alone_cents(), 1);
  ExpectProven();
}

TEST_P(ProposalTest, AnApprovedRebillIsARunOfWhoeverProposedIt) {
  limited_ = false;
  BillMonths(1);
  const v1::CorrectionProposal approved =
      Approve(Propose(CorrectionOf(october_), "2026-12-20"), supervisor_);
  const v1::CycleRun run = GetCycle(approved.rebill_cycle_id());
  EXPECT_EQ(run.started_by_person_id(), 7);
  EXPECT_EQ(LastCancellation().cancelled_by_person_id(), 7);
  EXPECT_EQ(LastCancellation().approved_by_person_id(), 9);
  EXPECT_EQ(LastCancellation().rebill_cycle_id(), run.cycle_id());
  ExpectProven();
  SignOff(run, analyst_, "SAME_PERSON");
  SignAndPost(run.cycle_id());
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kOctober);
}

TEST_P(ProposalTest, BillingAgainTakesTheRightToCancel) {
  BillMonths(1);
  const std::string rebiller = server_.SignIn(PersonId(31), {"bill.rebill", "bill.limit_analyst"});
  const std::string canceller = server_.SignIn(PersonId(32), {"bill.cancel"});
  const v1::Correction correction = CorrectionOf(october_);
  const v1::RebillBillRequest request =
      RequestOf(correction, LookAtRebill(correction).digest(), Key());
  Send<v1::RebillService>(&Stub::RebillBill, rebiller, request, "PERMISSION_MISSING");
  v1::ProposeCorrectionRequest propose;
  propose.set_request_id(Key());
  *propose.mutable_correction() = correction;
  propose.set_due_date("2026-12-20");
  propose.set_digest(request.digest());
  Send<Proposals>(&Proposals::Stub::ProposeCorrection, canceller, propose, "PERMISSION_MISSING");
  Cancel(correction);
  // The control: a bill that is cancelled already is only billed again.
  Send<v1::RebillService>(&Stub::RebillBill, rebiller,
                          RequestOf(correction, LookAtRebill(correction).digest(), Key()));
}

TEST_P(ProposalTest, AProposalIsDecidedOnce) {
  BillMonths(1);
  const v1::Correction correction = CorrectionOf(october_);
  const v1::CorrectionProposal first = Propose(correction);
  Propose(correction, "", "ALREADY_PROPOSED");
  Drop(&Proposals::Stub::DeclineProposal, first, both_, "SAME_PERSON");
  const std::string other = server_.SignIn(PersonId(32), {"bill.cancel"});
  Drop(&Proposals::Stub::WithdrawProposal, first, other, "NOT_YOUR_PROPOSAL");
  EXPECT_EQ(Drop(&Proposals::Stub::DeclineProposal, first, supervisor_).state(),
            v1::PROPOSAL_STATE_DECLINED);
  Drop(&Proposals::Stub::WithdrawProposal, first, analyst_, "NOT_PROPOSED");
  Look(first, "NOT_PROPOSED");
  Approve(first, supervisor_, "NOT_PROPOSED", std::string(64, '0'));
  const v1::CorrectionProposal second = Propose(correction);
  EXPECT_EQ(second.proposal_no(), 2);
  const std::string digest = Look(second).digest();
  Deliver(receivable::ApplyPayments, Taken(kAccount, 10'00, 1));
  Approve(second, supervisor_, "STALE", digest);
  EXPECT_EQ(Drop(&Proposals::Stub::WithdrawProposal, second, analyst_).state(),
            v1::PROPOSAL_STATE_WITHDRAWN);
  v1::CorrectionProposal unknown = second;
  unknown.set_proposal_no(3);
  Drop(&Proposals::Stub::WithdrawProposal, unknown, analyst_, "PROPOSAL_UNKNOWN");
  Approve(unknown, supervisor_, "PROPOSAL_UNKNOWN", digest);
  ExpectProven();
}

TEST_P(ProposalTest, ADueDateThatHasComeIsProposedAnew) {
  BillMonths(1);
  const v1::CorrectionProposal proposal = Propose(CorrectionOf(october_), "2026-12-20");
  SetMorning("2026-12-20");
  Look(proposal, "DUE_DATE_PASSED");
  Approve(proposal, supervisor_, "DUE_DATE_PASSED", std::string(64, '0'));
}

TEST_P(ProposalTest, NobodyWhoTookAPaymentProposesOrApproves) {
  BillMonths(1);
  const v1::CorrectionProposal proposal = Propose(CorrectionOf(october_));
  payment::v1::PaymentTaken taken = Taken(kAccount, 10'00, 1);
  taken.set_taken_by_person_id(9);
  Deliver(receivable::ApplyPayments, taken);
  Approve(proposal, supervisor_, "TOOK_PAYMENT");
  payment::v1::PaymentTaken other = Taken(kAccount, 10'00, 2);
  other.set_taken_by_person_id(7);
  Deliver(receivable::ApplyPayments, other);
  const std::string third =
      server_.SignIn(PersonId(22), {"bill.approve_correction", "bill.limit_supervisor"});
  Approve(proposal, third, "TOOK_PAYMENT");
  Drop(&Proposals::Stub::WithdrawProposal, proposal, analyst_);
  Propose(CorrectionOf(october_), "", "TOOK_PAYMENT");
}

}  // namespace
}  // namespace reeve::billing
