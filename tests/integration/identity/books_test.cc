// How the books of identity begin, and how they are proven.
#include "tests/integration/identity/identity_fixture.h"

namespace reeve::identity {
namespace {

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
