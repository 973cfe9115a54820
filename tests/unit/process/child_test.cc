#include "shared/process/child.h"

#include <gtest/gtest.h>

namespace reeve::process {
namespace {

TEST(ChildTest, ReadsAllAndAnswers) {
  const std::string input(1'000'000, 'x');
  const Result<std::string> answer = RunChild("/usr/bin/sort", {"-u"}, "b\na\nb\n");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "a\nb\n");
  EXPECT_EQ(RunChild("/usr/bin/tail", {"-c", "3"}, input).value(), "xxx");
}

TEST(ChildTest, OneThatFailsOrIsNotThereIsRefused) {
  for (const char* program : {"/bin/false", "/no/such/program"}) {
    const Result<std::string> answer = RunChild(program, {}, std::string(1'000'000, 'x'));
    ASSERT_FALSE(answer.ok()) << program;
    EXPECT_EQ(answer.error().reason(), "NO_PROGRAM");
  }
}

}  // namespace
}  // namespace reeve::process
