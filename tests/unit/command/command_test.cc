#include "shared/command/command.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "shared/command/audit.h"
#include "shared/command/batch.h"
#include "shared/testing/deterministic_executor.h"
#include "shared/testing/temporary_database.h"

namespace reeve::command {
namespace {

using testing::TemporaryDatabase;

// A purse per home: coins go in, and never more than 100 fit.
constexpr db::Migration kPurse{
    "test/purse",
    "CREATE TABLE purse (home BIGINT NOT NULL PRIMARY KEY, coins BIGINT NOT NULL"
    " CHECK (coins BETWEEN 0 AND 100));\n"
    "CREATE TABLE coin (home BIGINT NOT NULL, serial TEXT NOT NULL, PRIMARY KEY (home, serial));\n"
    "INSERT INTO purse VALUES (1, 0), (2, 0), (3, 0), (65, 0);\n"};
constexpr db::Query kFindPurse{"test_find_purse", "SELECT coins FROM purse WHERE home = $1"};
constexpr db::Query kFillPurse{"test_fill_purse",
                               "UPDATE purse SET coins = coins + $2 WHERE home = $1"};
constexpr db::Query kAddCoin{"test_add_coin", "INSERT INTO coin VALUES ($1, $2)"};
constexpr db::Query kCount{
    "test_count",
    "SELECT (SELECT COUNT(*) FROM request), (SELECT COUNT(*) FROM audit_entry), "
    "(SELECT COUNT(*) FROM feed_event), (SELECT CAST(SUM(coins) AS BIGINT) FROM purse)"};
constexpr Reason kPurseFull{"PURSE_FULL"};

// Stands for a protobuf message.
class Answer {
 public:
  explicit Answer(std::string text = {}) : text(std::move(text)) {}
  std::string text;
  std::string SerializeAsString() const { return text; }
  bool ParseFromString(const std::string& bytes) {
    text = bytes;
    return true;
  }
  void set_feed_token(const std::string& token) { token_ = token; }
  const std::string& feed_token() const { return token_; }

 private:
  std::string token_;
};

struct PutCoins {
  static constexpr std::string_view kMethod = "reeve.test.v1.PurseService/PutCoins";
  std::string request_id;
  std::int64_t purse = 1;
  std::int64_t coins = 1;
  std::string serial = {};  // of a coin that there is once, if not empty

  std::int64_t home() const { return purse; }
  Canonical canonical() const {
    return Canonical("PutCoins", 1).Add("purse", purse).Add("coins", coins).Add("serial", serial);
  }
};

struct Counts {
  std::int64_t requests = 0, audits = 0, events = 0, coins = 0;
  bool operator==(const Counts&) const = default;
};
void PrintTo(const Counts& counts, std::ostream* out) {
  *out << counts.requests << " requests, " << counts.audits << " audits, " << counts.events
       << " events, " << counts.coins << " coins";
}

class CommandTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  Call CallOf(std::int64_t person = 7) {
    Call call;
    call.caller = {CallerKind::kPerson, PersonId(person), {}};
    call.now = clock_.Now();
    call.deadline = deadline_;
    return call;
  }

  // The rules over a span; Write's body is the same over one.
  std::vector<Result<Answer>> PutAll(db::Transaction& tx, std::span<Change* const> changes,
                                     std::span<const PutCoins* const> commands) {
    ++bodies_;
    std::vector<Result<Answer>> answers;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      answers.push_back(Put(tx, *changes[i], *commands[i]));
    }
    return answers;
  }
  Result<Answer> Put(db::Transaction& tx, Change& change, const PutCoins& command) {
    const std::int64_t before = tx.SelectForUpdate(kFindPurse, command.purse)[0].Int(0);
    if (check_before_writing_ && before + command.coins > 100) {
      return FailedPrecondition(kPurseFull, "The purse is full.");
    }
    tx.Execute(kFillPurse, command.purse, command.coins);
    if (!command.serial.empty()) tx.Execute(kAddCoin, command.purse, command.serial);
    const std::string after = std::to_string(before + command.coins);
    change.Audit({"purse", std::to_string(command.purse), "put", "coins=" + std::to_string(before),
                  "coins=" + after});
    change.Emit({command.purse, "reeve.test.v1.CoinsPut", after, ""});
    change.AfterCommit([this] { ++counted_; });
    return Answer(after);
  }
  Result<Answer> Write(const PutCoins& command, std::string* token = nullptr) {
    return frame_.Write(
        CallOf(), command,
        [&](Change& change) {
          ++bodies_;
          return Put(change.tx(), change, command);
        },
        token);
  }
  std::vector<Result<Answer>> WriteBatch(std::vector<PutCoins> commands) {
    testing::DeterministicExecutor executor(clock_);
    Batch<PutCoins, Answer> batch(
        frame_, executor, {.lanes_max = 1},
        [&](auto& tx, auto changes, auto chosen) { return PutAll(tx, changes, chosen); });
    std::vector<std::optional<Result<Answer>>> answers(commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i) {
      batch.Submit(CallOf(), commands[i],
                   [&answers, i](Result<Answer> answer) { answers[i].emplace(std::move(answer)); });
    }
    executor.RunAll();
    std::vector<Result<Answer>> out;
    for (auto& answer : answers) out.push_back(*std::move(answer));
    return out;
  }

