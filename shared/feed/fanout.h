// Fanout: one reader of a feed for all the watchers of a process, each of whom wants the events of
// one topic (a technician's orders). A watcher that is slow, or comes with an old token, reads for
// itself until it has caught up; it is told the latest state of each thing, without a gap or a
// repeat.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "shared/core/seams.h"
#include "shared/feed/feed.h"
#include "shared/obs/log.h"

namespace reeve::feed {

// Outlives the tasks that it posts: the executor is stopped first. Thread-safe.
template <class Message>
class Fanout {
 public:
  // What an event means to those who watch `topic`. Of several messages with one key that wait for
  // a watcher, the last is told.
  struct Routed {
    std::int64_t topic = 0;
    std::int64_t key = 0;
    Message message;
  };
  using Route = std::function<void(const Event&, std::vector<Routed>&)>;

  // Called by one thread at a time.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual bool IsOver() = 0;
    // True if nothing waits to be sent.
    virtual bool IsIdle() = 0;
    // `resume` runs once nothing waits, or the watcher is over.
    virtual void WhenIdle(std::function<void()> resume) = 0;
    // At most kMessagesMax until it is idle again; `token` resumes behind the message.
    virtual void Tell(const Message& message, const std::string& token) = 0;
    virtual void Heartbeat(const std::string& token) = 0;
    virtual void End(const Error& error) = 0;
  };
  static constexpr std::size_t kMessagesMax = 32;

  Fanout(db::Database& database, const Feed& feed, Executor& executor, Route route)
      : database_(database), feed_(feed), executor_(executor), route_(std::move(route)) {
    feed_.OnCommitted([this] { Hint(); });
    PollLater();
    HeartbeatLater();
  }
  Fanout(const Fanout&) = delete;
  Fanout& operator=(const Fanout&) = delete;

  // Tells the watcher what came after `token`, then follows.
  void Watch(std::int64_t topic, Token token, std::shared_ptr<Watcher> watcher) {
    CatchUp(std::make_shared<Seat>(Seat{topic, std::move(token), std::move(watcher)}));
  }
  // The watcher is over: forgets it. May be called while it is told something.
  void Leave(std::int64_t topic, std::shared_ptr<Watcher> watcher) {
    executor_.Post([this, topic, watcher = std::move(watcher)] {
      const std::lock_guard lock(mutex_);
      const auto seats = live_.find(topic);
      if (seats == live_.end()) return;
      std::erase_if(seats->second, [&](const SeatPtr& seat) { return seat->watcher == watcher; });
      if (seats->second.empty()) live_.erase(seats);
    });
  }

 private:
  static constexpr int kEventsMax = 500;
  static constexpr Duration kPollEvery = Duration::Millis(200);
  static constexpr Duration kHintPause = Duration::Millis(2);  // commits that come close, read once
  static constexpr Duration kRetryPause = Duration::Millis(500);
  static constexpr Duration kHeartbeatEvery = Duration::Seconds(20);
  static constexpr Duration kReadTime = Duration::Seconds(5);

  struct Seat {
    std::int64_t topic;
    Token token;  // everything up to here was told, or is of no concern
    std::shared_ptr<Watcher> watcher;
  };
  using SeatPtr = std::shared_ptr<Seat>;

  // A message, where its event stands, and how far a reader is behind it.
  struct Told {
    Message message;
    int partition = 0;
    std::int64_t position = 0;
    Token token;
    std::string encoded;
  };
  struct Batch {
    Token begin;
    std::vector<Event> events;
    Token end;
  };
  struct Ended {
    Error error;
  };

  Batch Read(Token after) {
    Batch batch{.begin = after};
    const Instant deadline = database_.clock().Now() + kReadTime;
    Result<std::vector<Event>> events = database_.ReadResult(
        deadline, [&](db::Transaction& tx) { return feed_.Read(tx, after, kEventsMax); });
    if (!events.ok()) throw Ended{std::move(events).error()};
    batch.events = std::move(events).value();
    batch.end = std::move(after);
    return batch;
  }

  // The messages of each topic that `wanted` asks for, without those that a later one supersedes.
  template <class Wanted>
  std::map<std::int64_t, std::vector<Told>> RouteAll(const std::vector<Event>& events, Token token,
                                                     const Wanted& wanted) {
    std::map<std::int64_t, std::vector<Told>> by_topic;
    std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> last;  // (topic, key) -> index
    std::vector<Routed> routed;
    for (const Event& event : events) {
      token.Advance(feed_.name(), feed_.epoch(), event.partition, event.position);
      routed.clear();
      route_(event, routed);
      for (Routed& one : routed) {
        if (!wanted(one.topic)) continue;
        std::vector<Told>& told = by_topic[one.topic];
        const auto [earlier, is_new] = last.try_emplace({one.topic, one.key}, told.size());
        if (!is_new) told[std::exchange(earlier->second, told.size())].position = 0;
        told.push_back({std::move(one.message), event.partition, event.position, token, {}});
      }
    }
    for (auto& [topic, told] : by_topic) {
      std::erase_if(told, [](const Told& one) { return one.position == 0; });
      for (Told& one : told) one.encoded = one.token.Encode();
    }
    return by_topic;
  }

