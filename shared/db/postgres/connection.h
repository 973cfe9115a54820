// Connection: one session of PostgreSQL in pipeline mode. Statements are queued by Send and go out
// together when Receive needs an answer: so several of them cost one trip.
#pragma once

#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/db/database.h"
#include "shared/db/postgres/wire.h"

namespace reeve::db::postgres {

struct Answer {
  Rows rows;
  std::int64_t affected = 0;
};

// Not thread-safe. Throws DatabaseError: kUnavailable if the session is lost, kExpired if the
// deadline passes while it waits; after either it is no longer usable. Closing it ends whatever the
// server still does for it.
class Connection {
 public:
  // Throws kBroken if the server does not keep what it acknowledges.
  static std::unique_ptr<Connection> Open(const std::string& conninfo, const Clock& clock,
                                          Instant deadline);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Queues a statement; prepares it if it has a name. The parameters are copied. In a `counted`
  // statement a division by zero means kSerialization.
  void Send(const Query& query, const Parameters& parameters, bool counted = false);
  // Queues the mark up to which the server skips everything after an error.
  void SendSync();
  // Sends what is queued, reads all answers, and returns that of the last statement. Throws the
  // first error; then only RollBackLater may follow.
  Answer Receive(Instant deadline);
  // Reads all answers as Receive does, then carries out `copy`, a COPY FROM STDIN (FORMAT binary),
  // for which the session leaves pipeline mode, and waits until the server has the rows. They go
  // out in pieces: no more than one piece stands beside them in memory.
  void Copy(const Query& copy, const NewRows& rows, Instant deadline);
  // Ends the transaction without waiting for it: the answers are read, and not heeded, by the next
  // Receive. Never throws.
  void RollBackLater();

  // False once it is lost, or refused something that it should not have.
  bool Usable();
  // Whether what was sent and not answered may have been carried out.
  bool lost() const { return lost_; }

 private:
  struct Prepared {
    std::string name;
    std::vector<Oid> types;  // 0 where only NULLs were seen: the server's guess
  };
  using Variants = std::vector<std::unique_ptr<Prepared>>;  // of one text, by types
  struct Pending {
    enum class Kind { kPrepare, kStatement, kSync };
    Kind kind;
    std::string_view name;  // of the query
    bool counted = false;
    bool heeded = true;
    Variants* variants = nullptr;  // kPrepare: where to forget it, should it fail
    const Prepared* prepared = nullptr;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const {
      return std::hash<std::string_view>{}(sql);
    }
  };
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  Connection(PGconn* session, const Clock& clock) : session_(session), clock_(clock) {}
  void FinishConnecting(Instant deadline);
  void CheckPromises(Instant deadline);

  const Prepared& Prepare(const Query& query, const Parameters& parameters);
  static void Forget(const Pending& pending);
  void Queued(int accepted, const Pending& pending);
  void ReadOne(Answer& answer, Instant deadline);
  Result NextResult(Instant deadline);
  void PutCopyData(const NewRows& rows, Instant deadline);
  void Put(std::string& bytes, Instant deadline);
  void Await(short events, Instant deadline);
  [[noreturn]] void ThrowLost();
  [[noreturn]] void ThrowRefused(const PGresult& result, const Pending& pending);

  PGconn* session_;
  const Clock& clock_;
  bool usable_ = true;
  bool lost_ = false;
  bool refused_ = false;         // since then all is skipped, up to the next mark
  std::deque<Pending> pending_;  // sent or queued, not yet answered
  std::unordered_map<std::string, Variants, Hash, std::equal_to<>> statements_;
  std::int64_t prepared_count_ = 0;
};

}  // namespace reeve::db::postgres
