// The rows of drawers and their sessions.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "services/payment/drawer/drawer.h"
#include "shared/db/database.h"

namespace reeve::payment {

// False if the number is taken.
bool InsertDrawer(db::Transaction& tx, const Drawer& drawer);
std::optional<Drawer> FindDrawer(db::Transaction& tx, DrawerId id);
std::optional<Drawer> FindDrawerForUpdate(db::Transaction& tx, DrawerId id);

// The drawer's next session, empty; the drawer row is locked.
void InsertSession(db::Transaction& tx, const Session& session);
// The live session (not turned in) of each drawer that has one, locked; without pieces.
std::map<DrawerId, Session> LockLiveSessions(db::Transaction& tx,
                                             std::span<const DrawerId> sorted_drawers);
void ReadPieces(db::Transaction& tx, std::span<Session* const> sessions);
// One of them, with its pieces.
std::optional<Session> LockLiveSession(db::Transaction& tx, DrawerId drawer);
std::optional<Session> FindLiveSession(db::Transaction& tx, DrawerId drawer);
std::optional<Session> FindSession(db::Transaction& tx, DrawerId drawer, std::int64_t session_no);

struct SessionChange {
  Session before;
  Session after;
};
// Writes what differs. The rows are locked and as they were in `before`, else the transaction runs
// again.
void SaveSessions(db::Transaction& tx, std::span<const SessionChange> changes);
void SaveSession(db::Transaction& tx, const Session& before, const Session& after);

// A count replaces the one before.
void SaveCount(db::Transaction& tx, const Session& session, const Count& count);
std::optional<Count> FindCount(db::Transaction& tx, DrawerId drawer, std::int64_t session_no);

// False if the person has another drawer.
bool ClaimDrawer(db::Transaction& tx, const Session& session);
void ReleaseDrawer(db::Transaction& tx, const Session& session);

// What a row says of one denomination. Throws std::logic_error if no such piece exists.
void AddPieces(Cash& cash, std::int64_t denomination, std::int64_t pieces);
// Updates of a table of pieces, for ExecuteEach: {key..., denomination, before, after}.
void AddPieceChanges(std::vector<std::vector<db::Value>>& changes,
                     const std::vector<db::Value>& key, const Cash& before, const Cash& after);

}  // namespace reeve::payment
