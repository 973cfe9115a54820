#include "services/billing/agreement/agreement.h"

#include "shared/core/spelling.h"

namespace reeve::billing::agreement {
namespace {

constexpr Spelling<State, 3> kStates{{"PENDING", "ACTIVE", "STOPPED"}};

struct Transition {
  State from;
  Event event;
  State to;
};
constexpr Transition kTransitions[] = {
    {State::kPending, Event::kStart, State::kActive},
    {State::kPending, Event::kStop, State::kStopped},
    {State::kActive, Event::kStop, State::kStopped},
};

}  // namespace

std::string_view StateName(State state) { return kStates(state); }

State ParseState(std::string_view name) { return kStates.Read(name); }

std::optional<State> After(State state, Event event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

std::string_view AccountStateName(AccountState state) {
  return state == AccountState::kOpen ? "OPEN" : "CLOSED";
}

}  // namespace reeve::billing::agreement
