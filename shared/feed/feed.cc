#include "shared/feed/feed.h"

#include <algorithm>
#include <mutex>

#include "shared/core/canonical.h"
#include "shared/feed/event_hash.h"

namespace reeve::feed {
namespace {

constexpr db::Query kCreateEpoch{
    "feed_create_epoch",
    "INSERT INTO feed_epoch (feed, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
constexpr db::Query kFindEpoch{"feed_find_epoch", "SELECT epoch FROM feed_epoch WHERE feed = $1"};
constexpr db::Query kCreateHead{
    "feed_create_head",
    "INSERT INTO feed_head (partition_id, position) VALUES ($1, 0) ON CONFLICT DO NOTHING"};
constexpr db::Query kFindHead{"feed_find_head",
                              "SELECT position, hash FROM feed_head WHERE partition_id = $1"};
constexpr db::Query kListHeads{
    "feed_list_heads", "SELECT partition_id, position FROM feed_head ORDER BY partition_id"};
constexpr db::Query kMoveHead{
    "feed_move_head", "UPDATE feed_head SET position = $2, hash = $3 WHERE partition_id = $1"};
constexpr db::Query kReadEvents{
    "feed_read_events",
    "SELECT position, home, type, payload, cause, created_time FROM feed_event "
    "WHERE partition_id = $1 AND position > $2 ORDER BY position LIMIT $3"};
constexpr db::Query kFindApplied{"feed_find_applied",
                                 "SELECT token FROM feed_applied WHERE feed = $1"};
constexpr db::Query kListApplied{"feed_list_applied",
                                 "SELECT token FROM feed_applied ORDER BY feed"};
constexpr db::Query kCreateApplied{
    "feed_create_applied",
    "INSERT INTO feed_applied (feed, token) VALUES ($1, '') ON CONFLICT DO NOTHING"};
constexpr db::Query kSaveApplied{"feed_save_applied",
                                 "UPDATE feed_applied SET token = $2 WHERE feed = $1"};

const db::InsertInto kInsertEvents{"feed_insert_events",
                                   "feed_event",
                                   {{"home"},
                                    {"partition_id"},
                                    {"position"},
                                    {"type", db::ColumnType::kText},
                                    {"payload", db::ColumnType::kBytes},
                                    {"cause", db::ColumnType::kText},
                                    {"created_time"},
                                    {"hash", db::ColumnType::kBytes}}};

struct PartitionEnd {
  std::int64_t position = 0;
  std::string hash;
};

// The heads of these partitions, locked in their order.
std::map<int, PartitionEnd> LockHeads(db::Transaction& tx, std::map<int, PartitionEnd> heads) {
  std::vector<std::vector<db::Value>> keys;
  for (const auto& [partition, head] : heads) keys.push_back({db::ToValue(partition)});
  const std::vector<db::Rows> answers = tx.SelectEach(kFindHead, keys, /*lock_rows=*/true);
  std::size_t i = 0;
  for (auto& [partition, head] : heads) {
    const db::Rows& rows = answers[i++];
    if (rows.empty()) throw std::logic_error("feed: a partition has no head");
    head.position = rows[0].Int(0);
    if (!rows[0].IsNull(1)) head.hash = db::ToText(rows[0].Blob(1));
  }
  return heads;
}

Token DecodeApplied(const db::Rows& rows) {
  return rows.empty() ? Token() : Token::Decode(rows[0].Text(0)).value();
}

// What led to an event: what was applied here when it was appended, and what its emitter names.
std::string Cause(const Token& applied, const std::string& encoded, const NewEvent& event) {
  if (event.cause.empty() || encoded.empty()) return encoded.empty() ? event.cause : encoded;
  Token cause = Token::Decode(event.cause).value();
  cause.Merge(applied);
  return cause.Encode();
}

}  // namespace

struct FeedHints {
  std::mutex mutex;
  std::vector<std::function<void()>> hints;
};

std::string HashEvent(const Event& event, std::string_view previous) {
  return Sha256(Canonical("reeve.feed.event", 1)
                    .Add("previous", previous)
                    .Add("partition", event.partition)
                    .Add("position", event.position)
                    .Add("home", event.home)
                    .Add("type", event.type)
                    .Add("payload", event.payload)
                    .Add("cause", event.cause)
                    .Add("created_time", event.created_time.micros())
                    .bytes());
}

Feed::Feed(db::Database& database, std::string name, int partitions, Instant deadline)
    : name_(std::move(name)), partitions_(partitions), hints_(std::make_shared<FeedHints>()) {
  database.Write(deadline, [&](db::Transaction& tx) {
    // An instant names the epoch well enough: a database gets a new one once in years.
    tx.Execute(kCreateEpoch, name_, std::to_string(deadline.micros()));
    epoch_ = tx.Select(kFindEpoch, name_)[0].Text(0);
    for (int partition = 0; partition < partitions_; ++partition)
      tx.Execute(kCreateHead, partition);
    return db::Verdict::kCommit;
  });
}

Token Feed::Append(db::Transaction& tx, std::span<const NewEvent> events, Instant now) const {
  return AppendEach(tx, {&events, 1}, now).front();
}

std::vector<Token> Feed::AppendEach(db::Transaction& tx,
                                    std::span<const std::span<const NewEvent>> changes,
                                    Instant now) const {
  std::vector<Token> tokens(changes.size());
  std::map<int, PartitionEnd> heads;
  for (const std::span<const NewEvent> events : changes) {
    for (const NewEvent& event : events) heads.try_emplace(PartitionOf(event.home));
  }
  if (heads.empty()) return tokens;
  // Read last: whatever the change has seen of its neighbours' events is in it.
  const Token applied = follows_neighbours_ ? AppliedTokens(tx) : Token();
  const std::string encoded = applied.Encode();
  heads = LockHeads(tx, std::move(heads));
  db::NewRows rows(kInsertEvents);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    for (const NewEvent& added : changes[i]) {
      const int partition = PartitionOf(added.home);
      PartitionEnd& head = heads[partition];
      const Event event{partition,  head.position + 1, added.home,
                        added.type, added.payload,     Cause(applied, encoded, added),
                        now};
      head.hash = HashEvent(event, head.hash);
      head.position = event.position;
      rows.Add(event.home, partition, event.position, event.type, db::ToBytes(event.payload),
               event.cause, event.created_time, db::ToBytes(head.hash));
      tokens[i].Advance(name_, epoch_, partition, head.position);
    }
  }
  std::vector<std::vector<db::Value>> moves;
  for (const auto& [partition, head] : heads) {
    moves.push_back({db::ToValue(partition), db::ToValue(head.position), db::ToBytes(head.hash)});
  }
  tx.ExecuteEach(kMoveHead, moves);
  tx.InsertRows(rows);
  return tokens;
}

Result<std::vector<Event>> Feed::Read(db::Transaction& tx, Token& token, int limit) const {
  if (token.MentionsFeed(name_) && token.Epoch(name_) != epoch_) {
    return OutOfRange(reason::kEpochUnknown, "The token is of another history of this feed.");
  }
  const Token head = Head(tx);
  std::vector<std::vector<db::Value>> reads;
  std::vector<int> behind;
  const int share = std::max(1, limit / partitions_);
  for (int partition = 0; partition < partitions_; ++partition) {
    const std::int64_t end = head.Position(name_, partition);
    const std::int64_t position = token.Position(name_, partition);
    if (position > end) {
      return OutOfRange(reason::kEpochUnknown, "The token is ahead of this feed.");
    }
    if (position == end) continue;
    behind.push_back(partition);
    reads.push_back({db::ToValue(partition), db::ToValue(position), db::ToValue(share)});
  }
  std::vector<Event> events;
  if (reads.empty()) return events;
  const std::vector<db::Rows> answers = tx.SelectEach(kReadEvents, reads);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const db::Rows::Row row : answers[i]) {
      if (events.size() == static_cast<std::size_t>(limit)) return events;
      events.push_back({behind[i], row.Int(0), row.Int(1), row.Text(2), db::ToText(row.Blob(3)),
                        row.Text(4), row.Time(5)});
      token.Advance(name_, epoch_, behind[i], row.Int(0));
    }
  }
  return events;
}

