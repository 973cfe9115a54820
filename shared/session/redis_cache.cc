#include "shared/session/redis_cache.h"

#include <sys/time.h>

#include <csignal>
#include <cstdlib>

namespace reeve::session {
namespace {

constexpr timeval kTimeout{0, 100'000};  // 100 ms for connecting and for each answer
constexpr std::size_t kIdleMax = 8;
constexpr std::string_view kUnixPrefix = "unix:";

}  // namespace

RedisCache::RedisCache(std::string address, const Clock& machine_clock, obs::Metrics& metrics)
    : address_(std::move(address)),
      breaker_(machine_clock, {}),
      breaker_open_(metrics.NewGauge("session_redis_breaker_open", "1 while Redis is not asked.")),
      failures_(metrics.NewCounter("session_redis_failures_total",
                                   "Questions that Redis did not answer in time.")) {
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<std::string> RedisCache::Get(const std::string& key) {
  const Reply reply = Command("GET %b", key.data(), key.size());
  if (!reply || reply->type != REDIS_REPLY_STRING) return std::nullopt;
  return std::string(reply->str, static_cast<std::size_t>(reply->len));
}

void RedisCache::Put(const std::string& key, const std::string& value, Duration time_to_live) {
  const long long millis = time_to_live.micros() / 1'000;
  if (millis <= 0) return;
  Command("SET %b %b PX %lld", key.data(), key.size(), value.data(), value.size(), millis);
}

template <class... Args>
RedisCache::Reply RedisCache::Command(const char* format, Args... args) {
  if (!breaker_.Allow()) return nullptr;
  Context context = Borrow();
  Reply reply;
  if (context) reply.reset(static_cast<redisReply*>(redisCommand(context.get(), format, args...)));
  // An error reply (loading, out of memory, read-only) is no better than silence.
  if (!reply || reply->type == REDIS_REPLY_ERROR) {
    breaker_.Failed();
    failures_.Add();
    breaker_open_.Set(breaker_.state() == Breaker::State::kClosed ? 0 : 1);
    return nullptr;
  }
  breaker_.Succeeded();
  breaker_open_.Set(0);
  GiveBack(std::move(context));
  return reply;
}

RedisCache::Context RedisCache::Borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  return Connect();
}

RedisCache::Context RedisCache::Connect() const {
  Context context;
  if (address_.starts_with(kUnixPrefix)) {
    context.reset(redisConnectUnixWithTimeout(address_.c_str() + kUnixPrefix.size(), kTimeout));
  } else {
    const std::size_t colon = address_.rfind(':');
    if (colon == std::string::npos) return nullptr;
    const int port = std::atoi(address_.c_str() + colon + 1);
    context.reset(redisConnectWithTimeout(address_.substr(0, colon).c_str(), port, kTimeout));
  }
  if (!context || context->err != 0) return nullptr;
  if (redisSetTimeout(context.get(), kTimeout) != REDIS_OK) return nullptr;
  return context;
}

void RedisCache::GiveBack(Context context) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(context));
}

}  // namespace reeve::session
