// Ledger reports: pure sums over what the store has added up by account, service and due date.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::billing::ledger {

// A ledger account in a fund.
using AccountOfFund = std::pair<std::string, std::string>;

// What was posted to one ledger account of one fund, in cents; debits and credits from 0.
struct Activity {
  AccountOfFund account;
  std::int64_t opening_cents = 0;
  std::int64_t debit_cents = 0;
  std::int64_t credit_cents = 0;
  std::int64_t posting_count = 0;

  std::int64_t closing_cents() const { return opening_cents + debit_cents - credit_cents; }
};

struct Totals {
  std::int64_t debit_cents = 0;
  std::int64_t credit_cents = 0;
  std::int64_t posting_count = 0;
  bool balanced = true;  // debits equal credits, and the closing balances sum to zero
};
Totals TotalsOf(std::span<const Activity> activities);

// Days past due: not yet, to 30, 60, 90, 120, and more.
inline constexpr int kBuckets = 6;
int BucketOf(Date due_date, Date aged_date);

// Open items of one service and one due date.
struct OpenItems {
  std::string service;
  Date due_date;
  std::int64_t charge_count = 0;
  std::int64_t open_cents = 0;
};

struct Aged {
  std::array<std::int64_t, kBuckets> cents{};
  std::int64_t charge_count = 0;

  std::int64_t total_cents() const;
  void Add(const OpenItems& items, Date aged_date);
};
std::map<std::string, Aged> AgeByService(std::span<const OpenItems> items, Date aged_date);

// What items say that a control account holds, with the ledger's sign: a debit is positive.
using Control = std::map<AccountOfFund, std::int64_t>;

struct Tie {
  AccountOfFund account;
  std::int64_t ledger_cents = 0;
  std::int64_t item_cents = 0;
  bool Agrees() const { return ledger_cents == item_cents; }
};
// Every control account that items or ledger know, by name. A control account that only one side
// knows is there with 0 on the other.
std::vector<Tie> TieOut(std::span<const Activity> ledger, const Control& items);
// Is made up of items: receivables, credit, deposits, unapplied cash.
bool IsControlAccount(std::string_view ledger_account);

}  // namespace reeve::billing::ledger
