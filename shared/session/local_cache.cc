#include "shared/session/local_cache.h"

namespace reeve::session {

std::shared_ptr<const Facts> LocalCache::Get(const std::string& key, Instant now) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end() || found->second.until <= now) return nullptr;
  return found->second.facts;
}

void LocalCache::Put(const std::string& key, std::shared_ptr<const Facts> facts, Instant until,
                     Instant now) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  if (shard.entries.size() >= kEntriesMax) {
    std::erase_if(shard.entries, [now](const auto& entry) { return entry.second.until <= now; });
    if (shard.entries.size() >= kEntriesMax) shard.entries.clear();
  }
  shard.entries.insert_or_assign(key, Entry{std::move(facts), until});
}

void LocalCache::Erase(const std::string& key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  shard.entries.erase(key);
}

void LocalCache::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.entries.clear();
  }
}

}  // namespace reeve::session
