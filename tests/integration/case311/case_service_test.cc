#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <thread>
#include <vector>

#include "shared/rpc/client.h"
#include "shared/rpc/paging.h"
#include "tests/integration/case311/case311_fixture.h"

namespace reeve::case311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::CaseService::Stub;

class CaseServiceTest : public Case311 {};
INSTANTIATE_TEST_SUITE_P(BothEngines, CaseServiceTest, testing::BothEngines(), testing::EngineName);

TEST_P(CaseServiceTest, ACallBecomesACaseThatTheDepartmentResolvesAndTheCallerSees) {
  SetPothole();
  v1::LogInteractionRequest contact;
  contact.set_channel(v1::CHANNEL_PHONE);
  contact.set_language("es");
  contact.set_topic("Pothole on Center Street");
  contact.set_contact_name("Muñoz");
  contact.set_request_id(Key("contact"));
  v1::Interaction interaction;
  ASSERT_TRUE(Send<v1::InteractionService>(&v1::InteractionService::Stub::LogInteraction, clerk_,
                                           contact, &interaction)
                  .ok());
  EXPECT_EQ(interaction.person_id(), 7);

  v1::OpenCaseRequest opening = Opening("open");
  opening.set_interaction_id(interaction.interaction_id());
  const v1::Case opened = Change(&Stub::OpenCase, opening, clerk_).value();
  EXPECT_EQ(opened.state(), v1::CASE_STATE_ROUTED);
  EXPECT_EQ(opened.department(), "STREETS_WEST");
  EXPECT_EQ(opened.interaction_id(), interaction.interaction_id());
  EXPECT_EQ(opened.target_time_micros(),
            Instant::Parse("2026-11-27T13:00:00-07:00")->micros());  // over Thanksgiving
  EXPECT_EQ(PublicView(opened.case_id())->status(), v1::PUBLIC_STATUS_OPEN);

  clock_.Advance(Duration::Hours(2));
  ASSERT_TRUE(Change(&Stub::AcceptCase, For<v1::AcceptCaseRequest>(opened, "accept"), crew_).ok());
  auto note = For<v1::AddCaseNoteRequest>(opened, "note");
  note.set_note("PRIVATE: caller is upset");
  ASSERT_TRUE(Change(&Stub::AddCaseNote, note, crew_).ok());
  auto resolve = For<v1::ResolveCaseRequest>(opened, "resolve");
  resolve.set_status_note("Filled with hot mix.");
  ASSERT_TRUE(Change(&Stub::ResolveCase, resolve, crew_).ok());

  const v1::PublicCase view = PublicView(opened.case_id()).value();
  EXPECT_EQ(view.status(), v1::PUBLIC_STATUS_CLOSED);
  EXPECT_EQ(view.type_name(), "Pothole");
  ASSERT_EQ(view.status_notes_size(), 1);
  EXPECT_EQ(view.status_notes(0).text(), "Filled with hot mix.");
  EXPECT_THAT(view.ShortDebugString(), Not(HasSubstr("PRIVATE")));
  EXPECT_THAT(view.ShortDebugString(), Not(HasSubstr("Muñoz")));

  auto close = For<v1::CloseCaseRequest>(opened, "close");
  close.set_outcome(v1::CASE_OUTCOME_FIXED);
  const v1::Case closed = Change(&Stub::CloseCase, close, clerk_).value();
  EXPECT_EQ(closed.outcome(), v1::CASE_OUTCOME_FIXED);
  EXPECT_EQ(closed.closed_time_micros(), clock_.Now().micros());

  v1::ListCaseHistoryRequest request;
  request.set_case_id(opened.case_id());
  v1::ListCaseHistoryResponse history;
  ASSERT_TRUE(Send<v1::CaseService>(&Stub::ListCaseHistory, clerk_, request, &history).ok());
  std::vector<std::string> events;
  for (const v1::CaseHistoryEntry& entry : history.entries()) events.push_back(entry.event());
  EXPECT_THAT(events, ElementsAre("OPENED", "ACCEPTED", "NOTED", "RESOLVED", "CLOSED"));
}

