// PostgreSQL is restarted under a load of payments, orders and cases, orderly and by killing it:
// calls fail cleanly or succeed, and the services recover by themselves.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "shared/testing/postgres_server.h"
#include "tests/fault/load/city_suite.h"
#include "tests/fault/load/proof.h"
#include "tests/fault/load/workload.h"

namespace reeve::fault {
namespace {

using testing::PostgresServer;

constexpr auto kBetween = std::chrono::milliseconds(1'500);
constexpr auto kAway = std::chrono::milliseconds(300);
constexpr auto kRecoveryTime = std::chrono::seconds(20);
constexpr int kAnswersAfter = 30;

class PostgresFault : public ::testing::Test {
 protected:
  PostgresFault() {
    for (const std::string& service : kServices) {
      testing::RunSql(server_.conninfo(),
                      "CREATE DATABASE reeve_" + service +
                          " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    }
    city_->Start();
  }

  // Whether the load is answered again, without a hand on any service.
  bool Recovers(const Workload& workload) {
    const std::int64_t before = workload.answered();
    const auto limit = Steady::now() + kRecoveryTime;
    while (workload.answered() < before + kAnswersAfter) {
      if (Steady::now() > limit) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  const std::uint64_t seed_ = std::random_device()();
  PostgresServer server_;
  CitySuite city_{{.engine = db::Engine::kPostgres, .conninfo = server_.conninfo()}};
};

TEST_F(PostgresFault, ARestartLosesNothingAndServicesRecoverByThemselves) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
  Workload workload(*city_, {.seed = seed_});
  workload.Start();
  for (const auto how : {PostgresServer::How::kFast, PostgresServer::How::kCrash,
                         PostgresServer::How::kFast, PostgresServer::How::kCrash}) {
    std::this_thread::sleep_for(kBetween);
    const std::int64_t unknown = workload.unknown();
    server_.Stop(how);
    std::this_thread::sleep_for(kAway);
    EXPECT_GT(workload.unknown(), unknown) << "nobody noticed that PostgreSQL was away";
    server_.Start();
    EXPECT_TRUE(Recovers(workload));
  }
  workload.Stop();

  std::printf("%zu acknowledged, %lld answers lost on the way\n", workload.acknowledged().size(),
              static_cast<long long>(workload.unknown()));
  for (const std::string& service : kServices) {
    EXPECT_TRUE(city_->process(service).running()) << service;
  }
  EXPECT_EQ(workload.unresolved(), 0);
  EXPECT_EQ(workload.refused(), std::vector<std::string>());
  EXPECT_EQ(FirstViolation(*city_, workload), "");

  // The control: a row that did not survive is missed.
  testing::RunSql(city_->DatabaseLocation("work_order"),
                  "DELETE FROM work_order WHERE order_id = (SELECT max(order_id) FROM work_order)");
  EXPECT_EQ(FirstViolation(*city_, workload), "orders are not those acknowledged");
}

}  // namespace
}  // namespace reeve::fault
