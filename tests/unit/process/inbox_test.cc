// In which order a producer's events may be applied, decided one step at a time.
#include "shared/process/inbox.h"

#include <gtest/gtest.h>

namespace reeve::process {
namespace {

feed::Event Happened(int partition, std::int64_t position, std::string cause = {}) {
  feed::Event event;
  event.partition = partition;
  event.position = position;
  event.cause = std::move(cause);
  return event;
}
feed::Token Behind(std::int64_t zero, std::int64_t one, const std::string& epoch = "1") {
  feed::Token token;
  token.Advance("billing", epoch, 0, zero);
  token.Advance("billing", epoch, 1, one);
  return token;
}
using Where = std::vector<std::pair<int, std::int64_t>>;
Where WhereOf(const std::vector<feed::Event>& events) {
  Where where;
  for (const feed::Event& event : events) where.emplace_back(event.partition, event.position);
  return where;
}
bool Any(const std::string&) { return true; }
bool None(const std::string&) { return false; }

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() { inbox_.Begin(Behind(4, 7)); }
  Inbox inbox_{"billing"};
};

TEST_F(InboxTest, EventsOfOtherTypesAreOfNoConcernAsSoonAsNothingWaitsBeforeThem) {
  inbox_.Arrived({Happened(0, 6)}, Behind(9, 9), std::nullopt);
  EXPECT_EQ(inbox_.Behind(), Behind(5, 9));
  const Inbox::Batch batch = inbox_.Next(500, Any);
  EXPECT_EQ(batch.token, Behind(9, 9));
  inbox_.Applied(batch);
  EXPECT_EQ(inbox_.Behind(), Behind(9, 9));
  EXPECT_TRUE(inbox_.empty());
}

TEST_F(InboxTest, APartOfWhatWaitsHasItsOwnToken) {
  inbox_.Arrived({Happened(0, 5), Happened(0, 7), Happened(1, 8)}, Behind(9, 9), std::nullopt);
  const Inbox::Batch one = inbox_.Next(1, Any);
  EXPECT_EQ(WhereOf(one.events), (Where{{0, 5}}));
  EXPECT_EQ(one.token, Behind(6, 7));
  inbox_.Applied(one);
  EXPECT_EQ(WhereOf(inbox_.Next(500, Any).events), (Where{{0, 7}, {1, 8}}));
}

// What holds up one partition may wait for another: all in one line would wait for each other.
TEST_F(InboxTest, AnEventThatWaitsForItsCauseHoldsUpItsPartitionOnly) {
  inbox_.Arrived({Happened(0, 5, "cause"), Happened(0, 6), Happened(1, 8)}, Behind(6, 8),
                 std::nullopt);
  const Inbox::Batch batch = inbox_.Next(500, None);
  EXPECT_EQ(WhereOf(batch.events), (Where{{1, 8}}));
  EXPECT_EQ(batch.token, Behind(4, 8));
  ASSERT_TRUE(batch.held);
  EXPECT_EQ(batch.held->position, 5);
  inbox_.Applied(batch);
  EXPECT_TRUE(inbox_.Next(500, None).events.empty());
  EXPECT_EQ(WhereOf(inbox_.Next(500, Any).events), (Where{{0, 5}, {0, 6}}));
}

TEST_F(InboxTest, ACauseOfManyEventsIsLookedAtOnce) {
  inbox_.Arrived({Happened(0, 5, "a"), Happened(0, 6, "a"), Happened(0, 7, "b"), Happened(1, 8)},
                 Behind(7, 8), std::nullopt);
  int asked = 0;
  inbox_.Next(500, [&](const std::string&) { return ++asked > 0; });
  EXPECT_EQ(asked, 2);
}

TEST_F(InboxTest, WhatTheProducerSaidCountsOnceItsEventsAreApplied) {
  Progress progress;
  progress.consumptions["billing"] = {"payment"};
  inbox_.Arrived({Happened(0, 5)}, Behind(5, 7), progress);
  EXPECT_FALSE(inbox_.TakeTold());
  inbox_.Applied(inbox_.Next(500, Any));
  EXPECT_EQ(inbox_.TakeTold(), progress);
  EXPECT_FALSE(inbox_.TakeTold()) << "once";
}

// A feed that never rests says something new before the last is applied.
TEST_F(InboxTest, TheOldestThatWasSaidIsNotPutOffByTheNewest) {
  const auto said = [](std::int64_t position) {
    Progress progress;
    progress.applied.Advance("payment", "1", 0, position);
    return progress;
  };
  inbox_.Arrived({Happened(0, 5)}, Behind(5, 7), said(1));
  inbox_.Arrived({Happened(0, 6)}, Behind(6, 7), said(2));
  inbox_.Arrived({Happened(0, 7)}, Behind(7, 7), said(3));
  inbox_.Applied(inbox_.Next(1, Any));
  EXPECT_EQ(inbox_.TakeTold(), said(1));
  inbox_.Applied(inbox_.Next(1, Any));
  EXPECT_FALSE(inbox_.TakeTold());
  inbox_.Applied(inbox_.Next(1, Any));
  EXPECT_EQ(inbox_.TakeTold(), said(3));
}

TEST_F(InboxTest, AnotherHistoryBeginsAtItsStart) {
  inbox_.Begin({});
  inbox_.Arrived({Happened(0, 1)}, Behind(1, 3, "2"), std::nullopt);
  EXPECT_EQ(inbox_.Behind(), Behind(0, 3, "2"));
  EXPECT_EQ(inbox_.Next(500, Any).token, Behind(1, 3, "2"));
}

}  // namespace
}  // namespace reeve::process
