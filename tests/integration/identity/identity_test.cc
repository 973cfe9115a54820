// identity through its API, on both engines: the sessions that it opens are checked by its own gate
// and by another service's.
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
namespace {

namespace pb = v1;
using testing::ReasonOf;
using testing::TemporaryDatabase;

constexpr HashCost kCheap{.memory_kib = 8, .passes = 1};

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

pb::Bootstrap City() {
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

TEST_P(IdentityTest, APersonSignsInAndHasThePermissionsOfTheRoles) {
  const SignedIn maria = SignIn("maria");
  ASSERT_TRUE(maria.status.ok()) << maria.status.error_message();
  EXPECT_EQ(maria.session.person_id(), PersonOf("maria").value());
  EXPECT_EQ(std::vector<std::string>(maria.session.permissions().begin(),
                                     maria.session.permissions().end()),
            (std::vector<std::string>{"drawer.open", "payment.take"}));
  EXPECT_EQ(WhoAmI(maria.token), "Display maria");
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, WhoIsNotLetInLearnsNothingOfWhy) {
  const std::string admin = SignIn("alma").token;
  ASSERT_EQ(Disable("maria", admin), "");
  const grpc::Status wrong = SignIn("omar", "something else").status;
  for (const grpc::Status& status : {SignIn("nobody").status, SignIn("maria").status, wrong}) {
    EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED);
    EXPECT_EQ(status.error_message(), wrong.error_message());
    EXPECT_EQ(status.error_details(), wrong.error_details());
  }
}

TEST_P(IdentityTest, FiveFailuresLockTheLoginForAWhile) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(SignIn("maria", "guess").status.ok());
  EXPECT_EQ(ReasonOf(SignIn("maria").status), "SIGN_IN_REFUSED");
  EXPECT_TRUE(SignIn("omar").status.ok());
  clock_.Advance(Duration::Minutes(15));
  EXPECT_TRUE(SignIn("maria").status.ok());
  EXPECT_FALSE(SignIn("maria", "guess").status.ok());
  EXPECT_TRUE(SignIn("maria").status.ok());  // the count began anew
}

TEST_P(IdentityTest, EachSignInMakesItsOwnSessionAndNothingOfItIsStored) {
  const SignedIn first = SignIn("maria");
  const SignedIn second = SignIn("maria");
  EXPECT_NE(first.token, second.token);
  EXPECT_EQ(WhoAmI("a-token-that-an-attacker-chose"), "SESSION_ENDED");
  EXPECT_EQ(WhoAmI(first.token), "Display maria");
  static constexpr db::Query kCount{"count", "SELECT COUNT(*) FROM request"};
  static constexpr db::Query kHashes{"hashes",
                                     "SELECT COUNT(*) FROM session WHERE token_hash = $1"};
  database_->Read(machine_clock_.Now() + Duration::Seconds(10), [&](db::Transaction& tx) {
    EXPECT_EQ(tx.Select(kCount)[0].Int(0), 0);
    EXPECT_EQ(tx.Select(kHashes, db::ToBytes(Sha256(first.token)))[0].Int(0), 1);
    EXPECT_EQ(tx.Select(kHashes, db::ToBytes(first.token))[0].Int(0), 0);
  });
}

TEST_P(IdentityTest, ASessionEndsWhenUnusedAndWhenOld) {
  const std::string idle = SignIn("maria").token;
  clock_.Advance(Duration::Minutes(15));
  EXPECT_EQ(WhoAmI(idle), "SESSION_ENDED");
  const std::string used = SignIn("maria").token;
  for (int minutes = 0; minutes < 10 * 60 - 10; minutes += 10) {
    EXPECT_EQ(WhoAmI(used), "Display maria") << minutes;
    clock_.Advance(Duration::Minutes(10));
  }
  EXPECT_EQ(WhoAmI(used), "Display maria");
  clock_.Advance(Duration::Minutes(10));
  EXPECT_EQ(WhoAmI(used), "SESSION_ENDED");
}

