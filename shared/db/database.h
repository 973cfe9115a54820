// Database: a thin layer over libpq and the SQLite C API. Nothing above it sees either engine. One
// SQL text serves both; what must differ (row locks, set-wise inserts, group commit, wake-ups) is a
// method here.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/money.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"

namespace reeve::obs {
class Metrics;
}

namespace reeve::db {

// One statement: a constant with a name for errors and metrics, prepared once per connection
// (without a name: for one use). Parameters are $1, $2, ... and may be used more than once. The SQL
// is the subset that both engines speak: RETURNING, ON CONFLICT, CTEs of SELECTs, window functions.
// A sum of BIGINT is CAST(... AS BIGINT); so is a parameter whose type no column gives away. Dates
// are TEXT 'YYYY-MM-DD', instants BIGINT microseconds, amounts BIGINT cents, bytes BYTEA.
struct Query {
  std::string_view name;
  std::string_view sql;
};

using Bytes = std::vector<std::uint8_t>;
inline Bytes ToBytes(std::string_view text) { return Bytes(text.begin(), text.end()); }
inline std::string ToText(const Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); }
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;

inline Value ToValue(std::nullptr_t) { return nullptr; }
template <std::integral T>
Value ToValue(T value) {
  return static_cast<std::int64_t>(value);
}  // bool too: 0 or 1
inline Value ToValue(std::string_view value) { return std::string(value); }
inline Value ToValue(const std::string& value) { return value; }
inline Value ToValue(const char* value) { return std::string(value); }
inline Value ToValue(Bytes value) { return value; }
inline Value ToValue(Money value) { return value.cents(); }
inline Value ToValue(Rate value) { return value.nanos(); }
inline Value ToValue(Date value) { return value.ToString(); }
inline Value ToValue(Instant value) { return value.micros(); }
template <class Tag>
Value ToValue(Id<Tag> value) {
  return value.value();
}
template <class T>
Value ToValue(const std::optional<T>& value) {
  return value ? ToValue(*value) : Value(nullptr);
}

// What went wrong below. Thrown; only rpc::Handle and the retry loops of this library catch it.
class DatabaseError : public std::runtime_error {
 public:
  enum class Kind {
    kUniqueViolation,      // the only one that may ever mean "already done"
    kConstraintViolation,  // CHECK, foreign key, NOT NULL
    kSerialization,        // 40001, 40P01, SQLITE_BUSY: nothing happened, run again
    kUnavailable,          // no connection: nothing happened
    kOutcomeUnknown,       // the connection was lost while committing
    kExpired,              // the deadline passed before commit: nothing happened
    kStorage,              // disk full, I/O error: nothing happened
    kBroken,               // anything else: a defect or a corrupt file
  };
  DatabaseError(Kind kind, const std::string& detail) : std::runtime_error(detail), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// The rows of one answer, owned. Columns are read by position, in the order of the SELECT.
class Rows {
 public:
  Rows() = default;
  Rows(std::size_t columns, std::vector<Value> cells)
      : columns_(columns), cells_(std::move(cells)) {}

  class Row {
   public:
    explicit Row(const Value* cells) : cells_(cells) {}
    bool IsNull(std::size_t column) const {
      return std::holds_alternative<std::nullptr_t>(cells_[column]);
    }
    std::int64_t Int(std::size_t column) const { return std::get<std::int64_t>(cells_[column]); }
    const std::string& Text(std::size_t column) const {
      return std::get<std::string>(cells_[column]);
    }
    const Bytes& Blob(std::size_t column) const { return std::get<Bytes>(cells_[column]); }
    bool Bool(std::size_t column) const { return Int(column) != 0; }
    Money Cents(std::size_t column) const { return Money::Cents(Int(column)); }
    Rate Nanos(std::size_t column) const { return Rate::Nanos(Int(column)); }
    Instant Time(std::size_t column) const { return Instant::FromMicros(Int(column)); }
    Date Day(std::size_t column) const { return Date::Parse(Text(column)).value(); }
    std::optional<std::int64_t> MaybeInt(std::size_t column) const {
      return IsNull(column) ? std::nullopt : std::optional(Int(column));
    }
    std::optional<std::string> MaybeText(std::size_t column) const {
      return IsNull(column) ? std::nullopt : std::optional(Text(column));
    }
    std::optional<Instant> MaybeTime(std::size_t column) const {
      return IsNull(column) ? std::nullopt : std::optional(Time(column));
    }
    std::optional<Date> MaybeDay(std::size_t column) const {
      return IsNull(column) ? std::nullopt : std::optional(Day(column));
    }
    const Value& Cell(std::size_t column) const { return cells_[column]; }

