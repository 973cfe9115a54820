#include "shared/process/applied_tokens.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::process {
namespace {

constexpr int kTokensMax = 16;  // in one `at_least`

// Positions that both have reached; none where they are of different histories.
feed::Token Lesser(const feed::Token& one, const feed::Token& other, const std::string& feed) {
  feed::Token lesser;
  if (one.Epoch(feed) != other.Epoch(feed)) return lesser;
  for (const auto& [partition, position] : one.Positions(feed)) {
    lesser.Advance(feed, one.Epoch(feed), partition,
                   std::min(position, other.Position(feed, partition)));
  }
  return lesser;
}

feed::Token Only(const std::string& feed, const feed::Token& token) {
  return Lesser(token, token, feed);
}

}  // namespace

void AppliedTokens::Follow(const std::string& producer) {
  const std::lock_guard lock(mutex_);
  producers_.try_emplace(producer);
}

void AppliedTokens::Applied(const std::string& producer, const feed::Token& token) {
  const std::lock_guard lock(mutex_);
  Producer& known = producers_.at(producer);
  const bool new_history = known.applied.MentionsFeed(producer) && token.MentionsFeed(producer) &&
                           known.applied.Epoch(producer) != token.Epoch(producer);
  if (new_history) known.told.reset();  // it may have lost what it said that it had applied
  known.applied.Merge(token);
}

void AppliedTokens::Told(const std::string& producer, Progress progress) {
  const std::lock_guard lock(mutex_);
  producers_.at(producer).told = std::move(progress);
}

const std::set<std::string>* AppliedTokens::ConsumedBy(const std::string& service) const {
  const auto find = [&](const std::optional<Progress>& told) -> const std::set<std::string>* {
    if (!told) return nullptr;
    const auto found = told->consumptions.find(service);
    return found == told->consumptions.end() ? nullptr : &found->second;
  };
  if (const auto itself = producers_.find(service); itself != producers_.end()) {
    return find(itself->second.told);  // it knows best
  }
  for (const auto& [name, producer] : producers_) {
    if (const auto* found = find(producer.told)) return found;
  }
  return nullptr;
}

std::optional<std::set<std::string>> AppliedTokens::Carriers(const std::string& feed) const {
  std::set<std::string> carriers;
  for (const auto& [name, producer] : producers_) {
    // Everybody whose feed gets into this producer's, but not through ourselves: what comes back
    // was here before.
    std::set<std::string> seen = {own_.name(), feed, name};
    std::vector<std::string> open = {name};
    while (!open.empty()) {
      const std::set<std::string>* consumed = ConsumedBy(open.back());
      open.pop_back();
      if (consumed == nullptr) return std::nullopt;
      if (consumed->contains(feed)) carriers.insert(name);
      for (const std::string& next : *consumed) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
  }
  return carriers;
}

Result<bool> AppliedTokens::CoversFeed(const std::string& feed, const feed::Token& wanted) const {
  if (feed == own_.name()) {
    if (wanted.Epoch(feed) == own_.epoch()) return true;
    return OutOfRange(feed::reason::kEpochUnknown,
                      "What you refer to is of another history of this service.");
  }
  if (const auto producer = producers_.find(feed); producer != producers_.end()) {
    return producer->second.applied.Covers(wanted, feed);
  }
  const std::optional<std::set<std::string>> carriers = Carriers(feed);
  if (!carriers) return false;
  if (carriers->empty()) {
    return FailedPrecondition(reason::kFeedNotFollowed, "Nothing of that feed ever gets here.")
        .With("feed", feed);
  }
  return std::ranges::all_of(*carriers, [&](const std::string& carrier) {
    return producers_.at(carrier).told->applied.Covers(wanted, feed);
  });
}

Result<bool> AppliedTokens::Covers(const std::string& tokens) const {
  bool covers = true;
  std::string_view rest = tokens;
  for (int count = 0; !rest.empty(); ++count) {
    const std::string_view text = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    const Result<feed::Token> wanted = feed::Token::Decode(text);
    if (!wanted.ok() || count == kTokensMax) {
      return InvalidArgument({{"at_least", "is not what the feeds of this suite have given"}});
    }
    REEVE_ASSIGN_OR_RETURN(const bool covered, CoversOne(*wanted));
    covers = covers && covered;
  }
  return covers;
}

Result<bool> AppliedTokens::CoversOne(const feed::Token& wanted) const {
  const std::lock_guard lock(mutex_);
  bool covers = true;
  for (const std::string& feed : wanted.Feeds()) {
    const auto& positions = wanted.Positions(feed);
    if (std::ranges::all_of(positions, [](const auto& entry) { return entry.second == 0; })) {
      continue;  // the beginning is everywhere
    }
    REEVE_ASSIGN_OR_RETURN(const bool covered, CoversFeed(feed, wanted));
    covers = covers && covered;
  }
  return covers;
}

std::int64_t AppliedTokens::Missing(const feed::Token& cause) const {
  const std::lock_guard lock(mutex_);
  std::int64_t missing = 0;
  for (const auto& [feed, producer] : producers_) {
    const bool same_history = producer.applied.Epoch(feed) == cause.Epoch(feed);
    for (const auto& [partition, position] : cause.Positions(feed)) {
      const std::int64_t applied = same_history ? producer.applied.Position(feed, partition) : 0;
      missing += std::max<std::int64_t>(0, position - applied);
    }
  }
  return missing;
}

Progress AppliedTokens::Now() const {
  const std::lock_guard lock(mutex_);
  Progress now;
  std::set<std::string>& own = now.consumptions[own_.name()];
  std::set<std::string> farther;  // feeds that producers have told of
  for (const auto& [name, producer] : producers_) {
    own.insert(name);
    now.applied.Merge(producer.applied);
    if (!producer.told) continue;
    for (const std::string& feed : producer.told->applied.Feeds()) farther.insert(feed);
    for (const auto& [service, consumed] : producer.told->consumptions) {
      if (service == own_.name()) continue;
      if (const auto* best = ConsumedBy(service)) now.consumptions.try_emplace(service, *best);
    }
  }
  for (const std::string& feed : farther) {
    if (feed == own_.name() || producers_.contains(feed)) continue;
    const std::optional<std::set<std::string>> carriers = Carriers(feed);
    if (!carriers || carriers->empty()) continue;
    const auto applied_by = [&](const std::string& carrier) -> const feed::Token& {
      return producers_.at(carrier).told->applied;
    };
    feed::Token applied = Only(feed, applied_by(*carriers->begin()));
    for (const std::string& carrier : *carriers) {
      applied = Lesser(applied, applied_by(carrier), feed);
    }
    now.applied.Merge(applied);
  }
  return now;
}

}  // namespace reeve::process
