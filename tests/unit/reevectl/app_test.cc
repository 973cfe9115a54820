// The whole command line against a suite that is not there: what it understands, prints and keeps.
#include "services/reevectl/app.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/reevectl/connection/private_file.h"
#include "services/reevectl/desk/desk.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/seeded_random.h"

namespace reeve::reevectl {
namespace {

class AppTest : public ::testing::Test {
 protected:
  AppTest() : home_(::testing::TempDir() + "desk-" + std::to_string(getpid())) {}
  ~AppTest() override { std::filesystem::remove_all(home_); }

  int Run(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), {"reevectl", "--home", home_.c_str()});
    return RunApp(static_cast<int>(arguments.size()), arguments.data(), clock_, random_, zone_,
                  out_, remarks_);
  }

  std::string home_;
  testing::FakeClock clock_{*Instant::Parse("2026-11-22T12:00:00Z")};
  testing::SeededRandom random_{1};
  TimeZone zone_ = *TimeZone::Load("America/Denver");
  std::ostringstream out_, remarks_;
};

TEST_F(AppTest, EveryVerbNamesAMethodAndFieldsThatExist) { EXPECT_EQ(Run({"--help"}), 0); }

TEST_F(AppTest, AMissingOptionIsNotUnderstood) {
  EXPECT_EQ(Run({"drawer", "open"}), 2);
  EXPECT_NE(remarks_.str().find("--drawer"), std::string::npos);
}

TEST_F(AppTest, AnAmountThatIsNoMoneyIsNotUnderstoodAndNothingIsSent) {
  EXPECT_EQ(Run({"payment", "preview", "--account", "1", "--amount", "1.234"}), 2);
  EXPECT_NE(remarks_.str().find("1.234"), std::string::npos);
}

TEST_F(AppTest, ALastAnswerThatIsNotThereIsRefused) { EXPECT_EQ(Run({"last", "transfer_id"}), 1); }

TEST_F(AppTest, TheDemoClockIsTheCitysWallClock) {
  const std::string file = home_ + "/clock";
  ASSERT_EQ(Run({"demo", "clock", "2026-11-23", "08:10", "--file", file.c_str()}), 0);
  EXPECT_NE(out_.str().find("2026-11-23 08:10"), std::string::npos);
  std::ifstream stored(file);
  std::int64_t wanted = 0;
  std::int64_t machine = 0;
  ASSERT_TRUE(stored >> wanted >> machine);
  EXPECT_EQ(wanted, Instant::Parse("2026-11-23T08:10:00-07:00")->micros());
  EXPECT_EQ(machine, clock_.Now().micros());
}

TEST_F(AppTest, ATimeThatIsNoneIsNotUnderstood) {
  for (const char* time : {"8:10", "25:00", "08:60", "ab:cd"}) {
    EXPECT_EQ(Run({"demo", "clock", "2026-11-23", time, "--file", "x"}), 2) << time;
  }
}

TEST_F(AppTest, SecretsAreForTheirOwnerOnly) {
  Desk desk({.home = home_}, clock_, random_, zone_, out_, remarks_);
  desk.SaveSession("maria", "secret");
  struct stat status {};
  ASSERT_EQ(stat((home_ + "/sessions/maria").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(home_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077, 0u);
  EXPECT_EQ(desk.Session(), "secret");
}

TEST_F(AppTest, ASecretThatOthersMayReadOrChangeIsNotUsed) {
  const std::string key = home_ + "/elsewhere/anchor.key";
  WritePrivateFile(key, "secret");
  EXPECT_EQ(ReadPrivateFile(key), "secret");
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0666}) {
    ASSERT_EQ(chmod(key.c_str(), mode), 0);
    EXPECT_THROW(ReadPrivateFile(key), std::runtime_error) << std::oct << mode;
  }
  for (const mode_t mode : {0600, 0400}) {
    ASSERT_EQ(chmod(key.c_str(), mode), 0);
    EXPECT_EQ(ReadPrivateFile(key), "secret");
  }
}

TEST_F(AppTest, AnchorsAndTheirKeyMayLieApartFromTheDesk) {
  const Desk desk({.home = home_}, clock_, random_, zone_, out_, remarks_);
  EXPECT_EQ(desk.AnchorsPath(), home_ + "/anchors");
  EXPECT_EQ(desk.AnchorKeyPath(), home_ + "/anchor.key");
  const Desk apart({.home = home_, .anchors = "/mnt/vault", .anchor_key = "/mnt/key/anchor.key"},
                   clock_, random_, zone_, out_, remarks_);
  EXPECT_EQ(apart.AnchorsPath(), "/mnt/vault/anchors");
  EXPECT_EQ(apart.AnchorKeyPath(), "/mnt/key/anchor.key");
}

}  // namespace
}  // namespace reeve::reevectl
