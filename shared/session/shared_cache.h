// SharedCache: where the processes of the suite leave each other what identity has confirmed. It
// may forget anything at any time, and nothing of value lives there.
#pragma once

#include <optional>
#include <string>

#include "shared/core/date.h"

namespace reeve::session {

// Thread-safe. Waits a bounded time and never throws: a cache that is away knows nothing.
class SharedCache {
 public:
  virtual ~SharedCache() = default;
  virtual std::optional<std::string> Get(const std::string& key) = 0;
  virtual void Put(const std::string& key, const std::string& value, Duration time_to_live) = 0;
};

// For a suite without Redis.
class NoSharedCache final : public SharedCache {
 public:
  std::optional<std::string> Get(const std::string&) override { return std::nullopt; }
  void Put(const std::string&, const std::string&, Duration) override {}
};

}  // namespace reeve::session
