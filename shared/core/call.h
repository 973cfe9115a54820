// Call: who asks, on whose behalf, until when, and which day it is in the city.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve {

enum class CallerKind { kNobody, kPerson, kService };

// A person or a service, never a session: a request repeated after a new sign-in is the same
// request.
struct Caller {
  CallerKind kind = CallerKind::kNobody;
  PersonId person;      // set for kPerson
  std::string service;  // set for kService, e.g. "billing"
  std::string ToString()
      const;  // "person/42", "service/billing", "nobody": the spelling in requests and audit
  bool operator==(const Caller&) const = default;
};

struct Call {
  Caller caller;
  std::string display_name;  // of the person, for receipts and audit views
  std::shared_ptr<const std::set<std::string, std::less<>>>
      permissions;            // never null once admitted
  std::string trace_id;       // one per request that a person made, across services
  std::string session_token;  // forwarded to the services that this call asks; never logged
  Instant now;
  Date today;        // the city's business date at `now`
  Instant deadline;  // by the machine's clock; a body that runs past it answers nobody

  bool May(std::string_view permission) const {
    return permissions && permissions->contains(permission);
  }
};

}  // namespace reeve
