// PaymentHead: how far payment has taken money, asked right before a cut.
#pragma once

#include <optional>
#include <string>

#include "shared/core/call.h"

namespace reeve::billing::collections {

class PaymentHead {
 public:
  virtual ~PaymentHead() = default;
  // The token of the end of payment's feed now; nothing if payment does not answer. May wait.
  virtual std::optional<std::string> Ask(const Call& call) = 0;
};

}  // namespace reeve::billing::collections
