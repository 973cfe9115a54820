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

// Thread-safe. May wait (on Redis, on identity).
class Gate {
 public:
  virtual ~Gate() = default;
  // UNAUTHENTICATED SESSION_ENDED if the token is unknown, expired or revoked; UNAVAILABLE if
  // nobody can tell.
  virtual Result<Facts> Check(const std::string& token) = 0;
};

}  // namespace reeve::session
