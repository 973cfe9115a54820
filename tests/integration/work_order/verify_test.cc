// Whatever is changed, deleted, inserted or swapped behind the back of work_order, verify finds.
#include "shared/testing/tampering.h"
#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

class VerifyTest : public WorkOrder {
 protected:
  void SetUp() override {
    account::v1::AccountOpened opened;
    opened.set_account_id(kAccount);
    opened.set_premise_id(kPremise);
    account::v1::AgreementSpec& agreement = *opened.add_agreements();
    agreement.set_agreement_id(31);
    agreement.set_service("electric");
    agreement.set_meter_number("E1");
    agreement.set_register_digits(5);
    FromAccount(opened);
    for (const std::int64_t cut_for : {41, 42}) {
      const v1::Order cut = Start(OnSite(Cut(cut_for))).value();
      ASSERT_TRUE(Complete(cut).ok());
      ASSERT_TRUE(Close(cut).ok());
    }
    FromAccount(ConnectRequest());
    for (const int crew : {1, 2}) {
      v1::SaveCrewRequest request;
      request.set_request_id(NextKey());
      request.mutable_crew()->set_crew_id(crew);
      request.mutable_crew()->set_name("Crew " + std::to_string(crew));
      request.mutable_crew()->set_lead_technician_id(kTechnician);
      request.mutable_crew()->add_technician_ids(kTechnician);
      request.mutable_crew()->add_technician_ids(kOtherTechnician);
      ASSERT_TRUE(Send<v1::CrewService>(&v1::CrewService::Stub::SaveCrew, request, office_).ok());
    }
    Book(/*confirmed=*/true);
    Book(/*confirmed=*/false);
    ASSERT_EQ(Violation(), "");
  }

  // Opens a slot, and gives a place of it to a new order.
  void Book(bool confirmed) {
    v1::OpenSlotRequest open;
    open.set_request_id(NextKey());
    open.set_slot_date("2026-11-24");
    open.set_start_minute(confirmed ? 600 : 780);
    open.set_end_minute(900);
    open.set_capacity(3);
    const v1::Slot slot =
        Send<v1::AppointmentService>(&v1::AppointmentService::Stub::OpenSlot, open, office_)
            .value();
    v1::CreateOrderRequest creation = Creation();
    creation.set_override_reason("Another meter of the place.");
    const v1::Order order =
        Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, creation, office_).value();
    auto hold = For<v1::HoldAppointmentRequest>(order);
    hold.set_slot_id(slot.slot_id());
    ASSERT_TRUE(
        Send<v1::AppointmentService>(&v1::AppointmentService::Stub::HoldAppointment, hold, office_)
            .ok());
    if (!confirmed) return;
    ASSERT_TRUE(Send<v1::AppointmentService>(&v1::AppointmentService::Stub::ConfirmAppointment,
                                             For<v1::ConfirmAppointmentRequest>(order), office_)
                    .ok());
  }

  testing::Tampering Tampering() {
    return {*database_,
            machine_clock_,
            {.service = "work_order",
             .migrations = Migrations(),
             .proof = [](db::Transaction& tx) { return testing::FirstViolation(CheckOrders(tx)); },
             .statements = {{"completion",
                             "INSERT INTO completion SELECT premise_id, order_id, 'E1', 5, 0, 1, "
                             "'', 1, '', '', '', '2026-11-23', 0 FROM work_order "
                             "WHERE type = 'CONNECT'"}},
             .held = {}}};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

}  // namespace
}  // namespace reeve::work_order
