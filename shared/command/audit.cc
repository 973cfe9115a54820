#include "shared/command/audit.h"

#include <optional>
#include <stdexcept>

#include "shared/core/canonical.h"

namespace reeve::command {
namespace {

constexpr int kVersion = 1;  // of the preimage

constexpr db::Query kFindHead{"audit_find_head",
                              "SELECT length, hash FROM audit_head WHERE chain = $1"};
constexpr db::Query kMoveHead{"audit_move_head",
                              "UPDATE audit_head SET length = $2, hash = $3 WHERE chain = $1"};
constexpr db::Query kListHeads{"audit_list_heads",
                               "SELECT chain, length, hash FROM audit_head ORDER BY chain"};
constexpr db::Query kCountEntries{"audit_count_entries", "SELECT COUNT(*) FROM audit_entry"};
constexpr db::Query kCountRequests{"audit_count_requests", "SELECT COUNT(*) FROM request"};
constexpr db::Query kListEntries{
    "audit_list_entries",
    "SELECT a.sequence, a.version, a.home, a.caller, a.method, a.request_id, a.ordinal, a.entity, "
    "a.entity_id, a.action, a.before_state, a.after_state, a.request_hash, a.created_time, a.hash, "
    "r.fingerprint, r.response, r.feed_token, r.created_time "
    "FROM audit_entry a LEFT JOIN request r ON r.home = a.home AND r.caller = a.caller "
    "AND r.method = a.method AND r.request_id = a.request_id "
    "WHERE a.chain = $1 AND a.sequence > $2 ORDER BY a.sequence, a.home LIMIT $3"};
constexpr int kPage = 2'000;

const db::InsertInto kInsertEntries{"audit_insert_entries",
                                    "audit_entry",
                                    {{"home"},
                                     {"chain"},
                                     {"sequence"},
                                     {"version"},
                                     {"caller", db::ColumnType::kText},
                                     {"method", db::ColumnType::kText},
                                     {"request_id", db::ColumnType::kText},
                                     {"ordinal"},
                                     {"entity", db::ColumnType::kText},
                                     {"entity_id", db::ColumnType::kText},
                                     {"action", db::ColumnType::kText},
                                     {"before_state", db::ColumnType::kText},
                                     {"after_state", db::ColumnType::kText},
                                     {"request_hash", db::ColumnType::kBytes},
                                     {"created_time"},
                                     {"hash", db::ColumnType::kBytes}}};

std::string HashEntry(const ChainHead& head, std::int64_t sequence, const AuditEntry& entry) {
  return Sha256(Canonical("reeve.audit", kVersion)
                    .Add("chain", head.chain)
                    .Add("sequence", sequence)
                    .Add("previous", head.hash)
                    .Add("home", entry.home)
                    .Add("caller", entry.caller)
                    .Add("time", entry.created_time.micros())
                    .Add("method", entry.method)
                    .Add("request_id", entry.request_id)
                    .Add("ordinal", entry.ordinal)
                    .Add("entity", entry.entity)
                    .Add("id", entry.entity_id)
                    .Add("action", entry.action)
                    .Add("before", entry.before_state)
                    .Add("after", entry.after_state)
                    .Add("request_hash", entry.request_hash)
                    .bytes());
}

std::string MaybeBlob(db::Rows::Row row, std::size_t column) {
  return row.IsNull(column) ? std::string() : db::ToText(row.Blob(column));
}

// One pass over all chains; each chain's page is read with the requests that it speaks of.
class Proof {
 public:
  Proof(db::Transaction& tx, std::span<const AnchoredHead> anchored) : tx_(tx) {
    for (const AnchoredHead& head : anchored) anchors_[head.chain].push_back(&head);
  }

  std::vector<Finding> Run() {
    for (const ChainHead& head : ReadHeads(tx_)) CheckChain(head);
    if (tx_.Select(kCountEntries)[0].Int(0) != chains_.examined) {
      Refuse(chains_, "audit_entry: not every entry is on a chain");
    }
    if (tx_.Select(kCountRequests)[0].Int(0) != requests_.examined) {
      Refuse(requests_, "request: not every request has exactly one effect on the audit trail");
    }
    for (const auto& [chain, heads] : anchors_) {
      if (!heads.empty()) Refuse(anchors_finding_, "audit_head: no chain " + chain);
    }
    return {chains_, anchors_finding_, requests_};
  }

 private:
  static void Refuse(Finding& finding, std::string violation) {
    if (finding.violation.empty()) finding.violation = std::move(violation);
  }
  static std::string At(const ChainHead& at, std::string_view what) {
    return "audit_entry " + ChainName(at.chain) + " entry " + std::to_string(at.length) + ": " +
           std::string(what);
  }

  void CheckChain(const ChainHead& head) {
    ChainHead at{head.chain, 0, {}};
    for (;;) {
      const db::Rows page = tx_.Select(kListEntries, head.chain, at.length, kPage);
      if (page.empty()) break;
      for (const db::Rows::Row row : page) CheckEntry(row, at);
    }
    if (at != head) Refuse(chains_, At(at, "is not the head of its chain"));
    CheckAnchors(at, /*last=*/true);
  }

