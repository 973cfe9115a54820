// identity as main.cc composes it, on a database of its own, in a small city.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "reeve/identity/v1/role_service.grpc.pb.h"
#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "reeve/identity/v1/staff_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "services/identity/bootstrap.h"
#include "services/identity/migrations.h"
#include "services/identity/role/role_service.h"
#include "services/identity/session/session_service.h"
#include "services/identity/staff/staff_service.h"
#include "services/identity/verify/verify_store.h"
#include "shared/core/canonical.h"
#include "shared/process/identity_source.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/session/cached_gate.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::identity {

namespace pb = v1;
using testing::ReasonOf;
using testing::TemporaryDatabase;

inline constexpr HashCost kCheap{.memory_kib = 8, .passes = 1};

// The composition of main.cc, with a clock that the test moves.
class Program {
 public:
  Program(db::Database& database, testing::FakeClock& clock) : clock_(clock) {
    std::string name = std::filesystem::temp_directory_path() / "reeve-identity-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    const Instant deadline = machine_clock_.Now() + Duration::Seconds(60);
    db::Migrate(database, feed::Migrations(), deadline);
    db::Migrate(database, command::Migrations(), deadline);
    db::Migrate(database, Migrations(), deadline);
    process::Settings settings;
    settings.service = "identity";
    settings.listen = {"127.0.0.1:0", "unix:" + folder_ + "/identity.sock"};
    settings.run_folder = folder_;
    service_ = std::make_unique<process::Service>(
        settings, process::Seams{database, clock_, clock_, random_, nullptr});
    process::Service& s = *service_;
    sessions_ = std::make_unique<SessionService>(
        SessionService::Parts{s.server(), s.sessions(), s.frame(), s.database(), s.machine_clock(),
                              s.random(), s.metrics(), passwords_, SessionLimits()});
    staff_ = std::make_unique<StaffService>(s.server(), s.frame(), s.database(), s.machine_clock(),
                                            passwords_);
    roles_ = std::make_unique<RoleService>(s.server(), s.frame(), s.database(), s.machine_clock(),
                                           s.random());
    s.UseSessionSource(sessions_->source());
    s.Register(*sessions_);
    s.Register(*staff_);
    s.Register(*roles_);
    s.AddCheck(CheckIdentity);
  }
  ~Program() {
    service_->Stop();
    service_.reset();
    std::filesystem::remove_all(folder_);
  }

  process::Service& service() { return *service_; }
  void Bootstrap(const pb::Bootstrap& bootstrap) {
    ApplyBootstrap(bootstrap, kCheap, service_->frame(), service_->database(), clock_, random_);
  }
  void Start() { service_->Start(); }
  std::shared_ptr<grpc::Channel> Tcp() {
    return rpc::OpenChannel("127.0.0.1:" + std::to_string(service_->server().port()), {});
  }
  std::shared_ptr<grpc::Channel> Unix() {
    return rpc::OpenChannel("unix:" + folder_ + "/identity.sock", {});
  }

 private:
  testing::FakeClock& clock_;
  process::SystemClock machine_clock_;
  process::OsRandom random_;
  Passwords passwords_{kCheap, random_};
  std::string folder_;
  std::unique_ptr<process::Service> service_;
  std::unique_ptr<SessionService> sessions_;
  std::unique_ptr<StaffService> staff_;
  std::unique_ptr<RoleService> roles_;
};

inline pb::Bootstrap City() {
  pb::Bootstrap city;
  const auto role = [&](const std::string& name, std::vector<std::string> permissions) {
    pb::Role* added = city.add_roles();
    added->set_role(name);
    added->set_description("the " + name);
    for (const std::string& permission : permissions) added->add_permissions(permission);
  };
  const auto person = [&](const std::string& login, std::vector<std::string> roles) {
    pb::BootstrapPerson* added = city.add_people();
    added->set_login(login);
    added->set_display_name("Display " + login);
    added->set_password("password of " + login);
    for (const std::string& name : roles) added->add_roles(name);
  };
  role("administrator", {"person.create", "person.disable", "person.end_sessions", "person.read",
                         "person.set_password", "role.approve", "role.define", "role.read",
                         "role.request", "role.revoke"});
  role("cashier", {"payment.take", "drawer.open"});
  role("accountant", {"bank_deposit.prepare"});
  role("auditor", {"verify.run"});
  pb::Separation* separation = city.add_separations();
  separation->set_first_permission("payment.take");
  separation->set_second_permission("bank_deposit.prepare");
  separation->set_reason("who takes cash does not prepare its deposit");
  person("alma", {"administrator"});
  person("omar", {"administrator"});
  person("maria", {"cashier"});
  person("ada", {"auditor"});
  return city;
}

class IdentityTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  IdentityTest() {
    program_.Bootstrap(City());
    program_.Start();
  }

  struct SignedIn {
    grpc::Status status;
    std::string token;
    pb::Session session;
  };
  SignedIn SignIn(const std::string& login, const std::string& password) {
    pb::SignInRequest request;
    request.set_login(login);
    request.set_password(password);
    pb::SignInResponse answer;
    const auto context = Context("");
    const grpc::Status status = Sessions()->SignIn(context.get(), request, &answer);
    return {status, answer.session_token(), answer.session()};
  }
  SignedIn SignIn(const std::string& login) { return SignIn(login, "password of " + login); }
  std::string WhoAmI(const std::string& token) {
    pb::Session answer;
    const auto context = Context(token);
    const grpc::Status status = Sessions()->WhoAmI(context.get(), {}, &answer);
    return status.ok() ? answer.display_name() : ReasonOf(status);
  }
  // What WhoAmI says of a session that was just revoked, a second later at the latest.
  std::string WhoAmIAfterRevocation(const std::string& token) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    std::string answer = WhoAmI(token);
    while (answer != "SESSION_ENDED" && std::chrono::steady_clock::now() < until) {
      answer = WhoAmI(token);
    }
    return answer;
  }
  static std::unique_ptr<grpc::ClientContext> Context(const std::string& token) {
    return rpc::PersonContext(token, Duration::Seconds(20));
  }
  std::unique_ptr<pb::SessionService::Stub> Sessions() {
    return pb::SessionService::NewStub(tcp_ ? tcp_ : tcp_ = program_.Tcp());
  }
  std::unique_ptr<pb::StaffService::Stub> Staff() {
    return pb::StaffService::NewStub(program_.Tcp());
  }
  std::unique_ptr<pb::RoleService::Stub> Roles() {
    return pb::RoleService::NewStub(program_.Tcp());
  }
  std::string NewRequestId() { return "request-of-the-test-" + std::to_string(++requests_); }

  // Alma asks and omar approves; the reason of whatever refuses.
  std::string Grant(const std::string& login, const std::string& role, std::string asker,
                    std::string approver) {
    pb::RequestRoleGrantRequest ask;
    ask.set_request_id(NewRequestId());
    ask.set_person_id(PersonOf(login).value());
    ask.set_role(role);
    ask.set_reason("needed");
    pb::RoleGrant grant;
    const auto asking = Context(asker);
    const grpc::Status asked = Roles()->RequestRoleGrant(asking.get(), ask, &grant);
    if (!asked.ok()) return ReasonOf(asked);
    pb::ApproveRoleGrantRequest approve;
    approve.set_request_id(NewRequestId());
    approve.set_person_id(grant.person_id());
    approve.set_grant_id(grant.grant_id());
    const auto approving = Context(approver);
    return ReasonOf(Roles()->ApproveRoleGrant(approving.get(), approve, &grant));
  }
  std::string Revoke(const std::string& login, const std::string& role, const std::string& admin) {
    pb::RevokeRoleRequest request;
    request.set_request_id(NewRequestId());
    request.set_person_id(PersonOf(login).value());
    request.set_role(role);
    request.set_reason("moved on");
    pb::Person person;
    const auto context = Context(admin);
    return ReasonOf(Roles()->RevokeRole(context.get(), request, &person));
  }
  std::string Disable(const std::string& login, const std::string& admin) {
    pb::DisablePersonRequest request;
    request.set_request_id(NewRequestId());
    request.set_person_id(PersonOf(login).value());
    request.set_reason("left");
    pb::Person person;
    const auto context = Context(admin);
    return ReasonOf(Staff()->DisablePerson(context.get(), request, &person));
  }
  // Empty, or the first violation.
  std::string Proof() {
    verify::v1::VerifyResponse proof;
    const auto context = Context(SignIn("ada").token);
    const grpc::Status status =
        verify::v1::VerifyService::NewStub(program_.Tcp())->Verify(context.get(), {}, &proof);
    if (!status.ok()) return status.error_message();
    for (const verify::v1::Check& check : proof.checks()) {
      if (!check.violation().empty()) return check.name() + ": " + check.violation();
    }
    return "";
  }

  process::SystemClock machine_clock_;
  TemporaryDatabase database_ =
      TemporaryDatabase::Create(GetParam(), std::span<const db::Migration>(), machine_clock_);
  testing::FakeClock clock_{machine_clock_.Now()};  // the sessions'; deadlines are the machine's
  Program program_{*database_, clock_};
  std::shared_ptr<grpc::Channel> tcp_;
  int requests_ = 0;
};

}  // namespace reeve::identity
