// How a payment would be spread over an account's services: billing's knowledge, asked for the
// counter's screen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/payment/payment/payment.h"
#include "shared/core/call.h"

namespace reeve::payment {

struct Allocation {
  struct Share {
    std::string service;
    std::string charge_description;
    Money amount;
  };
  Money balance;  // before the payment
  std::vector<Share> shares;
  Money credit;
};

// Thread-safe. May wait until the call's deadline.
class AllocationPreview {
 public:
  virtual ~AllocationPreview() = default;
  virtual Result<Allocation> Preview(const Call& call, AccountId account, Money amount,
                                     std::span<const Direction> directions) = 0;
};

}  // namespace reeve::payment
