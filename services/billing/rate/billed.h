// What a component bills of a quantity, before it is shared by days: exact, but where the component
// says that it is rounded to steps.
#pragma once

#include <optional>
#include <string_view>

#include "services/billing/rate/fraction.h"
#include "services/billing/rate/price.h"

namespace reeve::billing::rate {

Fraction Least(Fraction a, Fraction b);
Fraction Greatest(Fraction a, Fraction b);

// A quantity in thousandths, times its factor, in whole steps.
Fraction Billed(const Component& component, Fraction quantity);

// At least and at most what the component says, which grows as its bounds do.
Fraction Limited(const Component& component, Fraction quantity, Fraction width);

// The load that a demand component bills, in thousandths. Says what is not known of it, or nothing.
std::string_view BilledLoad(const Component& component, const Facts& facts, Fraction& load);

// A customer's water budget in thousandths of units of use: the indoor part of some days, and the
// outdoor part of the period.
Fraction IndoorBudget(const WaterBudget& budget, const BudgetFacts& facts, std::int64_t day_count);
Fraction OutdoorBudget(const WaterBudget& budget, const BudgetFacts& facts);

// Rounded to the nearest, a half up: a budget has three decimals. Nothing if that is out of range.
std::optional<std::int64_t> Thousandths(Fraction exact);

}  // namespace reeve::billing::rate
