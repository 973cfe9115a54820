#include "services/billing/shadow/charge.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "shared/core/decimal.h"

namespace reeve::billing::shadow {
namespace {

using rate::Line;

// The old lines of one name.
struct OldCharge {
  std::string name;
  std::vector<const OldLine*> lines;
  std::int64_t cents = 0;
};

std::vector<OldCharge> ByName(const std::vector<OldLine>& lines) {
  std::vector<OldCharge> charges;
  for (const OldLine& line : lines) {
    const auto found = std::find_if(charges.begin(), charges.end(), [&](const OldCharge& known) {
      return known.name == line.name;
    });
    OldCharge& charge = found == charges.end() ? charges.emplace_back() : *found;
    charge.name = line.name;
    charge.lines.push_back(&line);
    charge.cents += line.amount.cents();
  }
  return charges;
}

std::int64_t Size(std::int64_t cents) { return cents < 0 ? -cents : cents; }

std::string Dollars(std::int64_t cents) { return PrintDecimal(cents, 2, 2); }

// Quantities in thousandths, rounded; what is 0 is no part. Nothing if a line does not tell its
// own.
std::optional<std::vector<std::int64_t>> PartsOf(const OldCharge& old) {
  std::vector<std::int64_t> parts;
  for (const OldLine* line : old.lines) {
    if (!line->quantity_thousandths) return std::nullopt;
    if (*line->quantity_thousandths != 0) parts.push_back(*line->quantity_thousandths);
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}
std::vector<std::int64_t> PartsOf(const Charge& charge) {
  std::vector<std::int64_t> parts;
  for (const Line& line : charge.lines) {
    const std::int64_t part = static_cast<std::int64_t>(
        DivideRounded(Wide{line.quantity_thousandths}, line.quantity_divisor, Rounding::kHalfUp));
    if (part != 0) parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

std::string Spelled(const std::vector<std::int64_t>& parts) {
  std::string text;
  for (const std::int64_t part : parts) {
    text += (text.empty() ? "" : " + ") + PrintDecimal(part, 3, 0);
  }
  return text.empty() ? "0" : text;
}

std::int64_t SumOf(const std::vector<std::int64_t>& parts) {
  std::int64_t sum = 0;
  for (const std::int64_t part : parts) sum += part;
  return sum;
}

// A percentage of lines that differ by `others_cents` on the old bill: is the old amount what it
// comes to there?
bool Follows(const Charge& charge, std::int64_t old_cents, std::int64_t others_cents) {
  if (!charge.is_percent || charge.lines.size() != 1 || others_cents == 0) return false;
  const Line& line = charge.lines.front();
  const Wide base = line.quantity_thousandths - Wide{others_cents} * 10 * line.quantity_divisor;
  if (base < 0 || base > std::numeric_limits<std::int64_t>::max()) return false;
  const Result<Money> expected = rate::LineAmount(
      charge.terms, line.rate, static_cast<std::int64_t>(base), line.quantity_divisor);
  return expected.ok() && Size(expected->cents() - old_cents) <= 1;
}

// A charge that both sides have and that differs. `others_cents`: what Reeve's other charges are
// above the old ones.
ChargeDifference Judge(const Charge& charge, const OldCharge& old, std::int64_t others_cents) {
  ChargeDifference difference{old.name, Cause::kPrice, charge.cents - old.cents,
                              Dollars(old.cents) + ", Reeve " + Dollars(charge.cents)};
  if (Follows(charge, old.cents, others_cents)) {
    difference.cause = Cause::kTaxFollows;
    return difference;
  }
  const std::optional<std::vector<std::int64_t>> old_parts = PartsOf(old);
  const std::vector<std::int64_t> parts = PartsOf(charge);
  if (old_parts && *old_parts != parts && !charge.is_percent) {
    const bool same_sum = SumOf(*old_parts) == SumOf(parts);
    difference.cause = same_sum ? Cause::kTierSplit : Cause::kQuantity;
    difference.evidence += "; " + Spelled(*old_parts) + ", Reeve " + Spelled(parts);
    return difference;
  }
  const auto lines = static_cast<std::int64_t>(std::max(charge.lines.size(), old.lines.size()));
  if (Size(difference.effect_cents) <= lines) {
    difference.cause = Cause::kRounding;
  } else if (!old_parts && charge.lines.size() != old.lines.size()) {
    difference.cause = Cause::kTierSplit;
    difference.evidence += "; " + std::to_string(old.lines.size()) + " lines, Reeve " +
                           std::to_string(charge.lines.size());
  }
  return difference;
}

}  // namespace

void AddCharges(const rate::Tariff& tariff, const std::string& schedule_code,
                const std::vector<Line>& lines, std::vector<Charge>& charges) {
  for (const Line& line : lines) {
    const rate::Schedule& version = *tariff.Version(schedule_code, line.effective_date);
    const rate::Component& component = version.components[static_cast<std::size_t>(line.component)];
    const auto found = std::find_if(charges.begin(), charges.end(), [&](const Charge& known) {
      return known.name == component.name;
    });
    Charge& charge = found == charges.end() ? charges.emplace_back() : *found;
    charge.name = component.name;
    charge.is_percent = component.kind == rate::ComponentKind::kPercent;
    charge.terms = version.terms;
    charge.cents += line.amount.cents();
    charge.lines.push_back(line);
  }
}

std::vector<ChargeDifference> CompareCharges(const std::vector<Charge>& charges,
                                             const std::vector<OldLine>& old_lines) {
  const std::vector<OldCharge> old_charges = ByName(old_lines);
  std::int64_t whole = 0;
  std::int64_t percent = 0;  // of it, in percentages: a tax is seldom of another one
  const auto find_old = [&](const std::string& name) {
    const auto found = std::find_if(old_charges.begin(), old_charges.end(),
                                    [&](const OldCharge& old) { return old.name == name; });
    return found == old_charges.end() ? nullptr : &*found;
  };
  for (const OldCharge& old : old_charges) whole -= old.cents;
  for (const Charge& charge : charges) {
    whole += charge.cents;
    if (!charge.is_percent) continue;
    const OldCharge* old = find_old(charge.name);
    percent += charge.cents - (old == nullptr ? 0 : old->cents);
  }
  std::vector<ChargeDifference> differences;
  for (const OldCharge& old : old_charges) {
    const auto charge = std::find_if(charges.begin(), charges.end(),
                                     [&](const Charge& one) { return one.name == old.name; });
    if (charge == charges.end()) {
      if (old.cents == 0) continue;
      differences.push_back(
          {old.name, Cause::kLineMissing, -old.cents, "Reeve charges nothing by this name"});
    } else if (charge->cents != old.cents) {
      differences.push_back(Judge(*charge, old, whole - percent));
    }
  }
  for (const Charge& charge : charges) {
    if (charge.cents == 0 || find_old(charge.name) != nullptr) continue;
    differences.push_back({charge.name, Cause::kLineExtra, charge.cents,
                           "the old bill charges nothing by this name"});
  }
  return differences;
}

}  // namespace reeve::billing::shadow
