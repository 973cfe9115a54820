// TemporaryDatabase: an empty database of its own for one test, on either engine, gone with the
// object.
//
// SQLite: a file in a new folder. PostgreSQL: a new database on the server that the environment
// variable REEVE_TEST_POSTGRES names (libpq conninfo of a role that may create databases; tests/run
// starts one for the whole run), else on a private cluster that the first use in this process
// starts and that ends with the process.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <ostream>
#include <span>
#include <string>

#include "shared/db/database.h"

namespace reeve::db {

// How GoogleTest prints the parameter of a test.
inline void PrintTo(Engine engine, std::ostream* out) {
  *out << (engine == Engine::kSqlite ? "Sqlite" : "Postgres");
}

}  // namespace reeve::db

namespace reeve::testing {

// INSTANTIATE_TEST_SUITE_P(BothEngines, MyTest, testing::BothEngines(), testing::EngineName);
inline auto BothEngines() { return ::testing::Values(db::Engine::kSqlite, db::Engine::kPostgres); }
inline std::string EngineName(const ::testing::TestParamInfo<db::Engine>& info) {
  return ::testing::PrintToString(info.param);
}

class TemporaryDatabase {
 public:
  // Opens an empty database and applies the migrations. `clock` is the one that deadlines are by;
  // it outlives the database.
  //   auto database = TemporaryDatabase::Create(GetParam(), {feed::Migrations()}, clock);
  //   database->Write(deadline, ...);
  static TemporaryDatabase Create(db::Engine engine, std::span<const db::Migration> migrations,
                                  const Clock& clock);
  static TemporaryDatabase Create(db::Engine engine,
                                  std::initializer_list<std::span<const db::Migration>> migrations,
                                  const Clock& clock);
  TemporaryDatabase(TemporaryDatabase&&) noexcept;
  TemporaryDatabase& operator=(TemporaryDatabase&&) = delete;
  ~TemporaryDatabase();

  db::Database& operator*() const { return *database_; }
  db::Database* operator->() const { return database_.get(); }
  db::Engine engine() const { return engine_; }

  // Where it is: the file of SQLite, the conninfo of PostgreSQL.
  const std::string& location() const { return location_; }
  // Closes the database and opens it again, as a restarted process would. References to it dangle.
  void Reopen();
  // What a second replica opens. PostgreSQL only: on SQLite a service is one process.
  std::unique_ptr<db::Database> OpenReplica() const;

 private:
  TemporaryDatabase(db::Engine engine, const Clock& clock);
  std::unique_ptr<db::Database> Open() const;

  db::Engine engine_;
  const Clock* clock_;
  std::string location_;  // empty once moved from
  std::unique_ptr<db::Database> database_;
};

}  // namespace reeve::testing