  void Hint() {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(hinted_, true)) return;
    }
    executor_.PostAfter(kHintPause, [this] {
      {
        const std::lock_guard lock(mutex_);
        hinted_ = false;
      }
      Poll();
    });
  }
  void PollLater() {
    executor_.PostAfter(kPollEvery, [this] {
      Poll();
      PollLater();
    });
  }

  void Poll() {
    const std::unique_lock polling(poll_mutex_, std::try_to_lock);
    if (!polling.owns_lock()) return Hint();  // that read may have begun too early
    try {
      for (bool more = true; more;) {
        Token after;
        {
          const std::lock_guard lock(mutex_);
          if (live_.empty()) return;
          after = token_;
        }
        const Batch batch = Read(std::move(after));
        more = !batch.events.empty();
        if (more) TellLive(batch);
      }
    } catch (const db::DatabaseError& error) {
      obs::Log(obs::Level::kWarning, "fanout_poll_failed", {{"detail", error.what()}});
    } catch (const Ended& ended) {
      obs::Log(obs::Level::kError, "fanout_poll_ended", {{"reason", ended.error.reason()}});
    }
  }

  void TellLive(const Batch& batch) {
    std::vector<SeatPtr> behind;
    {
      const std::lock_guard lock(mutex_);
      if (!(batch.begin == token_)) return;  // all had left, and somebody joined at another place
      const auto is_live = [&](std::int64_t topic) { return live_.contains(topic); };
      for (const auto& [topic, told] : RouteAll(batch.events, token_, is_live)) {
        TellTopic(topic, told, behind);
      }
      token_ = batch.end;
    }
    for (const SeatPtr& seat : behind) CatchUp(seat);
  }

  // Moves the seats that are not idle, or would be flooded, to `behind`.
  void TellTopic(std::int64_t topic, const std::vector<Told>& told, std::vector<SeatPtr>& behind) {
    std::vector<SeatPtr>& seats = live_[topic];
    std::erase_if(seats, [&](const SeatPtr& seat) {
      if (seat->watcher->IsOver()) return true;
      seat->token.Merge(token_);
      if (told.size() <= kMessagesMax && seat->watcher->IsIdle()) {
        for (const Told& one : told) Tell(*seat, one);
        return false;
      }
      behind.push_back(seat);
      return true;
    });
    if (seats.empty()) live_.erase(topic);
  }

  void Tell(Seat& seat, const Told& told) {
    if (told.position <= seat.token.Position(feed_.name(), told.partition)) return;
    seat.token.Merge(told.token);
    seat.watcher->Tell(told.message, seat.token == told.token ? told.encoded : seat.token.Encode());
  }

  void CatchUp(const SeatPtr& seat) {
    seat->watcher->WhenIdle([this, seat] {
      if (!seat->watcher->IsOver()) executor_.Post([this, seat] { ReadFor(seat); });
    });
  }

  void ReadFor(const SeatPtr& seat) {
    if (seat->watcher->IsOver()) return;
    try {
      const Batch batch = Read(seat->token);
      if (batch.events.empty()) {
        if (!Join(seat)) executor_.Post([this, seat] { ReadFor(seat); });
        return;
      }
      const auto is_mine = [&](std::int64_t topic) { return topic == seat->topic; };
      std::vector<Told> told = std::move(RouteAll(batch.events, seat->token, is_mine)[seat->topic]);
      const bool all = told.size() <= kMessagesMax;
      if (!all) told.resize(kMessagesMax);
      for (const Told& one : told) Tell(*seat, one);
      if (all) seat->token = batch.end;
      CatchUp(seat);
    } catch (const db::DatabaseError& error) {
      obs::Log(obs::Level::kWarning, "fanout_read_failed", {{"detail", error.what()}});
      executor_.PostAfter(kRetryPause, [this, seat] { ReadFor(seat); });
    } catch (const Ended& ended) {
      seat->watcher->End(ended.error);
    }
  }

  // False if the poller has got further meanwhile.
  bool Join(const SeatPtr& seat) {
    const std::lock_guard lock(mutex_);
    if (live_.empty()) token_ = seat->token;
    if (!seat->token.Covers(token_, feed_.name())) return false;
    if (!seat->watcher->IsOver()) live_[seat->topic].push_back(seat);
    return true;
  }

  void HeartbeatLater() {
    executor_.PostAfter(kHeartbeatEvery, [this] {
      {
        const std::lock_guard lock(mutex_);
        for (auto& [topic, seats] : live_) {
          for (const SeatPtr& seat : seats) {
            seat->token.Merge(token_);
            if (seat->watcher->IsIdle()) seat->watcher->Heartbeat(seat->token.Encode());
          }
        }
      }
      HeartbeatLater();
    });
  }

  db::Database& database_;
  const Feed& feed_;
  Executor& executor_;
  const Route route_;

  std::mutex poll_mutex_;  // one poll at a time
  std::mutex mutex_;       // guards what follows, and the seats that are live
  bool hinted_ = false;
  Token token_;  // of the poller
  std::map<std::int64_t, std::vector<SeatPtr>> live_;
};

}  // namespace reeve::feed
