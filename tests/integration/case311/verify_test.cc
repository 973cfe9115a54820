#include <grpcpp/grpcpp.h>

#include <set>

#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "services/case311/verify/verify_store.h"
#include "shared/rpc/client.h"
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
  Instant Deadline() const { return machine_clock_.Now() + Duration::Seconds(30); }
  // Whether the books hold behind `tamper`, which is undone afterwards. Nothing if the engine's own
  // constraints do not let it happen.
  std::optional<bool> HoldsAfter(const std::string& tamper) {
    std::optional<bool> holds;
    try {
      database_->Write(Deadline(), [&](db::Transaction& tx) {
        const db::Query query{"tamper", tamper};
        EXPECT_GT(tx.Execute(query), 0) << tamper;
        bool all = true;
        for (const Finding& finding : CheckBooks(tx)) all = all && finding.violation.empty();
        holds = all;
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError&) {
      return std::nullopt;
    }
    return holds;
  }
  void ExpectFound(const std::string& tamper) {
    const std::optional<bool> holds = HoldsAfter(tamper);
    if (holds) EXPECT_FALSE(*holds) << tamper;
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

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) {
  Work();
  const std::map<std::string, std::vector<std::pair<std::string, std::string>>> columns{
      {"interaction",
       {{"home", "home + 1"},
        {"channel", "'MAIL'"},
        {"language", "'es'"},
        {"topic", "'x'"},
        {"note", "'x'"},
        {"contact_name", "'x'"},
        {"contact_address", "'x'"},
        {"account_id", "account_id + 1"},
        {"account_id", "NULL"},
        {"person_id", "person_id + 1"},
        {"logged_time", "logged_time + 1"}}},
      {"case_type",
       {{"case_type_code", "'X' || case_type_code"},
        {"name", "'x'"},
        {"department", "'X1'"},
        {"service_level_minutes", "1"},
        {"confidential", "1 - confidential"},
        {"version", "version + 1"}}},
      {"case_type_route",
       {{"case_type_code", "'POTHOLE'"}, {"district", "district + 1"}, {"department", "'X1'"}}},
      {"case_record",
       {{"case_id", "case_id + 1"},
        {"case_type_code", "'THEFT'"},
        {"state", "'ACCEPTED'"},
        {"state", "'RESOLVED'"},
        {"outcome", "'WITHDRAWN'"},
        {"outcome", "NULL"},
        {"department", "'X1'"},
        {"address", "'x'"},
        {"district", "5"},
        {"description", "'x'"},
        {"channel", "'WEB'"},
        {"interaction_id", "77"},
        {"assignee_person_id", "77"},
        {"opened_time", "opened_time - 1"},
        {"target_time", "target_time + 1"},
        {"target_time", "NULL"},
        {"closed_time", "closed_time + 1"},
        {"version", "version + 1"}}},
      {"case_history",
       {{"sequence", "sequence + 100"},
        {"event", "'NOTED'"},
        {"state", "'CLOSED'"},
        {"department", "'X1'"},
        {"note", "'x'"},
        {"note_is_public", "1 - note_is_public"},
        {"person_id", "person_id + 1"},
        {"person_id", "NULL"},
        {"recorded_time", "recorded_time + 1"}}},
  };
  int changed = 0;
  for (const auto& [table, cells] : columns) {
    for (const auto& [column, value] : cells) {
      const std::string tamper = "UPDATE " + table + " SET " + column + " = " + value;
      const std::optional<bool> holds = HoldsAfter(tamper);
      if (!holds) continue;
      ++changed;
      EXPECT_FALSE(*holds) << tamper;
    }
  }
  EXPECT_GT(changed, 35) << "most of these get past the engine's own constraints";
  ExpectFound("UPDATE case_record SET source = 'boston', source_id = '1'");
}

TEST_P(VerifyTest, ARowThatIsGoneIsFound) {
  Work();
  ExpectFound("DELETE FROM interaction WHERE topic = 'one'");
  ExpectFound("DELETE FROM case_type_route WHERE case_type_code = 'POTHOLE'");
  ExpectFound("DELETE FROM case_history WHERE event = 'CLOSED'");
  ExpectFound("DELETE FROM case_history WHERE sequence = 2");
}

TEST_P(VerifyTest, ARowThatNobodyWroteIsFound) {
  Work();
  ExpectFound(
      "INSERT INTO interaction (home, channel, language, topic, note, contact_name,"
      " contact_address, person_id, logged_time)"
      " VALUES (5, 'PHONE', 'en', 'x', '', '', '', 7, 1)");
  ExpectFound(
      "INSERT INTO case_type (home, case_type_code, name, department, service_level_minutes,"
      " confidential, version) VALUES (0, 'X1', 'x', 'X1', 0, 0, 1)");
  ExpectFound(
      "INSERT INTO case_record (case_id, case_type_code, state, department, address, district,"
      " description, channel, opened_time, source, source_id, version)"
      " VALUES (5, 'POTHOLE', 'ROUTED', 'X1', '', 0, 'x', 'PHONE', 1, '', '', 1)");
  ExpectFound(
      "INSERT INTO case_history (case_id, sequence, event, state, department, note,"
      " note_is_public, recorded_time) SELECT case_id, version + 1, 'NOTED', state, department,"
      " 'x', 1, 1 FROM case_record");
}

TEST_P(VerifyTest, RowsThatHaveChangedPlacesAreFound) {
  Work();
  ExpectFound("UPDATE interaction SET topic = CASE topic WHEN 'one' THEN 'two' ELSE 'one' END");
  ExpectFound(
      "UPDATE case_record SET assignee_person_id = 21, closed_time = opened_time,"
      " state = 'RESOLVED' WHERE state = 'ROUTED'");
}

}  // namespace
}  // namespace reeve::case311