Token Feed::Head(db::Transaction& tx) const {
  Token head;
  for (const db::Rows::Row row : tx.Select(kListHeads)) {
    head.Advance(name_, epoch_, static_cast<int>(row.Int(0)), row.Int(1));
  }
  return head;
}

int Feed::PartitionOf(std::int64_t home) const {
  return static_cast<int>(static_cast<std::uint64_t>(home) %
                          static_cast<std::uint64_t>(partitions_));
}

void Feed::Committed() const {
  std::vector<std::function<void()>> hints;
  {
    const std::lock_guard lock(hints_->mutex);
    hints = hints_->hints;
  }
  for (const std::function<void()>& hint : hints) hint();
}

void Feed::OnCommitted(std::function<void()> hint) const {
  const std::lock_guard lock(hints_->mutex);
  hints_->hints.push_back(std::move(hint));
}

Token AppliedToken(db::Transaction& tx, std::string_view feed) {
  return DecodeApplied(tx.Select(kFindApplied, feed));
}

Token AppliedTokens(db::Transaction& tx) {
  Token all;
  for (const db::Rows::Row row : tx.Select(kListApplied)) {
    all.Merge(Token::Decode(row.Text(0)).value());
  }
  return all;
}

Token LockAppliedToken(db::Transaction& tx, std::string_view feed) {
  const db::Rows rows = tx.SelectForUpdate(kFindApplied, feed);
  if (!rows.empty()) return DecodeApplied(rows);
  tx.Execute(kCreateApplied, feed);  // FOR UPDATE locks nothing while the row is missing
  return DecodeApplied(tx.SelectForUpdate(kFindApplied, feed));
}

void SaveAppliedToken(db::Transaction& tx, std::string_view feed, const Token& token) {
  if (tx.Execute(kSaveApplied, feed, token.Encode()) != 1) {
    throw std::logic_error("feed: the applied token is saved without its lock");
  }
}

}  // namespace reeve::feed
