// Tally: what documents amount to, by tender and denomination. Unlike a holding it may pass below
// zero on the way.
#pragma once

#include <array>

#include "services/payment/payment/payment.h"

namespace reeve::payment {

class Tally {
 public:
  void Add(const Holding& holding, int sign);
  // What a payment left in its drawer: nothing but the difference in pieces if it was voided.
  void Add(const Payment& payment);
  bool Is(const Holding& holding) const;
  bool HasPieces(const Cash& cash) const;

 private:
  void AddPieces(const Cash& cash, int sign);

  std::array<std::int64_t, kDenominations.size()> pieces_{};
  std::int64_t check_count_ = 0;
  std::int64_t check_cents_ = 0;
  std::int64_t card_count_ = 0;
  std::int64_t card_cents_ = 0;
};

}  // namespace reeve::payment
