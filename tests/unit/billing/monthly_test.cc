#include "services/billing/adjustment/monthly.h"

#include <gtest/gtest.h>

namespace reeve::billing::adjustment {
namespace {

Date Day(const char* text) { return Date::Parse(text).value(); }

// Published: Eagle Mountain, 25 dollars a month until two months after the release; Nephi, 75
// dollars a month on electric.
const MonthlyRule kEagleMountain{Money::Cents(25'00), 2, false};
const MonthlyRule kNephi{Money::Cents(75'00), 0, true};

const std::vector<MonthBill> kBills = {{1, Day("2026-04-30"), Money::Cents(90'00)},
                                       {2, Day("2026-05-31"), Money::Cents(60'00)},
                                       {3, Day("2026-06-30"), Money()},
                                       {4, Day("2026-07-31"), Money::Cents(75'00)},
                                       {5, Day("2026-08-31"), Money::Cents(75'01)}};

std::vector<std::int64_t> Credited(const MonthlyRule& rule, const ProvenTime& time,
                                   const std::set<std::int64_t>& before = {}) {
  std::vector<std::int64_t> cents(kBills.size());
  const auto lines = CreditMonths(rule, time, kBills, before);
  if (!lines.ok()) return {};
  for (const MonthlyLine& line : *lines) {
    cents[static_cast<std::size_t>(line.bill_id - 1)] = line.amount.cents();
  }
  return cents;
}
using Cents = std::vector<std::int64_t>;

TEST(MonthlyTest, CreditsTheBillsOfTheTimeAndSoManyMonthsBehindIt) {
  EXPECT_EQ(Credited(kEagleMountain, {Day("2026-05-01"), Day("2026-05-31")}),
            (Cents{0, 25'00, 25'00, 25'00, 0}));
  EXPECT_EQ(Credited(kEagleMountain, {Day("2026-05-01"), Day("2026-06-30")}),
            (Cents{0, 25'00, 25'00, 25'00, 0}))
      << "two months behind 30 June are 30 August";
  EXPECT_EQ(Credited(kEagleMountain, {Day("2026-04-30"), Day("2026-07-01")}),
            (Cents{25'00, 25'00, 25'00, 25'00, 25'00}));
}

TEST(MonthlyTest, WithoutAReleaseItGoesOn) {
  EXPECT_EQ(LastDay(kEagleMountain, {Day("2026-06-01"), std::nullopt}), std::nullopt);
  EXPECT_EQ(Credited(kEagleMountain, {Day("2026-06-01"), std::nullopt}),
            (Cents{0, 0, 25'00, 25'00, 25'00}));
}

TEST(MonthlyTest, ABillIsCreditedAtMostWhatItHasIfTheRuleSaysSo) {
  EXPECT_EQ(Credited(kNephi, {Day("2026-04-01"), std::nullopt}),
            (Cents{75'00, 60'00, 0, 75'00, 75'00}));
}

TEST(MonthlyTest, ABillIsCreditedOnce) {
  EXPECT_EQ(Credited(kEagleMountain, {Day("2026-06-01"), std::nullopt}, {3, 4}),
            (Cents{0, 0, 0, 0, 25'00}));
  const auto none =
      CreditMonths(kEagleMountain, {Day("2026-06-01"), std::nullopt}, kBills, {3, 4, 5});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().reason(), "MONTHLY_NONE");
}

TEST(MonthlyTest, TheBasisKeepsTheTimeAndTheBills) {
  const MonthlyLine lines[] = {{77, Day("2026-05-31"), Money::Cents(25'00)},
                               {78, Day("2026-06-30"), Money::Cents(20'00)}};
  const std::string basis = BasisText({Day("2026-05-01"), Day("2026-06-30")}, lines);
  EXPECT_EQ(basis, "2026-05-01..2026-06-30,77=2500,78=2000");
  EXPECT_EQ(BillsOfBasis(basis), (std::set<std::int64_t>{77, 78}));
  EXPECT_EQ(BasisText({Day("2026-05-01"), std::nullopt}, {}), "2026-05-01..");
  EXPECT_TRUE(BillsOfBasis("2026-05-01..").empty());
}

TEST(MonthlyTest, AnAmountOrMonthsOutOfRangeAreNamed) {
  Fields fields;
  Validate(MonthlyRule{Money(), 61, false}, "monthly.", fields);
  ASSERT_FALSE(fields.ok());
  const Error error = fields.error();
  ASSERT_EQ(error.violations().size(), 2u);
  EXPECT_EQ(error.violations()[0].field, "monthly.amount_cents");
  EXPECT_EQ(error.violations()[1].field, "monthly.after_months");
}

}  // namespace
}  // namespace reeve::billing::adjustment
