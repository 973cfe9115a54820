#include "services/billing/ledger/month.h"

#include <gtest/gtest.h>

#include <set>

namespace reeve::billing::ledger {
namespace {

using enum MonthState;
using enum MonthEvent;

Date Day(const char* text) { return Date::Parse(text).value(); }

TEST(MonthTest, EveryStateAnswersEveryEvent) {
  const auto expect = [](MonthState from, MonthEvent event, std::optional<MonthState> to) {
    EXPECT_EQ(After(from, event), to) << MonthStateName(from) << " " << static_cast<int>(event);
  };
  expect(kOpen, kPrepare, kPrepared);
  expect(kOpen, kClose, std::nullopt);
  expect(kOpen, kProposeReopening, std::nullopt);
  expect(kOpen, kReopen, std::nullopt);
  expect(kPrepared, kPrepare, kPrepared);
  expect(kPrepared, kClose, kClosed);
  expect(kPrepared, kProposeReopening, std::nullopt);
  expect(kPrepared, kReopen, std::nullopt);
  expect(kClosed, kPrepare, std::nullopt);
  expect(kClosed, kClose, std::nullopt);
  expect(kClosed, kProposeReopening, kReopening);
  expect(kClosed, kReopen, std::nullopt);
  expect(kReopening, kPrepare, std::nullopt);
  expect(kReopening, kClose, std::nullopt);
  expect(kReopening, kProposeReopening, kReopening);
  expect(kReopening, kReopen, kOpen);
  for (const MonthState state : {kOpen, kPrepared, kClosed, kReopening}) {
    EXPECT_EQ(ParseMonthState(MonthStateName(state)), state);
    EXPECT_EQ(IsClosed(state), state == kClosed || state == kReopening);
  }
}

TEST(MonthTest, AMonthIsNamedAsPeopleNameIt) {
  EXPECT_EQ(ParseMonth("2026-02"), Day("2026-02-01"));
  EXPECT_EQ(MonthName(Day("2026-02-17")), "2026-02");
  EXPECT_EQ(LastOfMonth(Day("2028-02-17")), Day("2028-02-29"));
  EXPECT_EQ(FirstOfMonth(Day("2026-12-31")), Day("2026-12-01"));
  for (const char* bad : {"", "2026", "2026-13", "2026-00", "2026-2", "2026-02-01", "0001-01",
                          "9999-12", "26-02", "2026-02 ", "2026/02"}) {
    EXPECT_EQ(ParseMonth(bad), std::nullopt) << bad;
  }
}

TEST(MonthTest, MonthsBetweenAreAllThatMustBeClosedBefore) {
  const std::vector<Date> months = MonthsBetween(Day("2026-11-30"), Day("2027-02-01"));
  EXPECT_EQ(months, (std::vector<Date>{Day("2026-11-01"), Day("2026-12-01"), Day("2027-01-01")}));
  EXPECT_TRUE(MonthsBetween(Day("2026-11-01"), Day("2026-11-30")).empty());
  EXPECT_TRUE(MonthsBetween(Day("2026-12-01"), Day("2026-11-01")).empty());
}

TEST(MonthTest, AnObstacleKeepsTheFirstOfItsEvidenceAndCountsAll) {
  Found found{Obstacle::kStaleHold, 0, 0, {}};
  for (int i = 1; i <= 30; ++i) found.Add("bill " + std::to_string(i), 50);
  EXPECT_EQ(found.count, 30);
  EXPECT_EQ(found.at_stake_cents, 15'00);
  EXPECT_EQ(found.evidence.size(), kEvidenceMax);
  EXPECT_EQ(found.Text(), "30, 15.00 at stake: bill 1; bill 2; bill 3");
}

TEST(MonthTest, TheDigestIsOfEveryFigure) {
  Month month;
  month.first_date = Day("2026-10-01");
  const std::vector<Activity> activities = {{{"clearing", "pooled-cash"}, 1, 2, 3, 4},
                                            {{"revenue-water", "water"}, 5, 6, 7, 8}};
  std::set<std::string> digests = {DigestOf(month, activities)};
  EXPECT_EQ(digests.begin()->size(), 64u);
  EXPECT_EQ(DigestOf(month, activities), *digests.begin());
  Month other = month;
  other.first_date = Day("2026-11-01");
  digests.insert(DigestOf(other, activities));
  other = month;
  other.close_count = 1;
  digests.insert(DigestOf(other, activities));
  const auto with = [&](auto change) {
    std::vector<Activity> changed = activities;
    change(changed[1]);
    digests.insert(DigestOf(month, changed));
  };
  with([](Activity& one) { one.account.first += "x"; });
  with([](Activity& one) { one.account.second += "x"; });
  with([](Activity& one) { ++one.opening_cents; });
  with([](Activity& one) { ++one.debit_cents; });
  with([](Activity& one) { ++one.credit_cents; });
  with([](Activity& one) { ++one.posting_count; });
  EXPECT_EQ(digests.size(), 9u);
}

TEST(MonthTest, SumsAreComparedWithPostingsAccountByAccount) {
  const std::vector<Activity> sums = {
      {{"a", "x"}, 7, 2, 3, 4}, {{"b", "x"}, 0, 2, 3, 4}, {{"opening", "x"}, 9, 0, 0, 0}};
  std::vector<Activity> postings = {{{"a", "x"}, 0, 2, 3, 4}, {{"b", "x"}, 0, 2, 3, 4}};
  EXPECT_TRUE(DifferencesOf(sums, postings).empty());
  postings[1].credit_cents = 4;
  postings.push_back({{"c", "x"}, 0, 1'00, 0, 1});
  const std::vector<std::string> differences = DifferencesOf(sums, postings);
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[1],
            "c, x: sums say debits 0.00, credits 0.00, 0 postings; postings debits 1.00, credits "
            "0.00, 1 postings");
}

}  // namespace
}  // namespace reeve::billing::ledger