  Counts Count() {
    Counts counts;
    database_->Read(deadline_, [&](db::Transaction& tx) {
      const db::Rows rows = tx.Select(kCount);
      counts = {rows[0].Int(0), rows[0].Int(1), rows[0].Int(2), rows[0].Int(3)};
    });
    return counts;
  }
  std::vector<Finding> Check(std::vector<AnchoredHead> anchored = {}) {
    std::vector<Finding> findings;
    database_->Read(deadline_, [&](db::Transaction& tx) { findings = CheckAudit(tx, anchored); });
    return findings;
  }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  const Instant deadline_ = clock_.Now() + Duration::Seconds(60);
  TemporaryDatabase database_ = TemporaryDatabase::Create(
      GetParam(), {feed::Migrations(), Migrations(), std::span(&kPurse, 1)}, clock_);
  feed::Feed feed_{*database_, "test", 4, deadline_};
  Frame frame_{*database_, feed_};
  std::atomic<int> bodies_ = 0;
  std::atomic<int> counted_ = 0;
  bool check_before_writing_ = true;
};

TEST_P(CommandTest, AChangeLeavesItsRowsItsRequestItsAuditAndItsEvent) {
  std::string token;
  EXPECT_EQ(Write({"request-0000000001", 1, 5}, &token)->text, "5");
  EXPECT_EQ(Count(), (Counts{1, 1, 1, 5}));
  EXPECT_EQ(feed::Token::Decode(token).value().Position("test", 1), 1);
  for (const Finding& finding : Check()) EXPECT_EQ(finding.violation, "") << finding.check;
}

TEST_P(CommandTest, AReplayIsAnsweredWithTheSameBytes) {
  std::string token, replayed_token;
  const Result<Answer> first = Write({"request-0000000001", 1, 5}, &token);
  ASSERT_TRUE(Write({"request-0000000002", 1, 5}).ok());
  const Result<Answer> replay = Write({"request-0000000001", 1, 5}, &replayed_token);
  EXPECT_EQ(replay->text, first->text);
  EXPECT_EQ(replay->feed_token(), first->feed_token());
  EXPECT_EQ(replayed_token, token);
  EXPECT_FALSE(token.empty());
  EXPECT_EQ(Count(), (Counts{2, 2, 2, 10}));
  EXPECT_EQ(counted_, 2) << "a replay is not counted again";
}

TEST_P(CommandTest, AReplayThatWouldBeRefusedNowIsStillAnswered) {
  ASSERT_TRUE(Write({"request-0000000001", 1, 60}).ok());
  EXPECT_EQ(Write({"request-0000000001", 1, 60})->text, "60");
  EXPECT_EQ(Count(), (Counts{1, 1, 1, 60}));
}

