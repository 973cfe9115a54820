#include "services/billing/rate/billed.h"

#include <algorithm>
#include <limits>

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;
constexpr std::int64_t kNanosPerOne = 1'000'000'000;

}  // namespace

Fraction Least(Fraction a, Fraction b) {
  return a.in_range() && b.in_range() && a.IsLess(b) ? a : b;
}

Fraction Greatest(Fraction a, Fraction b) {
  return a.in_range() && b.in_range() && b.IsLess(a) ? a : b;
}

Fraction Billed(const Component& component, Fraction quantity) {
  if (component.factor) {
    quantity = quantity.Times(Fraction(component.factor->nanos(), kNanosPerOne));
  }
  if (!component.step || !quantity.in_range()) return quantity;
  // Rounded once: 1.4996 steps are not 1.500 first.
  const Step& step = *component.step;
  Wide over = 0;
  if (__builtin_mul_overflow(quantity.denominator(), step.thousandths, &over)) {
    return Fraction::OutOfRange();
  }
  return DivideRounded(quantity.numerator(), over, step.rounding) * step.thousandths;
}

Fraction Limited(const Component& component, Fraction quantity, Fraction width) {
  if (component.at_least_thousandths) {
    quantity = Greatest(quantity, width.Times(*component.at_least_thousandths));
  }
  if (component.cap_thousandths) {
    const Fraction cap = width.Times(*component.cap_thousandths);
    if (cap.in_range()) quantity = Least(quantity, cap);  // else it is above all use
  }
  return quantity;
}

std::string_view BilledLoad(const Component& component, const Facts& facts, Fraction& load) {
  const auto found =
      std::find_if(facts.demands.begin(), facts.demands.end(),
                   [&](const ByPeriod& one) { return one.period == component.period; });
  if (found == facts.demands.end()) return "load of the period";
  Wide thousandths = found->thousandths;
  if (component.power_factor) {
    if (!facts.power_factor) return "power factor";
    if (*facts.power_factor < *component.power_factor) {
      thousandths = DivideRounded(thousandths * component.power_factor->nanos(),
                                  facts.power_factor->nanos(), Rounding::kHalfUp);
    }
  }
  if (component.ratchet) {
    const auto months = std::min<std::size_t>(
        static_cast<std::size_t>(component.ratchet->month_count), facts.earlier_demands.size());
    for (const std::int64_t earlier : facts.earlier_demands.first(months)) {
      thousandths =
          std::max(thousandths, DivideRounded(Wide{earlier} * component.ratchet->fraction.nanos(),
                                              kNanosPerOne, Rounding::kHalfUp));
    }
  }
  load = Billed(component, thousandths);
  if (component.unit && facts.quantity_thousandths <= 0) return UnitName(*component.unit);
  if (component.at_least_thousandths) {
    const Fraction each = component.unit ? Fraction(facts.quantity_thousandths, kOne) : Fraction();
    load = Greatest(load, each.Times(*component.at_least_thousandths));
  }
  return {};
}

std::optional<std::int64_t> Thousandths(Fraction exact) {
  if (!exact.in_range()) return std::nullopt;
  const Wide rounded = DivideRounded(exact.numerator(), exact.denominator(), Rounding::kHalfUp);
  if (rounded > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(rounded);
}

Fraction IndoorBudget(const WaterBudget& budget, const BudgetFacts& facts, std::int64_t day_count) {
  return Fraction(budget.gallons_a_day_thousandths, budget.gallons_a_unit_thousandths)
      .Times(facts.people)
      .Times(day_count)
      .Times(kOne);
}

Fraction OutdoorBudget(const WaterBudget& budget, const BudgetFacts& facts) {
  // 0.62 gallons are an inch on a square foot.
  return Fraction(budget.landscape_factor.nanos(), kNanosPerOne)
      .Times(Fraction(facts.inches_thousandths, kOne))
      .Times(facts.square_feet)
      .Times(Fraction(62, 100))
      .Times(Fraction(kOne * kOne, budget.gallons_a_unit_thousandths));
}

}  // namespace reeve::billing::rate
