#include "services/billing/verify/late_fee_proof_store.h"

#include "services/billing/late_fee/late_fee_store.h"

namespace reeve::billing::verify {

LateFeeRows::LateFeeRows(db::Transaction& tx) {
  for (late_fee::Policy& policy : late_fee::ListPolicies(tx)) {
    const std::pair key(policy.code, policy.effective_date);
    policies_.emplace(key, std::move(policy));
  }
}

void LateFeeRows::Load(db::Transaction& tx, std::int64_t after, std::int64_t through,
                       std::map<AccountId, AccountRecord>& records) const {
  for (late_fee::Fee& fee : late_fee::FeesOfRange(tx, after, through)) {
    AccountRecord& record = records[fee.account];
    record.account = fee.account;
    const auto policy = policies_.find({fee.policy_code, fee.policy_date});
    record.late_fees.push_back(
        {std::move(fee), policy == policies_.end() ? nullptr : &policy->second});
  }
}

}  // namespace reeve::billing::verify
