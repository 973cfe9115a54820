// The rows of vaults and transfers.
#pragma once

#include <optional>
#include <vector>

#include "services/payment/vault/vault.h"
#include "shared/db/database.h"

namespace reeve::payment {

// Behind its drawer row (InsertDrawer).
void InsertVault(db::Transaction& tx, const Vault& vault);
std::optional<Vault> FindVault(db::Transaction& tx, DrawerId id);
std::optional<Vault> LockVault(db::Transaction& tx, DrawerId id);
// Writes what differs. The row is locked.
void SaveVault(db::Transaction& tx, const Vault& before, const Vault& after);

void InsertTransfer(db::Transaction& tx, const Transfer& transfer);
std::optional<Transfer> FindTransfer(db::Transaction& tx, DrawerId drawer, std::int64_t id);
std::optional<Transfer> LockTransfer(db::Transaction& tx, DrawerId drawer, std::int64_t id);
// Writes the end of a pending transfer.
void SaveEnd(db::Transaction& tx, const Transfer& transfer);
// Oldest first.
std::vector<Transfer> PendingTransfers(db::Transaction& tx, DrawerId drawer);
// Starting cash that the session has accepted.
Cash StartingCash(db::Transaction& tx, DrawerId drawer, std::int64_t session_no);

}  // namespace reeve::payment
