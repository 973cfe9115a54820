// How the books of identity begin.
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
