#include <map>

#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

using Message = v1::WatchWorkOrdersResponse;

class Watch : public WorkOrder {
 protected:
  // A technician's client.
  class Feed {
   public:
    Feed(Watch& test, const std::string& session, const std::string& token = {},
         std::int64_t technician = 0)
        : stub_(test.server_.Stub<v1::WatchService>()),
          context_(testing::InProcessServer::Context(session)) {
      v1::WatchWorkOrdersRequest request;
      request.set_resume_token(token);
      request.set_technician_id(technician);
      reader_ = stub_->WatchWorkOrders(context_.get(), request);
    }
    ~Feed() { End(); }

    // The next message; without one the stream has ended.
    std::optional<Message> Next() {
      Message message;
      if (!reader_->Read(&message)) return std::nullopt;
      return message;
    }
    // The state of each order of the snapshot; the token behind it.
    std::map<std::int64_t, v1::OrderState> Snapshot() {
      EXPECT_EQ(Next().value().kind(), v1::WATCH_KIND_SNAPSHOT_BEGIN);
      std::map<std::int64_t, v1::OrderState> orders;
      for (;;) {
        const Message message = Next().value();
        if (message.kind() == v1::WATCH_KIND_SNAPSHOT_END) {
          token = message.resume_token();
          return orders;
        }
        orders[message.order().order_id()] = message.order().state();
      }
    }
    grpc::Status End() {
      context_->TryCancel();
      Message message;
      while (!ended_ && reader_->Read(&message)) {
      }
      if (!std::exchange(ended_, true)) status_ = reader_->Finish();
      return status_;
    }
    grpc::Status Ended() {
      Message message;
      while (reader_->Read(&message)) {
      }
      ended_ = true;
      return status_ = reader_->Finish();
    }
    std::string token;

   private:
    std::unique_ptr<v1::WatchService::Stub> stub_;
    std::unique_ptr<grpc::ClientContext> context_;
    std::unique_ptr<grpc::ClientReader<Message>> reader_;
    bool ended_ = false;
    grpc::Status status_;
  };

  v1::Order CreateAt(std::int64_t premise) {
    auto request = Creation();
    request.set_premise_id(premise);
    return Send<v1::OrderService>(&v1::OrderService::Stub::CreateOrder, request, office_).value();
  }
};

TEST_P(Watch, ASnapshotThenEveryChange) {
  const v1::Order first = Dispatch(CreateAt(1)).value();
  (void)CreateAt(2);  // nobody's
  Feed feed(*this, technician_);
  EXPECT_EQ(
      feed.Snapshot(),
      (std::map<std::int64_t, v1::OrderState>{{first.order_id(), v1::ORDER_STATE_DISPATCHED}}));
  const v1::Order second = Dispatch(CreateAt(3)).value();
  Message message = feed.Next().value();
  EXPECT_EQ(message.kind(), v1::WATCH_KIND_ORDER);
  EXPECT_EQ(message.order().order_id(), second.order_id());
  ASSERT_TRUE(Accept(second).ok());
  message = feed.Next().value();
  EXPECT_EQ(message.order().state(), v1::ORDER_STATE_ACCEPTED);
}

TEST_P(Watch, AfterALostConnectionNeitherGapNorRepeat) {
  Feed before(*this, technician_);
  EXPECT_TRUE(before.Snapshot().empty());
  const v1::Order first = Dispatch(CreateAt(1)).value();
  const std::string token = before.Next().value().resume_token();
  before.End();

  ASSERT_TRUE(Accept(first).ok());
  const v1::Order second = Dispatch(CreateAt(2)).value();
  Feed after(*this, technician_, token);
  std::map<std::int64_t, v1::OrderState> told;
  for (int i = 0; i < 2; ++i) {
    const Message message = after.Next().value();
    EXPECT_EQ(message.kind(), v1::WATCH_KIND_ORDER);
    EXPECT_TRUE(told.emplace(message.order().order_id(), message.order().state()).second);
  }
  EXPECT_EQ(told[first.order_id()], v1::ORDER_STATE_ACCEPTED);
  EXPECT_EQ(told[second.order_id()], v1::ORDER_STATE_DISPATCHED);
  const v1::Order third = Dispatch(CreateAt(3)).value();
  EXPECT_EQ(after.Next().value().order().order_id(), third.order_id()) << "nothing twice";
}

TEST_P(Watch, AnOrderGivenToSomebodyElseDisappears) {
  const v1::Order order = Dispatch(CreateAt(1)).value();
  Feed mine(*this, technician_), theirs(*this, other_technician_);
  EXPECT_EQ(mine.Snapshot().size(), 1u);
  EXPECT_TRUE(theirs.Snapshot().empty());
  ASSERT_TRUE(Dispatch(order, kOtherTechnician).ok());
  EXPECT_EQ(mine.Next().value().kind(), v1::WATCH_KIND_REMOVED);
  EXPECT_EQ(theirs.Next().value().kind(), v1::WATCH_KIND_ORDER);
}

TEST_P(Watch, ARecallIsSeenByTheTechnician) {
  Feed feed(*this, technician_);
  feed.Snapshot();
  const v1::Order cut = Dispatch(Cut()).value();
  EXPECT_EQ(feed.Next().value().order().state(), v1::ORDER_STATE_DISPATCHED);
  FromBilling(Paid());
  EXPECT_EQ(feed.Next().value().order().state(), v1::ORDER_STATE_RECALL_PENDING);
  ASSERT_TRUE(Acknowledge(cut).ok());
  const Message last = feed.Next().value();
  EXPECT_EQ(last.kind(), v1::WATCH_KIND_REMOVED);
  EXPECT_EQ(last.order().state(), v1::ORDER_STATE_CANCELLED);
}

TEST_P(Watch, ALongSnapshotIsToldInParts) {
  for (std::int64_t premise = 1; premise <= 100; ++premise) {
    ASSERT_TRUE(Dispatch(CreateAt(premise)).ok());
  }
  Feed feed(*this, technician_);
  EXPECT_EQ(feed.Snapshot().size(), 100u);
}

TEST_P(Watch, SomebodyElsesFeedNeedsADispatcher) {
  Feed stranger(*this, other_technician_, {}, kTechnician);
  const grpc::Status status = stranger.Ended();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(testing::ReasonOf(status), "NOT_YOUR_FEED");
  Feed dispatcher(*this, office_, {}, kTechnician);
  EXPECT_TRUE(dispatcher.Snapshot().empty());
}

TEST_P(Watch, ATokenOfAnotherHistoryEndsTheStream) {
  feed::Token token;
  token.Advance("work_order", "elsewhere", 0, 1);
  Feed feed(*this, technician_, token.Encode());
  const grpc::Status status = feed.Ended();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(testing::ReasonOf(status), "FEED_EPOCH_UNKNOWN");
  Feed garbled(*this, technician_, "*");
  EXPECT_EQ(garbled.Ended().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

INSTANTIATE_TEST_SUITE_P(BothEngines, Watch, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::work_order
