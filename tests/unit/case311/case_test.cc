#include "services/case311/case/case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace reeve::case311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr State kAllStates[] = {State::kRouted, State::kAccepted, State::kResolved, State::kClosed};
constexpr Event kMoves[] = {Event::kRouted, Event::kAccepted, Event::kResolved, Event::kReopened,
                            Event::kClosed};

TEST(CaseStates, TheTableAnswersEveryPair) {
  // Rows as the spelling has the states, one letter for where each move leads, '-' for a refusal.
  const std::pair<State, std::string> expected[] = {{State::kRouted, "RA--C"},
                                                    {State::kAccepted, "RAS-C"},
                                                    {State::kResolved, "---RC"},
                                                    {State::kClosed, "---R-"}};
  const std::string letters = "RASC";
  for (const auto& [from, row] : expected) {
    std::string answered;
    for (const Event move : kMoves) {
      const std::optional<State> next = Next(from, move);
      answered.push_back(next ? letters[static_cast<std::size_t>(*next)] : '-');
    }
    EXPECT_EQ(answered, row) << kStates(from);
  }
}

TEST(CaseStates, ANoteMovesNothingAndABeginningHasNoBefore) {
  for (const State state : kAllStates) {
    EXPECT_EQ(Next(state, Event::kNoted), state);
    EXPECT_EQ(Next(state, Event::kOpened), std::nullopt);
    EXPECT_EQ(Next(state, Event::kImported), std::nullopt);
  }
}

TEST(CaseStates, EachIsReachedAndEachCanBeLeft) {
  std::set<State> reached{State::kRouted};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const State from : std::set(reached))
      for (const Event move : kMoves)
        if (const std::optional<State> next = Next(from, move)) reached.insert(*next);
  }
  EXPECT_EQ(reached.size(), std::size(kAllStates));
}

class Cases : public ::testing::Test {
 protected:
  const BusinessCalendar calendar_{
      TimeZone::Load("America/Denver").value(), {}, BusinessCalendar::UtahHolidays(2026, 2027)};
  const CaseType pothole_{.code = "POTHOLE",
                          .name = "Pothole",
                          .department = "STREETS",
                          .service_level_minutes = 3 * 540,
                          .routes = {{4, "STREETS_WEST"}},
                          .version = 1};
  Actor actor_{PersonId(7), At("2026-11-23T13:00:00-07:00")};

  static Instant At(const char* rfc3339) { return Instant::Parse(rfc3339).value(); }
  OpenCase Opening(std::int64_t district = 0) const {
    return {.request_id = "r",
            .id = CaseId(311),
            .case_type_code = "POTHOLE",
            .address = "100 W Center St",
            .district = district,
            .description = "Deep hole in the right lane",
            .channel = Channel::kPhone};
  }
  Case Opened() const { return Apply(Opening(), pothole_, calendar_, actor_).after; }
  Case In(State state) const {
    Case record = Opened();
    if (state == State::kRouted) return record;
    record = Apply(record, AcceptCase{}, actor_)->after;
    if (state == State::kAccepted) return record;
    record = Apply(record, ResolveCase{.status_note = "Filled."}, actor_)->after;
    if (state == State::kResolved) return record;
    return Apply(record, CloseCase{.outcome = Outcome::kFixed}, actor_)->after;
  }
  template <class Command>
  std::string Refusal(const Case& before, const Command& command) const {
    const Result<Changed> changed = Apply(before, command, actor_);
    return changed.ok() ? "" : changed.error().reason();
  }
};

TEST_F(Cases, AreRoutedByTypeAndPlace) {
  EXPECT_EQ(Apply(Opening(0), pothole_, calendar_, actor_).after.department, "STREETS");
  EXPECT_EQ(Apply(Opening(3), pothole_, calendar_, actor_).after.department, "STREETS");
  EXPECT_EQ(Apply(Opening(4), pothole_, calendar_, actor_).after.department, "STREETS_WEST");
}

TEST_F(Cases, AreDueByTheCitysWorkingHours) {
  // Monday 13:00 and three working days of nine hours; Thursday is Thanksgiving.
  EXPECT_EQ(Opened().target_time, At("2026-11-27T13:00:00-07:00"));
  CaseType unpromised = pothole_;
  unpromised.service_level_minutes = 0;
  EXPECT_EQ(Apply(Opening(), unpromised, calendar_, actor_).after.target_time, std::nullopt);
}

TEST_F(Cases, GoFromTheCallToTheOutcome) {
  Case record = Opened();
  EXPECT_EQ(record.state, State::kRouted);
  EXPECT_EQ(record.version, 1);

  record = Apply(record, AcceptCase{}, {PersonId(21), actor_.now + Duration::Minutes(5)})->after;
  EXPECT_EQ(record.assignee, PersonId(21));
  EXPECT_EQ(record.closed_time, std::nullopt);

  const Instant done = actor_.now + Duration::Hours(3);
  record = Apply(record, ResolveCase{.status_note = "Filled."}, {PersonId(21), done})->after;
  EXPECT_EQ(record.closed_time, done);
  EXPECT_EQ(record.outcome, std::nullopt);

  const Instant later = done + Duration::Hours(40);
  record = Apply(record, CloseCase{.outcome = Outcome::kFixed}, {PersonId(7), later})->after;
  EXPECT_EQ(record.outcome, Outcome::kFixed);
  EXPECT_EQ(record.closed_time, done) << "what the counter does later is not the caller's wait";
  EXPECT_EQ(record.version, 4);
}

