// The bill cycle, from reads in the database to bills, lines, postings and events in the database;
// beside it, in the same run, the same rows written by COPY BINARY, or on SQLite by bare prepared
// inserts.
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "shared/testing/suite.h"
#include "tests/bench/city.h"
#include "tests/bench/command.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using testing::Suite;
using Steady = std::chrono::steady_clock;

constexpr int kRowsEachCommit = 5'000;

struct Flags {
  std::string engine = "sqlite";
  std::string binaries;
  int accounts = 200'000;
  int runs = 3;
};

double SecondsSince(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// Writes again, bare, the rows of those tables that the cycle filled.
class Floor {
 public:
  virtual ~Floor() = default;
  // The tables that are empty now: what they hold later is the cycle's.
  virtual void NoteEmptyTables() = 0;
  virtual double SecondsToWriteAgain() = 0;
};

class PostgresFloor final : public Floor {
 public:
  explicit PostgresFloor(std::string conninfo) : conninfo_(std::move(conninfo)) {
    folder_ = Output("mktemp -d | tr -d '\\n'");
    std::filesystem::permissions(folder_, std::filesystem::perms::all);
  }
  ~PostgresFloor() override { std::filesystem::remove_all(folder_); }

  void NoteEmptyTables() override {
    for (const std::string& table :
         Lines(Psql(conninfo_, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))) {
      if (Psql(conninfo_, "SELECT count(*) FROM (SELECT 1 FROM " + table + " LIMIT 1) x") ==
          "0\n") {
        tables_.push_back(table);
      }
    }
  }

  double SecondsToWriteAgain() override {
    std::string load;
    Psql(conninfo_, "DROP SCHEMA IF EXISTS floor CASCADE");
    Psql(conninfo_, "CREATE SCHEMA floor");
    for (const std::string& table : tables_) {
      Psql(conninfo_, "CREATE TABLE floor." + table + " (LIKE public." + table + " INCLUDING ALL)");
      Psql(conninfo_, "COPY public." + table + " TO '" + folder_ + "/" + table + "' BINARY");
      load += "COPY floor." + table + " FROM '" + folder_ + "/" + table + "' BINARY;";
    }
    const auto start = Steady::now();
    Psql(conninfo_, load);
    return SecondsSince(start);
  }

 private:
  const std::string conninfo_;
  std::string folder_;
  std::vector<std::string> tables_;
};

// The C API as it is: no layer of ours.
class SqliteFloor final : public Floor {
 public:
  explicit SqliteFloor(std::string path) : path_(std::move(path)) {}

  void NoteEmptyTables() override {
    sqlite3* from = Open(path_);
    for (const auto& row : Query(from,
                                 "SELECT name, sql FROM sqlite_master WHERE type = 'table' "
                                 "AND name NOT LIKE 'sqlite_%'")) {
      if (Query(from, "SELECT 1 FROM " + row[0] + " LIMIT 1").empty()) tables_.push_back(row[0]);
    }
    sqlite3_close(from);
  }

  double SecondsToWriteAgain() override {
    const std::string copy = path_ + ".floor";
    std::filesystem::remove(copy);
    sqlite3* from = Open(path_);
    sqlite3* to = Open(copy);
    Execute(to, "PRAGMA journal_mode = WAL");
    Execute(to, "PRAGMA synchronous = FULL");
    double seconds = 0;
    for (const std::string& table : tables_) {
      for (const auto& row : Query(from, "SELECT sql FROM sqlite_master WHERE tbl_name = '" +
                                             table + "' AND sql IS NOT NULL")) {
        Execute(to, row[0]);
      }
      seconds += CopyTable(from, to, table);
    }
    sqlite3_close(from);
    sqlite3_close(to);
    std::filesystem::remove(copy);
    return seconds;
  }

 private:
  static sqlite3* Open(const std::string& path) {
    sqlite3* database = nullptr;
    if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) throw std::runtime_error(path);
    return database;
  }

  static void Execute(sqlite3* database, const std::string& sql) {
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database));
    }
  }

  static std::vector<std::vector<std::string>> Query(sqlite3* database, const std::string& sql) {
    std::vector<std::vector<std::string>> rows;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database));
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::vector<std::string>& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "" : text);
      }
    }
    sqlite3_finalize(statement);
    return rows;
  }

  // Reads a chunk into memory, then writes it: only the writing is timed.
  static double CopyTable(sqlite3* from, sqlite3* to, const std::string& table) {
    sqlite3_stmt* select = nullptr;
    sqlite3_prepare_v2(from, ("SELECT * FROM " + table).c_str(), -1, &select, nullptr);
    const int columns = sqlite3_column_count(select);
    std::string marks;
    for (int i = 0; i < columns; ++i) marks += i == 0 ? "?" : ",?";
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(to, ("INSERT INTO " + table + " VALUES (" + marks + ")").c_str(), -1,
                       &insert, nullptr);
    double seconds = 0;
    bool more = true;
    while (more) {
      std::vector<sqlite3_value*> cells;
      for (int row = 0; row < kRowsEachCommit; ++row) {
        more = sqlite3_step(select) == SQLITE_ROW;
        if (!more) break;
        for (int i = 0; i < columns; ++i) {
          cells.push_back(sqlite3_value_dup(sqlite3_column_value(select, i)));
        }
      }
      const auto start = Steady::now();
      Execute(to, "BEGIN");
      for (std::size_t cell = 0; cell < cells.size(); cell += static_cast<std::size_t>(columns)) {
        for (int i = 0; i < columns; ++i) {
          sqlite3_bind_value(insert, i + 1, cells[cell + static_cast<std::size_t>(i)]);
        }
        if (sqlite3_step(insert) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(to));
        sqlite3_reset(insert);
      }
      Execute(to, "COMMIT");
      seconds += SecondsSince(start);
      for (sqlite3_value* cell : cells) sqlite3_value_free(cell);
    }
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    return seconds;
  }

  const std::string path_;
  std::vector<std::string> tables_;
};

