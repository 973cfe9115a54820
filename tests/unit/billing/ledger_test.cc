#include "services/billing/ledger/ledger.h"

#include <gtest/gtest.h>

namespace reeve::billing::ledger {
namespace {

Date Day(const char* text) { return Date::Parse(text).value(); }

TEST(LedgerTest, ABucketEndsWithItsLastDay) {
  const Date today = Day("2026-11-30");
  EXPECT_EQ(BucketOf(Day("2026-12-15"), today), 0);
  EXPECT_EQ(BucketOf(Day("2026-11-30"), today), 0) << "the due date itself is timely";
  EXPECT_EQ(BucketOf(Day("2026-11-29"), today), 1);
  EXPECT_EQ(BucketOf(Day("2026-10-31"), today), 1) << "30 days";
  EXPECT_EQ(BucketOf(Day("2026-10-30"), today), 2);
  EXPECT_EQ(BucketOf(Day("2026-10-01"), today), 2) << "60 days";
  EXPECT_EQ(BucketOf(Day("2026-09-30"), today), 3);
  EXPECT_EQ(BucketOf(Day("2026-09-01"), today), 3) << "90 days";
  EXPECT_EQ(BucketOf(Day("2026-08-02"), today), 4) << "120 days";
  EXPECT_EQ(BucketOf(Day("2026-08-01"), today), 5);
}

TEST(LedgerTest, AgesAddUpByService) {
  const OpenItems items[] = {{"electric", Day("2026-12-15"), 2, 50'00},
                             {"electric", Day("2026-10-15"), 1, 7'00},
                             {"water", Day("2026-10-15"), 1, 3'00}};
  const auto aged = AgeByService(items, Day("2026-11-30"));
  ASSERT_EQ(aged.size(), 2u);
  EXPECT_EQ(aged.at("electric").cents[0], 50'00);
  EXPECT_EQ(aged.at("electric").cents[2], 7'00);
  EXPECT_EQ(aged.at("electric").total_cents(), 57'00);
  EXPECT_EQ(aged.at("electric").charge_count, 3);
  EXPECT_EQ(aged.at("water").total_cents(), 3'00);
}

TEST(LedgerTest, OneCentTooManyDoesNotBalance) {
  std::vector<Activity> activities = {{{"receivable-water", "water"}, 5, 100, 20, 3},
                                      {{"revenue-water", "water"}, -5, 0, 100, 1},
                                      {{"clearing", "pooled-cash"}, 0, 20, 0, 1}};
  const Totals totals = TotalsOf(activities);
  EXPECT_TRUE(totals.balanced);
  EXPECT_EQ(totals.debit_cents, 120);
  EXPECT_EQ(totals.credit_cents, 120);
  EXPECT_EQ(totals.posting_count, 5);
  activities[2].debit_cents = 21;
  EXPECT_FALSE(TotalsOf(activities).balanced);
  activities[2].debit_cents = 20;
  activities[0].opening_cents = 6;
  EXPECT_FALSE(TotalsOf(activities).balanced);
}

TEST(LedgerTest, AControlAccountThatOneSideDoesNotKnowDoesNotAgree) {
  const Activity ledger[] = {{{"receivable-water", "water"}, 0, 100, 40, 2},
                             {{"customer-credit", "customers"}, 0, 0, 5, 1},
                             {{"revenue-water", "water"}, 0, 0, 100, 1}};
  const Control items = {{{"receivable-water", "water"}, 60},
                         {{"customer-deposits", "electric"}, -100}};
  const std::vector<Tie> ties = TieOut(ledger, items);
  ASSERT_EQ(ties.size(), 3u) << "revenue is no control account";
  EXPECT_FALSE(ties[0].Agrees()) << "credit without an account that has it";
  EXPECT_FALSE(ties[1].Agrees()) << "a deposit that the ledger does not know";
  EXPECT_TRUE(ties[2].Agrees());
}

}  // namespace
}  // namespace reeve::billing::ledger