   private:
    const Value* cells_;
  };

  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  std::size_t columns() const { return columns_; }
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t row) const { return Row(cells_.data() + row * columns_); }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t row) : rows_(rows), row_(row) {}
    Row operator*() const { return (*rows_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return row_ != other.row_; }

   private:
    const Rows* rows_;
    std::size_t row_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  std::size_t columns_ = 0;
  std::vector<Value> cells_;
};

enum class ColumnType { kInt, kText, kBytes };

// Where a set of rows goes: `INSERT INTO table (columns...)` of many rows in one statement (arrays
// on PostgreSQL, one prepared statement on SQLite). A constant beside the queries of a store.
struct InsertInto {
  std::string_view name;  // as in Query
  std::string_view table;
  struct Column {
    std::string_view name;
    ColumnType type = ColumnType::kInt;
  };
  std::vector<Column> columns;
};

// Rows to insert, added one at a time in the order of the columns.
class NewRows {
 public:
  explicit NewRows(const InsertInto& into) : into_(&into) {}
  template <class... Cells>
  void Add(const Cells&... cells) {
    if (sizeof...(cells) != into_->columns.size())
      throw std::logic_error("NewRows: wrong number of cells");
    (cells_.push_back(ToValue(cells)), ...);
  }
  std::size_t size() const { return cells_.size() / into_->columns.size(); }
  bool empty() const { return cells_.empty(); }
  const InsertInto& into() const { return *into_; }
  const Value& cell(std::size_t row, std::size_t column) const {
    return cells_[row * into_->columns.size() + column];
  }

 private:
  const InsertInto* into_;
  std::vector<Value> cells_;
};

enum class Engine { kSqlite, kPostgres };

// One transaction, used by one thread. Every method throws DatabaseError; after that the
// transaction can only be rolled back, also where a body swallows the error.
class Transaction {
 public:
  virtual ~Transaction() = default;

  template <class... Args>
  Rows Select(const Query& query, const Args&... args) {
    const Value values[] = {ToValue(args)..., Value(nullptr)};
    return Run(query, std::span(values, sizeof...(args)), /*lock_rows=*/false);
  }
  // Locks the rows that it returns until the transaction ends (FOR UPDATE; SQLite has one writer
  // anyway). The query is a plain SELECT of one table, without aggregates; with several rows it has
  // an ORDER BY, so that locks never cross.
  template <class... Args>
  Rows SelectForUpdate(const Query& query, const Args&... args) {
    const Value values[] = {ToValue(args)..., Value(nullptr)};
    return Run(query, std::span(values, sizeof...(args)), /*lock_rows=*/true);
  }
  // The same SELECT once for each set of parameters, in one trip: the answers in their order. No
  // parameter may stand in LIMIT. With `lock_rows` as SelectForUpdate; sort the parameters, so that
  // locks never cross.
  virtual std::vector<Rows> SelectEach(const Query& query,
                                       std::span<const std::vector<Value>> parameters,
                                       bool lock_rows = false) = 0;
  // INSERT, UPDATE or DELETE; the number of rows affected. With RETURNING use Select.
  template <class... Args>
  std::int64_t Execute(const Query& query, const Args&... args) {
    const Value values[] = {ToValue(args)..., Value(nullptr)};
    return RunChange(query, std::span(values, sizeof...(args)));
  }
  // As Execute, for exactly one row. ABORTED STALE if no row matched (somebody else changed it
  // meanwhile).
  template <class... Args>
  Result<> ExecuteOne(const Query& query, const Args&... args) {
    return CheckOne(query, Execute(query, args...));
  }
  // Inserts all rows in one statement. The engine may send it later, with the next statement that
  // has an answer or with the commit: an error may surface there.
  virtual void InsertRows(const NewRows& rows) = 0;
  // "UPDATE table SET ... WHERE ..." for each set of parameters, no two of the same row. Unless
  // each changes exactly `rows_each` rows, the transaction fails with kSerialization (somebody else
  // was there) and is run again. May be sent late, as InsertRows.
  virtual void ExecuteEach(const Query& query, std::span<const std::vector<Value>> parameters,
                           std::int64_t rows_each = 1) = 0;

