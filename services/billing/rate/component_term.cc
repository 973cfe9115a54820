#include "services/billing/rate/component_term.h"

#include <algorithm>

#include "services/billing/rate/stored_words.h"

namespace reeve::billing::rate {
namespace {

constexpr std::string_view kFactor = "FACTOR";
constexpr std::string_view kStep = "STEP";
constexpr std::string_view kAtLeast = "AT_LEAST";
constexpr std::string_view kBlocksTerm = "BLOCKS";
constexpr std::string_view kFlowTerm = "FLOW";
constexpr std::string_view kBoundOf = "BOUND_OF";
constexpr std::string_view kGallonsADay = "GALLONS_A_DAY";
constexpr std::string_view kLandscapeFactor = "LANDSCAPE_FACTOR";
constexpr std::string_view kGallonsAUnit = "GALLONS_A_UNIT";
constexpr std::string_view kPowerFactor = "POWER_FACTOR";
constexpr std::string_view kForSize = "FOR_SIZE";
constexpr std::string_view kRiderTerm = "RIDER";
constexpr std::string_view kRoundToCents = "ROUND_TO_CENTS";
constexpr std::string_view kBoundPlus = "BOUND_PLUS";
constexpr std::string_view kBoundAtLeast = "BOUND_AT_LEAST";
constexpr std::string_view kBoundAtMost = "BOUND_AT_MOST";
constexpr std::string_view kRatchetMonth = "RATCHET_MONTH";

}  // namespace

std::vector<ComponentTerm> TermsOf(const Component& component) {
  std::vector<ComponentTerm> terms;
  const auto add = [&](std::string_view term, std::int64_t number, std::string_view word = "",
                       std::size_t no = 0) {
    terms.push_back({std::string(term), static_cast<std::int64_t>(no), number, std::string(word)});
  };
  if (component.at_least_thousandths) add(kAtLeast, *component.at_least_thousandths);
  if (component.blocks != Blocks::kEach) add(kBlocksTerm, 0, kBlocks(component.blocks));
  for (std::size_t i = 0; i < component.tiers.size(); ++i) {
    const BoundOf of = component.tiers[i].of;
    if (of != BoundOf::kUnits) add(kBoundOf, 0, kBoundOfs(of), i);
  }
  for (std::size_t i = 0; i < component.tiers.size(); ++i) {
    const Tier& tier = component.tiers[i];
    if (tier.plus_thousandths != 0) add(kBoundPlus, tier.plus_thousandths, "", i);
    if (tier.at_least_thousandths) add(kBoundAtLeast, *tier.at_least_thousandths, "", i);
    if (tier.at_most_thousandths) add(kBoundAtMost, *tier.at_most_thousandths, "", i);
  }
  if (component.ratchet) {
    for (std::size_t i = 0; i < component.ratchet->months.size(); ++i) {
      add(kRatchetMonth, component.ratchet->months[i], "", i);
    }
  }
  if (component.factor) add(kFactor, component.factor->nanos());
  if (component.flow != Flow::kDelivered) add(kFlowTerm, 0, kFlows(component.flow));
  for (std::size_t i = 0; i < component.for_sizes.size(); ++i) {
    add(kForSize, 0, component.for_sizes[i], i);
  }
  if (component.budget) {
    add(kGallonsADay, component.budget->gallons_a_day_thousandths);
    add(kGallonsAUnit, component.budget->gallons_a_unit_thousandths);
    add(kLandscapeFactor, component.budget->landscape_factor.nanos());
  }
  if (component.power_factor) add(kPowerFactor, component.power_factor->nanos());
  if (!component.rider.empty()) add(kRiderTerm, 0, component.rider);
  if (component.round_to_cents != 0) add(kRoundToCents, component.round_to_cents);
  if (component.step) {
    add(kStep, component.step->thousandths, kRoundings(component.step->rounding));
  }
  return terms;
}

void SetTerm(const ComponentTerm& term, Component& component) {
  const std::int64_t number = term.number;
  const auto no = static_cast<std::size_t>(term.no);
  const auto budget = [&]() -> WaterBudget& {
    return component.budget ? *component.budget : component.budget.emplace();
  };
  if (term.term == kAtLeast) component.at_least_thousandths = number;
  if (term.term == kBlocksTerm) {
    component.blocks = kBlocks.Parse(term.word).value_or(Blocks::kEach);
  }
  if (term.term == kBoundOf && no < component.tiers.size()) {
    component.tiers[no].of = kBoundOfs.Parse(term.word).value_or(BoundOf::kUnits);
  }
  if (no < component.tiers.size()) {
    Tier& tier = component.tiers[no];
    if (term.term == kBoundPlus) tier.plus_thousandths = number;
    if (term.term == kBoundAtLeast) tier.at_least_thousandths = number;
    if (term.term == kBoundAtMost) tier.at_most_thousandths = number;
  }
  if (term.term == kRatchetMonth && component.ratchet) {
    component.ratchet->months.push_back(static_cast<int>(number));
  }
  if (term.term == kFactor) component.factor = Rate::Nanos(number);
  if (term.term == kFlowTerm) {
    component.flow = kFlows.Parse(term.word).value_or(Flow::kDelivered);
  }
  if (term.term == kForSize) component.for_sizes.push_back(term.word);
  if (term.term == kGallonsADay) budget().gallons_a_day_thousandths = number;
  if (term.term == kGallonsAUnit) budget().gallons_a_unit_thousandths = number;
  if (term.term == kLandscapeFactor) budget().landscape_factor = Rate::Nanos(number);
  if (term.term == kPowerFactor) component.power_factor = Rate::Nanos(number);
  if (term.term == kRiderTerm) component.rider = term.word;
  if (term.term == kRoundToCents) component.round_to_cents = number;
  if (term.term == kStep && number > 0) {
    component.step = Step{number, kRoundings.Parse(term.word).value_or(Rounding::kHalfUp)};
  }
}

std::int64_t StepOfUse(const std::vector<Component>& components) {
  std::int64_t largest = 1;
  for (const Component& component : components) {
    const bool steps = component.kind == ComponentKind::kTiers && component.step &&
                       !component.factor && component.step->thousandths <= 1'000'000;
    if (steps) largest = std::max(largest, component.step->thousandths);
  }
  return largest;
}

}  // namespace reeve::billing::rate
