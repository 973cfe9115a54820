#include "services/payment/drawer/cash.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace reeve::payment {
namespace {

constexpr std::size_t kCount = kDenominations.size();

// Depth first, the greatest piece first. At each denomination only the most that fits and one less
// are tried: a heap of smaller pieces worth twice a note holds a heap worth that note, once or
// twice, and exchanging it saves pieces. So no more than 2^12 ways, whatever the amount; the test
// compares with an exhaustive search.
class ChangeSearch {
 public:
  explicit ChangeSearch(const Cash& held) : held_(held) {
    for (std::size_t i = kCount; i-- > 0;) {
      below_[i] = below_[i + 1] + held_[i] * kDenominations[i];
    }
  }

  std::optional<Cash> Run(std::int64_t cents) {
    Try(0, cents, 0);
    return best_;
  }

 private:
  void Try(std::size_t i, std::int64_t rest, std::int64_t used) {
    if (rest == 0) {
      best_ = taken_;
      best_used_ = used;
      return;
    }
    if (i == kCount || rest > below_[i] || !CanBeat(i, rest, used)) return;
    const std::int64_t most = std::min(held_[i], rest / kDenominations[i]);
    for (std::int64_t pieces = most; pieces >= std::max<std::int64_t>(0, most - 1); --pieces) {
      taken_[i] = pieces;
      Try(i + 1, rest - pieces * kDenominations[i], used + pieces);
    }
    taken_[i] = 0;
  }

  bool CanBeat(std::size_t i, std::int64_t rest, std::int64_t used) const {
    const std::int64_t fewest = (rest + kDenominations[i] - 1) / kDenominations[i];
    return !best_ || used + fewest < best_used_;
  }

  const Cash& held_;
  std::array<std::int64_t, kCount + 1> below_{};  // value of the pieces from i on
  Cash taken_;
  std::optional<Cash> best_;
  std::int64_t best_used_ = 0;
};

}  // namespace

std::optional<std::size_t> Cash::IndexOf(std::int64_t denomination) {
  const auto found = std::find(kDenominations.begin(), kDenominations.end(), denomination);
  if (found == kDenominations.end()) return std::nullopt;
  return found - kDenominations.begin();
}

Cash Cash::Of(std::initializer_list<std::pair<std::int64_t, std::int64_t>> pieces) {
  Cash cash;
  for (const auto& [denomination, count] : pieces) {
    const auto index = IndexOf(denomination);
    if (!index) throw std::logic_error("Cash: no such denomination");
    cash[*index] += count;
  }
  return cash;
}

Cash Cash::Plus(const Cash& other) const {
  Cash sum = *this;
  for (std::size_t i = 0; i < kCount; ++i) sum[i] += other[i];
  return sum;
}

std::optional<Cash> Cash::Minus(const Cash& other) const {
  Cash rest = *this;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (other[i] > rest[i]) return std::nullopt;
    rest[i] -= other[i];
  }
  return rest;
}

Money Cash::Total() const {
  std::int64_t cents = 0;
  for (std::size_t i = 0; i < kCount; ++i) cents += pieces_[i] * kDenominations[i];
  return Money::Cents(cents);
}

std::int64_t Cash::Pieces() const {
  return std::accumulate(pieces_.begin(), pieces_.end(), std::int64_t{0});
}

std::string Cash::ToString() const {
  std::string text;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (pieces_[i] == 0) continue;
    if (!text.empty()) text += ' ';
    text += std::to_string(kDenominations[i]) + 'x' + std::to_string(pieces_[i]);
  }
  return text;
}

std::optional<Cash> MakeChange(const Cash& held, Money amount) {
  if (amount.is_negative()) return std::nullopt;
  return ChangeSearch(held).Run(amount.cents());
}

Money Holding::Total(TenderKind kind) const {
  switch (kind) {
    case TenderKind::kCash:
      return cash.Total();
    case TenderKind::kCheck:
      return checks;
    case TenderKind::kCard:
      return cards;
  }
  throw std::logic_error("Holding: a kind of tender without a total");
}

bool Holding::empty() const { return *this == Holding{}; }

std::string Holding::ToString() const {
  return "cash=" + cash.ToString() + " checks=" + std::to_string(check_count) + ":" +
         checks.ToString() + " cards=" + std::to_string(card_count) + ":" + cards.ToString();
}

}  // namespace reeve::payment
