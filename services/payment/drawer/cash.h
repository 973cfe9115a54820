// Cash: notes and coins, counted by denomination. A heap of pieces has a value; a value has no
// pieces, which is why custody is kept in these.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "shared/core/money.h"
#include "shared/core/spelling.h"

namespace reeve::payment {

// United States notes and coins in cents, the greatest first.
inline constexpr std::array<std::int64_t, 12> kDenominations = {10000, 5000, 2000, 1000, 500, 200,
                                                                100,   50,   25,   10,   5,   1};

class Cash {
 public:
  // Of one denomination, wherever it is counted.
  static constexpr std::int64_t kMaxPieces = 1'000'000'000;

  // Index into kDenominations; nothing if no such piece exists.
  static std::optional<std::size_t> IndexOf(std::int64_t denomination);
  // For constants: Cash::Of({{2000, 10}, {500, 20}}). The denominations exist.
  static Cash Of(std::initializer_list<std::pair<std::int64_t, std::int64_t>> pieces);

  std::int64_t operator[](std::size_t index) const { return pieces_[index]; }
  std::int64_t& operator[](std::size_t index) { return pieces_[index]; }

  Cash Plus(const Cash& other) const;
  // Nothing if this heap does not hold those pieces.
  std::optional<Cash> Minus(const Cash& other) const;
  Money Total() const;
  std::int64_t Pieces() const;  // how many in all
  bool empty() const { return Pieces() == 0; }
  std::string ToString() const;  // "2000x10 500x20", the greatest first; "" if empty

  bool operator==(const Cash&) const = default;

 private:
  std::array<std::int64_t, kDenominations.size()> pieces_{};
};

// `amount` in the fewest pieces that `held` can give; nothing if it cannot. Searches, because
// taking the greatest piece first is wrong for a bounded drawer: 30 cents out of a quarter and
// three dimes.
std::optional<Cash> MakeChange(const Cash& held, Money amount);

enum class TenderKind { kCash, kCheck, kCard };
inline constexpr std::array kTenderKinds = {TenderKind::kCash, TenderKind::kCheck,
                                            TenderKind::kCard};
inline constexpr Spelling<TenderKind, 3> kTenderKindName{{"CASH", "CHECK", "CARD"}};

// What is in a drawer, a bag or a vault, by kind of tender. Kinds are never netted.
struct Holding {
  Cash cash;
  std::int64_t check_count = 0;
  Money checks;
  std::int64_t card_count = 0;
  Money cards;

  Money Total(TenderKind kind) const;
  bool empty() const;
  std::string ToString() const;  // "cash=2000x10 checks=2:150.00 cards=0:0.00"
  bool operator==(const Holding&) const = default;
};

}  // namespace reeve::payment
