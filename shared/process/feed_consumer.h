// FeedConsumer: applies a neighbour's events, each once, in commit order, for as long as the
// service runs. It reads ahead while it applies, so that the events of a busy producer go into few
// transactions. An event waits for its causes in other feeds that the service consumes, for a
// bounded time.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"
#include "shared/obs/metrics.h"
#include "shared/process/applied_tokens.h"
#include "shared/process/inbox.h"

namespace reeve::process {

class FeedConsumer {
 public:
  using Apply = std::function<Result<>(command::Change&, std::span<const feed::Event>)>;
  // Of the service that consumes.
  struct Host {
    const std::string& service;
    db::Database& database;
    command::Frame& frame;
    AppliedTokens& applied;
    const Clock& clock;
    const Clock& machine_clock;
    const TimeZone& zone;
    Executor& executor;
    obs::Counter& applied_events;
    obs::Counter& failures;
    obs::Counter& causes_given_up;
    std::function<void()> on_applied;
  };

  FeedConsumer(Host host, std::string producer, std::vector<std::string> types, Apply apply,
               std::shared_ptr<grpc::Channel> channel);
  ~FeedConsumer();

  void Start();
  void Stop();  // returns when the stream is closed and nothing is being applied

  const std::string& producer() const { return producer_; }

 private:
  class Reader;
  friend class Reader;

  void Connect();
  void ConnectLater(Duration pause);
  // From the reader.
  void Received(const feed::v1::WatchResponse& response);
  void Disconnected(const grpc::Status& status);
  void ApplyWaiting();
  // What may be applied now: events behind their causes, or all once patience has run out.
  Inbox::Batch NextBatch();
  // Whether a cause has been waited for in vain: nothing of it has arrived for a while.
  bool IsGivenUp(const feed::Event& held);
  // One transaction.
  enum class Outcome { kApplied, kTooEarly, kFailed };
  Outcome ApplyOnce(const Inbox::Batch& batch);
  // Tells the readers who wait.
  void NoteProgress();

  const Host host_;
  const std::string producer_;
  const std::vector<std::string> types_;
  const Apply apply_;
  const std::unique_ptr<feed::v1::FeedService::Stub> stub_;

  std::mutex mutex_;
  std::condition_variable quiet_;
  bool stopping_ = false;
  bool applying_ = false;    // a task is on its way or running; only then something waits
  bool from_start_ = false;  // the producer does not know our token any more
  std::unique_ptr<Reader> reader_;
  Inbox inbox_;
  feed::Token noted_;         // how far `applied` was told of
  std::int64_t missing_ = 0;  // events before the cause that is waited for
  Instant missing_time_;      // when it became that few
  Duration pause_;
  bool one_by_one_ = false;
};

}  // namespace reeve::process