  virtual Engine engine() const = 0;

 protected:
  virtual Rows Run(const Query& query, std::span<const Value> parameters, bool lock_rows) = 0;
  virtual std::int64_t RunChange(const Query& query, std::span<const Value> parameters) = 0;
  static Result<> CheckOne(const Query& query, std::int64_t affected);
};

enum class Verdict { kCommit, kRollBack };

// Thread-safe. A body may run more than once (serialization failures are retried, at most five
// times, with jitter), so it has no effect outside its transaction.
class Database {
 public:
  using Body = std::function<Verdict(Transaction&)>;
  virtual ~Database() = default;

  // Runs the body in a read-write transaction and returns when it is durable. On SQLite bodies of
  // concurrent callers join one group commit, each in its own savepoint. Throws DatabaseError;
  // kExpired if `deadline` passes first.
  virtual void Write(Instant deadline, const Body& body) = 0;
  // Runs the body on a consistent read-only snapshot.
  virtual void Read(Instant deadline, const std::function<void(Transaction&)>& body) = 0;
  virtual Engine engine() const = 0;
  // The clock that deadlines are by.
  virtual const Clock& clock() const = 0;

  // Runs `body` and commits if it answers ok; a refusal rolls back and is handed on.
  template <class Fn>
  auto WriteResult(Instant deadline, const Fn& body) -> std::invoke_result_t<Fn, Transaction&> {
    std::optional<std::invoke_result_t<Fn, Transaction&>> answer;
    Write(deadline, [&](Transaction& tx) {
      answer.emplace(body(tx));
      return answer->ok() ? Verdict::kCommit : Verdict::kRollBack;
    });
    return *std::move(answer);
  }
  template <class Fn>
  auto ReadResult(Instant deadline, const Fn& body) -> std::invoke_result_t<Fn, Transaction&> {
    std::optional<std::invoke_result_t<Fn, Transaction&>> answer;
    Read(deadline, [&](Transaction& tx) { answer.emplace(body(tx)); });
    return *std::move(answer);
  }
};

struct SqliteOptions {
  std::string path;  // the file; its folder must exist
  int readers = 4;   // read-only connections
  // For the negative control of the power-loss test only: FULL is the only value that the suite
  // itself uses.
  bool synchronous_full = true;
  obs::Metrics* metrics = nullptr;  // outlives the database
};
// Takes the lock file `path`.lock; throws kUnavailable while another process holds it.
std::unique_ptr<Database> OpenSqlite(const SqliteOptions& options, const Clock& clock);

struct PostgresOptions {
  std::string conninfo;  // libpq keywords; secrets come from PGPASSFILE, never from here
  int connections = 8;
  obs::Metrics* metrics = nullptr;  // outlives the database
};
// Connects lazily: a service starts while its database is still away. Refuses with kBroken what
// would break a promise made here: fsync=off, full_page_writes=off, synchronous_commit=off, an
// encoding that is not UTF8, a collation that is not C.
std::unique_ptr<Database> OpenPostgres(const PostgresOptions& options, const Clock& clock);

// One numbered step of a schema. `id` is "<library or service>/<file name without .sql>".
struct Migration {
  std::string_view id;
  std::string_view sql;  // statements separated by ";\n"
};
// Applies what is missing, in order, each once, also when two replicas start at the same moment.
// Throws kBroken if a migration that was applied has changed since (its digest is kept).
void Migrate(Database& database, std::span<const Migration> migrations, Instant deadline);

}  // namespace reeve::db
