#include "services/billing/rate/rate.h"

#include <algorithm>
#include <limits>

#include "shared/core/decimal.h"

namespace reeve::billing::rate {
namespace {

constexpr std::int64_t kOne = Quantity::kScale;

// A dollar amount as a quantity of dollars: a cent is ten thousandths.
constexpr std::int64_t kThousandthsPerCent = 10;

std::string Thousandths(std::int64_t thousandths) { return PrintDecimal(thousandths, 3, 0); }

const Component& ComponentOf(const Schedule& schedule, const Line& line) {
  return schedule.components[static_cast<std::size_t>(line.component)];
}

std::string_view UsageUnit(const Schedule& schedule) {
  return schedule.usage_unit ? UnitName(*schedule.usage_unit) : "";
}

void ValidateTiers(const std::vector<Tier>& tiers, const std::string& field, Fields& fields) {
  if (tiers.empty()) fields.Refuse(field, "needs a last tier without an upper bound");
  std::int64_t lower = 0;
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const std::string tier = field + "[" + std::to_string(i) + "].up_to";
    const bool last = i + 1 == tiers.size();
    if (tiers[i].up_to_thousandths.has_value() == last) {
      fields.Refuse(tier, last ? "the last tier has no upper bound" : "is required");
    } else if (!last && *tiers[i].up_to_thousandths <= lower) {
      fields.Refuse(tier, "does not rise");
    } else if (!last) {
      lower = *tiers[i].up_to_thousandths;
    }
  }
}

void ValidateComponent(const Schedule& schedule, std::size_t index, Fields& fields) {
  const Component& component = schedule.components[index];
  const std::string field = "components[" + std::to_string(index) + "]";
  const bool tiered = component.kind == ComponentKind::kTiers;
  if (component.name.empty()) fields.Refuse(field + ".name", "is required");
  if (component.rate.nanos() < 0) fields.Refuse(field + ".rate", "is negative");
  if (tiered) ValidateTiers(component.tiers, field + ".tiers", fields);
  if (!tiered && !component.tiers.empty()) fields.Refuse(field + ".tiers", "belong to TIERS");
  if (tiered && !schedule.usage_unit) fields.Refuse("usage_unit", "is required for TIERS");
  for (const Tier& tier : component.tiers) {
    if (tier.rate.nanos() < 0) fields.Refuse(field + ".tiers", "a rate is negative");
  }
  if ((component.kind == ComponentKind::kPerUnit) != component.unit.has_value()) {
    fields.Refuse(field + ".unit", component.unit ? "belongs to PER_UNIT" : "is required");
  }
  if (component.kind == ComponentKind::kPercent && index == 0) {
    fields.Refuse(field + ".kind", "a percentage needs lines above it");
  }
}

// What one component contributes: quantity by quantity, in the order of printing.
Result<> Add(std::vector<Line>& lines, Line line) {
  REEVE_ASSIGN_OR_RETURN(line.amount, LineAmount(line.rate, line.quantity_thousandths));
  lines.push_back(line);
  return Ok();
}

Result<> AddTiers(std::vector<Line>& lines, const Component& component, std::int64_t index,
                  std::int64_t usage) {
  std::int64_t lower = 0;
  for (std::size_t i = 0; i < component.tiers.size() && usage > lower; ++i) {
    const Tier& tier = component.tiers[i];
    const std::int64_t upper =
        tier.up_to_thousandths.value_or(std::numeric_limits<std::int64_t>::max());
    REEVE_RETURN_IF_ERROR(Add(lines, {.component = index,
                                      .tier = static_cast<std::int64_t>(i),
                                      .quantity_thousandths = std::min(usage, upper) - lower,
                                      .rate = tier.rate}));
    lower = upper;
  }
  return Ok();
}

}  // namespace

void Validate(const Schedule& schedule, Fields& fields) {
  if (schedule.components.empty()) fields.Refuse("components", "at least one is required");
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    ValidateComponent(schedule, i, fields);
  }
  if (schedule.guard.usage_ratio_max_hundredths < 0) {
    fields.Refuse("guard.usage_ratio_max_hundredths", "is negative");
  }
  if (schedule.guard.usage_per_day_max_thousandths < 0) {
    fields.Refuse("guard.usage_per_day_max_thousandths", "is negative");
  }
}

std::string_view NotLoaded(const Schedule& schedule) {
  for (const Component& component : schedule.components) {
    if (component.kind == ComponentKind::kNotLoaded) return component.name;
  }
  return {};
}

Tariff::Tariff(std::vector<Schedule> schedules) {
  for (Schedule& schedule : schedules) {
    versions_[schedule.code].emplace(schedule.effective_date, std::move(schedule));
  }
}

const Schedule* Tariff::InForce(const std::string& code, Date day) const {
  const auto found = versions_.find(code);
  if (found == versions_.end()) return nullptr;
  auto after = found->second.upper_bound(day);
  return after == found->second.begin() ? nullptr : &std::prev(after)->second;
}

const Schedule* Tariff::Version(const std::string& code, Date effective_date) const {
  const auto found = versions_.find(code);
  if (found == versions_.end()) return nullptr;
  const auto version = found->second.find(effective_date);
  return version == found->second.end() ? nullptr : &version->second;
}

