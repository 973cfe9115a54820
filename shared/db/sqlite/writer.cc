#include "shared/db/sqlite/writer.h"

#include <algorithm>

#include "shared/db/sqlite/transaction.h"
#include "shared/db/wait.h"

namespace reeve::db::sqlite {
namespace {

using Kind = DatabaseError::Kind;

constexpr std::size_t kBodiesMax = 256;  // of one group
constexpr int kRetriesMax = 5;
constexpr int kCheckpointFrames = 4096;  // 16 MiB
constexpr int kRestartFrames = 65536;    // 256 MiB: readers have kept the WAL from beginning anew

constexpr Query kBegin{"begin", "BEGIN IMMEDIATE"};
constexpr Query kSavepoint{"savepoint", "SAVEPOINT body"};
constexpr Query kRelease{"release", "RELEASE body"};
constexpr Query kRollBackTo{"rollback_to", "ROLLBACK TO body"};

}  // namespace

Writer::Writer(const std::string& path, Connection::Mode mode, const Clock& clock,
               const Meters& meters)
    : clock_(clock), meters_(meters), connection_(path, mode), thread_([this] { Loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void Writer::Write(Instant deadline, const Database::Body& body) {
  if (std::this_thread::get_id() == thread_.get_id())
    throw std::logic_error("a body must not write through the database again");
  Entry entry{body, deadline};
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&entry);
  }
  arrived_.notify_one();
  {
    std::unique_lock lock(entry.mutex);
    const auto answered = [&] { return entry.answered; };
    if (!WaitUntil(entry.changed, lock, clock_, deadline, answered)) {
      lock.unlock();
      if (Withdraw(entry)) throw DatabaseError(Kind::kExpired, "waiting for the writer");
      lock.lock();
      entry.changed.wait(lock, answered);
    }
  }
  if (entry.error) std::rethrow_exception(entry.error);
}

bool Writer::Withdraw(Entry& entry) {
  const std::lock_guard lock(mutex_);
  return std::erase(queue_, &entry) != 0;
}

void Writer::Loop() {
  for (;;) {
    std::vector<Entry*> group;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto end =
          queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBodiesMax));
      group.assign(queue_.begin(), end);
      queue_.erase(queue_.begin(), end);
    }
    RunGroup(group);
    meters_.Grouped(group.size());
    for (Entry* entry : group) {
      const std::lock_guard lock(entry->mutex);  // once released the caller may be gone
      entry->answered = true;
      entry->changed.notify_one();
    }
    CheckpointIfLarge();
  }
}

void Writer::RunGroup(std::span<Entry* const> group) {
  try {
    connection_.Execute(kBegin);
    bool changed = false;
    const bool alone = group.size() == 1;  // the transaction is its savepoint
    for (Entry* entry : group) changed = RunBody(*entry, alone) || changed;
    if (changed) {
      connection_.Commit();
    } else {
      connection_.RollBack();
    }
  } catch (const DatabaseError&) {
    // Also who was refused: that may have been for what another body wrote, which is gone now.
    for (Entry* entry : group) entry->error = std::current_exception();
    connection_.RollBack();
  }
}

bool Writer::RunBody(Entry& entry, bool alone) {
  if (clock_.Now() >= entry.deadline) {
    entry.error = std::make_exception_ptr(DatabaseError(Kind::kExpired, "waiting for the writer"));
    return false;
  }
  for (int retries = 0;; ++retries) {
    bool again = false;
    if (!alone) connection_.Execute(kSavepoint);
    try {
      SqliteTransaction tx(connection_);
      if (entry.body(tx) == Verdict::kCommit) {
        tx.CheckMayCommit();
        if (!alone) connection_.Execute(kRelease);
        return true;
      }
    } catch (const DatabaseError& error) {
      if (!connection_.InTransaction()) throw;
      again = error.kind() == Kind::kSerialization && retries < kRetriesMax;
      if (!again) entry.error = std::current_exception();
    } catch (...) {
      entry.error = std::current_exception();
    }
    if (alone) {
      connection_.RollBack();
      connection_.Execute(kBegin);
    } else {
      connection_.Execute(kRollBackTo);
      connection_.Execute(kRelease);
    }
    if (!again) return false;
    meters_.Retried();
  }
}

void Writer::CheckpointIfLarge() {
  const int frames = connection_.wal_frames();
  if (frames < checkpointed_frames_) checkpointed_frames_ = 0;  // it began anew
  if (frames - checkpointed_frames_ < kCheckpointFrames) return;
  connection_.Checkpoint(/*restart=*/frames >= kRestartFrames);
  checkpointed_frames_ = frames;
}

}  // namespace reeve::db::sqlite
