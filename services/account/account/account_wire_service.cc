#include "services/account/account/account_wire_service.h"

#include <utility>

#include "reeve/account/v1/events.pb.h"
#include "services/account/account/account_store.h"
#include "services/account/customer/customer_service.h"
#include "services/account/customer/customer_store.h"
#include "services/account/premise/premise_service.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"

namespace reeve::account {
namespace {

v1::AgreementSpec SpecOf(const Agreement& agreement, const Premise& premise,
                         std::span<const Account> others, const StartReads& reads) {
  const ServicePoint& point = *premise.FindPoint(agreement.point_no);
  v1::AgreementSpec spec;
  spec.set_agreement_id(agreement.id.value());
  spec.set_service(agreement.service);
  spec.set_schedule_code(agreement.schedule_code);
  spec.set_quantity_thousandths(agreement.quantity_thousandths);
  spec.set_meter_number(point.meter_number);
  spec.set_register_digits(point.register_digits);
  spec.set_multiplier_thousandths(point.multiplier_thousandths);
  spec.set_unit(point.unit);
  spec.set_meter_size(point.meter_size);
  spec.set_cycle(premise.cycle);
  spec.set_in_service(agreement.in_force() || BeginsByItself(point, others));
  spec.set_start_date(agreement.start_date.ToString());
  spec.set_active(agreement.in_force());
  if (const auto read = reads.find(agreement.point_no); read != reads.end())
    spec.set_start_read_thousandths(read->second);
  return spec;
}

}  // namespace

Error UnknownAccount(AccountId id) {
  return NotFound(reason::kAccountUnknown, "There is no such account.")
      .With("account_id", id.value());
}

Result<LockedAccount> LockAccount(db::Transaction& tx, AccountId id) {
  const std::optional<Account> seen = FindAccount(tx, id);
  if (!seen) return UnknownAccount(id);
  LockedAccount locked;
  locked.premise = FindPremiseForUpdate(tx, seen->premise).value();
  // What was seen before the lock may have changed since.
  locked.account = FindAccount(tx, id).value();
  locked.others = OpenAccountsAt(tx, seen->premise);
  std::erase_if(locked.others, [id](const Account& other) { return other.id == id; });
  return locked;
}

AccountId FreeAccountNumber(db::Transaction& tx, Random& random) {
  AccountId id = NewAccountNumber(random);
  while (FindAccount(tx, id)) id = NewAccountNumber(random);
  return id;
}

void AddAccounts(command::Change& change, std::span<const Account> accounts) {
  InsertAccounts(change.tx(), accounts);
  for (const Account& account : accounts) {
    change.Audit({.entity = "account",
                  .entity_id = account.id.ToString(),
                  .action = "open",
                  .before = "",
                  .after = ToAuditText(account)});
  }
}

Result<Account> SaveAccount(command::Change& change, const Account& before, Account after,
                            const std::string& action) {
  ++after.version;
  REEVE_RETURN_IF_ERROR(UpdateAccount(change.tx(), after));
  change.Audit({.entity = "account",
                .entity_id = after.id.ToString(),
                .action = action,
                .before = ToAuditText(before),
                .after = ToAuditText(after)});
  return after;
}

void EmitOpened(command::Change& change, const Account& account, const Premise& premise,
                std::span<const Account> others, const StartReads& reads) {
  v1::AccountOpened event;
  event.set_account_id(account.id.value());
  event.set_premise_id(account.premise.value());
  event.set_customer_id(account.customer.value());
  event.set_customer_class(ToProto<v1::CustomerClass>(account.customer_class));
  for (const Agreement& agreement : account.agreements)
    *event.add_agreements() = SpecOf(agreement, premise, others, reads);
  event.set_open_date(account.open_date.ToString());
  event.set_application_id(account.application.value());
  command::Emit(change, account.premise.value(), event);
}

void EmitClosed(command::Change& change, const Account& account) {
  v1::AccountClosed event;
  event.set_account_id(account.id.value());
  event.set_premise_id(account.premise.value());
  event.set_close_date(ToText(account.close_date));
  command::Emit(change, account.premise.value(), event);
}

v1::Account ViewOf(db::Transaction& tx, const Account& account) {
  v1::Account view;
  view.set_account_id(account.id.value());
  view.set_state(ToProto<v1::AccountState>(account.state));
  view.set_customer_class(ToProto<v1::CustomerClass>(account.customer_class));
  view.set_open_date(account.open_date.ToString());
  view.set_close_date(ToText(account.close_date));
  view.set_application_id(account.application.value());
  *view.mutable_customer() = ToProto(FindCustomer(tx, account.customer).value());
  *view.mutable_premise() = ToProto(FindPremise(tx, account.premise).value());
  for (const Agreement& from : account.agreements) {
    v1::Agreement& agreement = *view.add_agreements();
    agreement.set_agreement_id(from.id.value());
    agreement.set_service_point_no(from.point_no);
    agreement.set_service(from.service);
    agreement.set_schedule_code(from.schedule_code);
    agreement.set_quantity_thousandths(from.quantity_thousandths);
    agreement.set_state(ToProto<v1::AgreementState>(from.state));
    agreement.set_start_date(from.start_date.ToString());
    agreement.set_stop_date(ToText(from.stop_date));
  }
  return view;
}

}  // namespace reeve::account
