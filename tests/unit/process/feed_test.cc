// Feeds between services in one process: each event once, in order, for ever, and whoever refers to
// one waits for it.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "shared/process/applied_tokens.h"
#include "shared/process/reasons.h"
#include "shared/process/system_seams.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::process {
namespace {

namespace pb = feed::v1;
using testing::InProcessServer;
using testing::TemporaryDatabase;

// What a consumer was told, in its own database: a second telling breaks the primary key.
constexpr db::Migration kTold[] = {
    {"test/0001_told",
     "CREATE TABLE told (home BIGINT NOT NULL, partition_no BIGINT NOT NULL, position BIGINT NOT "
     "NULL, payload TEXT NOT NULL, PRIMARY KEY (home, partition_no, position))"}};
constexpr db::Query kTell{
    "tell", "INSERT INTO told (home, partition_no, position, payload) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kListTold{"list_told",
                              "SELECT payload FROM told ORDER BY partition_no, position"};

Result<> Tell(command::Change& change, std::span<const feed::Event> events) {
  for (const feed::Event& event : events) {
    change.tx().Execute(kTell, event.home, event.partition, event.position, event.payload);
  }
  return Ok();
}

template <class Condition>
bool Within(std::chrono::seconds patience, const Condition& condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}
constexpr std::chrono::seconds kPatience{30};

class FeedTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  TemporaryDatabase NewDatabase() {
    return TemporaryDatabase::Create(GetParam(), std::span<const db::Migration>(), clock_);
  }
  Call NewCall() const {
    Call call;
    call.caller = {CallerKind::kService, {}, "test"};
    call.now = clock_.Now();
    call.deadline = clock_.Now() + Duration::Seconds(20);
    return call;
  }
  void Publish(InProcessServer& producer, std::int64_t home, const std::string& payload,
               const std::string& type = "test.Happened") const {
    const Result<> done =
        producer.service().frame().Apply(NewCall(), home, [&](command::Change& change) -> Result<> {
          change.Emit({home, type, payload, ""});
          return Ok();
        });
    EXPECT_TRUE(done.ok());
  }
  std::string Head(InProcessServer& producer) const {
    std::string token;
    producer.service().database().Read(NewCall().deadline, [&](db::Transaction& tx) {
      token = producer.service().feed().Head(tx).Encode();
    });
    return token;
  }
  std::vector<std::string> Told(db::Database& database) const {
    std::vector<std::string> told;
    database.Read(NewCall().deadline, [&](db::Transaction& tx) {
      told.clear();
      for (const db::Rows::Row row : tx.Select(kListTold)) told.push_back(row.Text(0));
    });
    return told;
  }

  SystemClock clock_;
};

TEST_P(FeedTest, AConsumerGetsWhatWasAndWhatComesEachOnceInOrder) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  for (int i = 0; i < 700; ++i) Publish(producer, /*home=*/1, std::to_string(10'000 + i));
  producer.Start();
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &producer);
  consumer.service().Consume("payment", {}, Tell);
  consumer.Start();
  for (int i = 700; i < 1'000; ++i) Publish(producer, 1, std::to_string(10'000 + i));
  ASSERT_TRUE(Within(kPatience, [&] { return Told(*consumer_database).size() >= 1'000; }));
  const std::vector<std::string> told = Told(*consumer_database);
  ASSERT_EQ(told.size(), 1'000u);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(told[i], std::to_string(10'000 + i));
}

TEST_P(FeedTest, EitherSideMayRestart) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  auto folder_owner = std::make_unique<InProcessServer>("work_order", *NewDatabase(), kTold);
  int published = 0;
  for (int round = 0; round < 3; ++round) {
    InProcessServer consumer("billing", *consumer_database, kTold, nullptr, folder_owner.get());
    consumer.service().Consume("payment", {}, Tell);
    consumer.Start();  // before its producer is there
    InProcessServer producer("payment", *producer_database, {}, nullptr, folder_owner.get());
    producer.Start();
    for (int i = 0; i < 20; ++i) Publish(producer, i, std::to_string(published++));
    ASSERT_TRUE(Within(kPatience, [&] {
      return Told(*consumer_database).size() >= static_cast<std::size_t>(published);
    }));
    if (round == 1) consumer.Stop();
    for (int i = 0; i < 20; ++i) Publish(producer, i, std::to_string(published++));
  }
  EXPECT_GE(Told(*consumer_database).size(), 100u);
}

