#include "services/billing/cycle/review_service.h"

#include <algorithm>
#include <vector>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/guard_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/cycle/months.h"
#include "services/billing/cycle/post_bills_service.h"

namespace reeve::billing::cycle {
namespace {

// Moves the bills, and keeps why.
void Move(command::Change& change, std::span<Bill> bills, BillEvent decision,
          const ReviewWords& words) {
  std::vector<BillReview> reviews;
  for (Bill& bill : bills) {
    const BillState next = After(bill.state, decision).value();
    change.Audit({std::string(kBillEntity),
                  bill.account.ToString() + "/" + std::to_string(bill.bill_id), "review",
                  std::string(BillStateName(bill.state)), std::string(BillStateName(next))});
    reviews.push_back({bill.account, bill.bill_id, decision, words.reason,
                       change.call().caller.person, change.call().today, words.review_seconds,
                       words.release_id});
    AuditRow(change, kKeptReview, "review", "", CellsOfReview(reviews.back()));
    bill.state = next;
  }
  InsertReviews(change.tx(), reviews);
}

// Of a rebill none: they may be those of the bills around it.
void SetReadsAside(db::Transaction& tx, const Bill& bill) {
  if (bill.IsRebill()) return;
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

bool Posts(const Run& run) {
  return run.state == RunState::kPosting || run.state == RunState::kPosted;
}

void Post(command::Change& change, std::span<Bill> bills) {
  PostBills(change, bills);
  for (Bill& bill : bills) bill.state = *After(bill.state, BillEvent::kPost);
}

}  // namespace

void DecideBills(command::Change& change, const Run& run, std::span<Bill> bills, BillEvent decision,
                 const ReviewWords& words) {
  if (bills.empty()) return;
  db::Transaction& tx = change.tx();
  Move(change, bills, decision, words);
  if (decision == BillEvent::kRelease) {
    if (Posts(run)) Post(change, bills);
  } else {
    for (const Bill& bill : bills) {
      CancelSegments(tx, bill);
      if (decision == BillEvent::kConfirmHold) SetReadsAside(tx, bill);
    }
  }
  SaveBillStates(tx, bills);
}

std::optional<Bill> MakeMonthsBill(db::Transaction& tx, const Run& run, const rate::Tariff& tariff,
                                   const GuardPolicy& policy, const Bill& held) {
  if (held.IsRebill()) return std::nullopt;  // what is owed for it follows from its own lines
  const Limits& limits = policy.For(ClassOf(tx, held.account));
  return BillAsMonths(run, tariff, held, limits[Limit::kPeriodDays]);
}

void SendAsMonths(command::Change& change, const Run& run, std::span<Bill> held,
                  std::span<Bill> months, const ReviewWords& words) {
  if (held.empty()) return;
  db::Transaction& tx = change.tx();
  Move(change, held, BillEvent::kBillAsMonths, words);
  for (const Bill& bill : held) CancelSegments(tx, bill);
  SaveBillStates(tx, held);
  if (Posts(run)) Post(change, months);
  InsertBills(tx, months);
}

}  // namespace reeve::billing::cycle
