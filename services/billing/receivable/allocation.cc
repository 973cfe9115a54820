#include "services/billing/receivable/allocation.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <tuple>

#include "shared/core/spelling.h"

namespace reeve::billing::receivable {
namespace {

constexpr Spelling<ChargeKind, 3> kChargeKinds{{"USAGE", "FEE", "DEPOSIT"}};

template <class T>
std::int64_t PlaceIn(const std::vector<T>& list, const T& wanted) {
  return std::find(list.begin(), list.end(), wanted) - list.begin();
}

using Rank = std::vector<std::int64_t>;

Rank RankOf(const AllocationPolicy& policy, const Charge& charge) {
  Rank rank;
  for (const OrderKey key : policy.keys) {
    switch (key) {
      case OrderKey::kAge:
        rank.push_back(charge.due_date.days());
        break;
      case OrderKey::kService:
        rank.push_back(PlaceIn(policy.services, charge.service));
        break;
      case OrderKey::kKind:
        rank.push_back(PlaceIn(policy.kinds, charge.kind));
        break;
    }
  }
  return rank;
}

// One run of Allocate: what is still open, and what each charge has got.
class Spread {
 public:
  Spread(const AllocationPolicy& policy, std::span<const Charge> charges)
      : charges_(charges), given_(charges.size()) {
    std::vector<Rank> ranks;
    ranks.reserve(charges.size());
    for (const Charge& charge : charges) ranks.push_back(RankOf(policy, charge));
    order_.resize(charges.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(ranks[a], charges[a].due_date, charges[a].charge_id) <
             std::tie(ranks[b], charges[b].due_date, charges[b].charge_id);
    });
    for (std::size_t begin = 0, end = 0; begin < order_.size(); begin = end) {
      while (end < order_.size() &&
             (end == begin || (policy.pro_rata && ranks[order_[end]] == ranks[order_[begin]])))
        ++end;
      groups_.push_back({order_.begin() + static_cast<std::ptrdiff_t>(begin),
                         order_.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }

  // Gives up to `amount` to the charges of `service` (empty: of all) and answers what is left.
  Money Give(Money amount, std::string_view service) {
    std::int64_t left = amount.cents();
    for (const std::vector<std::size_t>& group : groups_) {
      std::vector<Money> open;
      std::int64_t owed = 0;
      for (const std::size_t i : group) {
        const bool meant = service.empty() || charges_[i].service == service;
        open.push_back(Money::Cents(meant ? charges_[i].open.cents() - given_[i] : 0));
        owed += open.back().cents();
      }
      if (owed == 0 || left == 0) continue;
      const std::int64_t now = std::min(owed, left);
      const std::vector<Money> parts = SplitByWeight(Money::Cents(now), open);
      for (std::size_t i = 0; i < group.size(); ++i) given_[group[i]] += parts[i].cents();
      left -= now;
    }
    return Money::Cents(left);
  }

  std::vector<Share> Shares() const {
    std::vector<Share> shares;
    for (const std::size_t i : order_) {
      if (given_[i] > 0) shares.push_back({i, Money::Cents(given_[i])});
    }
    return shares;
  }

 private:
  std::span<const Charge> charges_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<std::size_t>> groups_;  // charges that share, in the order of allocation
  std::vector<std::int64_t> given_;               // cents, by charge
};

}  // namespace

std::string_view ChargeKindName(ChargeKind kind) { return kChargeKinds(kind); }

ChargeKind ParseChargeKind(std::string_view name) { return kChargeKinds.Read(name); }

void ValidateDirections(std::span<const Direction> directions, Money payment, Fields& fields) {
  std::set<std::string> seen;
  std::int64_t left = payment.cents();
  for (std::size_t i = 0; i < directions.size(); ++i) {
    const std::string field = "directions[" + std::to_string(i) + "]";
    if (directions[i].service.empty()) fields.Refuse(field + ".service", "is required");
    if (!seen.insert(directions[i].service).second) {
      fields.Refuse(field + ".service", "is directed twice");
    }
    const std::int64_t cents = directions[i].amount.cents();
    if (cents <= 0) {
      fields.Refuse(field + ".amount_cents", "is not above zero");
    } else if (cents > left) {
      fields.Refuse(field + ".amount_cents", "passes the amount of the payment");
    } else {
      left -= cents;
    }
  }
}

Allocation Allocate(const AllocationPolicy& policy, std::span<const Charge> charges, Money amount,
                    std::span<const Direction> directions) {
  Fields fields;
  ValidateDirections(directions, amount, fields);
  if (!fields.ok()) directions = {};
  Spread spread(policy, charges);
  std::int64_t undirected = amount.cents();
  std::int64_t credit = 0;
  for (const Direction& direction : directions) {
    undirected -= direction.amount.cents();
    credit += spread.Give(direction.amount, direction.service).cents();
  }
  credit += spread.Give(Money::Cents(undirected), {}).cents();
  return {spread.Shares(), Money::Cents(credit)};
}

std::vector<Money> SplitByWeight(Money amount, std::span<const Money> weights) {
  __int128 total = 0;
  for (const Money weight : weights) total += weight.cents();
  std::vector<Money> parts;
  std::vector<std::pair<std::int64_t, std::size_t>> remainders;
  std::int64_t left = amount.cents();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const __int128 exact = static_cast<__int128>(amount.cents()) * weights[i].cents();
    parts.push_back(Money::Cents(static_cast<std::int64_t>(exact / total)));
    left -= parts.back().cents();
    remainders.emplace_back(static_cast<std::int64_t>(exact % total), i);
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::int64_t i = 0; i < left; ++i) {
    Money& part = parts[remainders[static_cast<std::size_t>(i)].second];
    part = Money::Cents(part.cents() + 1);
  }
  return parts;
}

}  // namespace reeve::billing::receivable
