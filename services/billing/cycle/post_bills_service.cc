#include "services/billing/cycle/post_bills_service.h"

#include <map>
#include <set>
#include <stdexcept>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/derived_id.h"
#include "services/billing/rebill/plan_store.h"
#include "services/billing/rebill/rebill.h"
#include "services/billing/receivable/payment_feed_service.h"

namespace reeve::billing::cycle {
namespace {

// What is owed for a bill of a cycle: for each service, in the order of their names.
std::vector<PlannedCharge> OwedFor(const Bill& bill) {
  std::map<std::string, std::int64_t> cents;
  for (const Segment& segment : bill.segments) cents[segment.service] += segment.amount.cents();
  std::vector<PlannedCharge> owed;
  for (const auto& [service, amount] : cents) {
    if (amount != 0) owed.push_back({service, bill.due_date, Money::Cents(amount)});
  }
  return owed;
}

std::vector<receivable::Charge> ChargesOf(const Bill& bill) {
  std::vector<receivable::Charge> charges;
  for (const PlannedCharge& owed : bill.IsRebill() ? bill.plan : OwedFor(bill)) {
    receivable::Charge charge;
    charge.charge_id =
        DerivedId("bill-charge", bill.bill_id, static_cast<std::int64_t>(charges.size()));
    charge.service = owed.service;
    charge.kind = receivable::ChargeKind::kUsage;
    charge.description = "Bill due " + owed.due_date.ToString();
    charge.due_date = owed.due_date;
    charge.amount = owed.amount;
    charges.push_back(std::move(charge));
  }
  return charges;
}

void EmitPosted(command::Change& change, const Bill& bill) {
  v1::BillPosted posted;
  posted.set_account_id(bill.account.value());
  posted.set_bill_id(bill.bill_id);
  posted.set_cycle_id(bill.cycle_id);
  posted.set_due_date(bill.due_date.ToString());
  posted.set_total_cents(bill.total.cents());
  posted.set_not_charged_cents(rebill::NotCharged(bill).cents());
  command::Emit(change, bill.account.value(), posted);
}

// What was paid for the cancelled bill is for this one, although it may have been used since.
void PostRebill(command::Change& change, const Bill& bill) {
  db::Transaction& tx = change.tx();
  receivable::LockBooks(tx, {bill.account});  // before what depends on it is read
  const std::vector<receivable::AllocationRow> uses = receivable::CreditUses(tx, bill.account);
  std::vector<std::int64_t> used;
  for (const receivable::AllocationRow& use : uses) used.push_back(use.charge_id);
  receivable::OpenBooks open = receivable::LockBooksFor(tx, bill.account, used).value();
  if (std::vector<receivable::Charge> charges = ChargesOf(bill); !charges.empty()) {
    const Result<> added = open.books.AddRebill(
        DerivedId("bill-entry", bill.bill_id), std::to_string(bill.bill_id), bill.bill_date,
        std::move(charges), rebill::FreedBy(tx, bill.account, bill.rebilled_bill_id), uses,
        receivable::PolicyInForce(tx, change.call().today));
    if (!added.ok()) throw std::logic_error("a rebill was not posted: " + added.error().message());
  }
  EmitPosted(change, bill);
  receivable::FollowUp(change, open, Money(), "");
  const receivable::Books* changed[] = {&open.books};
  receivable::SaveBooks(tx, changed, change.call().now);
}

}  // namespace

void PostBills(command::Change& change, std::span<const Bill> bills) {
  db::Transaction& tx = change.tx();
  std::set<AccountId> accounts;
  for (const Bill& bill : bills) {
    if (bill.IsRebill()) {
      PostRebill(change, bill);
    } else {
      accounts.insert(bill.account);
    }
  }
  if (accounts.empty()) return;
  std::map<AccountId, receivable::OpenBooks> books = receivable::LockBooksToCharge(tx, accounts);
  const receivable::AllocationPolicy policy = receivable::PolicyInForce(tx, change.call().today);
  std::vector<const receivable::Books*> changed;
  for (const Bill& bill : bills) {
    if (bill.IsRebill()) continue;
    receivable::OpenBooks& open = books.at(bill.account);
    std::vector<receivable::Charge> charges = ChargesOf(bill);
    if (!charges.empty()) {
      const Result<> added = open.books.AddCharges(
          DerivedId("bill-entry", bill.bill_id), receivable::EntryKind::kBill,
          std::to_string(bill.bill_id), bill.bill_date, std::move(charges), policy);
      if (!added.ok()) throw std::logic_error("a bill was not posted: " + added.error().message());
    }
    EmitPosted(change, bill);
    receivable::FollowUp(change, open, Money(), "");
    changed.push_back(&open.books);
  }
  receivable::SaveBooks(tx, changed, change.call().now);
}

}  // namespace reeve::billing::cycle
