#include "services/billing/rate/plan.h"

#include <algorithm>
#include <limits>

#include "services/billing/rate/price.h"
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

Plan::Kind KindOf(const Component& component) {
  switch (component.kind) {
    case ComponentKind::kPerUnit:
      return component.per == Per::kDay ? Plan::Kind::kUnitDays : Plan::Kind::kUnits;
    case ComponentKind::kTiers:
      return Plan::Kind::kBlocks;
    case ComponentKind::kPercent:
      return Plan::Kind::kPercent;
    default:
      return component.per == Per::kDay ? Plan::Kind::kDays : Plan::Kind::kPrice;
  }
}

// The prices of one component as lines. False if a price that never changes is out of range.
bool AddStep(const Schedule& schedule, std::size_t index, Plan& plan) {
  const Component& component = schedule.components[index];
  Plan::Step step;
  step.kind = KindOf(component);
  step.line.effective_date = schedule.effective_date;
  step.line.component = static_cast<std::int64_t>(index);
  step.line.rate = component.rate;
  step.line.quantity_thousandths = Quantity::kScale;
  const Result<Money> once =
      LineAmount(schedule.terms, component.rate, step.line.quantity_thousandths, 1);
  if (!once.ok()) return false;
  step.line.amount = *once;
  step.begin = static_cast<std::uint32_t>(plan.blocks.size());
  for (const Tier& tier : component.tiers) {
    Plan::Block block;
    block.upper_thousandths =
        tier.up_to_thousandths.value_or(std::numeric_limits<std::int64_t>::max());
    block.line = step.line;
    block.line.tier = static_cast<std::int64_t>(plan.blocks.size() - step.begin);
    block.line.rate = tier.rate;
    plan.blocks.push_back(block);
  }
  step.end = static_cast<std::uint32_t>(plan.blocks.size());
  plan.metered = plan.metered || step.kind == Plan::Kind::kBlocks;
  plan.steps.push_back(step);
  return true;
}

}  // namespace

Plan MakePlan(const Schedule& schedule) {
  Plan plan;
  const Terms& terms = schedule.terms;
  plan.effective_date = schedule.effective_date;
  plan.by_bill = terms.effect == Effect::kBill;
  plan.by_use = terms.effect == Effect::kUse;
  plan.more_days = terms.day_count == DayCount::kBoth ? 1 : 0;
  plan.flat = terms.rounding == Rounding::kHalfUp && terms.round_to_cents == 1 &&
              std::all_of(schedule.components.begin(), schedule.components.end(),
                          [&](const Component& one) { return IsFlat(terms, one); });
  for (std::size_t i = 0; plan.flat && i < schedule.components.size(); ++i) {
    plan.flat = AddStep(schedule, i, plan);
  }
  return plan;
}

}  // namespace reeve::billing::rate
