#include "services/billing/cycle/months.h"

#include <algorithm>
#include <utility>

#include "services/billing/derived_id.h"

namespace reeve::billing::cycle {
namespace {

using rate::Proration;

bool IsProrated(const rate::Schedule& version, Date from_date, Date to_date) {
  const Proration& proration = version.terms.proration;
  const std::int64_t days = rate::CountDays(version.terms.day_count, from_date, to_date);
  return proration.when == Proration::When::kAlways ||
         (proration.when == Proration::When::kOutside &&
          (days < proration.days_min || days > proration.days_max));
}

// By itself, or with the meter that measures it.
bool IsHeldAsLong(const Bill& bill, const Segment& segment) {
  return segment.HasUse() &&
         std::any_of(bill.holds.begin(), bill.holds.end(), [&](const Hold& hold) {
           return hold.reason == HoldReason::kLongPeriod &&
                  (hold.service == segment.service || hold.service == segment.metered_by);
         });
}

}  // namespace

rate::Versions AsMonths(const rate::Versions& versions, Date from_date, Date to_date,
                        std::int64_t month_days) {
  rate::Versions months;
  for (rate::Schedule version : versions.all()) {
    // A month's price that counts whole periods goes on counting them.
    if (!IsProrated(version, from_date, to_date)) {
      version.terms.proration = {Proration::When::kAlways, 0, 0, month_days, 1};
      for (rate::Component& component : version.components) {
        if (component.per == rate::Per::kMonth) component.per = rate::Per::kBill;
      }
    }
    for (rate::Component& component : version.components) {
      const bool of_bill =
          component.kind == rate::ComponentKind::kTiers &&
          (component.widths == rate::Widths::kBill || component.widths == rate::Widths::kMonth);
      if (of_bill) component.widths = rate::Widths::kMonth;
    }
    months.Add(std::move(version));
  }
  return months;
}

const rate::Versions* VersionsOf(const rate::Tariff& tariff, const Segment& segment) {
  return segment.as_months ? segment.as_months.get() : tariff.Find(segment.schedule_code);
}

void WidenBlocks(const rate::Tariff& tariff, Bill& bill) {
  for (Segment& segment : bill.segments) {
    const rate::Versions* versions = tariff.Find(segment.schedule_code);
    if (segment.month_days == 0 || versions == nullptr) continue;
    segment.as_months = std::make_shared<const rate::Versions>(
        AsMonths(*versions, segment.from_date, segment.to_date, segment.month_days));
  }
}

std::optional<Segment> SegmentAsMonths(const Run& run, const rate::Tariff& tariff, Segment segment,
                                       std::int64_t month_days) {
  segment.month_days = month_days;
  Result<std::vector<rate::Line>> lines = PriceSegment(tariff, segment, run.PricedOn(), run.kind);
  if (!lines.ok()) return std::nullopt;
  const auto amount = Sum(*lines, [](const rate::Line& line) { return line.amount; });
  if (!amount.ok()) return std::nullopt;
  segment.lines = std::move(lines).value();
  segment.amount = *amount;
  return segment;
}

std::optional<Bill> BillAsMonths(const Run& run, const rate::Tariff& tariff, const Bill& held,
                                 std::int64_t month_days) {
  Bill bill = held;
  bill.bill_id = MonthsBillId(held.cycle_id, held.account);
  bill.state = BillState::kCalculated;
  bill.holds.clear();
  std::int64_t less = 0;
  for (Segment& segment : bill.segments) {
    if (!IsHeldAsLong(held, segment)) continue;
    std::optional<Segment> months = SegmentAsMonths(run, tariff, segment, month_days);
    if (!months || months->amount >= segment.amount || months->amount.is_negative()) continue;
    less += segment.amount.cents() - months->amount.cents();
    segment = *std::move(months);
  }
  if (less == 0) return std::nullopt;
  bill.total = Money::Cents(held.total.cents() - less);
  return bill;
}

std::int64_t MonthsBillId(std::int64_t cycle_id, AccountId account) {
  return DerivedId("bill-as-months", cycle_id, account.value());
}

}  // namespace reeve::billing::cycle
