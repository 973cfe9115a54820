#include "services/billing/agreement/account_feed_service.h"

#include <algorithm>
#include <stdexcept>

#include "reeve/account/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/agreement/start_service.h"
#include "services/billing/derived_id.h"
#include "services/billing/meter/install_service.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/read/record_service.h"
#include "services/billing/receivable/payment_feed_service.h"

namespace reeve::billing::agreement {
namespace {

// Events carry valid dates; a date that is none is the day on which the event is applied.
Date DateOr(const std::string& text, Date today) {
  const Result<Date> date = Date::Parse(text);
  return date.ok() ? *date : today;
}

Agreement ToAgreement(const account::v1::AccountOpened& opened,
                      const account::v1::AgreementSpec& spec, Date today) {
  return {AccountId(opened.account_id()),
          spec.agreement_id(),
          PremiseId(opened.premise_id()),
          spec.service(),
          spec.schedule_code(),
          spec.quantity_thousandths(),
          spec.meter_number(),
          spec.meter_number().empty() ? "" : spec.unit(),
          spec.register_digits(),
          spec.multiplier_thousandths(),
          spec.cycle(),
          spec.in_service(),
          spec.active() ? State::kActive : State::kPending,
          DateOr(spec.start_date(), today),
          std::nullopt,
          spec.meter_number().empty() ? "" : spec.meter_size(),
          spec.meter_number().empty() ? 0 : 1};
}

// The audit trail holds every account as it was opened.
void AuditOpened(command::Change& change, const NewAccount& account,
                 std::vector<Agreement> agreements, std::vector<read::Read> reads) {
  std::sort(agreements.begin(), agreements.end(),
            [](const Agreement& a, const Agreement& b) { return a.agreement_id < b.agreement_id; });
  std::sort(reads.begin(), reads.end(),
            [](const read::Read& a, const read::Read& b) { return a.read_id < b.read_id; });
  RowDigest digest;
  digest.Add(FixedCellsOf(account));
  for (const Agreement& agreement : agreements) {
    digest.Add(FixedCellsOf(agreement)).Add(CellsOf(StateText(agreement)));
  }
  for (const read::Read& read : reads) digest.Add(FixedCellsOf(read));
  change.Audit(
      {std::string(kOpenedEntity), account.account.ToString(), "open", "", "row=" + digest.hex()});
}

void Open(command::Change& change, std::span<const account::v1::AccountOpened> accounts) {
  db::Transaction& tx = change.tx();
  std::vector<NewAccount> added;
  std::vector<AccountId> ids;
  std::vector<Agreement> agreements;
  std::vector<meter::Installation> meters;
  std::vector<read::Read> reads;
  for (const account::v1::AccountOpened& opened : accounts) {
    const AccountId account(opened.account_id());
    if (std::find(ids.begin(), ids.end(), account) != ids.end() || HasAccount(tx, account))
      continue;
    ids.push_back(account);
    added.push_back({account, PremiseId(opened.premise_id()),
                     opened.customer_class() == account::v1::CUSTOMER_CLASS_NON_RESIDENTIAL
                         ? "NON_RESIDENTIAL"
                         : "RESIDENTIAL"});
    std::vector<Agreement> its_agreements;
    std::vector<read::Read> its_reads;
    for (const account::v1::AgreementSpec& spec : opened.agreements()) {
      const Agreement agreement = ToAgreement(opened, spec, change.call().today);
      if (spec.active() && agreement.IsMetered()) {
        its_reads.push_back({account,
                             DerivedId("taken-over-read", spec.agreement_id()),
                             spec.agreement_id(),
                             agreement.meter_number,
                             {agreement.start_date, spec.start_read_thousandths()},
                             read::Source::kTakenOver});
      }
      if (agreement.IsMetered()) {
        meters.push_back({account, agreement.agreement_id, 1, meter::InPlace(agreement)});
      }
      its_agreements.push_back(agreement);
    }
    agreements.insert(agreements.end(), its_agreements.begin(), its_agreements.end());
    reads.insert(reads.end(), its_reads.begin(), its_reads.end());
    AuditOpened(change, added.back(), std::move(its_agreements), std::move(its_reads));
  }
  InsertAccounts(tx, added);
  InsertAgreements(tx, agreements);
  meter::InsertInstallations(tx, meters);
  read::InsertReads(tx, reads);
  for (Agreement& agreement : agreements) {
    if (agreement.IsMetered() && agreement.state == State::kPending) {
      meter::FollowExchanges(change, agreement);
    }
    if (agreement.in_service && !agreement.IsMetered()) {
      Start(change, agreement, agreement.start_date, std::nullopt);
    }
  }
  // A payment may have overtaken its account.
  for (const AccountId account : receivable::AccountsWithUnapplied(tx, ids)) {
    receivable::OpenBooks open = *receivable::LockBooksFor(tx, account, {});
    receivable::PlaceUnapplied(change, open, receivable::PolicyInForce(tx, change.call().today));
    const receivable::Books* changed[] = {&open.books};
    receivable::SaveBooks(tx, changed, change.call().now);
  }
}

void Charge(command::Change& change, const account::v1::ApplicationAccepted& accepted) {
  db::Transaction& tx = change.tx();
  const AccountId account(accepted.account_id());
  const std::int64_t entry_id = DerivedId("application", accepted.application_id());
  std::optional<receivable::OpenBooks> open = receivable::LockBooksFor(tx, account, {});
  if (!open || accepted.charges().empty() || receivable::HasEntry(tx, account, entry_id)) return;
  std::vector<receivable::Charge> charges;
  for (const account::v1::ApplicationCharge& wanted : accepted.charges()) {
    receivable::Charge charge;
    charge.charge_id = DerivedId("application-charge", accepted.application_id(),
                                 static_cast<std::int64_t>(charges.size()));
    charge.service = wanted.service();
    charge.kind = wanted.kind() == account::v1::APPLICATION_CHARGE_KIND_DEPOSIT
                      ? receivable::ChargeKind::kDeposit
                      : receivable::ChargeKind::kFee;
    charge.description = wanted.code();
    charge.due_date = change.call().today;
    charge.amount = Money::Cents(wanted.amount_cents());
    charge.application_id = accepted.application_id();
    charges.push_back(std::move(charge));
  }
  const Result<> added = open->books.AddCharges(
      entry_id, receivable::EntryKind::kApplication, std::to_string(accepted.application_id()),
      change.call().today, std::move(charges), receivable::PolicyInForce(tx, change.call().today));
  if (!added.ok()) throw std::logic_error("charges of an application: " + added.error().message());
  std::vector<receivable::Charge> made;
  for (const receivable::Charge& charge : open->books.charges()) {
    if (charge.entry_id == entry_id) made.push_back(charge);
  }
  change.Audit({std::string(receivable::kApplicationEntity),
                account.ToString() + "/" + std::to_string(entry_id), "charge", "",
                "row=" + receivable::DigestOfApplication(account, entry_id, change.call().today,
                                                         std::move(made))
                             .hex()});
  receivable::FollowUp(change, *open, Money(), "");
  const receivable::Books* changed[] = {&open->books};
  receivable::SaveBooks(tx, changed, change.call().now);
}

// One read closes one account and opens the next.
void ChangeOccupant(command::Change& change, const account::v1::OccupantChanged& changed) {
  db::Transaction& tx = change.tx();
  const Date date = DateOr(changed.change_date(), change.call().today);
  std::vector<Agreement> old_ones = LockAgreements(tx, AccountId(changed.old_account_id()));
  std::vector<Agreement> new_ones = LockAgreements(tx, AccountId(changed.new_account_id()));
  const auto find = [](std::vector<Agreement>& agreements, std::int64_t agreement_id) {
    const auto found = std::find_if(agreements.begin(), agreements.end(), [&](const Agreement& a) {
      return a.agreement_id == agreement_id;
    });
    return found == agreements.end() ? nullptr : &*found;
  };
  for (const account::v1::AgreementPair& pair : changed.agreements()) {
    std::optional<read::Reading> reading;
    for (const account::v1::OccupantRead& taken : changed.reads()) {
      if (taken.service() == pair.service()) reading = {date, taken.read_thousandths()};
    }
    if (Agreement* old = find(old_ones, pair.old_agreement_id())) {
      if (reading && old->IsMetered() && old->state == State::kActive) {
        read::Record(change, *old, *reading, read::Source::kOccupant,
                     DerivedId("out-read", old->agreement_id), old->agreement_id);
      }
      Stop(change, *old, date);
    }
    Agreement* next = find(new_ones, pair.new_agreement_id());
    if (next == nullptr || (next->IsMetered() && !reading)) continue;
    if (!next->IsMetered()) reading.reset();
    if (reading && !read::Record(change, *next, *reading, read::Source::kOccupant,
                                 DerivedId("in-read", next->agreement_id), next->agreement_id)) {
      continue;
    }
    Start(change, *next, date, reading);
  }
}

void Close(command::Change& change, const account::v1::AccountClosed& closed) {
  const AccountId account(closed.account_id());
  for (Agreement& agreement : LockAgreements(change.tx(), account)) {
    Stop(change, agreement, DateOr(closed.close_date(), change.call().today));
  }
  if (CloseAccount(change.tx(), account)) {
    change.Audit({std::string(kAccountEntity), account.ToString(), "close",
                  std::string(AccountStateName(AccountState::kOpen)),
                  std::string(AccountStateName(AccountState::kClosed))});
  }
}

}  // namespace

std::vector<std::string> AccountEvents() {
  return {std::string(account::v1::AccountOpened::descriptor()->full_name()),
          std::string(account::v1::ApplicationAccepted::descriptor()->full_name()),
          std::string(account::v1::OccupantChanged::descriptor()->full_name()),
          std::string(account::v1::AccountClosed::descriptor()->full_name())};
}

Result<> ApplyAccounts(command::Change& change, std::span<const feed::Event> events) {
  const std::vector<std::string> types = AccountEvents();
  std::vector<account::v1::AccountOpened> opened;
  const auto open = [&] {
    Open(change, opened);
    opened.clear();
  };
  for (const feed::Event& event : events) {
    if (event.type == types[0]) {
      opened.emplace_back().ParseFromString(event.payload);
      continue;
    }
    open();
    if (event.type == types[1]) {
      account::v1::ApplicationAccepted accepted;
      accepted.ParseFromString(event.payload);
      Charge(change, accepted);
    } else if (event.type == types[2]) {
      account::v1::OccupantChanged changed;
      changed.ParseFromString(event.payload);
      ChangeOccupant(change, changed);
    } else if (event.type == types[3]) {
      account::v1::AccountClosed closed;
      closed.ParseFromString(event.payload);
      Close(change, closed);
    }
  }
  open();
  return Ok();
}

}  // namespace reeve::billing::agreement
