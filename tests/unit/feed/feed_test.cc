#include "shared/feed/feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "shared/feed/check.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/temporary_database.h"

namespace reeve::feed {
namespace {

using testing::TemporaryDatabase;

constexpr db::Migration kEffects{
    "test/effects",
    "CREATE TABLE effect (position BIGINT NOT NULL, applied_by BIGINT NOT NULL);\n"
    "CREATE TABLE numbered (number BIGINT NOT NULL PRIMARY KEY);\n"};
constexpr db::Query kAddEffect{"test_add_effect", "INSERT INTO effect VALUES ($1, $2)"};
constexpr db::Query kCountEffects{"test_count_effects",
                                  "SELECT COUNT(*), COUNT(DISTINCT position) FROM effect"};

class FeedTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  static NewEvent EventOf(std::int64_t home, std::string payload = "p") {
    return {home, "reeve.test.v1.Happened", std::move(payload), ""};
  }
  Token Append(std::vector<NewEvent> events) {
    Token token;
    database_->Write(deadline_, [&](db::Transaction& tx) {
      token = feed_.Append(tx, events, clock_.Now());
      return db::Verdict::kCommit;
    });
    return token;
  }
  Result<std::vector<Event>> Read(Token& token, int limit = 500) {
    return database_->ReadResult(deadline_,
                                 [&](db::Transaction& tx) { return feed_.Read(tx, token, limit); });
  }
  std::vector<Finding> Check() {
    std::vector<Finding> findings;
    database_->Read(deadline_, [&](db::Transaction& tx) { findings = CheckFeed(tx); });
    return findings;
  }
  void Tamper(std::string_view sql) {
    database_->Write(deadline_, [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"test_tamper", sql}), 0);
      return db::Verdict::kCommit;
    });
  }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  const Instant deadline_ = clock_.Now() + Duration::Seconds(60);
  TemporaryDatabase database_ =
      TemporaryDatabase::Create(GetParam(), {Migrations(), std::span(&kEffects, 1)}, clock_);
  Feed feed_{*database_, "payment", 4, deadline_};
};

TEST_P(FeedTest, EventsOfOneHomeComeBackInTheirOrder) {
  Append({EventOf(5, "a"), EventOf(5, "b")});
  Append({EventOf(5, std::string("\0c", 2))});
  Token token;
  const std::vector<Event> events = Read(token).value();
  ASSERT_EQ(events.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(events[i].partition, feed_.PartitionOf(5));
    EXPECT_EQ(events[i].position, i + 1);
    EXPECT_EQ(events[i].created_time, clock_.Now());
  }
  EXPECT_EQ(events[0].payload, "a");
  EXPECT_EQ(events[2].payload, std::string("\0c", 2));
  EXPECT_TRUE(Read(token).value().empty());
}

TEST_P(FeedTest, ReadingResumesBehindTheTokenWithoutGapOrRepeat) {
  std::set<std::pair<int, std::int64_t>> seen;
  Token token;
  for (std::int64_t home = 0; home < 40; ++home) {
    Append({EventOf(home)});
    if (home % 7 != 0) continue;
    Token resumed = Token::Decode(token.Encode()).value();
    for (;;) {
      const std::vector<Event> events = Read(resumed, 3).value();
      if (events.empty()) break;
      for (const Event& event : events) {
        EXPECT_TRUE(seen.emplace(event.partition, event.position).second);
      }
    }
    token = resumed;
  }
  while (!Read(token, 3).value().empty()) {
  }
  database_->Read(deadline_, [&](db::Transaction& tx) {
    EXPECT_TRUE(token.Covers(feed_.Head(tx), "payment"));
  });
}

TEST_P(FeedTest, TheTokenOfAChangeCoversItsEvents) {
  const Token token = Append({EventOf(9), EventOf(9)});
  EXPECT_EQ(token.Position("payment", 1), 2);
  EXPECT_TRUE(Append({}).empty());
}

