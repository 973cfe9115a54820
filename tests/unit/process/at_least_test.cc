// Readers who refer to what happened elsewhere, between services in one process: whatever comes
// late, the answer is right or there is none.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <thread>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "shared/process/system_seams.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::process {
namespace {

using testing::InProcessServer;
using testing::TemporaryDatabase;

constexpr std::chrono::seconds kPatience{30};

template <class Condition>
bool Within(std::chrono::milliseconds patience, const Condition& condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// A service with a face that answers at once: what is tested is what happens before. Its consumers
// note what they apply, and publish it again where they are told to.
class Place {
 public:
  Place(const std::string& name, db::Database& database, const InProcessServer* neighbour)
      : database_(database), server_(name, database, {}, nullptr, neighbour) {
    server_.service().Register(face_);
  }

  // Applies the feed of `producer`, as long as it is not held. With `says`, publishes that for each
  // of its events.
  Place& Follow(const std::string& producer, const std::string& says = {}) {
    server_.service().Consume(
        producer, {},
        [this, producer, says](command::Change& change,
                               std::span<const feed::Event> events) -> Result<> {
          if (IsHeld(producer)) return Unavailable(Reason{"HELD"}, "Not now.");
          for (const feed::Event& event : events) {
            if (!says.empty()) change.Emit({event.home, "test.Said", says, ""});
            change.AfterCommit([this, payload = event.payload] {
              const std::lock_guard lock(mutex_);
              applied_.push_back(payload);
            });
          }
          return Ok();
        });
    return *this;
  }
  Place& Start() {
    server_.Start();
    return *this;
  }
  void Hold(const std::string& producer) {
    const std::lock_guard lock(mutex_);
    held_ = producer;
  }

  void Publish(const std::string& payload, const std::string& cause = {}) {
    const Result<> done =
        server_.service().frame().Apply(NewCall(), 1, [&](command::Change& change) -> Result<> {
          change.Emit({1, "test.Happened", payload, cause});
          return Ok();
        });
    EXPECT_TRUE(done.ok());
  }
  feed::Token Head() {
    feed::Token token;
    database_.Read(NewCall().deadline,
                   [&](db::Transaction& tx) { token = server_.service().feed().Head(tx); });
    return token;
  }
  std::vector<feed::Event> Events() {
    std::vector<feed::Event> events;
    database_.Read(NewCall().deadline, [&](db::Transaction& tx) {
      feed::Token start;
      events = server_.service().feed().Read(tx, start, 1'000).value();
    });
    return events;
  }
  std::vector<std::string> applied() {
    const std::lock_guard lock(mutex_);
    return applied_;
  }
  // The reason of a look-up's refusal; empty if it is answered.
  std::string Ask(const feed::Token& at_least, std::chrono::milliseconds time = kPatience) {
    billing::v1::GetBalanceRequest request;
    request.set_at_least(at_least.Encode());
    billing::v1::Balance balance;
    const auto context = InProcessServer::Context(server_.SignIn(PersonId(7), {"receivable.view"}));
    context->set_deadline(std::chrono::system_clock::now() + time);
    return testing::ReasonOf(server_.Stub<billing::v1::ReceivableService>()->GetBalance(
        context.get(), request, &balance));
  }
  InProcessServer& server() { return server_; }

 private:
  bool IsHeld(const std::string& producer) {
    const std::lock_guard lock(mutex_);
    return held_ == producer;
  }
  class Face final : public billing::v1::ReceivableService::CallbackService {
   public:
    explicit Face(Place& place) : place_(place) {}
    grpc::ServerUnaryReactor* GetBalance(grpc::CallbackServerContext* context,
                                         const billing::v1::GetBalanceRequest* request,
                                         billing::v1::Balance* response) override {
      return place_.server_.service().server().Handle(
          context, request, response, [](const Call&, const billing::v1::GetBalanceRequest&) {
            return Result<billing::v1::Balance>(billing::v1::Balance());
          });
    }

   private:
    Place& place_;
  };
  static Call NewCall() {
    Call call;
    call.caller = {CallerKind::kService, {}, "test"};
    call.now = SystemClock().Now();
    call.deadline = call.now + Duration::Seconds(20);
    return call;
  }

  db::Database& database_;
  std::mutex mutex_;
  std::string held_;
  std::vector<std::string> applied_;
  Face face_{*this};
  InProcessServer server_;  // last: it stops first
};

class AtLeastTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  db::Database& NewDatabase() {
    return *databases_.emplace_back(
        TemporaryDatabase::Create(GetParam(), std::span<const db::Migration>(), clock_));
  }
  static constexpr std::chrono::milliseconds kNotYet{800};

  SystemClock clock_;
  std::deque<TemporaryDatabase> databases_;
  Place payment_{"payment", NewDatabase(), nullptr};
};

// Fails with tokens merged whoever they come from: work_order's word for account's feed then
// answers for billing.
TEST_P(AtLeastTest, WhatANeighbourHasAppliedIsNotAppliedHere) {
  Place account("account", NewDatabase(), &payment_.server());
  Place work_order("work_order", NewDatabase(), &payment_.server());
  Place billing("billing", NewDatabase(), &payment_.server());
  account.Start();
  work_order.Follow("account").Start();
  billing.Follow("account").Follow("work_order");
  billing.Hold("account");
  billing.Start();
  account.Publish("opened");
  ASSERT_TRUE(Within(kPatience, [&] { return work_order.applied().size() == 1; }));
  EXPECT_EQ(billing.Ask(account.Head(), kNotYet), "NOT_CAUGHT_UP");
  billing.Hold("");
  EXPECT_EQ(billing.Ask(account.Head()), "");
  EXPECT_EQ(billing.applied(), std::vector<std::string>{"opened"});
}

// Fails if a single producer's word is enough: billing's has come long before account's.
TEST_P(AtLeastTest, TheSlowestOfSeveralWaysCounts) {
  Place billing("billing", NewDatabase(), &payment_.server());
  Place account("account", NewDatabase(), &payment_.server());
  Place work_order("work_order", NewDatabase(), &payment_.server());
  payment_.Start();
  billing.Follow("payment", "charges paid").Start();
  account.Follow("billing", "connect").Start();
  work_order.Follow("account").Follow("billing").Start();
  account.Hold("billing");
  payment_.Publish("paid");
  ASSERT_TRUE(Within(kPatience, [&] { return work_order.applied().size() == 1; }));
  EXPECT_EQ(work_order.Ask(billing.Head()), "") << "one hop away";
  EXPECT_EQ(work_order.Ask(payment_.Head(), kNotYet), "NOT_CAUGHT_UP");
  account.Hold("");
  EXPECT_EQ(work_order.Ask(payment_.Head()), "");
  EXPECT_EQ(work_order.applied(), (std::vector<std::string>{"charges paid", "connect"}));
}

// Fails if only those are told who were watching when it became known.
TEST_P(AtLeastTest, WhoComesLaterIsToldAtOnceHowFarItsProducersAre) {
  Place billing("billing", NewDatabase(), &payment_.server());
  Place early("work_order", NewDatabase(), &payment_.server());
  Place late("account", NewDatabase(), &payment_.server());
  payment_.Start();
  billing.Follow("payment", "charges paid").Start();
  early.Follow("billing").Start();
  payment_.Publish("paid");
  ASSERT_EQ(early.Ask(payment_.Head()), "");
  late.Follow("billing").Start();
  EXPECT_EQ(late.Ask(payment_.Head(), std::chrono::seconds(8)), "");
}

// Fails if events are applied as they come: billing's has come, account's is held.
TEST_P(AtLeastTest, AnEventIsAppliedBehindItsCauses) {
  Place account("account", NewDatabase(), &payment_.server());
  Place billing("billing", NewDatabase(), &payment_.server());
  Place work_order("work_order", NewDatabase(), &payment_.server());
  account.Start();
  billing.Follow("account", "charged").Start();
  work_order.Follow("account").Follow("billing");
  work_order.Hold("account");
  work_order.Start();
  account.Publish("opened");
  ASSERT_TRUE(Within(kPatience, [&] { return billing.applied().size() == 1; }));
  EXPECT_FALSE(
      Within(std::chrono::milliseconds(500), [&] { return !work_order.applied().empty(); }));
  work_order.Hold("");
  ASSERT_TRUE(Within(kPatience, [&] { return work_order.applied().size() == 2; }));
  EXPECT_EQ(work_order.applied(), (std::vector<std::string>{"opened", "charged"}));
}

TEST_P(AtLeastTest, ACauseThatNeverComesStopsNoFeed) {
  Place billing("billing", NewDatabase(), &payment_.server());
  Place work_order("work_order", NewDatabase(), &payment_.server());
  billing.Start();
  work_order.Follow("account").Follow("billing").Start();  // account is away
  feed::Token cause;
  cause.Advance("account", "1", 0, 9);
  billing.Publish("charged", cause.Encode());
  EXPECT_TRUE(Within(kPatience, [&] { return work_order.applied().size() == 1; }));
}

TEST_P(AtLeastTest, EveryEventCarriesWhatWasAppliedWhenItWasMade) {
  Place billing("billing", NewDatabase(), &payment_.server());
  payment_.Start();
  billing.Follow("payment", "charges paid").Start();
  payment_.Publish("paid");
  ASSERT_EQ(billing.Ask(payment_.Head()), "");
  billing.Publish("billed");
  feed::Token own;
  own.Advance("case311", "1", 0, 3);
  billing.Publish("called", own.Encode());
  const std::vector<feed::Event> events = billing.Events();
  ASSERT_EQ(events.size(), 3u);
  for (const feed::Event& event : events) {
    const feed::Token cause = feed::Token::Decode(event.cause).value();
    EXPECT_TRUE(cause.Covers(payment_.Head(), "payment")) << event.payload;
  }
  EXPECT_EQ(feed::Token::Decode(events[2].cause).value().Position("case311", 0), 3);
  EXPECT_EQ(payment_.Events()[0].cause, "");
}

TEST_P(AtLeastTest, AFeedThatNeverGetsHereIsRefusedAtOnce) {
  Place billing("billing", NewDatabase(), &payment_.server());
  billing.Follow("payment").Start();
  payment_.Start();
  billing.Publish("billed");
  EXPECT_EQ(payment_.Ask(billing.Head()), "FEED_NOT_FOLLOWED");
  EXPECT_EQ(billing.Ask(billing.Head()), "");
}

// Two processes on one database: what one applies, the other has applied too.
TEST_P(AtLeastTest, ReplicasShareWhatIsApplied) {
  db::Database& database = NewDatabase();
  Place one("billing", database, &payment_.server());
  Place other("office", database, &payment_.server());
  payment_.Start();
  one.Follow("payment").Start();
  other.Follow("payment").Start();
  for (int round = 0; round < 20; ++round) {
    payment_.Publish(std::to_string(round));
    EXPECT_EQ(one.Ask(payment_.Head()), "");
    EXPECT_EQ(other.Ask(payment_.Head()), "");
    EXPECT_TRUE(Within(kPatience, [&] {
      return one.applied().size() + other.applied().size() == static_cast<std::size_t>(round) + 1;
    }));
  }
}

TEST_P(AtLeastTest, ARestartBeginsWithWhatTheDatabaseHasApplied) {
  db::Database& database = NewDatabase();
  payment_.Start();
  {
    Place billing("billing", database, &payment_.server());
    billing.Follow("payment").Start();
    payment_.Publish("paid");
    ASSERT_EQ(billing.Ask(payment_.Head()), "");
  }
  payment_.server().Stop();  // nobody can tell it anew
  Place again("billing", database, &payment_.server());
  again.Follow("payment").Start();
  EXPECT_EQ(again.Ask(payment_.Head()), "");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, AtLeastTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::process
