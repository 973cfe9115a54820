#include <CLI/CLI.hpp>
#include <stdexcept>

#include "services/identity/bootstrap.h"
#include "services/identity/migrations.h"
#include "services/identity/passwords.h"
#include "services/identity/role/role_service.h"
#include "services/identity/session/session_service.h"
#include "services/identity/staff/staff_service.h"
#include "services/identity/verify/verify_store.h"
#include "shared/process/service.h"

using namespace reeve;  // NOLINT: a composition root reads better without prefixes

int main(int argc, char** argv) {
  std::string bootstrap_file;
  identity::HashCost cost;
  std::int64_t idle_seconds = 15 * 60;
  std::int64_t absolute_seconds = 10 * 60 * 60;

  const auto declare_flags = [&](CLI::App& app) {
    app.add_option("--bootstrap", bootstrap_file, "First people and roles, for an empty database");
    app.add_option("--argon2-memory-kib", cost.memory_kib, "Memory of one password hash")
        ->capture_default_str();
    app.add_option("--argon2-passes", cost.passes, "Passes over it")->capture_default_str();
    app.add_option("--idle-seconds", idle_seconds, "A session ends when unused for so long")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--absolute-seconds", absolute_seconds, "A session ends after so long")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
  };

  const auto compose = [&](process::Service& s) {
    if (!cost.IsSafe() && !s.demo()) {
      throw std::runtime_error("cheap password hashes are for --demo");
    }
    identity::Passwords passwords(cost, s.random());
    const identity::SessionLimits limits{Duration::Seconds(idle_seconds),
                                         Duration::Seconds(absolute_seconds)};
    identity::SessionService sessions({s.server(), s.sessions(), s.frame(), s.database(),
                                       s.machine_clock(), s.random(), s.metrics(), passwords,
                                       limits});
    identity::StaffService staff(s.server(), s.frame(), s.database(), s.machine_clock(), passwords);
    identity::RoleService roles(s.server(), s.frame(), s.database(), s.machine_clock(), s.random());
    s.UseSessionSource(sessions.source());
    s.Register(sessions);
    s.Register(staff);
    s.Register(roles);
    s.AddCheck(identity::CheckIdentity);
    if (!bootstrap_file.empty()) {
      identity::ApplyBootstrap(identity::ReadBootstrap(bootstrap_file, s.demo()), cost, s.frame(),
                               s.database(), s.clock(), s.random());
    }
    s.Serve();
  };
  return process::Run("identity", argc, argv, identity::Migrations(), compose, declare_flags);
}
