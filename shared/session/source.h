// Source: where the truth about sessions is. identity answers from its database, every other
// service by a call to identity.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "shared/session/session.h"

namespace reeve::session {

// The persons whose revocation number moved, in the order of the numbers.
struct Revocations {
  struct Entry {
    PersonId person;
    std::int64_t number = 0;
  };
  std::vector<Entry> entries;
  std::int64_t head = 0;  // the greatest number there is; less than one seen before after a restore
};

// Both are called on any thread, may wait, and answer UNAVAILABLE when nobody can tell.
struct Source {
  // The facts of a living session; UNAUTHENTICATED SESSION_ENDED otherwise. Counts as use: the idle
  // limit starts again.
  std::function<Result<Facts>(const std::string& token)> check;
  // What was revoked after `number`; a page, the rest is asked for at once.
  std::function<Result<Revocations>(std::int64_t number)> revoked_after;
};

}  // namespace reeve::session
