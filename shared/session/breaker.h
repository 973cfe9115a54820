// Breaker: stops asking somebody who does not answer, and tries with one question at a time whether
// he is back.
#pragma once

#include <mutex>

#include "shared/core/seams.h"

namespace reeve::session {

// Thread-safe.
class Breaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };
  struct Options {
    int failures_max = 3;  // in a row
    Duration open_for = Duration::Seconds(1);
  };
  Breaker(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  // Whether to ask now. Whoever is told yes says afterwards how it went.
  bool Allow();
  void Succeeded();
  void Failed();
  State state() const;

 private:
  const Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  State state_ = State::kClosed;
  int failures_ = 0;
  Instant opened_time_;
};

}  // namespace reeve::session
