#include "shared/session/breaker.h"

namespace reeve::session {

bool Breaker::Allow() {
  const std::lock_guard lock(mutex_);
  switch (state_) {
    case State::kClosed:
      return true;
    case State::kHalfOpen:
      return false;  // the probe is on its way
    case State::kOpen:
      if (clock_.Now() - opened_time_ < options_.open_for) return false;
      state_ = State::kHalfOpen;
      return true;
  }
  return false;
}

void Breaker::Succeeded() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  failures_ = 0;
}

void Breaker::Failed() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed && ++failures_ < options_.failures_max) return;
  state_ = State::kOpen;
  opened_time_ = clock_.Now();
}

Breaker::State Breaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace reeve::session
