// Tenure: versions one behind the other that charge a component alike. Its lines are for the days
// of all: what does not change is not divided.
#pragma once

#include <vector>

#include "services/billing/rate/rate.h"

namespace reeve::billing::rate {

// Of versions that stand in one row by date. Its lines name the last.
struct Tenure {
  const Schedule* first = nullptr;
  const Schedule* last = nullptr;

  bool Includes(const Schedule& version) const { return first <= &version && &version <= last; }
};

// Which components the later of two versions charges otherwise, by their places; of a component
// whose lines a changed percentage or limit is of, too. Empty if the places do not stand for one
// another: other names, or other terms.
std::vector<bool> ChangesBetween(const Schedule& before, const Schedule& after);

}  // namespace reeve::billing::rate
