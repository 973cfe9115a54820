#include "shared/db/sqlite/connection.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace reeve::db::sqlite {
namespace {

using Kind = DatabaseError::Kind;

Kind KindOf(int extended_code) {
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Kind::kUniqueViolation;
    default:
      break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Kind::kConstraintViolation;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::kSerialization;
    case SQLITE_CANTOPEN:
      return Kind::kUnavailable;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return Kind::kStorage;
    case SQLITE_INTERRUPT:
      return Kind::kExpired;
    default:
      return Kind::kBroken;
  }
}

[[noreturn]] void Throw(sqlite3* handle, std::string_view name) {
  throw DatabaseError(KindOf(sqlite3_extended_errcode(handle)),
                      std::string(name) + ": " + sqlite3_errmsg(handle));
}

[[noreturn]] void ThrowBroken(std::string_view name, const std::string& what) {
  throw DatabaseError(Kind::kBroken, std::string(name) + ": " + what);
}

bool IsBlank(const char* text) { return text[std::strspn(text, " \t\n;")] == '\0'; }

}  // namespace

Statement::Statement(sqlite3* handle, const Query& query) : handle_(handle), name_(query.name) {
  const char* tail = nullptr;
  const unsigned flags = query.name.empty() ? 0 : SQLITE_PREPARE_PERSISTENT;
  const std::string sql(query.sql);
  if (sqlite3_prepare_v3(handle, sql.c_str(), static_cast<int>(sql.size()), flags, &statement_,
                         &tail) != SQLITE_OK)
    Throw(handle, name_);
  const bool one_statement = statement_ != nullptr && IsBlank(tail);
  // SQLite numbers "$2 ... $1" by first appearance: the name says which one it is.
  for (int index = 1; one_statement && index <= sqlite3_bind_parameter_count(statement_); ++index) {
    const char* name = sqlite3_bind_parameter_name(statement_, index);
    std::size_t ordinal = 0;
    if (name != nullptr && *name == '$')
      std::from_chars(name + 1, name + std::strlen(name), ordinal);
    ordinals_.push_back(ordinal);
  }
  if (!one_statement || std::find(ordinals_.begin(), ordinals_.end(), 0) != ordinals_.end()) {
    sqlite3_finalize(statement_);
    ThrowBroken(name_, "not one statement with parameters $1, $2, ...");
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::Bind(std::span<const Value> parameters) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < ordinals_.size(); ++i) {
    if (ordinals_[i] > parameters.size()) ThrowBroken(name_, "wrong number of parameters");
    used = std::max(used, ordinals_[i]);
    const int index = static_cast<int>(i + 1);
    const Value& value = parameters[ordinals_[i] - 1];
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(statement_, index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      // PostgreSQL has no text with a NUL in it.
      if (text->find('\0') != std::string::npos) ThrowBroken(name_, "a NUL character in a text");
      code = sqlite3_bind_text64(statement_, index, text->data(), text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      // A null pointer would bind NULL.
      code = bytes->empty() ? sqlite3_bind_zeroblob(statement_, index, 0)
                            : sqlite3_bind_blob64(statement_, index, bytes->data(), bytes->size(),
                                                  SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(statement_, index);
    }
    if (code != SQLITE_OK) Throw(handle_, name_);
  }
  if (used < parameters.size()) ThrowBroken(name_, "wrong number of parameters");
}

bool Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Throw(handle_, name_);
}

Value Statement::Cell(int column) const {
  const auto size = [&] {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  };
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement_, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
      return std::string(text, size());
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
      return Bytes(bytes, bytes + size());
    }
    case SQLITE_NULL:
      return nullptr;
    default:  // where integer arithmetic left 64 bits SQLite goes on in floating point
      ThrowBroken(name_, "a column is a floating-point number");
  }
}

Rows Statement::Select(std::span<const Value> parameters) {
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> reset(statement_, sqlite3_reset);
  Bind(parameters);
  const int columns = sqlite3_column_count(statement_);
  std::vector<Value> cells;
  while (Step()) {
    for (int column = 0; column < columns; ++column) cells.push_back(Cell(column));
  }
  return Rows(static_cast<std::size_t>(columns), std::move(cells));
}

std::int64_t Statement::Execute(std::span<const Value> parameters) {
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> reset(statement_, sqlite3_reset);
  Bind(parameters);
  while (Step()) {
  }
  return sqlite3_changes64(handle_);
}

Connection::Connection(const std::string& path, Mode mode) {
  const bool writes = mode != Mode::kRead;
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    const DatabaseError error(Kind::kUnavailable, path + ": " + sqlite3_errmsg(handle_));
    sqlite3_close(handle_);
    throw error;
  }
  try {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 100);
    // As on PostgreSQL: "x" is a column or an error, never a text, and LIKE heeds case.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    Execute({"", "PRAGMA case_sensitive_like = ON"});
    Execute({"", "PRAGMA foreign_keys = ON"});
    Execute({"", "PRAGMA cache_size = -65536"});  // KiB
    if (writes) {
      // What a savepoint may have to take back stays in memory: a file for it costs more than the
      // commit.
      Execute({"", "PRAGMA temp_store = MEMORY"});
      Execute({"", "PRAGMA journal_mode = WAL"});
      Execute({"", mode == Mode::kWriteFull ? "PRAGMA synchronous = FULL"
                                            : "PRAGMA synchronous = NORMAL"});
      // Takes the place of the automatic checkpoint.
      sqlite3_wal_hook(
          handle_,
          [](void* self, sqlite3*, const char*, int frames) {
            static_cast<Connection*>(self)->wal_frames_ = frames;
            return SQLITE_OK;
          },
          this);
    } else {
      sqlite3_wal_autocheckpoint(handle_, 0);
    }
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(handle_);
}

void Connection::InterruptAt(const Clock& clock, Instant deadline) {
  clock_ = &clock;
  deadline_ = deadline;
  constexpr int kInstructionsBetweenLooks = 10'000;
  sqlite3_progress_handler(
      handle_, kInstructionsBetweenLooks,
      [](void* self) {
        const auto* connection = static_cast<Connection*>(self);
        return connection->clock_->Now() >= connection->deadline_ ? 1 : 0;
      },
      this);
}

void Connection::Commit() {
  try {
    Execute({"commit", "COMMIT"});
  } catch (const DatabaseError& error) {
    // An I/O error may strike after the commit record reached the file (so does a failed fsync):
    // whether recovery would find it nobody can say. A full disk strikes before.
    if ((sqlite3_errcode(handle_) & 0xff) == SQLITE_IOERR)
      throw DatabaseError(Kind::kOutcomeUnknown, error.what());
    throw;
  }
}

void Connection::RollBack() {
  // An error here means that SQLite has already rolled back.
  if (InTransaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Connection::HasUnresolvedForeignKey() const {
  int unresolved = 0;
  int high = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &high, 0);
  return unresolved != 0;
}

void Connection::Checkpoint(bool restart) {
  // A checkpoint that fails leaves everything in the WAL; the next one tries again.
  sqlite3_wal_checkpoint_v2(handle_, nullptr,
                            restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
}

Statement& Connection::Prepared(const Query& query) {
  const auto found = statements_.find(query.sql);
  if (found != statements_.end()) return *found->second;
  auto statement = std::make_unique<Statement>(handle_, query);
  return *statements_.emplace(query.sql, std::move(statement)).first->second;
}

}  // namespace reeve::db::sqlite
