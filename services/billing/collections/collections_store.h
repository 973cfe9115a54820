// Notices, disputes, requests for a cut and the rules of a cut, in the database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/collections/shutoff.h"
#include "services/billing/row_text.h"
#include "shared/core/id.h"
#include "shared/db/database.h"

namespace reeve::billing::collections {

// Their rows in the audit trail.
inline constexpr Kept kKeptNotice{"notice", 2, {{{"kind", 2}, {"delivered", 3}}}};
inline constexpr Kept kKeptDispute{"dispute", 2, {{{"state", 2}}}};
inline constexpr Kept kKeptDisconnect{
    "disconnect", 2, {{{"state", 4}, {"amount_to_avoid_cents", 5}, {"paid_cents", 6}}}};
inline constexpr Kept kKeptShutoffPolicy{"shutoff-policy", 1};

Cells CellsOfNotice(AccountId account, const Notice& notice);
void InsertNotice(db::Transaction& tx, AccountId account, const Notice& notice);
// Newest first, at most `limit`.
std::vector<Notice> ListNotices(db::Transaction& tx, AccountId account, std::int64_t limit);

enum class DisputeState { kOpen, kUpheld, kDenied };
struct Dispute {
  AccountId account;
  std::int64_t dispute_id = 0;
  DisputeState state = DisputeState::kOpen;
  std::string reason;
  std::string decision;
  Date opened_date;
  PersonId opened_by;
  PersonId decided_by;  // unset while open
};
Cells CellsOfDispute(const Dispute& dispute);
void InsertDispute(db::Transaction& tx, const Dispute& dispute);
std::optional<Dispute> LockDispute(db::Transaction& tx, AccountId account, std::int64_t dispute_id);
void SaveDispute(db::Transaction& tx, const Dispute& dispute);
bool HasOpenDispute(db::Transaction& tx, AccountId account);
std::vector<Dispute> ListDisputes(db::Transaction& tx, AccountId account, std::int64_t limit);

Cells CellsOfDisconnect(AccountId account, const Disconnect& disconnect);
void InsertDisconnect(db::Transaction& tx, AccountId account, const Disconnect& disconnect);
// Held; the account's books are held before.
std::optional<Disconnect> LockDisconnect(db::Transaction& tx, AccountId account,
                                         std::int64_t disconnect_id);
void SaveDisconnect(db::Transaction& tx, AccountId account, const Disconnect& disconnect);
std::optional<Disconnect> FindOpenDisconnect(db::Transaction& tx, AccountId account);
std::vector<Disconnect> ListDisconnects(db::Transaction& tx, AccountId account, std::int64_t limit);

// The rules in force on `day`; nothing if none are loaded.
std::optional<ShutoffPolicy> PolicyInForce(db::Transaction& tx, Date day);
bool HasPolicy(db::Transaction& tx, Date effective_date);
Cells CellsOfPolicy(const ShutoffPolicy& policy);
void InsertPolicy(db::Transaction& tx, const ShutoffPolicy& policy);

}  // namespace reeve::billing::collections
