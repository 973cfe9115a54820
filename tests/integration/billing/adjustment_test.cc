#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/adjustment_service.grpc.pb.h"
#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "tests/integration/billing/adjusting.h"

namespace reeve::billing {
namespace {

using Stub = v1::AdjustmentService::Stub;

constexpr std::int64_t kAccount = 10000000009;
constexpr std::int64_t kElectric = 21'26, kWater = 29'00, kStorm = 8'05;
constexpr std::int64_t kBill = kElectric + kWater + kStorm;

class AdjustmentTest : public Adjusting {
 protected:
  void SetUp() override {
    LoadTariff();
    LoadType(WaterCredit());
    LoadType(ElectricFee());
    Open(Account(kAccount));
    Import("E" + std::to_string(kAccount) + ",2026-11-19,40100,kWh\nW" + std::to_string(kAccount) +
           ",2026-11-19,510,kgal\n");
    RunCycle();  // posted on 2026-11-23, due on 2026-12-15
    ASSERT_EQ(GetBalance(kAccount).total_cents(), kBill);
  }
  // "adjustments-water:+1000 receivable-water:-1000"
  static std::string Text(const v1::AdjustmentEntry& entry) {
    std::string text;
    for (const v1::EntryPosting& posting : entry.postings()) {
      text += (text.empty() ? "" : " ") + posting.ledger_account() +
              (posting.amount_cents() > 0 ? ":+" : ":") + std::to_string(posting.amount_cents());
    }
    return text;
  }
  static std::string RuleOf(const v1::AdjustmentPreview& preview, const std::string& name) {
    for (const v1::AdjustmentRule& rule : preview.rules()) {
      if (rule.rule() == name) return (rule.holds() ? "holds: " : "fails: ") + rule.finding();
    }
    return "";
  }
  static payment::v1::PaymentTaken TakenBy(std::int64_t person, int receipt, std::int64_t cents,
                                           const std::string& date = "2026-11-23") {
    payment::v1::PaymentTaken taken = Taken(kAccount, cents, receipt, date);
    taken.set_taken_by_person_id(person);
    return taken;
  }
  static std::int64_t WaterOf(const v1::Balance& balance) {
    for (const v1::ServiceBalance& service : balance.services()) {
      if (service.service() == "water") return service.open_cents();
    }
    return 0;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, AdjustmentTest, testing::BothEngines(), testing::EngineName);

TEST_P(AdjustmentTest, APreviewShowsWhatPostingDoesAndChangesNothing) {
  const v1::AdjustmentPreview preview = Preview(analyst_, Spec(kAccount, 10'00));
  EXPECT_EQ(preview.refusal(), "");
  EXPECT_FALSE(preview.needs_second_person());
  ASSERT_EQ(preview.entries_size(), 1);
  EXPECT_EQ(Text(preview.entries(0)), "adjustments-water:+1000 receivable-water:-1000");
  EXPECT_EQ(preview.entries(0).kind(), v1::ENTRY_KIND_ADJUSTMENT);
  ASSERT_EQ(preview.charges_size(), 1);
  EXPECT_EQ(preview.charges(0).charge_description(), "Bill due 2026-12-15");
  EXPECT_EQ(preview.charges(0).open_before_cents(), kWater);
  EXPECT_EQ(preview.charges(0).open_after_cents(), kWater - 10'00);
  EXPECT_EQ(preview.balance_before_cents(), kBill);
  EXPECT_EQ(preview.balance_after_cents(), kBill - 10'00);
  EXPECT_EQ(RuleOf(preview, "TYPE"), "holds: LEAK-W of 2026-07-01, Ordinance 12: credits water");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill);

  const v1::Adjustment posted = Send<v1::AdjustmentService>(
      &Stub::PostAdjustment, analyst_, PostRequest(Spec(kAccount, 10'00), preview.digest()));
  EXPECT_EQ(posted.state(), v1::ADJUSTMENT_STATE_POSTED);
  EXPECT_EQ(posted.adjustment_no(), 1);
  EXPECT_EQ(posted.posted_date(), "2026-11-23");
  EXPECT_EQ(posted.entered_by_person_id(), 7);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill - 10'00);
  EXPECT_EQ(WaterOf(GetBalance(kAccount)), kWater - 10'00);
}

TEST_P(AdjustmentTest, TheSameRequestPostsOnce) {
  const v1::PostAdjustmentRequest request =
      PostRequest(Spec(kAccount, 10'00), Preview(analyst_, Spec(kAccount, 10'00)).digest());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_, request).adjustment_no(),
              1);
  }
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill - 10'00);
}

TEST_P(AdjustmentTest, WhatChangedSinceThePreviewIsStale) {
  const v1::AdjustmentSpec spec = Spec(kAccount, 10'00);
  const std::string digest = Preview(analyst_, spec).digest();
  v1::AdjustmentSpec more = spec;
  more.set_amount_cents(11'00);
  Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_, PostRequest(more, digest), "STALE");
  Send<v1::AdjustmentService>(&Stub::PostAdjustment, supervisor_, PostRequest(spec, digest),
                              "STALE");  // another person's rights were shown
  Deliver(receivable::ApplyPayments, Taken(kAccount, 5'00, 1));
  Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_, PostRequest(spec, digest), "STALE");
  const std::string again = Preview(analyst_, spec).digest();
  SetMorning("2026-11-24");
  Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_, PostRequest(spec, again), "STALE");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill - 5'00);
  EXPECT_EQ(Adjust(analyst_, spec).state(), v1::ADJUSTMENT_STATE_POSTED);
}

TEST_P(AdjustmentTest, WhatTheServiceDoesNotOweBecomesCreditAndPaysTheOtherServices) {
  const v1::AdjustmentPreview preview = Preview(analyst_, Spec(kAccount, 40'00));
  ASSERT_EQ(preview.entries_size(), 2);
  EXPECT_EQ(Text(preview.entries(0)),
            "adjustments-water:+4000 receivable-water:-2900 customer-credit:-1100");
  EXPECT_EQ(preview.entries(1).kind(), v1::ENTRY_KIND_CREDIT);
  Adjust(analyst_, Spec(kAccount, 40'00));
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.total_cents(), kBill - 40'00);
  EXPECT_EQ(balance.credit_cents(), 0);
  ExpectProven();
}

TEST_P(AdjustmentTest, AboveTheLimitASecondPersonDecides) {
  const v1::AdjustmentSpec spec = Spec(kAccount, 60'00);
  const v1::AdjustmentPreview preview = Preview(analyst_, spec);
  EXPECT_TRUE(preview.needs_second_person());
  const v1::Adjustment proposed = Adjust(analyst_, spec);
  EXPECT_EQ(proposed.state(), v1::ADJUSTMENT_STATE_PROPOSED);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill) << "nothing is on the books";
  const v1::ListProposedAdjustmentsResponse waiting = Send<v1::AdjustmentService>(
      &Stub::ListProposedAdjustments, supervisor_, v1::ListProposedAdjustmentsRequest());
  ASSERT_EQ(waiting.adjustments_size(), 1);
  EXPECT_EQ(waiting.adjustments(0).adjustment_no(), proposed.adjustment_no());

  const v1::AdjustmentPreview approval = PreviewApproval(supervisor_, proposed);
  EXPECT_EQ(approval.refusal(), "");
  EXPECT_EQ(approval.balance_after_cents(), kBill - 60'00);
  Deliver(receivable::ApplyPayments, Taken(kAccount, 1'00, 1));
  Approve(supervisor_, proposed, approval.digest(), "STALE");
  const v1::Adjustment posted =
      Approve(supervisor_, proposed, PreviewApproval(supervisor_, proposed).digest());
  EXPECT_EQ(posted.state(), v1::ADJUSTMENT_STATE_POSTED);
  EXPECT_EQ(posted.decided_by_person_id(), 9);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill - 61'00);
  Approve(supervisor_, proposed, approval.digest(), "NOT_PROPOSED");
  Decline(supervisor_, proposed, "NOT_PROPOSED");
}

TEST_P(AdjustmentTest, NobodyApprovesTheirOwnNorBeyondTheirLimit) {
  const std::string both = server_.SignIn(
      PersonId(11), {"adjustment.post", "adjustment.approve", "adjustment.limit_clerk"});
  const v1::Adjustment own = Adjust(both, Spec(kAccount, 60'00));
  EXPECT_EQ(PreviewApproval(both, own).refusal(), "SAME_PERSON");
  EXPECT_EQ(PreviewApproval(both, own).digest(), "");
  const std::string any(64, 'a');
  Approve(both, own, any, "SAME_PERSON");
  Decline(both, own, "SAME_PERSON");
  Withdraw(analyst_, own, "NOT_YOUR_PROPOSAL");
  const v1::Adjustment large = Adjust(analyst_, Spec(kAccount, 501'00));
  EXPECT_EQ(PreviewApproval(supervisor_, large).refusal(), "ABOVE_LIMIT");
  Approve(supervisor_, large, any, "ABOVE_LIMIT");
  EXPECT_EQ(Decline(supervisor_, large).state(), v1::ADJUSTMENT_STATE_DECLINED);
  EXPECT_EQ(Withdraw(both, own).state(), v1::ADJUSTMENT_STATE_WITHDRAWN);
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill);
}

TEST_P(AdjustmentTest, WhoeverSetALimitHasNoneByIt) {
  const v1::AdjustmentPreview preview = Preview(steward_, Spec(kAccount, 1));
  EXPECT_TRUE(preview.needs_second_person()) << "one cent";
  EXPECT_EQ(RuleOf(preview, "OWN_TYPE"),
            "holds: you set the limits of this type yourself: a second person is needed");
  EXPECT_FALSE(Preview(supervisor_, Spec(kAccount, 1)).needs_second_person());
  EXPECT_EQ(Adjust(steward_, Spec(kAccount, 1)).state(), v1::ADJUSTMENT_STATE_PROPOSED);
  const v1::Adjustment proposed = Adjust(analyst_, Spec(kAccount, 60'00));
  EXPECT_EQ(PreviewApproval(steward_, proposed).refusal(), "OWN_TYPE");
  Approve(steward_, proposed, std::string(64, 'a'), "OWN_TYPE");
  const v1::Adjustment posted = Adjust(analyst_, Spec(kAccount, 10'00));
  Reverse(steward_, posted, std::string(64, 'a'), "OWN_TYPE");
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill - 10'00);
}

TEST_P(AdjustmentTest, WhatWasInForceYesterdayStays) {
  v1::AdjustmentType raised = WaterCredit("2026-11-22");
  raised.mutable_limits(0)->set_amount_cents(5'000'00);
  LoadType(raised, "TYPE_BACKDATED");
  raised.set_effective_date("2026-11-23");
  LoadType(raised);
  EXPECT_FALSE(Preview(analyst_, Spec(kAccount, 60'00)).needs_second_person());
}

TEST_P(AdjustmentTest, ManySmallOnesCountTogether) {
  Adjust(analyst_, Spec(kAccount, 30'00));
  EXPECT_FALSE(Preview(analyst_, Spec(kAccount, 20'00)).needs_second_person());
  const v1::AdjustmentPreview preview = Preview(analyst_, Spec(kAccount, 20'01));
  EXPECT_TRUE(preview.needs_second_person());
  EXPECT_EQ(RuleOf(preview, "LIMIT"),
            "holds: your limit is 50.00 in 30 days, of which 30.00 are used; a second person is "
            "needed");
  SetMorning("2026-12-23");
  EXPECT_FALSE(Preview(analyst_, Spec(kAccount, 50'00)).needs_second_person()) << "a month later";
}

TEST_P(AdjustmentTest, NobodyAdjustsAnAccountWhosePaymentTheyTook) {
  Deliver(receivable::ApplyPayments, TakenBy(7, 1, 5'00, "2026-11-10"));
  EXPECT_EQ(Preview(analyst_, Spec(kAccount, 10'00)).refusal(), "TOOK_PAYMENT");
  Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_,
                              PostRequest(Spec(kAccount, 10'00), std::string(64, 'a')),
                              "TOOK_PAYMENT");
  EXPECT_EQ(Preview(supervisor_, Spec(kAccount, 10'00)).refusal(), "") << "somebody else took it";
  SetMorning("2026-11-24");
  EXPECT_EQ(Preview(analyst_, Spec(kAccount, 10'00)).refusal(), "") << "fourteen days later";
}

TEST_P(AdjustmentTest, NobodyApprovesWhereTheyTookThePaymentEvenOneThatWasVoided) {
  const v1::Adjustment proposed = Adjust(analyst_, Spec(kAccount, 60'00));
  const auto taken = TakenBy(9, 1, 5'00);
  Deliver(receivable::ApplyPayments, taken, Reversed(taken));
  EXPECT_EQ(PreviewApproval(supervisor_, proposed).refusal(), "TOOK_PAYMENT");
}

TEST_P(AdjustmentTest, AChargeIsOwedAndFallsDueAsItsTypeSays) {
  const v1::AdjustmentPreview preview = Preview(analyst_, Spec(kAccount, 40'00, "TAMPER-FEE"));
  ASSERT_EQ(preview.charges_size(), 1);
  EXPECT_EQ(preview.charges(0).due_date(), "2026-12-03");
  EXPECT_EQ(preview.charges(0).open_before_cents(), 0);
  EXPECT_EQ(Text(preview.entries(0)), "receivable-electric:+4000 revenue-fees-electric:-4000");
  Adjust(analyst_, Spec(kAccount, 40'00, "TAMPER-FEE"));
  EXPECT_EQ(GetBalance(kAccount).total_cents(), kBill + 40'00);
}

TEST_P(AdjustmentTest, ACreditThatIsTakenBackIsOwedAgain) {
  const v1::Adjustment posted = Adjust(analyst_, Spec(kAccount, 40'00));
  const v1::AdjustmentPreview preview = PreviewReversal(analyst_, posted);
  EXPECT_EQ(preview.balance_after_cents(), kBill);
  const v1::Adjustment reversed = Reverse(analyst_, posted, preview.digest());
  EXPECT_EQ(reversed.state(), v1::ADJUSTMENT_STATE_REVERSED);
  EXPECT_EQ(reversed.reversal_reason(), "the wrong account");
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.total_cents(), kBill);
  EXPECT_EQ(WaterOf(balance), kWater);
  EXPECT_EQ(balance.credit_cents(), 0) << "credit that was used is taken back";
  PreviewReversal(analyst_, posted, "NOT_POSTED");
  Reverse(analyst_, posted, preview.digest(), "NOT_POSTED");
  EXPECT_FALSE(Preview(analyst_, Spec(kAccount, 50'00)).needs_second_person())
      << "what was taken back no longer counts against the limit";
}

TEST_P(AdjustmentTest, AChargeThatWasPaidAndIsTakenBackBecomesCredit) {
  const v1::Adjustment fee = Adjust(analyst_, Spec(kAccount, 40'00, "TAMPER-FEE"));
  Deliver(receivable::ApplyPayments, Taken(kAccount, 30'00, 1));  // the fee falls due first
  Reverse(analyst_, fee, PreviewReversal(analyst_, fee).digest());
  const v1::Balance balance = GetBalance(kAccount);
  EXPECT_EQ(balance.total_cents(), kBill - 30'00);
  EXPECT_EQ(balance.credit_cents(), 0) << "what was paid for it pays the bill";
}

TEST_P(AdjustmentTest, AReversalNeedsALimitThatCoversIt) {
  const v1::Adjustment posted = Adjust(supervisor_, Spec(kAccount, 60'00));
  EXPECT_EQ(PreviewReversal(analyst_, posted).refusal(), "ABOVE_LIMIT");
  Reverse(analyst_, posted, std::string(64, 'a'), "ABOVE_LIMIT");
}

TEST_P(AdjustmentTest, RefusalsComeInTheOrderOfTheProto) {
  const std::string any(64, 'a');
  Deliver(receivable::ApplyPayments, TakenBy(7, 1, 5'00));
  v1::AdjustmentSpec spec = Spec(kAccount + 100, 10'00, "NONE");
  spec.set_reason_code("WHIM");
  spec.clear_document();
  const auto post = [&](const std::string& reason) {
    Send<v1::AdjustmentService>(&Stub::PostAdjustment, analyst_, PostRequest(spec, any), reason);
  };
  post("ACCOUNT_UNKNOWN");
  spec.set_account_id(kAccount);
  post("TYPE_UNKNOWN");
  spec.set_type_code("LEAK-S");
  v1::AdjustmentType sewer = WaterCredit();
  sewer.set_code("LEAK-S");
  sewer.set_service("sewer");
  LoadType(sewer);
  post("REASON_NOT_OF_TYPE");
  spec.set_reason_code("COURTESY");
  post("DOCUMENT_MISSING");
  spec.set_document("letter of the customer");
  post("SERVICE_NOT_ON_ACCOUNT");
  spec.set_type_code("LEAK-W");
  post("TOOK_PAYMENT");
}

TEST_P(AdjustmentTest, AVersionIsLoadedOnceAndARetiredTypeIsGone) {
  LoadType(WaterCredit(), "TYPE_EXISTS");
  v1::AdjustmentType end = WaterCredit("2026-11-24");
  end.set_retired(true);
  LoadType(end);
  EXPECT_EQ(Adjust(analyst_, Spec(kAccount, 10'00)).type_date(), "2026-07-01");
  SetMorning("2026-11-24");
  Preview(analyst_, Spec(kAccount, 10'00), "TYPE_UNKNOWN");
  const v1::ListAdjustmentTypesResponse types = Send<v1::AdjustmentService>(
      &Stub::ListAdjustmentTypes, analyst_, v1::ListAdjustmentTypesRequest());
  ASSERT_EQ(types.types_size(), 3);
  EXPECT_TRUE(types.types(1).retired());
}

TEST_P(AdjustmentTest, AWaivedAmountSatisfiesARequestForACut) {
  v1::LoadShutoffPolicyRequest cuts;
  cuts.set_request_id(Key());
  v1::ShutoffPolicy& policy = *cuts.mutable_policy();
  policy.set_effective_date("2026-07-01");
  policy.set_citation("Policy 9");
  v1::NoticeRule& rule = *policy.add_notices();
  rule.set_kind(v1::NOTICE_KIND_SHUTOFF);
  rule.set_days_min(1);
  policy.set_first_minute(8 * 60);
  policy.set_last_minute(15 * 60);
  Send<v1::CollectionsService>(&v1::CollectionsService::Stub::LoadShutoffPolicy, analyst_, cuts);
  Deliver(receivable::ApplyPayments, Taken(kAccount, kBill - 10'00, 1));
  SetMorning("2026-12-21");
  v1::RecordNoticeRequest notice;
  notice.set_request_id(Key());
  notice.set_account_id(kAccount);
  notice.set_kind(v1::NOTICE_KIND_SHUTOFF);
  notice.set_delivered_date("2026-12-17");
  notice.set_delivery_proof("mail batch 4");
  Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RecordNotice, analyst_, notice);
  v1::RequestDisconnectRequest cut;
  cut.set_request_id(Key());
  cut.set_account_id(kAccount);
  cut.set_service("electric");
  Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RequestDisconnect, analyst_, cut);
  EXPECT_EQ(Emitted<v1::ShutoffSatisfied>().size(), 0u);
  Adjust(analyst_, Spec(kAccount, 10'00));
  EXPECT_EQ(Emitted<v1::ShutoffSatisfied>().size(), 1u);
}

TEST_P(AdjustmentTest, ListsComeInPages) {
  for (int i = 0; i < 3; ++i) Adjust(analyst_, Spec(kAccount, 1'00));
  v1::ListAdjustmentsRequest request;
  request.set_account_id(kAccount);
  request.set_page_size(2);
  v1::ListAdjustmentsResponse page =
      Send<v1::AdjustmentService>(&Stub::ListAdjustments, analyst_, request);
  ASSERT_EQ(page.adjustments_size(), 2);
  EXPECT_EQ(page.adjustments(0).adjustment_no(), 3);
  request.set_page_token(page.next_page_token());
  page = Send<v1::AdjustmentService>(&Stub::ListAdjustments, analyst_, request);
  ASSERT_EQ(page.adjustments_size(), 1);
  EXPECT_EQ(page.adjustments(0).adjustment_no(), 1);
  EXPECT_EQ(page.next_page_token(), "");
  request.set_account_id(kAccount + 100);
  request.clear_page_token();
  Send<v1::AdjustmentService>(&Stub::ListAdjustments, analyst_, request, "ACCOUNT_UNKNOWN");
}

}  // namespace
}  // namespace reeve::billing
