// What a transaction promises: all or nothing, isolation, the kinds of errors, deadlines.
#include <atomic>
#include <future>
#include <thread>

#include "tests/unit/db/database_test.h"

namespace reeve::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TransactionTest : public DatabaseTest {
 protected:
  static void Add(Transaction& tx, std::int64_t id) {
    tx.Execute(kAddItem, 1, id, nullptr, nullptr);
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, TransactionTest, testing::BothEngines(), testing::EngineName);

TEST_P(TransactionTest, RollBackLeavesNothing) {
  database_->Write(deadline_, [](Transaction& tx) {
    Add(tx, 1);
    return Verdict::kRollBack;
  });
  EXPECT_THAT(ItemIds(), IsEmpty());
}

TEST_P(TransactionTest, RollBackDropsWhatWasNotSentYet) {
  Execute(kAddCounter, 1, 0);
  for (int i = 0; i < 20; ++i) {  // also on the same connection, which must stay in order
    database_->Write(deadline_, [](Transaction& tx) {
      const std::vector<std::vector<Value>> parameters = {{ToValue(1), ToValue(9)},
                                                          {ToValue(2), ToValue(9)}};
      tx.Select(kFindCounter, 1);
      try {
        tx.ExecuteEach(kSetCounter, parameters);  // the second row is missing
      } catch (const DatabaseError&) {
        // SQLite sees it at once.
      }
      return Verdict::kRollBack;
    });
    EXPECT_EQ(Counter(1), 0);
  }
}

TEST_P(TransactionTest, ExceptionOfTheBodyRollsBackAndReachesTheCaller) {
  const auto body = [](Transaction& tx) -> Verdict {
    Add(tx, 1);
    throw std::out_of_range("no such thing");
  };
  EXPECT_THROW(database_->Write(deadline_, body), std::out_of_range);
  EXPECT_THAT(ItemIds(), IsEmpty());
  EXPECT_THROW(database_->Read(deadline_, [](Transaction&) { throw std::out_of_range("no"); }),
               std::out_of_range);
}

TEST_P(TransactionTest, WriteResultCommitsAnAnswerAndRollsBackARefusal) {
  const Result<int> answer = database_->WriteResult(deadline_, [](Transaction& tx) -> Result<int> {
    Add(tx, 1);
    return 7;
  });
  EXPECT_EQ(answer.value(), 7);
  const Result<int> refusal = database_->WriteResult(deadline_, [](Transaction& tx) -> Result<int> {
    Add(tx, 2);
    return Aborted(reason::kStale, "refused");
  });
  EXPECT_EQ(refusal.error().reason(), "STALE");
  EXPECT_THAT(ItemIds(), ElementsAre(1));
}

TEST_P(TransactionTest, BodyWithoutAStatementIsFine) {
  database_->Write(deadline_, [](Transaction&) { return Verdict::kCommit; });
  database_->Read(deadline_, [](Transaction&) {});
}

TEST_P(TransactionTest, OnlyADuplicateKeyIsAUniqueViolation) {
  Execute(kAddItem, 1, 1, nullptr, nullptr);
  Execute(kAddCounter, 1, 0);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { Add(tx, 1); }), Kind::kUniqueViolation);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.Execute(kAddCounter, 1, 0); }),
            Kind::kUniqueViolation);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.Execute(kAddCounter, 2, -1); }),
            Kind::kConstraintViolation);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) { tx.Execute(kAddCounter, 2, nullptr); }),
            Kind::kConstraintViolation);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              tx.Execute({"add_part", "INSERT INTO part (part_id, counter_id) VALUES (1, 99)"});
            }),
            Kind::kConstraintViolation);
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              tx.Select({"unknown", "SELECT 1 FROM nowhere"});
            }),
            Kind::kBroken);
}

TEST_P(TransactionTest, DeferredForeignKeyIsAConstraintViolation) {
  constexpr Query kAddLatePart{"add_late_part",
                               "INSERT INTO late_part (part_id, counter_id) VALUES ($1, $2)"};
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) { tx.Execute(kAddLatePart, 1, 1); }),
            Kind::kConstraintViolation);
  EXPECT_EQ(KindOfWrite([&](Transaction& tx) {
              tx.Execute(kAddLatePart, 1, 1);
              tx.Execute(kAddCounter, 1, 0);
            }),
            std::nullopt);
}

TEST_P(TransactionTest, SwallowedErrorCannotBeCommitted) {
  EXPECT_EQ(KindOfWrite([](Transaction& tx) {
              Add(tx, 1);
              EXPECT_THROW(Add(tx, 1), DatabaseError);
              EXPECT_THROW(Add(tx, 2), DatabaseError);
            }),
            Kind::kUniqueViolation);
  EXPECT_THAT(ItemIds(), IsEmpty());
}

TEST_P(TransactionTest, ErrorsNameTheQueryButNoValue) {
  Execute(kAddItem, 1, 1, nullptr, nullptr);
  try {
    Execute(kAddItem, 1, 1, "Maria Personal", nullptr);
    FAIL() << "a duplicate was accepted";
  } catch (const DatabaseError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("add_item"));
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("Maria")));
  }
}

