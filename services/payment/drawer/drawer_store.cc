#include "services/payment/drawer/drawer_store.h"

#include <stdexcept>

namespace reeve::payment {
namespace {

using db::ColumnType;

constexpr db::Query kInsertDrawer{
    "drawer_insert",
    "INSERT INTO drawer (drawer_id, kind, name, last_session_no) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING"};
constexpr db::Query kFindDrawer{
    "drawer_find", "SELECT kind, name, last_session_no FROM drawer WHERE drawer_id = $1"};
constexpr db::Query kSetLastSession{
    "drawer_set_last_session",
    "UPDATE drawer SET last_session_no = $2 WHERE drawer_id = $1 AND last_session_no = $2 - 1"};
const db::InsertInto kIntoSession{"session_insert",
                                  "drawer_session",
                                  {{"drawer_id"},
                                   {"session_no"},
                                   {"person_id"},
                                   {"cashier_name", ColumnType::kText},
                                   {"state", ColumnType::kText},
                                   {"business_date", ColumnType::kText},
                                   {"opened_time"},
                                   {"next_receipt_no"},
                                   {"next_entry_no"},
                                   {"cash_cents"},
                                   {"check_count"},
                                   {"check_cents"},
                                   {"card_count"},
                                   {"card_cents"},
                                   {"over_short_reason", ColumnType::kText},
                                   {"closed_by"},
                                   {"closed_time"},
                                   {"anchor_length"}}};
const db::InsertInto kIntoCash{"drawer_cash_insert",
                               "drawer_cash",
                               {{"drawer_id"}, {"session_no"}, {"denomination"}, {"pieces"}}};
constexpr db::Query kLiveSession{
    "session_live",
    "SELECT drawer_id, session_no, person_id, cashier_name, state, business_date, opened_time, "
    "next_receipt_no, next_entry_no, cash_cents, check_count, check_cents, card_count, card_cents, "
    "over_short_reason, closed_by, closed_time, closed_date, anchor_length, "
    "anchor_hash "
    "FROM drawer_session WHERE drawer_id = $1 AND state <> 'TURNED_IN'"};
constexpr db::Query kFindSession{
    "session_find",
    "SELECT drawer_id, session_no, person_id, cashier_name, state, business_date, opened_time, "
    "next_receipt_no, next_entry_no, cash_cents, check_count, check_cents, card_count, card_cents, "
    "over_short_reason, closed_by, closed_time, closed_date, anchor_length, "
    "anchor_hash "
    "FROM drawer_session WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kReadPieces{
    "drawer_cash_list",
    "SELECT denomination, pieces FROM drawer_cash WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kSaveSession{
    "session_save",
    "UPDATE drawer_session SET state = $5, next_receipt_no = $6, next_entry_no = $7, "
    "cash_cents = $8, check_count = $9, check_cents = $10, card_count = $11, card_cents = $12, "
    "over_short_reason = $13, closed_by = $14, closed_time = $15, closed_date = $16, "
    "anchor_length = $17, anchor_hash = $18 "
    "WHERE drawer_id = $1 AND session_no = $2 AND state = $3 AND next_entry_no = $4"};
constexpr db::Query kSavePieces{
    "drawer_cash_save",
    "UPDATE drawer_cash SET pieces = $5 "
    "WHERE drawer_id = $1 AND session_no = $2 AND denomination = $3 AND pieces = $4"};
const db::InsertInto kIntoCount{"drawer_count_insert",
                                "drawer_count",
                                {{"drawer_id"},
                                 {"session_no"},
                                 {"expected_check_count"},
                                 {"expected_check_cents"},
                                 {"expected_card_count"},
                                 {"expected_card_cents"},
                                 {"counted_check_count"},
                                 {"counted_check_cents"},
                                 {"counted_card_count"},
                                 {"counted_card_cents"}}};
const db::InsertInto kIntoCountCash{
    "drawer_count_cash_insert",
    "drawer_count_cash",
    {{"drawer_id"}, {"session_no"}, {"denomination"}, {"expected_pieces"}, {"counted_pieces"}}};
constexpr db::Query kDeleteCount{
    "drawer_count_delete", "DELETE FROM drawer_count WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kDeleteCountCash{
    "drawer_count_cash_delete",
    "DELETE FROM drawer_count_cash WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kFindCount{
    "drawer_count_find",
    "SELECT expected_check_count, expected_check_cents, expected_card_count, expected_card_cents, "
    "counted_check_count, counted_check_cents, counted_card_count, counted_card_cents "
    "FROM drawer_count WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kFindCountCash{
    "drawer_count_cash_find",
    "SELECT denomination, expected_pieces, counted_pieces FROM drawer_count_cash "
    "WHERE drawer_id = $1 AND session_no = $2"};
constexpr db::Query kClaimDrawer{
    "cashier_claim",
    "INSERT INTO cashier (person_id, drawer_id, session_no) VALUES ($1, $2, $3) "
    "ON CONFLICT DO NOTHING"};
constexpr db::Query kReleaseDrawer{
    "cashier_release",
    "DELETE FROM cashier WHERE person_id = $1 AND drawer_id = $2 AND session_no = $3"};

Drawer ReadDrawer(DrawerId id, db::Rows::Row row) {
  return {id, kDrawerKindName.Read(row.Text(0)), row.Text(1), row.Int(2)};
}

Session ReadSession(db::Rows::Row row) {
  Session session;
  session.drawer = DrawerId(row.Int(0));
  session.no = row.Int(1);
  session.cashier = PersonId(row.Int(2));
  session.cashier_name = row.Text(3);
  session.state = kSessionStateName.Read(row.Text(4));
  session.business_date = row.Day(5);
  session.opened_time = row.Time(6);
  session.next_receipt_no = row.Int(7);
  session.next_entry_no = row.Int(8);
  session.cash = row.Cents(9);
  session.check_count = row.Int(10);
  session.checks = row.Cents(11);
  session.card_count = row.Int(12);
  session.cards = row.Cents(13);
  session.over_short_reason = row.Text(14);
  session.closed_by = PersonId(row.Int(15));
  session.closed_time = row.Time(16);
  session.closed_date = row.MaybeDay(17);
  session.anchor_length = row.Int(18);
  if (!row.IsNull(19)) session.anchor_hash = db::ToText(row.Blob(19));
  return session;
}

std::optional<Session> WithPieces(db::Transaction& tx, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  Session session = ReadSession(rows[0]);
  Session* const one[] = {&session};
  ReadPieces(tx, one);
  return session;
}

}  // namespace

bool InsertDrawer(db::Transaction& tx, const Drawer& drawer) {
  return tx.Execute(kInsertDrawer, drawer.id, kDrawerKindName(drawer.kind), drawer.name,
                    drawer.last_session_no) == 1;
}

std::optional<Drawer> FindDrawer(db::Transaction& tx, DrawerId id) {
  const db::Rows rows = tx.Select(kFindDrawer, id);
  return rows.empty() ? std::nullopt : std::optional(ReadDrawer(id, rows[0]));
}

std::optional<Drawer> FindDrawerForUpdate(db::Transaction& tx, DrawerId id) {
  const db::Rows rows = tx.SelectForUpdate(kFindDrawer, id);
  return rows.empty() ? std::nullopt : std::optional(ReadDrawer(id, rows[0]));
}

void InsertSession(db::Transaction& tx, const Session& session) {
  const std::vector<db::Value> next[] = {{db::ToValue(session.drawer), db::ToValue(session.no)}};
  tx.ExecuteEach(kSetLastSession, next);
  db::NewRows rows(kIntoSession);
  rows.Add(session.drawer, session.no, session.cashier, session.cashier_name,
           kSessionStateName(session.state), session.business_date, session.opened_time,
           session.next_receipt_no, session.next_entry_no, session.cash, session.check_count,
           session.checks, session.card_count, session.cards, session.over_short_reason,
           session.closed_by, session.closed_time, session.anchor_length);
  tx.InsertRows(rows);
  db::NewRows pieces(kIntoCash);
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    pieces.Add(session.drawer, session.no, kDenominations[i], session.pieces[i]);
  }
  tx.InsertRows(pieces);
}

