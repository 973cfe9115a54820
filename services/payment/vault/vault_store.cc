#include "services/payment/vault/vault_store.h"

#include "services/payment/drawer/drawer_store.h"

namespace reeve::payment {
namespace {

using db::ColumnType;

const db::InsertInto kIntoVault{"vault_insert", "vault", {{"drawer_id"}, {"next_entry_no"}}};
const db::InsertInto kIntoVaultCash{
    "vault_cash_insert", "vault_cash", {{"drawer_id"}, {"denomination"}, {"pieces"}}};
constexpr db::Query kFindVault{"vault_find",
                               "SELECT next_entry_no FROM vault WHERE drawer_id = $1"};
constexpr db::Query kReadVaultCash{
    "vault_cash_list", "SELECT denomination, pieces FROM vault_cash WHERE drawer_id = $1"};
constexpr db::Query kSaveVault{
    "vault_save",
    "UPDATE vault SET next_entry_no = $3 WHERE drawer_id = $1 AND next_entry_no = $2"};
constexpr db::Query kSaveVaultCash{"vault_cash_save",
                                   "UPDATE vault_cash SET pieces = $4 "
                                   "WHERE drawer_id = $1 AND denomination = $2 AND pieces = $3"};
const db::InsertInto kIntoTransfer{"transfer_insert",
                                   "transfer",
                                   {{"drawer_id"},
                                    {"transfer_id"},
                                    {"kind", ColumnType::kText},
                                    {"state", ColumnType::kText},
                                    {"vault_id"},
                                    {"session_no"},
                                    {"check_count"},
                                    {"check_cents"},
                                    {"card_count"},
                                    {"card_cents"},
                                    {"initiated_by"},
                                    {"initiated_time"},
                                    {"initiated_date", ColumnType::kText},
                                    {"ended_by"},
                                    {"ended_time"},
                                    {"ended_date", ColumnType::kText},
                                    {"cancel_reason", ColumnType::kText}}};
const db::InsertInto kIntoTransferCash{
    "transfer_cash_insert",
    "transfer_cash",
    {{"drawer_id"}, {"transfer_id"}, {"denomination"}, {"pieces"}}};
constexpr db::Query kFindTransfer{
    "transfer_find",
    "SELECT transfer_id, kind, state, vault_id, session_no, check_count, check_cents, card_count, "
    "card_cents, initiated_by, initiated_time, initiated_date, ended_by, ended_time, ended_date, "
    "cancel_reason FROM transfer WHERE drawer_id = $1 AND transfer_id = $2"};
constexpr db::Query kPendingTransfers{
    "transfer_list_pending",
    "SELECT transfer_id FROM transfer WHERE drawer_id = $1 AND state = 'PENDING' "
    "ORDER BY transfer_id"};
constexpr db::Query kReadTransferCash{
    "transfer_cash_list",
    "SELECT denomination, pieces FROM transfer_cash WHERE drawer_id = $1 AND transfer_id = $2"};
constexpr db::Query kSaveEnd{
    "transfer_save_end",
    "UPDATE transfer SET state = $3, ended_by = $4, ended_time = $5, ended_date = $6, "
    "cancel_reason = $7 WHERE drawer_id = $1 AND transfer_id = $2 AND state = 'PENDING'"};
constexpr db::Query kStartingCash{
    "transfer_starting_cash",
    "SELECT c.denomination, c.pieces FROM transfer t "
    "JOIN transfer_cash c ON c.drawer_id = t.drawer_id AND c.transfer_id = t.transfer_id "
    "WHERE t.drawer_id = $1 AND t.session_no = $2 AND t.kind = 'STARTING_CASH' "
    "AND t.state = 'ACCEPTED'"};

Cash ReadCash(const db::Rows& rows) {
  Cash cash;
  for (const db::Rows::Row row : rows) AddPieces(cash, row.Int(0), row.Int(1));
  return cash;
}

std::optional<Vault> ReadVault(db::Transaction& tx, DrawerId id, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return Vault{id, rows[0].Int(0), ReadCash(tx.Select(kReadVaultCash, id))};
}

std::optional<Transfer> ReadTransfer(db::Transaction& tx, DrawerId drawer, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  Transfer transfer;
  transfer.drawer = drawer;
  transfer.id = row.Int(0);
  transfer.kind = kTransferKindName.Read(row.Text(1));
  transfer.state = kTransferStateName.Read(row.Text(2));
  transfer.vault = DrawerId(row.Int(3));
  transfer.session_no = row.Int(4);
  transfer.counted = {ReadCash(tx.Select(kReadTransferCash, drawer, transfer.id)), row.Int(5),
                      row.Cents(6), row.Int(7), row.Cents(8)};
  transfer.initiated_by = PersonId(row.Int(9));
  transfer.initiated_time = row.Time(10);
  transfer.initiated_date = row.Day(11);
  transfer.ended_by = PersonId(row.Int(12));
  transfer.ended_time = row.Time(13);
  transfer.ended_date = row.MaybeDay(14);
  transfer.cancel_reason = row.Text(15);
  return transfer;
}

}  // namespace

void InsertVault(db::Transaction& tx, const Vault& vault) {
  db::NewRows rows(kIntoVault);
  rows.Add(vault.id, vault.next_entry_no);
  tx.InsertRows(rows);
  db::NewRows cash(kIntoVaultCash);
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    cash.Add(vault.id, kDenominations[i], vault.cash[i]);
  }
  tx.InsertRows(cash);
}