TEST_P(FeedTest, AFailureIsRepeatedOneByOneAndNothingIsSkipped) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  for (int i = 0; i < 50; ++i) Publish(producer, 1, std::to_string(100 + i));
  producer.Start();
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &producer);
  std::atomic<int> failures = 0;
  consumer.service().Consume("payment", {},
                             [&](command::Change& change, std::span<const feed::Event> events) {
                               const Result<> told = Tell(change, events);
                               for (const feed::Event& event : events) {
                                 if (event.payload != "125" || failures >= 3) continue;
                                 if (++failures == 1) throw std::runtime_error("a defect");
                                 return Result<>(Unavailable(Reason{"AWAY"}, "not now"));
                               }
                               return told;
                             });
  consumer.Start();
  ASSERT_TRUE(Within(kPatience, [&] { return Told(*consumer_database).size() >= 50; }));
  EXPECT_EQ(Told(*consumer_database).size(), 50u);
  EXPECT_EQ(failures, 3);
}

// Ten failures, with their growing pauses, would take more than twenty seconds.
TEST_P(FeedTest, WhatComesTooEarlyIsHandedOverAgainInAMoment) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  for (int i = 0; i < 20; ++i) Publish(producer, 1, std::to_string(100 + i));
  producer.Start();
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &producer);
  std::atomic<int> too_early = 0;
  consumer.service().Consume(
      "payment", {}, [&](command::Change& change, std::span<const feed::Event> events) -> Result<> {
        REEVE_RETURN_IF_ERROR(Tell(change, events));
        for (const feed::Event& event : events) {
          if (event.payload != "110" || too_early >= 10) continue;
          ++too_early;
          return Unavailable(reason::kTooEarly, "Not yet.");
        }
        return Ok();
      });
  consumer.Start();
  ASSERT_TRUE(
      Within(std::chrono::seconds(12), [&] { return Told(*consumer_database).size() >= 20; }));
  EXPECT_EQ(Told(*consumer_database).size(), 20u);
  EXPECT_EQ(too_early, 10);
}

TEST_P(FeedTest, OnlyTheTypesAskedForButTheTokenMovesBehindAll) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  producer.Start();
  Publish(producer, 1, "wanted", "test.Wanted");
  Publish(producer, 1, "other", "test.Other");
  pb::WatchRequest request;
  request.add_types("test.Wanted");
  const auto stub = producer.ServiceStub<pb::FeedService>();
  const auto context = InProcessServer::ServiceContext("billing");
  const auto reader = stub->Watch(context.get(), request);
  pb::WatchResponse response;
  std::vector<std::string> payloads;
  const feed::Token head = feed::Token::Decode(Head(producer)).value();
  feed::Token token;
  while (!token.Covers(head, "payment") && reader->Read(&response)) {
    for (const pb::Event& event : response.events()) payloads.push_back(event.payload());
    token = feed::Token::Decode(response.resume_token()).value();
  }
  EXPECT_TRUE(token.Covers(head, "payment"));
  EXPECT_EQ(payloads, std::vector<std::string>{"wanted"});
  context->TryCancel();
}

