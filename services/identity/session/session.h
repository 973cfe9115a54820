// The rules of sessions: how long one lives. Their time is the machine's: a demo that moves the
// city's clock signs nobody out.
#pragma once

#include <optional>
#include <string>

#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/seams.h"

namespace reeve::identity {

struct SessionLimits {
  Duration idle = Duration::Minutes(15);
  Duration absolute = Duration::Hours(10);
};

// A person who signs in oftener ends the oldest session.
inline constexpr std::size_t kSessionsMax = 10;

struct Session {
  PersonId person;
  std::string token_hash;  // SHA-256 of the token, which itself is kept nowhere
  Instant created_time;
  Instant used_time;
  Instant absolute_end_time;
  std::optional<Instant> ended_time;
};

// 256 random bits in hexadecimal digits.
std::string NewToken(Random& random);

Session Begin(PersonId person, const std::string& token, const SessionLimits& limits, Instant now);
Instant IdleEnd(const Session& session, const SessionLimits& limits);
bool Lives(const Session& session, const SessionLimits& limits, Instant now);
// Whether a use now is worth a row written: the idle limit slides in steps of half a minute.
bool WorthNoting(const Session& session, Instant now);

// What the audit trail keeps of a session; `used_time` is not in it.
std::string AuditState(const Session& session);
std::string AuditId(const Session& session);

}  // namespace reeve::identity
