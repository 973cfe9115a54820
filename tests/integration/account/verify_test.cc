#include <map>

#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "shared/testing/tampering.h"
#include "tests/integration/account/account_fixture.h"

namespace reeve::account {
namespace {

class VerifyTest : public AccountServer {
 protected:
  // Two of everything that the proof covers.
  void Work() {
    LoadPolicy();
    clock_.Advance(Duration::Minutes(1));
    LoadPolicy(15'000);
    for (const int premise_id : {501, 502}) {
      CreatePremise(House(premise_id));
      const v1::Customer customer = CreateCustomer("Customer " + std::to_string(premise_id));
      v1::UpdateCustomerRequest update;
      update.set_request_id(Key("update-" + std::to_string(premise_id)));
      update.set_customer_id(customer.customer_id());
      update.set_etag(customer.etag());
      *update.mutable_details() = customer.details();
      update.mutable_details()->set_work_phone("801-555-0" + std::to_string(premise_id));
      ASSERT_TRUE(
          Send<v1::CustomerService>(&v1::CustomerService::Stub::UpdateCustomer, update).ok());
      const v1::Application started = StartApplication(customer.customer_id(), premise_id);
      auto reference = For<v1::RecordReferenceRequest>(started, "reference");
      reference.mutable_reference()->set_kind(v1::REFERENCE_KIND_PAYMENT_HISTORY);
      reference.mutable_reference()->set_issuer("Utility " + std::to_string(premise_id));
      reference.mutable_reference()->set_from_date("2025-11-20");
      reference.mutable_reference()->set_to_date("2026-11-20");
      ASSERT_TRUE(
          Send<v1::ApplicationService>(&v1::ApplicationService::Stub::RecordReference, reference)
              .ok());
      const v1::Application decided = Decide(RecordPhoto(started)).value();
      const v1::Application accepted = Accept(decided, decided.decision().digest()).value();
      TellChargesPaid(accepted);
      TellStarted(accepted.account(), 0);
      billing::v1::BillPosted bill;
      bill.set_account_id(accepted.account().account_id());
      bill.set_bill_id(premise_id);
      bill.set_due_date("2026-12-15");
      bill.set_total_cents(premise_id);
      Tell(bill, bill.account_id());
      if (premise_id == 501) {
        billing::v1::BillCancelled cancelled;
        cancelled.set_account_id(bill.account_id());
        cancelled.set_bill_id(bill.bill_id());
        Tell(cancelled, bill.account_id());
      }
      billing::v1::PaymentApplied payment;
      payment.set_account_id(bill.account_id());
      payment.set_payment_id("1-1-" + std::to_string(premise_id));
      payment.set_amount_cents(premise_id);
      payment.set_timely(premise_id == 501);
      Tell(payment, bill.account_id());
    }
  }

  static constexpr char kClosed[] =
      "UPDATE account SET state = 'CLOSED', close_date = '2026-11-23'";
  static constexpr char kOtherPoint[] =
      "UPDATE agreement SET agreement_id = agreement_id + 10, "
      "service_point_no = service_point_no + 10";
  testing::Tampering Tampering() {
    Work();
    billing::v1::BillPosted fits_on_nothing;
    fits_on_nothing.set_account_id(10'000'000'015);
    fits_on_nothing.set_bill_id(900);
    fits_on_nothing.set_due_date("2026-11-15");
    Tell(fits_on_nothing, fits_on_nothing.account_id());
    return {*database_,
            machine_clock_,
            {.service = "account",
             .migrations = Migrations(),
             .proof = [this](db::Transaction& tx) { return FirstViolation(tx); },
             .statements = {{"account.state", kClosed},
                            {"account.close_date", kClosed},
                            {"agreement.account_id",
                             "UPDATE agreement SET account_id = account_id + 1, "
                             "agreement_id = agreement_id + 100"},
                            {"agreement.agreement_id", kOtherPoint},
                            {"agreement.service_point_no", kOtherPoint},
                            {"application.state",
                             "UPDATE application SET state = 'WITHDRAWN', account_id = 0"}},
             .held = {}}};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, WhatWasNotTouchedHolds) {
  Work();
  const std::string auditor = server_.SignIn(PersonId(9), {"verify.run"});
  const auto stub = server_.Stub<verify::v1::VerifyService>();
  const auto context = testing::InProcessServer::Context(auditor);
  verify::v1::VerifyResponse response;
  const grpc::Status status = stub->Verify(context.get(), verify::v1::VerifyRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::map<std::string, std::int64_t> examined;
  for (const verify::v1::Check& check : response.checks()) {
    EXPECT_EQ(check.violation(), "") << check.name();
    examined[check.name()] = check.examined();
  }
  EXPECT_EQ(examined["customers"], 2);
  EXPECT_EQ(examined["premises"], 2);
  EXPECT_EQ(examined["accounts"], 2);
  EXPECT_EQ(examined["applications"], 2);
  EXPECT_EQ(examined["policies"], 2);
  EXPECT_EQ(examined["payment-facts"], 2);
  EXPECT_EQ(examined["opened-events"], 2);
}

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatWasNeverWrittenIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

}  // namespace
}  // namespace reeve::account
