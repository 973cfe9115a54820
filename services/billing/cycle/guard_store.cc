#include "services/billing/cycle/guard_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ToValue;
using Parameters = std::vector<std::vector<db::Value>>;

#define BILLED_DAYS                                                                    \
  "SELECT s.from_date, s.to_date, s.effective_date, s.usage_thousandths, "             \
  "s.quantity_thousandths, s.amount_cents, b.state, s.schedule_code, s.month_days "    \
  "FROM bill_segment s JOIN bill b ON "                                                \
  "b.account_id = s.account_id AND b.bill_id = s.bill_id WHERE s.account_id = $1 AND " \
  "s.agreement_id = $2 AND s.state = 'BILLED' ORDER BY s.to_date DESC "
constexpr db::Query kDaysOfMeters{"guard_days_of_meter", BILLED_DAYS "LIMIT 14"};
constexpr db::Query kDaysOfOthers{"guard_days_of_other", BILLED_DAYS "LIMIT 2"};
#undef BILLED_DAYS
constexpr db::Query kClass{"guard_class",
                           "SELECT customer_class FROM billing_account WHERE account_id = $1"};

// The last to begin of those that were there before, of other accounts.
constexpr db::Query kBefore{
    "guard_occupant_before",
    "SELECT a.stop_date, (SELECT s.end_read_thousandths FROM bill_segment s WHERE s.account_id = "
    "a.account_id AND s.agreement_id = a.agreement_id AND s.state = 'BILLED' ORDER BY s.to_date "
    "DESC LIMIT 1) FROM agreement a WHERE a.premise_id = $1 AND a.service = $2 AND "
    "a.meter_number = $3 AND a.state <> 'PENDING' AND (a.start_date < $5 OR (a.start_date = $5 AND "
    "a.account_id < $4)) AND a.account_id <> $4 "
    "ORDER BY a.start_date DESC, a.account_id DESC LIMIT 1"};

void AddDays(const db::Rows& rows, Guarded& one) {
  for (const db::Rows::Row row : rows) {
    const BilledDays days{row.Day(0), row.Day(1),   row.Day(2),  row.Int(3),
                          row.Int(4), row.Cents(5), row.Text(7), row.Int(8)};
    one.days.push_back(days);
    if (row.Text(6) == BillStateName(BillState::kHeld)) continue;
    one.history.push_back({days.from_date, days.to_date, days.usage_thousandths, days.amount});
  }
}

void LoadDays(db::Transaction& tx, const db::Query& query, bool metered,
              std::vector<Guarded>& guarded) {
  Parameters keys;
  std::vector<Guarded*> wanted;
  for (Guarded& one : guarded) {
    if (one.agreement->IsMetered() != metered) continue;
    keys.push_back({ToValue(one.agreement->account), ToValue(one.agreement->agreement_id)});
    wanted.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> days = tx.SelectEach(query, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) AddDays(days[i], *wanted[i]);
}

CustomerClass ToClass(const db::Rows& rows) {
  return rows.empty() ? CustomerClass::kResidential : ParseCustomerClass(rows[0].Text(0));
}

void LoadClasses(db::Transaction& tx, std::vector<Guarded>& guarded) {
  Parameters keys;
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account == guarded[i - 1].agreement->account) continue;
    keys.push_back({ToValue(guarded[i].agreement->account)});
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> classes = tx.SelectEach(kClass, keys);
  auto of_account = classes.begin();
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (i > 0 && guarded[i].agreement->account != guarded[i - 1].agreement->account) ++of_account;
    guarded[i].customer_class = ToClass(*of_account);
  }
}

// Of those that have no bill yet. The meter is that of their start: an exchange since has another.
void LoadBefore(db::Transaction& tx, std::vector<Guarded>& guarded) {
  Parameters keys;
  std::vector<Guarded*> wanted;
  for (Guarded& one : guarded) {
    if (!one.days.empty()) continue;
    const agreement::Agreement& agreement = *one.agreement;
    keys.push_back({ToValue(agreement.premise), ToValue(agreement.service),
                    ToValue(agreement.meter_number), ToValue(agreement.account),
                    ToValue(agreement.start_date)});
    wanted.push_back(&one);
  }
  if (keys.empty()) return;
  const std::vector<db::Rows> before = tx.SelectEach(kBefore, keys);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (before[i].empty()) continue;
    const db::Rows::Row row = before[i][0];
    wanted[i]->before = OccupantBefore{row.MaybeDay(0), row.MaybeInt(1)};
  }
}

}  // namespace

CustomerClass ClassOf(db::Transaction& tx, AccountId account) {
  return ToClass(tx.Select(kClass, account));
}

std::vector<Guarded> LoadGuarded(db::Transaction& tx,
                                 std::span<const agreement::Agreement> agreements) {
  std::vector<Guarded> guarded;
  guarded.reserve(agreements.size());
  for (const agreement::Agreement& agreement : agreements) {
    guarded.emplace_back().agreement = &agreement;
  }
  LoadClasses(tx, guarded);
  LoadDays(tx, kDaysOfMeters, true, guarded);
  LoadDays(tx, kDaysOfOthers, false, guarded);
  LoadBefore(tx, guarded);
  return guarded;
}

}  // namespace reeve::billing::cycle
