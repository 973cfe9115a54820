#include "shared/testing/in_process_server.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "shared/command/command.h"
#include "shared/feed/feed.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"

namespace reeve::testing {
namespace {

constexpr Duration kMigrateTime = Duration::Seconds(60);
constexpr Duration kCallTime = Duration::Seconds(10);
constexpr Duration kForever = Duration::Hours(24 * 365);

const process::SystemClock& MachineClock() {
  static const process::SystemClock clock;
  return clock;
}

std::string NewFolder() {
  std::string name = std::filesystem::temp_directory_path() / "reeve-server-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  return name;
}

}  // namespace

std::string FakeGate::SignIn(PersonId person, std::set<std::string, std::less<>> permissions,
                             std::string display_name) {
  auto facts = std::make_shared<session::Facts>();
  facts->person = person;
  facts->display_name = std::move(display_name);
  facts->permissions =
      std::make_shared<const std::set<std::string, std::less<>>>(std::move(permissions));
  facts->checked_time = MachineClock().Now();
  facts->idle_end_time = facts->checked_time + kForever;
  facts->absolute_end_time = facts->checked_time + kForever;
  const std::lock_guard lock(mutex_);
  facts->revocation_number = next_;  // tells one session from another
  std::string token = "test-session-" + std::to_string(next_++);
  sessions_.emplace(token, std::move(facts));
  return token;
}

void FakeGate::SignOut(const std::string& token) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(token);
}

Result<session::Facts> FakeGate::Check(const std::string& token) {
  if (const auto facts = Peek(token)) return *facts;
  return Unauthenticated(session::reason::kSessionEnded, "The session has ended; sign in again.");
}

std::shared_ptr<const session::Facts> FakeGate::Peek(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : found->second;
}

bool FakeGate::Current(const session::Facts& facts) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const auto& session) {
    return session.second->revocation_number == facts.revocation_number;
  });
}

InProcessServer::InProcessServer(const std::string& service, db::Database& database,
                                 std::span<const db::Migration> migrations, const Clock* clock,
                                 const InProcessServer* neighbour)
    : own_folder_(neighbour == nullptr),
      folder_(own_folder_ ? NewFolder() : neighbour->folder_),
      random_(std::make_unique<process::OsRandom>()) {
  const Instant deadline = MachineClock().Now() + kMigrateTime;
  db::Migrate(database, feed::Migrations(), deadline);
  db::Migrate(database, command::Migrations(), deadline);
  db::Migrate(database, migrations, deadline);
  process::Settings settings;
  settings.service = service;
  settings.listen = {"127.0.0.1:0", "unix:" + folder_ + "/" + service + ".sock"};
  settings.run_folder = folder_;
  service_ = std::make_unique<process::Service>(
      settings, process::Seams{database, clock != nullptr ? *clock : MachineClock(), MachineClock(),
                               *random_, &gate_});
}

InProcessServer::~InProcessServer() {
  Stop();
  service_.reset();
  if (own_folder_) std::filesystem::remove_all(folder_);
}

void InProcessServer::Start() { service_->Start(); }

void InProcessServer::Stop() { service_->Stop(); }

std::shared_ptr<grpc::Channel> InProcessServer::channel() {
  return rpc::OpenChannel("127.0.0.1:" + std::to_string(service_->server().port()), {});
}

std::shared_ptr<grpc::Channel> InProcessServer::service_channel() {
  return rpc::OpenChannel("unix:" + folder_ + "/" + service_->name() + ".sock", {});
}

std::unique_ptr<grpc::ClientContext> InProcessServer::Context(const std::string& token) {
  return rpc::PersonContext(token, kCallTime);
}

std::unique_ptr<grpc::ClientContext> InProcessServer::ServiceContext(const std::string& service) {
  return rpc::ServiceContext(service, kCallTime);
}

std::string ReasonOf(const grpc::Status& status) {
  return status.ok() ? std::string() : rpc::FromStatus(status).reason();
}

}  // namespace reeve::testing
