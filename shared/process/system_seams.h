// The seams as the machine provides them: its clock, its randomness, its threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "shared/core/seams.h"

namespace reeve::process {

class SystemClock final : public Clock {
 public:
  Instant Now() const override;
};

// The kernel's generator.
class OsRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

// A fixed number of threads that take tasks in the order of posting; one that is idle keeps the
// timers. A task that throws ends the process: only rpc::Handle may catch.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(int threads);
  // Runs what was posted, forgets timers that are not due, and joins. What tasks post meanwhile
  // still runs.
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Post(Task task) override;
  void PostAfter(Duration delay, Task task) override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  void RunTasks();
  void TakeDueTimers();  // behind the tasks that wait

  std::mutex mutex_;
  bool stopping_ = false;
  bool timers_kept_ = false;  // somebody waits for the earliest of them
  std::condition_variable news_;
  std::deque<Task> tasks_;
  std::multimap<SteadyTime, Task> timers_;
  std::vector<std::thread> threads_;
};

}  // namespace reeve::process
