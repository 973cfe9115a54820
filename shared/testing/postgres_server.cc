#include "shared/testing/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

namespace reeve::testing {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";
constexpr const char* kUser = "postgres";

// Whom the server runs as: it refuses root.
std::optional<passwd> Servant() {
  if (geteuid() != 0) return std::nullopt;
  const passwd* user = getpwnam(kUser);
  if (user == nullptr) throw std::runtime_error("there is no user postgres");
  return *user;
}

// Starts a program of PostgreSQL, its output in `log`; it dies with the calling thread.
pid_t Launch(const std::vector<std::string>& arguments, const std::string& log) {
  const std::optional<passwd> servant = Servant();
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  // By its full name: it looks for its own files beside itself, and is in nobody's PATH.
  std::string program = kBinaries + arguments[0];
  raw[0] = program.data();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (servant && (initgroups(servant->pw_name, servant->pw_gid) != 0 ||
                  setgid(servant->pw_gid) != 0 || setuid(servant->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // to the postmaster: stop at once, children too
  if (getppid() != parent) _exit(126);
  execv(program.c_str(), raw.data());
  _exit(127);
}

int WaitFor(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

PostgresServer::PostgresServer() {
  folder_ = (std::filesystem::temp_directory_path() / "reeve-postgres-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
  if (const std::optional<passwd> servant = Servant();
      servant && chown(folder_.c_str(), servant->pw_uid, servant->pw_gid) != 0) {
    throw std::runtime_error("chown " + folder_);
  }
  conninfo_ = "host=" + folder_ + " user=" + kUser + " dbname=postgres";
  const pid_t initdb =
      Launch({"initdb", "--pgdata=" + folder_ + "/data", "--username=" + std::string(kUser),
              "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"},
             folder_ + "/log");
  if (WaitFor(initdb) != 0) throw std::runtime_error("initdb failed, see " + folder_ + "/log");
  Start();
}

PostgresServer::~PostgresServer() {
  Stop(How::kCrash);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::Start(const std::vector<std::string>& settings) {
  std::vector<std::string> arguments = {"postgres", "-D", folder_ + "/data"};
  for (const char* setting :
       {"listen_addresses=", "shared_buffers=32MB", "max_connections=200", "max_wal_size=256MB"}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  arguments.insert(arguments.end(), {"-c", "unix_socket_directories=" + folder_});
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"-c", setting});
  postmaster_ = Launch(arguments, folder_ + "/log");
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(conninfo_.c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > limit) {
      throw std::runtime_error("PostgreSQL does not start, see " + folder_ + "/log");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PostgresServer::Stop(How how) {
  if (postmaster_ < 0) return;
  kill(postmaster_, how == How::kFast ? SIGINT : SIGQUIT);
  WaitFor(postmaster_);
  postmaster_ = -1;
}

void RunSql(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(conninfo.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(session.get(), sql.c_str()),
                                                              PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(session.get()));
  }
}

}  // namespace reeve::testing