struct Times {
  double cycle_seconds = 0;
  double floor_seconds = 0;
  double resident_megabytes = 0;
};

Times RunOnce(const Flags& flags) {
  const std::string folder = Output("mktemp -d | tr -d '\\n'");
  Suite suite({.engine = flags.engine == "sqlite" ? db::Engine::kSqlite : db::Engine::kPostgres,
               .binaries = flags.binaries,
               .services = {"identity", "account", "billing", "payment"},
               .bootstrap = WriteBootstrap(folder, 1)});
  suite.Start();
  const Progress progress = PrintProgress();
  BuildAccounts(suite, flags.accounts, progress);
  ImportReads(suite, flags.accounts, progress);

  const std::string location = suite.DatabaseLocation("billing");
  std::unique_ptr<Floor> floor;
  if (flags.engine == "sqlite") {
    floor = std::make_unique<SqliteFloor>(location);
  } else {
    floor = std::make_unique<PostgresFloor>(location);
  }
  floor->NoteEmptyTables();
  Times times;
  const auto start = Steady::now();
  RunCycle(suite, progress);
  times.cycle_seconds = SecondsSince(start);
  times.resident_megabytes =
      static_cast<double>(suite.process("billing").ResidentBytes()) / 1'000'000;
  suite.process("billing").End();
  times.floor_seconds = floor->SecondsToWriteAgain();
  std::filesystem::remove_all(folder);
  return times;
}

void Run(const Flags& flags) {
  std::vector<double> ours, floors, resident;
  for (int run = 0; run < flags.runs; ++run) {
    const Times times = RunOnce(flags);
    ours.push_back(flags.accounts / times.cycle_seconds);
    floors.push_back(flags.accounts / times.floor_seconds);
    resident.push_back(times.resident_megabytes);
  }
  Report("cycle/" + flags.engine, Median(ours), "bills/s", Median(floors), flags.runs,
         {{"accounts", flags.accounts}, {"resident_megabytes", Median(resident)}});
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line(
      "A bill cycle of five services, beside the bare writing of its rows");
  line.Engine(flags.engine);
  line.Binaries(flags.binaries);
  line.Number("--accounts", flags.accounts);
  line.Number("--runs", flags.runs);
  return line.Run(argc, argv, [&] { reeve::bench::Run(flags); });
}
