#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/collections_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/billing/v1/read_service.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "reeve/work_order/v1/types.pb.h"
#include "services/billing/agreement/order_feed_service.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {
namespace {

constexpr std::int64_t kAccount = 10000000009;

class CollectionsTest : public Billing {
 protected:
  // A bill that fell due in October and was not paid.
  void SetUp() override {
    LoadTariff();
    Open(Account(kAccount, 7, "2026-08-20"));
    clock_.Set(Instant::Parse("2026-09-21T09:00:00-06:00").value());
    Import("E" + std::to_string(kAccount) + ",2026-09-19,40100,kWh\nW" + std::to_string(kAccount) +
           ",2026-09-19,510,kgal\n");
    v1::StartCycleRequest request;
    request.set_request_id(Key());
    request.set_cycle(7);
    request.set_kind(v1::CYCLE_KIND_PRODUCTION);
    request.set_period_end_date("2026-09-20");
    request.set_due_date("2026-10-15");
    const v1::CycleRun started =
        Send<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request);
    Work();
    SignOff(GetCycle(started.cycle_id()), supervisor_);
    PostCycle(started.cycle_id());
    Work();
    clock_.Set(Instant::Parse("2026-11-23T09:00:00-07:00").value());
  }
  void LoadPolicy() {
    v1::LoadShutoffPolicyRequest request;
    request.set_request_id(Key());
    v1::ShutoffPolicy& policy = *request.mutable_policy();
    policy.set_effective_date("2026-07-01");
    policy.set_citation("Policy 9");
    policy.set_threshold_cents(25'00);
    for (const auto& [kind, days] :
         {std::pair(v1::NOTICE_KIND_PAST_DUE, 10), std::pair(v1::NOTICE_KIND_SHUTOFF, 5)}) {
      v1::NoticeRule& rule = *policy.add_notices();
      rule.set_kind(kind);
      rule.set_days_min(days);
    }
    policy.add_closed_weekdays(5);
    policy.set_closed_before_holiday(true);
    policy.set_first_minute(8 * 60);
    policy.set_last_minute(15 * 60);
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::LoadShutoffPolicy, analyst_,
                                 request);
  }
  void Notify(v1::NoticeKind kind, const std::string& date) {
    v1::RecordNoticeRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_kind(kind);
    request.set_delivered_date(date);
    request.set_delivery_proof("mail batch 14");
    Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RecordNotice, analyst_, request);
  }
  v1::Disconnect Request(const std::string& reason = {}) {
    v1::RequestDisconnectRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_service("electric");
    return Send<v1::CollectionsService>(&v1::CollectionsService::Stub::RequestDisconnect, analyst_,
                                        request, reason);
  }
  v1::Disconnect RequestWithNotices() {
    LoadPolicy();
    Notify(v1::NOTICE_KIND_PAST_DUE, "2026-10-25");
    Notify(v1::NOTICE_KIND_SHUTOFF, "2026-11-10");
    return Request();
  }
  std::string MayDisconnect() {
    v1::MayDisconnectRequest request;
    request.set_account_id(kAccount);
    request.set_order_id(5);
    const v1::MayDisconnectResponse answer = Send<v1::CollectionsService>(
        &v1::CollectionsService::Stub::MayDisconnect, analyst_, request);
    EXPECT_EQ(answer.may_disconnect(), answer.reason() == "PAST_DUE");
    return answer.reason();
  }
  v1::Delinquency GetDelinquency() {
    v1::GetDelinquencyRequest request;
    request.set_account_id(kAccount);
    return Send<v1::CollectionsService>(&v1::CollectionsService::Stub::GetDelinquency, analyst_,
                                        request);
  }
  v1::Dispute Dispute(const std::string& reason = {}) {
    v1::OpenDisputeRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_reason("the meter was read wrong");
    return Send<v1::CollectionsService>(&v1::CollectionsService::Stub::OpenDispute, analyst_,
                                        request, reason);
  }
  v1::Dispute Decide(std::int64_t dispute_id, const std::string& token,
                     const std::string& reason = {}) {
    v1::DecideDisputeRequest request;
    request.set_request_id(Key());
    request.set_account_id(kAccount);
    request.set_dispute_id(dispute_id);
    request.set_state(v1::DISPUTE_STATE_DENIED);
    request.set_decision("the meter was tested");
    return Send<v1::CollectionsService>(&v1::CollectionsService::Stub::DecideDispute, token,
                                        request, reason);
  }

  static constexpr std::int64_t kOwed = 21'26 + 29'00 + 8'05;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, CollectionsTest, testing::BothEngines(), testing::EngineName);

