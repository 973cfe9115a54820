#include "services/billing/collections/shutoff.h"

#include <gtest/gtest.h>

#include <functional>

namespace reeve::billing::collections {
namespace {

Date Day(const char* text) { return Date::Parse(text).value(); }

const Date kMonday = Day("2026-11-16");
const Date kFriday = Day("2026-11-20");
const Date kBeforeThanksgiving = Day("2026-11-25");

BusinessCalendar Utah() {
  return BusinessCalendar(TimeZone::Load("America/Denver").value(), {},
                          BusinessCalendar::UtahHolidays(2026, 2027));
}

ShutoffPolicy Policy() {
  ShutoffPolicy policy;
  policy.threshold = Money::Cents(25'00);
  policy.notices = {
      {NoticeKind::kPastDue, 10}, {NoticeKind::kShutoff, 5}, {NoticeKind::kDoorTag, 2}};
  policy.closed_weekdays = {5};
  policy.closed_before_holiday = true;
  policy.first_minute = 8 * 60;
  policy.last_minute = 12 * 60;
  return policy;
}

Standing Delinquent() {
  return {Money::Cents(120'00),
          Day("2026-10-15"),
          false,
          {{1, NoticeKind::kPastDue, Day("2026-10-25"), "mail"},
           {2, NoticeKind::kShutoff, Day("2026-11-09"), "mail"},
           {3, NoticeKind::kDoorTag, Day("2026-11-13"), "photo"}}};
}

TEST(ShutoffTest, ARequestRestsOnItsNotices) {
  const auto notices = CheckRequest(Policy(), Utah(), Delinquent(), kMonday);
  ASSERT_TRUE(notices.ok()) << notices.error().message();
  EXPECT_EQ(*notices, (std::vector<std::int64_t>{1, 2, 3}));
}

struct Refused {
  const char* name;
  std::function<void(ShutoffPolicy&, Standing&, Date&)> spoil;
  Reason reason;
};

class RequestRefusal : public ::testing::TestWithParam<Refused> {};

TEST_P(RequestRefusal, InOrderOfPrecedence) {
  ShutoffPolicy policy = Policy();
  Standing standing = Delinquent();
  Date day = kMonday;
  GetParam().spoil(policy, standing, day);
  const auto notices = CheckRequest(policy, Utah(), standing, day);
  ASSERT_FALSE(notices.ok());
  EXPECT_EQ(notices.error().reason(), GetParam().reason.name);
}

INSTANTIATE_TEST_SUITE_P(
    ByPrecedence, RequestRefusal,
    ::testing::Values(
        Refused{"BelowThresholdBeatsDispute",
                [](auto&, Standing& s, Date&) {
                  s.past_due = Money::Cents(24'99);
                  s.dispute_open = true;
                },
                reason::kBelowThreshold},
        Refused{"NothingOwedIsBelowAnyThreshold",
                [](ShutoffPolicy& p, Standing& s, Date&) {
                  p.threshold = Money();
                  s.past_due = Money();
                },
                reason::kBelowThreshold},
        Refused{"DisputeBeatsNotices",
                [](auto&, Standing& s, Date&) {
                  s.dispute_open = true;
                  s.notices.clear();
                },
                reason::kDisputeOpen},
        Refused{"MissingBeatsTooYoung",
                [](auto&, Standing& s, Date&) {
                  s.notices[0].delivered_date = kMonday;
                  s.notices.pop_back();
                },
                reason::kNoticeMissing},
        Refused{"ANoticeOfAnOlderDebtDoesNotCount",
                [](auto&, Standing& s, Date&) { s.notices[0].delivered_date = s.owed_since; },
                reason::kNoticeMissing},
        Refused{"TooYoungBeatsTheDay",
                [](auto&, Standing& s, Date& day) {
                  s.notices[2].delivered_date = Day("2026-11-19");
                  day = kFriday;
                },
                reason::kNoticeTooYoung},
        Refused{"Friday", [](auto&, auto&, Date& day) { day = kFriday; }, reason::kNoCutDay},
        Refused{"Saturday", [](auto&, auto&, Date& day) { day = Day("2026-11-21"); },
                reason::kNoCutDay},
        Refused{"Holiday", [](auto&, auto&, Date& day) { day = Day("2026-11-26"); },
                reason::kNoCutDay},
        Refused{"DayBeforeAHoliday", [](auto&, auto&, Date& day) { day = kBeforeThanksgiving; },
                reason::kNoCutDay}),
    [](const auto& info) { return info.param.name; });

Disconnect Requested() {
  return {9,       "electric", "E100",   DisconnectState::kRequested, Money::Cents(120'00),
          Money(), kMonday,    {1, 2, 3}};
}

std::string_view Ask(const Disconnect& disconnect, const Standing& standing, Date day, int minute) {
  return MayCut(Policy(), Utah(), disconnect, standing, {day, minute});
}

TEST(ShutoffTest, TheOnlyYesIsPastDueOnACutDayInCutHours) {
  EXPECT_EQ(Ask(Requested(), Delinquent(), kMonday, 9 * 60), answer::kMayCut);
  EXPECT_EQ(Ask(Requested(), Delinquent(), kMonday, 8 * 60 - 1), answer::kNoCutHour);
  EXPECT_EQ(Ask(Requested(), Delinquent(), kMonday, 12 * 60), answer::kNoCutHour);
  EXPECT_EQ(Ask(Requested(), Delinquent(), kFriday, 9 * 60), reason::kNoCutDay.name);
  EXPECT_EQ(Ask(Requested(), Delinquent(), Day("2026-11-12"), 9 * 60), reason::kNoCutDay.name)
      << "before the day that was asked for";
  Standing disputed = Delinquent();
  disputed.dispute_open = true;
  EXPECT_EQ(Ask(Requested(), disputed, kMonday, 9 * 60), reason::kDisputeOpen.name);
  Standing small = Delinquent();
  small.past_due = Money::Cents(10'00);
  EXPECT_EQ(Ask(Requested(), small, kMonday, 9 * 60), reason::kBelowThreshold.name);
}

TEST(ShutoffTest, WhoeverHasPaidTheStatedAmountIsNotCutWhereverTheMoneyWent) {
  Disconnect disconnect = Requested();
  disconnect.paid = Money::Cents(119'99);
  EXPECT_EQ(Ask(disconnect, Delinquent(), kMonday, 9 * 60), answer::kMayCut);
  EXPECT_EQ(LeftToAvoid(disconnect, Money::Cents(120'00)), Money::Cents(1));
  disconnect.paid = Money::Cents(120'00);
  EXPECT_EQ(Ask(disconnect, Delinquent(), kMonday, 9 * 60), answer::kSatisfied);
}

TEST(ShutoffTest, NothingIsLeftToPayOnceNothingIsPastDue) {
  EXPECT_EQ(LeftToAvoid(Requested(), Money()), Money());
  EXPECT_EQ(LeftToAvoid(Requested(), Money::Cents(7)), Money::Cents(7));
}

TEST(ShutoffTest, APaymentSettlesARequestAlsoAfterTheCut) {
  using S = DisconnectState;
  using E = DisconnectEvent;
  EXPECT_EQ(After(S::kRequested, E::kPay), S::kSatisfied);
  EXPECT_EQ(After(S::kRequested, E::kCut), S::kCut);
  EXPECT_EQ(After(S::kCut, E::kPay), S::kSatisfied);
  EXPECT_EQ(After(S::kCut, E::kCut), S::kCut);
  EXPECT_EQ(After(S::kSatisfied, E::kPay), S::kSatisfied);
  EXPECT_EQ(After(S::kSatisfied, E::kCut), S::kSatisfied);
}

}  // namespace
}  // namespace reeve::billing::collections
