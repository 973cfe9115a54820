#include "shared/feed/fanout.h"

#include <gtest/gtest.h>

#include <random>

#include "shared/testing/deterministic_executor.h"
#include "shared/testing/temporary_database.h"

namespace reeve::feed {
namespace {

using testing::TemporaryDatabase;

// An event's payload is "<topic> <key> <value>".
struct Note {
  std::int64_t key = 0;
  int value = 0;
};
using Notes = Fanout<Note>;

void Route(const Event& event, std::vector<Notes::Routed>& routed) {
  std::int64_t topic = 0, key = 0;
  int value = 0;
  ASSERT_EQ(std::sscanf(event.payload.c_str(), "%ld %ld %d", &topic, &key, &value), 3);
  routed.push_back({topic, key, {key, value}});
}

// A client: what it was told, and with which token it would resume.
class Client : public Notes::Watcher {
 public:
  bool IsOver() override { return over; }
  bool IsIdle() override { return !stuck; }
  void WhenIdle(std::function<void()> resume) override {
    if (!stuck || over) return resume();
    resumes.push_back(std::move(resume));
  }
  void Tell(const Note& note, const std::string& at) override {
    EXPECT_LT(values[note.key], note.value) << "a repeat";
    values[note.key] = note.value;
    token = at;
    ++told;
  }
  void Heartbeat(const std::string& at) override {
    token = at;
    ++heartbeats;
  }
  void End(const Error& error) override {
    over = true;
    reason = error.reason();
  }
  void Unstick() {
    stuck = false;
    for (auto& resume : std::exchange(resumes, {})) resume();
  }

  std::map<std::int64_t, int> values;
  std::string token;
  int told = 0, heartbeats = 0;
  bool stuck = false, over = false;
  std::string reason;
  std::vector<std::function<void()>> resumes;
};

class FanoutTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  void Append(std::int64_t home, std::int64_t topic, std::int64_t key, int value) {
    const NewEvent event{
        home, "reeve.test.v1.Noted",
        std::to_string(topic) + " " + std::to_string(key) + " " + std::to_string(value), ""};
    database_->Write(deadline_, [&](db::Transaction& tx) {
      feed_.Append(tx, {&event, 1}, clock_.Now());
      return db::Verdict::kCommit;
    });
    feed_.Committed();
  }
  std::shared_ptr<Client> Watch(std::int64_t topic, const std::string& token = {}) {
    auto client = std::make_shared<Client>();
    notes_.Watch(topic, Token::Decode(token).value(), client);
    return client;
  }
  void Settle() { executor_.RunFor(Duration::Millis(250)); }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  const Instant deadline_ = clock_.Now() + Duration::Hours(1);
  testing::DeterministicExecutor executor_{clock_};
  TemporaryDatabase database_ = TemporaryDatabase::Create(GetParam(), {Migrations()}, clock_);
  Feed feed_{*database_, "notes", 4, deadline_};
  Notes notes_{*database_, feed_, executor_, Route};
};

TEST_P(FanoutTest, AWatcherIsToldItsTopicAndNothingElse) {
  Append(1, 7, 100, 1);
  Append(1, 8, 200, 1);
  const auto seven = Watch(7), eight = Watch(8);
  Settle();
  Append(2, 7, 101, 1);
  Settle();
  EXPECT_EQ(seven->values, (std::map<std::int64_t, int>{{100, 1}, {101, 1}}));
  EXPECT_EQ(eight->values, (std::map<std::int64_t, int>{{200, 1}}));
}

TEST_P(FanoutTest, ACommitOfThisProcessIsToldBeforeThePoll) {
  const auto client = Watch(7);
  Settle();
  Append(1, 7, 100, 1);
  executor_.RunFor(Duration::Millis(3));
  EXPECT_EQ(client->told, 1);
}

TEST_P(FanoutTest, AnUnknownEpochEndsTheWatcher) {
  Token other;
  other.Advance("notes", "elsewhere", 0, 1);
  const auto client = Watch(7, other.Encode());
  Settle();
  EXPECT_EQ(client->reason, "FEED_EPOCH_UNKNOWN");
}

TEST_P(FanoutTest, AnIdleWatcherHearsAHeartbeatWithATokenThatSkipsTheOthers) {
  const auto client = Watch(7);
  const auto other = Watch(8);
  Settle();
  for (int i = 1; i <= 20; ++i) Append(i, 8, i, 1);
  executor_.RunFor(Duration::Seconds(45));
  EXPECT_EQ(client->told, 0);
  EXPECT_EQ(client->heartbeats, 2);
  EXPECT_EQ(Token::Decode(client->token).value().Position("notes", 1), 5);
}

TEST_P(FanoutTest, ASlowWatcherIsToldTheLatestStateOnce) {
  const auto slow = Watch(7), quick = Watch(7);
  Settle();
  slow->stuck = true;
  for (int i = 1; i <= 100; ++i) {
    Append(1, 7, i % 5, i);
    if (i % 10 == 0) Settle();
  }
  EXPECT_EQ(slow->told, 0);
  slow->Unstick();
  Settle();
  EXPECT_EQ(slow->values, quick->values);
  EXPECT_EQ(slow->told, 5);
}

TEST_P(FanoutTest, AWatcherThatLeftIsToldNothing) {
  const auto client = Watch(7);
  Settle();
  client->over = true;
  notes_.Leave(7, client);
  Settle();
  Append(1, 7, 1, 1);
  Settle();
  EXPECT_EQ(client->told, 0);
  EXPECT_EQ(client.use_count(), 1);
}

// Clients stall, lose their connection and resume with their last token, while events are appended
// in four partitions: in the end each has the last value of every key of its topic, and none was
// told a value twice or out of order.
TEST_P(FanoutTest, RandomClientsEndWithTheWholeTruth) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::map<std::int64_t, std::map<std::int64_t, int>> truth;
    std::vector<std::pair<std::int64_t, std::shared_ptr<Client>>> clients;
    const int first = static_cast<int>(seed) * 1'000;
    for (int i = 0; i < 6; ++i) clients.emplace_back(1 + i % 3, Watch(1 + i % 3));
    for (int step = 1; step <= 150; ++step) {
      const std::int64_t topic = 1 + random() % 3, key = random() % 40;
      const auto home = static_cast<std::int64_t>(key);  // one key, one partition
      Append(home, topic, key, first + step);
      truth[topic][key] = first + step;
      auto& [watched, client] = clients[random() % clients.size()];
      switch (random() % 8) {
        case 0:
          client->stuck = true;
          break;
        case 1:
          client->Unstick();
          break;
        case 2: {
          auto again = std::make_shared<Client>();
          again->values = client->values;
          again->token = client->token;
          client->over = true;
          client->Unstick();
          notes_.Leave(watched, client);
          client = again;
          notes_.Watch(watched, Token::Decode(again->token).value(), again);
          break;
        }
        case 3:
          executor_.RunFor(Duration::Millis(static_cast<std::int64_t>(random() % 300)));
          break;
        default:
          executor_.RunAll();
      }
    }
    for (auto& [topic, client] : clients) client->Unstick();
    executor_.RunFor(Duration::Seconds(1));
    for (auto& [topic, client] : clients) {
      for (const auto& [key, value] : truth[topic]) EXPECT_EQ(client->values[key], value);
      client->over = true;
      notes_.Leave(topic, client);
    }
    executor_.RunAll();
  }
}

INSTANTIATE_TEST_SUITE_P(BothEngines, FanoutTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::feed
