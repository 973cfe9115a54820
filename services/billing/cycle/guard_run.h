// The guard's rules of a whole run: what passes every account's rule and is wrong all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard_finding.h"
#include "services/billing/cycle/guard_tally.h"

namespace reeve::billing::cycle {

// Something that must be acknowledged before a run is signed.
struct RunFinding {
  FindingRule rule = FindingRule::kCount;
  std::string service;  // empty: none in particular
  std::string subject;  // "W1 of 2026-12-01", "cycle 12"; empty: the whole service
  std::string evidence;
  std::int64_t count = 0;           // agreements, places or segments
  std::int64_t at_stake_cents = 0;  // signed: more, or less, than before; 0 where it is not known
  bool operator==(const RunFinding&) const = default;
};

// Agreements that run, in a cycle whose last run ended so long ago.
struct UncoveredCycle {
  int cycle = 0;
  std::int64_t agreement_count = 0;
  Date since;  // the last run's end; without one the oldest start
  bool was_run = false;
};

struct ControlTotal {
  int cycle = 0;
  Date period_end;
  std::string service;
  std::int64_t quantity_thousandths = 0;
  std::string source;
  PersonId recorded_by;
};

// A place or meter with one service on several accounts.
struct SharedPlaces {
  std::string service;
  std::string subject;            // "place" or "meter"
  std::int64_t count = 0;         // of them
  std::int64_t before_count = 0;  // when this was last found
  std::string sample;
};

// Agreements that are billed by another fact than their parcels have, and were not, or not by these
// figures, in the run before.
struct NewDifferences {
  std::string service;
  std::string basis;  // "DWELLINGS"
  std::int64_t count = 0;
  std::int64_t at_stake_cents = 0;
};

struct RunFacts {
  Run run;
  Tallies now;
  std::optional<Tallies> last;
  std::optional<Tallies> year_ago;
  // Sums of the last runs of all other cycles, of a cycle that was never run before.
  std::optional<Tallies> other_cycles;
  std::vector<UncoveredCycle> uncovered;
  std::vector<UncoveredCycle> never_started;  // `since` of the oldest
  std::vector<SharedPlaces> shared;
  std::vector<NewDifferences> new_differences;  // by service and basis
  std::vector<ControlTotal> controls;
  std::set<std::string> metered;  // services of the run that have meters
};

// In the order of FindingRule, then service and subject.
std::vector<RunFinding> JudgeRun(const RunFacts& facts, const Limits& limits);

}  // namespace reeve::billing::cycle