TEST_P(CommandTest, AReusedRequestIdIsRefused) {
  ASSERT_TRUE(Write({"request-0000000001", 1, 5}).ok());
  const Result<Answer> other = Write({"request-0000000001", 1, 6});
  EXPECT_EQ(other.error().reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(other.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(Write({"request-0000000001", 1, 600}).error().reason(), "REQUEST_ID_REUSED")
      << "before the rules' own refusal";
  EXPECT_EQ(Count(), (Counts{1, 1, 1, 5}));
}

TEST_P(CommandTest, AnotherCallersRequestIdIsAnotherRequest) {
  ASSERT_TRUE(Write({"request-0000000001", 1, 5}).ok());
  const PutCoins same{"request-0000000001", 1, 5};
  EXPECT_EQ(
      frame_.Write(CallOf(8), same, [&](Change& change) { return Put(change.tx(), change, same); })
          ->text,
      "10");
}

TEST_P(CommandTest, ARefusalStoresNothingAndItsRequestIdMayBeUsedAgain) {
  EXPECT_EQ(Write({"request-0000000001", 1, 101}).error().reason(), "PURSE_FULL");
  EXPECT_EQ(Count(), (Counts{0, 0, 0, 0}));
  EXPECT_EQ(counted_, 0);
  EXPECT_TRUE(Write({"request-0000000001", 1, 100}).ok());
}

TEST_P(CommandTest, ConcurrentTwinsHaveOneEffect) {
  std::vector<std::future<Result<Answer>>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      return Write({"request-0000000001", 1, 60});
    }));
  }
  for (auto& answer : answers) {
    const Result<Answer> result = answer.get();
    ASSERT_TRUE(result.ok()) << result.error().reason();
    EXPECT_EQ(result->text, "60");
  }
  EXPECT_EQ(Count(), (Counts{1, 1, 1, 60}));
}

TEST_P(CommandTest, NegativeControlWithoutTheFrameARepeatHasASecondEffect) {
  const PutCoins command{"request-0000000001", 1, 5};
  for (int i = 0; i < 2; ++i) {
    database_->Write(deadline_, [&](db::Transaction& tx) {
      tx.Execute(kFillPurse, command.purse, command.coins);
      return db::Verdict::kCommit;
    });
  }
  EXPECT_EQ(Count().coins, 10);
}

TEST_P(CommandTest, AChangeWithoutAnAuditRecordIsADefect) {
  const PutCoins command{"request-0000000001", 1, 5};
  EXPECT_THROW(
      (void)frame_.Write(CallOf(), command, [](Change&) -> Result<Answer> { return Answer("x"); }),
      std::logic_error);
  EXPECT_EQ(Count().requests, 0);
}

TEST_P(CommandTest, AnAppliedChangeHasAuditAndEventButNoRequest) {
  const PutCoins command{"", 1, 5};
  const auto apply = [&](Change& change) -> Result<> {
    REEVE_RETURN_IF_ERROR(Put(change.tx(), change, command));
    return Ok();
  };
  EXPECT_TRUE(frame_.Apply(CallOf(), 1, apply).ok());
  EXPECT_EQ(Count(), (Counts{0, 1, 1, 5}));
  for (const Finding& finding : Check()) EXPECT_EQ(finding.violation, "") << finding.check;
}

TEST_P(CommandTest, ARefusedApplicationLeavesNothing) {
  const PutCoins command{"", 1, 50};
  const auto apply = [&](Change& change) -> Result<> {
    for (int i = 0; i < 3; ++i) REEVE_RETURN_IF_ERROR(Put(change.tx(), change, command));
    return Ok();
  };
  EXPECT_EQ(frame_.Apply(CallOf(), 1, apply).error().reason(), "PURSE_FULL");
  EXPECT_EQ(Count(), (Counts{0, 0, 0, 0}));
}

TEST_P(CommandTest, EachMemberOfABatchHasItsOwnAnswer) {
  const auto answers = WriteBatch({{"request-0000000001", 1, 60},
                                   {"request-0000000002", 1, 60},
                                   {"request-0000000003", 2, 7},
                                   {"request-0000000004", 1, 40}});
  EXPECT_EQ(answers[0]->text, "60");
  EXPECT_EQ(answers[1].error().reason(), "PURSE_FULL");
  EXPECT_EQ(answers[2]->text, "7");
  EXPECT_EQ(answers[3]->text, "100");
  EXPECT_EQ(bodies_, 1) << "one transaction";
  EXPECT_EQ(Count(), (Counts{3, 3, 3, 107}));
  EXPECT_EQ(feed::Token::Decode(answers[3]->feed_token()).value().Position("test", 1), 2);
  EXPECT_EQ(feed::Token::Decode(answers[2]->feed_token()).value().Position("test", 2), 1);
  for (const Finding& finding : Check()) EXPECT_EQ(finding.violation, "") << finding.check;
}

