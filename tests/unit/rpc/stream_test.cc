// A server stream: in order, bounded, and with exactly one end.
#include "tests/unit/rpc/server_fixture.h"

namespace reeve::rpc {
namespace {

TEST_F(ServerTest, AStreamGivesWhatWasSentInOrderAndEndsOnce) {
  std::atomic<int> ended = 0;
  feeds_->open = [&](const Feeds::Out& stream) {
    stream->OnEnded([&] { ++ended; });
    for (int i = 0; i < 20; ++i) stream->Send(Message(std::to_string(i)));
    stream->Finish(Ok());
    stream->Finish(NotFound(Reason{"TOO_LATE"}, ""));
    return Ok();
  };
  Start();
  const auto context = Context(Clerk());
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  feed::WatchResponse message;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_EQ(message.resume_token(), std::to_string(i));
  }
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(ended, 1);
}

TEST_F(ServerTest, ARefusedStreamEndsWithItsReason) {
  feeds_->open = [](const Feeds::Out&) -> Result<> {
    return OutOfRange(Reason{"FEED_EPOCH_UNKNOWN"}, "Read from the start.");
  };
  Start();
  const auto context = Context(Clerk());
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  EXPECT_EQ(ReasonOf(reader->Finish()), "FEED_EPOCH_UNKNOWN");
}

TEST_F(ServerTest, AReaderThatDoesNotReadIsSentAway) {
  Latch ended;
  feeds_->open = [&](const Feeds::Out& stream) {
    stream->OnEnded([&] { ended.Open(); });
    while (stream->Send(Message("", 1 << 20))) {
    }
    return Ok();
  };
  Start();
  const auto context = Context(Clerk());
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  ASSERT_TRUE(ended.Wait());
  feed::WatchResponse message;
  while (reader->Read(&message)) {
  }
  EXPECT_EQ(ReasonOf(reader->Finish()), "READER_TOO_SLOW");
}

TEST_F(ServerTest, TheLatestStateOfAKeyReplacesTheOneThatWaits) {
  feeds_->open = [&](const Feeds::Out& stream) {
    stream->Send(Message("first", 1 << 20));  // on its way while the next ones queue up
    for (int i = 0; i < 1'000; ++i) stream->Send(Message(std::to_string(i)), "order/1");
    stream->Finish(Ok());
    return Ok();
  };
  Start();
  const auto context = Context(Clerk());
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  std::vector<std::string> seen;
  feed::WatchResponse message;
  while (reader->Read(&message)) seen.push_back(message.resume_token());
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(seen.front(), "first");
  EXPECT_EQ(seen.back(), "999");
  EXPECT_LT(seen.size(), 1'000u);
}

TEST_F(ServerTest, AClientThatGoesAwayEndsItsStream) {
  Latch ended;
  feeds_->open = [&](const Feeds::Out& stream) {
    stream->OnEnded([&] { ended.Open(); });
    stream->Send(Message("hello"));
    return Ok();
  };
  Start();
  const auto context = Context(Clerk());
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  feed::WatchResponse message;
  ASSERT_TRUE(reader->Read(&message));
  context->TryCancel();
  EXPECT_TRUE(ended.Wait());
  EXPECT_EQ(reader->Finish().error_code(), grpc::CANCELLED);
}

TEST_F(ServerTest, AStreamEndsWithItsSession) {
  feeds_->open = [](const Feeds::Out& stream) {
    stream->Send(Message("hello"));
    return Ok();
  };
  Start();
  const std::string token = Clerk();
  const auto context = Context(token);
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  feed::WatchResponse message;
  ASSERT_TRUE(reader->Read(&message));
  gate_.SignOut(token);
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(ReasonOf(reader->Finish()), "SESSION_ENDED");
}

TEST_F(ServerTest, DrainEndsStreamsAndLetsCallsEnd) {
  Latch entered;
  Latch leave;
  Latch opened;
  roles_->body = [&](const Call&) {
    entered.Open();
    leave.Wait();
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  feeds_->open = [&](const Feeds::Out& stream) {
    stream->OnEnded([&] { leave.Open(); });
    opened.Open();
    return Ok();
  };
  Start();
  const std::string token = Clerk();
  const auto context = Context(token);
  const auto reader = feed::FeedService::NewStub(Tcp())->Watch(context.get(), {});
  grpc::Status running;
  std::thread caller([&] { running = ListRoles(token); });
  ASSERT_TRUE(entered.Wait());
  ASSERT_TRUE(opened.Wait());
  server_->Drain();
  caller.join();
  EXPECT_TRUE(running.ok()) << running.error_message();
  EXPECT_EQ(ReasonOf(reader->Finish()), "DRAINING");
}

}  // namespace
}  // namespace reeve::rpc
