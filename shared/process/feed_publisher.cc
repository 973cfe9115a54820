#include "shared/process/feed_publisher.h"

#include <algorithm>
#include <map>
#include <utility>

#include "shared/obs/log.h"

namespace reeve::process {
namespace {

namespace pb = feed::v1;

constexpr Duration kPollEvery = Duration::Millis(200);
constexpr Duration kHintPause = Duration::Millis(2);  // commits that come close are read together
// A busy feed is sent this often, so that its consumers apply many events at once; after a pause an
// event goes out at once.
constexpr Duration kSendEvery = Duration::Millis(20);
constexpr Duration kRetryPause = Duration::Millis(500);
constexpr Duration kJoinPause = Duration::Millis(5);
constexpr Duration kHeartbeatEvery = Duration::Seconds(15);
constexpr Duration kReadTime = Duration::Seconds(5);

pb::WatchResponse ToProto(std::span<const feed::Event> events, const std::set<std::string>& types,
                          const std::string& token, const Progress* progress) {
  pb::WatchResponse response;
  for (const feed::Event& event : events) {
    if (!types.empty() && !types.contains(event.type)) continue;
    pb::Event* added = response.add_events();
    added->set_partition(event.partition);
    added->set_position(event.position);
    added->set_home(event.home);
    added->set_type(event.type);
    added->set_payload(event.payload);
    added->set_cause(event.cause);
    added->set_created_time_micros(event.created_time.micros());
  }
  response.set_resume_token(token);
  if (progress == nullptr) return response;
  response.set_applied_token(progress->applied.Encode());
  for (const auto& [consumer, producers] : progress->consumptions) {
    pb::Consumption* added = response.add_consumptions();
    added->set_consumer(consumer);
    for (const std::string& producer : producers) added->add_producers(producer);
  }
  return response;
}

}  // namespace

FeedPublisher::FeedPublisher(db::Database& database, const feed::Feed& feed,
                             const AppliedTokens& applied, const Clock& machine_clock,
                             Executor& executor)
    : database_(database),
      feed_(feed),
      applied_(applied),
      clock_(machine_clock),
      executor_(executor) {}

void FeedPublisher::Start() {
  feed_.OnCommitted([this] { Hint(); });
  PollEvery();
}

void FeedPublisher::Stop() { stopping_ = true; }

void FeedPublisher::Hint() {
  if (stopping_ || hinted_.exchange(true)) return;
  const Instant now = clock_.Now();
  const Instant due = std::max(now + kHintPause, sent_time_.load() + kSendEvery);
  executor_.PostAfter(due - now, [this] {
    hinted_ = false;
    Poll();
  });
}

void FeedPublisher::PollEvery() {
  if (stopping_) return;
  executor_.PostAfter(kPollEvery, [this] {
    Poll();
    PollEvery();
  });
}

void FeedPublisher::Poll() {
  const std::unique_lock polling(poll_mutex_, std::try_to_lock);
  if (!polling.owns_lock()) return Hint();  // somebody else's read may have begun too early
  feed::Token after;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || live_.empty()) return;
    after = token_;
  }
  // Taken before the snapshot: what was applied by then has had its effects in it.
  const Progress progress = applied_.Now();
  try {
    for (;;) {
      Result<Batch> batch = Read(after);
      if (!batch.ok()) {
        obs::Log(obs::Level::kError, "feed_unreadable", {{"reason", batch.error().reason()}});
        return;
      }
      const bool at_end = IsAtEnd(*batch);
      const bool news =
          !(progress == progress_sent_) || clock_.Now() - sent_time_.load() >= kHeartbeatEvery;
      if (batch->events.empty() && !news) return;
      if (!SendLive(after, *batch, at_end ? &progress : nullptr)) return Hint();
      after = batch->token;
      sent_time_ = clock_.Now();
      if (!at_end) continue;
      progress_sent_ = progress;
      return;
    }
  } catch (const db::DatabaseError& error) {
    obs::Log(obs::Level::kWarning, "feed_poll_failed", {{"what", std::string_view(error.what())}});
  }
}