TEST_P(CommandTest, ASmallBatchWaitsForTheCallersOfTheLast) {
  testing::DeterministicExecutor executor(clock_);
  Batch<PutCoins, Answer> batch(
      frame_, executor, {.lanes_max = 1},
      [&](auto& tx, auto changes, auto chosen) { return PutAll(tx, changes, chosen); });
  int answered = 0;
  const auto put = [&](const std::string& request) {
    batch.Submit(CallOf(), {request, 1, 1},
                 [&](Result<Answer> answer) { answered += answer.ok(); });
  };
  const auto expect = [&](int answers, int transactions) {
    EXPECT_EQ(answered, answers);
    EXPECT_EQ(bodies_, transactions);
  };
  put("request-0000000001");
  executor.RunAll();
  put("request-0000000002");
  executor.RunAll();
  expect(2, 2);  // who is alone never waits
  put("request-0000000003");
  put("request-0000000004");
  executor.RunAll();
  expect(4, 3);
  put("request-0000000005");
  executor.RunAll();
  expect(4, 3);  // there were two
  put("request-0000000006");
  executor.RunAll();
  expect(6, 4);  // together, and at once
  put("request-0000000007");
  executor.RunAll();
  expect(6, 4);
  executor.RunFor(BatchOptions().gather_max);
  expect(7, 5);  // the other one does not come back
  put("request-0000000008");
  executor.RunAll();
  expect(8, 6);
}

TEST_P(CommandTest, TwinsInOneBatchGetTheFirstOnesAnswer) {
  const auto answers = WriteBatch({{"request-0000000001", 1, 60},
                                   {"request-0000000001", 1, 60},
                                   {"request-0000000001", 1, 61}});
  EXPECT_EQ(answers[0]->text, "60");
  EXPECT_EQ(answers[1]->text, "60");
  EXPECT_EQ(answers[1]->feed_token(), answers[0]->feed_token());
  EXPECT_EQ(answers[2].error().reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Count(), (Counts{1, 1, 1, 60}));
}

TEST_P(CommandTest, ReplaysAndNewRequestsMixInABatch) {
  const auto first = WriteBatch({{"request-0000000001", 1, 1}, {"request-0000000002", 2, 2}});
  const auto mixed = WriteBatch({{"request-0000000003", 1, 3},
                                 {"request-0000000002", 2, 2},
                                 {"request-0000000001", 1, 1},
                                 {"request-0000000004", 2, 4}});
  EXPECT_EQ(mixed[0]->text, "4");
  EXPECT_EQ(mixed[1]->feed_token(), first[1]->feed_token());
  EXPECT_EQ(mixed[2]->text, "1");
  EXPECT_EQ(mixed[3]->text, "6");
  EXPECT_EQ(Count(), (Counts{4, 4, 4, 10}));
}

TEST_P(CommandTest, WhatTheEngineRefusesDoesNotHarmTheOthersOfItsBatch) {
  check_before_writing_ = false;  // so that the CHECK of the table speaks
  const auto answers = WriteBatch(
      {{"request-0000000001", 1, 60}, {"request-0000000002", 1, 60}, {"request-0000000003", 2, 7}});
  EXPECT_EQ(answers[0]->text, "60");
  EXPECT_EQ(answers[1].error().code(), Code::kInternal);
  EXPECT_EQ(answers[2]->text, "7");
  EXPECT_EQ(Count(), (Counts{2, 2, 2, 67}));
}

TEST_P(CommandTest, ABodyThatThrowsAnswersItsBatch) {
  testing::DeterministicExecutor executor(clock_);
  Batch<PutCoins, Answer> batch(frame_, executor, {}, [](auto&, auto, auto) {
    throw std::runtime_error("a defect");
    return std::vector<Result<Answer>>();
  });
  std::optional<Result<Answer>> answer;
  batch.Submit(CallOf(), {"request-0000000001", 1, 1},
               [&](auto result) { answer.emplace(result); });
  executor.RunAll();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error().code(), Code::kInternal);
  EXPECT_EQ(answer->error().message().find("defect"), std::string::npos);
}

