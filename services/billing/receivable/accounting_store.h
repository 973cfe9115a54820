// By which day the ledger counts an entry, and the sums that each save leaves for its reports.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "services/billing/receivable/books.h"
#include "shared/db/database.h"

namespace reeve::billing::receivable {

// Where no month was ever closed, all days are open.
inline constexpr Date kFirstDayOfAll = Date::FromDays(-25'567);  // 1900-01-01

// The first day of the ledger that is open: every month before its own is closed.
Date FirstOpenDay(db::Transaction& tx);
// The same, and no month is closed before the transaction ends. Those who post hold it together and
// do not wait for each other: the day stays what it is, and on PostgreSQL each leaves its lock in
// the row. Only who closes or reopens a month (LockFirstOpenDay) waits for them, or they for that.
Date HoldFirstOpenDay(db::Transaction& tx);
Date LockFirstOpenDay(db::Transaction& tx);
void SaveFirstOpenDay(db::Transaction& tx, Date day);

// What one save posts, by day, ledger account and fund.
class SavedSums {
 public:
  // `account` and `entry_id` are those of its first entry.
  SavedSums(db::Transaction& tx, AccountId account, std::int64_t entry_id)
      : first_open_(HoldFirstOpenDay(tx)), account_(account), sum_id_(entry_id) {}

  std::int64_t sum_id() const { return sum_id_; }
  // What happened in a closed month is counted from the first open day on.
  Date AccountingDateOf(Date business_date) const { return std::max(business_date, first_open_); }
  void Add(const Entry& entry);
  void Insert(db::Transaction& tx) const;

 private:
  struct Key {
    Date accounting_date;
    std::string ledger_account;
    std::string fund;
    auto operator<=>(const Key&) const = default;
  };
  struct Sum {
    std::int64_t debit_cents = 0;
    std::int64_t credit_cents = 0;
    std::int64_t posting_count = 0;
  };

  Date first_open_;
  AccountId account_;
  std::int64_t sum_id_;
  std::map<Key, Sum> sums_;
};

}  // namespace reeve::billing::receivable
