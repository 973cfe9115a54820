#include "shared/session/cached_gate.h"

#include <algorithm>
#include <limits>

#include "shared/core/canonical.h"
#include "shared/session/facts_codec.h"

namespace reeve::session {
namespace {

constexpr std::string_view kSharedPrefix = "reeve:session:";
constexpr std::size_t kTokenMax = 128;  // ours have 43 characters

Error SessionEnded() {
  return Unauthenticated(reason::kSessionEnded, "The session has ended; sign in again.");
}

}  // namespace

CachedGate::CachedGate(Source source, SharedCache& shared, const Clock& machine_clock,
                       Executor& executor, obs::Metrics& metrics, GateOptions options)
    : source_(std::move(source)),
      shared_(shared),
      clock_(machine_clock),
      executor_(executor),
      options_(options),
      lookups_(metrics.NewCounterByLabel("session_lookups_total",
                                         "Sessions looked up, by who knew.", "answer",
                                         {"local", "redis", "identity", "refused", "unavailable"})),
      fresh_micros_(std::numeric_limits<std::int64_t>::min() / 2) {}

void CachedGate::Start() {
  executor_.Post([this] { Follow(); });
}

void CachedGate::Stop() { stopping_ = true; }

void CachedGate::Follow() {
  if (stopping_) return;
  FollowOnce();
  executor_.PostAfter(options_.follow_every, [this] { Follow(); });
}

void CachedGate::FollowOnce() {
  const Instant asked = clock_.Now();
  for (;;) {
    const Result<Revocations> answer = source_.revoked_after(number_);
    if (!answer.ok()) return;
    if (answer->head < number_) {  // identity was restored from a backup
      number_ = 0;
      const std::unique_lock lock(numbers_mutex_);
      numbers_.clear();
    } else if (!answer->entries.empty()) {
      Learn(*answer);
      number_ = answer->entries.back().number;
    } else {
      break;
    }
    local_.Clear();
    if (number_ != 0 && number_ >= answer->head) break;
  }
  fresh_micros_ = asked.micros();
}

void CachedGate::Learn(const Revocations& revocations) {
  const std::unique_lock lock(numbers_mutex_);
  for (const Revocations::Entry& entry : revocations.entries) {
    numbers_[entry.person.value()] = entry.number;
  }
}

bool CachedGate::Trusted(Instant now) const {
  return now.micros() - fresh_micros_ < options_.trust.micros();
}

bool CachedGate::Current(const Facts& facts) const {
  const Instant now = clock_.Now();
  if (now >= facts.idle_end_time || now >= facts.absolute_end_time) return false;
  const std::shared_lock lock(numbers_mutex_);
  const auto found = numbers_.find(facts.person.value());
  return found == numbers_.end() || facts.revocation_number >= found->second;
}

std::shared_ptr<const Facts> CachedGate::Peek(const std::string& token) {
  const Instant now = clock_.Now();
  if (!Trusted(now)) return nullptr;
  auto facts = local_.Get(Sha256(token), now);
  if (facts) lookups_.For("local").Add();
  return facts;
}

Result<Facts> CachedGate::Check(const std::string& token) {
  if (token.empty() || token.size() > kTokenMax) return SessionEnded();
  if (const auto facts = Peek(token)) return *facts;

  const std::string key = Sha256(token);
  const Instant now = clock_.Now();
  if (const auto facts = FromShared(key, now)) {
    lookups_.For("redis").Add();
    if (Remember(key, facts, now)) return *facts;
  }
  Result<Facts> facts = FromSource(token);
  if (!facts.ok()) {
    lookups_.For(facts.error().code() == Code::kUnavailable ? "unavailable" : "refused").Add();
    return facts;
  }
  lookups_.For("identity").Add();
  shared_.Put(std::string(kSharedPrefix) + HexEncode(key), EncodeFacts(*facts),
              std::min(options_.confirm_every, facts->idle_end_time - now));
  Remember(key, std::make_shared<const Facts>(*facts), now);
  return facts;
}

std::shared_ptr<const Facts> CachedGate::FromShared(const std::string& key, Instant now) {
  if (!Trusted(now)) return nullptr;
  const auto bytes = shared_.Get(std::string(kSharedPrefix) + HexEncode(key));
  if (!bytes) return nullptr;
  std::optional<Facts> facts = DecodeFacts(*bytes);
  if (!facts || now - facts->checked_time >= options_.confirm_every || !Current(*facts)) {
    return nullptr;
  }
  return std::make_shared<const Facts>(*std::move(facts));
}

// Twice, because a revocation may overtake the answer that was made before it.
Result<Facts> CachedGate::FromSource(const std::string& token) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Result<Facts> facts = source_.check(token);
    if (!facts.ok() || Current(*facts)) return facts;
  }
  return SessionEnded();
}

bool CachedGate::Remember(const std::string& key, const std::shared_ptr<const Facts>& facts,
                          Instant now) {
  local_.Put(key, facts, now + options_.local_age_max, now);
  if (Current(*facts)) return true;
  local_.Erase(key);  // the follower learned of a revocation between the check and the Put
  return false;
}

}  // namespace reeve::session