TEST_P(CommandTest, AnExpiredMemberIsDroppedBeforeItsBatch) {
  testing::DeterministicExecutor executor(clock_);
  Batch<PutCoins, Answer> batch(frame_, executor, {}, [&](auto& tx, auto changes, auto chosen) {
    return PutAll(tx, changes, chosen);
  });
  Call expired = CallOf();
  expired.deadline = clock_.Now();
  std::optional<Result<Answer>> late, timely;
  batch.Submit(expired, {"request-0000000001", 1, 1}, [&](auto result) { late.emplace(result); });
  batch.Submit(CallOf(), {"request-0000000002", 1, 2},
               [&](auto result) { timely.emplace(result); });
  executor.RunAll();
  EXPECT_EQ(late->error().code(), Code::kDeadlineExceeded);
  EXPECT_EQ(timely.value()->text, "2");
  EXPECT_EQ(Count().coins, 2);
}

// Threads submit; each home's answers count up in the order of its submissions.
TEST_P(CommandTest, LanesNeverReorderOneHome) {
  class Threads : public Executor {
   public:
    void Post(Task task) override {
      const std::lock_guard lock(mutex_);
      threads_.emplace_back(std::move(task));
    }
    void PostAfter(Duration, Task task) override { Post(std::move(task)); }
    void Join() {
      for (;;) {
        std::vector<std::jthread> ended;
        const std::lock_guard lock(mutex_);
        if (threads_.empty()) return;
        std::swap(ended, threads_);
      }
    }

   private:
    std::mutex mutex_;
    std::vector<std::jthread> threads_;
  };
  constexpr int kEach = 30;
  std::mutex mutex;
  std::map<std::int64_t, std::vector<std::string>> answers;
  std::promise<void> all;
  std::atomic<int> open = 3 * kEach;
  {
    Threads executor;
    Batch<PutCoins, Answer> batch(
        frame_, executor, {.lanes_max = 2, .backlog = 1, .commands_max = 8},
        [&](auto& tx, auto changes, auto chosen) { return PutAll(tx, changes, chosen); });
    std::vector<std::jthread> submitters;
    for (const std::int64_t home : {1, 2, 3}) {
      submitters.emplace_back([&, home] {
        for (int i = 0; i < kEach; ++i) {
          const std::string id = "request-" + std::to_string(home) + "-" + std::to_string(i);
          batch.Submit(CallOf(), {id, home, 1}, [&, home](Result<Answer> answer) {
            {
              const std::lock_guard lock(mutex);
              answers[home].push_back(answer.ok() ? answer->text : answer.error().reason());
            }
            if (--open == 0) all.set_value();
          });
        }
      });
    }
    all.get_future().wait();
    submitters.clear();
    executor.Join();
  }
  for (const auto& [home, texts] : answers) {
    for (int i = 0; i < kEach; ++i) EXPECT_EQ(texts[i], std::to_string(i + 1)) << home;
  }
}

INSTANTIATE_TEST_SUITE_P(BothEngines, CommandTest, testing::BothEngines(), testing::EngineName);

