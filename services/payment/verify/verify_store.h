// The proof of payment's books: everything that is kept is derived again from its documents, and
// compared. Reads only, on one snapshot.
#pragma once

#include <vector>

#include "services/payment/payment/payment.h"
#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::payment {

// Payments of all sessions, one session at a time.
struct SessionKey {
  DrawerId drawer;
  std::int64_t session_no = 0;
};
std::vector<SessionKey> AllSessions(db::Transaction& tx);
std::vector<Payment> AllPayments(db::Transaction& tx, const SessionKey& session);

// "drawers", "sessions", "receipts", "drawer-contents", "transfers", "vault-contents", "takings",
// "bank-deposits", "journal", "rows": each with the first thing that does not hold.
std::vector<Finding> CheckBooks(db::Transaction& tx);

}  // namespace reeve::payment
