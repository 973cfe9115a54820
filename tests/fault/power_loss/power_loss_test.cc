// The power fails at many moments of a busy day: what was acknowledged must be there afterwards.
// With synchronous=NORMAL it is not, which shows that this test can see the loss.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "shared/db/database.h"
#include "shared/testing/fake_clock.h"
#include "tests/fault/power_loss/recording_vfs.h"

namespace reeve::fault {
namespace {

constexpr std::uint64_t kSeed = 20261122;
constexpr int kCuts = 80;
constexpr int kWriters = 4;
constexpr int kWritesEach = 150;
constexpr std::size_t kBytesMax = 80'000;  // all together fill the WAL so far that it is restarted

constexpr db::Migration kSchema{"test/schema",
                                "CREATE TABLE entry (entry_id BIGINT PRIMARY KEY, content BYTEA)"};
constexpr db::Query kAdd{"add", "INSERT INTO entry (entry_id, content) VALUES ($1, $2)"};
constexpr db::Query kIds{"ids", "SELECT entry_id FROM entry"};
constexpr db::Query kTables{"tables", "SELECT count(*) FROM sqlite_master WHERE name = 'entry'"};
constexpr db::Query kIntegrity{"integrity", "PRAGMA integrity_check"};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "reeve-power-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class PowerLossTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { RecordAllFiles(); }

  // Writes from several threads; answers the step at which the first of them began.
  std::size_t RecordBusyDay(bool synchronous_full, Trace& trace) {
    const Folder folder;
    RecordTo(&trace);
    const auto database = db::OpenSqlite(
        {.path = (folder.path() / "database").string(), .synchronous_full = synchronous_full},
        clock_);
    db::Migrate(*database, std::span(&kSchema, 1), deadline_);
    // A file that nothing has synced yet may be gone altogether; the day begins after that.
    const std::size_t begin = trace.size();
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        std::mt19937_64 chance(kSeed + static_cast<std::uint64_t>(writer));
        for (int i = 0; i < kWritesEach; ++i) {
          const std::int64_t id = writer * kWritesEach + i;
          const db::Bytes content(chance() % kBytesMax, static_cast<std::uint8_t>(id));
          database->Write(deadline_, [&](db::Transaction& tx) {
            tx.Execute(kAdd, id, content);
            return db::Verdict::kCommit;
          });
          trace.Acknowledge(id);
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    RecordTo(nullptr);
    return begin;
  }

  static std::vector<std::int64_t> Present(db::Transaction& tx) {
    std::vector<std::int64_t> ids;
    if (tx.Select(kTables)[0].Int(0) == 0) return ids;  // even the schema is lost
    for (const db::Rows::Row row : tx.Select(kIds)) ids.push_back(row.Int(0));
    return ids;
  }

  // How many acknowledged entries were missing after a power loss, over all cuts.
  std::size_t CountLost(const Trace& trace, std::size_t begin) {
    std::mt19937_64 chance(kSeed);
    std::vector<std::size_t> cuts = {trace.size()};
    while (cuts.size() < kCuts) cuts.push_back(begin + chance() % (trace.size() - begin));
    std::sort(cuts.begin(), cuts.end());
    std::size_t lost = 0;
    Trace::Playback playback(trace);
    for (const std::size_t cut : cuts) {
      const Folder folder;
      playback.AdvanceTo(cut);
      playback.Materialize(folder.path(), chance);
      const auto database = db::OpenSqlite({.path = (folder.path() / "database").string()}, clock_);
      database->Read(deadline_, [&](db::Transaction& tx) {
        EXPECT_EQ(tx.Select(kIntegrity)[0].Text(0), "ok") << "cut at step " << cut;
        std::set<std::int64_t> missing = playback.acknowledged();
        for (const std::int64_t id : Present(tx)) missing.erase(id);
        lost += missing.size();
      });
    }
    return lost;
  }

  const testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  const Instant deadline_ = clock_.Now() + Duration::Seconds(60);
};

TEST_F(PowerLossTest, FullKeepsWhatWasAcknowledged) {
  Trace trace;
  const std::size_t begin = RecordBusyDay(/*synchronous_full=*/true, trace);
  EXPECT_EQ(CountLost(trace, begin), 0U);
}

TEST_F(PowerLossTest, NormalLosesWhatWasAcknowledged) {
  Trace trace;
  const std::size_t begin = RecordBusyDay(/*synchronous_full=*/false, trace);
  EXPECT_GT(CountLost(trace, begin), 0U);
}

}  // namespace
}  // namespace reeve::fault
