#include "services/account/verify/verify_service.h"

#include <map>
#include <set>

#include "reeve/account/v1/events.pb.h"
#include "services/account/verify/verify_store.h"

namespace reeve::account {

std::vector<Finding> CheckAnnounced(db::Transaction& tx) {
  Finding finding{.check = "opened-events"};
  std::map<AccountId, std::set<AgreementId>> announced;
  const auto violate = [&finding](AccountId id, const std::string& fault) {
    if (finding.violation.empty()) finding.violation = "account " + id.ToString() + " " + fault;
  };
  for (const std::string& payload : PayloadsOf(tx, v1::AccountOpened::descriptor()->full_name())) {
    v1::AccountOpened event;
    event.ParseFromString(payload);
    const AccountId id(event.account_id());
    const auto [entry, first] = announced.try_emplace(id);
    if (!first) violate(id, "was announced twice");
    for (const v1::AgreementSpec& spec : event.agreements())
      entry->second.insert(AgreementId(spec.agreement_id()));
  }
  for (const Account& account : AllAccounts(tx)) {
    ++finding.examined;
    const auto node = announced.extract(account.id);
    std::set<AgreementId> agreements;
    for (const Agreement& agreement : account.agreements) agreements.insert(agreement.id);
    if (node.empty() || node.mapped() != agreements)
      violate(account.id, "was not announced with its agreements");
  }
  if (!announced.empty()) violate(announced.begin()->first, "was announced and is gone");
  return {finding};
}

}  // namespace reeve::account
