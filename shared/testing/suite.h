// Suite: the city's services as real processes, on ports of their own, for tests that
// kill, freeze and load them. Everything it started ends with the object, or with the test process.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/testing/temporary_database.h"

namespace reeve::testing {

// One child process. Ended (and waited for) by the destructor.
class Process {
 public:
  // `arguments` begins with the program's path; output goes to the end of the file `log`.
  Process(const std::vector<std::string>& arguments, const std::string& log);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  bool running();
  void Signal(int signal) const;
  // Sends `signal` and waits until the process is gone; the exit status as waitpid gives it.
  int End(int signal = SIGTERM);
  std::int64_t ResidentBytes() const;
  int Threads() const;

 private:
  pid_t pid_ = -1;
};

struct SuiteOptions {
  db::Engine engine = db::Engine::kSqlite;
  std::string binaries;  // folder of reeve-identity, reeve-payment, ...
  std::vector<std::string> services = {"identity", "account",    "billing",
                                       "payment",  "work_order", "case311"};
  std::string bootstrap;  // roles and first people, as reeve-identity reads them
  bool redis = true;
  bool metrics = false;  // the first replica of each service serves them at metrics_address
  // More flags of a service, e.g. {"work_order", {"--workers=4"}}.
  std::map<std::string, std::vector<std::string>> flags;
  // PostgreSQL of the test's own, to restart it; empty to use that of TemporaryDatabase.
  std::string conninfo;
};

// A port of 127.0.0.1 that was free a moment ago.
int FreePort();

class Suite {
 public:
  explicit Suite(SuiteOptions options);
  ~Suite();

  // Starts Redis and every service, and waits until each answers.
  void Start();
  // Starts a service again, on the port that it had. A second replica (PostgreSQL only) has a port,
  // a socket and metrics of its own.
  void Start(const std::string& service, int replica = 0);
  void WaitReady(const std::string& service, int replica = 0);
  Process& process(const std::string& service, int replica = 0);
  void Kill(const std::string& service, int replica = 0);  // kill -9, and waits for the end

  std::string address(const std::string& service, int replica = 0) const;
  std::string metrics_address(const std::string& service) const;
  // A new connection each time.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service, int replica = 0) const;
  // The context of one call of a person: deadline in milliseconds, the session's token.
  static std::unique_ptr<grpc::ClientContext> Context(const std::string& token,
                                                      int deadline_ms = 10'000);
  // A session of one of the people in the bootstrap file.
  std::string SignIn(const std::string& login, const std::string& password) const;

  Process& redis() { return *redis_; }
  void StartRedis();
  std::string redis_socket() const { return folder_ + "/redis.sock"; }
  const std::string& folder() const { return folder_; }
  db::Engine engine() const { return options_.engine; }
  // PostgreSQL: how to reach the service's database. SQLite: its file.
  std::string DatabaseLocation(const std::string& service) const;

 private:
  struct Running {
    int port = 0;
    int metrics_port = 0;  // none
    std::optional<Process> process;
  };
  using Key = std::pair<std::string, int>;
  std::string LogOf(const std::string& service) const;

  SuiteOptions options_;
  std::string folder_;
  std::unique_ptr<Clock> clock_;
  std::map<std::string, TemporaryDatabase> databases_;
  std::optional<Process> redis_;
  std::map<Key, Running> running_;
};

}  // namespace reeve::testing
