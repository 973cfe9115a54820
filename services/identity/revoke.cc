#include "services/identity/revoke.h"

#include "services/identity/session/session_store.h"
#include "services/identity/staff/staff_store.h"

namespace reeve::identity {

void Revoke(command::Change& change, const Person& before, Person& person,
            const std::string& action) {
  const std::string before_state = AuditState(before);
  SaveRevoked(change.tx(), person);
  change.Audit({"person", person.id.ToString(), action, before_state, AuditState(person)});
}

void EndSessions(command::Change& change, PersonId person, Instant now, const std::string& kept) {
  for (Session& session : OpenSessions(change.tx(), person)) {
    if (session.token_hash == kept) continue;
    const std::string before = AuditState(session);
    session.ended_time = now;
    SaveEnded(change.tx(), session);
    change.Audit({"session", AuditId(session), "end", before, AuditState(session)});
  }
}

}  // namespace reeve::identity
