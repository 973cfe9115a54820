// kill -9 of any service, at random, under a load of payments, orders and cases. Nothing that was
// acknowledged is lost, nothing happens twice, and every unknown outcome is resolved by asking
// again with the same request_id. REEVE_KILLS says how many times on each engine (150).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/fault/load/city_suite.h"
#include "tests/fault/load/proof.h"
#include "tests/fault/load/workload.h"

namespace reeve::fault {
namespace {

constexpr auto kKillEvery = std::chrono::milliseconds(500);
constexpr int kEarlyKills = 10;

int KillsWanted() {
  const char* text = std::getenv("REEVE_KILLS");
  return text == nullptr ? 150 : std::atoi(text);
}

class KillTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  const std::uint64_t seed_ = std::random_device()();
  std::mt19937_64 random_{seed_};
};
INSTANTIATE_TEST_SUITE_P(BothEngines, KillTest, testing::BothEngines(), testing::EngineName);

TEST_P(KillTest, LosesNothingAcknowledgedAndDoesNothingTwice) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  CitySuite city({.engine = GetParam()});
  city->Start();
  Workload workload(*city, {.seed = seed_});
  workload.Start();
  for (int kill = 0; kill < KillsWanted(); ++kill) {
    std::this_thread::sleep_for(kKillEvery);
    const std::string& service = kServices[random_() % kServices.size()];
    city->Kill(service);
    city->Start(service);
  }
  workload.Stop();

  std::printf("seed %llu: %zu acknowledged, %lld answers lost on the way\n",
              static_cast<unsigned long long>(seed_), workload.acknowledged().size(),
              static_cast<long long>(workload.unknown()));
  EXPECT_GT(workload.acknowledged().size(), 100u);
  EXPECT_GT(workload.unknown(), 0);
  EXPECT_EQ(workload.unresolved(), 0);
  EXPECT_EQ(workload.refused(), std::vector<std::string>());
  EXPECT_EQ(FirstViolation(*city, workload), "");

  // An acknowledged payment that is not there is seen.
  workload.PretendAcknowledged("payment 1-1-999999");
  EXPECT_NE(FirstViolation(*city, workload), "");
}

// The control: a payment service that answers before it commits, killed in between.
TEST_P(KillTest, AnAnswerBeforeTheCommitIsALostPayment) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  CitySuite city({.engine = GetParam()});
  city->Start();
  Workload workload(*city, {.seed = seed_, .payments_only = true});
  city.Replace("payment", REEVE_EARLY_PAYMENT);
  workload.Start();
  for (int kill = 0; kill < kEarlyKills; ++kill) {
    std::this_thread::sleep_for(kKillEvery);
    city->Kill("payment");
    city->Start("payment");
    city->WaitReady("payment");
  }
  workload.Stop();
  EXPECT_GT(workload.acknowledged().size(), 10u);
  EXPECT_THAT(FirstViolation(*city, workload), ::testing::StartsWith("payment"));
}

}  // namespace
}  // namespace reeve::fault
