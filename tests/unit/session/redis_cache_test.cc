// The Redis cache against a Redis of the test's own: killed, flushed, frozen, restored.
#include "shared/session/redis_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "shared/process/system_seams.h"
#include "shared/session/cached_gate.h"

namespace reeve::session {
namespace {

constexpr char kBinary[] = "/usr/bin/redis-server";
using std::chrono::steady_clock;

// redis-server on a socket in a folder of its own.
class Redis {
 public:
  Redis() {
    std::string name = std::filesystem::temp_directory_path() / "reeve-redis-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    Start();
  }
  ~Redis() {
    Kill();
    std::filesystem::remove_all(folder_);
  }
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  std::string address() const { return "unix:" + folder_ + "/redis.sock"; }
  void Start() {
    pid_ = fork();
    if (pid_ == 0) {
      const int nowhere = open("/dev/null", O_WRONLY);
      dup2(nowhere, STDOUT_FILENO);
      const std::string socket = folder_ + "/redis.sock";
      execl(kBinary, kBinary, "--port", "0", "--unixsocket", socket.c_str(), "--dir",
            folder_.c_str(), "--save", "", "--enable-debug-command", "local", nullptr);
      _exit(127);
    }
    const auto until = steady_clock::now() + std::chrono::seconds(20);
    while (steady_clock::now() < until && Command("PING") != "PONG") {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGCONT);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  void Freeze() { kill(pid_, SIGSTOP); }
  void Thaw() { kill(pid_, SIGCONT); }
  std::string Command(const char* command) const {
    redisContext* context = redisConnectUnix((folder_ + "/redis.sock").c_str());
    std::string answer;
    if (context != nullptr && context->err == 0) {
      auto* reply = static_cast<redisReply*>(redisCommand(context, command));
      if (reply != nullptr) {
        if (reply->str != nullptr) answer = reply->str;
        freeReplyObject(reply);
      }
    }
    redisFree(context);
    return answer;
  }

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

class RedisCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kBinary)) GTEST_SKIP() << "redis-server is not installed";
    redis_ = std::make_unique<Redis>();
    cache_ = std::make_unique<RedisCache>(redis_->address(), clock_, metrics_);
  }
  // Redis is asked again once the breaker lets a probe through.
  bool AnswersWithin(std::chrono::seconds patience) {
    const auto until = steady_clock::now() + patience;
    while (steady_clock::now() < until) {
      cache_->Put("probe", "here", Duration::Minutes(1));
      if (cache_->Get("probe")) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  process::SystemClock clock_;
  obs::Metrics metrics_{"test"};
  std::unique_ptr<Redis> redis_;
  std::unique_ptr<RedisCache> cache_;
};

TEST_F(RedisCacheTest, KeepsBytesForTheirTime) {
  const std::string bytes("a\0b\r\n", 5);
  cache_->Put("key", bytes, Duration::Minutes(1));
  EXPECT_EQ(cache_->Get("key"), bytes);
  EXPECT_EQ(cache_->Get("other"), std::nullopt);
  cache_->Put("brief", "x", Duration::Millis(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(cache_->Get("brief"), std::nullopt);
  cache_->Put("never", "x", Duration());
  EXPECT_EQ(cache_->Get("never"), std::nullopt);
}

TEST_F(RedisCacheTest, KilledAndStartedAgainItComesBack) {
  cache_->Put("key", "value", Duration::Minutes(1));
  redis_->Kill();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(cache_->Get("key"), std::nullopt);
  redis_->Start();
  EXPECT_TRUE(AnswersWithin(std::chrono::seconds(20)));
}

TEST_F(RedisCacheTest, FlushedItKnowsNothingAndGoesOn) {
  cache_->Put("key", "value", Duration::Minutes(1));
  redis_->Command("FLUSHALL");
  EXPECT_EQ(cache_->Get("key"), std::nullopt);
  cache_->Put("key", "value", Duration::Minutes(1));
  EXPECT_EQ(cache_->Get("key"), "value");
}

TEST_F(RedisCacheTest, FrozenItCostsAFewTimeoutsAndThenNothing) {
  cache_->Put("key", "value", Duration::Minutes(1));
  redis_->Freeze();
  const auto begin = steady_clock::now();
  for (int i = 0; i < 500; ++i) EXPECT_EQ(cache_->Get("key"), std::nullopt);
  // Three time-outs of 100 ms open the breaker, and one probe a second.
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(2));
  redis_->Thaw();
  EXPECT_TRUE(AnswersWithin(std::chrono::seconds(20)));
}

TEST_F(RedisCacheTest, ALateAnswerIsNotTakenForTheNextOne) {
  cache_->Put("first", "1", Duration::Minutes(1));
  cache_->Put("second", "2", Duration::Minutes(1));
  redis_->Freeze();
  EXPECT_EQ(cache_->Get("first"), std::nullopt);
  redis_->Thaw();
  EXPECT_EQ(cache_->Get("second"), "2");
}

TEST_F(RedisCacheTest, BusyItIsAsGoodAsAway) {
  cache_->Put("key", "value", Duration::Minutes(1));
  std::thread sleeper([&] { redis_->Command("DEBUG SLEEP 0.5"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(cache_->Get("key"), std::nullopt);
  sleeper.join();
  EXPECT_TRUE(AnswersWithin(std::chrono::seconds(20)));
}

TEST_F(RedisCacheTest, AnOldDumpBringsNoRevokedSessionBack) {
  std::int64_t revoked = 0;
  const auto source = [&] {
    return Source{[&](const std::string&) -> Result<Facts> {
                    if (revoked > 0) return Unauthenticated(reason::kSessionEnded, "ended");
                    Facts facts;
                    facts.person = PersonId(7);
                    facts.permissions =
                        std::make_shared<const std::set<std::string, std::less<>>>();
                    facts.checked_time = clock_.Now();
                    facts.idle_end_time = clock_.Now() + Duration::Minutes(15);
                    facts.absolute_end_time = clock_.Now() + Duration::Hours(10);
                    return facts;
                  },
                  [&](std::int64_t after) -> Result<Revocations> {
                    Revocations answer;
                    answer.head = revoked;
                    if (revoked > after) answer.entries.push_back({PersonId(7), revoked});
                    return answer;
                  }};
  };
  process::ThreadPool executor(1);
  {
    obs::Metrics metrics("before");
    CachedGate gate(source(), *cache_, clock_, executor, metrics);
    gate.FollowOnce();
    ASSERT_TRUE(gate.Check("token").ok());
  }
  redis_->Command("SAVE");  // dump.rdb with the living session
  revoked = 1;
  redis_->Kill();
  redis_->Start();  // reads the dump
  ASSERT_TRUE(AnswersWithin(std::chrono::seconds(20)));
  EXPECT_NE(redis_->Command("RANDOMKEY"), "");
  obs::Metrics metrics("after");
  CachedGate gate(source(), *cache_, clock_, executor, metrics);
  gate.FollowOnce();
  EXPECT_FALSE(gate.Check("token").ok());
}

}  // namespace
}  // namespace reeve::session
