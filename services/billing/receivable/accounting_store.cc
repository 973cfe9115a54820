#include "services/billing/receivable/accounting_store.h"

#include <cstdlib>

namespace reeve::billing::receivable {
namespace {

using db::ColumnType;

#define FIRST_OPEN_DAY "SELECT open_date FROM ledger_open WHERE ledger_no = 1"
constexpr db::Query kFirstOpenDay{"ledger_first_open_day", FIRST_OPEN_DAY};
// SQLite has one writer: nobody closes a month while somebody posts.
constexpr db::Query kHoldFirstOpenDay{"ledger_hold_first_open_day", FIRST_OPEN_DAY " FOR SHARE"};
#undef FIRST_OPEN_DAY
constexpr db::Query kSaveFirstOpenDay{"ledger_save_first_open_day",
                                      "UPDATE ledger_open SET open_date = $1 WHERE ledger_no = 1"};
const db::InsertInto kInsertSums{"ledger_sum_insert",
                                 "ledger_sum",
                                 {{"account_id"},
                                  {"sum_id"},
                                  {"accounting_date", ColumnType::kText},
                                  {"ledger_account", ColumnType::kText},
                                  {"fund", ColumnType::kText},
                                  {"debit_cents"},
                                  {"credit_cents"},
                                  {"posting_count"}}};

}  // namespace

Date FirstOpenDay(db::Transaction& tx) { return tx.Select(kFirstOpenDay)[0].Day(0); }

Date HoldFirstOpenDay(db::Transaction& tx) {
  const bool shares = tx.engine() == db::Engine::kPostgres;
  return tx.Select(shares ? kHoldFirstOpenDay : kFirstOpenDay)[0].Day(0);
}

Date LockFirstOpenDay(db::Transaction& tx) { return tx.SelectForUpdate(kFirstOpenDay)[0].Day(0); }

void SaveFirstOpenDay(db::Transaction& tx, Date day) {
  const std::vector<db::Value> one[] = {{db::ToValue(day)}};
  tx.ExecuteEach(kSaveFirstOpenDay, one);
}

void SavedSums::Add(const Entry& entry) {
  const Date day = AccountingDateOf(entry.business_date);
  for (const Posting& posting : entry.postings) {
    Sum& sum = sums_[{day, posting.ledger_account, posting.fund}];
    const std::int64_t cents = posting.amount.cents();
    (cents > 0 ? sum.debit_cents : sum.credit_cents) += std::abs(cents);
    ++sum.posting_count;
  }
}

void SavedSums::Insert(db::Transaction& tx) const {
  db::NewRows rows(kInsertSums);
  for (const auto& [key, sum] : sums_) {
    rows.Add(account_, sum_id_, key.accounting_date, key.ledger_account, key.fund, sum.debit_cents,
             sum.credit_cents, sum.posting_count);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

}  // namespace reeve::billing::receivable
