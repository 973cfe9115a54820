#include "tests/fault/load/workload.h"

#include <algorithm>
#include <future>

#include "reeve/case311/v1/case_service.grpc.pb.h"
#include "reeve/case311/v1/case_type_service.grpc.pb.h"
#include "reeve/payment/v1/drawer_service.grpc.pb.h"
#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "tests/bench/city.h"

namespace reeve::fault {
namespace {

using testing::Suite;

constexpr int kCallMillis = 3'000;
constexpr int kTwinEvery = 3;
constexpr int kAny = -1;
constexpr auto kPauseMin = std::chrono::milliseconds(20);
constexpr auto kPauseMax = std::chrono::milliseconds(160);
constexpr auto kHealTime = std::chrono::seconds(60);
constexpr auto kAskAgainTime = std::chrono::seconds(120);

void OpenDrawers(Suite& suite, const std::string& token, std::vector<std::string>& cashiers) {
  const auto stub = payment::v1::DrawerService::NewStub(suite.Channel("payment"));
  for (int n = 1; n <= kDrawers; ++n) {
    payment::v1::CreateDrawerRequest create;
    create.set_drawer_id(n);
    create.set_name("Window " + std::to_string(n));
    create.set_request_id("fault-create-drawer-" + std::to_string(n));
    payment::v1::Drawer drawer;
    bench::Check(stub->CreateDrawer(Suite::Context(token).get(), create, &drawer), "CreateDrawer");
    cashiers.push_back(suite.SignIn("cashier" + std::to_string(n), bench::kPassword));
    payment::v1::OpenDrawerRequest open;
    open.set_drawer_id(n);
    open.set_request_id("fault-open-drawer-" + std::to_string(n));
    payment::v1::DrawerSession session;
    bench::Check(stub->OpenDrawer(Suite::Context(cashiers.back()).get(), open, &session),
                 "OpenDrawer");
  }
}

void SetCaseType(Suite& suite, const std::string& token) {
  const auto stub = case311::v1::CaseTypeService::NewStub(suite.Channel("case311"));
  case311::v1::SetCaseTypeRequest request;
  request.set_request_id("fault-set-case-type");
  request.mutable_case_type()->set_case_type_code("POTHOLE");
  request.mutable_case_type()->set_name("Pothole");
  request.mutable_case_type()->set_department("STREETS");
  request.mutable_case_type()->set_service_level_minutes(1'440);
  case311::v1::CaseType type;
  bench::Check(stub->SetCaseType(Suite::Context(token).get(), request, &type), "SetCaseType");
}

}  // namespace

bool IsUnknown(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return true;
    default:
      return false;
  }
}

struct Workload::Mutation {
  bool replicated = false;  // its service has replicas
  std::function<Answer(int replica)> send;
};

Workload::Workload(Suite& suite, const WorkloadOptions& options)
    : suite_(suite),
      options_(options),
      token_(suite.SignIn(bench::kBuilder, bench::kPassword)),
      give_up_(Steady::time_point::max()) {
  bench::BuildAccounts(suite, kAccounts, [](const std::string&, std::int64_t, std::int64_t) {});
  OpenDrawers(suite, token_, cashiers_);
  SetCaseType(suite, token_);
  for (const std::string& service : {"payment", "work_order", "case311"}) {
    const int replicas = service == "case311" ? 1 : options_.replicas;
    for (int replica = 0; replica < replicas; ++replica) {
      channels_[{service, replica}] = suite.Channel(service, replica);
    }
  }
}

Workload::~Workload() {
  if (!callers_.empty()) Stop();
}

template <class GrpcService, class Request, class Response, class Method>
Workload::Answer Workload::Send(const std::string& service, int replica, const std::string& token,
                                Method method, const Request& request, Response& response) const {
  const auto stub = GrpcService::NewStub(channels_.at({service, replica}));
  Answer answer;
  answer.status =
      (stub.get()->*method)(Suite::Context(token, kCallMillis).get(), request, &response);
  answer.bytes = response.SerializeAsString();
  return answer;
}

Workload::Mutation Workload::NewOrder(int account, const std::string& request_id) const {
  work_order::v1::CreateOrderRequest request;
  request.set_request_id(request_id);
  request.set_premise_id(1'000'000 + account);
  request.set_type(work_order::v1::ORDER_TYPE_TAG);
  request.set_service("electric");
  request.set_override_reason("One more of a load");
  return {true, [this, request](int replica) {
            using Service = work_order::v1::OrderService;
            work_order::v1::Order order;
            Answer answer = Send<Service>("work_order", replica, token_,
                                          &Service::Stub::CreateOrder, request, order);
            answer.made = "order " + std::to_string(order.premise_id()) + "/" +
                          std::to_string(order.order_id());
            return answer;
          }};
}

Workload::Mutation Workload::NewCase(int account, const std::string& request_id) const {
  case311::v1::OpenCaseRequest request;
  request.set_request_id(request_id);
  request.set_case_type_code("POTHOLE");
  request.set_address(std::to_string(100 + account) + " N Center St");
  request.set_district(1);
  request.set_description("A pothole");
  request.set_channel(case311::v1::CHANNEL_PHONE);
  return {false, [this, request](int) {
            using Service = case311::v1::CaseService;
            case311::v1::Case opened;
            Answer answer =
                Send<Service>("case311", 0, token_, &Service::Stub::OpenCase, request, opened);
            answer.made = "case " + std::to_string(opened.case_id());
            return answer;
          }};
}

Workload::Mutation Workload::NewPayment(std::mt19937_64& random, int account, int caller,
                                        const std::string& request_id) const {
  const auto drawer = static_cast<std::size_t>(caller % kDrawers);
  payment::v1::TakePaymentRequest request;
  request.set_request_id(request_id);
  request.set_drawer_id(static_cast<std::int64_t>(drawer) + 1);
  request.set_account_id(bench::AccountNumber(account).value());
  request.set_amount_cents(100 + static_cast<std::int64_t>(random() % 10'000));
  payment::v1::Tender& tender = *request.add_tenders();
  tender.set_kind(payment::v1::TENDER_KIND_CHECK);
  tender.set_amount_cents(request.amount_cents());
  tender.set_check_number(std::to_string(1 + random() % 9'999));
  return {true, [this, request, drawer](int replica) {
            using Service = payment::v1::PaymentService;
            payment::v1::Receipt receipt;
            Answer answer = Send<Service>("payment", replica, cashiers_[drawer],
                                          &Service::Stub::TakePayment, request, receipt);
            answer.made = "payment " + receipt.payment_id();
            return answer;
          }};
}

Workload::Mutation Workload::Next(std::mt19937_64& random, int caller,
                                  const std::string& request_id) const {
  const int account = static_cast<int>(random() % kAccounts);
  switch (options_.payments_only ? 3 : random() % 4) {
    case 0:
      return NewOrder(account, request_id);
    case 1:
      return NewCase(account, request_id);
    default:
      return NewPayment(random, account, caller, request_id);
  }
}

void Workload::Start() {
  for (int caller = 0; caller < options_.callers; ++caller) {
    callers_.emplace_back([this, caller] { Run(caller); });
  }
}

void Workload::Stop() {
  give_up_ = Steady::now() + kHealTime;
  stopping_ = true;
  for (std::thread& caller : callers_) caller.join();
  callers_.clear();
  give_up_ = Steady::now() + kAskAgainTime;
}

void Workload::Run(int caller) {
  std::mt19937_64 random(options_.seed + static_cast<std::uint64_t>(caller) + 1);
  for (int n = 0; !stopping_; ++n) {
    const std::string id = "fault-" + std::to_string(options_.seed) + "-" + std::to_string(caller) +
                           "-" + std::to_string(n) + "-request";
    const Mutation mutation = Next(random, caller, id);
    if (options_.replicas > 1 && mutation.replicated && n % kTwinEvery == 0) {
      std::future<Answer> twin = std::async(
          std::launch::async, [&, seed = random()] { return Resolve(mutation, 1, seed); });
      const Answer answer = Resolve(mutation, 0, random());
      const Answer other = twin.get();
      if (answer.status.ok() && other.status.ok() && answer.bytes != other.bytes) {
        const std::lock_guard lock(mutex_);
        refused_.push_back(id + ": two replicas answer differently");
      }
      Remember(id, mutation, answer);
      if (!other.status.ok()) Remember(id, mutation, other);
    } else {
      Remember(id, mutation, Resolve(mutation, kAny, random()));
    }
  }
}

Workload::Answer Workload::Resolve(const Mutation& mutation, int replica, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (auto pause = kPauseMin;; pause = std::min(2 * pause, kPauseMax)) {
    const int there = replica >= 0
                          ? replica
                          : static_cast<int>(random() % static_cast<unsigned>(options_.replicas));
    const Steady::time_point asked = Steady::now();
    Answer answer = mutation.send(there);
    if (!IsUnknown(answer.status)) {
      const Steady::time_point now = Steady::now();
      const std::lock_guard lock(mutex_);
      samples_.push_back({now, std::chrono::duration<double, std::milli>(now - asked).count()});
      return answer;
    }
    ++unknown_;
    if (Steady::now() > give_up_.load()) return answer;
    std::this_thread::sleep_for(pause);
  }
}

void Workload::Remember(const std::string& request_id, const Mutation& mutation,
                        const Answer& answer) {
  if (IsUnknown(answer.status)) {
    ++unresolved_;
    return;
  }
  const std::lock_guard lock(mutex_);
  if (!answer.status.ok()) {
    refused_.push_back(request_id + ": " + answer.status.error_message());
    return;
  }
  ++answered_;
  acknowledged_.push_back({answer.made, answer.bytes, [this, mutation] {
                             const Answer again = Resolve(mutation, kAny, options_.seed);
                             return again.status.ok() ? again.bytes
                                                      : "refused: " + again.status.error_message();
                           }});
}

double Workload::P99Millis(Steady::time_point from, Steady::time_point to) const {
  std::vector<double> within;
  const std::lock_guard lock(mutex_);
  for (const Sample& sample : samples_) {
    if (sample.at >= from && sample.at < to) within.push_back(sample.millis);
  }
  if (within.empty()) return 0;
  const auto nth = within.begin() + static_cast<std::ptrdiff_t>(within.size() * 99 / 100);
  std::ranges::nth_element(within, nth);
  return *nth;
}

}  // namespace reeve::fault