TEST_P(CollectionsTest, ACutIsAskedForOnlyWithDueProcess) {
  Request("POLICY_NOT_LOADED");
  LoadPolicy();
  Request("NOTICE_MISSING");
  Notify(v1::NOTICE_KIND_PAST_DUE, "2026-10-25");
  Notify(v1::NOTICE_KIND_SHUTOFF, "2026-11-20");
  Request("NOTICE_TOO_YOUNG");
  Notify(v1::NOTICE_KIND_SHUTOFF, "2026-11-10");
  const v1::Dispute dispute = Dispute();
  Dispute("DISPUTE_OPEN");
  Request("DISPUTE_OPEN");
  Decide(dispute.dispute_id(), analyst_, "SAME_PERSON");
  Decide(dispute.dispute_id(), supervisor_);
  Decide(dispute.dispute_id(), supervisor_, "DISPUTE_DECIDED");
  const v1::Disconnect disconnect = Request();
  EXPECT_EQ(disconnect.amount_to_avoid_cents(), kOwed);
  EXPECT_FALSE(disconnect.feed_token().empty());
  Request("DISCONNECT_OPEN");
  const auto requested = Emitted<v1::DisconnectRequested>();
  ASSERT_EQ(requested.size(), 1u);
  EXPECT_EQ(requested[0].notice_ids_size(), 2);
  EXPECT_EQ(requested[0].meter_number(), "E" + std::to_string(kAccount));
  EXPECT_EQ(GetDelinquency().amount_to_avoid_cents(), kOwed);
}

TEST_P(CollectionsTest, ThePaymentThatReachesTheAmountSatisfiesTheRequestInItsTransaction) {
  const v1::Disconnect disconnect = RequestWithNotices();
  EXPECT_EQ(MayDisconnect(), "PAST_DUE");
  Deliver(receivable::ApplyPayments, Taken(kAccount, kOwed - 1, 1));
  EXPECT_TRUE(Emitted<v1::ShutoffSatisfied>().empty());
  EXPECT_EQ(GetDelinquency().amount_to_avoid_cents(), 1);
  Deliver(receivable::ApplyPayments, Taken(kAccount, 1, 2));
  const auto satisfied = Emitted<v1::ShutoffSatisfied>();
  ASSERT_EQ(satisfied.size(), 1u);
  EXPECT_EQ(satisfied[0].disconnect_id(), disconnect.disconnect_id());
  EXPECT_EQ(satisfied[0].payment_id(), "7-1-2");
  EXPECT_EQ(MayDisconnect(), "NO_REQUEST");
  EXPECT_EQ(GetDelinquency().amount_to_avoid_cents(), 0);
}

TEST_P(CollectionsTest, WhoeverPaysAfterTheCutIsSatisfiedToo) {
  const v1::Disconnect disconnect = RequestWithNotices();
  work_order::v1::OrderClosed closed;
  work_order::v1::FieldResult& result = *closed.mutable_result();
  result.set_order_id(5);
  result.set_type(work_order::v1::ORDER_TYPE_DISCONNECT_NONPAY);
  result.set_account_id(kAccount);
  result.set_disconnect_id(disconnect.disconnect_id());
  result.set_outcome(work_order::v1::OUTCOME_DONE);
  Deliver(agreement::ApplyOrders, closed);
  EXPECT_EQ(GetDelinquency().disconnects(0).state(), v1::DISCONNECT_STATE_CUT);
  Deliver(receivable::ApplyPayments, Taken(kAccount, kOwed, 1));
  EXPECT_EQ(Emitted<v1::ShutoffSatisfied>().size(), 1u);
  EXPECT_EQ(GetDelinquency().disconnects(0).state(), v1::DISCONNECT_STATE_SATISFIED);
}

TEST_P(CollectionsTest, AnyDoubtBeforeACutIsANo) {
  EXPECT_EQ(MayDisconnect(), "NO_REQUEST");
  RequestWithNotices();
  payment_head_.head = std::nullopt;
  EXPECT_EQ(MayDisconnect(), "PAYMENTS_UNKNOWN");
  payment_head_.head = "not a token";
  EXPECT_EQ(MayDisconnect(), "PAYMENTS_UNKNOWN");
  payment_head_.head = "";
  EXPECT_EQ(MayDisconnect(), "PAST_DUE");
  clock_.Set(Instant::Parse("2026-11-23T16:00:00-07:00").value());
  EXPECT_EQ(MayDisconnect(), "NO_CUT_HOUR");
  clock_.Set(Instant::Parse("2026-11-27T09:00:00-07:00").value());
  EXPECT_EQ(MayDisconnect(), "NO_CUT_DAY");
  clock_.Set(Instant::Parse("2026-11-24T09:00:00-07:00").value());
  Dispute();
  EXPECT_EQ(MayDisconnect(), "DISPUTE_OPEN");
}

TEST_P(CollectionsTest, ACutWaitsForThePaymentsThatPaymentHasTaken) {
  RequestWithNotices();
  feed::Token head;
  head.Advance("payment", "epoch", 0, 3);
  payment_head_.head = head.Encode();
  EXPECT_EQ(MayDisconnect(), "NOT_CAUGHT_UP");
  // Meanwhile the payment is applied, with its token, as the consumer does.
  server_.service().background().PostAfter(Duration::Millis(200), [this, head] {
    (void)server_.service().frame().Apply(MakeCall(), 1, [&](command::Change& change) -> Result<> {
      feed::Token applied = feed::LockAppliedToken(change.tx(), "payment");
      const std::vector<feed::Event> events = {ToEvent(Taken(kAccount, kOwed, 1))};
      REEVE_RETURN_IF_ERROR(receivable::ApplyPayments(change, events));
      applied.Merge(head);
      feed::SaveAppliedToken(change.tx(), "payment", applied);
      return Ok();
    });
  });
  EXPECT_EQ(MayDisconnect(), "NO_REQUEST") << "the payment had come in time";
}

}  // namespace
}  // namespace reeve::billing
