// What a reader's `at_least` may be answered with, whoever said what.
#include "shared/process/applied_tokens.h"

#include <gtest/gtest.h>

#include "shared/process/system_seams.h"
#include "shared/testing/temporary_database.h"

namespace reeve::process {
namespace {

using testing::TemporaryDatabase;

feed::Token At(const std::string& feed, std::int64_t position, const std::string& epoch = "1") {
  feed::Token token;
  token.Advance(feed, epoch, 0, position);
  return token;
}
feed::Token Both(feed::Token one, const feed::Token& other) {
  one.Merge(other);
  return one;
}

// The suite as it is: billing consumes account, payment and work_order; work_order account and
// billing; account billing; payment nobody.
const Consumptions kSuite{{"account", {"billing"}},
                          {"billing", {"account", "payment", "work_order"}},
                          {"payment", {}},
                          {"work_order", {"account", "billing"}}};

class AppliedTokensTest : public ::testing::Test {
 protected:
  // The tokens of one service of the suite.
  struct Place {
    Place(const std::string& name, const Clock& clock)
        : database(TemporaryDatabase::Create(db::Engine::kSqlite, feed::Migrations(), clock)),
          feed(*database, name, 4, clock.Now() + Duration::Seconds(20)),
          applied(feed) {
      for (const std::string& producer : kSuite.at(name)) applied.Follow(producer);
    }
    // What the database of the producer's consumer has applied, and what the producer then said.
    void Hear(const std::string& producer, std::int64_t position, const feed::Token& told,
              const Consumptions& consumptions = kSuite) {
      applied.Applied(producer, At(producer, position));
      applied.Told(producer, {told, consumptions});
    }
    std::string Answer(const feed::Token& wanted) const { return Answer(wanted.Encode()); }
    std::string Answer(const std::string& wanted) const {
      const Result<bool> covers = applied.Covers(wanted);
      if (!covers.ok()) return covers.error().reason();
      return *covers ? "yes" : "not yet";
    }
    TemporaryDatabase database;
    feed::Feed feed;
    AppliedTokens applied;
  };

  SystemClock clock_;
};

// The negative control stands beside it: tokens merged whoever they come from, as they once were,
// answer yes.
TEST_F(AppliedTokensTest, WhatAProducerHasAppliedIsNotAppliedHere) {
  Place billing("billing", clock_);
  billing.Hear("work_order", 1, At("account", 5));
  billing.applied.Applied("account", At("account", 4));
  EXPECT_EQ(billing.Answer(At("account", 5)), "not yet");
  feed::Token merged = Both(At("account", 4), At("account", 5));
  EXPECT_TRUE(merged.Covers(At("account", 5), "account")) << "the negative control sees nothing";
  billing.applied.Applied("account", At("account", 5));
  EXPECT_EQ(billing.Answer(At("account", 5)), "yes");
}

TEST_F(AppliedTokensTest, AFeedTwoHopsAwayIsThereOnceItsConsumerHasSaidSo) {
  Place account("account", clock_);
  EXPECT_EQ(account.Answer(At("payment", 7)), "not yet") << "nobody has said who consumes what";
  account.Hear("billing", 3, At("payment", 6));
  EXPECT_EQ(account.Answer(At("payment", 7)), "not yet");
  account.Hear("billing", 3, At("payment", 7));
  EXPECT_EQ(account.Answer(At("payment", 7)), "yes");
  EXPECT_EQ(account.Answer(At("payment", 7, "2")), "not yet") << "of another history";
}

TEST_F(AppliedTokensTest, OfSeveralWaysTheSlowestCounts) {
  Place work_order("work_order", clock_);
  work_order.Hear("billing", 3, At("payment", 7));
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "not yet") << "account may still say something";
  work_order.Hear("account", 2, At("payment", 6));
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "not yet");
  EXPECT_EQ(work_order.Answer(At("payment", 6)), "yes");
  work_order.Hear("account", 2, At("payment", 7));
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "yes");
  EXPECT_EQ(work_order.applied.Now().applied.Position("payment", 0), 7);
}

// A producer that has just started knows only its own entry; it must not pass for one through whom
// nothing comes.
TEST_F(AppliedTokensTest, AProducerThatKnowsLittleHoldsUpTheAnswer) {
  Place work_order("work_order", clock_);
  work_order.Hear("account", 2, {}, {{"account", {"billing"}}});
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "not yet");
  work_order.Hear("billing", 3, At("payment", 7),
                  {{"billing", {"account", "payment", "work_order"}}});
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "not yet");
  EXPECT_FALSE(work_order.applied.Now().applied.MentionsFeed("payment"));
  work_order.Hear("account", 2, At("payment", 7), {{"account", {"billing"}}});
  EXPECT_EQ(work_order.Answer(At("payment", 7)), "yes");
}

