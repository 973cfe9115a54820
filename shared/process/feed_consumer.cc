#include "shared/process/feed_consumer.h"

#include <algorithm>
#include <utility>

#include "shared/obs/log.h"
#include "shared/rpc/client.h"
#include "shared/rpc/error.h"

namespace reeve::process {
namespace {

namespace pb = feed::v1;

constexpr std::size_t kApplyMax = 500;      // events of one transaction
constexpr std::size_t kWaitingMax = 2'000;  // events read ahead
constexpr Duration kReconnectPause = Duration::Millis(200);
constexpr Duration kPauseMin = Duration::Millis(50);
constexpr Duration kPauseMax = Duration::Seconds(5);
constexpr Duration kApplyTime = Duration::Seconds(30);

Duration Longer(Duration pause) {
  return std::clamp(Duration::Micros(pause.micros() * 2), kPauseMin, kPauseMax);
}

feed::Event FromProto(const pb::Event& event) {
  return {event.partition(),
          event.position(),
          event.home(),
          event.type(),
          event.payload(),
          event.cause(),
          Instant::FromMicros(event.created_time_micros())};
}

}  // namespace

// One stream. It reads on by itself until it is paused.
class FeedConsumer::Reader final : public grpc::ClientReadReactor<pb::WatchResponse> {
 public:
  Reader(FeedConsumer& consumer, const feed::Token& token)
      : consumer_(consumer), context_(rpc::ServiceStreamContext(consumer.host_.service)) {
    request_.set_resume_token(token.Encode());
    for (const std::string& type : consumer.types_) request_.add_types(type);
  }
  void Begin() {
    consumer_.stub_->async()->Watch(context_.get(), &request_, this);
    AddHold();  // Resume starts a read from outside of a reaction
    StartRead(&response_);
    StartCall();
  }
  // The next two are called with the consumer's mutex held.
  void Resume() {
    if (std::exchange(paused_, false)) StartRead(&response_);
  }
  void Cancel() {
    context_->TryCancel();
    Release();
  }

  void OnReadDone(bool ok) override {
    if (ok) consumer_.Received(response_);
    const std::lock_guard lock(consumer_.mutex_);
    if (!ok) return Release();
    if (consumer_.waiting_.size() >= kWaitingMax) {
      paused_ = true;
    } else {
      StartRead(&response_);
    }
  }
  void OnDone(const grpc::Status& status) override { consumer_.Disconnected(status); }

 private:
  void Release() {
    if (!std::exchange(released_, true)) RemoveHold();
  }

  FeedConsumer& consumer_;
  const std::unique_ptr<grpc::ClientContext> context_;
  pb::WatchRequest request_;
  pb::WatchResponse response_;
  bool paused_ = false;
  bool released_ = false;
};

FeedConsumer::FeedConsumer(Host host, std::string producer, std::vector<std::string> types,
                           Apply apply, std::shared_ptr<grpc::Channel> channel)
    : host_(std::move(host)),
      producer_(std::move(producer)),
      types_(std::move(types)),
      apply_(std::move(apply)),
      stub_(pb::FeedService::NewStub(std::move(channel))) {}

FeedConsumer::~FeedConsumer() { Stop(); }

void FeedConsumer::Start() { ConnectLater(Duration()); }

void FeedConsumer::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  if (reader_) reader_->Cancel();
  quiet_.wait(lock, [this] { return !reader_ && !applying_; });
}

void FeedConsumer::ConnectLater(Duration pause) {
  host_.executor.PostAfter(pause, [this] { Connect(); });
}

void FeedConsumer::Connect() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (applying_) return ConnectLater(kReconnectPause);  // what was received before comes first
  }
  feed::Token token;
  try {
    host_.database.Read(host_.machine_clock.Now() + kApplyTime,
                        [&](db::Transaction& tx) { token = feed::AppliedToken(tx, producer_); });
  } catch (const db::DatabaseError& error) {
    obs::Log(obs::Level::kWarning, "feed_token_unreadable",
             {{"producer", producer_}, {"what", std::string_view(error.what())}});
    return ConnectLater(kPauseMax);
  }
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  if (from_start_) token = feed::Token();
  host_.applied.Merge(token);
  received_ = token;
  reader_ = std::make_unique<Reader>(*this, token);
  reader_->Begin();
}

