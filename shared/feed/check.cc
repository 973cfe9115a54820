#include "shared/feed/check.h"

#include "shared/feed/event_hash.h"

namespace reeve::feed {
namespace {

constexpr db::Query kListHeads{
    "feed_check_heads", "SELECT partition_id, position, hash FROM feed_head ORDER BY partition_id"};
constexpr db::Query kCountEvents{"feed_check_count", "SELECT COUNT(*) FROM feed_event"};
constexpr db::Query kListEvents{
    "feed_check_events",
    "SELECT position, home, type, payload, cause, created_time, hash FROM feed_event "
    "WHERE partition_id = $1 AND position > $2 ORDER BY position, home LIMIT $3"};
constexpr db::Query kListApplied{"feed_check_applied",
                                 "SELECT feed, token FROM feed_applied ORDER BY feed"};
constexpr int kPage = 2'000;

std::string At(int partition, std::int64_t position, std::string_view what) {
  return "feed_event partition " + std::to_string(partition) + " position " +
         std::to_string(position) + ": " + std::string(what);
}

// What is wrong with one partition, if anything; adds its events to `examined`.
std::string CheckPartition(db::Transaction& tx, db::Rows::Row head, std::int64_t& examined) {
  const int partition = static_cast<int>(head.Int(0));
  std::int64_t position = 0;
  std::string hash;
  for (;;) {
    const db::Rows page = tx.Select(kListEvents, partition, position, kPage);
    if (page.empty()) break;
    for (const db::Rows::Row row : page) {
      const Event event{partition,   row.Int(0), row.Int(1), row.Text(2), db::ToText(row.Blob(3)),
                        row.Text(4), row.Time(5)};
      if (event.position != position + 1) return At(partition, position + 1, "missing or twice");
      hash = HashEvent(event, hash);
      if (hash != db::ToText(row.Blob(6))) return At(partition, event.position, "does not hash");
      position = event.position;
      ++examined;
    }
  }
  if (position != head.Int(1)) return At(partition, position, "is not the head's last position");
  if (position > 0 && hash != db::ToText(head.Blob(2))) {
    return At(partition, position, "is not what the head has hashed");
  }
  return {};
}

Finding CheckEvents(db::Transaction& tx) {
  Finding finding{"feed-events"};
  const db::Rows heads = tx.Select(kListHeads);
  for (const db::Rows::Row head : heads) {
    finding.violation = CheckPartition(tx, head, finding.examined);
    if (!finding.violation.empty()) return finding;
  }
  if (tx.Select(kCountEvents)[0].Int(0) != finding.examined) {
    finding.violation = "feed_event: an event stands outside every partition";
  }
  return finding;
}

Finding CheckApplied(db::Transaction& tx) {
  Finding finding{"feed-applied"};
  const db::Rows rows = tx.Select(kListApplied);
  for (const db::Rows::Row row : rows) {
    const Result<Token> token = Token::Decode(row.Text(1));
    const bool reads = token.ok() && (token->empty() || token->MentionsFeed(row.Text(0)));
    if (!reads) {
      finding.violation = "feed_applied " + row.Text(0) + ": is no token of that feed";
      return finding;
    }
    ++finding.examined;
  }
  return finding;
}

}  // namespace

std::vector<Finding> CheckFeed(db::Transaction& tx) { return {CheckEvents(tx), CheckApplied(tx)}; }

}  // namespace reeve::feed