TEST_P(FeedTest, ChangesOfABatchGetTheirOwnTokens) {
  const std::vector<NewEvent> first{EventOf(1)}, none, second{EventOf(2), EventOf(2)},
      third{EventOf(5)};
  const std::vector<std::span<const NewEvent>> changes{first, none, second, third};
  std::vector<Token> tokens;
  database_->Write(deadline_, [&](db::Transaction& tx) {
    tokens = feed_.AppendEach(tx, changes, clock_.Now());
    return db::Verdict::kCommit;
  });
  EXPECT_EQ(tokens[0].Position("payment", 1), 1);
  EXPECT_TRUE(tokens[1].empty());
  EXPECT_EQ(tokens[2].Position("payment", 2), 2);
  EXPECT_EQ(tokens[3].Position("payment", 1), 2);
}

TEST_P(FeedTest, EachEventOfAChangeGoesWhereThoseOfItsHomeGo) {
  Append({EventOf(1, "asked")});
  const Token token = Append({EventOf(2, "other"), EventOf(1, "answered")});
  EXPECT_EQ(token.Position("payment", 1), 2);
  EXPECT_EQ(token.Position("payment", 2), 1);
}

TEST_P(FeedTest, AnUnknownEpochIsOutOfRange) {
  Append({EventOf(1)});
  Token other;
  other.Advance("payment", "elsewhere", 1, 1);
  EXPECT_EQ(Read(other).error().reason(), "FEED_EPOCH_UNKNOWN");
  EXPECT_EQ(Read(other).error().code(), Code::kOutOfRange);
}

TEST_P(FeedTest, ATokenAheadOfTheHeadIsOutOfRange) {
  Append({EventOf(1)});
  Token ahead;
  ahead.Advance("payment", feed_.epoch(), 1, 2);
  EXPECT_EQ(Read(ahead).error().reason(), "FEED_EPOCH_UNKNOWN");
}

TEST_P(FeedTest, TheEpochSurvivesARestart) {
  const Feed again(*database_, "payment", 4, deadline_ + Duration::Seconds(1));
  EXPECT_EQ(again.epoch(), feed_.epoch());
}

TEST_P(FeedTest, WatchersOfThisProcessAreHurried) {
  int hints = 0;
  feed_.OnCommitted([&] { ++hints; });
  feed_.Committed();
  EXPECT_EQ(hints, 1);
}

// Writers race, one of them dawdles between taking its position and committing: a reader that
// follows by token still sees every event once.
TEST_P(FeedTest, AFollowerSeesEveryEventOnceWhileWritersRace) {
  constexpr int kWriters = 4, kEach = 25;
  std::atomic<int> running = kWriters;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      std::mt19937 random(writer);
      for (int i = 0; i < kEach; ++i) {
        database_->Write(deadline_, [&](db::Transaction& tx) {
          const NewEvent event = EventOf(static_cast<std::int64_t>(random() % 8));
          feed_.Append(tx, {&event, 1}, clock_.Now());
          if (random() % 4 == 0) std::this_thread::yield();
          return random() % 5 == 0 ? db::Verdict::kRollBack : db::Verdict::kCommit;
        });
      }
      --running;
    });
  }
  std::map<int, std::int64_t> last;
  Token token;
  for (bool ended = false;;) {
    const std::vector<Event> events = Read(token).value();
    for (const Event& event : events) EXPECT_EQ(event.position, ++last[event.partition]);
    if (events.empty() && std::exchange(ended, running == 0)) break;
  }
  database_->Read(deadline_, [&](db::Transaction& tx) {
    EXPECT_TRUE(token.Covers(feed_.Head(tx), "payment"));
  });
}

