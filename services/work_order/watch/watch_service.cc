#include "services/work_order/watch/watch_service.h"

#include <algorithm>

#include "reeve/work_order/v1/events.pb.h"
#include "services/work_order/order/order_store.h"
#include "services/work_order/order/order_wire_service.h"
#include "shared/core/fields.h"

namespace reeve::work_order {
namespace {

using Message = WatchService::Message;
using Routed = feed::Fanout<Message>::Routed;

constexpr std::string_view kMayWatchAll = "order.dispatch";
constexpr Reason kNotYourFeed{"NOT_YOUR_FEED"};
// A stream ends after 24 to 36 minutes, so that clients spread over the replicas again.
constexpr Duration kLifetimeMin = Duration::Minutes(24);
constexpr std::uint64_t kLifetimeSpreadMicros = 12 * 60 * 1'000'000ULL;

bool IsOpen(v1::OrderState state) {
  switch (state) {
    case v1::ORDER_STATE_DISPATCHED:
    case v1::ORDER_STATE_ACCEPTED:
    case v1::ORDER_STATE_EN_ROUTE:
    case v1::ORDER_STATE_ON_SITE:
    case v1::ORDER_STATE_IN_PROGRESS:
    case v1::ORDER_STATE_RECALL_PENDING:
      return true;
    default:
      return false;
  }
}

// An order is told to its technician, and as removed to whoever had it before.
void Route(const feed::Event& event, std::vector<Routed>& routed) {
  v1::OrderChanged changed;
  if (event.type != v1::OrderChanged::descriptor()->full_name() ||
      !changed.ParseFromString(event.payload)) {
    return;
  }
  const v1::Order& order = changed.order();
  const auto tell = [&](std::int64_t technician, v1::WatchKind kind) {
    if (technician == 0) return;
    Routed& one = routed.emplace_back(Routed{technician, order.order_id(), {}});
    one.message.set_kind(kind);
    *one.message.mutable_order() = order;
  };
  const std::int64_t technician = order.technician_id();
  tell(technician, IsOpen(order.state()) ? v1::WATCH_KIND_ORDER : v1::WATCH_KIND_REMOVED);
  if (changed.previous_technician_id() != technician) {
    tell(changed.previous_technician_id(), v1::WATCH_KIND_REMOVED);
  }
}

Message Say(v1::WatchKind kind, std::string token) {
  Message message;
  message.set_kind(kind);
  message.set_resume_token(std::move(token));
  return message;
}

}  // namespace

// One stream.
class WatchService::Client final : public feed::Fanout<Message>::Watcher {
 public:
  Client(std::shared_ptr<rpc::Stream<Message>> stream, const Clock& clock, Duration lifetime)
      : stream_(std::move(stream)), clock_(clock), end_time_(clock.Now() + lifetime) {}

  bool IsOver() override { return over_; }
  bool IsIdle() override { return stream_->Idle(); }
  void WhenIdle(std::function<void()> resume) override { stream_->WhenIdle(std::move(resume)); }
  void Tell(const Message& message, const std::string& token) override {
    Message told = message;
    told.set_resume_token(token);
    Send(std::move(told));
  }
  void Heartbeat(const std::string& token) override {
    Send(Say(v1::WATCH_KIND_HEARTBEAT, token));
    if (clock_.Now() >= end_time_) stream_->Finish(Ok());
  }
  void End(const Error& error) override { stream_->Finish(error); }

  bool Send(Message message) { return stream_->Send(std::move(message)); }
  void SetOver() { over_ = true; }