TEST_P(FeedTest, AnUnknownTokenIsRefusedWithItsReason) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase other_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  InProcessServer other("payment", *other_database, {});
  producer.Start();
  Publish(producer, 1, "a");
  Publish(other, 1, "b");
  const auto watch = [&](const std::string& token) {
    pb::WatchRequest request;
    request.set_resume_token(token);
    const auto context = InProcessServer::ServiceContext("billing");
    const auto reader = producer.ServiceStub<pb::FeedService>()->Watch(context.get(), request);
    pb::WatchResponse response;
    while (reader->Read(&response)) {
    }
    return testing::ReasonOf(reader->Finish());
  };
  EXPECT_EQ(watch("rubbish"), "INVALID_REQUEST");
  EXPECT_EQ(watch(Head(other)), "FEED_EPOCH_UNKNOWN");
}

TEST_P(FeedTest, AConsumerOfARestoredProducerReadsFromTheStart) {
  const TemporaryDatabase before_database = NewDatabase();
  const TemporaryDatabase after_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  const TemporaryDatabase owner_database = NewDatabase();
  InProcessServer folder_owner("work_order", *owner_database, {});
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &folder_owner);
  std::atomic<int> told = 0;
  consumer.service().Consume("payment", {},
                             [&](command::Change&, std::span<const feed::Event> events) {
                               told += static_cast<int>(events.size());
                               return Ok();
                             });
  {
    InProcessServer before("payment", *before_database, {}, nullptr, &folder_owner);
    before.Start();
    consumer.Start();
    for (int i = 0; i < 5; ++i) Publish(before, 1, "before");
    ASSERT_TRUE(Within(kPatience, [&] { return told == 5; }));
  }
  InProcessServer after("payment", *after_database, {}, nullptr, &folder_owner);
  Publish(after, 1, "after");
  after.Start();
  EXPECT_TRUE(Within(kPatience, [&] { return told == 6; }));
}

// A face that answers at once; what is tested is what the runtime does before.
class Balances final : public billing::v1::ReceivableService::CallbackService {
 public:
  explicit Balances(rpc::Server& server) : server_(server) {}
  grpc::ServerUnaryReactor* GetBalance(grpc::CallbackServerContext* context,
                                       const billing::v1::GetBalanceRequest* request,
                                       billing::v1::Balance* response) override {
    return server_.Handle(context, request, response,
                          [](const Call&, const billing::v1::GetBalanceRequest&) {
                            return Result<billing::v1::Balance>(billing::v1::Balance());
                          });
  }

 private:
  rpc::Server& server_;
};

TEST_P(FeedTest, AReaderSeesWhatItRefersToAlsoTwoServicesAway) {
  const TemporaryDatabase payment_database = NewDatabase();
  const TemporaryDatabase billing_database = NewDatabase();
  const TemporaryDatabase account_database = NewDatabase();
  InProcessServer payment("payment", *payment_database, {});
  payment.Start();
  InProcessServer billing("billing", *billing_database, kTold, nullptr, &payment);
  billing.service().Consume("payment", {}, Tell);
  Balances near(billing.service().server());
  billing.service().Register(near);
  billing.Start();
  InProcessServer account("account", *account_database, kTold, nullptr, &payment);
  account.service().Consume("billing", {}, Tell);
  Balances far(account.service().server());
  account.service().Register(far);
  account.Start();

  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) Publish(payment, i, "paid");
    billing::v1::GetBalanceRequest request;
    request.set_at_least(Head(payment));
    for (InProcessServer* server : {&billing, &account}) {
      const std::string clerk = server->SignIn(PersonId(7), {"receivable.view"});
      billing::v1::Balance balance;
      const auto context = InProcessServer::Context(clerk);
      const grpc::Status status = server->Stub<billing::v1::ReceivableService>()->GetBalance(
          context.get(), request, &balance);
      EXPECT_TRUE(status.ok()) << server->service().name() << ": " << status.error_message();
    }
    EXPECT_EQ(Told(*billing_database).size(), 20u * (round + 1));
  }
}