class AuditTamper : public CommandTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Write({"request-0000000001", 1, 1}).ok());
    ASSERT_TRUE(Write({"request-0000000002", 65, 2}).ok());  // the same chain
    ASSERT_TRUE(Write({"request-0000000003", 1, 3}).ok());
    ASSERT_TRUE(Write({"request-0000000004", 2, 4}).ok());
  }
  // The first violation after the change; nothing if the engine itself refuses it.
  std::optional<std::string> After(std::string_view sql) {
    std::string violation;
    try {
      database_->Write(deadline_, [&](db::Transaction& tx) {
        EXPECT_GT(tx.Execute({"test_tamper", sql}), 0) << sql;
        violation.clear();
        for (const Finding& finding : CheckAudit(tx, {})) {
          if (violation.empty()) violation = finding.violation;
        }
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError&) {
      return std::nullopt;
    }
    return violation;
  }
};

TEST_P(AuditTamper, EveryColumnIsCovered) {
  for (const Finding& finding : Check()) EXPECT_EQ(finding.violation, "") << finding.check;
  const char* kColumns[] = {
      "home = home + 64",  "chain = 3",           "sequence = 9",     "version = 2",
      "caller = 'x'",      "method = 'x'",        "request_id = 'x'", "ordinal = 2",
      "entity = 'x'",      "entity_id = 'x'",     "action = 'x'",     "before_state = 'x'",
      "after_state = 'x'", "request_hash = hash", "created_time = 1", "hash = request_hash"};
  for (const std::string column : kColumns) {
    const auto violation =
        After("UPDATE audit_entry SET " + column + " WHERE chain = 1 AND sequence = 2");
    ASSERT_TRUE(violation.has_value()) << column;
    EXPECT_NE(*violation, "") << column;
    EXPECT_NE(violation->find("audit/1 entry 2"), std::string::npos)
        << column << ": " << *violation;
  }
  const char* kRequestColumns[] = {
      "home = 9",         "caller = 'x'",           "method = 'x'",
      "request_id = 'x'", "fingerprint = response", "response = fingerprint",
      "feed_token = ''",  "created_time = 1"};
  for (const std::string column : kRequestColumns) {
    const auto violation =
        After("UPDATE request SET " + column + " WHERE request_id = 'request-0000000002'");
    ASSERT_TRUE(violation.has_value()) << column;
    EXPECT_NE(*violation, "") << column;
  }
  for (const std::string column : {"length = 4",
                                   "hash = (SELECT fingerprint FROM request WHERE "
                                   "request_id = 'request-0000000002')"}) {
    EXPECT_NE(After("UPDATE audit_head SET " + column + " WHERE chain = 1").value_or("refused"), "")
        << column;
  }
}

TEST_P(AuditTamper, ADeletedInsertedOrSwappedRowIsFound) {
  const char* kTampers[] = {
      "DELETE FROM audit_entry WHERE chain = 1 AND sequence = 1",
      "DELETE FROM audit_entry WHERE chain = 1 AND sequence = 3",
      "DELETE FROM audit_head WHERE chain = 1",
      "DELETE FROM request WHERE request_id = 'request-0000000003'",
      "INSERT INTO request SELECT home, caller, method, 'request-0000000009', fingerprint, "
      "response,"
      " feed_token, created_time FROM request WHERE request_id = 'request-0000000003'",
      ("INSERT INTO audit_entry SELECT home + 64, chain, sequence, version, caller, method, "
       "request_id, ordinal, entity, entity_id, action, before_state, after_state, request_hash, "
       "created_time, hash FROM audit_entry WHERE chain = 2"),
      ("UPDATE audit_entry SET sequence = CASE sequence WHEN 2 THEN 3 ELSE 2 END, "
       "home = CASE sequence WHEN 2 THEN 65 ELSE 1 END WHERE chain = 1 AND sequence > 1")};
  for (const char* tamper : kTampers) EXPECT_NE(After(tamper).value_or("refused"), "") << tamper;
}

TEST_P(AuditTamper, ATailCutOffTogetherWithItsHeadIsFoundByTheAnchor) {
  std::vector<ChainHead> heads;
  database_->Read(deadline_, [&](db::Transaction& tx) { heads = ReadHeads(tx); });
  ASSERT_EQ(heads.size(), static_cast<std::size_t>(kAuditChains));
  const AnchoredHead anchor{ChainName(1), heads[1].length, heads[1].hash};
  EXPECT_EQ(Check({anchor})[1].violation, "");
  EXPECT_EQ(Check({anchor})[1].examined, 1);
  EXPECT_NE(Check({{"audit/1", 2, heads[1].hash}})[1].violation, "");
  EXPECT_NE(Check({{"audit/99", 1, heads[1].hash}})[1].violation, "");

  database_->Write(deadline_, [&](db::Transaction& tx) {
    tx.Execute({"test_cut_request", "DELETE FROM request WHERE request_id = 'request-0000000003'"});
    tx.Execute({"test_cut_entry", "DELETE FROM audit_entry WHERE chain = 1 AND sequence = 3"});
    tx.Execute({"test_cut_head",
                "UPDATE audit_head SET length = 2, hash = (SELECT hash FROM audit_entry "
                "WHERE chain = 1 AND sequence = 2) WHERE chain = 1"});
    return db::Verdict::kCommit;
  });
  EXPECT_EQ(Check()[0].violation, "") << "the database alone cannot tell";
  EXPECT_NE(Check({anchor})[1].violation, "");
}

TEST_P(AuditTamper, ALaterChangeKeepsTheAnchorOnItsChain) {
  std::vector<ChainHead> heads;
  database_->Read(deadline_, [&](db::Transaction& tx) { heads = ReadHeads(tx); });
  ASSERT_TRUE(Write({"request-0000000005", 1, 5}).ok());
  std::vector<AnchoredHead> anchors;
  for (const ChainHead& head : heads) {
    anchors.push_back({ChainName(head.chain), head.length, head.hash});
  }
  EXPECT_EQ(Check(anchors)[1].violation, "");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, AuditTamper, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::command