 private:
  const std::shared_ptr<rpc::Stream<Message>> stream_;
  const Clock& clock_;
  const Instant end_time_;
  std::atomic<bool> over_ = false;
};

WatchService::WatchService(rpc::Server& server, db::Database& database, const feed::Feed& feed,
                           Executor& background, Random& random, obs::Metrics& metrics)
    : server_(server),
      database_(database),
      feed_(feed),
      random_(random),
      streams_(metrics.NewGauge("watch_streams", "Open work feeds of technicians.")),
      opened_(metrics.NewCounterByLabel("watch_opened_total", "Work feeds that were opened.",
                                        "start", {"snapshot", "resume"})),
      fanout_(database, feed, background, Route) {}

grpc::ServerWriteReactor<Message>* WatchService::WatchWorkOrders(
    grpc::CallbackServerContext* context, const v1::WatchWorkOrdersRequest* request) {
  return server_.HandleStream<v1::WatchWorkOrdersRequest, Message>(
      context, request,
      [this](const Call& call, const v1::WatchWorkOrdersRequest& request,
             std::shared_ptr<rpc::Stream<Message>> stream) {
        return Open(call, request, std::move(stream));
      });
}

Result<> WatchService::Open(const Call& call, const v1::WatchWorkOrdersRequest& request,
                            std::shared_ptr<rpc::Stream<Message>> stream) {
  Fields fields;
  PersonId technician = call.caller.person;
  if (request.technician_id() != 0) {
    technician = PersonId(fields.Id("technician_id", request.technician_id()));
  }
  Result<feed::Token> token = feed::Token::Decode(request.resume_token());
  if (!token.ok()) fields.Refuse("resume_token", "is no token of this feed");
  if (!fields.ok()) return fields.error();
  if (technician != call.caller.person && !call.May(kMayWatchAll)) {
    return PermissionDenied(kNotYourFeed, "This is somebody else's work feed.");
  }
  const bool resumes = token->MentionsFeed(feed_.name());
  opened_.For(resumes ? "resume" : "snapshot").Add();
  const auto spread = static_cast<std::int64_t>(random_.Below(kLifetimeSpreadMicros));
  const Duration lifetime = Duration::Micros(kLifetimeMin.micros() + spread);
  const auto client = std::make_shared<Client>(stream, database_.clock(), lifetime);
  streams_.Set(++open_);
  stream->OnEnded([this, topic = technician.value(), client] {
    client->SetOver();
    streams_.Set(--open_);
    fanout_.Leave(topic, client);
  });
  if (resumes) {
    fanout_.Watch(technician.value(), *token, client);
  } else {
    TellSnapshot(std::make_shared<Snapshot>(TakeSnapshot(call, technician)), technician, client);
  }
  return Ok();
}

WatchService::Snapshot WatchService::TakeSnapshot(const Call& call, PersonId technician) {
  Snapshot snapshot;
  std::vector<Order> orders;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    orders = ListOrdersWith(tx, technician);
    snapshot.token = feed_.Head(tx);
  });
  snapshot.messages.push_back(Say(v1::WATCH_KIND_SNAPSHOT_BEGIN, {}));
  for (const Order& order : orders) {
    Message& message = snapshot.messages.emplace_back(Say(v1::WATCH_KIND_ORDER, {}));
    *message.mutable_order() = ToWire(order);
  }
  snapshot.messages.push_back(Say(v1::WATCH_KIND_SNAPSHOT_END, snapshot.token.Encode()));
  return snapshot;
}

void WatchService::TellSnapshot(std::shared_ptr<Snapshot> snapshot, PersonId technician,
                                std::shared_ptr<Client> client) {
  const std::size_t end =
      std::min(snapshot->messages.size(), snapshot->told + feed::Fanout<Message>::kMessagesMax);
  for (; snapshot->told < end; ++snapshot->told) {
    if (!client->Send(std::move(snapshot->messages[snapshot->told]))) return;
  }
  if (end == snapshot->messages.size()) {
    return fanout_.Watch(technician.value(), snapshot->token, std::move(client));
  }
  client->WhenIdle(
      [this, snapshot, technician, client] { TellSnapshot(snapshot, technician, client); });
}

}  // namespace reeve::work_order
