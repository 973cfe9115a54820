#include <grpcpp/grpcpp.h>

#include <set>

#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "services/case311/verify/verify_store.h"
#include "shared/rpc/client.h"
#include "shared/testing/tampering.h"
#include "tests/integration/case311/case311_fixture.h"

namespace reeve::case311 {
namespace {

class VerifyTest : public Case311 {
 protected:
  // Two interactions, two types with routes, two cases with histories.
  void Work() {
    SetPothole();
    SetPothole(/*confidential=*/true);
    for (const char* name : {"one", "two"}) {
      v1::LogInteractionRequest contact;
      contact.set_channel(v1::CHANNEL_PHONE);
      contact.set_language("en");
      contact.set_topic(name);
      contact.set_account_id(10'000'000'015);
      contact.set_request_id(Key(std::string("contact-") + name));
      v1::Interaction interaction;
      ASSERT_TRUE(Send<v1::InteractionService>(&v1::InteractionService::Stub::LogInteraction,
                                               clerk_, contact, &interaction)
                      .ok());
      v1::OpenCaseRequest opening = Opening(name);
      opening.set_interaction_id(interaction.interaction_id());
      ASSERT_TRUE(Change(&v1::CaseService::Stub::OpenCase, opening, clerk_).ok());
      const v1::Case record = Resolved(name + std::string("-resolved"));
      auto close = For<v1::CloseCaseRequest>(record, name + std::string("-close"));
      close.set_outcome(v1::CASE_OUTCOME_FIXED);
      ASSERT_TRUE(Change(&v1::CaseService::Stub::CloseCase, close, clerk_).ok());
      clock_.Advance(Duration::Minutes(7));
    }
  }

  static constexpr char kImported[] = "UPDATE case_record SET source = 'boston', source_id = '1'";
  testing::Tampering Tampering() {
    Work();
    return {
        *database_,
        machine_clock_,
        {.service = "case311",
         .migrations = Migrations(),
         .proof = [](db::Transaction& tx) { return testing::FirstViolation(CheckBooks(tx)); },
         .statements = {{"case_record.source", kImported}, {"case_record.source_id", kImported}},
         .held = {}}};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, BooksThatWereNotTouchedHold) {
  Work();
  const std::string auditor = server_.SignIn(PersonId(9), {"verify.run"});
  verify::v1::VerifyResponse response;
  const grpc::Status status = Send<verify::v1::VerifyService>(
      &verify::v1::VerifyService::Stub::Verify, auditor, verify::v1::VerifyRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::set<std::string> names;
  for (const verify::v1::Check& check : response.checks()) {
    EXPECT_EQ(check.violation(), "") << check.name();
    names.insert(check.name());
  }
  EXPECT_TRUE(names.contains("cases") && names.contains("interactions") &&
              names.contains("case-types"));
}

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

}  // namespace
}  // namespace reeve::case311
