#include "shared/process/system_seams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <vector>

namespace reeve::process {
namespace {

TEST(ThreadPool, OneThreadRunsInTheOrderOfPosting) {
  std::vector<int> ran;
  std::optional<ThreadPool> pool(1);
  for (int i = 0; i < 1'000; ++i) pool->Post([&ran, i] { ran.push_back(i); });
  pool.reset();
  ASSERT_EQ(ran.size(), 1'000u);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST(ThreadPool, RunsWhatTasksPostWhileItStops) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(4);
    for (int i = 0; i < 100; ++i) {
      pool.Post([&pool, &ran] {
        ++ran;
        pool.Post([&ran] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 200);
}

TEST(ThreadPool, TimersRunInTheOrderOfTheirTimes) {
  ThreadPool pool(1);
  std::vector<int> ran;
  std::promise<void> done;
  pool.PostAfter(Duration::Millis(20), [&] {
    ran.push_back(2);
    done.set_value();
  });
  pool.PostAfter(Duration::Millis(5), [&] { ran.push_back(1); });
  done.get_future().wait();
  EXPECT_EQ(ran, (std::vector{1, 2}));
}

TEST(ThreadPool, AnEarlierTimerOvertakesTheOneThatIsWaitedFor) {
  ThreadPool pool(2);
  std::promise<void> done;
  pool.PostAfter(Duration::Hours(1), [] {});
  std::this_thread::sleep_for(std::chrono::milliseconds(5));  // somebody keeps that one now
  pool.PostAfter(Duration::Millis(5), [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(ThreadPool, TimersRunWhileOtherThreadsAreBusy) {
  ThreadPool pool(2);
  std::promise<void> leave;
  std::shared_future<void> left = leave.get_future().share();
  std::promise<void> done;
  pool.PostAfter(Duration::Millis(5), [&] { done.set_value(); });
  pool.Post([left] { left.wait(); });
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  leave.set_value();
}

TEST(ThreadPool, NothingIsLostBetweenManyPostersAndTimers) {
  std::atomic<int> ran = 0;
  constexpr int kPosters = 4;
  constexpr int kEach = 2'000;
  {
    ThreadPool pool(3);
    std::vector<std::thread> posters;
    for (int poster = 0; poster < kPosters; ++poster) {
      posters.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          pool.Post([&] { ++ran; });
          pool.PostAfter(Duration::Micros(i % 50), [&] { ++ran; });
        }
      });
    }
    for (std::thread& poster : posters) poster.join();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (ran < 2 * kPosters * kEach && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
  }
  EXPECT_EQ(ran, 2 * kPosters * kEach);
}

TEST(ThreadPool, ForgetsTimersThatAreNotDueWhenItStops) {
  bool ran = false;
  {
    ThreadPool pool(2);
    pool.PostAfter(Duration::Hours(1), [&ran] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(OsRandom, FillsEveryByteSoonerOrLater) {
  OsRandom random;
  std::array<std::uint8_t, 64> seen{};
  for (int i = 0; i < 20; ++i) {
    std::array<std::uint8_t, 64> bytes{};
    random.Fill(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) seen[at] |= bytes[at];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
}

}  // namespace
}  // namespace reeve::process
