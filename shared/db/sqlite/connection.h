// Connection: one handle of SQLite with its prepared statements.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/db/database.h"

namespace reeve::db::sqlite {

// A prepared statement. Throws DatabaseError, named after the query.
class Statement {
 public:
  Statement(sqlite3* handle, const Query& query);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Rows Select(std::span<const Value> parameters);
  std::int64_t Execute(std::span<const Value> parameters);  // rows affected

 private:
  void Bind(std::span<const Value> parameters);
  bool Step();
  Value Cell(int column) const;

  sqlite3* handle_;
  std::string name_;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<std::size_t>
      ordinals_;  // ordinals_[i] is the n of "$n" that has SQLite's index i + 1
};

// Not thread-safe.
class Connection {
 public:
  enum class Mode { kRead, kWriteFull, kWriteNormal };
  Connection(const std::string& path, Mode mode);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Calls `use` with the statement: the cached one, or without a name one for this use.
  template <class Fn>
  auto With(const Query& query, const Fn& use) {
    if (!query.name.empty()) return use(Prepared(query));
    Statement statement(handle_, query);
    return use(statement);
  }
  void Execute(const Query& query) {
    With(query, [](Statement& statement) { return statement.Execute({}); });
  }

  // From now on a statement that runs past the deadline fails with kExpired. For readers: an
  // interrupted change would take the whole transaction with it.
  void InterruptAt(const Clock& clock, Instant deadline);
  void Commit();
  void RollBack();  // if there is a transaction
  bool InTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  // A deferred foreign key would fail only at the COMMIT that a body shares with others.
  bool HasUnresolvedForeignKey() const;
  int wal_frames() const { return wal_frames_; }  // after the last commit of this connection
  // Copies the WAL into the file as far as readers allow; with `restart` waits a moment for them,
  // so that the WAL begins anew.
  void Checkpoint(bool restart);
  // For the pool: not if a rollback has failed.
  bool Usable() const { return !InTransaction(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const {
      return std::hash<std::string_view>{}(sql);
    }
  };
  Statement& Prepared(const Query& query);

  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> statements_;
  int wal_frames_ = 0;
  const Clock* clock_ = nullptr;
  Instant deadline_;
};

}  // namespace reeve::db::sqlite
