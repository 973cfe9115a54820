// What a component bills of use: the second pricing's own reading of factors, steps and limits.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/unit/billing/naive_price.h"

namespace reeve::billing {

struct NaiveUse {
  bool known = false;
  std::int64_t whole = 0;      // of all meters
  Ratio part;                  // of it, on the component's days, in multiples of split_step
  std::vector<Ratio> exactly;  // the same of each group, exactly
  std::vector<bool> taken;     // which groups are the component's
};

// A quantity times its factor, in steps.
inline Ratio Billed(const rate::Component& component, Ratio quantity) {
  if (component.factor) quantity = quantity * Ratio(component.factor->nanos(), 1'000'000'000);
  if (!component.step) return quantity;
  return RoundedCents(quantity, component.step->rounding, component.step->thousandths);
}
// What of a quantity there are blocks of, and by what each is multiplied: use that is billed in
// steps has the blocks of its exact part.
struct NaiveBlocks {
  Ratio quantity;
  Ratio each = 1;
};

// The steps of the whole, each to the group that has most of one and not yet had it.
inline Ratio Steps(const rate::Component& component, const NaiveUse& use, Ratio whole) {
  const std::int64_t step = component.step->thousandths;
  const std::int64_t steps = (whole / Ratio(step)).Floor();
  std::vector<Ratio> rest;
  std::int64_t left = steps;
  Ratio taken;
  for (std::size_t i = 0; i < use.exactly.size(); ++i) {
    const Ratio exact = Ratio(steps) * (use.exactly[i] / Ratio(use.whole));
    left -= exact.Floor();
    rest.push_back(exact - Ratio(exact.Floor()));
    if (use.taken[i]) taken = taken + Ratio(exact.Floor());
  }
  for (; left > 0; --left) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (rest[best] < rest[i]) best = i;
    }
    rest[best] = Ratio(-1);
    if (use.taken[best]) taken = taken + Ratio(1);
  }
  return taken * Ratio(step);
}
inline NaiveBlocks BlocksOf(const rate::Component& component, const NaiveUse& use) {
  const Ratio whole = Billed(component, use.whole);
  const bool all = std::all_of(use.taken.begin(), use.taken.end(), [](bool one) { return one; });
  if (all) return {whole, 1};
  Ratio exactly;
  for (std::size_t i = 0; i < use.taken.size(); ++i) {
    if (use.taken[i]) exactly = exactly + use.exactly[i];
  }
  if (use.whole > 0 && exactly == Ratio(use.whole)) return {whole, 1};
  if (exactly == Ratio()) return {component.step ? Ratio() : Billed(component, use.part), 1};
  if (!component.step) return {Billed(component, exactly), use.part / exactly};
  const Ratio even = whole * (exactly / Ratio(use.whole));
  return {even, even == Ratio() ? Ratio(1) : Steps(component, use, whole) / even};
}
inline Ratio Limited(const rate::Component& component, Ratio quantity, Ratio width) {
  if (component.at_least_thousandths) {
    const Ratio least = Ratio(*component.at_least_thousandths) * width;
    if (quantity < least) quantity = least;
  }
  if (component.cap_thousandths) {
    const Ratio most = Ratio(*component.cap_thousandths) * width;
    if (most < quantity) quantity = most;
  }
  return quantity;
}
inline NaiveBlocks Limited(const rate::Component& component, NaiveBlocks blocks, Ratio width) {
  const Ratio limited = Limited(component, blocks.quantity, width);
  if (blocks.quantity < limited) blocks.each = 1;
  return {limited, blocks.each};
}

}  // namespace reeve::billing
