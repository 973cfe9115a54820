#include "services/billing/cycle/post_bills_service.h"

#include <map>
#include <set>
#include <stdexcept>

#include "reeve/billing/v1/events.pb.h"
#include "services/billing/derived_id.h"
#include "services/billing/receivable/payment_feed_service.h"

namespace reeve::billing::cycle {
namespace {

// One charge for each service of the bill, in the order of the services' names.
std::vector<receivable::Charge> ChargesOf(const Bill& bill) {
  std::map<std::string, std::int64_t> cents;
  for (const Segment& segment : bill.segments) cents[segment.service] += segment.amount.cents();
  std::vector<receivable::Charge> charges;
  for (const auto& [service, amount] : cents) {
    if (amount == 0) continue;
    receivable::Charge charge;
    charge.charge_id =
        DerivedId("bill-charge", bill.bill_id, static_cast<std::int64_t>(charges.size()));
    charge.service = service;
    charge.kind = receivable::ChargeKind::kUsage;
    charge.description = "Bill due " + bill.due_date.ToString();
    charge.due_date = bill.due_date;
    charge.amount = Money::Cents(amount);
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
  command::Emit(change, bill.account.value(), posted);
}

}  // namespace

void PostBills(command::Change& change, std::span<const Bill> bills) {
  db::Transaction& tx = change.tx();
  std::set<AccountId> accounts;
  for (const Bill& bill : bills) accounts.insert(bill.account);
  std::map<AccountId, receivable::OpenBooks> books = receivable::LockBooksToCharge(tx, accounts);
  const receivable::AllocationPolicy policy = receivable::PolicyInForce(tx, change.call().today);
  std::vector<const receivable::Books*> changed;
  for (const Bill& bill : bills) {
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
