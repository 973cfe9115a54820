#include <thread>

#include "tests/unit/db/database_test.h"

namespace reeve::db {
namespace {

class MigrateTest : public DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(BothEngines, MigrateTest, testing::BothEngines(), testing::EngineName);

constexpr Migration kMeter{"test/0001_meter",
                           "-- Meters; and nothing else.\n"
                           "CREATE TABLE meter (meter_id BIGINT PRIMARY KEY);\n"
                           "\n"
                           "INSERT INTO meter VALUES (1);\n"
                           "-- The end.\n"};
constexpr Migration kSeal{"test/0002_seal", "ALTER TABLE meter ADD COLUMN seal TEXT"};
constexpr Query kCountMeters{"count_meters", "SELECT count(*) FROM meter"};

TEST_P(MigrateTest, EachIsAppliedOnceAndRecorded) {
  const Migration both[] = {kMeter, kSeal};
  Migrate(*database_, std::span(both, 1), deadline_);
  Migrate(*database_, both, deadline_);
  Migrate(*database_, both, deadline_);
  EXPECT_EQ(Select(kCountMeters)[0].Int(0), 1);
  const Rows rows = Select(
      {"", "SELECT id, applied_time FROM schema_migration WHERE id LIKE 'test/000%' ORDER BY id"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].Text(0), "test/0001_meter");
  EXPECT_EQ(rows[1].Time(1), clock_.Now());
}

TEST_P(MigrateTest, ChangedMigrationIsRefused) {
  Migrate(*database_, std::span(&kMeter, 1), deadline_);
  const Migration changed[] = {kSeal, {kMeter.id, "CREATE TABLE meter (meter_id TEXT)"}};
  try {
    Migrate(*database_, changed, deadline_);
    FAIL() << "accepted";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kBroken);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("test/0001_meter"));
  }
  EXPECT_EQ(Select({"", "SELECT id FROM schema_migration WHERE id = 'test/0002_seal'"}).size(), 0U);
}

TEST_P(MigrateTest, FailingMigrationLeavesNothingOfTheList) {
  const Migration list[] = {kMeter, {"test/0002_wrong", "CREATE TABLE meter (again BIGINT)"}};
  try {
    Migrate(*database_, list, deadline_);
    FAIL() << "accepted";
  } catch (const DatabaseError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("test/0002_wrong"));
  }
  EXPECT_THROW(Select(kCountMeters), DatabaseError);
}

TEST_P(MigrateTest, ReplicasThatStartTogetherApplyOnce) {
  Execute({"", "DROP TABLE schema_migration"});  // so that they also meet at creating this one
  std::vector<std::unique_ptr<Database>> replicas;
  if (GetParam() == Engine::kPostgres) {
    for (int i = 0; i < 4; ++i) replicas.push_back(database_.OpenReplica());
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      Database& database = replicas.empty() ? *database_ : *replicas[i];
      const Migration both[] = {kMeter, kSeal};
      Migrate(database, both, deadline_);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Select(kCountMeters)[0].Int(0), 1);
}

}  // namespace
}  // namespace reeve::db
