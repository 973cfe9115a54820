// The rows of payments.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "services/payment/payment/payment.h"
#include "shared/db/database.h"

namespace reeve::payment {

void InsertPayments(db::Transaction& tx, std::span<const Payment> payments);
// The session's payments with receipt numbers in [first, last], in their order.
std::vector<Payment> ReadPayments(db::Transaction& tx, DrawerId drawer, std::int64_t session_no,
                                  std::int64_t first, std::int64_t last);
std::optional<Payment> FindPayment(db::Transaction& tx, const PaymentId& id);
// Writes the void's fields; the session row is locked. The row is in state `before`, else the
// transaction runs again.
void SaveVoid(db::Transaction& tx, PaymentState before, const Payment& payment);
// Receipts of the session whose void is asked for and not decided, in their order.
std::vector<std::int64_t> VoidsPending(db::Transaction& tx, DrawerId drawer,
                                       std::int64_t session_no);

}  // namespace reeve::payment
