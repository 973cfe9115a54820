// Batch: the way of a hot command. The method enqueues and leaves its worker; commands that arrive
// while one batch commits form the next. A second lane opens only behind a backlog, so that few
// callers share few transactions; a small batch waits a moment for the callers whom the last one
// answered, for what a transaction costs does not depend on how many share it. The commands of one
// home are never in two batches at once, and run in their order. One caller is a batch of one: no
// rule has a second code path.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "shared/command/command.h"
#include "shared/core/seams.h"

namespace reeve::command {

struct BatchOptions {
  int lanes_max = 2;
  std::size_t backlog = 32;        // another lane opens each time that so many more wait
  std::size_t commands_max = 256;  // of one batch; a batch never writes more than 5,000 rows
  // How long a batch smaller than the backlog waits for as many callers as there were; one who is
  // alone never waits.
  Duration gather_max = Duration::Micros(1'500);
};

// Lanes that run side by side in this database: one where one connection writes, for which every
// further lane would only make the batches smaller.
inline int LanesOf(const db::Database& database) {
  return database.engine() == db::Engine::kSqlite ? 1 : BatchOptions{}.lanes_max;
}

// Outlives the tasks that it posts: the executor is stopped first.
template <class Command, class Answer>
class Batch {
 public:
  // The rules over a span of commands, in one transaction; answers one result per command, in their
  // order. changes[i] belongs to commands[i].
  using Body =
      std::function<std::vector<Result<Answer>>(db::Transaction&, std::span<Change* const> changes,
                                                std::span<const Command* const> commands)>;
  using Done = std::function<void(Result<Answer>)>;

  Batch(Frame& frame, Executor& executor, BatchOptions options, Body body)
      : frame_(frame), executor_(executor), options_(options), body_(std::move(body)) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // `done` runs exactly once, on a worker, after the commit that holds the command (or its
  // refusal).
  void Submit(Call call, Command command, Done done);

 private:
  struct Entry {
    Call call;
    Command command;
    Done done;
  };
  void RunLane();
  // True if the lane ends here: it opens again when as many wait as there were callers, or when the
  // time is over.
  bool Gather(std::size_t answered);
  // The next batch, whose homes are busy from now on; empty if nothing waits that may run.
  std::vector<Entry> Take();
  void Run(std::vector<Entry>& entries);

  Frame& frame_;
  Executor& executor_;
  const BatchOptions options_;
  const Body body_;

  std::mutex mutex_;  // guards what follows
  std::deque<Entry> waiting_;
  std::set<std::int64_t> busy_homes_;  // of the batches that run
  int lanes_ = 0;                      // that run
  bool gathering_ = false;             // no lane runs: the next waits for
  std::size_t expected_ = 0;           // so many commands
  std::int64_t gatherings_ = 0;        // so far
};

template <class Command, class Answer>
void Batch<Command, Answer>::Submit(Call call, Command command, Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(call), std::move(command), std::move(done)});
    if (gathering_) {
      if (waiting_.size() < expected_) return;
      gathering_ = false;
    } else if (lanes_ > 0 &&
               (lanes_ == options_.lanes_max || waiting_.size() % options_.backlog != 0)) {
      return;
    }
    ++lanes_;
  }
  executor_.Post([this] { RunLane(); });
}

template <class Command, class Answer>
void Batch<Command, Answer>::RunLane() {
  std::vector<Entry> entries;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      for (const Entry& entry : entries) busy_homes_.erase(entry.command.home());
      if (Gather(entries.size())) return;
      entries = Take();
      if (entries.empty()) {
        --lanes_;  // what still waits is of homes that are busy in another lane, which looks again
        return;
      }
    }
    Run(entries);
  }
}

template <class Command, class Answer>
bool Batch<Command, Answer>::Gather(std::size_t answered) {
  expected_ = answered + waiting_.size();
  if (answered == 0 || expected_ < 2) return false;
  if (expected_ > options_.backlog || lanes_ > 1) return false;  // large enough as it is
  --lanes_;
  gathering_ = true;
  executor_.PostAfter(options_.gather_max, [this, gathering = ++gatherings_] {
    {
      const std::lock_guard lock(mutex_);
      if (!gathering_ || gathering != gatherings_) return;  // all came in time
      gathering_ = false;
      ++lanes_;
    }
    RunLane();
  });
  return true;
}

template <class Command, class Answer>
auto Batch<Command, Answer>::Take() -> std::vector<Entry> {
  std::vector<Entry> taken;
  std::deque<Entry> left;
  std::set<std::int64_t> homes;
  for (Entry& entry : waiting_) {
    const std::int64_t home = entry.command.home();
    if (taken.size() == options_.commands_max || busy_homes_.contains(home)) {
      left.push_back(std::move(entry));
    } else {
      homes.insert(home);
      taken.push_back(std::move(entry));
    }
  }
  waiting_ = std::move(left);
  busy_homes_.merge(homes);
  return taken;
}

template <class Command, class Answer>
void Batch<Command, Answer>::Run(std::vector<Entry>& entries) {
  std::vector<Frame::Member> members;
  members.reserve(entries.size());
  for (const Entry& entry : entries) {
    members.push_back({&entry.call,
                       {Command::kMethod, entry.command.request_id, entry.command.home(),
                        entry.command.canonical().bytes()}});
  }
  std::vector<Result<Stored>> stored =
      frame_.WriteBatch(members, [&](db::Transaction& tx, std::span<Change* const> changes,
                                     std::span<const std::size_t> chosen) {
        std::vector<const Command*> commands;
        commands.reserve(chosen.size());
        for (const std::size_t index : chosen) commands.push_back(&entries[index].command);
        std::vector<Result<std::string>> bytes;
        bytes.reserve(chosen.size());
        for (Result<Answer>& answer : body_(tx, changes, commands)) {
          if (answer.ok()) {
            bytes.emplace_back(answer->SerializeAsString());
          } else {
            bytes.emplace_back(std::move(answer).error());
          }
        }
        return bytes;
      });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!stored[i].ok()) {
      entries[i].done(std::move(stored[i]).error());
      continue;
    }
    entries[i].done(ParseStored<Answer>(stored[i].value()));
  }
}

}  // namespace reeve::command
