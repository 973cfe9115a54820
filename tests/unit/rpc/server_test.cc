// The way of a call through the runtime, over real connections.
#include "shared/rpc/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "reeve/identity/v1/role_service.grpc.pb.h"
#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/rpc/metadata.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"

namespace reeve::rpc {
namespace {

namespace identity = reeve::identity::v1;
namespace feed = reeve::feed::v1;
namespace verify = reeve::verify::v1;
namespace billing = reeve::billing::v1;
using testing::ReasonOf;

constexpr std::chrono::seconds kPatience{20};

// A condition that one thread brings about and another waits for.
// Copies share their state, so that a worker may still be leaving Wait when the test is over.
class Latch {
 public:
  void Open() const {
    const std::lock_guard lock(state_->mutex);
    state_->open = true;
    state_->opened.notify_all();
  }
  bool Wait() const {
    std::unique_lock lock(state_->mutex);
    return state_->opened.wait_for(lock, kPatience, [this] { return state_->open; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Faces whose bodies a test chooses: a look-up for staff, one for anybody, one for services, a
// report, one that waits for events, a batch and a stream.
class Roles final : public identity::RoleService::CallbackService {
 public:
  explicit Roles(Server& server) : server_(server) {}
  std::function<Result<identity::ListRolesResponse>(const Call&)> body = [](const Call&) {
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  bool run_inline = false;

  grpc::ServerUnaryReactor* ListRoles(grpc::CallbackServerContext* context,
                                      const identity::ListRolesRequest* request,
                                      identity::ListRolesResponse* response) override {
    const auto run = [this](const Call& call, const identity::ListRolesRequest&) {
      return body(call);
    };
    return run_inline ? server_.HandleInline(context, request, response, run)
                      : server_.Handle(context, request, response, run);
  }
  // A hot command: the batch answers later, on a thread of its own.
  struct Command {
    std::string role;
  };
  struct Batch {
    void Submit(Call call, Command command, std::function<void(Result<identity::Role>)> done) {
      std::thread([call, command, done] {
        if (command.role == "refused") {
          return done(FailedPrecondition(Reason{"ROLE_HELD"}, "Somebody holds it."));
        }
        identity::Role role;
        role.set_role(command.role + " for " + call.caller.ToString());
        done(role);
      }).detach();
    }
  } batch;
  grpc::ServerUnaryReactor* DefineRole(grpc::CallbackServerContext* context,
                                       const identity::DefineRoleRequest* request,
                                       identity::Role* response) override {
    return server_.HandleBatched(context, request, response, batch,
                                 [](const identity::DefineRoleRequest& request) -> Result<Command> {
                                   if (request.role().empty())
                                     return InvalidArgument({{"role", "is empty"}});
                                   return Command{request.role()};
                                 });
  }

 private:
  Server& server_;
};

class Sessions final : public identity::SessionService::CallbackService {
 public:
  explicit Sessions(Server& server) : server_(server) {}
  grpc::ServerUnaryReactor* SignIn(grpc::CallbackServerContext* context,
                                   const identity::SignInRequest* request,
                                   identity::SignInResponse* response) override {
    return server_.Handle(context, request, response,
                          [](const Call& call, const identity::SignInRequest&) {
                            identity::SignInResponse answer;
                            answer.set_session_token(call.caller.ToString());
                            return Result<identity::SignInResponse>(answer);
                          });
  }
  grpc::ServerUnaryReactor* CheckSession(grpc::CallbackServerContext* context,
                                         const identity::CheckSessionRequest* request,
                                         identity::Session* response) override {
    return server_.Handle(context, request, response,
                          [](const Call& call, const identity::CheckSessionRequest&) {
                            identity::Session answer;
                            answer.set_display_name(call.caller.ToString());
                            return Result<identity::Session>(answer);
                          });
  }

 private:
  Server& server_;
};

class Reports final : public verify::VerifyService::CallbackService {
 public:
  explicit Reports(Server& server) : server_(server) {}
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context,
                                   const verify::VerifyRequest* request,
                                   verify::VerifyResponse* response) override {
    return server_.Handle(context, request, response,
                          [](const Call&, const verify::VerifyRequest&) {
                            return Result<verify::VerifyResponse>(verify::VerifyResponse());
                          });
  }

 private:
  Server& server_;
};

class Balances final : public billing::ReceivableService::CallbackService {
 public:
  explicit Balances(Server& server) : server_(server) {}
  grpc::ServerUnaryReactor* GetBalance(grpc::CallbackServerContext* context,
                                       const billing::GetBalanceRequest* request,
                                       billing::Balance* response) override {
    return server_.Handle(context, request, response,
                          [](const Call&, const billing::GetBalanceRequest&) {
                            return Result<billing::Balance>(billing::Balance());
                          });
  }

 private:
  Server& server_;
};

class Feeds final : public feed::FeedService::CallbackService {
 public:
  using Out = std::shared_ptr<Stream<feed::WatchResponse>>;
  explicit Feeds(Server& server) : server_(server) {}
  std::function<Result<>(Out)> open = [](Out) { return Ok(); };

  grpc::ServerWriteReactor<feed::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                       const feed::WatchRequest* request) override {
    return server_.HandleStream<feed::WatchRequest, feed::WatchResponse>(
        context, request,
        [this](const Call&, const feed::WatchRequest&, Out stream) { return open(stream); });
  }

 private:
  Server& server_;
};

feed::WatchResponse Message(const std::string& token, std::size_t padding = 0) {
  feed::WatchResponse message;
  message.set_resume_token(token);
  message.set_applied_token(std::string(padding, 'x'));
  return message;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    std::string name = std::filesystem::temp_directory_path() / "reeve-rpc-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    Build(2'000, 2);
  }
  ~ServerTest() override {
    server_->Drain();
    workers_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Build(int calls_max, int workers) {
    server_.reset();
    workers_ = std::make_unique<process::ThreadPool>(workers);
    metrics_ = std::make_unique<obs::Metrics>("test");
    ServerOptions options;
    options.service = "test";
    options.listen = {"127.0.0.1:0", Socket()};
    options.calls_max = calls_max;
    server_ = std::make_unique<Server>(options, clock_, zone_, *workers_, gate_, *metrics_);
    roles_ = std::make_unique<Roles>(*server_);
    sessions_ = std::make_unique<Sessions>(*server_);
    reports_ = std::make_unique<Reports>(*server_);
    balances_ = std::make_unique<Balances>(*server_);
    feeds_ = std::make_unique<Feeds>(*server_);
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             roles_.get(), sessions_.get(), reports_.get(), balances_.get(), feeds_.get()}) {
      server_->Register(*service);
    }
  }
  void Start() { server_->Start(); }
  std::string Socket() const { return "unix:" + folder_ + "/test.sock"; }
  std::shared_ptr<grpc::Channel> Tcp() const {
    return OpenChannel("127.0.0.1:" + std::to_string(server_->port()), {});
  }
  std::string Clerk() { return gate_.SignIn(PersonId(7), {"role.read", "feed.watch"}); }
  static std::unique_ptr<grpc::ClientContext> Context(const std::string& token) {
    return PersonContext(token, Duration::Seconds(20));
  }
  grpc::Status ListRoles(const std::string& token) {
    identity::ListRolesResponse answer;
    const auto context = Context(token);
    return identity::RoleService::NewStub(Tcp())->ListRoles(context.get(), {}, &answer);
  }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  TimeZone zone_ = TimeZone::Load("America/Denver").value();
  testing::FakeGate gate_;
  std::string folder_;
  std::unique_ptr<process::ThreadPool> workers_;
  std::unique_ptr<obs::Metrics> metrics_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Roles> roles_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Reports> reports_;
  std::unique_ptr<Balances> balances_;
  std::unique_ptr<Feeds> feeds_;
};

TEST_F(ServerTest, ABodySeesWhoAsksAndWhichDayItIs) {
  Call seen;
  roles_->body = [&](const Call& call) {
    seen = call;
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  ASSERT_TRUE(ListRoles(Clerk()).ok());
  EXPECT_EQ(seen.caller.ToString(), "person/7");
  EXPECT_EQ(seen.today.ToString(), "2026-11-22");
  EXPECT_TRUE(seen.May("role.read"));
  EXPECT_FALSE(seen.trace_id.empty());
}

TEST_F(ServerTest, AStrangerIsRefusedBeforeTheBody) {
  std::atomic<bool> ran = false;
  roles_->body = [&](const Call&) {
    ran = true;
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  EXPECT_EQ(ReasonOf(ListRoles("")), "SESSION_MISSING");
  EXPECT_EQ(ReasonOf(ListRoles("no-such-session")), "SESSION_ENDED");
  const grpc::Status status = ListRoles(gate_.SignIn(PersonId(8), {"drawer.open"}));
  EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(status), "PERMISSION_MISSING");
  EXPECT_EQ(FromStatus(status).metadata()[0].second, "role.read");
  EXPECT_FALSE(ran);
}

TEST_F(ServerTest, APublicMethodAsksForNothing) {
  Start();
  identity::SignInResponse answer;
  const auto context = Context("a-session-of-last-week");
  ASSERT_TRUE(identity::SessionService::NewStub(Tcp())->SignIn(context.get(), {}, &answer).ok());
  EXPECT_EQ(answer.session_token(), "nobody");
}

TEST_F(ServerTest, AServiceProvesItselfByItsSocketOnly) {
  Start();
  const auto check = [](const std::shared_ptr<grpc::Channel>& channel, const std::string& name) {
    identity::Session answer;
    const auto context = ServiceContext(name, Duration::Seconds(20));
    const grpc::Status status =
        identity::SessionService::NewStub(channel)->CheckSession(context.get(), {}, &answer);
    return status.ok() ? answer.display_name() : ReasonOf(status);
  };
  EXPECT_EQ(check(OpenChannel(Socket(), {}), "billing"), "service/billing");
  EXPECT_EQ(check(OpenChannel(Socket(), {}), "identity"), "SERVICE_NOT_LISTED");
  EXPECT_EQ(check(Tcp(), "billing"), "SERVICE_CLAIM_REFUSED");
}

TEST_F(ServerTest, OnlyTheOwnerMayOpenTheSocket) {
  Start();
  const auto mode = std::filesystem::status(folder_ + "/test.sock").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ServerTest, WhatABodyThrowsStaysInside) {
  roles_->body = [](const Call&) -> Result<identity::ListRolesResponse> {
    throw std::runtime_error("password of the database is hunter2");
  };
  Start();
  const grpc::Status status = ListRoles(Clerk());
  EXPECT_EQ(status.error_code(), grpc::INTERNAL);
  EXPECT_EQ(status.error_message().find("hunter2"), std::string::npos);
  EXPECT_EQ(status.error_details().find("hunter2"), std::string::npos);
  EXPECT_EQ(FromStatus(status).metadata()[0].first, "request_id");
}

TEST_F(ServerTest, AKnownExceptionIsARefusal) {
  roles_->body = [](const Call&) -> Result<identity::ListRolesResponse> {
    throw std::runtime_error("away");
  };
  server_->ExplainExceptions([](const std::exception&) -> std::optional<Error> {
    return Unavailable(Reason{"STORAGE_UNAVAILABLE"}, "The database is away.");
  });
  Start();
  EXPECT_EQ(ReasonOf(ListRoles(Clerk())), "STORAGE_UNAVAILABLE");
}

TEST_F(ServerTest, AnUnansweredCallDoesNotRunWhenItsTimeHasPassed) {
  Build(2'000, 1);
  Latch entered;
  Latch leave;
  std::atomic<int> runs = 0;
  roles_->body = [&](const Call&) {
    ++runs;
    entered.Open();
    leave.Wait();
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  const std::string token = Clerk();
  std::thread first([&] { ListRoles(token); });
  ASSERT_TRUE(entered.Wait());
  identity::ListRolesResponse answer;
  const auto context = PersonContext(token, Duration::Millis(50));
  const grpc::Status status =
      identity::RoleService::NewStub(Tcp())->ListRoles(context.get(), {}, &answer);
  EXPECT_EQ(status.error_code(), grpc::DEADLINE_EXCEEDED);
  leave.Open();
  first.join();
  EXPECT_TRUE(ListRoles(token).ok());  // the worker has come to it, behind the one that expired
  EXPECT_EQ(runs, 2);
}

TEST_F(ServerTest, UnderOverloadReportsGoFirstAndLookupsNext) {
  Build(10, 8);
  Latch leave;
  std::atomic<int> inside = 0;
  roles_->body = [&](const Call&) {
    ++inside;
    leave.Wait();
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"role.read", "verify.run"});
  std::vector<std::thread> callers;
  const auto fill = [&](int count) {
    while (static_cast<int>(callers.size()) < count) {
      callers.emplace_back([&] { ListRoles(token); });
    }
    while (inside < count) std::this_thread::yield();
  };
  const auto report = [&] {
    verify::VerifyResponse answer;
    const auto context = Context(token);
    return ReasonOf(verify::VerifyService::NewStub(Tcp())->Verify(context.get(), {}, &answer));
  };
  fill(4);
  EXPECT_EQ(report(), "");
  fill(5);
  EXPECT_EQ(report(), "OVERLOADED");
  fill(8);
  EXPECT_EQ(ReasonOf(ListRoles(token)), "OVERLOADED");
  leave.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(report(), "");
}

TEST_F(ServerTest, AnInlineBodyNeedsNoWorker) {
  Build(2'000, 1);
  Latch leave;
  roles_->run_inline = true;
  Start();
  const std::string token = Clerk();
  workers_->Post([leave] { leave.Wait(); });
  EXPECT_TRUE(ListRoles(token).ok());
  leave.Open();
}

TEST_F(ServerTest, ABatchAnswersWithoutAWorker) {
  Build(2'000, 1);
  Latch leave;
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"role.define"});
  workers_->Post([leave] { leave.Wait(); });
  const auto define = [&](const std::string& role) {
    identity::DefineRoleRequest request;
    request.set_role(role);
    identity::Role answer;
    const auto context = Context(token);
    const grpc::Status status =
        identity::RoleService::NewStub(Tcp())->DefineRole(context.get(), request, &answer);
    return status.ok() ? answer.role() : ReasonOf(status);
  };
  EXPECT_EQ(define("cashier"), "cashier for person/7");
  EXPECT_EQ(define("refused"), "ROLE_HELD");
  EXPECT_EQ(define(""), "INVALID_REQUEST");
  leave.Open();
}

TEST_F(ServerTest, ACallWaitsForTheEventsThatItRefersTo) {
  std::atomic<bool> applied = false;
  server_->SetApplied([&](const std::string& token) { return token == "there" || applied; });
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"receivable.view"});
  const auto balance = [&](const std::string& at_least, Duration time) {
    billing::GetBalanceRequest request;
    request.set_at_least(at_least);
    billing::Balance answer;
    const auto context = PersonContext(token, time);
    return ReasonOf(
        billing::ReceivableService::NewStub(Tcp())->GetBalance(context.get(), request, &answer));
  };
  EXPECT_EQ(balance("", Duration::Seconds(20)), "");
  EXPECT_EQ(balance("there", Duration::Seconds(20)), "");
  EXPECT_EQ(balance("not yet", Duration::Millis(400)), "NOT_CAUGHT_UP");
  std::thread arrival([&] { applied = true; });
  EXPECT_EQ(balance("not yet", Duration::Seconds(20)), "");
  arrival.join();
}

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

TEST_F(ServerTest, BeyondLoopbackOnlyWithTls) {
  ServerOptions options;
  options.service = "test";
  options.listen = {"0.0.0.0:0"};
  Server open_to_all(options, clock_, zone_, *workers_, gate_, *metrics_);
  EXPECT_THROW(open_to_all.Start(), std::runtime_error);
  Start();
}

TEST_F(ServerTest, ATakenAddressIsAnError) {
  Start();
  ServerOptions options;
  options.service = "test";
  options.listen = {"127.0.0.1:" + std::to_string(server_->port())};
  obs::Metrics metrics("second");
  Server second(options, clock_, zone_, *workers_, gate_, metrics);
  EXPECT_THROW(second.Start(), std::runtime_error);
}

}  // namespace
}  // namespace reeve::rpc
