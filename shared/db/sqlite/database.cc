#include "shared/db/database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "shared/db/meters.h"
#include "shared/db/pool.h"
#include "shared/db/sqlite/connection.h"
#include "shared/db/sqlite/transaction.h"
#include "shared/db/sqlite/writer.h"

namespace reeve::db {
namespace sqlite {
namespace {

// Held by the kernel for as long as the process lives; the file itself stays.
class LockFile {
 public:
  explicit LockFile(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
    if (descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const std::string why =
        errno == EWOULDBLOCK ? "another process has this database open" : std::strerror(errno);
    if (descriptor_ >= 0) close(descriptor_);
    throw DatabaseError(DatabaseError::Kind::kUnavailable, path + ": " + why);
  }
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile() { close(descriptor_); }

 private:
  int descriptor_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, const Clock& clock)
      : clock_(clock),
        meters_(options.metrics),
        lock_file_(options.path + ".lock"),
        writer_(options.path,
                options.synchronous_full ? Connection::Mode::kWriteFull
                                         : Connection::Mode::kWriteNormal,
                clock, meters_),
        readers_(static_cast<std::size_t>(options.readers), clock, meters_,
                 [path = options.path](Instant) {
                   return std::make_unique<Connection>(path, Connection::Mode::kRead);
                 }) {}

  void Write(Instant deadline, const Body& body) override { writer_.Write(deadline, body); }

  void Read(Instant deadline, const std::function<void(Transaction&)>& body) override {
    const Pool<Connection>::Lease connection = readers_.Acquire(deadline);
    connection->InterruptAt(clock_, deadline);
    connection->Execute({"begin_read", "BEGIN"});
    SqliteTransaction tx(*connection);
    try {
      body(tx);
    } catch (...) {
      connection->RollBack();
      throw;
    }
    connection->RollBack();
    tx.ThrowIfFailed();
  }

  Engine engine() const override { return Engine::kSqlite; }
  const Clock& clock() const override { return clock_; }

 private:
  const Clock& clock_;
  const Meters meters_;
  const LockFile lock_file_;
  Writer writer_;
  Pool<Connection> readers_;
};

}  // namespace
}  // namespace sqlite

std::unique_ptr<Database> OpenSqlite(const SqliteOptions& options, const Clock& clock) {
  return std::make_unique<sqlite::SqliteDatabase>(options, clock);
}

}  // namespace reeve::db
