#include "services/billing/read/estimate.h"

#include <gtest/gtest.h>

#include "shared/core/quantity.h"

namespace reeve::billing::read {
namespace {

constexpr std::int64_t kUnit = Quantity::kScale;

Date Day(const char* text) { return Date::Parse(text).value(); }

BilledUse Period(const char* from, const char* to, std::int64_t units, bool estimated = false) {
  return {Day(from), Day(to), units * kUnit, estimated};
}

EstimatePolicy Policy(int periods, Basis basis = Basis::kPrior, bool drops_extremes = false) {
  return {Day("2026-01-01"), "Rule", basis, periods, drops_extremes, 2};
}

// Three periods of 30 days, newest first.
const BilledUse kThree[] = {Period("2026-08-01", "2026-08-31", 50),
                            Period("2026-07-02", "2026-08-01", 20),
                            Period("2026-06-02", "2026-07-02", 40)};

// Tyler Munis: 110 in 90 days are 1.222 a day; times 30 is 36.67, which is 37.
TEST(EstimateTest, UseADayOfSomePeriodsTimesTheDays) {
  EXPECT_EQ(EstimateUse(Policy(3), kThree, Day("2026-08-31"), Day("2026-09-30")).value(),
            37 * kUnit);
}

TEST(EstimateTest, OnlyTheNewestAreTaken) {
  EXPECT_EQ(EstimateUse(Policy(1), kThree, Day("2026-08-31"), Day("2026-09-30")).value(),
            50 * kUnit);
  EXPECT_EQ(EstimateUse(Policy(2), kThree, Day("2026-08-31"), Day("2026-10-30")).value(),
            70 * kUnit);
}

TEST(EstimateTest, AHalfUnitIsOne) {
  const BilledUse one[] = {Period("2026-07-02", "2026-08-01", 15)};
  EXPECT_EQ(EstimateUse(Policy(1), one, Day("2026-08-01"), Day("2026-08-02")).value(), 1 * kUnit);
  const BilledUse less[] = {Period("2026-07-02", "2026-08-01", 14)};
  EXPECT_EQ(EstimateUse(Policy(1), less, Day("2026-08-01"), Day("2026-08-02")).value(), 0);
}

TEST(EstimateTest, TheMostAndTheLeastADayMayBeLeftOut) {
  EXPECT_EQ(
      EstimateUse(Policy(3, Basis::kPrior, true), kThree, Day("2026-08-31"), Day("2026-09-30"))
          .value(),
      40 * kUnit);
  EXPECT_EQ(
      EstimateUse(Policy(2, Basis::kPrior, true), kThree, Day("2026-08-31"), Day("2026-09-30"))
          .value(),
      35 * kUnit)
      << "of two none is left out";
}

TEST(EstimateTest, SeasonsAreComparedWithTheSameSeason) {
  const BilledUse years[] = {
      Period("2026-10-20", "2026-11-19", 10), Period("2025-08-15", "2025-09-14", 99),
      Period("2025-11-20", "2025-12-20", 33), Period("2024-11-16", "2024-12-16", 39),
      Period("2024-12-16", "2025-01-15", 70)};
  EXPECT_EQ(EstimateUse(Policy(2, Basis::kSameSeason), years, Day("2026-11-19"), Day("2026-12-19"))
                .value(),
            36 * kUnit);
  EXPECT_EQ(EstimateUse(Policy(3, Basis::kSameSeason), years, Day("2026-11-19"), Day("2026-12-19"))
                .error()
                .reason(),
            reason::kNoHistory.name);
}

// Estimates are no history: with the read that ends them they are one period, and before it none.
TEST(EstimateTest, EstimatedPeriodsCountWithTheReadThatEndsThem) {
  const BilledUse billed[] = {
      Period("2026-08-31", "2026-09-30", 500, true), Period("2026-08-01", "2026-08-31", 80),
      Period("2026-07-02", "2026-08-01", 10, true), Period("2026-06-02", "2026-07-02", 7)};
  EXPECT_EQ(EstimateUse(Policy(1), billed, Day("2026-09-30"), Day("2026-10-30")).value(),
            45 * kUnit);
  EXPECT_EQ(EstimateUse(Policy(3), billed, Day("2026-09-30"), Day("2026-10-30")).error().reason(),
            reason::kNoHistory.name);
}

TEST(EstimateTest, BetweenTwoReadsDaysHaveTheirPartOfTheUse) {
  const auto part = [](std::int64_t thousandths, const char* day) {
    return PartOfUse(thousandths, Day("2026-09-20"), Day(day), Day("2026-11-19"));  // 60 days
  };
  EXPECT_EQ(part(600 * kUnit, "2026-10-20"), 300 * kUnit);
  EXPECT_EQ(part(600 * kUnit, "2026-10-19"), 290 * kUnit);
  EXPECT_EQ(part(100 * kUnit, "2026-10-19"), 48 * kUnit) << "48.33";
  EXPECT_EQ(part(121 * kUnit, "2026-10-20"), 61 * kUnit) << "a half is one";
  EXPECT_EQ(part(900, "2026-11-18"), 0) << "no whole unit was used";
  EXPECT_EQ(part(0, "2026-10-20"), 0);
}

TEST(EstimateTest, TheRegisterShowsTheUse) {
  EXPECT_EQ(RegisterAfter(41'203 * kUnit, 37 * kUnit, 5, 1000), 41'240 * kUnit);
  EXPECT_EQ(RegisterAfter(41'203 * kUnit, 37 * kUnit, 5, 100), 41'573 * kUnit);
  EXPECT_EQ(RegisterAfter(41'203 * kUnit, 37 * kUnit, 5, 10'000), 41'206'700);
  EXPECT_EQ(RegisterAfter(99'990 * kUnit, 37 * kUnit, 5, 1000), 27 * kUnit) << "it rolls over";
}

TEST(EstimateTest, NamesAreReadBack) {
  for (const Basis basis : {Basis::kPrior, Basis::kSameSeason}) {
    EXPECT_EQ(ParseBasis(BasisName(basis)), basis);
  }
}

TEST(CatchUpTest, IsWhatBringsHalfAsMuchAgain) {
  const auto billed = [](std::int64_t thousandths) {
    return BilledUse{Date::Parse("2026-11-19").value(), Date::Parse("2026-12-20").value(),
                     thousandths};
  };
  EXPECT_EQ(StandardEstimate(812'000, 30, billed(0)), 839'067);
  EXPECT_TRUE(IsCatchUp(billed(1'258'601), 839'067));
  EXPECT_FALSE(IsCatchUp(billed(1'258'600), 839'067));
  EXPECT_TRUE(IsCatchUp(billed(1), 0)) << "nothing was estimated, and something used";
  EXPECT_FALSE(IsCatchUp(billed(0), 0));
  EXPECT_TRUE(kBackBillWords.find("template") != std::string_view::npos);
}

}  // namespace
}  // namespace reeve::billing::read
