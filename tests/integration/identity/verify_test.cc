// Whatever is changed, deleted, inserted or swapped behind identity's back, verify finds.
#include "shared/testing/tampering.h"
#include "tests/integration/identity/identity_fixture.h"

namespace reeve::identity {
namespace {

class VerifyTest : public IdentityTest {
 protected:
  // Grants in every state, a session that lives and one that was ended, a password mistyped.
  void SetUp() override {
    const std::string alma = SignIn("alma").token;
    const std::string omar = SignIn("omar").token;
    ASSERT_EQ(Grant("maria", "auditor", alma, omar), "");
    ASSERT_EQ(Grant("ada", "accountant", alma, omar), "");
    pb::SignOutRequest sign_out;
    sign_out.set_request_id(NewRequestId());
    sign_out.set_session_token(SignIn("maria").token);
    pb::SignOutResponse signed_out;
    const auto context = Context("");
    ASSERT_TRUE(Sessions()->SignOut(context.get(), sign_out, &signed_out).ok());
    ASSERT_EQ(Proof(), "");
    ASSERT_FALSE(SignIn("omar", "a mistyped password").status.ok());
  }

  testing::Tampering Tampering() {
    return {
        *database_,
        machine_clock_,
        {.service = "identity",
         .migrations = Migrations(),
         .proof = [](db::Transaction& tx) { return testing::FirstViolation(CheckIdentity(tx)); },
         .statements = {},
         .held = {"+revocation_counter", "revocation_counter.person_id", "-session"}}};
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) { Tampering().ExpectChangesFound(); }
TEST_P(VerifyTest, ARowThatIsGoneIsFound) { Tampering().ExpectMissingRowsFound(); }
TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) { Tampering().ExpectStrangeRowsFound(); }
TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) { Tampering().ExpectSwappedRowsFound(); }
TEST_P(VerifyTest, WhatIsNotCoveredIsListed) { Tampering().ExpectListIsTrue(); }

}  // namespace
}  // namespace reeve::identity
