#include "shared/testing/deterministic_executor.h"

#include <utility>

namespace reeve::testing {

void DeterministicExecutor::Post(Task task) {
  const std::lock_guard lock(mutex_);
  ready_.push_back(std::move(task));
}

void DeterministicExecutor::PostAfter(Duration delay, Task task) {
  const std::lock_guard lock(mutex_);
  timers_.emplace(clock_.Now() + delay, std::move(task));
}

std::optional<Executor::Task> DeterministicExecutor::TakeReady() {
  const std::lock_guard lock(mutex_);
  if (ready_.empty() && !timers_.empty() && timers_.begin()->first <= clock_.Now())
    ready_.push_back(std::move(timers_.extract(timers_.begin()).mapped()));
  if (ready_.empty()) return std::nullopt;
  Task task = std::move(ready_.front());
  ready_.pop_front();
  return task;
}

int DeterministicExecutor::RunAll() {
  int ran = 0;
  for (; std::optional<Task> task = TakeReady(); ++ran) (*task)();
  return ran;
}

int DeterministicExecutor::RunFor(Duration by) {
  const Instant end = clock_.Now() + by;
  int ran = RunAll();
  for (;;) {
    std::optional<Instant> next;
    {
      const std::lock_guard lock(mutex_);
      if (!timers_.empty()) next = timers_.begin()->first;
    }
    if (!next || *next > end) break;
    clock_.Set(*next);
    ran += RunAll();
  }
  clock_.Set(end);
  return ran;
}

}  // namespace reeve::testing