  void CheckEntry(db::Rows::Row row, ChainHead& at) {
    const std::int64_t sequence = row.Int(0);
    if (sequence != at.length + 1) {
      Refuse(chains_, At({at.chain, at.length + 1, {}}, "missing or twice"));
    }
    const AuditEntry entry{row.Int(2),   row.Text(3),  row.Text(4),        row.Text(5),
                           row.Int(6),   row.Text(7),  row.Text(8),        row.Text(9),
                           row.Text(10), row.Text(11), MaybeBlob(row, 12), row.Time(13)};
    const std::string hash = HashEntry(at, sequence, entry);
    at.length = sequence;
    if (row.Int(1) != kVersion || hash != db::ToText(row.Blob(14))) {
      Refuse(chains_, At(at, "does not hash"));
    }
    at.hash = hash;
    ++chains_.examined;
    if (!entry.request_id.empty()) CheckRequest(row, entry, at);
    CheckAnchors(at, /*last=*/false);
  }

  void CheckRequest(db::Rows::Row row, const AuditEntry& entry, const ChainHead& at) {
    if (entry.ordinal == 1) ++requests_.examined;
    const bool holds =
        !row.IsNull(15) &&
        entry.request_hash == HashRequest(db::ToText(row.Blob(15)), db::ToText(row.Blob(16)),
                                          row.Text(17), row.Time(18));
    if (!holds) {
      Refuse(requests_, At(at, "its request " + entry.method + " " + entry.request_id +
                                   " is missing or was changed"));
    }
  }

  // Anchored heads of this length are compared; at the chain's end, longer ones are missing.
  void CheckAnchors(const ChainHead& at, bool last) {
    const auto anchors = anchors_.find(ChainName(at.chain));
    if (anchors == anchors_.end()) return;
    std::erase_if(anchors->second, [&](const AnchoredHead* anchored) {
      if (anchored->length != at.length && !(last && anchored->length > at.length)) {
        return anchored->length == 0;
      }
      if (anchored->length != at.length || anchored->hash != at.hash) {
        Refuse(anchors_finding_,
               At(at, "is not what was anchored at " + std::to_string(anchored->length)));
      }
      ++anchors_finding_.examined;
      return true;
    });
  }

  db::Transaction& tx_;
  std::map<std::string, std::vector<const AnchoredHead*>> anchors_;
  Finding chains_{"audit-chains"};
  Finding anchors_finding_{"audit-anchors"};
  Finding requests_{"requests"};
};

}  // namespace

std::int64_t ChainOf(std::int64_t home) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(home) % kAuditChains);
}

std::string ChainName(std::int64_t chain) { return "audit/" + std::to_string(chain); }

std::string HashRequest(std::string_view fingerprint, std::string_view response,
                        std::string_view feed_token, Instant created_time) {
  return Sha256(Canonical("reeve.request", 1)
                    .Add("fingerprint", fingerprint)
                    .Add("response", response)
                    .Add("feed_token", feed_token)
                    .Add("created_time", created_time.micros())
                    .bytes());
}

std::map<std::int64_t, ChainHead> LockChains(db::Transaction& tx,
                                             std::span<const std::int64_t> homes) {
  std::map<std::int64_t, ChainHead> heads;
  for (const std::int64_t home : homes) heads[ChainOf(home)].chain = ChainOf(home);
  std::vector<std::vector<db::Value>> keys;
  for (const auto& [chain, head] : heads) keys.push_back({db::ToValue(chain)});
  const std::vector<db::Rows> answers = tx.SelectEach(kFindHead, keys, /*lock_rows=*/true);
  std::size_t i = 0;
  for (auto& [chain, head] : heads) {
    const db::Rows& rows = answers[i++];
    if (rows.empty()) throw std::logic_error("audit: a chain has no head");
    head.length = rows[0].Int(0);
    head.hash = MaybeBlob(rows[0], 1);
  }
  return heads;
}

void AppendEntries(db::Transaction& tx, std::map<std::int64_t, ChainHead>& heads,
                   std::span<const AuditEntry> entries) {
  if (entries.empty()) return;
  db::NewRows rows(kInsertEntries);
  for (const AuditEntry& entry : entries) {
    ChainHead& head = heads.at(ChainOf(entry.home));
    head.hash = HashEntry(head, head.length + 1, entry);
    ++head.length;
    std::optional<db::Bytes> request_hash;
    if (!entry.request_hash.empty()) request_hash = db::ToBytes(entry.request_hash);
    rows.Add(entry.home, head.chain, head.length, kVersion, entry.caller, entry.method,
             entry.request_id, entry.ordinal, entry.entity, entry.entity_id, entry.action,
             entry.before_state, entry.after_state, request_hash, entry.created_time,
             db::ToBytes(head.hash));
  }
  std::vector<std::vector<db::Value>> moves;
  for (const auto& [chain, head] : heads) {
    moves.push_back({db::ToValue(chain), db::ToValue(head.length), db::ToBytes(head.hash)});
  }
  tx.ExecuteEach(kMoveHead, moves);
  tx.InsertRows(rows);
}

std::vector<ChainHead> ReadHeads(db::Transaction& tx) {
  std::vector<ChainHead> heads;
  const db::Rows rows = tx.Select(kListHeads);
  for (const db::Rows::Row row : rows) heads.push_back({row.Int(0), row.Int(1), MaybeBlob(row, 2)});
  return heads;
}

std::vector<Finding> CheckAudit(db::Transaction& tx, std::span<const AnchoredHead> anchored) {
  return Proof(tx, anchored).Run();
}

}  // namespace reeve::command
