// What ends sessions, wherever in identity the reason for it arises.
#pragma once

#include <string>

#include "services/identity/staff/staff.h"
#include "shared/command/command.h"

namespace reeve::identity {

// Saves a locked person under a new revocation number, and audits it: copies of facts about the
// person become void everywhere. Comes last in a change.
void Revoke(command::Change& change, const Person& before, Person& person,
            const std::string& action);

// Ends the locked person's sessions, but for the one whose token hash is `kept`. Revoke follows in
// the same change.
void EndSessions(command::Change& change, PersonId person, Instant now,
                 const std::string& kept = {});

}  // namespace reeve::identity
