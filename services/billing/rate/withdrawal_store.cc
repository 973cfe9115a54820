#include "services/billing/rate/withdrawal_store.h"

namespace reeve::billing::rate {
namespace {

constexpr db::Query kInsert{
    "rate_withdrawal_insert",
    "INSERT INTO rate_withdrawal (schedule_code, effective_date, revision, content, "
    "loaded_by_person_id, withdrawn_by_person_id, withdrawn_date, reason) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr db::Query kLast{"rate_withdrawal_last",
                          "SELECT coalesce(max(revision), 0) FROM rate_withdrawal "
                          "WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kList{
    "rate_withdrawal_list",
    "SELECT schedule_code, effective_date, revision, content, loaded_by_person_id, "
    "withdrawn_by_person_id, withdrawn_date, reason FROM rate_withdrawal "
    "WHERE schedule_code > $1 OR (schedule_code = $1 AND (effective_date > $2 OR "
    "(effective_date = $2 AND revision > $3))) "
    "ORDER BY schedule_code, effective_date, revision LIMIT $4"};

// All columns, as they are inserted.
template <class Use>
auto WithColumns(const Withdrawal& one, const Use& use) {
  return use(one.code, one.effective_date, one.revision, one.content, one.loaded_by,
             one.withdrawn_by, one.withdrawn_date, one.reason);
}

}  // namespace

Cells CellsOfWithdrawal(const Withdrawal& withdrawal) { return WithColumns(withdrawal, kToCells); }

void InsertWithdrawal(db::Transaction& tx, const Withdrawal& withdrawal) {
  WithColumns(withdrawal, [&tx](const auto&... cells) { tx.Execute(kInsert, cells...); });
}

std::int64_t LastWithdrawn(db::Transaction& tx, const std::string& code, Date effective_date) {
  return tx.Select(kLast, code, effective_date)[0].Int(0);
}

std::vector<Withdrawal> ListWithdrawals(db::Transaction& tx, const WithdrawalKey& after,
                                        std::int64_t limit) {
  std::vector<Withdrawal> listed;
  for (const db::Rows::Row row :
       tx.Select(kList, after.code, after.effective_date, after.revision, limit)) {
    listed.push_back({row.Text(0), row.Day(1), row.Int(2), row.Text(3), PersonId(row.Int(4)),
                      PersonId(row.Int(5)), row.Day(6), row.Text(7)});
  }
  return listed;
}

}  // namespace reeve::billing::rate
