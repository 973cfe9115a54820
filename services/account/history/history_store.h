// The rows of what billing told of each account.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/account/history/history.h"
#include "services/account/ids.h"
#include "shared/db/database.h"

namespace reeve::account {

// A fact that was told before is left alone: true for those that are new.
bool InsertBill(db::Transaction& tx, AccountId account, const BillFact& bill);
std::optional<BillFact> FindBillForUpdate(db::Transaction& tx, AccountId account,
                                          std::int64_t bill_id);
Result<> CancelBill(db::Transaction& tx, AccountId account, std::int64_t bill_id);
bool InsertPayment(db::Transaction& tx, AccountId account, const PaymentFact& payment);
std::optional<PaymentFact> FindPaymentForUpdate(db::Transaction& tx, AccountId account,
                                                const std::string& payment_id);
Result<> UpdateExcuse(db::Transaction& tx, AccountId account, const PaymentFact& payment);

// The records of all accounts of a customer, oldest account first.
std::vector<PaymentRecord> RecordsOf(db::Transaction& tx, CustomerId customer);

// An event that fits on nothing.
struct UnplacedEvent {
  AccountId account;
  int partition = 0;
  std::int64_t position = 0;
  std::string type;
  std::string reason;
  Instant created_time;
};
// One that is there already (the feed was read again) stays as it is.
void InsertUnplaced(db::Transaction& tx, const UnplacedEvent& event);
// Behind (account, partition, position); at most `limit`.
std::vector<UnplacedEvent> ListUnplaced(db::Transaction& tx, AccountId after_account,
                                        int after_partition, std::int64_t after_position,
                                        int limit);

}  // namespace reeve::account
