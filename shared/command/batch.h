// Batch: the way of a hot command. The method enqueues and leaves its worker; commands that arrive
// while one batch commits form the next. Batches are keyed by the command's home: one home is
// always in the same lane, so two batches of a process never meet. One caller is a batch of one: no
// rule has a second code path.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "shared/command/command.h"
#include "shared/core/seams.h"

namespace reeve::command {

struct BatchOptions {
  int lanes = 2;
  std::size_t commands_max = 256;  // of one batch; a batch never writes more than 5,000 rows
};

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
      : frame_(frame),
        executor_(executor),
        options_(options),
        body_(std::move(body)),
        lanes_(options.lanes) {}
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
  struct Lane {
    std::mutex mutex;
    std::deque<Entry> waiting;
    bool running = false;
  };
  void RunLane(Lane& lane);

  Frame& frame_;
  Executor& executor_;
  BatchOptions options_;
  Body body_;
  std::vector<Lane> lanes_;
};

template <class Command, class Answer>
void Batch<Command, Answer>::Submit(Call call, Command command, Done done) {
  Lane& lane = lanes_[static_cast<std::uint64_t>(command.home()) % lanes_.size()];
  bool start = false;
  {
    const std::lock_guard lock(lane.mutex);
    lane.waiting.push_back({std::move(call), std::move(command), std::move(done)});
    start = !std::exchange(lane.running, true);
  }
  if (start) executor_.Post([this, &lane] { RunLane(lane); });
}

template <class Command, class Answer>
void Batch<Command, Answer>::RunLane(Lane& lane) {
  for (;;) {
    std::vector<Entry> entries;
    {
      const std::lock_guard lock(lane.mutex);
      if (lane.waiting.empty()) {
        lane.running = false;
        return;
      }
      while (!lane.waiting.empty() && entries.size() < options_.commands_max) {
        entries.push_back(std::move(lane.waiting.front()));
        lane.waiting.pop_front();
      }
    }
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
}

}  // namespace reeve::command