void FeedConsumer::Received(const pb::WatchResponse& response) {
  const Result<feed::Token> token = feed::Token::Decode(response.resume_token());
  const Result<feed::Token> transitive = feed::Token::Decode(response.applied_token());
  if (!token.ok() || !transitive.ok()) {
    obs::Log(obs::Level::kError, "feed_token_malformed", {{"producer", producer_}});
    return;
  }
  const std::lock_guard lock(mutex_);
  from_start_ = false;
  received_ = *token;
  transitive_.Merge(*transitive);
  for (const pb::Event& event : response.events()) waiting_.push_back(FromProto(event));
  if (applying_ || stopping_) return;
  applying_ = true;
  host_.executor.Post([this] { ApplyWaiting(); });
}

void FeedConsumer::ApplyWaiting() {
  std::vector<feed::Event> events;
  feed::Token token;
  feed::Token transitive;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.empty()) {
      if (!stopping_) {
        host_.applied.Merge(received_);
        host_.applied.Merge(transitive_);
        host_.on_applied();
      }
      applying_ = false;
      return quiet_.notify_all();
    }
    const std::size_t count = one_by_one_ ? 1 : std::min(waiting_.size(), kApplyMax);
    events.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    for (const feed::Event& event : events) {
      token.Advance(producer_, received_.Epoch(producer_), event.partition, event.position);
    }
    if (count == waiting_.size()) token.Merge(received_);
  }
  const bool applied = ApplyOnce(events, token);
  {
    const std::lock_guard lock(mutex_);
    if (applied) {
      waiting_.erase(waiting_.begin(),
                     waiting_.begin() + static_cast<std::ptrdiff_t>(events.size()));
      pause_ = Duration();
      if (waiting_.empty()) one_by_one_ = false;
      if (reader_ && waiting_.size() < kWaitingMax / 2) reader_->Resume();
    } else {
      one_by_one_ = true;
      pause_ = Longer(pause_);
    }
  }
  if (applied) {
    host_.executor.Post([this] { ApplyWaiting(); });
  } else {
    host_.executor.PostAfter(pause_, [this] { ApplyWaiting(); });
  }
}

bool FeedConsumer::ApplyOnce(std::span<const feed::Event> events, const feed::Token& token) {
  Call call;
  call.caller = {CallerKind::kService, {}, producer_};
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.now = host_.clock.Now();
  call.today = host_.zone.DateAt(call.now);
  call.deadline = host_.machine_clock.Now() + kApplyTime;
  const std::string epoch(token.Epoch(producer_));
  feed::Token stored;
  std::string failure;
  try {
    const Result<> applied =
        host_.frame.Apply(call, events.front().home, [&](command::Change& change) -> Result<> {
          // Another replica of this service may have been here first.
          stored = feed::LockAppliedToken(change.tx(), producer_);
          std::vector<feed::Event> fresh;
          for (const feed::Event& event : events) {
            if (stored.Epoch(producer_) == epoch &&
                event.position <= stored.Position(producer_, event.partition)) {
              continue;
            }
            fresh.push_back(event);
          }
          if (!fresh.empty()) REEVE_RETURN_IF_ERROR(apply_(change, fresh));
          stored.Merge(token);
          feed::SaveAppliedToken(change.tx(), producer_, stored);
          return Ok();
        });
    if (!applied.ok()) failure = applied.error().reason() + ": " + applied.error().message();
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  }
  if (failure.empty()) {
    host_.applied_events.Add(static_cast<double>(events.size()));
    host_.applied.Merge(stored);
    host_.on_applied();
    return true;
  }
  host_.failures.Add();
  obs::Log(obs::Level::kError, "feed_not_applied",
           {{"producer", producer_},
            {"type", events.front().type},
            {"partition", events.front().partition},
            {"position", events.front().position},
            {"events", events.size()},
            {"what", failure}});
  return false;
}

void FeedConsumer::Disconnected(const grpc::Status& status) {
  const std::string reason = status.ok() ? "" : rpc::FromStatus(status).reason();
  std::unique_ptr<Reader> gone;  // destroyed behind the lock
  const std::lock_guard lock(mutex_);
  gone = std::move(reader_);
  if (!stopping_) {
    obs::Log(obs::Level::kWarning, "feed_lost",
             {{"producer", producer_},
              {"code", rpc::CodeName(status.error_code())},
              {"reason", reason}});
    if (reason == feed::reason::kEpochUnknown.name) from_start_ = true;
    ConnectLater(kReconnectPause);
  }
  quiet_.notify_all();
}

}  // namespace reeve::process