TEST_P(IdentityTest, SignOutEndsOneSessionAndMayBeAskedAgain) {
  const std::string one = SignIn("maria").token;
  const std::string other = SignIn("maria").token;
  pb::SignOutRequest request;
  request.set_request_id(NewRequestId());
  request.set_session_token(one);
  for (int i = 0; i < 2; ++i) {
    pb::SignOutResponse answer;
    const auto context = Context("");
    EXPECT_TRUE(Sessions()->SignOut(context.get(), request, &answer).ok());
  }
  EXPECT_EQ(WhoAmIAfterRevocation(one), "SESSION_ENDED");
  EXPECT_EQ(WhoAmI(other), "Display maria");
  request.set_request_id(NewRequestId());
  request.set_session_token("never-was");
  pb::SignOutResponse answer;
  const auto context = Context("");
  EXPECT_TRUE(Sessions()->SignOut(context.get(), request, &answer).ok());
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, TheEleventhSessionEndsTheOldest) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 11; ++i) {
    clock_.Advance(Duration::Seconds(1));
    tokens.push_back(SignIn("maria").token);
  }
  EXPECT_EQ(WhoAmIAfterRevocation(tokens[0]), "SESSION_ENDED");
  EXPECT_EQ(WhoAmI(tokens[1]), "Display maria");
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, ARevocationIsRefusedEverywhereWithinASecond) {
  const std::string maria = SignIn("maria").token;
  const std::string admin = SignIn("alma").token;
  // The gates of two other services, in processes of their own but for the test.
  session::NoSharedCache no_cache;
  process::ThreadPool executor(2);
  std::vector<std::unique_ptr<obs::Metrics>> metrics;
  std::vector<std::unique_ptr<session::CachedGate>> gates;
  for (const char* service : {"payment", "billing"}) {
    metrics.push_back(std::make_unique<obs::Metrics>(service));
    gates.push_back(
        std::make_unique<session::CachedGate>(process::IdentitySource(service, program_.Unix()),
                                              no_cache, machine_clock_, executor, *metrics.back()));
    gates.back()->FollowOnce();
    gates.back()->Start();
    ASSERT_TRUE(gates.back()->Check(maria).ok());
  }
  ASSERT_EQ(Disable("maria", admin), "");
  const auto answered = std::chrono::steady_clock::now();
  for (const auto& gate : gates) {
    while (gate->Check(maria).ok()) std::this_thread::yield();
    EXPECT_EQ(gate->Check(maria).error().reason(), "SESSION_ENDED");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - answered, std::chrono::seconds(1));
  EXPECT_EQ(WhoAmIAfterRevocation(maria), "SESSION_ENDED");
  for (const auto& gate : gates) gate->Stop();
}

