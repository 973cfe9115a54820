// Sessions as a service sees them: a token comes in, the facts about its person come out, or a
// refusal.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/result.h"

namespace reeve::session {

struct Facts {
  PersonId person;
  std::string display_name;
  std::shared_ptr<const std::set<std::string, std::less<>>> permissions;
  std::int64_t revocation_number =
      0;                 // of the person when the facts were made; a greater one makes them void
  Instant checked_time;  // when identity confirmed them
  Instant idle_end_time;
  Instant absolute_end_time;
};

namespace reason {
inline constexpr Reason kSessionEnded{"SESSION_ENDED"};  // unknown, expired or revoked
inline constexpr Reason kSessionsUnavailable{"SESSIONS_UNAVAILABLE"};  // nobody can tell now
}  // namespace reason

// Thread-safe.
class Gate {
 public:
  virtual ~Gate() = default;
  // May wait (on Redis, on identity). UNAUTHENTICATED SESSION_ENDED, or UNAVAILABLE
  // SESSIONS_UNAVAILABLE.
  virtual Result<Facts> Check(const std::string& token) = 0;
  // The facts if this process checked the token a moment ago (at most a second), null otherwise.
  // Never waits.
  virtual std::shared_ptr<const Facts> Peek(const std::string& token) = 0;
  // False once the person's sessions were revoked since the facts were made, or their time is up:
  // whoever still acts on them asks Check again. Never waits.
  virtual bool Current(const Facts& facts) const = 0;
};

}  // namespace reeve::session
