// Passwords: hashing and checking at a bounded rate, so that a flood of sign-ins fills neither the
// memory nor the processors.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "services/identity/password/password.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"

namespace reeve::identity {

// Thread-safe.
class Passwords {
 public:
  Passwords(HashCost cost, Random& random);

  // RESOURCE_EXHAUSTED SIGN_IN_BUSY while too many are under way.
  Result<std::string> Hash(std::string_view password);
  // Also for somebody who does not exist (an empty hash): it takes as long, and is false.
  Result<bool> Verify(std::string_view password, const std::string& hash);

 private:
  static constexpr int kAtOnceMax = 4;
  class Turn;

  const HashCost cost_;
  Random& random_;
  const std::string nobodys_hash_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace reeve::identity