TEST_P(TransactionTest, ReadRefusesToWrite) {
  try {
    database_->Read(deadline_, [](Transaction& tx) { Add(tx, 1); });
    FAIL() << "a read wrote";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.kind(), Kind::kBroken);
  }
  EXPECT_THAT(ItemIds(), IsEmpty());
}

TEST_P(TransactionTest, ReaderKeepsItsSnapshot) {
  Execute(kAddCounter, 1, 0);
  database_->Read(deadline_, [&](Transaction& tx) {
    EXPECT_EQ(tx.Select(kFindCounter, 1)[0].Int(0), 0);
    Execute(kSetCounter, 1, 5);
    EXPECT_EQ(tx.Select(kFindCounter, 1)[0].Int(0), 0);
  });
  EXPECT_EQ(Counter(1), 5);
}

TEST_P(TransactionTest, ReadSeesWhatWasCommittedBefore) {
  Execute(kAddCounter, 1, 0);
  for (int i = 1; i <= 50; ++i) {
    Execute(kSetCounter, 1, i);
    EXPECT_EQ(Counter(1), i);
  }
}

TEST_P(TransactionTest, CommittedRowsSurviveReopening) {
  Execute(kAddItem, 1, 1, "kept", nullptr);
  database_.Reopen();
  EXPECT_THAT(ItemIds(), ElementsAre(1));
}

TEST_P(TransactionTest, ConcurrentWritersLoseNoUpdate) {
  Execute(kAddCounter, 1, 0);
  constexpr int kThreads = 8;
  constexpr int kRounds = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        database_->Write(deadline_, [](Transaction& tx) {
          const std::int64_t value = tx.SelectForUpdate(kFindCounter, 1)[0].Int(0);
          tx.Execute(kSetCounter, 1, value + 1);
          return Verdict::kCommit;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Counter(1), kThreads * kRounds);
}

TEST_P(TransactionTest, FailingBodiesDoNotHurtTheirNeighbours) {
  Execute(kAddItem, 1, 1'000'000, nullptr, nullptr);
  std::atomic<int> committed = 0;
  std::atomic<int> clashed = 0;
  std::atomic<int> thrown = 0;
  constexpr int kThreads = 12;
  constexpr int kRounds = 30;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        const std::int64_t id = i * 1'000 + round;
        try {
          database_->Write(deadline_, [&](Transaction& tx) {
            Add(tx, id);
            if (i % 4 == 1) Add(tx, 1'000'000);
            if (i % 4 == 2) throw std::runtime_error("the body's own");
            return i % 4 == 3 ? Verdict::kRollBack : Verdict::kCommit;
          });
          if (i % 4 == 0) ++committed;
        } catch (const DatabaseError& error) {
          EXPECT_EQ(error.kind(), Kind::kUniqueViolation);
          ++clashed;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(committed, kThreads / 4 * kRounds);
  EXPECT_EQ(clashed, kThreads / 4 * kRounds);
  EXPECT_EQ(thrown, kThreads / 4 * kRounds);
  EXPECT_EQ(ItemIds().size(), static_cast<std::size_t>(committed + 1));
}

TEST_P(TransactionTest, ExpiredDeadlineStartsNoBody) {
  const auto never = [](Transaction&) -> Verdict {
    ADD_FAILURE() << "ran after its deadline";
    return Verdict::kCommit;
  };
  for (const Instant deadline : {clock_.Now(), clock_.Now() - Duration::Seconds(1)}) {
    try {
      database_->Write(deadline, never);
      FAIL();
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.kind(), Kind::kExpired);
    }
    EXPECT_THROW(database_->Read(deadline, [&](Transaction& tx) { never(tx); }), DatabaseError);
  }
}

TEST_P(TransactionTest, WaitingForARowEndsAtTheDeadline) {
  Execute(kAddCounter, 1, 0);
  std::promise<void> locked;
  std::promise<void> release;
  std::thread holder([&] {
    database_->Write(deadline_, [&](Transaction& tx) {
      tx.SelectForUpdate(kFindCounter, 1);
      locked.set_value();
      release.get_future().wait();
      return Verdict::kCommit;
    });
  });
  locked.get_future().wait();
  const Instant soon = clock_.Now() + Duration::Seconds(5);
  std::thread waiter([&] {
    try {
      database_->Write(soon, [&](Transaction& tx) {
        tx.SelectForUpdate(kFindCounter, 1);
        return Verdict::kCommit;
      });
      ADD_FAILURE() << "did not wait for the row";
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.kind(), Kind::kExpired);
    }
  });
  clock_.Advance(Duration::Seconds(6));
  waiter.join();
  release.set_value();
  holder.join();
  Execute(kSetCounter, 1, 5);  // nobody holds it any more
  EXPECT_EQ(Counter(1), 5);
}

}  // namespace
}  // namespace reeve::db
