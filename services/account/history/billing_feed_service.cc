#include "services/account/history/billing_feed_service.h"

#include <optional>
#include <utility>

#include "reeve/billing/v1/events.pb.h"
#include "services/account/account/account_store.h"
#include "services/account/account/account_wire_service.h"
#include "services/account/application/application_store.h"
#include "services/account/application/application_wire_service.h"
#include "services/account/history/history_store.h"
#include "services/account/premise/premise_store.h"

namespace reeve::account {
namespace {

namespace billing = ::reeve::billing::v1;

constexpr Reason kUnreadable{"UNREADABLE"};

Error Unreadable() { return FailedPrecondition(kUnreadable, "The event cannot be read."); }

template <class Message>
Result<Message> Read(const feed::Event& event) {
  Message message;
  if (!message.ParseFromString(event.payload)) return Unreadable();
  return message;
}

Result<> TurnOn(command::Change& change, const Premise& before, int point_no) {
  Premise after = before;
  for (ServicePoint& point : after.points) {
    if (point.no == point_no) point.supply = Supply::kOn;
  }
  if (after == before) return Ok();
  ++after.version;
  REEVE_RETURN_IF_ERROR(UpdateSupply(change.tx(), after));
  change.Audit({.entity = "premise",
                .entity_id = after.id.ToString(),
                .action = "turn-on",
                .before = ToAuditText(before),
                .after = ToAuditText(after)});
  return Ok();
}

Result<> ApplyServiceStarted(command::Change& change, const feed::Event& event) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::ServiceStarted>(event));
  const Result<Date> start_date = Date::Parse(message.start_date());
  if (!start_date.ok()) return Unreadable();
  REEVE_ASSIGN_OR_RETURN(const LockedAccount locked,
                         LockAccount(change.tx(), AccountId(message.account_id())));
  const AgreementId agreement(message.agreement_id());
  REEVE_ASSIGN_OR_RETURN(const Account started,
                         Start(locked.account, agreement, *start_date, locked.others));
  REEVE_RETURN_IF_ERROR(TurnOn(change, locked.premise, started.FindAgreement(agreement)->point_no));
  if (started == locked.account) return Ok();
  REEVE_RETURN_IF_ERROR(SaveAccount(change, locked.account, started, "start"));
  return Ok();
}

// The location file shows the meter that stands there now.
Result<> ApplyMeterExchanged(command::Change& change, const feed::Event& event) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::MeterExchanged>(event));
  REEVE_ASSIGN_OR_RETURN(const LockedAccount locked,
                         LockAccount(change.tx(), AccountId(message.account_id())));
  const Agreement* agreement = locked.account.FindAgreement(AgreementId(message.agreement_id()));
  if (agreement == nullptr) {
    return NotFound(reason::kAgreementUnknown, "The account has no such agreement.");
  }
  Premise after = locked.premise;
  for (ServicePoint& point : after.points) {
    if (point.no != agreement->point_no || point.meter_number != message.old_meter_number())
      continue;
    point.meter_number = message.meter_number();
    point.meter_size = message.meter_size();
    point.register_digits = message.register_digits();
    point.multiplier_thousandths = message.multiplier_thousandths();
  }
  if (after == locked.premise) return Ok();
  ++after.version;
  REEVE_RETURN_IF_ERROR(UpdateMeter(change.tx(), after, agreement->point_no));
  change.Audit({.entity = "premise",
                .entity_id = after.id.ToString(),
                .action = "exchange-meter",
                .before = ToAuditText(locked.premise),
                .after = ToAuditText(after)});
  return Ok();
}

Result<> ApplyChargesPaid(command::Change& change, const feed::Event& event) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::ApplicationChargesPaid>(event));
  const std::optional<Application> application =
      FindApplicationForUpdate(change.tx(), ApplicationId(message.application_id()));
  if (!application) {
    return NotFound(reason::kApplicationUnknown, "There is no such application.");
  }
  if (application->charges_paid) return Ok();
  REEVE_ASSIGN_OR_RETURN(const Application paid, ChargesPaid(*application));
  REEVE_ASSIGN_OR_RETURN(const Application saved,
                         SaveApplication(change, *application, paid, "charges-paid"));
  EmitConnects(change, saved, FindPremiseForUpdate(change.tx(), saved.premise).value());
  return Ok();
}