TEST_F(Cases, AreGivenBackWithTheirTargetAndToNobodyYet) {
  const Case closed = In(State::kClosed);
  const Case again = Apply(closed, ReopenCase{.note = "Broke up again."}, actor_)->after;
  EXPECT_EQ(again.state, State::kRouted);
  EXPECT_EQ(again.target_time, closed.target_time);
  EXPECT_EQ(again.closed_time, std::nullopt);
  EXPECT_EQ(again.outcome, std::nullopt);
  EXPECT_FALSE(again.assignee.is_set());
}

TEST_F(Cases, AnotherDepartmentHasToAcceptAnew) {
  const Case routed = Apply(In(State::kAccepted), RouteCase{.department = "WATER"}, actor_)->after;
  EXPECT_EQ(routed.department, "WATER");
  EXPECT_EQ(routed.state, State::kRouted);
  EXPECT_FALSE(routed.assignee.is_set());
}

TEST_F(Cases, RefusalsComeInTheirOrder) {
  Case imported = In(State::kClosed);
  imported.source = "boston";
  imported.source_id = "101";
  EXPECT_EQ(Refusal(imported, AcceptCase{}), "CASE_IMPORTED");
  EXPECT_EQ(Refusal(imported, AddCaseNote{.note = "x"}), "CASE_IMPORTED");

  EXPECT_EQ(Refusal(In(State::kClosed), RouteCase{.department = "STREETS"}), "CASE_STATE_WRONG");
  EXPECT_EQ(Refusal(In(State::kRouted), RouteCase{.department = "STREETS"}), "SAME_DEPARTMENT");
  EXPECT_EQ(Refusal(In(State::kRouted), ResolveCase{.status_note = "x"}), "CASE_STATE_WRONG");
  EXPECT_EQ(Refusal(In(State::kAccepted), ReopenCase{.note = "x"}), "CASE_STATE_WRONG");
  EXPECT_EQ(Refusal(In(State::kClosed), CloseCase{.outcome = Outcome::kFixed}), "CASE_STATE_WRONG");
  EXPECT_EQ(Refusal(In(State::kRouted), CloseCase{.outcome = Outcome::kFixed}), "NOT_RESOLVED");
  EXPECT_EQ(Refusal(In(State::kRouted), CloseCase{.outcome = Outcome::kDuplicate}),
            "STATUS_NOTE_MISSING");
  EXPECT_EQ(Refusal(In(State::kRouted),
                    CloseCase{.outcome = Outcome::kDuplicate, .status_note = "See 42."}),
            "");
  EXPECT_EQ(Refusal(In(State::kClosed), AddCaseNote{.note = "Called back."}), "");
}

TEST_F(Cases, AStateThatRefusesSaysSo) {
  const Error error = Apply(In(State::kClosed), AcceptCase{}, actor_).error();
  EXPECT_THAT(error.metadata(),
              ElementsAre(testing::Pair("state", "CLOSED"), testing::Pair("move", "ACCEPTED")));
}

TEST_F(Cases, AClockThatWasSetBackClosesNothingBeforeItWasOpened) {
  const Actor earlier{PersonId(7), actor_.now - Duration::Hours(1)};
  const CloseCase close{.outcome = Outcome::kWithdrawn, .status_note = "Taken back."};
  EXPECT_EQ(Apply(Opened(), close, earlier)->after.closed_time, actor_.now);
}

