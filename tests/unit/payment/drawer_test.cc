#include "services/payment/drawer/drawer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/payment/builders.h"

namespace reeve::payment {
namespace {

using namespace testing;

TEST(SessionState, EveryStateAnswersEveryEvent) {
  const std::map<std::pair<SessionState, SessionEvent>, SessionState> allowed = {
      {{SessionState::kOpen, SessionEvent::kCount}, SessionState::kCounted},
      {{SessionState::kCounted, SessionEvent::kRecount}, SessionState::kCounted},
      {{SessionState::kCounted, SessionEvent::kClose}, SessionState::kClosed},
      {{SessionState::kClosed, SessionEvent::kTurnIn}, SessionState::kTurnedIn},
  };
  for (const SessionState state : {SessionState::kOpen, SessionState::kCounted,
                                   SessionState::kClosed, SessionState::kTurnedIn}) {
    for (const SessionEvent event : {SessionEvent::kCount, SessionEvent::kRecount,
                                     SessionEvent::kClose, SessionEvent::kTurnIn}) {
      const auto found = allowed.find({state, event});
      EXPECT_EQ(Next(state, event),
                found == allowed.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

constexpr std::int64_t kVoids[] = {2, 5};
constexpr std::span<const std::int64_t> kVoidsPending = kVoids;

struct CountCase {
  std::string name;
  SessionState state = SessionState::kOpen;
  PersonId caller = kCashier;
  bool may_accept_variance = false;
  bool void_pending = false;
  std::string reason;
};
class SubmitCountByPrecedence : public ::testing::TestWithParam<CountCase> {};

TEST_P(SubmitCountByPrecedence, IsRefusedFor) {
  const CountCase& c = GetParam();
  Session session = OpenSession({});
  session.state = c.state;
  std::optional<Count> before;
  if (c.state == SessionState::kCounted) before = Count{};
  const auto count = SubmitCount(&session, before, {c.caller, c.may_accept_variance}, {},
                                 c.void_pending ? kVoidsPending : std::span<const std::int64_t>());
  EXPECT_EQ(ReasonOf(count), c.reason);
  EXPECT_EQ(session.state, count.ok() ? SessionState::kCounted : c.state);
}

INSTANTIATE_TEST_SUITE_P(
    All, SubmitCountByPrecedence,
    ::testing::Values(
        CountCase{"ClosedBeatsAll", SessionState::kClosed, kStranger, false, true,
                  "SESSION_NOT_OPEN"},
        CountCase{"SomebodyElse", SessionState::kOpen, kStranger, true, true, "NOT_YOUR_DRAWER"},
        CountCase{"RecountByTheCashier", SessionState::kCounted, kCashier, true, true,
                  "SECOND_PERSON_NEEDED"},
        CountCase{"RecountWithoutTheRight", SessionState::kCounted, kSupervisor, false, true,
                  "SECOND_PERSON_NEEDED"},
        CountCase{"VoidPending", SessionState::kOpen, kCashier, false, true, "VOID_PENDING"},
        CountCase{"Nothing", SessionState::kOpen, kCashier, false, false, ""},
        CountCase{"NothingInARecount", SessionState::kCounted, kSupervisor, true, false, ""}),
    [](const auto& info) { return info.param.name; });

struct CloseCase {
  std::string name;
  SessionState state = SessionState::kCounted;
  bool transfer_pending = false;
  std::int64_t over_cents = 0;
  std::string why;
  Actor actor = {kCashier, false};
  std::string reason;
};
class CloseByPrecedence : public ::testing::TestWithParam<CloseCase> {};

TEST_P(CloseByPrecedence, IsRefusedFor) {
  const CloseCase& c = GetParam();
  Session session = OpenSession(Cash::Of({{100, 50}}));
  session.state = c.state;
  Count count{session.Contents(), session.Contents()};
  count.counted.checks = Money::Cents(c.over_cents);
  const auto entry = Close(&session, count, {c.actor, c.transfer_pending, c.why, kNow, kToday});
  EXPECT_EQ(ReasonOf(entry), c.reason);
  EXPECT_EQ(session.state, entry.ok() ? SessionState::kClosed : c.state);
}

INSTANTIATE_TEST_SUITE_P(
    All, CloseByPrecedence,
    ::testing::Values(
        CloseCase{"NotCountedBeatsAll",
                  SessionState::kOpen,
                  true,
                  900,
                  "",
                  {kCashier, false},
                  "SESSION_NOT_COUNTED"},
        CloseCase{"TransferPending",
                  SessionState::kCounted,
                  true,
                  900,
                  "",
                  {kCashier, false},
                  "TRANSFER_PENDING"},
        CloseCase{"ReasonMissing",
                  SessionState::kCounted,
                  false,
                  900,
                  "",
                  {kCashier, false},
                  "REASON_MISSING"},
        CloseCase{"OneCentNeedsAReason",
                  SessionState::kCounted,
                  false,
                  -1,
                  "",
                  {kCashier, false},
                  "REASON_MISSING"},
        CloseCase{"BeyondFiveDollarsByTheCashier",
                  SessionState::kCounted,
                  false,
                  501,
                  "miscount",
                  {kCashier, true},
                  "SECOND_PERSON_NEEDED"},
        CloseCase{"BeyondFiveDollarsWithoutTheRight",
                  SessionState::kCounted,
                  false,
                  -501,
                  "miscount",
                  {kSupervisor, false},
                  "SECOND_PERSON_NEEDED"},
        CloseCase{"FiveDollarsByTheCashier",
                  SessionState::kCounted,
                  false,
                  500,
                  "miscount",
                  {kCashier, false},
                  ""},
        CloseCase{"BeyondByTheSecondPerson",
                  SessionState::kCounted,
                  false,
                  501,
                  "miscount",
                  {kSupervisor, true},
                  ""},
        CloseCase{"NothingOver", SessionState::kCounted, false, 0, "", {kCashier, false}, ""}),
    [](const auto& info) { return info.param.name; });

// Oracle's example (scenario A5): cash 0.50 over and checks 1.00 short are two findings, never one
// of 0.50 short.
TEST(Close, PostsOverAndShortOfEachTenderToItsOwnAccount) {
  Session session = OpenSession({});
  session.SetContents(
      {Cash::Of({{10000, 11}, {5000, 1}, {50, 1}}), 3, Money::Cents(25'000), 0, {}});
  ASSERT_EQ(session.cash.cents(), 115'050);
  Holding counted = session.Contents();
  counted.cash = Cash::Of({{10000, 11}, {5000, 1}, {100, 1}});
  counted.checks = Money::Cents(24'900);
  const auto count = SubmitCount(&session, std::nullopt, {kCashier, false}, counted, {});
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(count->Over().cash.cents(), 50);
  EXPECT_EQ(count->Over().checks.cents(), -100);
  const auto entry =
      Close(&session, *count, {{kCashier, false}, false, "a check is missing", kNow, kToday});
  ASSERT_TRUE(entry.ok());
  const std::vector<Posting> expected = {{"drawer-cash", "pooled-cash", Money::Cents(50)},
                                         {"over-short-cash", "pooled-cash", Money::Cents(-50)},
                                         {"drawer-check", "pooled-cash", Money::Cents(-100)},
                                         {"over-short-check", "pooled-cash", Money::Cents(100)}};
  EXPECT_EQ(entry->postings, expected);
  EXPECT_EQ(session.Contents(), counted);  // what was counted is what is turned in
}

TEST(Close, PostsNothingWhenTheCountAgrees) {
  Session session = OpenSession(Cash::Of({{100, 50}}));
  session.state = SessionState::kCounted;
  const Count count{session.Contents(), session.Contents()};
  const auto entry = Close(&session, count, {{kCashier, false}, false, "", kNow, kToday});
  ASSERT_TRUE(entry.ok());
  EXPECT_TRUE(entry->postings.empty());
}

TEST(Open, NeedsACounterDrawerThatIsTurnedIn) {
  const auto open = [](const Drawer* drawer, bool live) {
    return Open(drawer, live, kCashier, "Cashier Seven", kToday, kNow);
  };
  const Drawer vault{kVault, DrawerKind::kVault, "Vault", 0};
  const Drawer drawer{kDrawer, DrawerKind::kCounter, "Counter 3", 4};
  EXPECT_EQ(ReasonOf(open(nullptr, true)), "DRAWER_UNKNOWN");
  EXPECT_EQ(ReasonOf(open(&vault, true)), "DRAWER_UNKNOWN");
  EXPECT_EQ(ReasonOf(open(&drawer, true)), "DRAWER_IN_USE");
  const auto session = open(&drawer, false);
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->no, 5);
  EXPECT_EQ(session->Contents(), Holding{});
}

TEST(Session, WithoutOneNothingIsCountedOrClosed) {
  EXPECT_EQ(ReasonOf(SubmitCount(nullptr, std::nullopt, {kCashier, true}, {}, kVoidsPending)),
            "SESSION_NOT_OPEN");
  EXPECT_EQ(ReasonOf(Close(nullptr, std::nullopt, {})), "SESSION_NOT_COUNTED");
}

TEST(SubmitCount, SaysWhichVoidsAreInItsWayAndWhoMustDoWhat) {
  Session session = OpenSession({});
  const auto count = SubmitCount(&session, std::nullopt, {kCashier, false}, {}, kVoidsPending);
  ASSERT_FALSE(count.ok());
  const std::string at = session.drawer.ToString() + "-" + std::to_string(session.no) + "-";
  EXPECT_EQ(
      count.error().metadata(),
      (std::vector<std::pair<std::string, std::string>>{{"payment_ids", at + "2, " + at + "5"}}));
  EXPECT_THAT(count.error().message(),
              ::testing::AllOf(::testing::HasSubstr("approves or declines"),
                               ::testing::HasSubstr("withdraws")));
}

TEST(SubmitCount, ARecountKeepsWhatWasExpected) {
  Session session = OpenSession(Cash::Of({{100, 50}}));
  Holding wrong = session.Contents();
  wrong.cash = Cash::Of({{100, 40}});
  const auto first = SubmitCount(&session, std::nullopt, {kCashier, false}, wrong, {});
  ASSERT_TRUE(first.ok());
  const auto second = SubmitCount(&session, *first, {kSupervisor, true}, first->expected, {});
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->expected, first->expected);
  EXPECT_EQ(second->Over(), TenderAmounts{});
}

}  // namespace
}  // namespace reeve::payment
