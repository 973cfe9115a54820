// Pool: a bounded set of connections, opened when they are first needed. Whoever finds none waits
// until its deadline. A connection that is no longer usable is dropped and its place given free.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "shared/db/database.h"
#include "shared/db/meters.h"
#include "shared/db/wait.h"

namespace reeve::db {

// Thread-safe. Connection has `bool Usable()`.
template <class Connection>
class Pool {
 public:
  using Open = std::function<std::unique_ptr<Connection>(Instant deadline)>;

  Pool(std::size_t connections_max, const Clock& clock, const Meters& meters, Open open)
      : connections_max_(connections_max), clock_(clock), meters_(meters), open_(std::move(open)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A connection that its holder gives back by going out of scope.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.GiveBack(std::move(connection_)); }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Throws kExpired, and whatever opening throws.
  Lease Acquire(Instant deadline) {
    const Instant start = clock_.Now();
    std::unique_ptr<Connection> connection = Claim(deadline);
    if (!connection) {
      try {
        connection = open_(deadline);
      } catch (...) {
        GiveBack(nullptr);
        throw;
      }
    }
    meters_.Waited(clock_.Now() - start);
    return Lease(*this, std::move(connection));
  }

 private:
  // An idle connection that is usable, or null: then the caller may open one.
  std::unique_ptr<Connection> Claim(Instant deadline) {
    std::unique_lock lock(mutex_);
    if (clock_.Now() >= deadline ||
        !WaitUntil(freed_, lock, clock_, deadline, [&] { return in_use_ < connections_max_; }))
      throw DatabaseError(DatabaseError::Kind::kExpired, "no connection free before the deadline");
    meters_.InUse(++in_use_);
    while (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->Usable()) return connection;
    }
    return nullptr;
  }

  void GiveBack(std::unique_ptr<Connection> connection) {
    if (connection && !connection->Usable()) connection.reset();
    const std::lock_guard lock(mutex_);
    if (connection) idle_.push_back(std::move(connection));
    meters_.InUse(--in_use_);
    freed_.notify_one();
  }

  const std::size_t connections_max_;
  const Clock& clock_;
  const Meters& meters_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last used is used first
  std::size_t in_use_ = 0;
};

}  // namespace reeve::db
