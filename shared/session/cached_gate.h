// CachedGate: the gate of a process. Asks itself, then Redis, then the source of truth; a cache
// counts only while the revocations are known.
//
// Every revocation gives the person a new number. This process follows the numbers; facts that are
// older than the person's number are void wherever they come from, so a Redis restored from an old
// dump brings no revoked session back.
#pragma once

#include <atomic>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "shared/core/seams.h"
#include "shared/obs/metrics.h"
#include "shared/session/local_cache.h"
#include "shared/session/session.h"
#include "shared/session/shared_cache.h"
#include "shared/session/source.h"

namespace reeve::session {

struct GateOptions {
  Duration local_age_max = Duration::Seconds(1);
  Duration follow_every = Duration::Millis(250);
  // Without fresh numbers for so long no cache is trusted, and the source is asked each time.
  Duration trust = Duration::Seconds(3);
  // A session in use is confirmed this often by the source, so that its idle limit moves there.
  Duration confirm_every = Duration::Seconds(60);
};

class CachedGate final : public Gate {
 public:
  CachedGate(Source source, SharedCache& shared, const Clock& machine_clock, Executor& executor,
             obs::Metrics& metrics, GateOptions options = {});

  // Follows the revocations on the executor until Stop. The gate outlives the executor's threads.
  void Start();
  void Stop();
  // Asks for the revocations once. Start does so from then on.
  void FollowOnce();

  Result<Facts> Check(const std::string& token) override;
  std::shared_ptr<const Facts> Peek(const std::string& token) override;
  bool Current(const Facts& facts) const override;

 private:
  void Follow();
  bool Trusted(Instant now) const;
  std::shared_ptr<const Facts> FromShared(const std::string& key, Instant now);
  Result<Facts> FromSource(const std::string& token);
  // False if the facts became void meanwhile.
  bool Remember(const std::string& key, const std::shared_ptr<const Facts>& facts, Instant now);
  void Learn(const Revocations& revocations);

  const Source source_;
  SharedCache& shared_;
  const Clock& clock_;
  Executor& executor_;
  const GateOptions options_;
  obs::CounterByLabel& lookups_;

  LocalCache local_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> fresh_micros_;  // when the numbers were asked for that we have
  std::int64_t number_ = 0;                 // the follower's own: known up to here
  mutable std::shared_mutex numbers_mutex_;
  std::unordered_map<std::int64_t, std::int64_t> numbers_;  // by person
};

}  // namespace reeve::session