TEST_P(FeedTest, TwoConsumersOfOneFeedApplyEachEventOnce) {
  for (int i = 0; i < 50; ++i) Append({EventOf(4)});
  const auto consume = [&](std::int64_t consumer) {
    for (bool more = true; more;) {
      database_->Write(deadline_, [&](db::Transaction& tx) {
        Token token = LockAppliedToken(tx, "payment");
        const std::vector<Event> events = feed_.Read(tx, token, 8).value();
        for (const Event& event : events) tx.Execute(kAddEffect, event.position, consumer);
        SaveAppliedToken(tx, "payment", token);
        more = !events.empty();
        return db::Verdict::kCommit;
      });
    }
  };
  { std::jthread one(consume, 1), two(consume, 2); }
  database_->Read(deadline_, [&](db::Transaction& tx) {
    const db::Rows counts = tx.Select(kCountEffects);
    EXPECT_EQ(counts[0].Int(0), 50);
    EXPECT_EQ(counts[0].Int(1), 50);
    EXPECT_EQ(AppliedToken(tx, "payment").Position("payment", 0), 50);
  });
}

TEST_P(FeedTest, ARolledBackApplicationLeavesTheTokenWhereItWas) {
  Append({EventOf(4)});
  database_->Write(deadline_, [&](db::Transaction& tx) {
    Token token = LockAppliedToken(tx, "payment");
    EXPECT_EQ(feed_.Read(tx, token, 8).value().size(), 1u);
    SaveAppliedToken(tx, "payment", token);
    return db::Verdict::kRollBack;
  });
  database_->Read(deadline_,
                  [&](db::Transaction& tx) { EXPECT_TRUE(AppliedToken(tx, "payment").empty()); });
}

TEST_P(FeedTest, TheCheckFindsWhatWasTamperedWith) {
  const char* kTampers[] = {
      "UPDATE feed_event SET home = home + 4 WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET partition_id = 2 WHERE partition_id = 1 AND position = 3",
      "UPDATE feed_event SET partition_id = 9 WHERE partition_id = 1 AND position = 3",
      "UPDATE feed_event SET position = 9 WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET type = 'x' WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET payload = hash WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET cause = 'x' WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET created_time = 1 WHERE partition_id = 1 AND position = 2",
      "UPDATE feed_event SET hash = payload WHERE partition_id = 1 AND position = 2",
      "DELETE FROM feed_event WHERE partition_id = 1 AND position = 2",
      "DELETE FROM feed_event WHERE partition_id = 1 AND position = 3",
      "INSERT INTO feed_event SELECT home + 4, partition_id, position, type, payload, cause, "
      "created_time, hash FROM feed_event WHERE position = 2",
      "UPDATE feed_event SET position = CASE position WHEN 1 THEN 2 ELSE 1 END WHERE position < 3 "
      "AND home = (SELECT MAX(home) FROM feed_event)",
      "UPDATE feed_head SET position = 2 WHERE partition_id = 1",
      "UPDATE feed_head SET hash = (SELECT MIN(payload) FROM feed_event WHERE position = 1)"
      " WHERE partition_id = 1",
  };
  Append({EventOf(1), EventOf(5), EventOf(1)});
  for (const Finding& finding : Check()) EXPECT_EQ(finding.violation, "") << finding.check;
  EXPECT_EQ(Check()[0].examined, 3);
  for (const char* tamper : kTampers) {
    TemporaryDatabase fresh =
        TemporaryDatabase::Create(GetParam(), {Migrations(), std::span(&kEffects, 1)}, clock_);
    const Feed feed(*fresh, "payment", 4, deadline_);
    const std::vector<NewEvent> events{EventOf(1), EventOf(5), EventOf(1)};
    std::vector<Finding> findings;
    fresh->Write(deadline_, [&](db::Transaction& tx) {
      feed.Append(tx, events, clock_.Now());
      return db::Verdict::kCommit;
    });
    try {
      fresh->Write(deadline_, [&](db::Transaction& tx) {
        EXPECT_GT(tx.Execute({"test_tamper", tamper}), 0) << tamper;
        return db::Verdict::kCommit;
      });
    } catch (const db::DatabaseError&) {
      continue;  // the engine itself refuses it
    }
    fresh->Read(deadline_, [&](db::Transaction& tx) { findings = CheckFeed(tx); });
    EXPECT_NE(findings[0].violation, "") << tamper;
  }
}