TEST_P(IdentityTest, WhatWidensPermissionsTakesTwoPeople) {
  const std::string alma = SignIn("alma").token;
  const std::string omar = SignIn("omar").token;
  EXPECT_EQ(Grant("maria", "auditor", alma, alma), "SAME_PERSON");
  EXPECT_EQ(Grant("omar", "auditor", alma, omar), "SAME_PERSON");
  EXPECT_EQ(Grant("nobody", "auditor", alma, omar), "PERSON_UNKNOWN");
  EXPECT_EQ(Grant("maria", "wizard", alma, omar), "ROLE_UNKNOWN");
  EXPECT_EQ(Grant("maria", "cashier", alma, omar), "ROLE_ALREADY_HELD");
  EXPECT_EQ(Grant("maria", "accountant", alma, omar), "DUTIES_CONFLICT");
  const std::string maria = SignIn("maria").token;
  EXPECT_EQ(Grant("maria", "auditor", alma, maria), "PERMISSION_MISSING");
  EXPECT_EQ(WhoAmI(maria), "Display maria");
  EXPECT_EQ(Grant("maria", "auditor", alma, omar), "");
  EXPECT_EQ(WhoAmIAfterRevocation(maria),
            "SESSION_ENDED");  // a session never outlives its privileges
  EXPECT_EQ(SignIn("maria").session.permissions_size(), 3);
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, ARoleIsTakenAtOnce) {
  const std::string alma = SignIn("alma").token;
  const std::string maria = SignIn("maria").token;
  EXPECT_EQ(Revoke("maria", "auditor", alma), "ROLE_NOT_HELD");
  EXPECT_EQ(Revoke("maria", "cashier", alma), "");
  EXPECT_EQ(WhoAmIAfterRevocation(maria), "SESSION_ENDED");
  EXPECT_EQ(SignIn("maria").session.permissions_size(), 0);
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, AHeldRoleIsNarrowedAtOnceAndNotWidened) {
  const std::string alma = SignIn("alma").token;
  const std::string maria = SignIn("maria").token;
  const auto define = [&](const std::string& role, std::vector<std::string> permissions) {
    pb::DefineRoleRequest request;
    request.set_request_id(NewRequestId());
    request.set_role(role);
    request.set_description("again");
    for (const std::string& permission : permissions) request.add_permissions(permission);
    pb::Role answer;
    const auto context = Context(alma);
    return ReasonOf(Roles()->DefineRole(context.get(), request, &answer));
  };
  EXPECT_EQ(define("cashier", {"payment.take", "drawer.open", "verify.run"}), "ROLE_HELD");
  EXPECT_EQ(define("cashier", {"drawer.open"}), "");
  const auto narrowed = std::chrono::steady_clock::now();
  pb::Session session;
  do {
    const auto context = Context(maria);
    ASSERT_TRUE(Sessions()->WhoAmI(context.get(), {}, &session).ok());
  } while (session.permissions_size() == 2);
  EXPECT_EQ(session.permissions_size(), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - narrowed, std::chrono::seconds(1));
  EXPECT_EQ(define("teller", {"payment.take", "bank_deposit.prepare"}), "DUTIES_CONFLICT");
  EXPECT_EQ(define("teller", {"payment.take"}), "");
  EXPECT_EQ(define("teller", {"payment.take", "drawer.open"}), "");  // nobody holds it
  EXPECT_EQ(define("Teller", {"x"}), "INVALID_REQUEST");
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, AChangedPasswordEndsTheOtherSessions) {
  const std::string here = SignIn("maria").token;
  const std::string elsewhere = SignIn("maria").token;
  pb::ChangePasswordRequest request;
  request.set_request_id(NewRequestId());
  request.set_old_password("not the old one");
  request.set_new_password("a new password of maria");
  const auto change = [&] {
    pb::Person answer;
    const auto context = Context(here);
    const grpc::Status status = Staff()->ChangePassword(context.get(), request, &answer);
    return status.ok() ? answer.SerializeAsString() : ReasonOf(status);
  };
  EXPECT_EQ(change(), "PASSWORD_WRONG");
  request.set_old_password("password of maria");
  const std::string changed = change();
  EXPECT_EQ(change(), changed);  // asked again with the same bytes, the old password included
  EXPECT_EQ(WhoAmI(here), "Display maria");
  EXPECT_EQ(WhoAmIAfterRevocation(elsewhere), "SESSION_ENDED");
  EXPECT_FALSE(SignIn("maria").status.ok());
  EXPECT_TRUE(SignIn("maria", "a new password of maria").status.ok());
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, AnAdministratorEntersPeopleAndGivesThemPasswords) {
  const std::string alma = SignIn("alma").token;
  pb::CreatePersonRequest create;
  create.set_request_id(NewRequestId());
  create.set_login("luis");
  create.set_display_name("Luis Romero");
  create.set_password("short");
  pb::Person luis;
  const auto send = [&](const pb::CreatePersonRequest& request) {
    const auto context = Context(alma);
    return Staff()->CreatePerson(context.get(), request, &luis);
  };
  EXPECT_EQ(rpc::FromStatus(send(create)).violations(),
            (std::vector<FieldViolation>{{"password", "12 to 128 characters"}}));
  create.set_password("password of luis");
  ASSERT_TRUE(send(create).ok());
  EXPECT_TRUE(send(create).ok());
  create.set_request_id(NewRequestId());
  EXPECT_EQ(ReasonOf(send(create)), "LOGIN_TAKEN");
  EXPECT_EQ(luis.roles_size(), 0);
  EXPECT_TRUE(SignIn("luis").status.ok());

  pb::SetPasswordRequest set;
  set.set_request_id(NewRequestId());
  set.set_person_id(luis.person_id());
  set.set_password("another password of luis");
  const auto context = Context(alma);
  ASSERT_TRUE(Staff()->SetPassword(context.get(), set, &luis).ok());
  EXPECT_FALSE(SignIn("luis").status.ok());
  EXPECT_TRUE(SignIn("luis", "another password of luis").status.ok());
  set.set_request_id(NewRequestId());
  set.set_person_id(PersonOf("alma").value());
  const auto own = Context(alma);
  EXPECT_EQ(ReasonOf(Staff()->SetPassword(own.get(), set, &luis)), "OWN_PASSWORD");

  pb::ListPeopleRequest list;
  list.set_page_size(2);
  std::vector<std::int64_t> numbers;
  do {
    pb::ListPeopleResponse page;
    const auto reading = Context(alma);
    ASSERT_TRUE(Staff()->ListPeople(reading.get(), list, &page).ok());
    for (const pb::Person& person : page.people()) numbers.push_back(person.person_id());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(numbers.size(), 5u);
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, ADisabledPersonComesBackWithoutRoles) {
  const std::string alma = SignIn("alma").token;
  EXPECT_EQ(Disable("alma", alma), "OWN_ACCOUNT");
  ASSERT_EQ(Disable("maria", alma), "");
  EXPECT_EQ(Disable("maria", alma), "PERSON_DISABLED");
  EXPECT_EQ(Grant("maria", "auditor", alma, SignIn("omar").token), "PERSON_DISABLED");
  pb::EnablePersonRequest request;
  request.set_request_id(NewRequestId());
  request.set_person_id(PersonOf("maria").value());
  request.set_reason("back");
  pb::Person maria;
  const auto context = Context(alma);
  ASSERT_TRUE(Staff()->EnablePerson(context.get(), request, &maria).ok());
  EXPECT_EQ(maria.roles_size(), 0);
  EXPECT_EQ(SignIn("maria").session.permissions_size(), 0);
  EXPECT_EQ(Proof(), "");
}

TEST_P(IdentityTest, TheBootstrapIsAppliedOnce) {
  pb::Bootstrap again = City();
  again.mutable_people(0)->set_password("a password that was slipped in");
  program_.Bootstrap(again);
  EXPECT_FALSE(SignIn("alma", "a password that was slipped in").status.ok());
  EXPECT_TRUE(SignIn("alma").status.ok());
}

TEST_P(IdentityTest, ABootstrapThatDoesNotHoldWritesNothing) {
  TemporaryDatabase empty =
      TemporaryDatabase::Create(GetParam(), std::span<const db::Migration>(), machine_clock_);
  Program program(*empty, clock_);
  pb::Bootstrap both = City();
  both.mutable_people(2)->add_roles("accountant");
  EXPECT_THROW(program.Bootstrap(both), std::runtime_error);
  pb::Bootstrap unknown = City();
  unknown.mutable_people(2)->add_roles("wizard");
  EXPECT_THROW(program.Bootstrap(unknown), std::runtime_error);
  static constexpr db::Query kCount{"count", "SELECT COUNT(*) FROM role"};
  empty->Read(machine_clock_.Now() + Duration::Seconds(10),
              [&](db::Transaction& tx) { EXPECT_EQ(tx.Select(kCount)[0].Int(0), 0); });
}

// Every column that verify covers, changed behind the suite's back; and a row more, a row less.
struct Tampering {
  std::string name;
  std::string sql;
};
const std::vector<Tampering>& Tamperings() {
  static const std::vector<Tampering> all{
      {"PersonLogin", "UPDATE person SET login = 'mallory' WHERE login = 'maria'"},
      {"PersonName", "UPDATE person SET display_name = 'Mallory' WHERE login = 'maria'"},
      {"PersonState", "UPDATE person SET state = 'DISABLED' WHERE login = 'maria'"},
      {"PersonPassword",
       "UPDATE person SET password_hash = (SELECT password_hash FROM person WHERE login = 'ada') "
       "WHERE login = 'alma'"},
      {"PersonCreated", "UPDATE person SET created_time = created_time + 1 WHERE login = 'maria'"},
      {"PersonRevocation", "UPDATE person SET revocation_number = 77 WHERE login = 'maria'"},
      {"PersonNumber", "UPDATE person SET person_id = 77 WHERE login = 'maria'"},
      {"PersonDeleted", "DELETE FROM person WHERE login = 'maria'"},
      {"PersonInserted",
       "INSERT INTO person (person_id, login, display_name, state, password_hash, created_time, "
       "revocation_number) VALUES (77, 'mallory', 'M', 'ACTIVE', 'x', 1, 0)"},
      {"PersonsSwapped",
       "UPDATE person SET password_hash = CASE WHEN login = 'alma' "
       "THEN (SELECT password_hash FROM person WHERE login = 'omar') "
       "ELSE (SELECT password_hash FROM person WHERE login = 'alma') END "
       "WHERE login IN ('alma', 'omar')"},
      {"Counter", "UPDATE revocation_counter SET number = number + 1"},
      {"RoleName", "UPDATE role SET role = 'teller' WHERE role = 'cashier'"},
      {"RoleDescription", "UPDATE role SET description = 'x' WHERE role = 'cashier'"},
      {"RoleDeleted", "DELETE FROM role WHERE role = 'cashier'"},
      {"RoleInserted", "INSERT INTO role (role, description) VALUES ('wizard', 'x')"},
      {"PermissionAdded",
       "INSERT INTO role_permission (role, permission) VALUES ('cashier', 'role.approve')"},
      {"PermissionChanged",
       "UPDATE role_permission SET permission = 'verify.run' WHERE permission = 'drawer.open'"},
      {"PermissionMoved", "UPDATE role_permission SET role = 'auditor' WHERE role = 'accountant'"},
      {"PermissionDeleted", "DELETE FROM role_permission WHERE permission = 'drawer.open'"},
      {"SeparationDeleted", "DELETE FROM duty_separation"},
      {"SeparationFirst", "UPDATE duty_separation SET first_permission = 'a.b'"},
      {"SeparationSecond", "UPDATE duty_separation SET second_permission = 'z.z'"},
      {"SeparationReason", "UPDATE duty_separation SET reason = 'x'"},
      {"SeparationInserted",
       "INSERT INTO duty_separation (first_permission, second_permission, reason) "
       "VALUES ('a.b', 'c.d', 'x')"},
      {"HeldRoleInserted",
       "INSERT INTO person_role (person_id, role, granted_time) "
       "SELECT person_id, 'administrator', 1 FROM person WHERE login = 'maria'"},
      {"HeldRoleDeleted",
       "DELETE FROM person_role WHERE role = 'auditor' AND granted_time > 0 AND "
       "person_id IN (SELECT person_id FROM person WHERE login = 'maria')"},
      {"HeldRoleChanged", "UPDATE person_role SET role = 'accountant' WHERE role = 'cashier'"},
      {"HeldRoleTime",
       "UPDATE person_role SET granted_time = granted_time + 1 WHERE role = 'cashier'"},
      {"HeldRoleMoved", "UPDATE person_role SET person_id = 77 WHERE role = 'cashier'"},
      {"GrantRole", "UPDATE role_grant SET role = 'administrator'"},
      {"GrantReason", "UPDATE role_grant SET reason = 'x'"},
      {"GrantState", "UPDATE role_grant SET state = 'DECLINED'"},
      {"GrantAsker", "UPDATE role_grant SET requested_by = 77"},
      {"GrantAskedTime", "UPDATE role_grant SET requested_time = requested_time + 1"},
      {"GrantDecider", "UPDATE role_grant SET decided_by = 77"},
      {"GrantDecidedTime", "UPDATE role_grant SET decided_time = decided_time + 1"},
      {"GrantNumber", "UPDATE role_grant SET grant_id = grant_id + 1"},
      {"GrantPerson", "UPDATE role_grant SET person_id = person_id + 1"},
      {"GrantDeleted", "DELETE FROM role_grant"},
      {"SessionCreated", "UPDATE session SET created_time = created_time + 1"},
      {"SessionLonger", "UPDATE session SET absolute_end_time = absolute_end_time + 1"},
      {"SessionRevived", "UPDATE session SET ended_time = NULL WHERE ended_time IS NOT NULL"},
      {"SessionPerson", "UPDATE session SET person_id = person_id + 1"},
      {"SessionInserted",
       "INSERT INTO session (person_id, token_hash, created_time, used_time, absolute_end_time) "
       "SELECT person_id + 1, token_hash, created_time, used_time, absolute_end_time FROM session"},
  };
  return all;
}

TEST_P(IdentityTest, TheProofSeesEveryTampering) {
  const std::string alma = SignIn("alma").token;
  ASSERT_EQ(Grant("maria", "auditor", alma, SignIn("omar").token), "");
  pb::SignOutRequest sign_out;
  sign_out.set_request_id(NewRequestId());
  sign_out.set_session_token(SignIn("maria").token);
  pb::SignOutResponse signed_out;
  const auto context = Context("");
  ASSERT_TRUE(Sessions()->SignOut(context.get(), sign_out, &signed_out).ok());
  ASSERT_EQ(Proof(), "");
  const Instant deadline = machine_clock_.Now() + Duration::Seconds(60);
  const auto first_violation = [](db::Transaction& tx) {
    for (const Finding& finding : CheckIdentity(tx)) {
      if (!finding.violation.empty()) return finding.check + ": " + finding.violation;
    }
    return std::string();
  };
  for (const Tampering& tampering : Tamperings()) {
    database_->Write(deadline, [&](db::Transaction& tx) {
      EXPECT_EQ(first_violation(tx), "") << "before " << tampering.name;
      const db::Query query{"tamper", tampering.sql};
      EXPECT_GT(tx.Execute(query), 0) << tampering.name;
      EXPECT_NE(first_violation(tx), "") << tampering.name;
      return db::Verdict::kRollBack;
    });
  }
}

INSTANTIATE_TEST_SUITE_P(BothEngines, IdentityTest, testing::BothEngines(), testing::EngineName);

TEST(BootstrapFile, WithPasswordsIsItsOwnersAlone) {
  std::string name = std::filesystem::temp_directory_path() / "reeve-bootstrap-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::string path = name + "/identity.json";
  std::ofstream(path) << R"({"people": [{"login": "alma", "roles": ["administrator"]}]})";
  chmod(path.c_str(), 0640);
  EXPECT_THROW(ReadBootstrap(path, /*anybody_may_read=*/false), std::runtime_error);
  EXPECT_EQ(ReadBootstrap(path, true).people(0).login(), "alma");
  chmod(path.c_str(), 0600);
  EXPECT_EQ(ReadBootstrap(path, false).people_size(), 1);
  std::ofstream(path) << R"({"peple": []})";
  EXPECT_THROW(ReadBootstrap(path, false), std::runtime_error);
  EXPECT_THROW(ReadBootstrap(name + "/missing.json", true), std::runtime_error);
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace reeve::identity
