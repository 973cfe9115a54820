// Feed: a service's events, appended in the transaction of the change, read in commit order,
// consumed exactly once.
//
// A feed has a fixed number of partitions. Within one, positions are dense and in commit order on
// both engines, because they are taken from the partition's head row as the last lock of the
// transaction. The events of a partition are a hash chain, so that an edit is found (check.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/result.h"
#include "shared/db/database.h"

namespace reeve::feed {

namespace reason {
inline constexpr Reason kEpochUnknown{"FEED_EPOCH_UNKNOWN"};  // OUT_OF_RANGE: read from the start
}  // namespace reason

// What a service publishes.
struct NewEvent {
  std::int64_t home = 0;  // value of the service's distribution column
  std::string type;     // full name of the payload's message, e.g. "reeve.payment.v1.PaymentTaken"
  std::string payload;  // the serialized message
  // Token of the other feeds whose events led to this one, or empty; a feed that follows neighbours
  // adds all that is applied here.
  std::string cause;
};

struct Event {
  int partition = 0;
  std::int64_t position = 0;  // 1, 2, 3, ... within the partition
  std::int64_t home = 0;
  std::string type;
  std::string payload;
  std::string cause;
  Instant created_time;
};

// How far somebody has read: a position for each partition of each feed, and the epoch of each
// feed. Opaque on the wire (base64url of a versioned form); merges by taking the greater position.
class Token {
 public:
  Token() = default;
  static Result<Token> Decode(std::string_view text);  // INVALID_REQUEST if it is not one of ours
  std::string Encode() const;                          // "" for an empty token

  void Advance(std::string_view feed, std::string_view epoch, int partition, std::int64_t position);
  std::int64_t Position(std::string_view feed, int partition) const;  // 0 if never read
  std::string_view Epoch(std::string_view feed) const;                // "" if never read
  void Merge(const Token& other);
  // At least as far as `other` in all partitions of `feed`; where `other` has read nothing, always.
  bool Covers(const Token& other, std::string_view feed) const;
  bool MentionsFeed(std::string_view feed) const;
  std::vector<std::string> Feeds() const;  // that it mentions, in the order of their names
  // By partition; empty if it does not mention the feed.
  const std::map<int, std::int64_t>& Positions(std::string_view feed) const;
  bool empty() const { return feeds_.empty(); }
  bool operator==(const Token&) const = default;

 private:
  struct Cursor {
    std::string epoch;
    std::map<int, std::int64_t> positions;
    bool operator==(const Cursor&) const = default;
  };
  std::map<std::string, Cursor, std::less<>> feeds_;
};

// Writes and reads the feed tables of one service.
class Feed {
 public:
  static constexpr int kDefaultPartitions = 4;
  // Creates the partitions' heads and the epoch if they are not there yet. `name` is the service's.
  Feed(db::Database& database, std::string name, int partitions, Instant deadline);

  // From now on every event carries, as its cause, how far the service has applied its neighbours'
  // feeds in the transaction that appends it. Before the first Append.
  void FollowNeighbours() { follows_neighbours_ = true; }

  // Appends each event to the partition of its home, and answers the token behind them (empty
  // without events). Takes the last locks of the transaction.
  Token Append(db::Transaction& tx, std::span<const NewEvent> events, Instant now) const;
  // The same for several changes at once, in their order; one token each.
  std::vector<Token> AppendEach(db::Transaction& tx,
                                std::span<const std::span<const NewEvent>> changes,
                                Instant now) const;

  // Events after `token`, at most `limit` (each partition has its share), in the order of positions
  // within each partition; moves `token` behind them. OUT_OF_RANGE FEED_EPOCH_UNKNOWN if the token
  // is of another epoch or ahead of the head.
  Result<std::vector<Event>> Read(db::Transaction& tx, Token& token, int limit) const;
  // The end of the feed now.
  Token Head(db::Transaction& tx) const;

  int PartitionOf(std::int64_t home) const;
  const std::string& name() const { return name_; }
  const std::string& epoch() const { return epoch_; }
  int partitions() const { return partitions_; }

  // Called by the command frame after a commit that appended; hurries the watchers of this process.
  void Committed() const;
  // `hint` is called, on any thread, soon after something was appended by this process. Polling is
  // the truth.
  void OnCommitted(std::function<void()> hint) const;

 private:
  std::string name_;
  int partitions_;
  std::string epoch_;
  bool follows_neighbours_ = false;
  std::shared_ptr<struct FeedHints> hints_;
};

// What a consumer has applied of another service's feed, kept in its own database in the
// transaction that applied it.
Token AppliedToken(db::Transaction& tx, std::string_view feed);
// Of all the feeds that this service consumes.
Token AppliedTokens(db::Transaction& tx);
// The same in a transaction that will apply more: a second consumer of the same feed waits here
// until the first has committed, so that no event is applied twice.
Token LockAppliedToken(db::Transaction& tx, std::string_view feed);
// Only behind LockAppliedToken in the same transaction.
void SaveAppliedToken(db::Transaction& tx, std::string_view feed, const Token& token);

std::span<const db::Migration> Migrations();

}  // namespace reeve::feed
