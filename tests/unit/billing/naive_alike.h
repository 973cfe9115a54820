// Which components of two versions are the same ones, and which cost the same: the second pricing's
// own reading of it.
#pragma once

#include <algorithm>

#include "services/billing/rate/rate.h"

namespace reeve::billing {

// Whether the components of two versions are the same ones, whatever they cost.
inline bool AreAlike(const rate::Schedule& a, const rate::Schedule& b) {
  rate::Terms terms = a.terms;
  terms.effect = b.terms.effect;
  terms.split_step_thousandths = b.terms.split_step_thousandths;
  if (!(terms == b.terms) || a.components.size() != b.components.size()) return false;
  for (std::size_t i = 0; i < a.components.size(); ++i) {
    if (a.components[i].name != b.components[i].name) return false;
    if (a.components[i].of != b.components[i].of) return false;
  }
  return true;
}
inline bool GoesByChangedLoad(const rate::Schedule& a, const rate::Schedule& b, std::size_t index) {
  const std::vector<rate::Tier>& tiers = b.components[index].tiers;
  if (std::none_of(tiers.begin(), tiers.end(),
                   [](const rate::Tier& tier) { return tier.of == rate::BoundOf::kLoad; })) {
    return false;
  }
  for (std::size_t i = 0; i < index; ++i) {
    rate::Component was = a.components[i];
    was.from_rider = b.components[i].from_rider;
    if (b.components[i].kind == rate::ComponentKind::kDemand && !(was == b.components[i]))
      return true;
  }
  return false;
}
// Whether one of them is charged otherwise in the later of two such versions: itself, what is of
// it, or the demand by whose load its blocks go.
inline bool Changes(const rate::Schedule& a, const rate::Schedule& b, std::size_t index) {
  rate::Component was = a.components[index];
  const rate::Component& is = b.components[index];
  was.from_rider = is.from_rider;
  if (!(was == is)) return true;
  if (GoesByChangedLoad(a, b, index)) return true;
  for (std::size_t i = index + 1; i < b.components.size(); ++i) {
    const rate::Component& above = b.components[i];
    const bool of = above.of.empty() ||
                    std::find(above.of.begin(), above.of.end(), static_cast<std::int64_t>(index)) !=
                        above.of.end();
    const bool sums = above.kind == rate::ComponentKind::kPercent ||
                      above.kind == rate::ComponentKind::kMinimum ||
                      above.kind == rate::ComponentKind::kMaximum ||
                      above.kind == rate::ComponentKind::kRoundOff;
    if (of && sums && Changes(a, b, i)) return true;
  }
  return false;
}

}  // namespace reeve::billing
