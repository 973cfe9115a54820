// Allocation: how a payment is spread over open charges, by the city's written order or as the
// customer directs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"

namespace reeve::billing::receivable {

enum class ChargeKind { kUsage, kFee, kDeposit };
std::string_view ChargeKindName(ChargeKind kind);   // "USAGE"
ChargeKind ParseChargeKind(std::string_view name);  // the inverse; names come from our own tables

// What is owed for one service from one cause.
struct Charge {
  std::int64_t charge_id = 0;
  std::string service;
  ChargeKind kind = ChargeKind::kUsage;
  std::string description;  // "Bill due 2026-12-15"
  Date due_date;
  Money amount;
  Money open;                       // 0..amount
  std::int64_t application_id = 0;  // of a deposit or fee; 0 otherwise
  std::int64_t entry_id = 0;        // journal entry that made it
  bool cancelled = false;           // not owed any more: what was paid for it has become credit
  bool operator==(const Charge&) const = default;
};

enum class OrderKey { kAge, kService, kKind };

// The city's written order. What the keys leave equal is taken by due date, then by charge id, or
// shared in proportion to what is open. The default is the oldest first.
struct AllocationPolicy {
  Date effective_date;
  std::string citation;
  std::vector<OrderKey> keys = {OrderKey::kAge};
  std::vector<std::string> services;  // the one paid first first; those not named follow
  std::vector<ChargeKind> kinds;      // likewise
  bool pro_rata = false;
  bool operator==(const AllocationPolicy&) const = default;
};

// The customer's word: this much for that service.
struct Direction {
  std::string service;
  Money amount;
  bool operator==(const Direction&) const = default;
};

// Each service once, amounts above zero, together at most the payment.
void ValidateDirections(std::span<const Direction> directions, Money payment, Fields& fields);

struct Share {
  std::size_t charge = 0;  // index in the span of charges
  Money amount;            // above zero
  bool operator==(const Share&) const = default;
};

struct Allocation {
  std::vector<Share> shares;  // in the order of allocation, each charge at most once
  Money credit;               // what no charge could take
};

// Spreads `amount` (above zero). Directed money goes to its service's charges, by the written
// order; what that service does not owe becomes credit, never another service's. The rest follows
// the written order over all charges. Every cent is in a share or in the credit, and no share is
// above its charge's open amount. Directions that break ValidateDirections are not followed.
Allocation Allocate(const AllocationPolicy& policy, std::span<const Charge> charges, Money amount,
                    std::span<const Direction> directions = {});

// Splits `amount` in proportion to `weights` (>= 0, not all 0) by largest remainder; the earlier
// wins a tie. The parts add up to `amount`, and no part passes its weight while `amount` is at most
// their sum.
std::vector<Money> SplitByWeight(Money amount, std::span<const Money> weights);

}  // namespace reeve::billing::receivable
