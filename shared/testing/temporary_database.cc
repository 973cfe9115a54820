#include "shared/testing/temporary_database.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "shared/testing/postgres_server.h"

namespace reeve::testing {
namespace {

constexpr Duration kOpenLimit = Duration::Seconds(60);

std::string NewFolder() {
  std::string folder = (std::filesystem::temp_directory_path() / "reeve-test-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder);
  return folder;
}

// Of the server that holds the temporary databases; lives until the process ends.
const std::string& ServerConninfo() {
  static const std::string conninfo = [] {
    if (const char* given = std::getenv("REEVE_TEST_POSTGRES"); given != nullptr) {
      return std::string(given);
    }
    static PostgresServer server;
    return server.conninfo();
  }();
  return conninfo;
}

std::string NewDatabaseName() {
  static std::atomic<int> count = 0;
  return "reeve_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

}  // namespace

TemporaryDatabase TemporaryDatabase::Create(db::Engine engine,
                                            std::span<const db::Migration> migrations,
                                            const Clock& clock) {
  const std::initializer_list<std::span<const db::Migration>> one = {migrations};
  return Create(engine, one, clock);
}

TemporaryDatabase TemporaryDatabase::Create(
    db::Engine engine, std::initializer_list<std::span<const db::Migration>> migrations,
    const Clock& clock) {
  TemporaryDatabase created(engine, clock);
  std::vector<db::Migration> all;
  for (const auto& list : migrations) all.insert(all.end(), list.begin(), list.end());
  db::Migrate(*created, all, clock.Now() + kOpenLimit);
  return created;
}

TemporaryDatabase::TemporaryDatabase(db::Engine engine, const Clock& clock)
    : engine_(engine), clock_(&clock) {
  if (engine == db::Engine::kSqlite) {
    location_ = NewFolder() + "/database";
  } else {
    const std::string name = NewDatabaseName();
    RunSql(ServerConninfo(), "CREATE DATABASE " + name +
                                 " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    location_ = ServerConninfo() + " dbname=" + name;
  }
  database_ = Open();
}

TemporaryDatabase::TemporaryDatabase(TemporaryDatabase&& other) noexcept
    : engine_(other.engine_),
      clock_(other.clock_),
      location_(std::exchange(other.location_, {})),
      database_(std::move(other.database_)) {}

TemporaryDatabase::~TemporaryDatabase() {
  if (location_.empty()) return;
  database_.reset();
  if (engine_ == db::Engine::kSqlite) {
    std::error_code ignored;
    std::filesystem::remove_all(std::filesystem::path(location_).parent_path(), ignored);
  } else {
    try {
      const std::string name = location_.substr(location_.rfind('=') + 1);
      RunSql(ServerConninfo(), "DROP DATABASE " + name + " WITH (FORCE)");
    } catch (const std::runtime_error&) {
      // The server is gone, and the database with it.
    }
  }
}

std::unique_ptr<db::Database> TemporaryDatabase::Open() const {
  if (engine_ == db::Engine::kSqlite) return db::OpenSqlite({.path = location_}, *clock_);
  return db::OpenPostgres({.conninfo = location_}, *clock_);
}

void TemporaryDatabase::Reopen() {
  database_.reset();
  database_ = Open();
}

std::unique_ptr<db::Database> TemporaryDatabase::OpenReplica() const {
  if (engine_ == db::Engine::kSqlite) {
    throw std::logic_error("on SQLite a service is one process");
  }
  return Open();
}

}  // namespace reeve::testing
