// Malformed requests of every kind to every method of every service, on an empty request and on a
// valid one: each is refused cleanly and with every bad field named, nothing is changed, and the
// processes stay as they were.
#include "tests/fault/malformed/malformed.h"

#include <grpcpp/generic/async_generic_service.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "shared/rpc/client.h"
#include "shared/rpc/error.h"
#include "tests/bench/city.h"
#include "tests/bench/command.h"
#include "tests/fault/api/day.h"

namespace reeve::fault {
namespace {

using testing::Suite;

constexpr int kCashiers = 5;
constexpr int kRounds = 3;
constexpr int kWarmRounds = 2;  // until the databases' page caches are as large as they become
constexpr auto kQuiet = std::chrono::milliseconds(300);  // feeds are polled every 200 ms at most
constexpr int kCallMillis = 20'000;

class MalformedTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  MalformedTest()
      : folder_((std::filesystem::temp_directory_path() / "reeve-malformed-XXXXXX").string()),
        suite_(Options(GetParam(), mkdtemp(folder_.data()))) {
    suite_.Start();
    token_ = suite_.SignIn(bench::kBuilder, bench::kPassword);
    Connect();
  }
  ~MalformedTest() override { std::filesystem::remove_all(folder_); }

  static testing::SuiteOptions Options(db::Engine engine, const std::string& folder) {
    // What a thread has let go is counted as let go, and not kept for its next allocation.
    setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
    testing::SuiteOptions options{.engine = engine,
                                  .binaries = REEVE_BINARIES,
                                  .bootstrap = bench::WriteBootstrap(folder, kCashiers),
                                  .metrics = true};
    for (const std::string& service : options.services) {
      options.flags[service] = {"--demo-clock=" + folder + "/clock"};
    }
    options.flags["identity"].insert(options.flags["identity"].end(),
                                     {"--argon2-memory-kib=1024", "--argon2-passes=1"});
    return options;
  }

  void Connect() {
    for (const std::string& service : services_) {
      channels_[service] = suite_.Channel(service);
      sockets_[service] = rpc::OpenChannel("unix:" + suite_.folder() + "/" + service + ".sock", {});
    }
  }

  // A valid request of every method that changes something.
  void LearnValidRequests() {
    const auto send = [&](const Method& method, const std::string& token, const Message& request) {
      const Answer answer = Send(channels_[method.service], method, request.SerializeAsString(),
                                 *Suite::Context(token, kCallMillis));
      bench::Check(answer.status, method.name);
      auto& known = valid_[method.name];
      if (known == nullptr) {
        known.reset(request.New());
        known->CopyFrom(request);
      }
      auto message = api_.NewAnswer(method);
      message->ParseFromString(answer.bytes);
      return message;
    };
    Day(suite_, api_, folder_ + "/clock", send).Play();
  }

  // As somebody who may call it.
  Answer Ask(const Method& method, const std::string& bytes) {
    if (method.policy.access() == rpc::v1::ACCESS_SERVICE) {
      const auto context = rpc::ServiceContext("billing", Duration::Millis(kCallMillis));
      return Send(sockets_[method.service], method, bytes, *context);
    }
    const auto context = Suite::Context(token_, kCallMillis);
    return Send(channels_[method.service], method, bytes, *context);
  }

  std::vector<Malformed> RequestsOf(const Method& method) {
    std::vector<Malformed> requests = MalformedFrom(method, *api_.NewRequest(method));
    if (method.mutates) requests.push_back({"empty", "", {"request_id"}});
    if (const auto known = valid_.find(method.name); known != valid_.end()) {
      const std::unique_ptr<Message> base(known->second->New());
      base->CopyFrom(*known->second);
      if (method.mutates) {
        base->GetReflection()->SetString(base.get(),
                                         base->GetDescriptor()->FindFieldByName("request_id"),
                                         "malformed-request-" + std::to_string(++requests_));
      }
      for (Malformed& request : MalformedFrom(method, *base)) {
        request.what += " in a valid request";
        requests.push_back(std::move(request));
      }
    }
    return requests;
  }

  // Whether the request was carried out.
  bool Judge(const Method& method, const Malformed& request) {
    const Answer answer = Ask(method, request.bytes);
    EXPECT_EQ(Complaint(request, answer), "") << request.what;
    return answer.status.ok();
  }

  std::map<std::string, std::string> States() {
    std::map<std::string, std::string> states;
    for (const std::string& service : services_) {
      states[service] = StateOf(suite_, api_, service, token_);
    }
    return states;
  }
  std::map<std::string, std::string> Settled() {
    for (auto before = States();;) {
      std::this_thread::sleep_for(kQuiet);
      auto now = States();
      if (now == before) return now;
      before = std::move(now);
    }
  }
  // What each process has asked for and not given back, in bytes, as it says itself, with the
  // connections closed: each has buffers of some MB after a large request.
  std::map<std::string, std::int64_t> Kept() {
    channels_.clear();
    sockets_.clear();
    std::this_thread::sleep_for(kQuiet);
    std::map<std::string, std::int64_t> bytes;
    for (const std::string& service : services_) {
      const std::string page =
          bench::Output("curl -sSf http://" + suite_.metrics_address(service) + "/metrics");
      const std::string name = "\nreeve_" + service + "_heap_live_bytes ";
      const std::size_t line = page.find(name);
      if (line == std::string::npos) throw std::runtime_error("no metric" + name);
      bytes[service] = static_cast<std::int64_t>(std::stod(page.substr(line + name.size())));
    }
    Connect();
    return bytes;
  }

