#include "shared/obs/log.h"

#include <gtest/gtest.h>

namespace reeve::obs {
namespace {

TEST(LogLine, IsOneJsonObject) {
  const Instant time = Instant::Parse("2026-11-22T15:10:00.5Z").value();
  EXPECT_EQ(LogLine(time, Level::kWarning, "payment", "call_ended",
                    {{"method", "TakePayment"}, {"micros", 812}, {"replayed", true}}),
            R"({"time":"2026-11-22T15:10:00.500000Z","level":"warning","service":"payment",)"
            R"("event":"call_ended","method":"TakePayment","micros":812,"replayed":true})");
}

TEST(LogLine, KeepsToOneLineWhateverTheTextHolds) {
  const std::string line =
      LogLine(Instant(), Level::kInfo, "s", "e", {{"text", std::string("a\"b\\c\nd\te")}});
  EXPECT_NE(line.find(R"("text":"a\"b\\c\u000ad\u0009e")"), std::string::npos) << line;
}

}  // namespace
}  // namespace reeve::obs
