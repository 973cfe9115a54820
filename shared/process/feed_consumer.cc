#include "shared/process/feed_consumer.h"

#include <algorithm>
#include <optional>
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
constexpr Duration kTooEarlyPause = Duration::Millis(10);
constexpr Duration kCausePause = Duration::Millis(5);
constexpr Duration kCausePatience = Duration::Seconds(5);  // without any of it arriving

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

// What the producer says of itself; nothing in a response that ends short of its feed's end.
std::optional<Result<Progress>> ProgressOf(const pb::WatchResponse& response) {
  if (response.consumptions().empty()) return std::nullopt;
  Result<feed::Token> applied = feed::Token::Decode(response.applied_token());
  if (!applied.ok()) return std::move(applied).error();
  Progress progress{std::move(applied).value(), {}};
  for (const pb::Consumption& consumption : response.consumptions()) {
    progress.consumptions[consumption.consumer()] = {consumption.producers().begin(),
                                                     consumption.producers().end()};
  }
  return progress;
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
    if (consumer_.inbox_.size() >= kWaitingMax) {
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
      stub_(pb::FeedService::NewStub(std::move(channel))),
      inbox_(producer_) {
  host_.applied.Follow(producer_);
}

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
  host_.applied.Applied(producer_, token);
  inbox_.Begin(token);
  reader_ = std::make_unique<Reader>(*this, token);
  reader_->Begin();
}

void FeedConsumer::Received(const pb::WatchResponse& response) {
  Result<feed::Token> token = feed::Token::Decode(response.resume_token());
  std::optional<Result<Progress>> progress = ProgressOf(response);
  if (!token.ok() || (progress && !progress->ok())) {
    obs::Log(obs::Level::kError, "feed_token_malformed", {{"producer", producer_}});
    return;
  }
  std::vector<feed::Event> events;
  for (const pb::Event& event : response.events()) events.push_back(FromProto(event));
  const std::lock_guard lock(mutex_);
  from_start_ = false;
  inbox_.Arrived(std::move(events), std::move(token).value(),
                 progress ? std::optional(std::move(*progress).value()) : std::nullopt);
  if (applying_ || stopping_) return;
  applying_ = true;
  host_.executor.Post([this] { ApplyWaiting(); });
}

void FeedConsumer::ApplyWaiting() {
  Inbox::Batch batch;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) NoteProgress();
    if (stopping_ || inbox_.empty()) {
      applying_ = false;
      return quiet_.notify_all();
    }
    batch = NextBatch();
  }
  if (batch.events.empty()) {
    return host_.executor.PostAfter(kCausePause, [this] { ApplyWaiting(); });
  }
  const Outcome outcome = ApplyOnce(batch);
  {
    const std::lock_guard lock(mutex_);
    if (outcome == Outcome::kApplied) {
      inbox_.Applied(batch);
      pause_ = Duration();
      if (inbox_.empty()) one_by_one_ = false;
      if (reader_ && inbox_.size() < kWaitingMax / 2) reader_->Resume();
    } else {
      one_by_one_ = true;
      pause_ = outcome == Outcome::kTooEarly ? kTooEarlyPause : Longer(pause_);
    }
  }
  if (outcome == Outcome::kApplied) {
    host_.executor.Post([this] { ApplyWaiting(); });
  } else {
    host_.executor.PostAfter(pause_, [this] { ApplyWaiting(); });
  }
}

Inbox::Batch FeedConsumer::NextBatch() {
  const std::size_t events_max = one_by_one_ ? 1 : kApplyMax;
  Inbox::Batch batch = inbox_.Next(events_max, [this](const std::string& cause) {
    const Result<feed::Token> token = feed::Token::Decode(cause);
    return !token.ok() || host_.applied.Missing(*token) == 0;
  });
  if (!batch.held) {
    missing_ = 0;
  } else if (IsGivenUp(*batch.held)) {
    obs::Log(obs::Level::kWarning, "feed_cause_given_up",
             {{"producer", producer_},
              {"type", batch.held->type},
              {"partition", batch.held->partition},
              {"position", batch.held->position},
              {"missing", missing_}});
    host_.causes_given_up.Add();
    missing_ = 0;
    batch = inbox_.Next(events_max, [](const std::string&) { return true; });
  }
  return batch;
}

bool FeedConsumer::IsGivenUp(const feed::Event& held) {
  const std::int64_t missing = host_.applied.Missing(feed::Token::Decode(held.cause).value());
  const Instant now = host_.machine_clock.Now();
  if (missing_ == 0 || missing < missing_) {
    missing_ = missing;
    missing_time_ = now;
  }
  return missing > 0 && now - missing_time_ >= kCausePatience;
}

void FeedConsumer::NoteProgress() {
  feed::Token behind = inbox_.Behind();
  std::optional<Progress> told = inbox_.TakeTold();
  if (behind == noted_ && !told) return;
  host_.applied.Applied(producer_, behind);
  noted_ = std::move(behind);
  if (told) host_.applied.Told(producer_, *std::move(told));
  host_.on_applied();
}

FeedConsumer::Outcome FeedConsumer::ApplyOnce(const Inbox::Batch& batch) {
  const std::vector<feed::Event>& events = batch.events;
  Call call;
  call.caller = {CallerKind::kService, {}, producer_};
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.now = host_.clock.Now();
  call.today = host_.zone.DateAt(call.now);
  call.deadline = host_.machine_clock.Now() + kApplyTime;
  const std::string epoch(batch.token.Epoch(producer_));
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
          stored.Merge(batch.token);
          feed::SaveAppliedToken(change.tx(), producer_, stored);
          return Ok();
        });
    if (!applied.ok() && applied.error().reason() == reason::kTooEarly.name) {
      return Outcome::kTooEarly;
    }
    if (!applied.ok()) failure = applied.error().reason() + ": " + applied.error().message();
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  }
  if (failure.empty()) {
    host_.applied_events.Add(static_cast<double>(events.size()));
    host_.applied.Applied(producer_, stored);
    return Outcome::kApplied;
  }
  host_.failures.Add();
  obs::Log(obs::Level::kError, "feed_not_applied",
           {{"producer", producer_},
            {"type", events.front().type},
            {"partition", events.front().partition},
            {"position", events.front().position},
            {"events", events.size()},
            {"what", failure}});
  return Outcome::kFailed;
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
