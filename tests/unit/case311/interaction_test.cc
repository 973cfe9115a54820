#include "services/case311/interaction/interaction.h"

#include <gtest/gtest.h>

namespace reeve::case311 {
namespace {

TEST(Language, IsAnIsoCode) {
  for (const char* code : {"en", "es", "haw"}) EXPECT_TRUE(IsLanguage(code)) << code;
  for (const char* code : {"", "e", "EN", "en-US", "engl", "é"})
    EXPECT_FALSE(IsLanguage(code)) << code;
}

TEST(LogInteraction, AsksForTheSameOnlyIfWhatWasSaidIsTheSame) {
  const LogInteraction command{.interaction = {.channel = Channel::kPhone,
                                               .language = "es",
                                               .topic = "Pothole",
                                               .person = PersonId(7),
                                               .logged_time = Instant::FromMicros(1)}};
  LogInteraction later = command;
  later.interaction.logged_time = Instant::FromMicros(2);
  EXPECT_EQ(command.canonical().bytes(), later.canonical().bytes())
      << "the moment is not part of what was asked";
  EXPECT_NE(Digest(command.interaction), Digest(later.interaction));
  LogInteraction other = command;
  other.interaction.language = "en";
  EXPECT_NE(command.canonical().bytes(), other.canonical().bytes());
}

TEST(InteractionNumbers, ARetryMeetsItsNumberAndAnotherRequestDoesNot) {
  const Caller ann{CallerKind::kPerson, PersonId(1), ""};
  EXPECT_EQ(InteractionOf(ann, "0123456789abcdef"), InteractionOf(ann, "0123456789abcdef"));
  EXPECT_NE(InteractionOf(ann, "0123456789abcdef"), InteractionOf(ann, "0123456789abcdeg"));
}

}  // namespace
}  // namespace reeve::case311