std::optional<Vault> FindVault(db::Transaction& tx, DrawerId id) {
  return ReadVault(tx, id, tx.Select(kFindVault, id));
}

std::optional<Vault> LockVault(db::Transaction& tx, DrawerId id) {
  return ReadVault(tx, id, tx.SelectForUpdate(kFindVault, id));
}

void SaveVault(db::Transaction& tx, const Vault& before, const Vault& after) {
  if (before.next_entry_no != after.next_entry_no) {
    const std::vector<db::Value> change[] = {{db::ToValue(after.id),
                                              db::ToValue(before.next_entry_no),
                                              db::ToValue(after.next_entry_no)}};
    tx.ExecuteEach(kSaveVault, change);
  }
  std::vector<std::vector<db::Value>> pieces;
  AddPieceChanges(pieces, {db::ToValue(after.id)}, before.cash, after.cash);
  if (!pieces.empty()) tx.ExecuteEach(kSaveVaultCash, pieces);
}

void InsertTransfer(db::Transaction& tx, const Transfer& transfer) {
  const Holding& counted = transfer.counted;
  db::NewRows rows(kIntoTransfer);
  rows.Add(transfer.drawer, transfer.id, kTransferKindName(transfer.kind),
           kTransferStateName(transfer.state), transfer.vault, transfer.session_no,
           counted.check_count, counted.checks, counted.card_count, counted.cards,
           transfer.initiated_by, transfer.initiated_time, transfer.initiated_date,
           transfer.ended_by, transfer.ended_time, transfer.ended_date, transfer.cancel_reason);
  tx.InsertRows(rows);
  db::NewRows cash(kIntoTransferCash);
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    if (counted.cash[i] == 0) continue;
    cash.Add(transfer.drawer, transfer.id, kDenominations[i], counted.cash[i]);
  }
  if (!cash.empty()) tx.InsertRows(cash);
}

std::optional<Transfer> FindTransfer(db::Transaction& tx, DrawerId drawer, std::int64_t id) {
  return ReadTransfer(tx, drawer, tx.Select(kFindTransfer, drawer, id));
}

std::optional<Transfer> LockTransfer(db::Transaction& tx, DrawerId drawer, std::int64_t id) {
  return ReadTransfer(tx, drawer, tx.SelectForUpdate(kFindTransfer, drawer, id));
}

void SaveEnd(db::Transaction& tx, const Transfer& transfer) {
  const std::vector<db::Value> change[] = {
      {db::ToValue(transfer.drawer), db::ToValue(transfer.id),
       db::ToValue(kTransferStateName(transfer.state)), db::ToValue(transfer.ended_by),
       db::ToValue(transfer.ended_time), db::ToValue(transfer.ended_date),
       db::ToValue(transfer.cancel_reason)}};
  tx.ExecuteEach(kSaveEnd, change);
}

std::vector<Transfer> PendingTransfers(db::Transaction& tx, DrawerId drawer) {
  std::vector<Transfer> transfers;
  const db::Rows rows = tx.Select(kPendingTransfers, drawer);
  for (const db::Rows::Row row : rows) {
    transfers.push_back(*FindTransfer(tx, drawer, row.Int(0)));
  }
  return transfers;
}

Cash StartingCash(db::Transaction& tx, DrawerId drawer, std::int64_t session_no) {
  return ReadCash(tx.Select(kStartingCash, drawer, session_no));
}

}  // namespace reeve::payment
