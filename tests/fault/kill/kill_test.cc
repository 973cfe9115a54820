// kill -9 of any service, at random, under a load of payments, orders and cases. Nothing that was
// acknowledged is lost, nothing happens twice, and every unknown outcome is resolved by asking
// again with the same request_id. REEVE_KILLS says how many times on each engine (60).
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/bench/city.h"
#include "tests/fault/kill/workload.h"

namespace reeve::fault {
namespace {

using testing::Suite;
using Steady = std::chrono::steady_clock;

constexpr int kCallers = 8;
constexpr auto kKillEvery = std::chrono::milliseconds(750);
constexpr auto kHealTime = std::chrono::seconds(60);
const std::vector<std::string> kServices = {"identity", "account",    "billing",
                                            "payment",  "work_order", "case311"};

int KillsWanted() {
  const char* text = std::getenv("REEVE_KILLS");
  return text == nullptr ? 60 : std::atoi(text);
}

class KillTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  KillTest()
      : folder_((std::filesystem::temp_directory_path() / "reeve-kill-XXXXXX").string()),
        suite_({.engine = GetParam(),
                .binaries = REEVE_BINARIES,
                .services = kServices,
                .bootstrap = bench::WriteBootstrap(mkdtemp(folder_.data()), kDrawers)}) {
    suite_.Start();
  }
  ~KillTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  Suite suite_;
};

TEST_P(KillTest, LosesNothingAcknowledgedAndDoesNothingTwice) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  Workload workload(suite_, seed);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] { workload.Run(caller); });
  }
  for (int kill = 0; kill < KillsWanted(); ++kill) {
    std::this_thread::sleep_for(kKillEvery);
    const std::string& service = kServices[random() % kServices.size()];
    suite_.Kill(service);
    suite_.Start(service);
  }
  workload.Stop(Steady::now() + kHealTime);
  for (std::thread& caller : callers) caller.join();

  std::printf("seed %llu: %zu acknowledged, %lld answers lost on the way\n",
              static_cast<unsigned long long>(seed), workload.acknowledged().size(),
              static_cast<long long>(workload.unknown()));
  EXPECT_GT(workload.acknowledged().size(), 100u);
  EXPECT_GT(workload.unknown(), 0);
  EXPECT_EQ(workload.unresolved(), 0);
  EXPECT_EQ(workload.refused(), std::vector<std::string>());
  EXPECT_EQ(FirstViolation(suite_, workload), "");

  // The control: an acknowledged payment that is not there is seen.
  workload.PretendAcknowledged("payment 1-1-999999");
  EXPECT_NE(FirstViolation(suite_, workload), "");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, KillTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::fault
