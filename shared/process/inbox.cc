#include "shared/process/inbox.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace reeve::process {

void Inbox::Begin(const feed::Token& token) {
  received_ = token;
  told_.clear();
}

void Inbox::Arrived(std::vector<feed::Event> events, feed::Token behind,
                    std::optional<Progress> progress) {
  std::ranges::move(events, std::back_inserter(waiting_));
  received_ = std::move(behind);
  if (!progress) return;
  if (told_.size() > 1) told_.pop_back();
  told_.emplace_back(received_, *std::move(progress));
}

Inbox::Batch Inbox::Next(std::size_t events_max,
                         const std::function<bool(const std::string& cause)>& may_apply) const {
  Batch batch;
  Positions first;
  const std::string* asked = nullptr;  // events of one transaction have one cause: asked once
  bool may = true;
  for (const feed::Event& event : waiting_) {
    if (first.contains(event.partition)) continue;
    if (batch.events.size() < events_max) {
      if (asked == nullptr || *asked != event.cause) {
        may = event.cause.empty() || may_apply(event.cause);
        asked = &event.cause;
      }
      if (may) {
        batch.events.push_back(event);
        continue;
      }
      if (!batch.held) batch.held = event;
    }
    first.emplace(event.partition, event.position);
  }
  batch.token = BehindAllBut(first);
  return batch;
}

void Inbox::Applied(const Batch& batch) {
  std::set<std::pair<int, std::int64_t>> applied;
  for (const feed::Event& event : batch.events) applied.emplace(event.partition, event.position);
  std::erase_if(waiting_, [&](const feed::Event& event) {
    return applied.contains({event.partition, event.position});
  });
}

feed::Token Inbox::Behind() const {
  Positions first;
  for (const feed::Event& event : waiting_) first.emplace(event.partition, event.position);
  return BehindAllBut(first);
}

feed::Token Inbox::BehindAllBut(const Positions& first) const {
  feed::Token behind;
  for (const auto& [partition, position] : received_.Positions(producer_)) {
    const auto waits = first.find(partition);
    behind.Advance(producer_, received_.Epoch(producer_), partition,
                   waits == first.end() ? position : waits->second - 1);
  }
  return behind;
}

std::optional<Progress> Inbox::TakeTold() {
  std::optional<Progress> told;
  const feed::Token behind = Behind();
  while (!told_.empty() && behind.Covers(told_.front().first, producer_)) {
    told = std::move(told_.front().second);
    told_.pop_front();
  }
  return told;
}

}  // namespace reeve::process
