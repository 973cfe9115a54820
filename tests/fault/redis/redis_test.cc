// Redis is killed, restored from an old dump, flushed and frozen under a load of payments, orders
// and cases. Sessions in use go on, one that was revoked never comes back, and the 99th percentile
// of the load recovers. The engine of the databases makes no difference to Redis: SQLite.
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <chrono>
#include <memory>
#include <random>
#include <thread>

#include "shared/core/canonical.h"
#include "shared/process/system_seams.h"
#include "shared/session/facts_codec.h"
#include "tests/bench/city.h"
#include "tests/fault/load/city_suite.h"
#include "tests/fault/load/doors.h"
#include "tests/fault/load/proof.h"
#include "tests/fault/load/workload.h"

namespace reeve::fault {
namespace {

using std::chrono::milliseconds;
using Names = std::set<std::string>;

constexpr auto kKnownWithin = milliseconds(1'000);  // a revocation, from its answer on
constexpr auto kFrozen = milliseconds(2'000);
constexpr auto kWindow = milliseconds(2'000);
constexpr double kRatioMax = 5;  // of the percentile, to that of the same run before the faults

class RedisFault : public ::testing::Test {
 protected:
  RedisFault() { city_->Start(); }

  // The answer as text; "" for nil.
  std::string Redis(const std::vector<std::string>& words) {
    const std::unique_ptr<redisContext, void (*)(redisContext*)> context(
        redisConnectUnix(city_->redis_socket().c_str()), redisFree);
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    void* raw = redisCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(),
                                 lengths.data());
    if (raw == nullptr) throw std::runtime_error("Redis does not answer " + words[0]);
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(raw),
                                                             freeReplyObject);
    if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(reply->str);
    return reply->str == nullptr ? "" : std::string(reply->str, reply->len);
  }
  static std::string KeyOf(const std::string& token) {
    return "reeve:session:" + HexEncode(Sha256(token));
  }
  void RestartRedis() {
    city_->StartRedis();
    for (int attempt = 0; attempt < 250; ++attempt) {
      try {
        if (Redis({"PING"}) == "PONG") return;
      } catch (const std::runtime_error&) {
      }
      std::this_thread::sleep_for(milliseconds(20));
    }
    throw std::runtime_error("Redis does not come back");
  }

  // A session that everybody knows, and Redis too.
  std::string SessionInUse() {
    std::string token = city_->SignIn(bench::kSigner, bench::kPassword);
    EXPECT_EQ(doors_.Open(token), doors_.all());
    return token;
  }
  // Ends the session; nobody may know it a second after the answer.
  void Revoke(const std::string& token) {
    SignOut(*city_, token);
    const auto limit = Steady::now() + kKnownWithin;
    revoked_.push_back(token);
    std::this_thread::sleep_until(limit);
    EXPECT_EQ(doors_.Open(token), Names()) << "a second after the answer";
  }
  // Sessions in use are let in everywhere, revoked ones nowhere.
  void ExpectRightDoors(const std::string& when) {
    EXPECT_EQ(doors_.Open(kept_), doors_.all()) << when;
    for (const std::string& token : revoked_) EXPECT_EQ(doors_.Open(token), Names()) << when;
  }
  double P99OfWindow(const Workload& workload) {
    const auto from = Steady::now();
    std::this_thread::sleep_for(kWindow);
    return workload.P99Millis(from, Steady::now());
  }
  void ExpectRecovery(const std::string& what, double before, const Workload& workload) {
    ExpectRightDoors("after " + what);
    const double after = P99OfWindow(workload);
    std::printf("p99 after %s: %.1f ms, before the faults %.1f ms\n", what.c_str(), after, before);
    EXPECT_LT(after, before * kRatioMax) << what;
    ExpectRightDoors("well after " + what);
  }

  const std::uint64_t seed_ = std::random_device()();
  CitySuite city_{{.engine = db::Engine::kSqlite}};
  Doors doors_{*city_};
  std::string kept_;
  std::vector<std::string> revoked_;
};

TEST_F(RedisFault, SessionsGoOnRevokedOnesStayOutAndThePercentileRecovers) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
  kept_ = city_->SignIn(bench::kBuilder, bench::kPassword);
  Workload workload(*city_, {.seed = seed_});
  workload.Start();
  std::this_thread::sleep_for(milliseconds(1'000));
  const double before = P99OfWindow(workload);

  // Killed; one session was revoked before, one is while it is away; it comes back with a dump in
  // which both are alive.
  const std::string first = SessionInUse();
  const std::string second = SessionInUse();
  Redis({"SAVE"});
  Revoke(first);
  city_->redis().End(SIGKILL);
  ExpectRightDoors("without Redis");
  Revoke(second);
  RestartRedis();
  EXPECT_NE(Redis({"GET", KeyOf(first)}), "") << "the dump is not old";
  EXPECT_NE(Redis({"GET", KeyOf(second)}), "") << "the dump is not old";
  ExpectRecovery("a restored Redis", before, workload);

  const std::string third = SessionInUse();
  Redis({"FLUSHALL"});
  Revoke(third);
  ExpectRecovery("a flush", before, workload);

  const std::string fourth = SessionInUse();
  city_->redis().Signal(SIGSTOP);
  const auto thaw = Steady::now() + kFrozen;
  Revoke(fourth);
  ExpectRightDoors("while Redis is frozen");
  std::this_thread::sleep_until(thaw);
  city_->redis().Signal(SIGCONT);
  ExpectRecovery("a freeze", before, workload);
  EXPECT_EQ(workload.unknown(), 0) << "Redis is no reason to fail a call";

  // The control of the percentile: a service that is frozen as long shows.
  const auto from = Steady::now();
  city_->process("payment").Signal(SIGSTOP);
  std::this_thread::sleep_for(kFrozen);
  city_->process("payment").Signal(SIGCONT);
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_GT(workload.P99Millis(from, Steady::now()), before * kRatioMax);

  workload.Stop();
  EXPECT_EQ(workload.unresolved(), 0);
  EXPECT_EQ(workload.refused(), std::vector<std::string>());
  EXPECT_EQ(FirstViolation(*city_, workload), "");
}

// The control of the doors: only the person's number keeps an old copy out. One that claims to be
// newer than the revocation is believed, and seen.
TEST_F(RedisFault, ACopyWithoutItsRevocationIsLetIn) {
  const std::string token = SessionInUse();
  std::optional<session::Facts> facts = session::DecodeFacts(Redis({"GET", KeyOf(token)}));
  ASSERT_TRUE(facts);
  Revoke(token);
  facts->revocation_number = INT64_MAX;
  facts->checked_time = process::SystemClock().Now();
  Redis({"SET", KeyOf(token), session::EncodeFacts(*facts)});
  EXPECT_EQ(doors_.Open(token), doors_.all());
}

}  // namespace
}  // namespace reeve::fault
