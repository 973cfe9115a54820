#include <gmock/gmock.h>

#include <thread>

#include "tests/integration/account/account_fixture.h"

namespace reeve::account {
namespace {

using ::testing::HasSubstr;

class MoveIn : public AccountServer {
 protected:
  MoveIn() {
    LoadPolicy();
    CreatePremise(House(501));
    customer_id_ = CreateCustomer("María González").customer_id();
  }
  std::int64_t customer_id_ = 0;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, MoveIn, testing::BothEngines(), testing::EngineName);

TEST_P(MoveIn, GoesFromTheChecklistToActiveService) {
  v1::Application application = StartApplication(customer_id_, 501);
  EXPECT_EQ(application.state(), v1::APPLICATION_STATE_OPEN);
  ASSERT_EQ(application.missing_size(), 1);
  EXPECT_EQ(application.missing(0).document(), "GOVERNMENT-ID");
  EXPECT_EQ(Decide(application).error().reason(), "APPLICATION_STATE");

  application = RecordPhoto(application);
  EXPECT_EQ(application.state(), v1::APPLICATION_STATE_COMPLETE);
  application = Decide(application, "decide-again").value();
  EXPECT_EQ(application.decision().total_cents(), 14'000);
  EXPECT_THAT(application.decision().lines(0).reason(), HasSubstr("Provo City Code 12.02.030"));
  EXPECT_TRUE(Published<v1::AccountOpened>().empty());  // a dry run

  application = Accept(application, application.decision().digest()).value();
  EXPECT_FALSE(application.feed_token().empty());
  const std::int64_t account_id = application.account().account_id();
  EXPECT_TRUE(IsAccountNumber(account_id));
  const auto opened = Published<v1::AccountOpened>();
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_FALSE(opened[0].agreements(0).in_service());  // off: a connect order comes first
  EXPECT_TRUE(opened[0].agreements(1).in_service());
  EXPECT_EQ(opened[0].agreements(0).meter_number(), "E-501");
  const auto accepted = Published<v1::ApplicationAccepted>();
  ASSERT_EQ(accepted.size(), 1u);
  ASSERT_EQ(accepted[0].charges_size(), 2);
  EXPECT_EQ(accepted[0].charges(0).kind(), v1::APPLICATION_CHARGE_KIND_DEPOSIT);
  EXPECT_EQ(accepted[0].charges(1).amount_cents(), 2'000);
  EXPECT_TRUE(Published<v1::ConnectRequested>().empty());

  TellChargesPaid(application);
  TellChargesPaid(application);
  const auto connects = Published<v1::ConnectRequested>();
  ASSERT_EQ(connects.size(), 1u);
  EXPECT_EQ(connects[0].service(), "electric");
  EXPECT_EQ(connects[0].agreement_id(), application.account().agreements(0).agreement_id());

  TellStarted(application.account(), 0);
  TellStarted(application.account(), 0);
  const v1::Account account = GetAccount(account_id);
  EXPECT_EQ(account.agreements(0).state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(account.agreements(0).start_date(), "2026-11-23");
  EXPECT_EQ(account.agreements(1).state(), v1::AGREEMENT_STATE_PENDING_START);
  EXPECT_EQ(account.premise().service_points(0).supply(), v1::SUPPLY_ON);
  EXPECT_TRUE(Get(application).charges_paid());
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(MoveIn, TwoYearsElsewhereWaiveTheDeposit) {
  const v1::Application application = RecordPhoto(StartApplication(customer_id_, 501));
  auto request = For<v1::RecordReferenceRequest>(application, "reference");
  request.mutable_reference()->set_kind(v1::REFERENCE_KIND_PAYMENT_HISTORY);
  request.mutable_reference()->set_issuer("Rocky Mountain Power");
  request.mutable_reference()->set_from_date("2024-11-20");
  request.mutable_reference()->set_to_date("2026-11-20");
  ASSERT_TRUE(
      Send<v1::ApplicationService>(&v1::ApplicationService::Stub::RecordReference, request).ok());
  const v1::Application decided = Decide(application).value();
  EXPECT_EQ(decided.decision().lines(0).outcome(), v1::OUTCOME_WAIVED);
  EXPECT_EQ(decided.decision().total_cents(), 2'000);
}

TEST_P(MoveIn, AStaleDecisionIsNotAccepted) {
  const v1::Application decided = Decided(customer_id_, 501);
  EXPECT_EQ(Accept(decided, "another digest").error().reason(), "DECISION_STALE");
  clock_.Advance(Duration::Minutes(1));
  LoadPolicy(15'000);  // the fee schedule changes while the applicant thinks about it
  EXPECT_EQ(Accept(decided, decided.decision().digest()).error().reason(), "DECISION_STALE");
  const v1::Application again = Decide(decided, "decide-again").value();
  EXPECT_EQ(again.decision().total_cents(), 17'000);
  EXPECT_TRUE(Accept(again, again.decision().digest()).ok());
}

TEST_P(MoveIn, TheSameAcceptanceSentAgainGivesTheSameAccount) {
  const v1::Application decided = Decided(customer_id_, 501);
  const v1::Application first = Accept(decided, decided.decision().digest()).value();
  const v1::Application second = Accept(decided, decided.decision().digest()).value();
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Published<v1::AccountOpened>().size(), 1u);
}

TEST_P(MoveIn, OfManyClerksWhoAcceptOneWins) {
  constexpr int kClerks = 8;
  const v1::Application decided = Decided(customer_id_, 501);
  std::vector<std::string> outcomes(kClerks);
  std::vector<std::thread> clerks;
  for (int i = 0; i < kClerks; ++i) {
    clerks.emplace_back([&, i] {
      const Result<v1::Application> accepted =
          Accept(decided, decided.decision().digest(), "accept-" + std::to_string(i) + "-");
      outcomes[i] = accepted.ok() ? "accepted" : accepted.error().reason();
    });
  }
  for (std::thread& clerk : clerks) clerk.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "accepted"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "APPLICATION_STATE"), kClerks - 1);
  EXPECT_EQ(Published<v1::AccountOpened>().size(), 1u);
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(MoveIn, APlaceHasOneApplicantWhoWaits) {
  Accepted(customer_id_, 501);
  v1::OpenAccountRequest request;
  request.set_request_id(Key("second-account"));
  request.set_customer_id(customer_id_);
  request.set_premise_id(501);
  request.set_wanted_date("2026-11-24");
  const auto second = Send<v1::AccountService>(&v1::AccountService::Stub::OpenAccount, request);
  EXPECT_EQ(second.error().reason(), "OCCUPANT_WAITING");
}

TEST_P(MoveIn, PaymentsMakeAHistoryAndAWrongBillDoesNotCount) {
  const v1::Application application = Accepted(customer_id_, 501);
  const std::int64_t account_id = application.account().account_id();
  billing::v1::BillPosted bill;
  bill.set_account_id(account_id);
  bill.set_bill_id(900);
  bill.set_due_date("2026-11-15");
  bill.set_total_cents(9'000);
  Tell(bill, account_id);
  Tell(bill, account_id);
  billing::v1::PaymentApplied payment;
  payment.set_account_id(account_id);
  payment.set_payment_id("1-1-7");
  payment.set_amount_cents(14'500);
  payment.set_timely(false);
  Tell(payment, account_id);

  v1::GetPaymentHistoryRequest request;
  request.set_customer_id(customer_id_);
  v1::PaymentHistory history =
      Send<v1::HistoryService>(&v1::HistoryService::Stub::GetPaymentHistory, request).value();
  ASSERT_EQ(history.records_size(), 1);
  EXPECT_EQ(history.records(0).bills_size(), 1);
  EXPECT_EQ(history.records(0).late_payments(), 1);
  EXPECT_EQ(history.owed_cents(), 14'000 + 9'000 - 14'500);

  v1::ExcuseLatePaymentRequest excuse;
  excuse.set_request_id(Key("excuse"));
  excuse.set_account_id(account_id);
  excuse.set_payment_id("1-1-7");
  excuse.set_reason("bill 900 was corrected");
  EXPECT_TRUE(Send<v1::HistoryService>(&v1::HistoryService::Stub::ExcuseLatePayment, excuse).ok());
  history = Send<v1::HistoryService>(&v1::HistoryService::Stub::GetPaymentHistory, request).value();
  EXPECT_EQ(history.records(0).late_payments(), 0);
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(MoveIn, ACancelledBillIsNotOwedAndOneThatALimitHasCutIsOwedInPart) {
  const v1::Application application = Accepted(customer_id_, 501);
  const std::int64_t account_id = application.account().account_id();
  const auto history = [&] {
    v1::GetPaymentHistoryRequest request;
    request.set_customer_id(customer_id_);
    return Send<v1::HistoryService>(&v1::HistoryService::Stub::GetPaymentHistory, request).value();
  };
  billing::v1::BillPosted wrong;
  wrong.set_account_id(account_id);
  wrong.set_bill_id(900);
  wrong.set_due_date("2026-11-15");
  wrong.set_total_cents(9'000);
  Tell(wrong, account_id);
  EXPECT_EQ(history().owed_cents(), 14'000 + 9'000);

  billing::v1::BillCancelled cancelled;
  cancelled.set_account_id(account_id);
  cancelled.set_bill_id(900);
  cancelled.set_total_cents(9'000);
  Tell(cancelled, account_id);
  Tell(cancelled, account_id);
  EXPECT_EQ(history().owed_cents(), 14'000);

  billing::v1::BillPosted rebill;  // 100.00 by its lines, of which 60.00 may be charged
  rebill.set_account_id(account_id);
  rebill.set_bill_id(901);
  rebill.set_due_date("2026-12-15");
  rebill.set_total_cents(10'000);
  rebill.set_not_charged_cents(4'000);
  Tell(rebill, account_id);
  EXPECT_EQ(history().owed_cents(), 14'000 + 6'000);
  ASSERT_EQ(history().records(0).bills_size(), 2);
  EXPECT_FALSE(history().records(0).bills(0).cancelled());
  EXPECT_EQ(history().records(0).bills(0).total_cents(), 6'000);
  EXPECT_TRUE(history().records(0).bills(1).cancelled());
  EXPECT_EQ(FirstViolation(), "");

  cancelled.set_bill_id(902);  // nobody has told of it
  Tell(cancelled, account_id);
  const auto unplaced = Send<v1::HistoryService>(&v1::HistoryService::Stub::ListUnplacedEvents,
                                                 v1::ListUnplacedEventsRequest());
  ASSERT_EQ(unplaced->events_size(), 1);
  EXPECT_EQ(unplaced->events(0).reason(), "BILL_UNKNOWN");
}

TEST_P(MoveIn, AnEventThatFitsOnNothingIsKeptForReview) {
  billing::v1::BillPosted bill;
  bill.set_account_id(10'000'000'015);
  bill.set_bill_id(900);
  bill.set_due_date("2026-11-15");
  Tell(bill, bill.account_id());
  const auto unplaced = Send<v1::HistoryService>(&v1::HistoryService::Stub::ListUnplacedEvents,
                                                 v1::ListUnplacedEventsRequest());
  ASSERT_EQ(unplaced->events_size(), 1);
  EXPECT_EQ(unplaced->events(0).reason(), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(unplaced->events(0).type(), "reeve.billing.v1.BillPosted");
}

}  // namespace
}  // namespace reeve::account