TEST_F(AppliedTokensTest, WhatComesBackThroughOneselfIsNotWaitedFor) {
  Consumptions consumptions = kSuite;
  consumptions["work_order"].insert("case311");
  consumptions["case311"] = {};
  Place billing("billing", clock_);
  billing.Hear("account", 1, {}, consumptions);  // gets case311's only through billing
  billing.Hear("payment", 1, {}, consumptions);
  billing.Hear("work_order", 1, At("case311", 4), consumptions);
  EXPECT_EQ(billing.Answer(At("case311", 4)), "yes");
  EXPECT_EQ(billing.Answer(At("case311", 5)), "not yet");
}

TEST_F(AppliedTokensTest, AFeedThatNeverGetsHereIsRefused) {
  Place account("account", clock_);
  EXPECT_EQ(account.Answer(At("case311", 1)), "not yet") << "nobody has said who consumes what";
  account.Hear("billing", 3, At("payment", 6));
  EXPECT_EQ(account.Answer(At("case311", 1)), "FEED_NOT_FOLLOWED");
  EXPECT_EQ(account.Answer(Both(At("billing", 9), At("case311", 1))), "FEED_NOT_FOLLOWED");
  EXPECT_EQ(account.Answer(At("case311", 0)), "yes") << "the beginning is everywhere";
  Place payment("payment", clock_);
  EXPECT_EQ(payment.Answer(At("account", 1)), "FEED_NOT_FOLLOWED");
  EXPECT_EQ(payment.Answer("rubbish"), "INVALID_REQUEST");
}

TEST_F(AppliedTokensTest, SeveralAnswersAreReferredToAtOnce) {
  Place billing("billing", clock_);
  billing.applied.Applied("account", At("account", 3));
  const auto both = [](std::int64_t account, std::int64_t payment) {
    return At("account", account).Encode() + "," + At("payment", payment).Encode();
  };
  EXPECT_EQ(billing.Answer(both(3, 5)), "not yet");
  billing.applied.Applied("payment", At("payment", 5));
  EXPECT_EQ(billing.Answer(both(3, 5)), "yes");
  EXPECT_EQ(billing.Answer(both(4, 5)), "not yet");
  EXPECT_EQ(billing.Answer(both(3, 5) + ",rubbish"), "INVALID_REQUEST");
  std::string many = both(3, 5);
  for (int i = 0; i < 16; ++i) many += "," + At("account", 1).Encode();
  EXPECT_EQ(billing.Answer(many), "INVALID_REQUEST");
}

TEST_F(AppliedTokensTest, TheOwnFeedIsAlwaysThereButNotALostHistoryOfIt) {
  Place account("account", clock_);
  EXPECT_EQ(account.Answer(At("account", 99, account.feed.epoch())), "yes");
  EXPECT_EQ(account.Answer(At("account", 1, "1")), "FEED_EPOCH_UNKNOWN");
}

TEST_F(AppliedTokensTest, ARestoredProducerHasToSayAgainWhatItHasApplied) {
  Place account("account", clock_);
  account.Hear("billing", 3, At("payment", 7));
  account.applied.Applied("billing", At("billing", 1, "2"));
  EXPECT_EQ(account.Answer(At("payment", 7)), "not yet");
  EXPECT_EQ(account.Answer(At("billing", 1, "1")), "not yet");
  EXPECT_EQ(account.Answer(At("billing", 1, "2")), "yes");
}

TEST_F(AppliedTokensTest, KnowledgeSpreadsAlongTheFeeds) {
  Place account("account", clock_), billing("billing", clock_), work_order("work_order", clock_),
      payment("payment", clock_);
  Place* all[] = {&account, &billing, &work_order, &payment};
  for (int round = 0; round < 3; ++round) {
    for (Place* consumer : all) {
      for (Place* producer : all) {
        const std::string& name = producer->feed.name();
        if (!kSuite.at(consumer->feed.name()).contains(name)) continue;
        consumer->applied.Applied(name, At(name, 5));
        consumer->applied.Told(name, producer->applied.Now());
      }
    }
  }
  for (const Place* place : {&account, &billing, &work_order}) {
    EXPECT_EQ(place->applied.Now().consumptions, kSuite) << place->feed.name();
    EXPECT_EQ(place->Answer(At("payment", 5)), "yes") << place->feed.name();
    EXPECT_EQ(place->Answer(At("payment", 6)), "not yet") << place->feed.name();
    EXPECT_EQ(place->Answer(At("identity", 1)), "FEED_NOT_FOLLOWED") << place->feed.name();
  }
}

TEST_F(AppliedTokensTest, WhatIsMissingOfACauseIsCountedInTheConsumedFeedsOnly) {
  Place work_order("work_order", clock_);
  work_order.applied.Applied("account", At("account", 3));
  EXPECT_EQ(work_order.applied.Missing(At("account", 5)), 2);
  EXPECT_EQ(work_order.applied.Missing(At("account", 3)), 0);
  EXPECT_EQ(work_order.applied.Missing(At("payment", 9)), 0);
  EXPECT_EQ(work_order.applied.Missing(At("account", 2, "2")), 2) << "of another history";
}

}  // namespace
}  // namespace reeve::process
