// DeterministicExecutor: runs what was posted, in order, on the thread of the test, when the test
// says so. Timers follow the FakeClock.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "shared/core/seams.h"
#include "shared/testing/fake_clock.h"

namespace reeve::testing {

// Posting is thread-safe; running is for one thread.
class DeterministicExecutor final : public Executor {
 public:
  explicit DeterministicExecutor(FakeClock& clock) : clock_(clock) {}

  void Post(Task task) override;
  void PostAfter(Duration delay, Task task) override;

  // Runs every task, those that tasks post included, and every timer that is due by now, until
  // nothing is left to do. Answers how many ran.
  int RunAll();
  // RunAll, moving the clock from timer to timer and in the end to `by` from now.
  int RunFor(Duration by);

 private:
  std::optional<Task> TakeReady();

  FakeClock& clock_;
  std::mutex mutex_;
  std::deque<Task> ready_;
  std::multimap<Instant, Task> timers_;  // equal times run in the order of posting
};

}  // namespace reeve::testing
