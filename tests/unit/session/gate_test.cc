// The gate: which answer is believed, and for how long.
#include <gtest/gtest.h>

#include <map>

#include "shared/core/canonical.h"
#include "shared/session/breaker.h"
#include "shared/session/cached_gate.h"
#include "shared/session/facts_codec.h"
#include "shared/testing/deterministic_executor.h"
#include "shared/testing/fake_clock.h"

namespace reeve::session {
namespace {

// The truth, as identity would tell it.
class Identity {
 public:
  explicit Identity(testing::FakeClock& clock) : clock_(clock) {}

  void Begin(const std::string& token, PersonId person) { sessions_[token] = person; }
  void End(const std::string& token) {
    numbers_[sessions_.at(token).value()] = ++head_;
    sessions_.erase(token);
  }
  Source source() {
    return {[this](const std::string& token) { return Check(token); },
            [this](std::int64_t number) { return RevokedAfter(number); }};
  }

  bool away = false;
  int checks = 0;
  std::int64_t head_ = 0;
  std::map<std::int64_t, std::int64_t> numbers_;

 private:
  Result<Facts> Check(const std::string& token) {
    ++checks;
    if (away) return Unavailable(reason::kSessionsUnavailable, "away");
    const auto found = sessions_.find(token);
    if (found == sessions_.end()) return Unauthenticated(reason::kSessionEnded, "ended");
    Facts facts;
    facts.person = found->second;
    facts.display_name = "Maria";
    facts.permissions = std::make_shared<const std::set<std::string, std::less<>>>(
        std::set<std::string, std::less<>>{"drawer.open"});
    facts.revocation_number = numbers_[found->second.value()];
    facts.checked_time = clock_.Now();
    facts.idle_end_time = clock_.Now() + Duration::Minutes(15);
    facts.absolute_end_time = clock_.Now() + Duration::Hours(10);
    return facts;
  }
  Result<Revocations> RevokedAfter(std::int64_t number) {
    if (away) return Unavailable(reason::kSessionsUnavailable, "away");
    std::map<std::int64_t, std::int64_t> by_number;
    for (const auto& [person, last] : numbers_) by_number[last] = person;
    Revocations answer;
    answer.head = head_;
    for (const auto& [last, person] : by_number) {
      if (last > number) answer.entries.push_back({PersonId(person), last});
    }
    return answer;
  }

  testing::FakeClock& clock_;
  std::map<std::string, PersonId> sessions_;
};

// A shared cache that keeps everything, so that a test can bring the past back.
class FakeShared final : public SharedCache {
 public:
  std::optional<std::string> Get(const std::string& key) override {
    ++gets;
    const auto found = values.find(key);
    return found == values.end() || away ? std::nullopt : std::optional(found->second);
  }
  void Put(const std::string& key, const std::string& value, Duration) override {
    if (!away) values[key] = value;
  }
  std::map<std::string, std::string> values;
  bool away = false;
  int gets = 0;
};

class GateTest : public ::testing::Test {
 protected:
  GateTest() { identity_.Begin("token-of-maria", PersonId(7)); }