Result<> ApplyBillPosted(command::Change& change, const feed::Event& event) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::BillPosted>(event));
  const Result<Date> due_date = Date::Parse(message.due_date());
  const Result<Money> total = Money::FromCents(message.total_cents() - message.not_charged_cents());
  if (!due_date.ok() || !total.ok()) return Unreadable();
  const AccountId id(message.account_id());
  const std::optional<Account> account = FindAccount(change.tx(), id);
  if (!account) return UnknownAccount(id);
  const BillFact bill{message.bill_id(), *due_date, *total};
  if (!InsertBill(change.tx(), id, bill)) return Ok();
  change.Audit({.entity = "bill-fact",
                .entity_id = FactId(id, std::to_string(bill.bill_id)),
                .action = "note",
                .before = "",
                .after = ToAuditText(bill)});
  if (account->state != AccountState::kClosed) return Ok();
  REEVE_ASSIGN_OR_RETURN(const LockedAccount locked, LockAccount(change.tx(), id));
  const Account settled = Settle(locked.account);
  if (settled == locked.account) return Ok();
  REEVE_RETURN_IF_ERROR(SaveAccount(change, locked.account, settled, "settle"));
  return Ok();
}

// It is owed no more. What was paid for it stays paid, as it does on the books.
Result<> ApplyBillCancelled(command::Change& change, const feed::Event& event) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::BillCancelled>(event));
  const AccountId id(message.account_id());
  std::optional<BillFact> bill = FindBillForUpdate(change.tx(), id, message.bill_id());
  if (!bill) return NotFound(reason::kBillUnknown, "No such bill was told.");
  if (bill->cancelled) return Ok();
  std::string before = ToAuditText(*bill);
  bill->cancelled = true;
  REEVE_RETURN_IF_ERROR(CancelBill(change.tx(), id, bill->bill_id));
  change.Audit({.entity = "bill-fact",
                .entity_id = FactId(id, std::to_string(bill->bill_id)),
                .action = "cancel",
                .before = std::move(before),
                .after = ToAuditText(*bill)});
  return Ok();
}

Result<> ApplyPayment(command::Change& change, const feed::Event& event, const TimeZone& zone) {
  REEVE_ASSIGN_OR_RETURN(const auto message, Read<billing::PaymentApplied>(event));
  const Result<Money> amount = Money::FromCents(message.amount_cents());
  if (!amount.ok() || message.payment_id().empty()) return Unreadable();
  const AccountId id(message.account_id());
  if (!FindAccount(change.tx(), id)) return UnknownAccount(id);
  const PaymentFact payment{.payment_id = message.payment_id(),
                            .amount = *amount,
                            .timely = message.timely(),
                            .applied_date = zone.DateAt(event.created_time)};
  if (!InsertPayment(change.tx(), id, payment)) return Ok();
  change.Audit({.entity = "payment-fact",
                .entity_id = FactId(id, payment.payment_id),
                .action = "note",
                .before = "",
                .after = ToAuditText(payment)});
  return Ok();
}

}  // namespace

std::vector<std::string> BillingFeed::Types() {
  return {billing::ApplicationChargesPaid::descriptor()->full_name(),
          billing::ServiceStarted::descriptor()->full_name(),
          billing::MeterExchanged::descriptor()->full_name(),
          billing::BillPosted::descriptor()->full_name(),
          billing::BillCancelled::descriptor()->full_name(),
          billing::PaymentApplied::descriptor()->full_name()};
}

Result<> BillingFeed::ApplyOne(command::Change& change, const feed::Event& event) {
  if (event.type == billing::ServiceStarted::descriptor()->full_name())
    return ApplyServiceStarted(change, event);
  if (event.type == billing::MeterExchanged::descriptor()->full_name())
    return ApplyMeterExchanged(change, event);
  if (event.type == billing::ApplicationChargesPaid::descriptor()->full_name())
    return ApplyChargesPaid(change, event);
  if (event.type == billing::BillPosted::descriptor()->full_name())
    return ApplyBillPosted(change, event);
  if (event.type == billing::BillCancelled::descriptor()->full_name())
    return ApplyBillCancelled(change, event);
  if (event.type == billing::PaymentApplied::descriptor()->full_name())
    return ApplyPayment(change, event, zone_);
  return Ok();
}

Result<> BillingFeed::Apply(command::Change& change, std::span<const feed::Event> events) {
  for (const feed::Event& event : events) {
    const Result<> applied = ApplyOne(change, event);
    if (applied.ok()) continue;
    // Somebody else was there: nothing of this may stay, run it again.
    if (applied.error().code() == Code::kAborted) return applied;
    InsertUnplaced(change.tx(), {.account = AccountId(event.home),
                                 .partition = event.partition,
                                 .position = event.position,
                                 .type = event.type,
                                 .reason = applied.error().reason(),
                                 .created_time = event.created_time});
    change.AfterCommit([this] { unplaced_.Add(); });
  }
  return Ok();
}

}  // namespace reeve::account
