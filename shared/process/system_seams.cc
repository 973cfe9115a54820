#include "shared/process/system_seams.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace reeve::process {

Instant SystemClock::Now() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Instant::FromMicros(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

void OsRandom::Fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t filled = getrandom(bytes.data(), bytes.size(), 0);
    if (filled < 0 && errno == EINTR) continue;
    if (filled < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    bytes = bytes.subspan(static_cast<std::size_t>(filled));
  }
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunTasks(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  news_.notify_one();
}

void ThreadPool::PostAfter(Duration delay, Task task) {
  const SteadyTime due =
      std::chrono::steady_clock::now() + std::chrono::microseconds(delay.micros());
  bool earliest = false;
  {
    const std::lock_guard lock(mutex_);
    earliest = timers_.emplace(due, std::move(task)) == timers_.begin();
  }
  if (earliest) news_.notify_all();  // the keeper waits for a later one
}

void ThreadPool::RunTasks() {
  std::unique_lock lock(mutex_);
  for (;;) {
    TakeDueTimers();
    if (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      // Somebody idle takes the next task, or the keeping of the timers.
      if (!tasks_.empty() || (!timers_.empty() && !timers_kept_)) news_.notify_one();
      lock.unlock();
      task();
      task = nullptr;  // what it holds ends outside the lock
      lock.lock();
    } else if (stopping_) {
      return;
    } else if (timers_.empty() || timers_kept_) {
      news_.wait(lock);
    } else {
      timers_kept_ = true;
      news_.wait_until(lock, SteadyTime(timers_.begin()->first));
      timers_kept_ = false;
    }
  }
}

void ThreadPool::TakeDueTimers() {
  if (timers_.empty()) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    tasks_.push_back(std::move(timers_.extract(timers_.begin()).mapped()));
  }
}

}  // namespace reeve::process
