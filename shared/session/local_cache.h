// LocalCache: what this process checked a moment ago. Sharded, bounded, and never older than its
// entries say.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "shared/core/date.h"
#include "shared/session/session.h"

namespace reeve::session {

// Thread-safe.
class LocalCache {
 public:
  std::shared_ptr<const Facts> Get(const std::string& key, Instant now);
  void Put(const std::string& key, std::shared_ptr<const Facts> facts, Instant until, Instant now);
  void Erase(const std::string& key);
  void Clear();

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kEntriesMax = 4'096;  // of one shard
  struct Entry {
    std::shared_ptr<const Facts> facts;
    Instant until;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
  };
  Shard& ShardOf(const std::string& key) {
    return shards_[std::hash<std::string>()(key) % kShards];
  }
  std::array<Shard, kShards> shards_;
};

}  // namespace reeve::session
