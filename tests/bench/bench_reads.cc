// An authenticated read that touches no storage, beside an empty call of the same method on a bare
// callback server in a process of its own.
#include <filesystem>
#include <stdexcept>

#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "reeve/identity/v1/staff_service.grpc.pb.h"
#include "shared/testing/suite.h"
#include "tests/bench/city.h"
#include "tests/bench/command.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using identity::v1::Session;
using identity::v1::SessionService;
using identity::v1::WhoAmIRequest;
using testing::Suite;

struct Flags {
  std::string self;
  std::string binaries;
  std::string serve_bare;
  std::vector<int> callers = {128, 8};
  double seconds = 5;
  int runs = 5;
};

class BareService final : public SessionService::CallbackService {
  grpc::ServerUnaryReactor* WhoAmI(grpc::CallbackServerContext* context, const WhoAmIRequest*,
                                   Session*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

[[noreturn]] void ServeBare(const std::string& address) {
  BareService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) std::exit(1);
  server->Wait();
  std::exit(0);
}

class Callers {
 public:
  Callers(const std::function<std::shared_ptr<grpc::Channel>()>& channel, std::string token)
      : token_(std::move(token)) {
    for (int n = 0; n < 4; ++n) stubs_.push_back(SessionService::NewStub(channel()));
  }

  double PerSecond(int callers, double seconds) {
    const LoadResult result = RunClosedLoop(callers, seconds, [this](int caller, auto done) {
      struct Sent {
        std::unique_ptr<grpc::ClientContext> context;
        WhoAmIRequest request;
        Session session;
      };
      auto sent = std::make_shared<Sent>();
      sent->context = Suite::Context(token_);
      stubs_[static_cast<std::size_t>(caller) % stubs_.size()]->async()->WhoAmI(
          sent->context.get(), &sent->request, &sent->session,
          [sent, done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
    });
    if (result.failed > 0) throw std::runtime_error("calls failed");
    return result.per_second();
  }

 private:
  const std::string token_;
  std::vector<std::unique_ptr<SessionService::Stub>> stubs_;
};

// The session of somebody without roles, so that the answer is as small as the floor's.
std::string SignInReader(Suite& suite) {
  identity::v1::CreatePersonRequest request;
  request.set_request_id("bench-reads-reader-0001");
  request.set_login("reader");
  request.set_display_name("Reader");
  request.set_password(kPassword);
  identity::v1::Person person;
  const auto context = Suite::Context(suite.SignIn(kBuilder, kPassword));
  const grpc::Status status = identity::v1::StaffService::NewStub(suite.Channel("identity"))
                                  ->CreatePerson(context.get(), request, &person);
  if (!status.ok()) throw std::runtime_error(status.error_message());
  return suite.SignIn("reader", kPassword);
}

void Run(const Flags& flags) {
  const std::string folder = Output("mktemp -d | tr -d '\\n'");
  Suite suite({.binaries = flags.binaries,
               .services = {"identity"},
               .bootstrap = WriteBootstrap(folder, 1)});
  suite.Start();
  const std::string tcp = "127.0.0.1:" + std::to_string(testing::FreePort());
  testing::Process bare({flags.self, "--serve-bare", tcp}, folder + "/bare.log");
  Callers reeve([&] { return suite.Channel("identity"); }, SignInReader(suite));
  Callers empty(
      [&] {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        const auto channel =
            grpc::CreateCustomChannel(tcp, grpc::InsecureChannelCredentials(), arguments);
        if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                       std::chrono::seconds(10))) {
          throw std::runtime_error("the bare server does not answer");
        }
        return channel;
      },
      "");
  for (const int callers : flags.callers) {
    std::vector<double> ours, floors;
    for (int run = 0; run < flags.runs; ++run) {
      floors.push_back(empty.PerSecond(callers, flags.seconds));
      ours.push_back(reeve.PerSecond(callers, flags.seconds));
    }
    Report("authenticated-read/" + std::to_string(callers), Median(ours), "calls/s", Median(floors),
           flags.runs);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  flags.self = argv[0];
  reeve::bench::CommandLine line("Authenticated reads a second, beside a bare server");
  line.Text("--binaries", flags.binaries, "Folder of the services");
  line.Text("--serve-bare", flags.serve_bare, "Be the bare server, at this address");
  line.Numbers("--callers", flags.callers);
  line.Number("--seconds", flags.seconds);
  line.Number("--runs", flags.runs);
  return line.Run(argc, argv, [&] {
    if (!flags.serve_bare.empty()) reeve::bench::ServeBare(flags.serve_bare);
    reeve::bench::Run(flags);
  });
}
