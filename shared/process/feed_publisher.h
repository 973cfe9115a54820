// FeedPublisher: serves a service's feed to those who watch it. One poller reads for all who are
// caught up; who is behind reads for himself until he has caught up.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "reeve/feed/v1/feed_service.pb.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"
#include "shared/process/applied_tokens.h"
#include "shared/rpc/stream.h"

namespace reeve::process {

class FeedPublisher {
 public:
  using Stream = rpc::Stream<feed::v1::WatchResponse>;
  static constexpr int kBatchMax = 500;

  FeedPublisher(db::Database& database, const feed::Feed& feed, const AppliedTokens& applied,
                const Clock& machine_clock, Executor& executor);

  void Start();  // polls from now on, hurried by this process's own commits
  void Stop();
  // Hurries the poller: an event was appended, or a neighbour's was applied.
  void Hint();

  // Replays what came after `token` into the stream, then follows. Empty `types`: all.
  void Watch(std::set<std::string> types, const feed::Token& token, std::shared_ptr<Stream> stream);

 private:
  struct Watcher {
    std::set<std::string> types;
    feed::Token token;
    std::shared_ptr<Stream> stream;
    std::atomic<bool> ended = false;
  };
  using WatcherPtr = std::shared_ptr<Watcher>;
  struct Batch {
    std::vector<feed::Event> events;
    feed::Token token;
  };

  void PollEvery();
  void Poll();
  // False if the live ones are not at `after` any more. `progress` only where the feed ends.
  bool SendLive(const feed::Token& after, const Batch& batch, const Progress* progress);
  void CatchUp(const WatcherPtr& watcher);
  void ReadFor(const WatcherPtr& watcher);
  bool Join(const WatcherPtr& watcher, const Progress& progress);
  void Leave(const WatcherPtr& watcher);
  Result<Batch> Read(const feed::Token& after);
  bool IsAtEnd(const Batch& batch) const;

  db::Database& database_;
  const feed::Feed& feed_;
  const AppliedTokens& applied_;
  const Clock& clock_;
  Executor& executor_;

  std::atomic<bool> stopping_ = false;
  std::atomic<bool> hinted_ = false;
  std::mutex poll_mutex_;  // one poll at a time
  Progress progress_sent_;
  std::atomic<Instant> sent_time_{};
  std::mutex mutex_;   // guards what follows
  feed::Token token_;  // of the poller; all who are live have got so far
  std::vector<WatcherPtr> live_;
};

}  // namespace reeve::process
