// The terms of a component that few have, one a row: what the columns of every component do not
// say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {

struct ComponentTerm {
  std::string term;     // "STEP"
  std::int64_t no = 0;  // of several of one term: which
  std::int64_t number = 0;
  std::string word;
};

// Those that are given, in one order.
std::vector<ComponentTerm> TermsOf(const Component& component);
// The inverse; blocks must be read before. What is no term is left out: the proof says that such a
// row is not what was loaded.
void SetTerm(const ComponentTerm& term, Component& component);

// The largest step in which TIERS bill use, in thousandths; 1 if there is none. Use is divided in
// such steps where nothing else is said.
std::int64_t StepOfUse(const std::vector<Component>& components);

}  // namespace reeve::billing::rate
