#include <algorithm>
#include <map>

#include "shared/core/canonical.h"
#include "shared/db/database.h"

namespace reeve::db {
namespace {

constexpr Query kLock{"migration_lock", "SELECT pg_advisory_xact_lock($1)"};
constexpr std::int64_t kLockKey = 0x52656576'65444200;  // arbitrary, ours

constexpr Query kCreate{"", R"(
    CREATE TABLE IF NOT EXISTS schema_migration (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL,
      applied_time BIGINT NOT NULL))"};
constexpr Query kApplied{"", "SELECT id, digest FROM schema_migration"};
constexpr Query kRecord{"",
                        "INSERT INTO schema_migration (id, digest, applied_time)"
                        " VALUES ($1, $2, $3)"};

// Nothing but blanks and comments.
bool IsEmpty(std::string_view statement) {
  while (!statement.empty()) {
    const std::size_t end = std::min(statement.find('\n'), statement.size() - 1);
    const std::string_view line = statement.substr(0, end + 1);
    const std::size_t begin = line.find_first_not_of(" \t\r\n;");
    if (begin != std::string_view::npos && !line.substr(begin).starts_with("--")) return false;
    statement.remove_prefix(end + 1);
  }
  return true;
}

void Apply(Transaction& tx, std::string_view sql) {
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find(";\n"), sql.size() - 1);
    const std::string_view statement = sql.substr(0, end + 1);
    if (!IsEmpty(statement)) tx.Execute({"", statement});
    sql.remove_prefix(end + 1);
  }
}

}  // namespace

void Migrate(Database& database, std::span<const Migration> migrations, Instant deadline) {
  database.Write(deadline, [&](Transaction& tx) {
    // Two who create the same table at the same moment are an error on PostgreSQL, IF NOT EXISTS or
    // not. SQLite has one writer.
    if (tx.engine() == Engine::kPostgres) tx.Select(kLock, kLockKey);
    tx.Execute(kCreate);
    std::map<std::string, std::string, std::less<>> applied;
    for (const Rows::Row row : tx.Select(kApplied)) applied.emplace(row.Text(0), row.Text(1));
    for (const Migration& migration : migrations) {
      const std::string digest = HexEncode(Sha256(migration.sql));
      if (const auto found = applied.find(migration.id); found != applied.end()) {
        if (found->second != digest)
          throw DatabaseError(
              DatabaseError::Kind::kBroken,
              "migration " + found->first + " has changed since it was applied; add a new one");
        continue;
      }
      try {
        Apply(tx, migration.sql);
      } catch (const DatabaseError& error) {
        throw DatabaseError(error.kind(), std::string(migration.id) + error.what());
      }
      tx.Execute(kRecord, migration.id, digest, database.clock().Now());
    }
    return Verdict::kCommit;
  });
}

}  // namespace reeve::db
