#include "tests/integration/account/account_fixture.h"

namespace reeve::account {
namespace {

// A place that is on, with a tenant who leaves and one who comes.
class ChangeOfOccupant : public AccountServer {
 protected:
  ChangeOfOccupant() {
    LoadPolicy();
    CreatePremise(House(501, /*on=*/true));
    const v1::Application first = Accepted(CreateCustomer("Ann Old").customer_id(), 501);
    old_account_ = first.account().account_id();
    TellStarted(first.account(), 0);
    TellStarted(first.account(), 1);
    v1::StartApplicationRequest request;
    request.set_request_id(Key("start-second"));
    request.set_customer_id(CreateCustomer("Ben New").customer_id());
    request.set_premise_id(501);
    request.set_customer_type(v1::CUSTOMER_TYPE_TENANT);
    request.add_services()->set_service("electric");
    request.add_services()->set_service("storm");
    request.set_wanted_date("2026-11-23");
    v1::Application second =
        Send<v1::ApplicationService>(&v1::ApplicationService::Stub::StartApplication, request)
            .value();
    second = Decide(RecordPhoto(second)).value();
    second_ = Accept(second, second.decision().digest()).value();
    new_account_ = second_.account().account_id();
  }

  v1::TransferOccupantRequest Handover(const std::string& name, std::int64_t read) {
    v1::TransferOccupantRequest request;
    request.set_request_id(Key(name));
    request.set_premise_id(501);
    request.set_old_account_id(old_account_);
    request.set_new_account_id(new_account_);
    request.set_change_date("2026-11-23");
    if (read >= 0) {
      v1::TransferRead& meter = *request.add_reads();
      meter.set_meter_number("E-501");
      meter.set_read_thousandths(read);
    }
    return request;
  }
  Result<v1::TransferOccupantResponse> Transfer(const v1::TransferOccupantRequest& request) {
    return Send<v1::AccountService>(&v1::AccountService::Stub::TransferOccupant, request);
  }

  std::int64_t old_account_ = 0;
  std::int64_t new_account_ = 0;
  v1::Application second_;
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ChangeOfOccupant, testing::BothEngines(),
                         testing::EngineName);

TEST_P(ChangeOfOccupant, NeedsNoTruckAndNoConnectFee) {
  EXPECT_EQ(second_.decision().lines(1).outcome(), v1::OUTCOME_NOT_DUE);
  EXPECT_FALSE(Published<v1::AccountOpened>()[1].agreements(0).in_service());
  TellChargesPaid(second_);
  EXPECT_TRUE(Published<v1::ConnectRequested>().empty());
}

TEST_P(ChangeOfOccupant, OneReadClosesTheOneAndOpensTheOther) {
  const v1::TransferOccupantResponse response = Transfer(Handover("transfer", 4'711'000)).value();
  EXPECT_EQ(response.old_account().state(), v1::ACCOUNT_STATE_CLOSED);
  EXPECT_EQ(response.old_account().agreements(0).state(), v1::AGREEMENT_STATE_STOPPED);
  EXPECT_EQ(response.new_account().agreements(0).state(), v1::AGREEMENT_STATE_ACTIVE);
  const auto changes = Published<v1::OccupantChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].old_account_id(), old_account_);
  EXPECT_EQ(changes[0].new_account_id(), new_account_);
  EXPECT_EQ(changes[0].reads(0).read_thousandths(), 4'711'000);
  EXPECT_EQ(changes[0].agreements_size(), 2);
  EXPECT_EQ(Published<v1::AccountClosed>().size(), 1u);

  TellStarted(response.new_account(), 0);  // billing confirms what is known
  EXPECT_EQ(GetAccount(new_account_).agreements(0).state(), v1::AGREEMENT_STATE_ACTIVE);

