// RedisCache: the shared cache on Redis. hiredis 0.14 has no asynchronous time-outs, so contexts
// are synchronous, and one that timed out is thrown away: its late answer would be read as the
// answer to the next question.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "shared/core/seams.h"
#include "shared/obs/metrics.h"
#include "shared/session/breaker.h"
#include "shared/session/shared_cache.h"

namespace reeve::session {

class RedisCache final : public SharedCache {
 public:
  // "127.0.0.1:6379" or "unix:/path/of/socket". Connects on first use. A process that uses this
  // ignores SIGPIPE: hiredis writes to sockets that may be closed.
  RedisCache(std::string address, const Clock& machine_clock, obs::Metrics& metrics);

  std::optional<std::string> Get(const std::string& key) override;
  void Put(const std::string& key, const std::string& value, Duration time_to_live) override;

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Context = std::unique_ptr<redisContext, FreeContext>;
  using Reply = std::unique_ptr<redisReply, FreeReply>;

  // Null while the breaker is open or Redis does not answer in time.
  template <class... Args>
  Reply Command(const char* format, Args... args);
  Context Borrow();
  Context Connect() const;
  void GiveBack(Context context);

  const std::string address_;
  Breaker breaker_;
  obs::Gauge& breaker_open_;
  obs::Counter& failures_;
  std::mutex mutex_;
  std::vector<Context> idle_;
};

}  // namespace reeve::session