  // A process of the suite: its own local cache and follower.
  struct Process {
    Process(Source source, SharedCache& shared, testing::FakeClock& clock)
        : executor(clock),
          metrics("test"),
          gate(std::move(source), shared, clock, executor, metrics) {
      gate.FollowOnce();
    }
    std::string Ask(const std::string& token) {
      const Result<Facts> facts = gate.Check(token);
      return facts.ok() ? facts->display_name : facts.error().reason();
    }
    testing::DeterministicExecutor executor;
    obs::Metrics metrics;
    CachedGate gate;
  };
  Process NewProcess() { return Process(identity_.source(), shared_, clock_); }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  Identity identity_{clock_};
  FakeShared shared_;
};

TEST_F(GateTest, ASessionIsAskedForOnceASecondAndIdentityOnceAMinute) {
  Process process = NewProcess();
  EXPECT_EQ(process.gate.Peek("token-of-maria"), nullptr);
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
    EXPECT_NE(process.gate.Peek("token-of-maria"), nullptr);
    process.executor.RunFor(Duration::Seconds(1));
    process.gate.FollowOnce();
  }
  EXPECT_EQ(identity_.checks, 1);
  EXPECT_EQ(shared_.gets, 60);
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
  EXPECT_EQ(identity_.checks, 2);
}

TEST_F(GateTest, WhatOneProcessConfirmedAnotherNeedNotAsk) {
  Process first = NewProcess();
  Process second = NewProcess();
  first.Ask("token-of-maria");
  EXPECT_EQ(second.Ask("token-of-maria"), "Maria");
  EXPECT_EQ(identity_.checks, 1);
}

TEST_F(GateTest, ARevocationIsKnownEverywhereWithTheNextPoll) {
  Process first = NewProcess();
  Process second = NewProcess();
  first.gate.Start();
  second.gate.Start();
  first.Ask("token-of-maria");
  second.Ask("token-of-maria");
  identity_.End("token-of-maria");
  first.executor.RunFor(Duration::Millis(250));
  second.executor.RunAll();
  EXPECT_EQ(first.gate.Peek("token-of-maria"), nullptr);
  EXPECT_EQ(first.Ask("token-of-maria"), "SESSION_ENDED");
  EXPECT_EQ(second.Ask("token-of-maria"), "SESSION_ENDED");
  first.gate.Stop();
  second.gate.Stop();
}

TEST_F(GateTest, AnotherSessionOfThePersonGoesOnAfterOneEnded) {
  identity_.Begin("second-token", PersonId(7));
  Process process = NewProcess();
  process.Ask("second-token");
  identity_.End("token-of-maria");
  process.gate.FollowOnce();
  EXPECT_EQ(process.Ask("second-token"), "Maria");
  EXPECT_EQ(identity_.checks, 2);  // its facts were void, so identity was asked again
}

TEST_F(GateTest, ARestoredRedisBringsNoRevokedSessionBack) {
  Process process = NewProcess();
  process.Ask("token-of-maria");
  const auto dump = shared_.values;
  identity_.End("token-of-maria");
  process.gate.FollowOnce();
  shared_.values = dump;
  EXPECT_EQ(process.Ask("token-of-maria"), "SESSION_ENDED");
  Process restarted = NewProcess();
  EXPECT_EQ(restarted.Ask("token-of-maria"), "SESSION_ENDED");
}

TEST_F(GateTest, NegativeControlWithoutTheNumbersTheDumpWouldBeBelieved) {
  Process process = NewProcess();
  process.Ask("token-of-maria");
  identity_.End("token-of-maria");
  identity_.numbers_.clear();  // identity forgets to tell
  identity_.head_ = 0;
  process.executor.RunFor(Duration::Seconds(1));
  process.gate.FollowOnce();
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
}

TEST_F(GateTest, WithoutFreshNumbersNoCacheIsTrusted) {
  Process process = NewProcess();
  process.Ask("token-of-maria");
  identity_.away = true;
  process.gate.FollowOnce();
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");  // for less than three seconds
  clock_.Advance(Duration::Seconds(3));
  EXPECT_EQ(process.gate.Peek("token-of-maria"), nullptr);
  EXPECT_EQ(process.Ask("token-of-maria"), "SESSIONS_UNAVAILABLE");
  identity_.away = false;
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
}

TEST_F(GateTest, ANewProcessTrustsNothingBeforeItKnowsTheNumbers) {
  NewProcess().Ask("token-of-maria");
  identity_.away = true;
  Process started_alone = NewProcess();
  EXPECT_EQ(started_alone.Ask("token-of-maria"), "SESSIONS_UNAVAILABLE");
}

TEST_F(GateTest, RedisAwayChangesNothingForTheCaller) {
  Process process = NewProcess();
  shared_.away = true;
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
  EXPECT_EQ(process.Ask("nobodys-token"), "SESSION_ENDED");
  identity_.End("token-of-maria");
  process.gate.FollowOnce();
  EXPECT_EQ(process.Ask("token-of-maria"), "SESSION_ENDED");
}

TEST_F(GateTest, FactsEndWithTheirTime) {
  Process process = NewProcess();
  const Result<Facts> facts = process.gate.Check("token-of-maria");
  ASSERT_TRUE(facts.ok());
  EXPECT_TRUE(process.gate.Current(*facts));
  clock_.Advance(Duration::Minutes(15));
  EXPECT_FALSE(process.gate.Current(*facts));
}

TEST_F(GateTest, ARestoredIdentityIsFollowedFromItsStart) {
  Process process = NewProcess();
  process.Ask("token-of-maria");
  identity_.End("token-of-maria");
  process.gate.FollowOnce();
  identity_.numbers_.clear();
  identity_.head_ = 0;
  identity_.Begin("token-of-maria", PersonId(7));
  process.gate.FollowOnce();
  EXPECT_EQ(process.Ask("token-of-maria"), "Maria");
}

TEST_F(GateTest, OnlyTheDigestOfATokenLeavesTheProcess) {
  Process process = NewProcess();
  process.Ask("token-of-maria");
  ASSERT_EQ(shared_.values.size(), 1u);
  const auto& [key, value] = *shared_.values.begin();
  EXPECT_EQ(key, "reeve:session:" + HexEncode(Sha256("token-of-maria")));
  EXPECT_EQ(value.find("token-of-maria"), std::string::npos);
}

TEST_F(GateTest, AHugeTokenIsNobodys) {
  Process process = NewProcess();
  EXPECT_EQ(process.Ask(std::string(1'000'000, 'x')), "SESSION_ENDED");
  EXPECT_EQ(process.Ask(""), "SESSION_ENDED");
  EXPECT_EQ(identity_.checks, 0);
}

TEST(FactsCodec, ReadsWhatItWroteAndNothingElse) {
  Facts facts;
  facts.person = PersonId(7);
  facts.display_name = "María 7:Delgado";
  facts.permissions = std::make_shared<const std::set<std::string, std::less<>>>(
      std::set<std::string, std::less<>>{"drawer.close", "drawer.open"});
  facts.revocation_number = 12;
  facts.checked_time = Instant::FromMicros(1);
  facts.idle_end_time = Instant::FromMicros(2);
  facts.absolute_end_time = Instant::FromMicros(3);
  const std::string bytes = EncodeFacts(facts);
  const std::optional<Facts> read = DecodeFacts(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(EncodeFacts(*read), bytes);
  EXPECT_EQ(*read->permissions, *facts.permissions);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeFacts(bytes.substr(0, length))) << length;
  }
  EXPECT_FALSE(DecodeFacts(bytes + "x"));
  std::string newer = bytes;
  newer[newer.find("session-1") + 8] = '2';
  EXPECT_FALSE(DecodeFacts(newer));
}

TEST(BreakerTest, OpensAfterFailuresInARowAndProbesWithOneQuestion) {
  testing::FakeClock clock("2026-11-22T08:10:00-07:00");
  Breaker breaker(clock, {});
  breaker.Failed();
  breaker.Failed();
  breaker.Succeeded();
  breaker.Failed();
  breaker.Failed();
  EXPECT_TRUE(breaker.Allow());
  breaker.Failed();
  EXPECT_FALSE(breaker.Allow());
  clock.Advance(Duration::Seconds(1));
  EXPECT_TRUE(breaker.Allow());   // the probe
  EXPECT_FALSE(breaker.Allow());  // nobody else until it is back
  breaker.Failed();
  EXPECT_FALSE(breaker.Allow());
  clock.Advance(Duration::Seconds(1));
  EXPECT_TRUE(breaker.Allow());
  breaker.Succeeded();
  EXPECT_TRUE(breaker.Allow());
}

}  // namespace
}  // namespace reeve::session
