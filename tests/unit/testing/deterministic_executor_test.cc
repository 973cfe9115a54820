#include "shared/testing/deterministic_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace reeve::testing {
namespace {

using ::testing::ElementsAre;

class Executing : public ::testing::Test {
 protected:
  FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  DeterministicExecutor executor_{clock_};
  std::vector<int> ran_;
};

TEST_F(Executing, RunsInTheOrderOfPosting) {
  executor_.Post([&] {
    ran_.push_back(1);
    executor_.Post([&] { ran_.push_back(3); });
  });
  executor_.Post([&] { ran_.push_back(2); });
  EXPECT_THAT(ran_, ElementsAre());
  EXPECT_EQ(executor_.RunAll(), 3);
  EXPECT_THAT(ran_, ElementsAre(1, 2, 3));
}

TEST_F(Executing, TimersFollowTheClock) {
  const Instant start = clock_.Now();
  executor_.PostAfter(Duration::Seconds(2), [&] { ran_.push_back(2); });
  executor_.PostAfter(Duration::Seconds(1), [&] {
    ran_.push_back(1);
    executor_.PostAfter(Duration::Seconds(5), [&] { ran_.push_back(3); });
  });
  EXPECT_EQ(executor_.RunAll(), 0);
  EXPECT_EQ(executor_.RunFor(Duration::Seconds(3)), 2);
  EXPECT_THAT(ran_, ElementsAre(1, 2));
  EXPECT_EQ(clock_.Now(), start + Duration::Seconds(3));
  clock_.Advance(Duration::Seconds(3));
  EXPECT_EQ(executor_.RunAll(), 1);
}

}  // namespace
}  // namespace reeve::testing
