#include "shared/core/money.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "shared/core/posting.h"

namespace reeve {
namespace {

constexpr std::uint64_t kSeed = 20'261'122;

TEST(Money, ReadsAndPrintsWhatAClerkWrites) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},
      {"12", 1'200},
      {"12.3", 1'230},
      {"12.34", 1'234},
      {"-0.05", -5},
      {"0.05", 5},
      {"007", 700},
      {"-1234.56", -123'456},
      {"-0", 0},
      {"10000000000000", Money::kMaxCents},
      {"-10000000000000.00", -Money::kMaxCents},
  };
  for (const auto& [text, cents] : cases) {
    ASSERT_TRUE(Money::Parse(text).ok()) << text;
    EXPECT_EQ(Money::Parse(text)->cents(), cents) << text;
  }
}

TEST(Money, RefusesWhatIsNotAnAmount) {
  for (const char* text : {"", "-", ".", "12.", ".5", "1.234", "1,000", " 1", "1 ", "+1", "--1",
                           "1-", "1.-5", "1e3", "0x10", "NaN", "1.2.3", "１"}) {
    const Result<Money> money = Money::Parse(text);
    ASSERT_FALSE(money.ok()) << text;
    EXPECT_EQ(money.error().reason(), "INVALID_REQUEST") << text;
  }
  for (const char* text : {"10000000000000.01", "-10000000000000.01", "99999999999999999999999"}) {
    const Result<Money> money = Money::Parse(text);
    ASSERT_FALSE(money.ok()) << text;
    EXPECT_EQ(money.error().reason(), "AMOUNT_OUT_OF_RANGE") << text;
  }
}

TEST(Money, ReadsBackWhatItPrints) {
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> all(-Money::kMaxCents, Money::kMaxCents);
  std::uniform_int_distribution<std::int64_t> small(-1'000, 1'000);
  for (int i = 0; i < 200'000; ++i) {
    const Money money = Money::Cents(i % 2 == 0 ? all(random) : small(random));
    const Result<Money> again = Money::Parse(money.ToString());
    ASSERT_TRUE(again.ok()) << money.ToString();
    ASSERT_EQ(*again, money);
  }
}

TEST(Money, SaysSoWhenItLeavesItsRange) {
  const Money most = Money::Cents(Money::kMaxCents);
  EXPECT_FALSE(most.Plus(Money::Cents(1)).ok());
  EXPECT_FALSE(most.Negated().Minus(Money::Cents(1)).ok());
  EXPECT_FALSE(most.Times(2).ok());
  EXPECT_FALSE(Money::Cents(2).Times(INT64_MAX).ok());
  EXPECT_FALSE(Money::FromCents(Money::kMaxCents + 1).ok());
  EXPECT_FALSE(Money::Cents(1).TimesRatio(1, 0, Rounding::kDown).ok());
  EXPECT_EQ(most.Minus(most)->cents(), 0);
  EXPECT_EQ(most.TimesRatio(INT64_MAX, INT64_MAX, Rounding::kDown)->cents(), Money::kMaxCents);
}

TEST(Money, SumStopsAtThePartialSumThatLeavesTheRange) {
  const std::vector<Money> amounts{Money::Cents(Money::kMaxCents), Money::Cents(1)};
  const auto self = [](Money money) { return money; };
  EXPECT_EQ(Sum(amounts, self).error().reason(), "AMOUNT_OUT_OF_RANGE");
  EXPECT_EQ(Sum(std::vector<Money>{}, self)->cents(), 0);
}

TEST(Money, RatioRoundsOnce) {
  // Move-in proration, 19 of 30 days (current.helpscoutdocs.com, article 145).
  EXPECT_EQ(Money::Cents(3'000).TimesRatio(19, 30, Rounding::kHalfUp)->ToString(), "19.00");
  // City tax of 1 % (cityofseymour.org, residential bill comparison).
  EXPECT_EQ(Money::Cents(16'985).TimesRatio(1, 100, Rounding::kHalfUp)->ToString(), "1.70");
}

struct Line {
  const char* rate;
  const char* quantity;
  const char* amount;
};

// Published bills: cityofseymour.org (winter and summer), Provo Schedule 1.
TEST(Rate, RoundsEachPublishedLineHalfUp) {
  const Line lines[] = {
      {"0.064", "250", "16.00"},   {"0.049", "450", "22.05"},  {"0.0446", "500", "22.30"},
      {"0.085", "1200", "102.00"}, {"0.0475", "550", "26.13"},  // 26.125: not to the even cent
      {"0.0734", "500", "36.70"},  {"0.1019", "500", "50.95"}, {"0.1209", "500", "60.45"},
      {"2.87", "14", "40.18"},     {"10.07", "2.3", "23.16"},
  };
  for (const Line& line : lines) {
    const Quantity quantity = Quantity::Parse(Unit::kKilowattHour, line.quantity).value();
    const Result<Money> amount = Rate::Parse(line.rate)->Times(quantity, Rounding::kHalfUp);
    EXPECT_EQ(amount->ToString(), line.amount) << line.rate << " x " << line.quantity;
  }
}

struct Tie {
  std::int64_t nanos;  // times one unit
  std::int64_t half_up, half_even, down, up;
};

TEST(Rate, RoundsTiesAsItsModeSays) {
  const Tie ties[] = {
      {5'000'000, 1, 0, 0, 1},       {15'000'000, 2, 2, 1, 2},
      {25'000'000, 3, 2, 2, 3},      {-5'000'000, -1, 0, 0, -1},
      {-25'000'000, -3, -2, -2, -3}, {4'999'999, 0, 0, 0, 1},
      {5'000'001, 1, 1, 0, 1},       {0, 0, 0, 0, 0},
      {10'000'000, 1, 1, 1, 1},
  };
  const Quantity one = Quantity::Whole(Unit::kKilowattHour, 1);
  for (const Tie& tie : ties) {
    const Rate rate = Rate::Nanos(tie.nanos);
    EXPECT_EQ(rate.Times(one, Rounding::kHalfUp)->cents(), tie.half_up) << tie.nanos;
    EXPECT_EQ(rate.Times(one, Rounding::kHalfEven)->cents(), tie.half_even) << tie.nanos;
    EXPECT_EQ(rate.Times(one, Rounding::kDown)->cents(), tie.down) << tie.nanos;
    EXPECT_EQ(rate.Times(one, Rounding::kUp)->cents(), tie.up) << tie.nanos;
  }
}

// The definition, not the method: the multiple of one cent whose distance to the exact product is
// the one that the mode allows.
TEST(Rate, AgreesWithTheDefinitionOfRounding) {
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> nanos(-Rate::kMaxNanos / 1'000,
                                                    Rate::kMaxNanos / 1'000);
  std::uniform_int_distribution<std::int64_t> thousandths(-10'000'000, 10'000'000);
  std::uniform_int_distribution<int> shift(0, 12);
  constexpr __int128 kCent = 10'000'000'000;
  for (int i = 0; i < 200'000; ++i) {
    // Shifting makes short products, and with them exact cents and ties, frequent.
    const std::int64_t n = nanos(random) >> (shift(random) * 3);
    const std::int64_t q = thousandths(random) >> shift(random);
    const __int128 exact = __int128{n} * q;
    const auto rounded = [&](Rounding mode) -> __int128 {
      return Rate::Nanos(n).Times(Quantity::Thousandths(Unit::kDay, q), mode)->cents();
    };
    const auto distance = [&](__int128 cents) {
      const __int128 error = exact - cents * kCent;
      return error < 0 ? -error : error;
    };
    const auto magnitude = [](__int128 value) { return value < 0 ? -value : value; };

    const __int128 half_up = rounded(Rounding::kHalfUp), down = rounded(Rounding::kDown),
                   up = rounded(Rounding::kUp), half_even = rounded(Rounding::kHalfEven);
    ASSERT_LE(distance(half_up) * 2, kCent);
    ASSERT_LE(distance(half_even) * 2, kCent);
    ASSERT_LT(distance(down), kCent);
    ASSERT_LT(distance(up), kCent);
    ASSERT_LE(magnitude(down) * kCent, magnitude(exact));
    ASSERT_GE(magnitude(up) * kCent, magnitude(exact));
    if (distance(half_up) * 2 == kCent) {
      ASSERT_GT(magnitude(half_up) * kCent, magnitude(exact));
    }
    if (distance(half_even) * 2 == kCent) {
      ASSERT_EQ(half_even % 2, 0);
    }
  }
}

TEST(Rate, SaysSoWhenTheProductLeavesTheRange) {
  const Result<Money> product =
      Rate::Nanos(Rate::kMaxNanos)
          .Times(Quantity::Thousandths(Unit::kDay, Quantity::kMaxThousandths), Rounding::kHalfUp);
  EXPECT_EQ(product.error().reason(), "AMOUNT_OUT_OF_RANGE");
}

TEST(Rate, KeepsNineDecimalsAndPrintsNoMoreThanItHas) {
  EXPECT_EQ(Rate::Parse("0.0734")->nanos(), 73'400'000);
  EXPECT_EQ(Rate::Parse("0.0734")->ToString(), "0.0734");
  EXPECT_EQ(Rate::Parse("13.92")->ToString(), "13.92");
  EXPECT_EQ(Rate::Parse("-2.000")->ToString(), "-2");
  EXPECT_EQ(Rate::Parse("0.000000001")->nanos(), 1);
  EXPECT_FALSE(Rate::Parse("0.0000000001").ok());
}

TEST(Quantity, KeepsItsUnit) {
  const Quantity used = Quantity::Parse(Unit::kHundredCubicFeet, "27.3").value();
  EXPECT_EQ(used.ToString(), "27.3");
  EXPECT_EQ(used.Plus(Quantity::Whole(Unit::kHundredCubicFeet, 1))->ToString(), "28.3");
  EXPECT_EQ(used.Minus(used)->thousandths(), 0);
  EXPECT_EQ(used.Plus(Quantity::Whole(Unit::kDay, 1)).error().reason(), "INVALID_REQUEST");
  const Quantity most = Quantity::Thousandths(Unit::kDay, Quantity::kMaxThousandths);
  EXPECT_EQ(most.Plus(most).error().reason(), "AMOUNT_OUT_OF_RANGE");
  EXPECT_FALSE(Quantity::Parse(Unit::kDay, "1.2345").ok());
}

TEST(Quantity, UnitNamesReadBack) {
  for (const Unit unit :
       {Unit::kKilowattHour, Unit::kKilogallon, Unit::kHundredCubicFeet,
        Unit::kEquivalentServiceUnit, Unit::kKilowatt, Unit::kEquivalentResidentialUnit,
        Unit::kDwelling, Unit::kCart, Unit::kDay, Unit::kMonth}) {
    EXPECT_EQ(*ParseUnit(UnitName(unit)), unit);
  }
  EXPECT_FALSE(ParseUnit("kwh").ok());
}

TEST(Posting, AnEntryIsTwoOrMoreThatSumToZero) {
  const Posting cash{"cash-drawer", "pooled-cash", Money::Cents(500)};
  const Posting clearing{"clearing", "pooled-cash", Money::Cents(-500)};
  const Posting nothing{"clearing", "pooled-cash", Money()};
  EXPECT_TRUE(CheckBalanced(std::vector{cash, clearing}).ok());
  for (const std::vector<Posting>& bad :
       {std::vector<Posting>{}, {nothing}, {cash}, {cash, cash}, {cash, clearing, nothing}}) {
    EXPECT_EQ(CheckBalanced(bad).error().reason(), "ENTRY_NOT_BALANCED");
  }
}

}  // namespace
}  // namespace reeve