bool FeedPublisher::SendLive(const feed::Token& after, const Batch& batch,
                             const Progress* progress) {
  std::vector<WatcherPtr> behind;
  {
    const std::lock_guard lock(mutex_);
    if (!(token_ == after)) return false;  // all left meanwhile, and somebody new came
    token_ = batch.token;
    const std::string token = token_.Encode();
    std::map<std::set<std::string>, pb::WatchResponse> responses;  // most want the same
    std::vector<WatcherPtr> live;
    for (WatcherPtr& watcher : live_) {
      if (!watcher->stream->Idle()) {  // slower than the feed: reads for himself from now on
        behind.push_back(std::move(watcher));
        continue;
      }
      auto found = responses.find(watcher->types);
      if (found == responses.end()) {
        found = responses
                    .emplace(watcher->types, ToProto(batch.events, watcher->types, token, progress))
                    .first;
      }
      watcher->token = batch.token;
      watcher->stream->Send(found->second);
      live.push_back(std::move(watcher));
    }
    live_ = std::move(live);
  }
  for (const WatcherPtr& watcher : behind) CatchUp(watcher);
  return true;
}

void FeedPublisher::Watch(std::set<std::string> types, const feed::Token& token,
                          std::shared_ptr<Stream> stream) {
  auto watcher = std::make_shared<Watcher>();
  watcher->types = std::move(types);
  for (int partition = 0; partition < feed_.partitions(); ++partition) {
    const std::int64_t position = token.Position(feed_.name(), partition);
    if (position == 0) continue;
    watcher->token.Advance(feed_.name(), token.Epoch(feed_.name()), partition, position);
  }
  watcher->stream = std::move(stream);
  watcher->stream->OnEnded([this, watcher] { Leave(watcher); });
  CatchUp(watcher);
}

void FeedPublisher::Leave(const WatcherPtr& watcher) {
  watcher->ended = true;
  executor_.Post([this, watcher] {  // not here: the stream may end while it is sent to
    const std::lock_guard lock(mutex_);
    std::erase(live_, watcher);
  });
}

void FeedPublisher::CatchUp(const WatcherPtr& watcher) {
  watcher->stream->WhenIdle([this, watcher] {
    if (!watcher->ended && !stopping_) executor_.Post([this, watcher] { ReadFor(watcher); });
  });
}

void FeedPublisher::ReadFor(const WatcherPtr& watcher) {
  if (watcher->ended || stopping_) return;
  const Progress progress = applied_.Now();  // before the snapshot, as in Poll
  try {
    Result<Batch> batch = Read(watcher->token);
    if (!batch.ok()) return watcher->stream->Finish(batch.error());
    if (batch->events.empty()) {
      if (Join(watcher, progress)) return;
      executor_.PostAfter(kJoinPause, [this, watcher] { ReadFor(watcher); });
      return;
    }
    watcher->token = batch->token;
    watcher->stream->Send(ToProto(batch->events, watcher->types, batch->token.Encode(), nullptr));
    CatchUp(watcher);
  } catch (const db::DatabaseError& error) {
    obs::Log(obs::Level::kWarning, "feed_read_failed", {{"what", std::string_view(error.what())}});
    executor_.PostAfter(kRetryPause, [this, watcher] { ReadFor(watcher); });
  }
}

// False while the poller is somewhere else: it will be here in a moment, or is ahead and has to be
// followed.
bool FeedPublisher::Join(const WatcherPtr& watcher, const Progress& progress) {
  const std::lock_guard lock(mutex_);
  if (live_.empty()) token_ = watcher->token;
  if (!(watcher->token == token_)) {
    Hint();
    return false;
  }
  live_.push_back(watcher);
  watcher->stream->Send(ToProto({}, watcher->types, token_.Encode(), &progress));
  return true;
}

// Less than one partition's share: each was read to its end.
bool FeedPublisher::IsAtEnd(const Batch& batch) const {
  return std::ssize(batch.events) < kBatchMax / feed_.partitions();
}

Result<FeedPublisher::Batch> FeedPublisher::Read(const feed::Token& after) {
  return database_.ReadResult(clock_.Now() + kReadTime, [&](db::Transaction& tx) -> Result<Batch> {
    Batch batch{{}, after};
    REEVE_ASSIGN_OR_RETURN(batch.events, feed_.Read(tx, batch.token, kBatchMax));
    return batch;
  });
}

}  // namespace reeve::process
