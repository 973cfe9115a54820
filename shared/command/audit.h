// The audit trail: one hash chain for each shard of homes, so that a change to what was written
// cannot hide. Appended by the frame, proven by a service's verify.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::command {

inline constexpr int kAuditChains = 64;

struct AuditEntry {
  std::int64_t home = 0;
  std::string caller;
  std::string method;        // empty if no request asked for the change
  std::string request_id;    // empty with `method`
  std::int64_t ordinal = 0;  // 1, 2, ... within its change
  std::string entity;
  std::string entity_id;
  std::string action;
  std::string before_state;
  std::string after_state;
  std::string request_hash;  // HashRequest of the request's row; empty with `method`
  Instant created_time;
};

// The head of a chain: how many entries, and the hash of the last one (empty for none).
struct ChainHead {
  std::int64_t chain = 0;
  std::int64_t length = 0;
  std::string hash;
  bool operator==(const ChainHead&) const = default;
};

std::int64_t ChainOf(std::int64_t home);
std::string ChainName(std::int64_t chain);  // "audit/12", the spelling outside the database

// What an audit entry keeps of its request's row.
std::string HashRequest(std::string_view fingerprint, std::string_view response,
                        std::string_view feed_token, Instant created_time);

// The heads of the homes' chains, locked in the order of their numbers until the transaction ends.
std::map<std::int64_t, ChainHead> LockChains(db::Transaction& tx,
                                             std::span<const std::int64_t> homes);
// Appends in the order given. `heads` are those of LockChains; they move along.
void AppendEntries(db::Transaction& tx, std::map<std::int64_t, ChainHead>& heads,
                   std::span<const AuditEntry> entries);

// All heads, ordered by chain.
std::vector<ChainHead> ReadHeads(db::Transaction& tx);

// A head that was noted outside the database, by its name.
struct AnchoredHead {
  std::string chain;
  std::int64_t length = 0;
  std::string hash;
};

// "audit-chains": sequences run 1, 2, 3, ... to the head and every entry re-hashes.
// "audit-anchors": each anchored head is still on its chain. "requests": each request has one
// effect on the trail, and its row is what was audited. Reads only, on one snapshot.
std::vector<Finding> CheckAudit(db::Transaction& tx, std::span<const AnchoredHead> anchored);

}  // namespace reeve::command
