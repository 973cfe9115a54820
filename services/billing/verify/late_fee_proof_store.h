// Late fees with the policies that they name, for the proof of accounts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "services/billing/verify/account_proof.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

class LateFeeRows {
 public:
  explicit LateFeeRows(db::Transaction& tx);
  // Of accounts above `after` up to `through`, into their records.
  void Load(db::Transaction& tx, std::int64_t after, std::int64_t through,
            std::map<AccountId, AccountRecord>& records) const;

 private:
  std::map<std::pair<std::string, Date>, late_fee::Policy> policies_;
};

}  // namespace reeve::billing::verify
