#include "services/billing/rate/plan.h"

#include <algorithm>
#include <limits>

#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {
namespace {

bool IsFlat(const Terms& terms, const Component& component) {
  if (!component.rider.empty() || component.season || component.rate.nanos() < 0 ||
      !component.for_sizes.empty() || component.factor || component.step ||
      component.at_least_thousandths) {
    return false;
  }
  // A month that is never prorated is a bill.
  const bool month_is_bill = terms.proration.when == Proration::When::kNever;
  const bool whole_price = component.per != Per::kMonth || month_is_bill;
  switch (component.kind) {
    case ComponentKind::kFixed:
      return !component.unit && whole_price;
    case ComponentKind::kPerUnit:
      return whole_price && component.tiers.empty() && !component.cap_thousandths;
    case ComponentKind::kTiers:
      return !component.unit && component.period.empty() && !component.cap_thousandths &&
             component.flow == Flow::kDelivered && component.blocks == Blocks::kEach &&
             (component.widths == Widths::kBill ||
              (component.widths == Widths::kMonth && month_is_bill)) &&
             std::all_of(component.tiers.begin(), component.tiers.end(), [](const Tier& tier) {
               return tier.rate.nanos() >= 0 && tier.of == BoundOf::kUnits;
             });
    case ComponentKind::kPercent:
      return component.of.empty();
    case ComponentKind::kNotLoaded:
    case ComponentKind::kMeterSize:
    case ComponentKind::kDemand:
    case ComponentKind::kWinterAverage:
    case ComponentKind::kMinimum:
    case ComponentKind::kMaximum:
    case ComponentKind::kRoundOff:
      break;
  }
  return false;
}

void AddStep(const Component& component, std::size_t index, Plan& plan) {
  Plan::Step step;
  step.component = static_cast<std::int32_t>(index);
  step.nanos = component.rate.nanos();
  step.each_day = component.per == Per::kDay;
  if (component.kind == ComponentKind::kPerUnit) step.kind = Plan::Kind::kUnits;
  if (component.kind == ComponentKind::kPercent) step.kind = Plan::Kind::kPercent;
  if (component.kind == ComponentKind::kTiers) {
    step.kind = Plan::Kind::kBlocks;
    step.begin = static_cast<std::uint32_t>(plan.blocks.size());
    for (const Tier& tier : component.tiers) {
      plan.blocks.push_back(
          {tier.up_to_thousandths.value_or(std::numeric_limits<std::int64_t>::max()),
           tier.rate.nanos()});
    }
    step.end = static_cast<std::uint32_t>(plan.blocks.size());
    plan.metered = true;
  }
  plan.steps.push_back(step);
}

}  // namespace

Plan MakePlan(const Schedule& schedule) {
  Plan plan;
  const Terms& terms = schedule.terms;
  plan.flat = terms.rounding == Rounding::kHalfUp && terms.round_to_cents == 1 &&
              std::all_of(schedule.components.begin(), schedule.components.end(),
                          [&](const Component& one) { return IsFlat(terms, one); });
  for (std::size_t i = 0; plan.flat && i < schedule.components.size(); ++i) {
    AddStep(schedule.components[i], i, plan);
  }
  return plan;
}

}  // namespace reeve::billing::rate