TEST_P(FeedTest, TheEndOfAnEmptyFeedIsAppliedFromTheStart) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &producer);
  AppliedTokens applied(consumer.service().feed());
  applied.Follow("payment");
  EXPECT_TRUE(applied.Covers(Head(producer)).value());
  EXPECT_TRUE(applied.Covers(Head(consumer)).value());
  Publish(producer, 1, "paid");
  Publish(consumer, 1, "billed");
  EXPECT_FALSE(applied.Covers(Head(producer)).value());
  EXPECT_TRUE(applied.Covers(Head(consumer)).value());  // its own are always there
}

TEST_P(FeedTest, VerifyProvesTheFramesTablesAndSaysHowFarNeighboursAreApplied) {
  const TemporaryDatabase producer_database = NewDatabase();
  const TemporaryDatabase consumer_database = NewDatabase();
  InProcessServer producer("payment", *producer_database, {});
  producer.Start();
  InProcessServer consumer("billing", *consumer_database, kTold, nullptr, &producer);
  consumer.service().Consume("payment", {}, Tell);
  consumer.service().AddCheck([](db::Transaction& tx) {
    return std::vector<Finding>{
        {"told", static_cast<std::int64_t>(tx.Select(kListTold).size()), ""}};
  });
  consumer.Start();
  Publish(producer, 1, "paid");
  ASSERT_TRUE(Within(kPatience, [&] { return Told(*consumer_database).size() == 1; }));
  verify::v1::VerifyResponse proof;
  const auto context = InProcessServer::Context(consumer.SignIn(PersonId(9), {"verify.run"}));
  ASSERT_TRUE(consumer.Stub<verify::v1::VerifyService>()->Verify(context.get(), {}, &proof).ok());
  std::vector<std::string> names;
  for (const verify::v1::Check& check : proof.checks()) {
    names.push_back(check.name());
    EXPECT_EQ(check.violation(), "") << check.name();
  }
  EXPECT_EQ(names, (std::vector<std::string>{"audit-chains", "audit-anchors", "requests",
                                             "feed-events", "feed-applied", "told"}));
  const feed::Token applied = feed::Token::Decode(proof.applied_token()).value();
  EXPECT_TRUE(applied.Covers(feed::Token::Decode(Head(producer)).value(), "payment"));
  EXPECT_EQ(proof.heads_size(), 64);
}

TEST_P(FeedTest, ARowThatCannotBeReadIsAViolation) {
  const TemporaryDatabase database = NewDatabase();
  InProcessServer server("billing", *database, {});
  server.service().AddCheck([](db::Transaction& tx) {
    static constexpr db::Query kNoDate{"no_date", "SELECT 'x'"};
    return std::vector<Finding>{{tx.Select(kNoDate)[0].Day(0).ToString(), 1, ""}};
  });
  server.Start();
  verify::v1::VerifyResponse proof;
  const auto context = InProcessServer::Context(server.SignIn(PersonId(9), {"verify.run"}));
  ASSERT_TRUE(server.Stub<verify::v1::VerifyService>()->Verify(context.get(), {}, &proof).ok());
  const verify::v1::Check& last = proof.checks(proof.checks_size() - 1);
  EXPECT_EQ(last.name(), "readable");
  EXPECT_NE(last.violation(), "");
}

TEST_P(FeedTest, ALostDatabaseIsNoDefect) {
  const TemporaryDatabase database = NewDatabase();
  InProcessServer server("billing", *database, {});
  server.service().AddCheck([](db::Transaction&) -> std::vector<Finding> {
    throw db::DatabaseError(db::DatabaseError::Kind::kUnavailable,
                            "connection refused by 10.0.0.7");
  });
  server.Start();
  verify::v1::VerifyResponse proof;
  const auto context = InProcessServer::Context(server.SignIn(PersonId(9), {"verify.run"}));
  const grpc::Status status =
      server.Stub<verify::v1::VerifyService>()->Verify(context.get(), {}, &proof);
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(testing::ReasonOf(status), "STORAGE_UNAVAILABLE");
  EXPECT_EQ(status.error_message().find("10.0.0.7"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(BothEngines, FeedTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::process