  std::string folder_;
  const std::vector<std::string> services_ = testing::SuiteOptions().services;
  Api api_;
  Suite suite_;
  std::string token_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> sockets_;
  std::map<std::string, std::unique_ptr<Message>> valid_;  // by method
  int requests_ = 0;
};

// A process that has grown by a fifth keeps what it should have let go. What a connection between
// the services has as buffers comes and goes, and is less than kBuffers.
constexpr std::int64_t kBuffers = 1'000'000;
bool IsFlat(std::int64_t before, std::int64_t after) {
  return after <= before + before / 5 + kBuffers;
}

TEST_P(MalformedTest, EveryMethodRefusesWhatIsMalformedNamesItAndChangesNothing) {
  LearnValidRequests();
  std::map<std::string, std::string> states = Settled();
  std::vector<std::map<std::string, std::int64_t>> kept;  // by round
  std::size_t sent = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const Method& method : api_.methods()) {
      SCOPED_TRACE(method.service + " " + method.name);
      std::vector<Malformed> requests = RequestsOf(method);
      // Those with nothing bad in them (an identifier may be the largest number) come last: they
      // may be carried out.
      const auto harmless =
          std::stable_partition(requests.begin(), requests.end(), [](const Malformed& request) {
            return request.undecodable || !request.bad_fields.empty();
          });
      sent += requests.size();
      for (auto request = requests.begin(); request != harmless; ++request) Judge(method, *request);
      if (round == 0 && method.mutates) {
        EXPECT_EQ(StateOf(suite_, api_, method.service, token_), states[method.service])
            << "something was changed";
      }
      bool changed = false;
      for (auto request = harmless; request != requests.end(); ++request) {
        changed |= Judge(method, *request) && method.mutates;
      }
      if (changed) states = Settled();
    }
    EXPECT_EQ(Settled(), states);
    kept.push_back(Kept());
  }
  for (const std::string& service : services_) {
    EXPECT_TRUE(suite_.process(service).running()) << service;
    EXPECT_EQ(FirstBrokenCheck(suite_, api_, service, token_), "") << service;
    std::printf("%s:", service.c_str());
    for (const auto& bytes : kept) {
      std::printf(" %lld", static_cast<long long>(bytes.at(service)));
    }
    std::printf(" bytes kept after each round\n");
    EXPECT_TRUE(IsFlat(kept[kWarmRounds - 1].at(service), kept.back().at(service))) << service;
  }
  std::printf("%zu methods, %zu requests\n", api_.methods().size(), sent);
}

// The control: a service that takes whatever comes, and answers it with one status.
class CarelessService final : public grpc::CallbackGenericService {
 public:
  explicit CarelessService(grpc::Status status) : status_(std::move(status)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~CarelessService() override { server_->Shutdown(); }
  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(port_),
                               grpc::InsecureChannelCredentials());
  }

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Reactor(const grpc::Status& status) : status_(status) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok || !status_.ok()) return Finish(status_);
      StartWriteAndFinish(&answer_, grpc::WriteOptions(), status_);
    }
    void OnDone() override { delete this; }

   private:
    const grpc::Status status_;
    grpc::ByteBuffer request_;
    const grpc::Slice nothing_;
    const grpc::ByteBuffer answer_{&nothing_, 1};
  };
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Reactor(status_);
  }

  const grpc::Status status_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST(MalformedControl, AServiceThatDoesNotLookIsNoticedAtEveryMethod) {
  const Api api;
  const grpc::Status careless[] = {
      grpc::Status::OK,
      {grpc::INTERNAL, "broken"},
      {grpc::UNIMPLEMENTED, ""},
      rpc::ToStatus(InvalidArgument({{"another_field", "is required"}}), "reeve.test"),
      rpc::ToStatus(NotFound(Reason{"UNKNOWN"}, "There is none."), "reeve.test")};
  for (const grpc::Status& status : careless) {
    const CarelessService service(status);
    const auto channel = service.Channel();
    for (const Method& method : api.methods()) {
      int noticed = 0;
      int looked_for = 0;
      for (const Malformed& request : MalformedFrom(method, *api.NewRequest(method))) {
        if (request.bad_fields.empty() || request.undecodable) continue;
        ++looked_for;
        const auto context = Suite::Context("", kCallMillis);
        noticed += !Complaint(request, Send(channel, method, request.bytes, *context)).empty();
      }
      EXPECT_EQ(noticed, looked_for) << method.name << " " << rpc::CodeName(status.error_code());
    }
  }
  EXPECT_TRUE(IsFlat(3'000'000, 3'500'000));
  constexpr int kRequestsOfARound = 6'000;
  EXPECT_FALSE(IsFlat(3'000'000, 3'000'000 + kRequestsOfARound * 300)) << "300 bytes a request";
}

INSTANTIATE_TEST_SUITE_P(BothEngines, MalformedTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::fault
