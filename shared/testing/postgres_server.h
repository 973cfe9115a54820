// PostgresServer: a private PostgreSQL for tests, in a folder of its own, reachable only through a
// UNIX socket there. It ends with the object, and at the latest with the process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace reeve::testing {

class PostgresServer {
 public:
  PostgresServer();  // starts it
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  // Of a superuser, to the database "postgres".
  const std::string& conninfo() const { return conninfo_; }

  enum class How { kFast, kCrash };  // open transactions are rolled back; everything is killed
  void Stop(How how);
  // After Stop; returns when it accepts connections, and dies with the calling thread. `settings`
  // are for this time only, e.g. {"fsync=off"}.
  void Start(const std::vector<std::string>& settings = {});

 private:
  std::string folder_;
  std::string conninfo_;
  pid_t postmaster_ = -1;
};

// Runs one statement outside of any transaction. Throws std::runtime_error.
void RunSql(const std::string& conninfo, const std::string& sql);

}  // namespace reeve::testing