  billing::v1::BillPosted final_bill;
  final_bill.set_account_id(old_account_);
  final_bill.set_bill_id(77);
  final_bill.set_due_date("2026-12-15");
  Tell(final_bill, old_account_);
  EXPECT_EQ(GetAccount(old_account_).agreements(0).state(), v1::AGREEMENT_STATE_CLOSED);
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(ChangeOfOccupant, AnExchangedMeterIsTheOneThatIsReadAndServesTheNext) {
  billing::v1::MeterExchanged exchanged;
  exchanged.set_account_id(old_account_);
  exchanged.set_agreement_id(GetAccount(old_account_).agreements(0).agreement_id());
  exchanged.set_service("electric");
  exchanged.set_exchange_date("2026-11-20");
  exchanged.set_old_meter_number("E-501");
  exchanged.set_meter_number("E-900");
  exchanged.set_meter_size("200A");
  exchanged.set_register_digits(6);
  exchanged.set_multiplier_thousandths(10'000);
  Tell(exchanged, old_account_);
  Tell(exchanged, old_account_);
  v1::GetPremiseRequest request;
  request.set_premise_id(501);
  const v1::Premise place =
      Send<v1::PremiseService>(&v1::PremiseService::Stub::GetPremise, request).value();
  EXPECT_EQ(place.service_points(0).meter_number(), "E-900");
  EXPECT_EQ(place.service_points(0).meter_size(), "200A");
  EXPECT_EQ(place.service_points(0).register_digits(), 6);
  EXPECT_EQ(place.service_points(0).multiplier_thousandths(), 10'000);
  EXPECT_FALSE(Transfer(Handover("old-number", 4'711'000)).ok()) << "E-501 stands there no more";
  v1::TransferOccupantRequest handover = Handover("new-number", 4'711'000);
  handover.mutable_reads(0)->set_meter_number("E-900");
  EXPECT_TRUE(Transfer(handover).ok());
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(ChangeOfOccupant, IsRefusedWithoutTheRead) {
  EXPECT_EQ(Transfer(Handover("transfer", -1)).error().reason(), "READ_MISSING");
  EXPECT_EQ(Transfer(Handover("transfer", 100'000'000)).error().reason(), "READ_OFF_REGISTER");
  EXPECT_TRUE(Published<v1::OccupantChanged>().empty());
}

TEST_P(ChangeOfOccupant, AnAccountIsNotClosedUnderSomebodyWhoWaits) {
  v1::CloseAccountRequest request;
  request.set_request_id(Key("close-account"));
  request.set_account_id(old_account_);
  request.set_close_date("2026-11-23");
  const auto closed = Send<v1::AccountService>(&v1::AccountService::Stub::CloseAccount, request);
  EXPECT_EQ(closed.error().reason(), "OCCUPANT_WAITING");
}

TEST_P(ChangeOfOccupant, TheCustomerMayStayAfterAll) {
  v1::RequestStopRequest leave;
  leave.set_request_id(Key("leave-account"));
  leave.set_account_id(old_account_);
  leave.set_stop_date("2026-11-30");
  const auto leaving = Send<v1::AccountService>(&v1::AccountService::Stub::RequestStop, leave);
  EXPECT_EQ(leaving->agreements(0).state(), v1::AGREEMENT_STATE_PENDING_STOP);
  EXPECT_EQ(leaving->agreements(0).stop_date(), "2026-11-30");
  v1::CancelStopRequest stay;
  stay.set_request_id(Key("stay-account"));
  stay.set_account_id(old_account_);
  const auto staying = Send<v1::AccountService>(&v1::AccountService::Stub::CancelStop, stay);
  EXPECT_EQ(staying->agreements(0).state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(staying->agreements(0).stop_date(), "");
}

TEST_P(ChangeOfOccupant, ServiceThatStartsUnderAnOccupantIsKeptForReview) {
  TellStarted(second_.account(), 0);
  const auto unplaced = Send<v1::HistoryService>(&v1::HistoryService::Stub::ListUnplacedEvents,
                                                 v1::ListUnplacedEventsRequest());
  ASSERT_EQ(unplaced->events_size(), 1);
  EXPECT_EQ(unplaced->events(0).reason(), "POINT_OCCUPIED");
  EXPECT_EQ(GetAccount(new_account_).agreements(0).state(), v1::AGREEMENT_STATE_PENDING_START);
}

}  // namespace
}  // namespace reeve::account
