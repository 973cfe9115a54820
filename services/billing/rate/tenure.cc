#include "services/billing/rate/tenure.h"

#include <algorithm>

namespace reeve::billing::rate {
namespace {

// From which day on a version prices, and how it divides use, is the newest's to say.
bool SameTerms(Terms before, const Terms& after) {
  before.effect = after.effect;
  before.split_step_thousandths = after.split_step_thousandths;
  return before == after;
}

bool SamePlaces(const Schedule& before, const Schedule& after) {
  return SameTerms(before.terms, after.terms) &&
         std::equal(before.components.begin(), before.components.end(), after.components.begin(),
                    after.components.end(), [](const Component& a, const Component& b) {
                      return a.name == b.name && a.of == b.of;
                    });
}

// A rider's next value may be what the last was.
bool ChargesAlike(Component before, const Component& after) {
  before.from_rider = after.from_rider;
  return before == after;
}

bool GoesByLoad(const Component& component) {
  return std::any_of(component.tiers.begin(), component.tiers.end(),
                     [](const Tier& tier) { return tier.of == BoundOf::kLoad; });
}

}  // namespace

std::vector<bool> ChangesBetween(const Schedule& before, const Schedule& after) {
  if (!SamePlaces(before, after)) return {};
  const std::size_t count = before.components.size();
  std::vector<bool> changes(count);
  bool load_changes = false;
  for (std::size_t i = 0; i < count; ++i) {
    const Component& component = after.components[i];
    changes[i] =
        !ChargesAlike(before.components[i], component) || (load_changes && GoesByLoad(component));
    load_changes = load_changes || (changes[i] && component.kind == ComponentKind::kDemand);
  }
  for (std::size_t i = count; i > 0; --i) {
    const Component& component = after.components[i - 1];
    if (!changes[i - 1] || !IsOfLines(component.kind)) continue;
    for (std::size_t of = 0; of + 1 < i; ++of) {
      const bool named =
          component.of.empty() || std::find(component.of.begin(), component.of.end(),
                                            static_cast<std::int64_t>(of)) != component.of.end();
      changes[of] = changes[of] || named;
    }
  }
  return changes;
}

}  // namespace reeve::billing::rate