std::map<DrawerId, Session> LockLiveSessions(db::Transaction& tx,
                                             std::span<const DrawerId> sorted_drawers) {
  std::vector<std::vector<db::Value>> keys;
  for (const DrawerId drawer : sorted_drawers) keys.push_back({db::ToValue(drawer)});
  std::map<DrawerId, Session> sessions;
  for (const db::Rows& rows : tx.SelectEach(kLiveSession, keys, /*lock_rows=*/true)) {
    for (const db::Rows::Row row : rows) sessions.emplace(DrawerId(row.Int(0)), ReadSession(row));
  }
  return sessions;
}

void ReadPieces(db::Transaction& tx, std::span<Session* const> sessions) {
  std::vector<std::vector<db::Value>> keys;
  for (const Session* session : sessions) {
    keys.push_back({db::ToValue(session->drawer), db::ToValue(session->no)});
  }
  const std::vector<db::Rows> answers = tx.SelectEach(kReadPieces, keys);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions[i]->pieces = Cash();
    for (const db::Rows::Row row : answers[i]) {
      AddPieces(sessions[i]->pieces, row.Int(0), row.Int(1));
    }
  }
}

std::optional<Session> LockLiveSession(db::Transaction& tx, DrawerId drawer) {
  return WithPieces(tx, tx.SelectForUpdate(kLiveSession, drawer));
}

