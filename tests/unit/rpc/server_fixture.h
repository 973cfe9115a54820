// A server over real connections, with faces whose bodies a test chooses.
#pragma once

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
#include "shared/rpc/server.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"

namespace reeve::rpc {

namespace identity = reeve::identity::v1;
namespace feed = reeve::feed::v1;
namespace verify = reeve::verify::v1;
namespace billing = reeve::billing::v1;
using testing::ReasonOf;

inline constexpr std::chrono::seconds kPatience{20};

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

inline feed::WatchResponse Message(const std::string& token, std::size_t padding = 0) {
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

}  // namespace reeve::rpc
