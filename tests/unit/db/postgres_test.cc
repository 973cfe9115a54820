// What only PostgreSQL does: a server that restarts, sessions that are killed, a pool of them.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "shared/testing/postgres_server.h"
#include "tests/unit/db/database_test.h"

namespace reeve::db {
namespace {

class PostgresTest : public DatabaseTest {
 protected:
  // Ends all sessions of this database but those that run one-off statements like this one.
  void KillSessions() {
    testing::RunSql(database_.location() + " application_name=killer",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                    " datname = current_database() AND application_name = 'reeve'");
  }
  static Kind KindOf(const std::function<void()>& action) {
    try {
      action();
    } catch (const DatabaseError& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return Kind::kBroken;
  }
};
INSTANTIATE_TEST_SUITE_P(Only, PostgresTest, ::testing::Values(Engine::kPostgres),
                         testing::EngineName);

TEST_P(PostgresTest, DeadlockIsRunAgain) {
  Execute(kAddCounter, 1, 0);
  Execute(kAddCounter, 2, 0);
  std::atomic<int> holding = 0;
  std::atomic<int> runs = 0;
  std::atomic<bool> survivor_is_done = false;
  const auto add_to_both = [&](std::int64_t first, std::int64_t second, Query looks_after) {
    database_->Write(deadline_, [&, first, second](Transaction& tx) {
      // The refused one would meet the survivor again if it took its row before that one wakes.
      if (++runs > 2) {
        while (!survivor_is_done) std::this_thread::yield();
      }
      tx.Execute(looks_after);
      constexpr Query kRaise{"raise", "UPDATE counter SET value = value + 1 WHERE counter_id = $1"};
      tx.Execute(kRaise, first);
      ++holding;
      while (holding < 2) std::this_thread::yield();  // both hold their first row
      tx.Execute(kRaise, second);
      return Verdict::kCommit;
    });
  };
  // Only one of them looks for a deadlock, and is refused: two that look may both be.
  constexpr Query kSoon{"look_soon", "SET LOCAL deadlock_timeout = '100ms'"};
  constexpr Query kLate{"look_late", "SET LOCAL deadlock_timeout = '10min'"};
  std::thread other([&] { add_to_both(2, 1, kSoon); });
  add_to_both(1, 2, kLate);
  survivor_is_done = true;
  other.join();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Counter(1), 2);
  EXPECT_EQ(Counter(2), 2);
}

TEST_P(PostgresTest, SessionsKilledWhileIdleAreReplacedUnnoticed) {
  for (int round = 0; round < 3; ++round) {
    Execute(kAddCounter, round, 0);
    KillSessions();
    EXPECT_EQ(Counter(round), 0);
  }
}

TEST_P(PostgresTest, SessionKilledInsideABodyIsRunAgain) {
  int runs = 0;
  database_->Write(deadline_, [&](Transaction& tx) {
    tx.Execute(kAddCounter, 1, 0);
    if (++runs == 1) KillSessions();
    tx.Execute(kAddCounter, 2, 0);
    return Verdict::kCommit;
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Counter(2), 0);
}

// Enough for COPY.
NewRows ManyCounters() {
  static const InsertInto kInto{"add_counters", "counter", {{"counter_id"}, {"value"}}};
  NewRows rows(kInto);
  for (int i = 1; i <= 1000; ++i) rows.Add(i, i);
  return rows;
}

TEST_P(PostgresTest, SessionKilledBeforeItCopiesIsRunAgain) {
  int runs = 0;
  database_->Write(deadline_, [&](Transaction& tx) {
    tx.Select(kFindCounter, 1);
    if (++runs == 1) KillSessions();
    tx.InsertRows(ManyCounters());
    return Verdict::kCommit;
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Counter(1000), 1000);
}

// The rows wait for a lock until the deadline: the session is closed in the middle of its COPY.
TEST_P(PostgresTest, CopyThatIsStuckEndsAtTheDeadlineAndLeavesNothing) {
  std::promise<void> locked;
  std::promise<void> expired;
  std::thread holder([&] {
    database_->Write(deadline_, [&](Transaction& tx) {
      tx.Execute(kAddCounter, 500, 0);
      locked.set_value();
      expired.get_future().wait();
      return Verdict::kRollBack;
    });
  });
  locked.get_future().wait();
  std::thread impatience([&] {
    const std::unique_ptr<Database> observer = database_.OpenReplica();
    constexpr Query kCopying{"",
                             "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                             " current_database() AND query LIKE 'COPY counter%' AND"
                             " wait_event_type = 'Lock'"};
    for (std::int64_t waiting = 0; waiting == 0;) {
      observer->Read(deadline_, [&](Transaction& tx) { waiting = tx.Select(kCopying)[0].Int(0); });
    }
    clock_.Advance(Duration::Seconds(61));
  });
  EXPECT_EQ(KindOf([&] {
              database_->Write(deadline_, [&](Transaction& tx) {
                tx.InsertRows(ManyCounters());
                return Verdict::kCommit;
              });
            }),
            Kind::kExpired);
  impatience.join();
  expired.set_value();
  holder.join();
  const Instant later = clock_.Now() + Duration::Seconds(60);
  database_->Write(later, [&](Transaction& tx) {
    EXPECT_TRUE(tx.Select(kFindCounter, 1).empty());
    tx.InsertRows(ManyCounters());
    return Verdict::kCommit;
  });
}

TEST_P(PostgresTest, SessionKilledWhileCommittingIsAnUnknownOutcome) {
  testing::RunSql(database_.location(),
                  "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS"
                  " 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'");
  testing::RunSql(database_.location(),
                  "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON counter"
                  " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()");
  std::promise<void> committing;
  std::thread killer([&] {
    committing.get_future().wait();
    const std::unique_ptr<Database> observer = database_.OpenReplica();
    constexpr Query kLingering{"",
                               "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                               " current_database() AND wait_event = 'PgSleep'"};
    for (std::int64_t sleeping = 0; sleeping == 0;) {
      observer->Read(deadline_,
                     [&](Transaction& tx) { sleeping = tx.Select(kLingering)[0].Int(0); });
    }
    KillSessions();
  });
  int runs = 0;
  EXPECT_EQ(KindOf([&] {
              database_->Write(deadline_, [&](Transaction& tx) {
                ++runs;
                tx.Execute(kAddCounter, 1, 0);
                committing.set_value();
                return Verdict::kCommit;
              });
            }),
            Kind::kOutcomeUnknown);
  EXPECT_EQ(runs, 1);
  killer.join();
}

TEST_P(PostgresTest, ServerStopsWorkingForWhoeverIsGone) {
  std::promise<void> started;
  std::thread impatience([&] {
    started.get_future().wait();
    clock_.Advance(Duration::Seconds(61));
  });
  EXPECT_EQ(KindOf([&] {
              database_->Read(deadline_, [&](Transaction& tx) {
                tx.Select({"warm", "SELECT 1"});
                started.set_value();
                tx.Select({"sleep", "SELECT pg_sleep(600)"});
              });
            }),
            Kind::kExpired);
  impatience.join();
  const Instant later = clock_.Now() + Duration::Seconds(60);
  constexpr Query kSleeping{"",
                            "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                            " current_database() AND wait_event = 'PgSleep'"};
  for (std::int64_t sleeping = 1; sleeping > 0;) {
    database_->Read(later, [&](Transaction& tx) { sleeping = tx.Select(kSleeping)[0].Int(0); });
  }
}

TEST_P(PostgresTest, PoolIsBoundedAndNeverLeaks) {
  constexpr int kConnections = 3;
  const std::unique_ptr<Database> database =
      OpenPostgres({.conninfo = database_.location(), .connections = kConnections}, clock_);
  std::atomic<int> running = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        try {
          database->Write(deadline_, [&](Transaction& tx) {
            EXPECT_LE(++running, kConnections);
            tx.Execute(kAddItem, 1, i * 100 + round, nullptr, nullptr);
            --running;
            if (round % 4 == 1) tx.Select({"unknown", "SELECT 1 FROM nowhere"});
            if (round % 4 == 2) throw std::out_of_range("the body's own");
            return round % 4 == 3 ? Verdict::kRollBack : Verdict::kCommit;
          });
        } catch (const DatabaseError& error) {
          EXPECT_EQ(error.kind(), Kind::kBroken);
        } catch (const std::out_of_range&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ItemIds().size(), 12U * 20 / 4);

  threads.clear();
  std::barrier all_at_once(kConnections);  // passes only if none has leaked
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back(
        [&] { database->Read(deadline_, [&](Transaction&) { all_at_once.arrive_and_wait(); }); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Servers of their own

TEST(PostgresServerTest, PromisesAreChecked) {
  testing::PostgresServer server;
  const testing::FakeClock clock(Instant::FromMicros(0));
  const Instant deadline = Instant::FromMicros(60'000'000);
  const auto refusal = [&](const std::string& conninfo) -> std::string {
    try {
      OpenPostgres({.conninfo = conninfo}, clock)->Read(deadline, [](Transaction& tx) {
        tx.Select({"one", "SELECT 1"});
      });
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.kind(), Kind::kBroken);
      return error.what();
    }
    return "";
  };
  using ::testing::HasSubstr;
  EXPECT_EQ(refusal(server.conninfo()), "");
  EXPECT_THAT(refusal(server.conninfo() + " options='-c synchronous_commit=off'"),
              HasSubstr("synchronous_commit"));
  testing::RunSql(server.conninfo(),
                  "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII'");
  EXPECT_THAT(refusal(server.conninfo() + " dbname=ascii"), HasSubstr("encoding"));
  testing::RunSql(server.conninfo(),
                  "CREATE DATABASE sorted TEMPLATE template0 ENCODING 'UTF8'"
                  " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
  EXPECT_THAT(refusal(server.conninfo() + " dbname=sorted"), HasSubstr("collation"));
  for (const std::string setting : {"fsync", "full_page_writes"}) {
    server.Stop(testing::PostgresServer::How::kFast);
    server.Start({setting + "=off"});
    EXPECT_THAT(refusal(server.conninfo()), HasSubstr(setting));
  }
}

TEST(PostgresServerTest, ServiceStartsBeforeItsDatabase) {
  testing::PostgresServer server;
  server.Stop(testing::PostgresServer::How::kFast);
  const testing::FakeClock clock(Instant::FromMicros(0));
  const Instant deadline = Instant::FromMicros(60'000'000);
  const std::unique_ptr<Database> database = OpenPostgres({.conninfo = server.conninfo()}, clock);
  const auto ask = [](Transaction& tx) { tx.Select({"one", "SELECT 1"}); };
  try {
    database->Read(deadline, ask);
    FAIL() << "nobody is there";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kUnavailable);
  }
  server.Start();
  database->Read(deadline, ask);
}

// Every write ends as committed, as refused with nothing done, or as unknown; a row is there if it
// was committed, and is not if it was refused. The pool works again once the server does.
TEST(PostgresServerTest, RestartsUnderLoadAreReportedTruthfully) {
  testing::PostgresServer server;
  const testing::FakeClock clock(Instant::FromMicros(0));
  const Instant deadline = Instant::FromMicros(60'000'000);
  const std::unique_ptr<Database> database =
      OpenPostgres({.conninfo = server.conninfo(), .connections = 4}, clock);
  Migrate(*database, std::span(&kSchema, 1), deadline);

  enum class Ended { kCommitted, kRefused, kUnknown };
  std::mutex mutex;
  std::map<std::int64_t, Ended> ended;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (std::int64_t id = i; !stop; id += 8) {
        Ended how = Ended::kCommitted;
        try {
          database->Write(deadline, [&](Transaction& tx) {
            tx.Execute(kAddItem, 1, id, nullptr, nullptr);
            return Verdict::kCommit;
          });
        } catch (const DatabaseError& error) {
          EXPECT_THAT(error.kind(), ::testing::AnyOf(Kind::kUnavailable, Kind::kOutcomeUnknown));
          how = error.kind() == Kind::kOutcomeUnknown ? Ended::kUnknown : Ended::kRefused;
        }
        const std::lock_guard lock(mutex);
        ended.emplace(id, how);
      }
    });
  }
  const auto wait_for_commits = [&](std::size_t more) {
    const auto committed = [&] {
      const std::lock_guard lock(mutex);
      return std::count_if(ended.begin(), ended.end(),
                           [](const auto& entry) { return entry.second == Ended::kCommitted; });
    };
    const auto enough = committed() + static_cast<std::ptrdiff_t>(more);
    while (committed() < enough) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  using How = testing::PostgresServer::How;
  for (const How how : {How::kFast, How::kCrash, How::kFast, How::kCrash}) {
    wait_for_commits(100);
    server.Stop(how);
    server.Start();
  }
  wait_for_commits(100);
  stop = true;
  for (std::thread& thread : threads) thread.join();

  std::set<std::int64_t> present;
  database->Read(deadline, [&](Transaction& tx) {
    for (const Rows::Row row : tx.Select(kItemIds)) present.insert(row.Int(0));
  });
  for (const auto& [id, how] : ended) {
    if (how == Ended::kCommitted) EXPECT_TRUE(present.contains(id)) << id << " was acknowledged";
    if (how == Ended::kRefused) EXPECT_FALSE(present.contains(id)) << id << " was refused";
  }
}

}  // namespace
}  // namespace reeve::db