TEST_P(CaseServiceTest, ARequestThatIsSentAgainGetsTheSameBytesAndOpensNothing) {
  SetPothole();
  const v1::Case first = Open("same");
  clock_.Advance(Duration::Hours(5));
  EXPECT_EQ(Open("same").SerializeAsString(), first.SerializeAsString());

  v1::OpenCaseRequest other = Opening("same");
  other.set_description("Another hole");
  EXPECT_EQ(Change(&Stub::OpenCase, other, clerk_).error().reason(), "REQUEST_ID_REUSED");
}

TEST_P(CaseServiceTest, OpeningIsRefusedInTheOrderOfTheContract) {
  v1::OpenCaseRequest request;
  request.set_interaction_id(-1);
  const Error invalid = Change(&Stub::OpenCase, request, clerk_).error();
  std::vector<std::string> fields;
  for (const FieldViolation& violation : invalid.violations()) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("request_id", "case_type_code", "description", "channel",
                                  "interaction_id"));

  request = Opening("order");
  request.set_interaction_id(42);
  EXPECT_EQ(Change(&Stub::OpenCase, request, clerk_).error().reason(), "CASE_TYPE_UNKNOWN");
  SetPothole();
  EXPECT_EQ(Change(&Stub::OpenCase, request, clerk_).error().reason(), "INTERACTION_UNKNOWN");
  EXPECT_EQ(Change(&Stub::OpenCase, Opening("order"), crew_).error().reason(),
            "PERMISSION_MISSING");
  EXPECT_TRUE(Change(&Stub::OpenCase, Opening("order"), clerk_).ok())
      << "a refused request_id may be used again";
}

TEST_P(CaseServiceTest, ChangesOfAnUnknownCaseAreRefused) {
  v1::Case unknown;
  unknown.set_case_id(42);
  EXPECT_EQ(
      Change(&Stub::AcceptCase, For<v1::AcceptCaseRequest>(unknown, "a"), crew_).error().reason(),
      "INVALID_REQUEST");  // the request_id is too short
  EXPECT_EQ(Change(&Stub::AcceptCase, For<v1::AcceptCaseRequest>(unknown, "accept"), crew_)
                .error()
                .reason(),
            "CASE_UNKNOWN");
  EXPECT_EQ(PublicView(42).error().reason(), "CASE_UNKNOWN");
}

TEST_P(CaseServiceTest, AConfidentialCaseAnswersItsCallerLikeNone) {
  SetPothole(/*confidential=*/true);
  v1::OpenCaseRequest opening = Opening("theft");
  opening.set_case_type_code("THEFT");
  const v1::Case record = Change(&Stub::OpenCase, opening, clerk_).value();
  const Error hidden = PublicView(record.case_id()).error();
  const Error unknown = PublicView(42).error();
  EXPECT_EQ(hidden.code(), unknown.code());
  EXPECT_EQ(hidden.reason(), unknown.reason());
  EXPECT_EQ(hidden.message(), unknown.message());
}

TEST_P(CaseServiceTest, OneOfManyWhoCloseACaseAtOnceWins) {
  SetPothole();
  const v1::Case record = Resolved("race");
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      auto close = For<v1::CloseCaseRequest>(record, "race-close-" + std::to_string(i));
      close.set_outcome(v1::CASE_OUTCOME_FIXED);
      const Result<v1::Case> answer = Change(&Stub::CloseCase, close, clerk_);
      ++(answer.ok() ? won : refused);
      if (!answer.ok()) EXPECT_EQ(answer.error().reason(), "CASE_STATE_WRONG");
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 7);
}

