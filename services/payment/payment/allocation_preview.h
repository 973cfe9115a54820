// How a payment would be spread over an account's services: billing's knowledge, asked for the
// counter's screen.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "services/payment/payment/payment.h"
#include "shared/core/call.h"

namespace reeve::payment {

// What an account owes, by service; a service that owes nothing is not in it.
struct Owed {
  std::map<std::string, Money> services;
};

struct Allocation {
  struct Share {
    std::string service;
    std::string charge_description;
    Money amount;
  };
  Money balance;  // before the payment
  Owed owed;      // before the payment
  std::vector<Share> shares;
  Money credit;
};

// Thread-safe. Preview may wait until the call's deadline.
class AllocationPreview {
 public:
  virtual ~AllocationPreview() = default;
  virtual Result<Allocation> Preview(const Call& call, AccountId account, Money amount,
                                     std::span<const Direction> directions) = 0;
  // Does not wait: `answer` runs exactly once, on any thread. NOT_FOUND ACCOUNT_UNKNOWN.
  using Answer = std::function<void(Result<Owed>)>;
  virtual void AskOwed(const Call& call, AccountId account, Answer answer) = 0;
};

}  // namespace reeve::payment
