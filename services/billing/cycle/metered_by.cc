#include "services/billing/cycle/metered_by.h"

#include <algorithm>

#include "shared/core/quantity.h"
#include "shared/core/rounding.h"

namespace reeve::billing::cycle {
namespace {

std::string SizeOf(const Segment& segment) {
  return segment.meters.empty() ? std::string() : segment.meters.back().meter.size;
}

}  // namespace

std::optional<OtherUse> UseOfOther(std::span<const Segment* const> metered, const OtherDays& days) {
  if (metered.empty()) return std::nullopt;
  OtherUse other;
  other.to_date = days.from_date;
  other.meter_size = SizeOf(*metered.front());
  for (const Segment* segment : metered) {
    const Date begin =
        days.begins ? std::max(segment->from_date, days.from_date) : segment->from_date;
    const Date end = std::min(segment->to_date, days.stopped.value_or(segment->to_date));
    other.to_date = std::max(other.to_date, end);
    if (end <= begin) continue;
    const Wide part = Wide{segment->use.usage_thousandths} * (end - begin);
    other.usage_thousandths += static_cast<std::int64_t>(
        DivideRounded(part, segment->to_date - segment->from_date, Rounding::kHalfUp));
    if (other.usage_thousandths > Quantity::kMaxThousandths) return std::nullopt;
    other.estimated = other.estimated || segment->estimated;
    if (SizeOf(*segment) != other.meter_size) other.meter_size.clear();
  }
  if (other.to_date <= days.from_date) return std::nullopt;
  return other;
}

}  // namespace reeve::billing::cycle
