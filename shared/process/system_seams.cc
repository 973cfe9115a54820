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

ThreadPool::ThreadPool(int threads) : timer_thread_([this] { RunTimers(); }) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunTasks(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  timer_waits_.notify_all();
  task_waits_.notify_all();
  timer_thread_.join();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  task_waits_.notify_one();
}

void ThreadPool::PostAfter(Duration delay, Task task) {
  const SteadyTime due =
      std::chrono::steady_clock::now() + std::chrono::microseconds(delay.micros());
  {
    const std::lock_guard lock(mutex_);
    timers_.emplace(due, std::move(task));
  }
  timer_waits_.notify_one();
}

void ThreadPool::RunTasks() {
  std::unique_lock lock(mutex_);
  for (;;) {
    task_waits_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;  // stopping
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it holds ends outside the lock
    lock.lock();
  }
}

void ThreadPool::RunTimers() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (timers_.empty()) {
      timer_waits_.wait(lock);
      continue;
    }
    const SteadyTime due = timers_.begin()->first;
    if (std::chrono::steady_clock::now() < due) {
      timer_waits_.wait_until(lock, due);
      continue;
    }
    tasks_.push_back(std::move(timers_.extract(timers_.begin()).mapped()));
    task_waits_.notify_one();
  }
}

}  // namespace reeve::process
