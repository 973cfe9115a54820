// Ten thousand idle work feeds: memory a stream and threads of the server, and the time until one
// event has reached all of them.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "reeve/work_order/v1/watch_service.grpc.pb.h"
#include "shared/testing/suite.h"
#include "tests/bench/city.h"
#include "tests/bench/command.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

namespace v1 = work_order::v1;
using testing::Suite;
using Steady = std::chrono::steady_clock;

constexpr int kConnections = 100;
constexpr std::int64_t kTechnician = 424'242;

struct Flags {
  std::string binaries;
  int streams = 10'000;
  int runs = 5;
};

struct Counts {
  std::atomic<int> snapshots = 0;
  std::atomic<int> orders = 0;
  std::atomic<int> ended = 0;
};

class Watcher final : public grpc::ClientReadReactor<v1::WatchWorkOrdersResponse> {
 public:
  Watcher(v1::WatchService::Stub& stub, const std::string& token, Counts& counts)
      : context_(Suite::Context(token, 600'000)), counts_(counts) {
    request_.set_technician_id(kTechnician);
    stub.async()->WatchWorkOrders(context_.get(), &request_, this);
    StartRead(&response_);
    StartCall();
  }
  void Cancel() { context_->TryCancel(); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (response_.kind() == v1::WATCH_KIND_SNAPSHOT_END) ++counts_.snapshots;
    if (response_.kind() == v1::WATCH_KIND_ORDER) ++counts_.orders;
    StartRead(&response_);
  }
  void OnDone(const grpc::Status&) override { ++counts_.ended; }

  std::unique_ptr<grpc::ClientContext> context_;
  v1::WatchWorkOrdersRequest request_;
  v1::WatchWorkOrdersResponse response_;
  Counts& counts_;
};

void Await(const std::atomic<int>& count, int wanted, const std::string& what) {
  const auto give_up = Steady::now() + std::chrono::seconds(120);
  while (count < wanted) {
    if (Steady::now() > give_up) {
      throw std::runtime_error(what + ": " + std::to_string(count) + " of " +
                               std::to_string(wanted));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void DispatchOrder(v1::OrderService::Stub& stub, const std::string& token, int n) {
  v1::CreateOrderRequest create;
  create.set_request_id("bench-create-order-" + std::to_string(n));
  create.set_premise_id(1'000'000 + n);
  create.set_type(v1::ORDER_TYPE_TAG);
  create.set_service("electric");
  v1::Order order;
  Check(stub.CreateOrder(Suite::Context(token).get(), create, &order), "CreateOrder");
  v1::DispatchOrderRequest dispatch;
  dispatch.set_request_id("bench-dispatch-order-" + std::to_string(n));
  dispatch.set_premise_id(order.premise_id());
  dispatch.set_order_id(order.order_id());
  dispatch.set_technician_id(kTechnician);
  Check(stub.DispatchOrder(Suite::Context(token).get(), dispatch, &order), "DispatchOrder");
}

void Run(const Flags& flags) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::string folder = Output("mktemp -d | tr -d '\\n'");
  Suite suite({.binaries = flags.binaries,
               .services = {"identity", "account", "billing", "payment", "work_order"},
               .bootstrap = WriteBootstrap(folder, 1),
               // Idle feeds need no workers: gRPC's threads and a few serve them all.
               .flags = {{"work_order", {"--workers=2", "--background=2"}}}});
  suite.Start();
  const std::string token = suite.SignIn(kBuilder, kPassword);
  const auto orders = v1::OrderService::NewStub(suite.Channel("work_order"));
  testing::Process& server = suite.process("work_order");
  Counts counts;
  std::vector<std::unique_ptr<v1::WatchService::Stub>> stubs;
  std::vector<std::unique_ptr<Watcher>> watchers;
  // One of everything first, so that what is counted is the streams'.
  for (int n = 0; n < kConnections; ++n) {
    stubs.push_back(v1::WatchService::NewStub(suite.Channel("work_order")));
    watchers.push_back(std::make_unique<Watcher>(*stubs.back(), token, counts));
  }
  Await(counts.snapshots, kConnections, "connections");
  const std::int64_t before = server.ResidentBytes();
  for (int n = 0; n < flags.streams; ++n) {
    watchers.push_back(std::make_unique<Watcher>(*stubs[static_cast<std::size_t>(n % kConnections)],
                                                 token, counts));
  }
  const int all = kConnections + flags.streams;
  Await(counts.snapshots, all, "streams");
  const double bytes_each = static_cast<double>(server.ResidentBytes() - before) / flags.streams;
  const int threads = server.Threads();

  std::vector<double> milliseconds;
  for (int run = 0; run < flags.runs; ++run) {
    counts.orders = 0;
    const auto start = Steady::now();
    DispatchOrder(*orders, token, run);
    Await(counts.orders, all, "one event to all");
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(Steady::now() - start).count());
  }
  Report("work-feeds", bytes_each / 1'000, "kB a stream", 0, 1,
         {{"streams", all}, {"threads", threads}, {"one_event_to_all_ms", Median(milliseconds)}});
  for (const auto& watcher : watchers) watcher->Cancel();
  Await(counts.ended, all, "end");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("Idle work feeds: memory, threads, one event to all");
  line.Binaries(flags.binaries);
  line.Number("--streams", flags.streams);
  line.Number("--runs", flags.runs);
  return line.Run(argc, argv, [&] { reeve::bench::Run(flags); });
}
