#include "services/billing/verify/trail.h"

#include <gtest/gtest.h>

namespace reeve::billing::verify {
namespace {

TEST(Trail, AThingIsWhatItsLastEntryLeftWhateverTheOrderOfTheEntries) {
  for (const bool reversed : {false, true}) {
    Trail trail;
    if (!reversed) trail.Add("1", "", "open");
    trail.Add("1", "open", "paid");
    trail.Add("1", "paid", "cut");
    if (reversed) trail.Add("1", "", "open");
    EXPECT_EQ(trail.Origin("1", "cut"), "");
    EXPECT_EQ(trail.Gone(), std::nullopt);
  }
}

TEST(Trail, NeitherAnEarlierStateNorAnotherIsWhatWasLeft) {
  for (const char* now : {"open", "x", ""}) {
    Trail trail;
    trail.Add("1", "", "open");
    trail.Add("1", "open", "cut");
    EXPECT_EQ(trail.Origin("1", now), std::nullopt) << now;
  }
}

TEST(Trail, AStateMayComeBack) {
  Trail trail;
  trail.Add("1", "", "open");
  trail.Add("1", "open", "closed");
  trail.Add("1", "closed", "open");
  trail.Add("1", "open", "open");
  EXPECT_EQ(trail.Origin("1", "open"), "");
}

TEST(Trail, SaysWhatAThingWasBeforeItsFirstEntry) {
  Trail trail;
  trail.Add("1", "pending", "active");
  EXPECT_EQ(trail.Origin("1", "active"), "pending");
  EXPECT_EQ(trail.Origin("2", "pending"), "pending") << "without entries it is as it always was";
}

TEST(Trail, AThingThatWasWrittenAndNotAskedForIsGone) {
  Trail trail;
  trail.Add("1", "", "open");
  trail.Add("2", "", "held");
  trail.Add("2", "held", "");
  EXPECT_EQ(trail.Gone(), "1");
  trail.Origin("1", "open");
  EXPECT_EQ(trail.Gone(), std::nullopt) << "the second was to leave nothing";
}

}  // namespace
}  // namespace reeve::billing::verify