TEST_P(FeedTest, TheCheckReadsTheAppliedTokens) {
  database_->Write(deadline_, [&](db::Transaction& tx) {
    LockAppliedToken(tx, "billing");
    return db::Verdict::kCommit;
  });
  EXPECT_EQ(Check()[1].violation, "");
  Tamper("UPDATE feed_applied SET token = 'x'");
  EXPECT_NE(Check()[1].violation, "");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, FeedTest, testing::BothEngines(), testing::EngineName);

// PostgreSQL runs transactions side by side, which is where numbers and commits may change places.
class HeldOpen : public FeedTest {
 protected:
  // Runs `body` in a transaction that stays open until release() is set.
  std::jthread Hold(const std::function<void(db::Transaction&)>& body) {
    std::promise<void> reached;
    std::future<void> is_reached = reached.get_future();
    std::jthread thread([this, body, reached = std::move(reached)]() mutable {
      database_->Write(deadline_, [&](db::Transaction& tx) {
        body(tx);
        reached.set_value();
        release_.get_future().wait();
        return db::Verdict::kCommit;
      });
    });
    is_reached.wait();
    return thread;
  }
  std::promise<void> release_;
};

TEST_P(HeldOpen, AnEventCommittedLateIsNotPassedBy) {
  std::jthread slow = Hold([&](db::Transaction& tx) {
    const NewEvent event = EventOf(4, "slow");
    feed_.Append(tx, {&event, 1}, clock_.Now());
  });
  std::jthread quick([&] { Append({EventOf(4, "quick")}); });
  Append({EventOf(5, "of another partition does not wait")});
  Token token;
  EXPECT_EQ(Read(token).value().size(), 1u);
  release_.set_value();
  slow.join();
  quick.join();
  const std::vector<Event> events = Read(token).value();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].payload, "slow");
  EXPECT_EQ(events[1].payload, "quick");
}

TEST_P(HeldOpen, NegativeControlNumbersTakenOutsideTheLockArePassedBy) {
  constexpr db::Query kAdd{"test_add_numbered", "INSERT INTO numbered VALUES ($1)"};
  constexpr db::Query kFollow{"test_follow", "SELECT number FROM numbered WHERE number > $1"};
  std::atomic<std::int64_t> sequence = 0;
  const auto follow = [&](std::int64_t last) {
    return database_->ReadResult(deadline_, [&](db::Transaction& tx) -> Result<db::Rows> {
      return tx.Select(kFollow, last);
    });
  };
  std::jthread slow = Hold([&](db::Transaction& tx) { tx.Execute(kAdd, ++sequence); });
  database_->Write(deadline_, [&](db::Transaction& tx) {
    tx.Execute(kAdd, ++sequence);
    return db::Verdict::kCommit;
  });
  const std::int64_t last = follow(0).value()[0].Int(0);
  EXPECT_EQ(last, 2);
  release_.set_value();
  slow.join();
  EXPECT_TRUE(follow(last).value().empty()) << "number 1 is lost to this reader";
}

TEST_P(HeldOpen, NegativeControlWithoutTheLockAnEventIsAppliedTwice) {
  Append({EventOf(4)});
  const auto apply = [&](db::Transaction& tx, std::int64_t consumer) {
    Token token = AppliedToken(tx, "payment");
    for (const Event& event : feed_.Read(tx, token, 8).value()) {
      tx.Execute(kAddEffect, event.position, consumer);
    }
  };
  std::jthread slow = Hold([&](db::Transaction& tx) { apply(tx, 1); });
  database_->Write(deadline_, [&](db::Transaction& tx) {
    apply(tx, 2);
    return db::Verdict::kCommit;
  });
  release_.set_value();
  slow.join();
  database_->Read(deadline_,
                  [&](db::Transaction& tx) { EXPECT_EQ(tx.Select(kCountEffects)[0].Int(0), 2); });
}

INSTANTIATE_TEST_SUITE_P(Postgres, HeldOpen, ::testing::Values(db::Engine::kPostgres),
                         testing::EngineName);

}  // namespace
}  // namespace reeve::feed
