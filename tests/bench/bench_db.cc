// The storage library alone: rows written set-wise beside COPY BINARY (on SQLite, beside bare
// prepared inserts), and small writes of many callers beside those of one.
#include <libpq-fe.h>
#include <sqlite3.h>

#include <bit>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "shared/process/system_seams.h"
#include "shared/testing/temporary_database.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using testing::TemporaryDatabase;
using Steady = std::chrono::steady_clock;

constexpr int kRowsEachCommit = 5'000;
constexpr Duration kLimit = Duration::Minutes(10);

constexpr db::Migration kSchema{"bench/lines", R"(
CREATE TABLE line (
  home BIGINT NOT NULL,
  line_id BIGINT NOT NULL,
  label TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (home, line_id));
CREATE TABLE bare_line (
  home BIGINT NOT NULL,
  line_id BIGINT NOT NULL,
  label TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (home, line_id));
)"};
constexpr std::string_view kLabel = "Electric, Schedule 1, first 500 kWh";
const db::InsertInto kInsertLines{
    "insert_lines",
    "line",
    {{"home"}, {"line_id"}, {"label", db::ColumnType::kText}, {"amount_cents"}}};
constexpr db::Query kInsertLine{
    "insert_line", "INSERT INTO line (home, line_id, label, amount_cents) VALUES ($1, $2, $3, $4)"};

struct Flags {
  int rows = 200'000;
  int callers = 64;
  int writes = 4'000;
  int runs = 3;
};

double PerSecond(int count, const std::function<void()>& action) {
  const Steady::time_point start = Steady::now();
  action();
  return count / std::chrono::duration<double>(Steady::now() - start).count();
}

void Require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

std::int64_t HomeOf(int row) { return row / 100; }

void InsertSetWise(db::Database& database, int rows) {
  for (int begin = 0; begin < rows; begin += kRowsEachCommit) {
    database.Write(database.clock().Now() + kLimit, [&](db::Transaction& tx) {
      db::NewRows lines(kInsertLines);
      for (int row = begin; row < std::min(rows, begin + kRowsEachCommit); ++row) {
        lines.Add(HomeOf(row), row, kLabel, row);
      }
      tx.InsertRows(lines);
      return db::Verdict::kCommit;
    });
  }
}

void AppendBigEndian(std::string& bytes, std::uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
}

void CopyBinary(const std::string& conninfo, int rows) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(conninfo.c_str()), PQfinish);
  for (int begin = 0; begin < rows; begin += kRowsEachCommit) {
    PQclear(PQexec(session.get(), "COPY bare_line FROM STDIN (FORMAT binary)"));
    std::string bytes("PGCOPY\n\377\r\n\0", 11);
    bytes.append(8, '\0');  // flags, extension
    for (int row = begin; row < std::min(rows, begin + kRowsEachCommit); ++row) {
      AppendBigEndian(bytes, 4, 2);  // columns
      for (const std::int64_t number : {HomeOf(row), std::int64_t{row}}) {
        AppendBigEndian(bytes, 8, 4);
        AppendBigEndian(bytes, static_cast<std::uint64_t>(number), 8);
      }
      AppendBigEndian(bytes, kLabel.size(), 4);
      bytes.append(kLabel);
      AppendBigEndian(bytes, 8, 4);
      AppendBigEndian(bytes, static_cast<std::uint64_t>(row), 8);
    }
    AppendBigEndian(bytes, 0xffff, 2);  // the end
    Require(PQputCopyData(session.get(), bytes.data(), static_cast<int>(bytes.size())) == 1 &&
                PQputCopyEnd(session.get(), nullptr) == 1,
            "COPY");
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQgetResult(session.get()),
                                                                PQclear);
    Require(PQresultStatus(result.get()) == PGRES_COMMAND_OK, "COPY");
    while (PGresult* rest = PQgetResult(session.get())) PQclear(rest);
  }
}

void InsertBare(const std::string& path, int rows) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* insert = nullptr;
  Require(sqlite3_open(path.c_str(), &handle) == SQLITE_OK, "open");
  sqlite3_exec(handle, "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
  Require(sqlite3_prepare_v2(handle, "INSERT INTO bare_line VALUES (?, ?, ?, ?)", -1, &insert,
                             nullptr) == SQLITE_OK,
          "prepare");
  for (int begin = 0; begin < rows; begin += kRowsEachCommit) {
    sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    for (int row = begin; row < std::min(rows, begin + kRowsEachCommit); ++row) {
      sqlite3_bind_int64(insert, 1, HomeOf(row));
      sqlite3_bind_int64(insert, 2, row);
      sqlite3_bind_text(insert, 3, kLabel.data(), static_cast<int>(kLabel.size()), SQLITE_STATIC);
      sqlite3_bind_int64(insert, 4, row);
      Require(sqlite3_step(insert) == SQLITE_DONE, "insert");
      sqlite3_reset(insert);
    }
    Require(sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, "commit");
  }
  sqlite3_finalize(insert);
  sqlite3_close(handle);
}

// `writes` transactions of one row each, by so many callers at once.
void WriteSmall(db::Database& database, int callers, int writes) {
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      for (int i = caller; i < writes; i += callers) {
        database.Write(database.clock().Now() + kLimit, [&](db::Transaction& tx) {
          tx.Execute(kInsertLine, caller, i, kLabel, i);
          return db::Verdict::kCommit;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void Run(const Flags& flags, db::Engine engine) {
  const process::SystemClock clock;
  const bool sqlite = engine == db::Engine::kSqlite;
  std::vector<double> set_wise, bare, many, one;
  for (int run = 0; run < flags.runs; ++run) {
    {
      auto database = TemporaryDatabase::Create(engine, std::span(&kSchema, 1), clock);
      set_wise.push_back(PerSecond(flags.rows, [&] { InsertSetWise(*database, flags.rows); }));
      bare.push_back(PerSecond(flags.rows, [&] {
        sqlite ? InsertBare(database.location(), flags.rows)
               : CopyBinary(database.location(), flags.rows);
      }));
    }
    auto alone = TemporaryDatabase::Create(engine, std::span(&kSchema, 1), clock);
    one.push_back(PerSecond(flags.writes / 4, [&] { WriteSmall(*alone, 1, flags.writes / 4); }));
    auto crowd = TemporaryDatabase::Create(engine, std::span(&kSchema, 1), clock);
    many.push_back(
        PerSecond(flags.writes, [&] { WriteSmall(*crowd, flags.callers, flags.writes); }));
  }
  const std::string suffix = sqlite ? "_sqlite" : "_postgres";
  Report("db_insert_rows" + suffix, Median(set_wise), "rows/s", Median(bare), flags.runs);
  Report("db_small_writes" + suffix, Median(many), "writes/s", Median(one), flags.runs,
         {{"callers", flags.callers}});
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("The storage library beside the bare engines");
  line.Number("--rows", flags.rows, "rows written set-wise");
  line.Number("--callers", flags.callers, "threads of the small writes");
  line.Number("--writes", flags.writes, "small writes");
  line.Number("--runs", flags.runs, "alternating runs; medians are reported");
  line.BinariesUnused();
  return line.Run(argc, argv, [&] {
    reeve::bench::Run(flags, reeve::db::Engine::kPostgres);
    reeve::bench::Run(flags, reeve::db::Engine::kSqlite);
  });
}
