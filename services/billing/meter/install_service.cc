#include "services/billing/meter/install_service.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/meter/meter_store.h"

namespace reeve::billing::meter {
namespace {

using agreement::Agreement;

constexpr int kExchangesMax = 20;  // that an agreement is behind

void End(command::Change& change, Installation& installation, std::optional<Date> to_date,
         bool reversed, std::string_view action) {
  std::string before = RowText(kKeptInstallation, CellsOfInstallation(installation));
  installation.to_date = to_date;
  installation.reversed = reversed;
  SaveEnd(change.tx(), installation);
  AuditRow(change, kKeptInstallation, action, std::move(before), CellsOfInstallation(installation));
}

}  // namespace

std::vector<Installation> LoadOfAgreement(db::Transaction& tx, AccountId account,
                                          std::int64_t agreement_id) {
  std::vector<Installation> installations = LoadInstallations(tx, account);
  std::erase_if(installations,
                [&](const Installation& one) { return one.agreement_id != agreement_id; });
  return installations;
}

Installed Install(command::Change& change, Agreement& agreement, const Meter& next, Date date) {
  db::Transaction& tx = change.tx();
  const std::vector<Installation> all =
      LoadOfAgreement(tx, agreement.account, agreement.agreement_id);
  Installation old = *Numbered(all, agreement.agreement_id, agreement.installation_no);
  End(change, old, date, false, "remove");
  const Installation added{
      agreement.account, agreement.agreement_id, all.back().installation_no + 1, next, date,
      std::nullopt};
  InsertInstallations(tx, {&added, 1});
  AuditRow(change, kKeptInstallation, "install", "", CellsOfInstallation(added));
  PutInPlace(next, added.installation_no, agreement);
  agreement::SaveMeter(tx, agreement);
  return {old, added};
}

Installed TakeBack(command::Change& change, Agreement& agreement) {
  const std::vector<Installation> all =
      LoadOfAgreement(change.tx(), agreement.account, agreement.agreement_id);
  Installation last = *Numbered(all, agreement.agreement_id, agreement.installation_no);
  Installation old = *std::find_if(all.rbegin(), all.rend(), [&](const Installation& one) {
    return !one.reversed && one.installation_no < last.installation_no;
  });
  End(change, last, last.from_date, true, "reverse");
  End(change, old, std::nullopt, false, "put-back");
  PutInPlace(old.meter, old.installation_no, agreement);
  agreement::SaveMeter(change.tx(), agreement);
  return {old, last};
}

std::vector<Agreement> WaitingWith(db::Transaction& tx, const Agreement& agreement,
                                   const std::string& meter_number) {
  const std::string numbers[] = {meter_number};
  std::vector<Agreement> found = agreement::LockAgreementsOfMeters(tx, numbers).front();
  std::erase_if(found, [&](const Agreement& one) {
    return one.state != agreement::State::kPending || one.premise != agreement.premise ||
           one.service != agreement.service;
  });
  return found;
}

void FollowExchanges(command::Change& change, Agreement& agreement) {
  for (int i = 0; i < kExchangesMax; ++i) {
    const std::optional<Installation> next =
        FindSuccessor(change.tx(), agreement.premise, agreement.service, agreement.meter_number);
    if (!next) return;
    Install(change, agreement, next->meter, *next->from_date);
  }
}

}  // namespace reeve::billing::meter
