// Late fees with the policies and runs that they name, for the proof of accounts; and the people
// behind runs and exemptions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "services/billing/verify/account_proof.h"
#include "services/billing/verify/late_fee_proof.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

class LateFeeRows {
 public:
  explicit LateFeeRows(db::Transaction& tx);
  // Of accounts above `after` up to `through`, into their records.
  void Load(db::Transaction& tx, std::int64_t after, std::int64_t through,
            std::map<AccountId, AccountRecord>& records) const;
  const LateFeeRules& rules() const { return rules_; }
  // Whoever signed a run, acknowledged a finding of it or decided an exemption is a second person.
  std::optional<std::string> ProvePeople(db::Transaction& tx) const;

 private:
  LateFeeRules rules_;
  std::map<std::int64_t, late_fee::Run> runs_;
};

}  // namespace reeve::billing::verify
