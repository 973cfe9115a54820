#include "tests/fault/replicas/feeds.h"

#include <stdexcept>
#include <utility>

#include "shared/feed/feed.h"
#include "tests/bench/city.h"

namespace reeve::fault {
namespace {

using testing::Suite;

constexpr int kWatchMillis = 60'000;

}  // namespace

FeedTail::FeedTail(const Suite& suite, std::string service, std::string session)
    : suite_(suite), service_(std::move(service)), session_(std::move(session)) {}

void FeedTail::Watch(int replica, const std::function<bool()>& enough) {
  const auto stub = feed::v1::FeedService::NewStub(suite_.Channel(service_, replica));
  const auto context = Suite::Context(session_, kWatchMillis);
  feed::v1::WatchRequest request;
  request.set_resume_token(token_);
  const auto reader = stub->Watch(context.get(), request);
  feed::v1::WatchResponse response;
  while (!enough() && reader->Read(&response)) {
    events_.insert(events_.end(), response.events().begin(), response.events().end());
    token_ = response.resume_token();
  }
  context->TryCancel();
  while (reader->Read(&response)) {
  }
  if (const grpc::Status status = reader->Finish();
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    bench::Check(status, "the feed of " + service_);
  }
}

bool FeedTail::AtEnd(int replica) const {
  const auto stub = feed::v1::FeedService::NewStub(suite_.Channel(service_, replica));
  feed::v1::GetHeadResponse head;
  bench::Check(stub->GetHead(Suite::Context(session_).get(), {}, &head), "GetHead");
  return feed::Token::Decode(token_).value().Covers(feed::Token::Decode(head.token()).value(),
                                                    service_);
}

std::string FirstGap(const std::vector<feed::v1::Event>& events) {
  std::map<int, std::int64_t> last;
  for (const feed::v1::Event& event : events) {
    if (event.position() != ++last[event.partition()]) {
      return std::to_string(event.position()) + " instead of " +
             std::to_string(last[event.partition()]) + " in partition " +
             std::to_string(event.partition());
    }
  }
  return "";
}

Technician::Technician(const Suite& suite, int replica, const std::string& session,
                       const std::string& resume_token)
    : stub_(work_order::v1::WatchService::NewStub(suite.Channel("work_order", replica))),
      context_(Suite::Context(session, kWatchMillis)),
      token_(resume_token) {
  work_order::v1::WatchWorkOrdersRequest request;
  request.set_resume_token(resume_token);
  reader_ = stub_->WatchWorkOrders(context_.get(), request);
}

Technician::~Technician() {
  context_->TryCancel();
  while (Read()) {
  }
  (void)reader_->Finish();
}

std::optional<Technician::Message> Technician::Read() {
  Message message;
  if (!reader_->Read(&message)) return std::nullopt;
  if (!message.resume_token().empty()) token_ = message.resume_token();
  return message;
}

std::string Technician::Next() {
  while (const std::optional<Message> message = Read()) {
    if (message->has_order()) {
      return std::to_string(message->order().order_id()) + " " +
             work_order::v1::OrderState_Name(message->order().state());
    }
  }
  return "the stream has ended";
}

void Technician::SkipSnapshot() {
  while (const std::optional<Message> message = Read()) {
    if (message->kind() == work_order::v1::WATCH_KIND_SNAPSHOT_END) return;
  }
}

}  // namespace reeve::fault
