#include "services/payment/drawer/cash.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace reeve::payment {
namespace {

constexpr std::uint64_t kSeed = 20'261'122;
constexpr int kImpossible = std::numeric_limits<int>::max();

// The fewest pieces for every amount up to `limit`, by adding one piece after the other.
std::vector<int> FewestPieces(const Cash& held, std::int64_t limit) {
  std::vector<int> fewest(limit + 1, kImpossible);
  fewest[0] = 0;
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    for (std::int64_t piece = 0; piece < held[i]; ++piece) {
      for (std::int64_t cents = limit; cents >= kDenominations[i]; --cents) {
        const int before = fewest[cents - kDenominations[i]];
        if (before != kImpossible) fewest[cents] = std::min(fewest[cents], before + 1);
      }
    }
  }
  return fewest;
}

TEST(MakeChange, IsNotGreedy) {
  const Cash held = Cash::Of({{25, 1}, {10, 3}});
  EXPECT_EQ(MakeChange(held, Money::Cents(30)), Cash::Of({{10, 3}}));
  EXPECT_EQ(MakeChange(Cash::Of({{5000, 1}, {2000, 3}}), Money::Cents(6000)),
            Cash::Of({{2000, 3}}));
  EXPECT_EQ(MakeChange(Cash::Of({{50, 1}, {25, 1}, {10, 3}}), Money::Cents(55)),
            Cash::Of({{25, 1}, {10, 3}}));
}

TEST(MakeChange, RefusesWhatTheDrawerCannotGive) {
  EXPECT_EQ(MakeChange(Cash::Of({{25, 4}}), Money::Cents(30)), std::nullopt);
  EXPECT_EQ(MakeChange(Cash::Of({{25, 4}}), Money::Cents(101)), std::nullopt);
  EXPECT_EQ(MakeChange(Cash{}, Money::Cents(1)), std::nullopt);
  EXPECT_EQ(MakeChange(Cash::Of({{1, 1}}), Money::Cents(-1)), std::nullopt);
  EXPECT_EQ(MakeChange(Cash{}, Money()), Cash{});
}

TEST(MakeChange, FindsTheFewestPiecesWheneverExhaustiveSearchFindsAny) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 400; ++round) {
    // Coins in one half of the rounds, notes in the other (in units of a dollar they are coins
    // too).
    const bool notes = round % 2 == 0;
    const std::int64_t unit = notes ? 100 : 1;
    Cash held;
    for (std::size_t i = 0; i < kDenominations.size(); ++i) {
      const bool is_note = kDenominations[i] >= 100;
      if (is_note == notes || kDenominations[i] == 100) held[i] = random() % 5;
    }
    const std::int64_t limit = held.Total().cents();
    const std::vector<int> fewest = FewestPieces(held, limit);
    for (std::int64_t cents = 0; cents <= limit; cents += unit) {
      const auto change = MakeChange(held, Money::Cents(cents));
      ASSERT_EQ(change.has_value(), fewest[cents] != kImpossible)
          << "seed " << kSeed << ", " << cents << " out of " << held.ToString();
      if (!change) continue;
      ASSERT_EQ(change->Total().cents(), cents);
      ASSERT_TRUE(held.Minus(*change).has_value());
      ASSERT_EQ(change->Pieces(), fewest[cents])
          << "seed " << kSeed << ", " << cents << " out of " << held.ToString();
    }
  }
}

TEST(MakeChange, FindsTheFewestPiecesOfCoinsAndNotesTogether) {
  std::mt19937_64 random(kSeed + 1);
  for (int round = 0; round < 60; ++round) {
    Cash held;
    for (std::size_t i = 2; i < kDenominations.size(); ++i) held[i] = random() % 4;
    const std::int64_t limit = std::min<std::int64_t>(held.Total().cents(), 6'000);
    const std::vector<int> fewest = FewestPieces(held, limit);
    for (std::int64_t cents = 0; cents <= limit; ++cents) {
      const auto change = MakeChange(held, Money::Cents(cents));
      ASSERT_EQ(change ? change->Pieces() : kImpossible, fewest[cents])
          << "seed " << kSeed + 1 << ", " << cents << " out of " << held.ToString();
    }
  }
}

TEST(Cash, AddsAndTakesAwayByDenomination) {
  const Cash held = Cash::Of({{2000, 2}, {1, 3}});
  EXPECT_EQ(held.Total().cents(), 4003);
  EXPECT_EQ(held.Pieces(), 5);
  EXPECT_EQ(held.ToString(), "2000x2 1x3");
  EXPECT_EQ(held.Plus(Cash::Of({{2000, 1}})), Cash::Of({{2000, 3}, {1, 3}}));
  EXPECT_EQ(held.Minus(Cash::Of({{2000, 2}})), Cash::Of({{1, 3}}));
  EXPECT_EQ(held.Minus(Cash::Of({{1000, 1}})), std::nullopt);  // though it is worth more
  EXPECT_EQ(Cash::IndexOf(2000), 2u);
  EXPECT_EQ(Cash::IndexOf(3), std::nullopt);
}

}  // namespace
}  // namespace reeve::payment
