// Inbox: what has arrived of one producer's feed and is not applied yet, and which of it may be
// applied next: an event after its causes.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shared/feed/feed.h"
#include "shared/process/applied_tokens.h"

namespace reeve::process {

// Not thread-safe.
class Inbox {
 public:
  explicit Inbox(std::string producer) : producer_(std::move(producer)) {}

  // A stream begins behind `token`. Nothing waits.
  void Begin(const feed::Token& token);
  // A response: events, the token behind them and behind those of other types, and what the
  // producer said of itself when that was all.
  void Arrived(std::vector<feed::Event> events, feed::Token behind,
               std::optional<Progress> progress);

  // What goes into one transaction.
  struct Batch {
    std::vector<feed::Event> events;
    feed::Token token;                // behind them
    std::optional<feed::Event> held;  // the first that waits for its cause
  };
  // At most `events_max` events whose `may_apply(cause)` is true, each partition in its order. One
  // that may not holds up its own partition only: those of others may be what it waits for.
  Batch Next(std::size_t events_max,
             const std::function<bool(const std::string& cause)>& may_apply) const;
  // The batch is in the database.
  void Applied(const Batch& batch);

  // Behind everything that is applied or of no concern.
  feed::Token Behind() const;
  // What the producer said before that; once.
  std::optional<Progress> TakeTold();
  std::size_t size() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty(); }

 private:
  using Positions = std::map<int, std::int64_t>;
  // `first` is the first that waits in each partition.
  feed::Token BehindAllBut(const Positions& first) const;

  const std::string producer_;
  std::deque<feed::Event> waiting_;
  feed::Token received_;  // behind all that has arrived
  // Where it was said. The oldest and the newest: a busy feed must not put off the one by the next.
  std::deque<std::pair<feed::Token, Progress>> told_;
};

}  // namespace reeve::process