std::optional<Session> FindLiveSession(db::Transaction& tx, DrawerId drawer) {
  return WithPieces(tx, tx.Select(kLiveSession, drawer));
}

std::optional<Session> FindSession(db::Transaction& tx, DrawerId drawer, std::int64_t session_no) {
  return WithPieces(tx, tx.Select(kFindSession, drawer, session_no));
}

void SaveSessions(db::Transaction& tx, std::span<const SessionChange> changes) {
  std::vector<std::vector<db::Value>> sessions;
  std::vector<std::vector<db::Value>> pieces;
  for (const auto& [before, after] : changes) {
    sessions.push_back(
        {db::ToValue(after.drawer), db::ToValue(after.no),
         db::ToValue(kSessionStateName(before.state)), db::ToValue(before.next_entry_no),
         db::ToValue(kSessionStateName(after.state)), db::ToValue(after.next_receipt_no),
         db::ToValue(after.next_entry_no), db::ToValue(after.cash), db::ToValue(after.check_count),
         db::ToValue(after.checks), db::ToValue(after.card_count), db::ToValue(after.cards),
         db::ToValue(after.over_short_reason), db::ToValue(after.closed_by),
         db::ToValue(after.closed_time), db::ToValue(after.closed_date),
         db::ToValue(after.anchor_length),
         after.anchor_hash.empty() ? db::Value(nullptr)
                                   : db::Value(db::ToBytes(after.anchor_hash))});
    AddPieceChanges(pieces, {db::ToValue(after.drawer), db::ToValue(after.no)}, before.pieces,
                    after.pieces);
  }
  if (!sessions.empty()) tx.ExecuteEach(kSaveSession, sessions);
  if (!pieces.empty()) tx.ExecuteEach(kSavePieces, pieces);
}

void SaveSession(db::Transaction& tx, const Session& before, const Session& after) {
  const SessionChange change[] = {{before, after}};
  SaveSessions(tx, change);
}

void SaveCount(db::Transaction& tx, const Session& session, const Count& count) {
  tx.Execute(kDeleteCount, session.drawer, session.no);
  tx.Execute(kDeleteCountCash, session.drawer, session.no);
  const auto& [expected, counted] = count;
  db::NewRows row(kIntoCount);
  row.Add(session.drawer, session.no, expected.check_count, expected.checks, expected.card_count,
          expected.cards, counted.check_count, counted.checks, counted.card_count, counted.cards);
  tx.InsertRows(row);
  db::NewRows cash(kIntoCountCash);
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    cash.Add(session.drawer, session.no, kDenominations[i], expected.cash[i], counted.cash[i]);
  }
  tx.InsertRows(cash);
}

std::optional<Count> FindCount(db::Transaction& tx, DrawerId drawer, std::int64_t session_no) {
  const db::Rows rows = tx.Select(kFindCount, drawer, session_no);
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  Count count{{{}, row.Int(0), row.Cents(1), row.Int(2), row.Cents(3)},
              {{}, row.Int(4), row.Cents(5), row.Int(6), row.Cents(7)}};
  const db::Rows pieces = tx.Select(kFindCountCash, drawer, session_no);
  for (const db::Rows::Row piece : pieces) {
    AddPieces(count.expected.cash, piece.Int(0), piece.Int(1));
    AddPieces(count.counted.cash, piece.Int(0), piece.Int(2));
  }
  return count;
}

bool ClaimDrawer(db::Transaction& tx, const Session& session) {
  return tx.Execute(kClaimDrawer, session.cashier, session.drawer, session.no) == 1;
}

void ReleaseDrawer(db::Transaction& tx, const Session& session) {
  tx.Execute(kReleaseDrawer, session.cashier, session.drawer, session.no);
}

void AddPieces(Cash& cash, std::int64_t denomination, std::int64_t pieces) {
  const std::optional<std::size_t> index = Cash::IndexOf(denomination);
  if (!index) throw std::logic_error("a row counts pieces of no denomination");
  cash[*index] += pieces;
}

void AddPieceChanges(std::vector<std::vector<db::Value>>& changes,
                     const std::vector<db::Value>& key, const Cash& before, const Cash& after) {
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    if (before[i] == after[i]) continue;
    std::vector<db::Value> change = key;
    for (const std::int64_t value : {kDenominations[i], before[i], after[i]}) {
      change.push_back(db::ToValue(value));
    }
    changes.push_back(std::move(change));
  }
}

}  // namespace reeve::payment
