#include "services/billing/rate/line_words.h"

#include <numeric>

#include "shared/core/decimal.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;

std::string Thousandths(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

const Component& ComponentOf(const Schedule& version, const Line& line) {
  return version.components[static_cast<std::size_t>(line.component)];
}

bool IsTiered(const Component& component) { return !component.tiers.empty(); }

// What the blocks of a component are blocks of.
std::string_view BlockUnit(const Schedule& version, const Component& component) {
  if (component.kind == ComponentKind::kDemand) return UnitName(Unit::kKilowatt);
  if (component.kind == ComponentKind::kWinterAverage ||
      component.kind == ComponentKind::kPerUnit) {
    return UnitName(*component.unit);
  }
  return version.usage_unit ? UnitName(*version.usage_unit) : "";
}

// "413.793103": six decimals, rounded, where a fraction has no end.
std::string Decimal(std::int64_t thousandths, std::int64_t divisor) {
  if (divisor == 1) return Thousandths(thousandths);
  const Wide millionths = DivideRounded(Wide{thousandths} * 1'000, divisor, Rounding::kHalfUp);
  return PrintDecimal(static_cast<std::int64_t>(millionths), 6, 0);
}

// "348/365": the fraction in lowest terms, or the decimal number that it is.
std::string FractionText(const Line& line) {
  if (line.quantity_divisor == 1) return Thousandths(line.quantity_thousandths);
  const std::int64_t whole = kOne * line.quantity_divisor;
  const std::int64_t common = std::gcd(whole, line.quantity_thousandths);
  return std::to_string(line.quantity_thousandths / common) + "/" + std::to_string(whole / common);
}

std::string_view PerName(Per per) {
  return per == Per::kBill ? "bill" : per == Per::kDay ? "day" : "month";
}

// How often a price was charged: "once a bill", "29 days", "19/30 of a month".
std::string Times(Per per, const Line& line) {
  if (per == Per::kDay) return std::to_string(line.day_count) + " days";
  if (line.quantity_thousandths == kOne * line.quantity_divisor) {
    return "once a " + std::string(PerName(per));
  }
  return FractionText(line) + " of a " + std::string(PerName(per));
}

// " plus 3000, at least 5000": what of a bound is not the customer's.
std::string PartsText(const Tier& tier) {
  std::string text;
  if (tier.plus_thousandths != 0) text += " plus " + Thousandths(tier.plus_thousandths);
  if (tier.at_least_thousandths) text += ", at least " + Thousandths(*tier.at_least_thousandths);
  if (tier.at_most_thousandths) text += ", at most " + Thousandths(*tier.at_most_thousandths);
  return text;
}

// "500", "200 for each kW", "1.33 of the water budget".
std::string BoundText(const Tier& tier) {
  const std::string bound = Thousandths(*tier.up_to_thousandths);
  switch (tier.of) {
    case BoundOf::kUnits:
      return bound + PartsText(tier);
    case BoundOf::kLoad:
      return bound + " for each kW" + PartsText(tier);
    case BoundOf::kIndoor:
      return bound + " of the indoor budget";
    case BoundOf::kBudget:
      return bound + " of the water budget";
  }
  return bound;
}

std::string TierBasis(const Schedule& version, std::span<const Line> lines, const Line& line) {
  const Component& component = ComponentOf(version, line);
  const std::string unit(BlockUnit(version, component));
  if (component.blocks == Blocks::kPrice) return Times(component.per, line);
  // What the blocks add up to: fractions without an end are rounded.
  constexpr Wide kFine = 1'000'000'000;
  Wide sum = 0;
  for (const Line& other : lines) {
    if (other.component == line.component && other.effective_date == line.effective_date) {
      sum += DivideRounded(Wide{other.quantity_thousandths} * kFine, other.quantity_divisor,
                           Rounding::kHalfUp);
    }
  }
  const Wide total = DivideRounded(sum, kFine, Rounding::kHalfUp);
  std::string basis = Decimal(line.quantity_thousandths, line.quantity_divisor) + " of " +
                      Thousandths(static_cast<std::int64_t>(total)) + " " + unit;
  if (component.tiers.size() == 1) return basis;
  const auto tier = static_cast<std::size_t>(line.tier);
  basis += " lie";
  if (tier > 0) basis += " above " + BoundText(component.tiers[tier - 1]);
  if (component.tiers[tier].up_to_thousandths) {
    if (tier > 0) basis += " and";
    basis += " up to " + BoundText(component.tiers[tier]);
  }
  if (component.unit && component.kind == ComponentKind::kTiers) {
    basis += " for each " + std::string(UnitName(*component.unit));
  }
  switch (component.widths) {
    case Widths::kBill:
      break;
    case Widths::kDay:
      return basis + " a day, over " + std::to_string(line.day_count) + " days";
    case Widths::kThirtyDays:
      return basis + " in 30 days, over " + std::to_string(line.day_count) + " days";
    case Widths::kMonth:
      return basis + " a month, over " + std::to_string(line.day_count) + " days";
  }
  return basis;
}

}  // namespace

std::string Description(const Schedule& version, const Line& line) {
  const Component& component = ComponentOf(version, line);
  const auto tier = static_cast<std::size_t>(line.tier);
  if (component.kind == ComponentKind::kNotLoaded) return component.name + ": not loaded";
  if (component.kind == ComponentKind::kMeterSize) {
    return component.name + " (" + component.sizes[tier].size + ")";
  }
  if (component.tiers.size() < 2) return component.name;
  std::string range;
  if (tier > 0) range = "over " + BoundText(component.tiers[tier - 1]);
  if (component.tiers[tier].up_to_thousandths) {
    range += (tier > 0 ? " to " : "first ") + BoundText(component.tiers[tier]);
  }
  std::string unit(BlockUnit(version, component));
  if (component.widths == Widths::kDay) unit += " a day";
  if (component.widths == Widths::kThirtyDays) unit += " in 30 days";
  if (component.widths == Widths::kMonth) unit += " a month";
  return component.name + " (" + range + " " + unit + ")";
}

std::string QuantityText(const Schedule& version, const Line& line) {
  const Component& component = ComponentOf(version, line);
  const std::string quantity = Decimal(line.quantity_thousandths, line.quantity_divisor);
  if (component.kind == ComponentKind::kRoundOff) return {};
  if (component.kind == ComponentKind::kPercent) {
    return "$" + PrintDecimal(line.quantity_thousandths, 3, 2);
  }
  const bool whole = line.quantity_thousandths == kOne && line.quantity_divisor == 1;
  if (component.blocks == Blocks::kPrice) {
    return whole ? "" : quantity + " " + std::string(PerName(component.per));
  }
  if (IsTiered(component)) return quantity + " " + std::string(BlockUnit(version, component));
  if (component.unit) return quantity + " " + std::string(UnitName(*component.unit));
  if (component.kind == ComponentKind::kNotLoaded || (whole && component.per != Per::kDay)) {
    return {};
  }
  return quantity + " " + std::string(PerName(component.per));
}

std::string RateText(const Schedule& version, const Line& line) {
  const ComponentKind kind = ComponentOf(version, line).kind;
  if (kind == ComponentKind::kNotLoaded || kind == ComponentKind::kRoundOff) return {};
  return line.rate.ToString();
}

std::string Basis(const Schedule& version, std::span<const Line> lines, const Line& line) {
  const Component& component = ComponentOf(version, line);
  switch (component.kind) {
    case ComponentKind::kTiers:
    case ComponentKind::kDemand:
    case ComponentKind::kWinterAverage:
      return TierBasis(version, lines, line);
    case ComponentKind::kPerUnit:
      if (!component.tiers.empty()) return TierBasis(version, lines, line);
      return QuantityText(version, line) + " of the agreement";
    case ComponentKind::kPercent:
      return (component.of.empty() ? "of the lines above, " : "of lines above, ") +
             QuantityText(version, line);
    case ComponentKind::kNotLoaded:
      return "named by the schedule, its value is not known";
    case ComponentKind::kMinimum:
      return "what the lines above lack of the minimum";
    case ComponentKind::kMaximum:
      return "what the lines above have more than the maximum";
    case ComponentKind::kRoundOff:
      return "the lines above, added up before they are rounded";
    case ComponentKind::kFixed:
    case ComponentKind::kMeterSize:
      break;
  }
  if (component.unit) return QuantityText(version, line) + " of the agreement";
  return Times(component.per, line);
}

std::string Formula(const Schedule& version, const Line& line) {
  const Component& component = ComponentOf(version, line);
  if (component.kind == ComponentKind::kNotLoaded) return {};
  // nanos x thousandths has twelve decimals; dollars and fraction are printed apart so that no
  // digit of the product is lost in 64 bits.
  const Wide product = Wide{line.rate.nanos()} * line.quantity_thousandths;
  const Wide quotient = product / line.quantity_divisor;
  const Wide magnitude = quotient < 0 ? -quotient : quotient;
  constexpr std::int64_t kDollar = 1'000'000'000'000;
  std::string text = FractionText(line) + " x " + line.rate.ToString() + " = " +
                     (product < 0 ? "-" : "") +
                     std::to_string(static_cast<std::int64_t>(magnitude / kDollar)) +
                     PrintDecimal(static_cast<std::int64_t>(magnitude % kDollar), 12, 2).substr(1);
  if (product % line.quantity_divisor != 0) text += "...";
  if (IsOfLines(component.kind) && component.kind != ComponentKind::kPercent) {
    Terms terms = version.terms;
    if (component.round_to_cents != 0) terms.round_to_cents = component.round_to_cents;
    const Result<Money> least =
        LineAmount(terms, line.rate, line.quantity_thousandths, line.quantity_divisor);
    const std::int64_t above = least.value().cents() - line.amount.cents();
    text += ", less " + Money::Cents(above).ToString();
  }
  return text;
}

}  // namespace reeve::billing::rate
