#include "services/billing/ledger/ledger.h"

#include <algorithm>
#include <numeric>

#include "services/billing/receivable/books.h"

namespace reeve::billing::ledger {
namespace {

constexpr std::int32_t kBucketEnds[kBuckets - 1] = {0, 30, 60, 90, 120};  // days past due

}  // namespace

Totals TotalsOf(std::span<const Activity> activities) {
  Totals totals;
  std::int64_t closing = 0;
  for (const Activity& activity : activities) {
    totals.debit_cents += activity.debit_cents;
    totals.credit_cents += activity.credit_cents;
    totals.posting_count += activity.posting_count;
    closing += activity.closing_cents();
  }
  totals.balanced = totals.debit_cents == totals.credit_cents && closing == 0;
  return totals;
}

int BucketOf(Date due_date, Date aged_date) {
  const std::int32_t days = aged_date - due_date;
  return static_cast<int>(std::lower_bound(std::begin(kBucketEnds), std::end(kBucketEnds), days) -
                          std::begin(kBucketEnds));
}

std::int64_t Aged::total_cents() const {
  return std::accumulate(cents.begin(), cents.end(), std::int64_t{0});
}

void Aged::Add(const OpenItems& items, Date aged_date) {
  cents[static_cast<std::size_t>(BucketOf(items.due_date, aged_date))] += items.open_cents;
  charge_count += items.charge_count;
}

std::map<std::string, Aged> AgeByService(std::span<const OpenItems> items, Date aged_date) {
  std::map<std::string, Aged> aged;
  for (const OpenItems& one : items) aged[one.service].Add(one, aged_date);
  return aged;
}

bool IsControlAccount(std::string_view ledger_account) {
  using namespace receivable;
  return ledger_account.starts_with(ReceivableOf("")) ||
         ledger_account.starts_with(DepositBilledOf("")) || ledger_account == kCustomerCredit ||
         ledger_account == kCustomerDeposits || ledger_account == kUnappliedCash;
}

std::vector<Tie> TieOut(std::span<const Activity> ledger, const Control& items) {
  std::map<AccountOfFund, Tie> ties;
  for (const Activity& activity : ledger) {
    if (!IsControlAccount(activity.account.first)) continue;
    ties[activity.account].ledger_cents = activity.closing_cents();
  }
  for (const auto& [account, cents] : items) ties[account].item_cents = cents;
  std::vector<Tie> sorted;
  for (auto& [account, tie] : ties) {
    tie.account = account;
    sorted.push_back(std::move(tie));
  }
  return sorted;
}

}  // namespace reeve::billing::ledger