Result<Money> LineAmount(Rate rate, std::int64_t quantity_thousandths) {
  // The unit does not enter the product.
  return rate.Times(Quantity::Thousandths(Unit::kMonth, quantity_thousandths), Rounding::kHalfUp);
}

Result<std::vector<Line>> Price(const Schedule& schedule, const Use& use) {
  std::vector<Line> lines;
  Money subtotal;
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    const Component& component = schedule.components[i];
    const auto index = static_cast<std::int64_t>(i);
    const std::size_t before = lines.size();
    switch (component.kind) {
      case ComponentKind::kFixed:
        REEVE_RETURN_IF_ERROR(Add(lines, {index, 0, kOne, component.rate, {}}));
        break;
      case ComponentKind::kTiers:
        REEVE_RETURN_IF_ERROR(AddTiers(lines, component, index, use.usage_thousandths));
        break;
      case ComponentKind::kPerUnit:
        if (use.quantity_thousandths > 0) {
          REEVE_RETURN_IF_ERROR(
              Add(lines, {index, 0, use.quantity_thousandths, component.rate, {}}));
        }
        break;
      case ComponentKind::kPercent:
        REEVE_RETURN_IF_ERROR(
            Add(lines, {index, 0, subtotal.cents() * kThousandthsPerCent, component.rate, {}}));
        break;
      case ComponentKind::kNotLoaded:
        lines.push_back({.component = index});
        break;
    }
    for (std::size_t line = before; line < lines.size(); ++line) {
      REEVE_ASSIGN_OR_RETURN(subtotal, subtotal.Plus(lines[line].amount));
    }
  }
  return lines;
}

std::string Description(const Schedule& schedule, const Line& line) {
  const Component& component = ComponentOf(schedule, line);
  if (component.kind == ComponentKind::kNotLoaded) return component.name + ": not loaded";
  if (component.kind != ComponentKind::kTiers || component.tiers.size() == 1) return component.name;
  const auto tier = static_cast<std::size_t>(line.tier);
  std::string range;
  if (tier > 0) range = "over " + Thousandths(*component.tiers[tier - 1].up_to_thousandths);
  if (component.tiers[tier].up_to_thousandths) {
    range += (tier > 0 ? " to " : "first ") + Thousandths(*component.tiers[tier].up_to_thousandths);
  }
  return component.name + " (" + range + " " + std::string(UsageUnit(schedule)) + ")";
}

std::string QuantityText(const Schedule& schedule, const Line& line) {
  const Component& component = ComponentOf(schedule, line);
  const std::string quantity = Thousandths(line.quantity_thousandths);
  switch (component.kind) {
    case ComponentKind::kTiers:
      return quantity + " " + std::string(UsageUnit(schedule));
    case ComponentKind::kPerUnit:
      return quantity + " " + std::string(UnitName(*component.unit));
    case ComponentKind::kPercent:
      return "$" + PrintDecimal(line.quantity_thousandths, 3, 2);
    case ComponentKind::kFixed:
    case ComponentKind::kNotLoaded:
      break;
  }
  return {};
}

std::string RateText(const Schedule& schedule, const Line& line) {
  if (ComponentOf(schedule, line).kind == ComponentKind::kNotLoaded) return {};
  return line.rate.ToString();
}

std::string Basis(const Schedule& schedule, const Line& line, const Use& use) {
  const Component& component = ComponentOf(schedule, line);
  switch (component.kind) {
    case ComponentKind::kFixed:
      return "once a bill";
    case ComponentKind::kPerUnit:
      return QuantityText(schedule, line) + " of the agreement";
    case ComponentKind::kPercent:
      return "of the lines above, " + QuantityText(schedule, line);
    case ComponentKind::kNotLoaded:
      return "named by the schedule, its value is not known";
    case ComponentKind::kTiers:
      break;
  }
  const std::string unit(UsageUnit(schedule));
  const auto tier = static_cast<std::size_t>(line.tier);
  std::string basis = Thousandths(line.quantity_thousandths) + " of " +
                      Thousandths(use.usage_thousandths) + " " + unit;
  if (component.tiers.size() == 1) return basis;
  basis += " lie";
  if (tier > 0) basis += " above " + Thousandths(*component.tiers[tier - 1].up_to_thousandths);
  if (component.tiers[tier].up_to_thousandths) {
    if (tier > 0) basis += " and";
    basis += " up to " + Thousandths(*component.tiers[tier].up_to_thousandths);
  }
  return basis;
}

std::string Formula(const Schedule& schedule, const Line& line) {
  if (ComponentOf(schedule, line).kind == ComponentKind::kNotLoaded) return {};
  // nanos x thousandths has twelve decimals; the two factors are printed apart so that no digit of
  // the product is lost in 64 bits.
  const __int128 product = static_cast<__int128>(line.rate.nanos()) * line.quantity_thousandths;
  constexpr std::int64_t kDollar = 1'000'000'000'000;
  const auto dollars = static_cast<std::int64_t>(product / kDollar);
  const std::string fraction =
      PrintDecimal(static_cast<std::int64_t>(product % kDollar), 12, 2).substr(1);
  return Thousandths(line.quantity_thousandths) + " x " + line.rate.ToString() + " = " +
         std::to_string(dollars) + fraction;
}

}  // namespace reeve::billing::rate
