#include "services/billing/bill/bill_wire_service.h"

#include <algorithm>

#include "services/billing/cycle/months.h"
#include "services/billing/rebill/rebill.h"

namespace reeve::billing::bill {

v1::BillState ToProto(cycle::BillState state) {
  switch (state) {
    case cycle::BillState::kCalculated:
      return v1::BILL_STATE_CALCULATED;
    case cycle::BillState::kHeld:
      return v1::BILL_STATE_HELD;
    case cycle::BillState::kReleased:
      return v1::BILL_STATE_RELEASED;
    case cycle::BillState::kPosted:
      return v1::BILL_STATE_POSTED;
    case cycle::BillState::kCancelled:
      break;
  }
  return v1::BILL_STATE_CANCELLED;
}

v1::Bill ToProto(const cycle::Bill& bill) {
  v1::Bill message;
  message.set_account_id(bill.account.value());
  message.set_bill_id(bill.bill_id);
  message.set_cycle_id(bill.cycle_id);
  message.set_state(ToProto(bill.state));
  message.set_bill_date(bill.bill_date.ToString());
  message.set_due_date(bill.due_date.ToString());
  message.set_total_cents(bill.total.cents());
  if (bill.IsRebill()) {
    message.set_rebilled_bill_id(bill.rebilled_bill_id);
    message.set_not_charged_cents(rebill::NotCharged(bill).cents());
    for (const auto& [day, amount] : cycle::ByDueDate(bill.plan)) {
      v1::DuePart& part = *message.add_due_parts();
      part.set_due_date(day.ToString());
      part.set_amount_cents(amount.cents());
    }
  }
  if (!bill.segments.empty()) {
    Date from = bill.segments.front().from_date;
    Date to = bill.segments.front().to_date;
    for (const cycle::Segment& segment : bill.segments) {
      from = std::min(from, segment.from_date);
      to = std::max(to, segment.to_date);
    }
    message.set_from_date(from.ToString());
    message.set_to_date(to.ToString());
  }
  for (const cycle::Hold& hold : bill.holds) {
    v1::Hold& added = *message.add_holds();
    added.set_reason(std::string(cycle::HoldReasonName(hold.reason)));
    added.set_service(hold.service);
    added.set_evidence(hold.evidence);
    added.set_at_stake_cents(hold.at_stake.cents());
  }
  return message;
}

v1::Bill ToProtoWithLines(cycle::Bill bill, const rate::Tariff& tariff) {
  cycle::WidenBlocks(tariff, bill);
  v1::Bill message = ToProto(bill);
  for (const cycle::Segment& segment : bill.segments) {
    for (const rate::Line& line : segment.lines) {
      const rate::Schedule& version = VersionOf(tariff, segment, line);
      v1::BillLine& added = *message.add_lines();
      added = ToProto(version, line);
      added.set_estimated(IsEstimated(segment, version, line));
    }
  }
  return message;
}

const rate::Schedule& VersionOf(const rate::Tariff& tariff, const cycle::Segment& segment,
                                const rate::Line& line) {
  if (!segment.as_months) return *tariff.Version(segment.schedule_code, line.effective_date);
  const auto all = segment.as_months->all();
  return *std::find_if(all.begin(), all.end(), [&](const rate::Schedule& version) {
    return version.effective_date == line.effective_date;
  });
}

bool IsEstimated(const cycle::Segment& segment, const rate::Schedule& schedule,
                 const rate::Line& line) {
  const auto index = static_cast<std::size_t>(line.component);
  return segment.estimated && schedule.components[index].kind == rate::ComponentKind::kTiers;
}

v1::BillLine ToProto(const rate::Schedule& schedule, const rate::Line& line) {
  v1::BillLine message;
  message.set_service(schedule.service);
  message.set_description(rate::Description(schedule, line));
  message.set_quantity(rate::QuantityText(schedule, line));
  message.set_rate(rate::RateText(schedule, line));
  message.set_amount_cents(line.amount.cents());
  return message;
}

}  // namespace reeve::billing::bill
