#include "services/billing/agreement/agreement.h"

#include <algorithm>

namespace reeve::billing::agreement {
namespace {

constexpr std::pair<State, std::string_view> kNames[] = {
    {State::kPending, "PENDING"}, {State::kActive, "ACTIVE"}, {State::kStopped, "STOPPED"}};

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

std::string_view StateName(State state) {
  return std::find_if(std::begin(kNames), std::end(kNames),
                      [&](const auto& entry) { return entry.first == state; })
      ->second;
}

State ParseState(std::string_view name) {
  return std::find_if(std::begin(kNames), std::end(kNames),
                      [&](const auto& entry) { return entry.second == name; })
      ->first;
}

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
