// identity through its API: the sessions that it opens are checked by its own gate and by other
// services'.
#include "tests/integration/identity/identity_fixture.h"

namespace reeve::identity {
namespace {

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
  // One that names no session ends none, and says so.
  request.set_request_id(NewRequestId());
  request.clear_session_token();
  const auto own = Context(other);
  const grpc::Status status = Sessions()->SignOut(own.get(), request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(WhoAmI(other), "Display maria");
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
  EXPECT_EQ(define("teller", {"payment.take", "no.such"}), "INVALID_REQUEST");
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

TEST_P(IdentityTest, WhoeverIsSignedInLearnsWhatColleaguesAreCalledAndNothingElse) {
  const std::string token = SignIn("maria").token;  // holds no right to read people
  const std::int64_t maria = PersonOf("maria").value();
  const std::int64_t alma = PersonOf("alma").value();
  pb::GetNamesRequest request;
  for (const std::int64_t id : {maria, alma, maria, std::int64_t{1}}) {
    request.add_person_ids(id);
  }
  pb::GetNamesResponse names;
  const auto context = Context(token);
  ASSERT_TRUE(Staff()->GetNames(context.get(), request, &names).ok());
  ASSERT_EQ(names.names_size(), 2) << "each once, and nobody who is not there";
  std::map<std::int64_t, std::string> logins;
  for (const pb::PersonName& name : names.names()) {
    logins[name.person_id()] = name.login();
    EXPECT_NE(name.display_name(), "");
  }
  EXPECT_EQ(logins, (std::map<std::int64_t, std::string>{{maria, "maria"}, {alma, "alma"}}));

  const auto stranger = Context("no session");
  EXPECT_EQ(Staff()->GetNames(stranger.get(), request, &names).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  const auto empty = Context(token);
  EXPECT_EQ(ReasonOf(Staff()->GetNames(empty.get(), {}, &names)), "INVALID_REQUEST");
  request.add_person_ids(-4);
  const auto negative = Context(token);
  EXPECT_EQ(ReasonOf(Staff()->GetNames(negative.get(), request, &names)), "INVALID_REQUEST");
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

INSTANTIATE_TEST_SUITE_P(BothEngines, IdentityTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::identity
