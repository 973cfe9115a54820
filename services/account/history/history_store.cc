#include "services/account/history/history_store.h"

namespace reeve::account {
namespace {

constexpr db::Query kInsertBill{
    "bill_fact_insert",
    "INSERT INTO bill_fact (account_id, bill_id, due_date, total_cents) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING"};
constexpr db::Query kFindBill{"bill_fact_find",
                              "SELECT bill_id, due_date, total_cents, cancelled FROM bill_fact "
                              "WHERE account_id = $1 AND bill_id = $2"};
constexpr db::Query kCancelBill{
    "bill_fact_cancel",
    "UPDATE bill_fact SET cancelled = 1 WHERE account_id = $1 AND bill_id = $2"};
constexpr db::Query kInsertPayment{
    "payment_fact_insert",
    "INSERT INTO payment_fact (account_id, payment_id, amount_cents, timely, applied_date, excuse) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"};
constexpr db::Query kFindPayment{
    "payment_fact_find",
    "SELECT payment_id, amount_cents, timely, applied_date, excuse FROM payment_fact "
    "WHERE account_id = $1 AND payment_id = $2"};
constexpr db::Query kUpdateExcuse{
    "payment_fact_update_excuse",
    "UPDATE payment_fact SET excuse = $3 WHERE account_id = $1 AND payment_id = $2"};
constexpr db::Query kAccounts{
    "payment_record_accounts",
    "SELECT account.account_id, account.open_date, account.close_date, account.timely_since_date, "
    "CAST(coalesce(application.total_cents, 0) AS BIGINT) FROM account LEFT JOIN application ON "
    "application.application_id = account.application_id WHERE account.customer_id = $1 "
    "ORDER BY account.open_date, account.account_id"};
constexpr db::Query kBills{"payment_record_bills",
                           "SELECT bill_id, due_date, total_cents, cancelled FROM bill_fact "
                           "WHERE account_id = $1 ORDER BY due_date, bill_id"};
constexpr db::Query kPayments{
    "payment_record_payments",
    "SELECT payment_id, amount_cents, timely, applied_date, excuse FROM payment_fact "
    "WHERE account_id = $1 ORDER BY applied_date, payment_id"};
constexpr db::Query kInsertUnplaced{
    "unplaced_event_insert",
    "INSERT INTO unplaced_event (account_id, feed_partition, position, type, reason, created_time) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"};
constexpr db::Query kListUnplaced{
    "unplaced_event_list",
    "SELECT account_id, feed_partition, position, type, reason, created_time FROM unplaced_event "
    "WHERE account_id > $1 OR (account_id = $1 AND (feed_partition > $2 OR (feed_partition = $2 "
    "AND "
    "position > $3))) ORDER BY account_id, feed_partition, position LIMIT $4"};

BillFact ReadBill(const db::Rows::Row& row) {
  return {row.Int(0), row.Day(1), row.Cents(2), row.Bool(3)};
}

PaymentFact ReadPayment(const db::Rows::Row& row) {
  return {.payment_id = row.Text(0),
          .amount = row.Cents(1),
          .timely = row.Bool(2),
          .applied_date = row.Day(3),
          .excuse = row.Text(4)};
}

}  // namespace

bool InsertBill(db::Transaction& tx, AccountId account, const BillFact& bill) {
  return tx.Execute(kInsertBill, account, bill.bill_id, bill.due_date, bill.total) == 1;
}

std::optional<BillFact> FindBillForUpdate(db::Transaction& tx, AccountId account,
                                          std::int64_t bill_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindBill, account, bill_id);
  if (rows.empty()) return std::nullopt;
  return ReadBill(rows[0]);
}

Result<> CancelBill(db::Transaction& tx, AccountId account, std::int64_t bill_id) {
  return tx.ExecuteOne(kCancelBill, account, bill_id);
}

bool InsertPayment(db::Transaction& tx, AccountId account, const PaymentFact& payment) {
  return tx.Execute(kInsertPayment, account, payment.payment_id, payment.amount, payment.timely,
                    payment.applied_date, payment.excuse) == 1;
}

std::optional<PaymentFact> FindPaymentForUpdate(db::Transaction& tx, AccountId account,
                                                const std::string& payment_id) {
  const db::Rows rows = tx.SelectForUpdate(kFindPayment, account, payment_id);
  if (rows.empty()) return std::nullopt;
  return ReadPayment(rows[0]);
}

Result<> UpdateExcuse(db::Transaction& tx, AccountId account, const PaymentFact& payment) {
  return tx.ExecuteOne(kUpdateExcuse, account, payment.payment_id, payment.excuse);
}

std::vector<PaymentRecord> RecordsOf(db::Transaction& tx, CustomerId customer) {
  std::vector<PaymentRecord> records;
  std::vector<std::vector<db::Value>> keys;
  for (const db::Rows::Row row : tx.Select(kAccounts, customer)) {
    records.push_back({.account = AccountId(row.Int(0)),
                       .open_date = row.Day(1),
                       .close_date = row.MaybeDay(2),
                       .timely_since = row.MaybeDay(3),
                       .charged = row.Cents(4)});
    keys.push_back({row.Cell(0)});
  }
  const std::vector<db::Rows> bills = tx.SelectEach(kBills, keys);
  const std::vector<db::Rows> payments = tx.SelectEach(kPayments, keys);
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const db::Rows::Row row : bills[i]) records[i].bills.push_back(ReadBill(row));
    for (const db::Rows::Row row : payments[i]) records[i].payments.push_back(ReadPayment(row));
  }
  return records;
}

void InsertUnplaced(db::Transaction& tx, const UnplacedEvent& event) {
  tx.Execute(kInsertUnplaced, event.account, event.partition, event.position, event.type,
             event.reason, event.created_time);
}

std::vector<UnplacedEvent> ListUnplaced(db::Transaction& tx, AccountId after_account,
                                        int after_partition, std::int64_t after_position,
                                        int limit) {
  std::vector<UnplacedEvent> events;
  for (const db::Rows::Row row :
       tx.Select(kListUnplaced, after_account, after_partition, after_position, limit)) {
    events.push_back({.account = AccountId(row.Int(0)),
                      .partition = static_cast<int>(row.Int(1)),
                      .position = row.Int(2),
                      .type = row.Text(3),
                      .reason = row.Text(4),
                      .created_time = row.Time(5)});
  }
  return events;
}

}  // namespace reeve::account