// Any walk through the rules leaves a history that leads to the case, a public view that shows
// nothing private, and a public status that a move of staff alone never turns twice.
TEST_F(Cases, WhateverHappensTheCallersViewIsTrueAndTight) {
  constexpr std::uint64_t kSeed = 311;
  std::mt19937_64 random(kSeed);
  for (int walk = 0; walk < 500; ++walk) {
    Changed changed = Apply(Opening(), pothole_, calendar_, actor_);
    std::vector<HistoryEntry> history{changed.entry};
    int turns = 0;
    int allowed_turns = 0;
    for (int step = 0; step < 12; ++step) {
      const Case before = changed.after;
      const Actor actor{PersonId(7), actor_.now + Duration::Minutes(step + 1)};
      const Result<Changed> next = [&]() -> Result<Changed> {
        switch (random() % 7) {
          case 0:
            return Apply(before,
                         RouteCase{.department = "D" + std::to_string(step), .note = "PRIVATE why"},
                         actor);
          case 1:
            return Apply(before, AcceptCase{}, actor);
          case 2:
            return Apply(before, ResolveCase{.status_note = "public done"}, actor);
          case 3:
            return Apply(before, ReopenCase{.note = "PRIVATE again"}, actor);
          case 4:
            return Apply(before, CloseCase{.outcome = Outcome::kNoAction, .status_note = "public"},
                         actor);
          case 5:
            return Apply(before, AddCaseNote{.note = "PRIVATE note"}, actor);
          default:
            return Apply(before, AddCaseNote{.note = "public note", .note_is_public = true}, actor);
        }
      }();
      if (!next.ok()) continue;
      changed = *next;
      history.push_back(changed.entry);
      turns += IsClosedForCaller(before.state) != IsClosedForCaller(changed.after.state);
      const bool ends = changed.entry.event == Event::kResolved ||
                        (changed.entry.event == Event::kClosed && before.state != State::kResolved);
      allowed_turns += ends || changed.entry.event == Event::kReopened;
    }
    ASSERT_EQ(turns, allowed_turns) << "seed " << kSeed;
    ASSERT_EQ(HistoryFault(changed.after, history), std::nullopt) << "seed " << kSeed;
    ASSERT_EQ(changed.after.closed_time.has_value(), IsClosedForCaller(changed.after.state));

    const PublicCase view = PublicView(changed.after, pothole_, history).value();
    EXPECT_EQ(view.closed, IsClosedForCaller(changed.after.state));
    for (const StatusNote& note : view.status_notes)
      ASSERT_THAT(note.text, Not(HasSubstr("PRIVATE"))) << "seed " << kSeed;
  }
}

TEST_F(Cases, WhatStaffDoAmongThemselvesDoesNotShowInTheCallersView) {
  std::vector<HistoryEntry> history;
  Changed changed = Apply(Opening(), pothole_, calendar_, actor_);
  history.push_back(changed.entry);
  const PublicCase before = PublicView(changed.after, pothole_, history).value();
  const Actor later{PersonId(8), actor_.now + Duration::Hours(1)};
  changed = *Apply(changed.after, AcceptCase{}, later);
  history.push_back(changed.entry);
  changed = *Apply(changed.after, AddCaseNote{.note = "Owner is hostile."}, later);
  history.push_back(changed.entry);
  const PublicCase after = PublicView(changed.after, pothole_, history).value();
  EXPECT_EQ(after.updated_time, before.updated_time);
  EXPECT_TRUE(after.status_notes.empty());

  changed = *Apply(changed.after, ResolveCase{.status_note = "Filled."}, later);
  history.push_back(changed.entry);
  const PublicCase done = PublicView(changed.after, pothole_, history).value();
  EXPECT_TRUE(done.closed);
  EXPECT_EQ(done.updated_time, later.now);
  EXPECT_THAT(done.status_notes, ElementsAre(StatusNote{later.now, "Filled."}));
}

TEST_F(Cases, ConfidentialAndImportedCasesHaveNoPublicView) {
  const Changed changed = Apply(Opening(), pothole_, calendar_, actor_);
  const std::vector<HistoryEntry> history{changed.entry};
  CaseType theft = pothole_;
  theft.confidential = true;
  EXPECT_EQ(PublicView(changed.after, theft, history), std::nullopt);
  Case imported = changed.after;
  imported.source = "boston";
  EXPECT_EQ(PublicView(imported, pothole_, history), std::nullopt);
}

TEST_F(Cases, AHistoryThatCannotHaveBeenIsFound) {
  const Changed opened = Apply(Opening(), pothole_, calendar_, actor_);
  const Changed accepted = *Apply(opened.after, AcceptCase{}, actor_);
  const std::vector<HistoryEntry> history{opened.entry, accepted.entry};
  ASSERT_EQ(HistoryFault(accepted.after, history), std::nullopt);

  EXPECT_NE(HistoryFault(accepted.after, {}), std::nullopt);
  EXPECT_NE(HistoryFault(accepted.after, {&history[0], 1}), std::nullopt);
  EXPECT_NE(HistoryFault(accepted.after, {&history[1], 1}), std::nullopt);
  std::vector<HistoryEntry> bent = history;
  bent[1].event = Event::kReopened;
  EXPECT_NE(HistoryFault(accepted.after, bent), std::nullopt);
  bent = history;
  bent[1].sequence = 3;
  EXPECT_NE(HistoryFault(accepted.after, bent), std::nullopt);
}

TEST(CaseNumbers, ARetryMeetsItsNumberAndAnotherCallerDoesNot) {
  const Caller ann{CallerKind::kPerson, PersonId(1), ""}, bob{CallerKind::kPerson, PersonId(2), ""};
  EXPECT_EQ(CaseOf(ann, "0123456789abcdef"), CaseOf(ann, "0123456789abcdef"));
  EXPECT_NE(CaseOf(ann, "0123456789abcdef"), CaseOf(bob, "0123456789abcdef"));
  EXPECT_NE(CaseOf(ann, "0123456789abcdef"), CaseOf(ann, "0123456789abcdeF"));
}

}  // namespace
}  // namespace reeve::case311
