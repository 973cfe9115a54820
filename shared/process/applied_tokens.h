// AppliedTokens: how far this process has applied its neighbours' feeds, for readers who must see
// what they have just caused elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "shared/core/result.h"
#include "shared/feed/feed.h"
#include "shared/process/reasons.h"

namespace reeve::process {

// Who consumes whose feeds.
using Consumptions = std::map<std::string, std::set<std::string>, std::less<>>;

// What a service tells those who watch its feed about itself: behind everything that it had
// published when it said so are the effects of `applied`.
struct Progress {
  feed::Token applied;
  Consumptions consumptions;  // as far as it knows; its own always
  bool operator==(const Progress&) const = default;
};

// Three kinds of feeds are told apart:
// - the own one, whose changes are always there;
// - those that this service consumes: only what its own database has applied counts. How far a
//   neighbour has applied the same feed says nothing about us;
// - those that reach it through its producers: they count as applied as far as every producer that
//   they may come through has applied them, and we what that producer published behind it.
// Thread-safe.
class AppliedTokens {
 public:
  explicit AppliedTokens(const feed::Feed& own) : own_(own) {}

  // This service consumes the feed of `producer`. Before anything else.
  void Follow(const std::string& producer);
  // The database has applied `producer`'s feed up to `token`.
  void Applied(const std::string& producer, const feed::Token& token);
  // `producer` said this, and everything that it had published by then is applied.
  void Told(const std::string& producer, Progress progress);

  // Whether everything up to these tokens, separated by commas, is applied, with its effects on the
  // way here. Refused: INVALID_ARGUMENT (not tokens of ours), OUT_OF_RANGE FEED_EPOCH_UNKNOWN (of a
  // lost history of the own feed), FAILED_PRECONDITION FEED_NOT_FOLLOWED (nothing of it ever gets
  // here).
  Result<bool> Covers(const std::string& tokens) const;
  // How many events of the consumed feeds are missing before everything up to `cause` is applied.
  std::int64_t Missing(const feed::Token& cause) const;
  Progress Now() const;

 private:
  struct Producer {
    feed::Token applied;  // its feed, by our database
    std::optional<Progress> told;
  };
  // The producers through which a feed that is not consumed may get here; nothing as long as it is
  // not known who consumes what.
  std::optional<std::set<std::string>> Carriers(const std::string& feed) const;
  const std::set<std::string>* ConsumedBy(const std::string& service) const;
  Result<bool> CoversOne(const feed::Token& wanted) const;
  Result<bool> CoversFeed(const std::string& feed, const feed::Token& wanted) const;

  const feed::Feed& own_;
  mutable std::mutex mutex_;
  std::map<std::string, Producer, std::less<>> producers_;
};

}  // namespace reeve::process
