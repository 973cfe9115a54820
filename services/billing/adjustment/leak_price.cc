#include "services/billing/adjustment/leak_price.h"

#include <algorithm>

#include "shared/core/decimal.h"

namespace reeve::billing::adjustment {
namespace {

// Only a measured segment has use.
bool IsMeasured(const cycle::Segment& segment, std::string_view service) {
  return segment.service == service && segment.use.usage_thousandths > 0;
}

// So much less use; of several meters, those of the largest use first.
void TakeUse(cycle::Segment& segment, std::int64_t taken_thousandths) {
  segment.use.usage_thousandths -= taken_thousandths;
  std::vector<cycle::MeterUse*> meters;
  for (cycle::MeterUse& one : segment.meters) meters.push_back(&one);
  std::stable_sort(meters.begin(), meters.end(), [](const auto* a, const auto* b) {
    return a->usage_thousandths > b->usage_thousandths;
  });
  for (cycle::MeterUse* one : meters) {
    const std::int64_t taken = std::min(taken_thousandths, one->usage_thousandths);
    one->usage_thousandths -= taken;
    taken_thousandths -= taken;
  }
}

}  // namespace

std::optional<UsePeriod> PeriodOf(const cycle::Bill& bill, std::string_view service) {
  std::optional<UsePeriod> period;
  for (const cycle::Segment& segment : bill.segments) {
    if (!IsMeasured(segment, service)) continue;
    if (!period) period = UsePeriod{segment.from_date, segment.to_date, 0};
    period->from_date = std::min(period->from_date, segment.from_date);
    period->to_date = std::max(period->to_date, segment.to_date);
    period->usage_thousandths += segment.use.usage_thousandths;
  }
  return period;
}

Result<Money> WorthOf(const rate::Tariff& tariff, const LeakBill& leak, std::string_view service,
                      std::int64_t credited_thousandths) {
  std::vector<cycle::Segment> measured;
  for (const cycle::Segment& segment : leak.bill.segments) {
    if (IsMeasured(segment, service)) measured.push_back(segment);
  }
  std::stable_sort(measured.begin(), measured.end(), [](const auto& a, const auto& b) {
    return a.use.usage_thousandths > b.use.usage_thousandths;
  });
  Money worth;
  for (cycle::Segment& segment : measured) {
    const std::int64_t taken = std::min(credited_thousandths, segment.use.usage_thousandths);
    if (taken == 0) break;
    credited_thousandths -= taken;
    TakeUse(segment, taken);
    REEVE_ASSIGN_OR_RETURN(const std::vector<rate::Line> lines,
                           cycle::PriceSegment(tariff, segment, leak.bill.bill_date, leak.kind));
    REEVE_ASSIGN_OR_RETURN(const Money left,
                           Sum(lines, [](const rate::Line& line) { return line.amount; }));
    REEVE_ASSIGN_OR_RETURN(const Money difference, segment.amount.Minus(left));
    REEVE_ASSIGN_OR_RETURN(worth, worth.Plus(difference));
  }
  return worth;
}

Result<std::vector<LeakLine>> PriceLeak(const LeakRule& rule, std::string_view service,
                                        const rate::Tariff& tariff, std::span<const LeakBill> bills,
                                        std::span<const UsePeriod> history,
                                        std::span<const Date> earlier, Date today) {
  std::vector<UsePeriod> periods;
  for (const LeakBill& leak : bills) {
    periods.push_back(PeriodOf(leak.bill, service).value_or(UsePeriod()));
  }
  REEVE_ASSIGN_OR_RETURN(const std::vector<LeakShare> shares,
                         CreditLeak(rule, periods, history, earlier, today));
  std::vector<LeakLine> lines;
  bool is_worth_something = false;
  for (const LeakShare& share : shares) {
    REEVE_ASSIGN_OR_RETURN(const Money amount, WorthOf(tariff, bills[share.period], service,
                                                       share.credited_thousandths));
    is_worth_something = is_worth_something || amount > Money();
    const Wide normal =
        DivideRounded(share.normal_sum_thousandths, rule.normal_count, Rounding::kHalfUp);
    lines.push_back({bills[share.period].bill.bill_id, periods[share.period],
                     static_cast<std::int64_t>(normal), share.credited_thousandths, amount});
  }
  if (!is_worth_something) {
    return FailedPrecondition(reason::kLeakTooSmall, "The credited use is worth nothing.");
  }
  return lines;
}

std::string FindingOf(const LeakLine& line) {
  const auto units = [](std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); };
  return "bill " + std::to_string(line.bill_id) + " to " + line.period.to_date.ToString() +
         ": use " + units(line.period.usage_thousandths) + ", normal " +
         units(line.normal_thousandths) + ", credited " + units(line.credited_thousandths) +
         ", worth " + line.amount.ToString();
}

std::string BasisText(std::span<const LeakLine> lines) {
  std::string text;
  for (const LeakLine& line : lines) {
    text.append(text.empty() ? "" : ",")
        .append(std::to_string(line.bill_id))
        .append("=")
        .append(std::to_string(line.credited_thousandths));
  }
  return text;
}

}  // namespace reeve::billing::adjustment
