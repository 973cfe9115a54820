#include <signal.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>

#include "shared/command/command.h"
#include "shared/feed/feed.h"
#include "shared/obs/log.h"
#include "shared/process/demo_clock.h"
#include "shared/process/service.h"
#include "shared/process/system_seams.h"

namespace reeve::process {
namespace {

constexpr int kExitUsage = 2;
constexpr Duration kMigrateTime = Duration::Seconds(60);
constexpr timespec kDatabaseRetry{0, 500'000'000};
constexpr int kMetricsPortOffset = 100;

// The ports of the suite on one machine.
const std::map<std::string, int>& Ports() {
  static const std::map<std::string, int> ports = {{"identity", 7001},   {"account", 7002},
                                                   {"billing", 7003},    {"payment", 7004},
                                                   {"work_order", 7005}, {"case311", 7006}};
  return ports;
}

struct Flags {
  Settings settings;
  std::string listen;
  std::string engine = "sqlite";
  std::string data_folder = "data";
  std::string conninfo;
  int connections = 8;
  std::string demo_clock;
  bool verbose = false;
};

Flags Defaults(const std::string& service) {
  Flags flags;
  const int port = Ports().at(service);
  flags.settings.service = service;
  flags.settings.run_folder = "run";
  flags.settings.redis_address = "127.0.0.1:6379";
  flags.settings.metrics_address = "127.0.0.1:" + std::to_string(port + kMetricsPortOffset);
  flags.listen = "127.0.0.1:" + std::to_string(port);
  flags.conninfo = "dbname=reeve_" + service;
  return flags;
}

void Declare(CLI::App& app, Flags& flags) {
  Settings& settings = flags.settings;
  app.add_option("--run", settings.run_folder, "Folder of the suite's sockets")
      ->capture_default_str();
  app.add_option("--listen", flags.listen, "TCP address for people's programs")
      ->capture_default_str();
  app.add_option("--metrics", settings.metrics_address, "HTTP address for Prometheus, or none")
      ->capture_default_str();
  app.add_option("--redis", settings.redis_address, "Session cache: HOST:PORT, unix:PATH, or none")
      ->capture_default_str();
  app.add_option("--engine", flags.engine, "Storage engine")
      ->check(CLI::IsMember({"sqlite", "postgres"}))
      ->capture_default_str();
  app.add_option("--data", flags.data_folder, "Folder of the SQLite database")
      ->capture_default_str();
  app.add_option("--conninfo", flags.conninfo,
                 "PostgreSQL, libpq keywords; secrets come from PGPASSFILE")
      ->capture_default_str();
  app.add_option("--connections", flags.connections, "Connections to PostgreSQL")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--workers", settings.workers, "Threads for the bodies of calls")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--background", settings.background, "Threads for batches, feeds and timers")
      ->check(CLI::Range(2, 64))
      ->capture_default_str();
  app.add_option("--zone", settings.zone, "The city's time zone")->capture_default_str();
  app.add_option("--tls-cert", settings.tls_cert, "PEM file; required beyond loopback");
  app.add_option("--tls-key", settings.tls_key, "PEM file of its key");
  app.add_flag("--reflection", settings.reflection, "Server reflection, for development");
  app.add_flag("--verbose", flags.verbose, "Log more");
  app.add_flag("--demo", settings.demo, "This is the demo city: allows what a real one must not");
  app.add_option("--demo-clock", flags.demo_clock,
                 "File that moves the city's clock; only with --demo");
}

void Check(const Flags& flags) {
  if (!flags.demo_clock.empty() && !flags.settings.demo) {
    throw CLI::ValidationError("--demo-clock", "is refused without --demo");
  }
  if (flags.settings.tls_cert.empty() != flags.settings.tls_key.empty()) {
    throw CLI::ValidationError("--tls-cert", "and --tls-key belong together");
  }
}

std::unique_ptr<db::Database> Open(const Flags& flags, const Clock& machine_clock) {
  if (flags.engine == "postgres") {
    return db::OpenPostgres({.conninfo = flags.conninfo, .connections = flags.connections},
                            machine_clock);
  }
  std::filesystem::create_directories(flags.data_folder);
  return db::OpenSqlite({.path = flags.data_folder + "/" + flags.settings.service + ".db"},
                        machine_clock);
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void ForgetNone(std::string& address) {
  if (address == "none") address.clear();
}

// Waits for a database that is still away; false if the process was told to stop meanwhile.
bool MigrateAll(db::Database& database, std::span<const db::Migration> own,
                const Clock& machine_clock) {
  for (;;) {
    try {
      const Instant deadline = machine_clock.Now() + kMigrateTime;
      db::Migrate(database, feed::Migrations(), deadline);
      db::Migrate(database, command::Migrations(), deadline);
      db::Migrate(database, own, deadline);
      return true;
    } catch (const db::DatabaseError& error) {
      if (error.kind() != db::DatabaseError::Kind::kUnavailable) throw;
      obs::Log(obs::Level::kWarning, "database_away", {{"what", std::string_view(error.what())}});
    }
    const sigset_t signals = StopSignals();
    if (sigtimedwait(&signals, nullptr, &kDatabaseRetry) > 0) return false;
  }
}

}  // namespace

int Run(const std::string& service, int argc, char** argv,
        std::span<const db::Migration> migrations, const std::function<void(Service&)>& compose,
        const std::function<void(CLI::App&)>& add_flags) {
  Flags flags = Defaults(service);
  CLI::App app("Reeve's " + service + " service");
  Declare(app, flags);
  if (add_flags) add_flags(app);
  try {
    app.parse(argc, argv);
    Check(flags);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }

  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads: Serve waits for them
  umask(S_IRWXG | S_IRWXO);                       // sockets and databases are the suite's own
  obs::StartLog(service, flags.verbose ? obs::Level::kDebug : obs::Level::kInfo);
  try {
    std::filesystem::create_directories(flags.settings.run_folder);
    ForgetNone(flags.settings.metrics_address);
    ForgetNone(flags.settings.redis_address);
    flags.settings.listen = {flags.listen,
                             "unix:" + flags.settings.run_folder + "/" + service + ".sock"};
    SystemClock machine_clock;
    OsRandom random;
    std::unique_ptr<DemoClock> demo_clock;
    if (!flags.demo_clock.empty()) {
      demo_clock = std::make_unique<DemoClock>(machine_clock, flags.demo_clock);
    }
    const Clock& clock = demo_clock ? static_cast<const Clock&>(*demo_clock) : machine_clock;
    const std::unique_ptr<db::Database> database = Open(flags, machine_clock);
    if (!MigrateAll(*database, migrations, machine_clock)) return 0;
    Service composed(flags.settings, {*database, clock, machine_clock, random, nullptr});
    compose(composed);
  } catch (const std::exception& thrown) {
    obs::Log(obs::Level::kError, "cannot_run", {{"what", std::string_view(thrown.what())}});
    std::cerr << "reeve-" << service << ": " << thrown.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace reeve::process
