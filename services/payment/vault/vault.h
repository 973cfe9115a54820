// Custody: money moves between two people, of whom one counts and hands over, and the other counts
// and accepts. In between it is in transit, in nobody's drawer and in no vault.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/payment/drawer/drawer.h"
#include "services/payment/journal/journal.h"

namespace reeve::payment {

namespace reason {
inline constexpr Reason kVaultExists{"VAULT_EXISTS"};
inline constexpr Reason kVaultUnknown{"VAULT_UNKNOWN"};
inline constexpr Reason kVaultShort{"VAULT_SHORT"};
inline constexpr Reason kTransferUnknown{"TRANSFER_UNKNOWN"};
inline constexpr Reason kTransferNotPending{"TRANSFER_NOT_PENDING"};
inline constexpr Reason kCountDiffers{"COUNT_DIFFERS"};
inline constexpr Reason kCustodianNeeded{"CUSTODIAN_NEEDED"};
}  // namespace reason

// Besides custody.accept, for what goes into a vault.
inline constexpr std::string_view kAcceptIntoVault = "custody.accept_into_vault";

// Its cash; the checks in it are counted by the takings that brought them (bank_deposit/).
struct Vault {
  DrawerId id;
  std::int64_t next_entry_no = 1;
  Cash cash;
};

enum class TransferKind { kChangeFund, kStartingCash, kTurnIn };
inline constexpr Spelling<TransferKind, 3> kTransferKindName{
    {"CHANGE_FUND", "STARTING_CASH", "TURN_IN"}};

enum class TransferState { kPending, kAccepted, kCancelled };
enum class TransferEvent { kAccept, kCancel };
inline constexpr Spelling<TransferState, 3> kTransferStateName{
    {"PENDING", "ACCEPTED", "CANCELLED"}};
std::optional<TransferState> Next(TransferState state, TransferEvent event);

struct Transfer {
  DrawerId drawer;  // for the change fund: the vault
  std::int64_t id = 0;
  TransferKind kind = TransferKind::kChangeFund;
  TransferState state = TransferState::kPending;
  DrawerId vault;
  std::int64_t session_no = 0;  // 0 for the change fund
  Holding counted;
  PersonId initiated_by;
  Instant initiated_time;
  Date initiated_date;
  PersonId ended_by;
  Instant ended_time;
  std::optional<Date> ended_date;
  std::string cancel_reason;
};

Place From(TransferKind kind);
Place To(TransferKind kind);

// What a transfer moves between. The session is the drawer's live one, or null.
struct Parties {
  Session* session = nullptr;
  Vault* vault = nullptr;
};

// The money leaves its place. For starting cash SESSION_NOT_OPEN, SAME_PERSON, VAULT_SHORT; for a
// turn-in SESSION_NOT_CLOSED, NOT_YOUR_DRAWER (neither its cashier nor who closed it),
// TRANSFER_PENDING, COUNT_DIFFERS.
Result<Entry> Initiate(Transfer& transfer, const Parties& parties, bool another_pending);

struct Ending {
  PersonId person;
  Instant now;
  Date today;
  bool may_accept_into_vault = false;
};
// The money arrives. TRANSFER_NOT_PENDING, SAME_PERSON; into a vault CUSTODIAN_NEEDED; for starting
// cash SESSION_NOT_OPEN, NOT_YOUR_DRAWER; COUNT_DIFFERS.
Result<Entry> Accept(Transfer& transfer, const Parties& parties, const Holding& counted,
                     const Ending& ending);
// The money is back. TRANSFER_NOT_PENDING.
Result<Entry> Cancel(Transfer& transfer, const Parties& parties, const std::string& cancel_reason,
                     const Ending& ending);

// What the audit trail keeps.
std::string Describe(const Transfer& transfer);

}  // namespace reeve::payment
