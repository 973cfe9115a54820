// Drafts of rate schedules that are withdrawn, or come into force without all of their values.
#pragma once

#include <string>

#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing::v1 {
class WithdrawnDraft;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Drafts : public virtual Billing {
 protected:
  v1::WithdrawnDraft WithdrawDraft(const std::string& version, std::int64_t revision,
                                   const std::string& token, const std::string& reason = {});
  // Two drafts go; one whose rider has no value comes into force.
  void WithdrawDrafts();
};

}  // namespace reeve::billing
