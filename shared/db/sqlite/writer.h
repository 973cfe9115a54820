// Writer: the one thread that writes a file. Bodies that arrive while it commits form the next
// group: one transaction, a savepoint each (none for one alone), one COMMIT, then all callers are
// answered. One body is a group of one.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "shared/db/database.h"
#include "shared/db/meters.h"
#include "shared/db/sqlite/connection.h"

namespace reeve::db::sqlite {

// Thread-safe.
class Writer {
 public:
  Writer(const std::string& path, Connection::Mode mode, const Clock& clock, const Meters& meters);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // no caller is inside Write

  // Runs the body on the writer's thread and returns once it is durable or rolled back.
  void Write(Instant deadline, const Database::Body& body);

 private:
  struct Entry {  // on the caller's stack
    const Database::Body& body;
    Instant deadline;
    std::exception_ptr error;
    bool answered = false;
    std::mutex mutex;  // guards `answered`
    std::condition_variable changed;
  };

  bool Withdraw(Entry& entry);  // false if the writer has it already
  void Loop();
  void RunGroup(std::span<Entry* const> group);
  // True if there is something to commit. A body that is `alone` in its transaction needs no
  // savepoint. Throws only if SQLite has rolled back the whole group, as it does when the disk is
  // full.
  bool RunBody(Entry& entry, bool alone);
  void CheckpointIfLarge();

  const Clock& clock_;
  const Meters& meters_;
  Connection connection_;
  int checkpointed_frames_ = 0;  // length of the WAL at the last checkpoint

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry*> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace reeve::db::sqlite
