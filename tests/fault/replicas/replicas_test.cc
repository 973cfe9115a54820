// Two replicas of payment and two of work_order on one PostgreSQL, under load; one of each is
// killed on the way. Sessions, idempotency and feeds hold across them.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "reeve/work_order/v1/field_service.grpc.pb.h"
#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "services/payment/migrations.h"
#include "services/work_order/migrations.h"
#include "shared/command/command.h"
#include "shared/feed/feed.h"
#include "shared/process/system_seams.h"
#include "tests/bench/city.h"
#include "tests/fault/load/city_suite.h"
#include "tests/fault/load/doors.h"
#include "tests/fault/load/proof.h"
#include "tests/fault/load/workload.h"
#include "tests/fault/replicas/feeds.h"

namespace reeve::fault {
namespace {

using std::chrono::milliseconds;
using testing::Suite;
using Names = std::set<std::string>;

constexpr int kReplicas = 2;
constexpr std::size_t kEventsBeforeTheKill = 60;
constexpr auto kDead = milliseconds(1'500);
constexpr auto kKnownWithin = milliseconds(1'000);

class ReplicaFault : public ::testing::Test {
 protected:
  // Both replicas of a service start at once, on an empty database.
  ReplicaFault() {
    city_->StartRedis();
    for (const std::string& service : kServices) {
      city_->Start(service);
      if (service == "identity") city_->WaitReady(service);
      if (IsReplicated(service)) city_->Start(service, 1);
    }
    for (const std::string& service : kServices) {
      city_->WaitReady(service);
      if (IsReplicated(service)) city_->WaitReady(service, 1);
    }
    builder_ = city_->SignIn(bench::kBuilder, bench::kPassword);
  }
  static bool IsReplicated(const std::string& service) {
    return service == "payment" || service == "work_order";
  }
  std::size_t MigrationsApplied(const std::string& service) {
    const process::SystemClock clock;
    const auto database =
        db::OpenPostgres({.conninfo = city_->DatabaseLocation(service), .connections = 1}, clock);
    std::int64_t count = 0;
    database->Read(clock.Now() + Duration::Seconds(20), [&](db::Transaction& tx) {
      count = tx.Select(db::Query{"", "SELECT count(*) FROM schema_migration"})[0].Int(0);
    });
    return static_cast<std::size_t>(count);
  }

  template <class Service, class Request, class Response>
  Response Send(const std::string& service, int replica, const std::string& token,
                grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                Request request) {
    request.set_request_id("replica-fault-" + std::to_string(1'000 + ++requests_));
    return SendAs<Service>(service, replica, token, method, request);
  }
  template <class Service, class Request, class Response>
  Response SendAs(const std::string& service, int replica, const std::string& token,
                  grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                  const Request& request) {
    const auto stub = Service::NewStub(city_->Channel(service, replica));
    Response response;
    bench::Check((stub.get()->*method)(Suite::Context(token).get(), request, &response), service);
    return response;
  }

  // The office dispatches an order of a new premise at one replica.
  work_order::v1::Order Dispatch(int replica, std::int64_t technician) {
    using Orders = work_order::v1::OrderService;
    work_order::v1::CreateOrderRequest create;
    create.set_premise_id(2'000'000 + requests_);
    create.set_type(work_order::v1::ORDER_TYPE_TAG);
    create.set_service("electric");
    const auto order =
        Send<Orders>("work_order", replica, builder_, &Orders::Stub::CreateOrder, create);
    work_order::v1::DispatchOrderRequest dispatch;
    dispatch.set_premise_id(order.premise_id());
    dispatch.set_order_id(order.order_id());
    dispatch.set_technician_id(technician);
    return Send<Orders>("work_order", replica, builder_, &Orders::Stub::DispatchOrder, dispatch);
  }
  void Accept(int replica, const std::string& session, const work_order::v1::Order& order) {
    using Field = work_order::v1::FieldService;
    work_order::v1::AcceptOrderRequest accept;
    accept.mutable_assignment()->set_premise_id(order.premise_id());
    accept.mutable_assignment()->set_order_id(order.order_id());
    accept.mutable_assignment()->set_assignment_epoch(order.assignment_epoch());
    Send<Field>("work_order", replica, session, &Field::Stub::AcceptOrder, accept);
  }
  // The number of the receipt.
  std::int64_t TakeAt(int replica, const Workload& workload) {
    using Payments = payment::v1::PaymentService;
    payment::v1::TakePaymentRequest request;
    request.set_drawer_id(1);
    request.set_account_id(bench::AccountNumber(0).value());
    request.set_amount_cents(100);
    payment::v1::Tender& tender = *request.add_tenders();
    tender.set_kind(payment::v1::TENDER_KIND_CHECK);
    tender.set_amount_cents(100);
    tender.set_check_number("1");
    return Send<Payments>("payment", replica, workload.CashierOf(1), &Payments::Stub::TakePayment,
                          request)
        .receipt_no();
  }
  std::int64_t PersonOf(const std::string& session) {
    using Sessions = identity::v1::SessionService;
    return SendAs<Sessions>("identity", 0, session, &Sessions::Stub::WhoAmI,
                            identity::v1::WhoAmIRequest())
        .person_id();
  }

  const std::uint64_t seed_ = std::random_device()();
  CitySuite city_{{.engine = db::Engine::kPostgres}};
  std::string builder_;
  int requests_ = 0;
};

std::string Told(const work_order::v1::Order& order, const std::string& state) {
  return std::to_string(order.order_id()) + " ORDER_STATE_" + state;
}

TEST_F(ReplicaFault, BothAnswerAsOneAndTheFeedGoesOnAtTheOther) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
  const std::size_t shared = feed::Migrations().size() + command::Migrations().size();
  EXPECT_EQ(MigrationsApplied("payment"), shared + payment::Migrations().size());
  EXPECT_EQ(MigrationsApplied("work_order"), shared + work_order::Migrations().size());

  Workload workload(*city_, {.seed = seed_, .replicas = kReplicas});
  FeedTail tail(*city_, "payment", builder_);
  workload.Start();
  tail.Watch(1, [&] { return tail.events().size() >= kEventsBeforeTheKill; });

  // One of each is killed, the watcher in the middle, and the other goes on.
  std::thread killer([&] {
    std::this_thread::sleep_for(milliseconds(500));
    city_->Kill("payment", 1);
    city_->Kill("work_order", 0);
  });
  tail.Watch(1, [] { return false; });
  killer.join();
  const std::int64_t answered = workload.answered();
  const auto back = Steady::now() + kDead;
  tail.Watch(0, [&, before = tail.events().size()] { return tail.events().size() > before; });
  EXPECT_LT(Steady::now(), back) << "the other replica tells nothing new";
  std::this_thread::sleep_until(back);
  EXPECT_GT(workload.answered(), answered) << "the other replica does not answer";
  city_->Start("payment", 1);
  city_->Start("work_order", 0);
  std::this_thread::sleep_for(kDead);
  workload.Stop();
  tail.Watch(1, [&] { return tail.AtEnd(0); });

  std::printf("%zu acknowledged, %lld answers lost on the way, %zu events\n",
              workload.acknowledged().size(), static_cast<long long>(workload.unknown()),
              tail.events().size());
  EXPECT_GT(workload.unknown(), 0);
  EXPECT_EQ(workload.unresolved(), 0);
  EXPECT_EQ(workload.refused(), std::vector<std::string>());
  Names told;
  for (const feed::v1::Event& event : tail.events()) {
    payment::v1::PaymentTaken taken;
    if (event.type() != taken.GetTypeName()) continue;
    ASSERT_TRUE(taken.ParseFromString(event.payload()));
    told.insert("payment " + taken.payment_id());
  }
  Names acknowledged;
  for (const auto& each : workload.acknowledged()) {
    if (each.made.starts_with("payment ")) acknowledged.insert(each.made);
  }
  EXPECT_EQ(told, acknowledged);
  EXPECT_EQ(FirstGap(tail.events()), "");
  EXPECT_EQ(FirstViolation(*city_, workload), "");

  // The control of the twins: two requests, one to each, are two receipts.
  const std::int64_t here = TakeAt(0, workload);
  EXPECT_EQ(TakeAt(1, workload), here + 1);
  // The controls of the feed: a lost event, and one that is told twice.
  std::vector<feed::v1::Event> events = tail.events();
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2));
  EXPECT_NE(FirstGap(events), "");
  events = tail.events();
  events.push_back(events.back());
  EXPECT_NE(FirstGap(events), "");
}

TEST_F(ReplicaFault, ATechnicianResumesAtTheOtherAndARevokedSessionEndsAtBoth) {
  const Doors doors(*city_, kReplicas);
  const std::string session = city_->SignIn(bench::kSigner, bench::kPassword);
  ASSERT_EQ(doors.all().count("payment/1"), 1u);
  EXPECT_EQ(doors.Open(session), doors.all());
  const std::int64_t person = PersonOf(session);
  std::string token;
  work_order::v1::Order first;
  {
    Technician client(*city_, 1, session, "");
    client.SkipSnapshot();
    first = Dispatch(0, person);
    EXPECT_EQ(client.Next(), Told(first, "DISPATCHED"));
    token = client.token();
  }
  Accept(1, session, first);
  const work_order::v1::Order second = Dispatch(0, person);
  Technician client(*city_, 0, session, token);
  Names told = {client.Next(), client.Next()};  // of two places: in either order
  EXPECT_EQ(told, (Names{Told(first, "ACCEPTED"), Told(second, "DISPATCHED")}));
  const work_order::v1::Order third = Dispatch(1, person);
  EXPECT_EQ(client.Next(), Told(third, "DISPATCHED"));

  // The control: from an older token on, something is told again.
  {
    Technician again(*city_, 1, session, token);
    told.insert(Told(third, "DISPATCHED"));
    EXPECT_EQ((Names{again.Next(), again.Next(), again.Next()}), told);
  }

  SignOut(*city_, session);
  std::this_thread::sleep_for(kKnownWithin);
  EXPECT_EQ(doors.Open(session), Names());
  EXPECT_EQ(client.Next(), "the stream has ended");
  EXPECT_EQ(doors.Open(builder_), doors.all()) << "the control: one that was not revoked goes on";
}

}  // namespace
}  // namespace reeve::fault
