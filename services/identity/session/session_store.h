// Sessions in the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/identity/session/session.h"
#include "shared/db/database.h"

namespace reeve::identity {

void Insert(db::Transaction& tx, const Session& session);
std::optional<Session> FindSession(db::Transaction& tx, const std::string& token_hash);
// The person's sessions that were not ended, oldest first. The person is locked.
std::vector<Session> OpenSessions(db::Transaction& tx, PersonId person);
void SaveEnded(db::Transaction& tx, const Session& session);
// Moves the idle limit; never back.
void NoteUse(db::Transaction& tx, const Session& session, Instant now);
// Forgets the person's sessions whose absolute end is before `before`.
void Forget(db::Transaction& tx, PersonId person, Instant before);
std::vector<Session> ListSessions(db::Transaction& tx);

}  // namespace reeve::identity
