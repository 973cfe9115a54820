#include "services/billing/cycle/review_service.h"

#include <algorithm>
#include <vector>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/cycle/post_bills_service.h"

namespace reeve::billing::cycle {
namespace {

void Move(command::Change& change, Bill& bill, BillEvent decision, const ReviewWords& words) {
  const BillState next = After(bill.state, decision).value();
  change.Audit({std::string(kBillEntity),
                bill.account.ToString() + "/" + std::to_string(bill.bill_id), "review",
                std::string(BillStateName(bill.state)), std::string(BillStateName(next))});
  const BillReview review{bill.account,
                          bill.bill_id,
                          decision,
                          words.reason,
                          change.call().caller.person,
                          change.call().today,
                          words.review_seconds,
                          words.release_id};
  AuditRow(change, kKeptReview, "review", "", CellsOfReview(review));
  InsertReview(change.tx(), review);
  bill.state = next;
}

void BillAgain(db::Transaction& tx, const Bill& bill) {
  CancelSegments(tx, bill);
  for (const Segment& segment : bill.segments) {
    const bool held = std::any_of(bill.holds.begin(), bill.holds.end(), [&](const Hold& hold) {
      return hold.service == segment.service;
    });
    if (!held || segment.meters.empty()) continue;
    read::SetAside(tx,
                   {bill.account, segment.agreement_id, segment.meters.back().meter.meter_number},
                   segment.to_date);
  }
}

}  // namespace

void DecideBills(command::Change& change, const Run& run, std::span<Bill> bills, BillEvent decision,
                 const ReviewWords& words) {
  db::Transaction& tx = change.tx();
  for (Bill& bill : bills) {
    Move(change, bill, decision, words);
    if (decision == BillEvent::kConfirmHold) BillAgain(tx, bill);
  }
  const bool posts = run.state == RunState::kPosting || run.state == RunState::kPosted;
  if (decision == BillEvent::kRelease && posts) {
    PostBills(change, bills);
    for (Bill& bill : bills) bill.state = *After(bill.state, BillEvent::kPost);
  }
  for (const Bill& bill : bills) SaveBillState(tx, bill);
}

}  // namespace reeve::billing::cycle
