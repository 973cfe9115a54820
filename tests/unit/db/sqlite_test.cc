// What only SQLite does: the lock file, the shared commit, the WAL.
#include <prometheus/registry.h>

#include <filesystem>
#include <future>
#include <limits>
#include <thread>

#include "shared/obs/metrics.h"
#include "tests/unit/db/database_test.h"

namespace reeve::db {
namespace {

class SqliteTest : public DatabaseTest {
 protected:
  std::string wal() const { return database_.location() + "-wal"; }
};
INSTANTIATE_TEST_SUITE_P(Only, SqliteTest, ::testing::Values(Engine::kSqlite), testing::EngineName);

TEST_P(SqliteTest, SecondInstanceIsRefusedUntilTheFirstIsClosed) {
  try {
    OpenSqlite({.path = database_.location()}, clock_);
    FAIL() << "two have it open";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kUnavailable);
  }
  database_.Reopen();
}

TEST_P(SqliteTest, MissingFolderIsUnavailable) {
  try {
    OpenSqlite({.path = database_.location() + "/nowhere/file"}, clock_);
    FAIL();
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kUnavailable);
  }
}

TEST_P(SqliteTest, WriteInsideAWriteIsADefect) {
  EXPECT_THROW(database_->Write(deadline_,
                                [&](Transaction&) {
                                  Execute(kAddCounter, 1, 1);
                                  return Verdict::kCommit;
                                }),
               std::logic_error);
}

TEST_P(SqliteTest, SumBeyond64BitsIsRefusedInsteadOfRounded) {
  Execute(kAddCounter, 1, std::numeric_limits<std::int64_t>::max());
  EXPECT_THROW(Select({"next", "SELECT value + 1 FROM counter"}), DatabaseError);
}

TEST_P(SqliteTest, WritersThatWaitShareACommit) {
  obs::Metrics metrics("test");
  const std::unique_ptr<Database> database =
      OpenSqlite({.path = database_.location() + "2", .metrics = &metrics}, clock_);
  Migrate(*database, std::span(&kSchema, 1), deadline_);
  constexpr int kThreads = 16;
  constexpr int kRounds = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        database->Write(deadline_, [&](Transaction& tx) {
          tx.Execute(kAddItem, i, round, nullptr, nullptr);
          return Verdict::kCommit;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const prometheus::MetricFamily& family : metrics.registry()->Collect()) {
    if (family.name != "reeve_test_db_group_bodies") continue;
    const prometheus::ClientMetric::Histogram& groups = family.metric.at(0).histogram;
    EXPECT_EQ(groups.sample_sum, kThreads * kRounds + 1);  // and the migration
    EXPECT_LT(groups.sample_count, kThreads * kRounds / 2);
    return;
  }
  FAIL() << "groups are not counted";
}

TEST_P(SqliteTest, FullDiskChangesNothingAndPasses) {
  const std::int64_t pages = Select({"", "PRAGMA page_count"})[0].Int(0);
  const auto limit_pages = [&](std::int64_t most) {
    const std::string pragma = "PRAGMA max_page_count = " + std::to_string(most);
    database_->Write(deadline_, [&](Transaction& tx) {
      tx.Select({"", pragma});
      return Verdict::kCommit;
    });
  };
  limit_pages(pages + 2);
  const Bytes large(100'000, 1);
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) { tx.Execute(kAddItem, 1, 1, nullptr, large); }),
            Kind::kStorage);
  EXPECT_TRUE(ItemIds().empty());
  limit_pages(1'000'000);
  Execute(kAddItem, 1, 1, nullptr, large);
  EXPECT_EQ(ItemIds().size(), 1U);
}

TEST_P(SqliteTest, LongReadEndsAtItsDeadline) {
  constexpr Query kForever{"forever",
                           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                           " SELECT count(*) FROM n"};
  std::promise<void> started;
  std::thread impatience([&] {
    started.get_future().wait();
    clock_.Advance(Duration::Seconds(61));
  });
  try {
    database_->Read(deadline_, [&](Transaction& tx) {
      started.set_value();
      tx.Select(kForever);
    });
    ADD_FAILURE() << "forever has passed";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kExpired);
  }
  impatience.join();
}

TEST_P(SqliteTest, WalIsCheckpointedByTheWriter) {
  constexpr std::uintmax_t kMiB = 1 << 20;
  const Bytes large(kMiB, 1);
  for (int i = 0; i < 64; ++i) Execute(kAddItem, 1, i, nullptr, large);
  EXPECT_LT(std::filesystem::file_size(wal()), 32 * kMiB);
  EXPECT_GT(std::filesystem::file_size(database_.location()), 32 * kMiB);
}

}  // namespace
}  // namespace reeve::db