TEST_P(CaseServiceTest, AWorkListShowsOpenCasesByTargetPageByPage) {
  SetPothole();
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 5; ++i) {
    expected.push_back(Open("list-" + std::to_string(i)).case_id());
    clock_.Advance(Duration::Minutes(1));
  }
  Resolved("list-done");
  v1::ListCasesRequest request;
  request.set_department("STREETS_WEST");
  request.set_page_size(2);
  std::vector<std::int64_t> listed;
  int pages = 0;
  do {
    v1::ListCasesResponse page;
    ASSERT_TRUE(Send<v1::CaseService>(&Stub::ListCases, crew_, request, &page).ok());
    for (const v1::Case& record : page.cases()) listed.push_back(record.case_id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(listed, expected);

  request.set_department("WATER");
  request.set_page_token(rpc::NextPageToken("ListCases/STREETS_WEST", {"1", "1"}));
  v1::ListCasesResponse page;
  EXPECT_EQ(testing::ReasonOf(Send<v1::CaseService>(&Stub::ListCases, crew_, request, &page)),
            "INVALID_REQUEST")
      << "a token of another question";
}

TEST_P(CaseServiceTest, InteractionsAreListedLatestFirst) {
  std::vector<std::int64_t> logged;
  for (int i = 0; i < 3; ++i) {
    v1::LogInteractionRequest contact;
    contact.set_channel(v1::CHANNEL_COUNTER);
    contact.set_language("en");
    contact.set_topic("Question " + std::to_string(i));
    contact.set_account_id(i == 1 ? 0 : 10'000'000'015);
    contact.set_request_id(Key("contact-" + std::to_string(i)));
    v1::Interaction answer;
    ASSERT_TRUE(Send<v1::InteractionService>(&v1::InteractionService::Stub::LogInteraction, clerk_,
                                             contact, &answer)
                    .ok());
    logged.push_back(answer.interaction_id());
    clock_.Advance(Duration::Minutes(1));
  }
  const auto list = [&](std::int64_t account_id, std::int32_t page_size) {
    v1::ListInteractionsRequest request;
    request.set_account_id(account_id);
    request.set_page_size(page_size);
    std::vector<std::int64_t> found;
    do {
      v1::ListInteractionsResponse page;
      EXPECT_TRUE(Send<v1::InteractionService>(&v1::InteractionService::Stub::ListInteractions,
                                               clerk_, request, &page)
                      .ok());
      for (const v1::Interaction& interaction : page.interactions())
        found.push_back(interaction.interaction_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return found;
  };
  EXPECT_THAT(list(0, 0), ElementsAre(logged[2], logged[1], logged[0]));
  EXPECT_THAT(list(0, 1), ElementsAre(logged[2], logged[1], logged[0]));
  EXPECT_THAT(list(10'000'000'015, 1), ElementsAre(logged[2], logged[0]));
}

TEST_P(CaseServiceTest, TheCatalogueIsChangedByWhoHasReadIt) {
  v1::SetCaseTypeRequest request;
  *request.mutable_case_type() = SetPothole();
  request.mutable_case_type()->set_service_level_minutes(60);
  request.mutable_case_type()->clear_routes();
  request.set_request_id(Key("change-pothole"));
  v1::CaseType changed;
  const auto set = [&] {
    return Send<v1::CaseTypeService>(&v1::CaseTypeService::Stub::SetCaseType, office_, request,
                                     &changed);
  };
  ASSERT_TRUE(set().ok());
  EXPECT_EQ(changed.version(), 2);
  request.set_request_id(Key("change-pothole-stale"));
  EXPECT_EQ(testing::ReasonOf(set()), "STALE");
  request.mutable_case_type()->set_version(0);
  EXPECT_EQ(testing::ReasonOf(set()), "CASE_TYPE_EXISTS");

  v1::ListCaseTypesResponse catalogue;
  ASSERT_TRUE(Send<v1::CaseTypeService>(&v1::CaseTypeService::Stub::ListCaseTypes, clerk_,
                                        v1::ListCaseTypesRequest(), &catalogue)
                  .ok());
  ASSERT_EQ(catalogue.case_types_size(), 1);
  EXPECT_EQ(catalogue.case_types(0).SerializeAsString(), changed.SerializeAsString());
  EXPECT_EQ(Open("after-change").department(), "STREETS");
}

}  // namespace
}  // namespace reeve::case311
