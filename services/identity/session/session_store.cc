#include "services/identity/session/session_store.h"

#include <stdexcept>

namespace reeve::identity {
namespace {

constexpr db::Query kInsert{
    "session_insert",
    "INSERT INTO session (person_id, token_hash, created_time, used_time, absolute_end_time) "
    "VALUES ($1, $2, $3, $4, $5)"};
constexpr db::Query kFind{
    "session_find",
    "SELECT person_id, token_hash, created_time, used_time, absolute_end_time, ended_time "
    "FROM session WHERE token_hash = $1"};
constexpr db::Query kOpen{
    "session_open",
    "SELECT person_id, token_hash, created_time, used_time, absolute_end_time, ended_time "
    "FROM session WHERE person_id = $1 AND ended_time IS NULL ORDER BY created_time, token_hash"};
constexpr db::Query kList{
    "session_list",
    "SELECT person_id, token_hash, created_time, used_time, absolute_end_time, ended_time "
    "FROM session ORDER BY person_id, token_hash"};
constexpr db::Query kSaveEnded{
    "session_save_ended",
    "UPDATE session SET ended_time = $3 WHERE person_id = $1 AND token_hash = $2 "
    "AND ended_time IS NULL"};
constexpr db::Query kNoteUse{
    "session_note_use",
    "UPDATE session SET used_time = $3 WHERE person_id = $1 AND token_hash = $2 "
    "AND used_time < $3"};
constexpr db::Query kForget{"session_forget",
                            "DELETE FROM session WHERE person_id = $1 AND absolute_end_time < $2"};

Session ToSession(db::Rows::Row row) {
  return {PersonId(row.Int(0)), db::ToText(row.Blob(1)), row.Time(2), row.Time(3),
          row.Time(4),          row.MaybeTime(5)};
}

std::vector<Session> ToSessions(const db::Rows& rows) {
  std::vector<Session> sessions;
  for (const db::Rows::Row row : rows) sessions.push_back(ToSession(row));
  return sessions;
}

}  // namespace

void Insert(db::Transaction& tx, const Session& session) {
  tx.Execute(kInsert, session.person, db::ToBytes(session.token_hash), session.created_time,
             session.used_time, session.absolute_end_time);
}

std::optional<Session> FindSession(db::Transaction& tx, const std::string& token_hash) {
  const db::Rows rows = tx.Select(kFind, db::ToBytes(token_hash));
  if (rows.empty()) return std::nullopt;
  return ToSession(rows[0]);
}

std::vector<Session> OpenSessions(db::Transaction& tx, PersonId person) {
  return ToSessions(tx.Select(kOpen, person));
}

void SaveEnded(db::Transaction& tx, const Session& session) {
  if (tx.Execute(kSaveEnded, session.person, db::ToBytes(session.token_hash),
                 *session.ended_time) != 1) {
    throw std::logic_error("session ended without its person's lock");
  }
}

void NoteUse(db::Transaction& tx, const Session& session, Instant now) {
  tx.Execute(kNoteUse, session.person, db::ToBytes(session.token_hash), now);
}

void Forget(db::Transaction& tx, PersonId person, Instant before) {
  tx.Execute(kForget, person, before);
}

std::vector<Session> ListSessions(db::Transaction& tx) { return ToSessions(tx.Select(kList)); }

}  // namespace reeve::identity
