#include "shared/process/demo_clock.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "shared/testing/fake_clock.h"

namespace reeve::process {
namespace {

class DemoClockTest : public ::testing::Test {
 protected:
  DemoClockTest() {
    std::string name = std::filesystem::temp_directory_path() / "reeve-clock-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~DemoClockTest() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/clock"; }
  void Set(Instant wanted) {
    std::ofstream(path()) << wanted.micros() << " " << machine_.Now().micros() << "\n";
  }

  testing::FakeClock machine_{"2026-11-22T20:00:00-07:00"};
  std::string folder_;
};

TEST_F(DemoClockTest, WithoutAFileItIsTheMachines) {
  EXPECT_EQ(DemoClock(machine_, path()).Now(), machine_.Now());
}

TEST_F(DemoClockTest, RunsOnFromWhereItWasSet) {
  const Instant morning = Instant::Parse("2026-11-23T07:45:00-07:00").value();
  Set(morning);
  const DemoClock clock(machine_, path());
  EXPECT_EQ(clock.Now(), morning);
  machine_.Advance(Duration::Minutes(5));
  EXPECT_EQ(clock.Now(), morning + Duration::Minutes(5));
}

TEST_F(DemoClockTest, AMoveIsSeenWithinFiftyMilliseconds) {
  const DemoClock clock(machine_, path());
  const Instant evening = Instant::Parse("2026-11-23T17:00:00-07:00").value();
  Set(evening);
  EXPECT_EQ(clock.Now(), machine_.Now());
  machine_.Advance(Duration::Millis(50));
  EXPECT_EQ(clock.Now(), evening + Duration::Millis(50));
}

TEST_F(DemoClockTest, WhatCannotBeReadChangesNothing) {
  const Instant morning = Instant::Parse("2026-11-23T07:45:00-07:00").value();
  Set(morning);
  const DemoClock clock(machine_, path());
  std::ofstream(path()) << "tomorrow";
  machine_.Advance(Duration::Seconds(1));
  EXPECT_EQ(clock.Now(), morning + Duration::Seconds(1));
}

}  // namespace
}  // namespace reeve::process
