#include "shared/db/database.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "shared/db/meters.h"
#include "shared/db/pool.h"
#include "shared/db/postgres/connection.h"
#include "shared/db/postgres/transaction.h"

namespace reeve::db {
namespace postgres {
namespace {

using Kind = DatabaseError::Kind;

constexpr int kRetriesMax = 5;

// Doubles each time, from 2 ms; half of it is chance, so that those who met do not meet again.
void BackOff(int retry, const Clock& clock, Instant deadline) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::int64_t micros = std::int64_t{2'000} << retry;
  const std::chrono::microseconds pause(micros / 2 + static_cast<std::int64_t>(random()) % micros);
  std::this_thread::sleep_for(std::min(pause, Patience(clock, deadline)));
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const PostgresOptions& options, const Clock& clock)
      : clock_(clock),
        meters_(options.metrics),
        pool_(static_cast<std::size_t>(options.connections), clock, meters_,
              [conninfo = options.conninfo, &clock](Instant deadline) {
                return Connection::Open(conninfo, clock, deadline);
              }) {}

  void Write(Instant deadline, const Body& body) override {
    Retry(deadline, [&](Connection& connection) {
      PostgresTransaction tx(connection, PostgresTransaction::Mode::kWrite, clock_, deadline);
      if (body(tx) == Verdict::kCommit) tx.Commit();
    });
  }

  void Read(Instant deadline, const std::function<void(Transaction&)>& body) override {
    Retry(deadline, [&](Connection& connection) {
      PostgresTransaction tx(connection, PostgresTransaction::Mode::kRead, clock_, deadline);
      body(tx);
      tx.ThrowIfFailed();
    });
  }

  Engine engine() const override { return Engine::kPostgres; }
  const Clock& clock() const override { return clock_; }

 private:
  // Runs again what another transaction, or the loss of a session before COMMIT, has undone. A
  // server that cannot be reached is reported at once.
  template <class Fn>
  void Retry(Instant deadline, const Fn& attempt) {
    for (int retry = 0;; ++retry) {
      {
        const Pool<Connection>::Lease connection = pool_.Acquire(deadline);
        try {
          return attempt(*connection);
        } catch (const DatabaseError& error) {
          const bool undone =
              error.kind() == Kind::kSerialization || error.kind() == Kind::kUnavailable;
          if (!undone || retry == kRetriesMax) throw;
        }
      }
      meters_.Retried();
      BackOff(retry, clock_, deadline);
    }
  }

  const Clock& clock_;
  const Meters meters_;
  Pool<Connection> pool_;
};

}  // namespace
}  // namespace postgres

std::unique_ptr<Database> OpenPostgres(const PostgresOptions& options, const Clock& clock) {
  return std::make_unique<postgres::PostgresDatabase>(options, clock);
}

}  // namespace reeve::db
