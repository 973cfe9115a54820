#include "services/billing/rebill/preview_service.h"

#include <vector>

#include "services/billing/bill/bill_wire_service.h"

namespace reeve::billing::rebill {
namespace {

std::vector<PrintedLine> LinesOf(const v1::Bill& bill) {
  std::vector<PrintedLine> lines;
  for (const v1::BillLine& line : bill.lines()) {
    lines.push_back({line.service(), line.description(), line.quantity(), line.rate(),
                     Money::Cents(line.amount_cents())});
  }
  return lines;
}

}  // namespace

v1::CancellationPreview ToPreview(const Subject& subject, const CancelPlan& plan,
                                  const rate::Tariff& tariff, Date today, Money alone) {
  v1::CancellationPreview preview;
  *preview.mutable_bill() = bill::ToProtoWithLines(subject.bill, tariff);
  for (const receivable::Entry& entry : plan.books.entries()) {
    *preview.add_entries() = ToProto(entry);
  }
  preview.set_freed_cents(plan.cancellation.freed.cents());
  preview.set_balance_before_cents(plan.balance_before.cents());
  preview.set_balance_after_cents(plan.books.Balance().cents());
  preview.set_digest(DigestOf(subject, plan, today));
  preview.set_credit_cents(CreditOf(plan).cents());
  preview.set_alone_cents(alone.cents());
  preview.set_needs_second_person(CreditOf(plan) > alone);
  return preview;
}

v1::RebillPreview ToPreview(const Subject& subject, const RebillPlan& plan,
                            const rate::Tariff& tariff, Date today, Money alone) {
  v1::RebillPreview preview;
  *preview.mutable_old_bill() = bill::ToProtoWithLines(subject.bill, tariff);
  *preview.mutable_new_bill() = bill::ToProtoWithLines(plan.bill, tariff);
  if (plan.cancel) {
    for (const receivable::Entry& entry : plan.cancel->books.entries()) {
      *preview.add_entries() = ToProto(entry);
    }
  }
  const std::vector<PrintedLine> before = LinesOf(preview.old_bill());
  const std::vector<PrintedLine> after = LinesOf(preview.new_bill());
  preview.set_is_same(before == after && ChargedBy(subject) == plan.bill.plan);
  for (const LineDifference& one : DiffLines(before, after)) {
    *preview.add_lines() = ToProto(one);
  }
  for (const LimitLine& line : plan.limits) *preview.add_limits() = ToProto(line, plan.policy);
  for (const cycle::PlannedCharge& charge : plan.bill.plan) {
    *preview.add_charges() = ToProto(charge);
  }
  preview.set_not_charged_cents(preview.new_bill().not_charged_cents());
  preview.set_digest(DigestOf(subject, plan, today));
  preview.set_credit_cents(CreditOf(plan).cents());
  preview.set_alone_cents(alone.cents());
  preview.set_needs_second_person(CreditOf(plan) > alone);
  return preview;
}

}  // namespace reeve::billing::rebill
