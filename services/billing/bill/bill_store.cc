#include "services/billing/bill/bill_store.h"

#include <cstdlib>

namespace reeve::billing::bill {
namespace {

constexpr db::Query kBefore{
    "bill_before",
    "SELECT bill_id FROM bill WHERE account_id = $1 AND state = 'POSTED' AND (bill_date < $2 OR "
    "(bill_date = $2 AND bill_id < $3)) ORDER BY bill_date DESC, bill_id DESC LIMIT 1"};
constexpr db::Query kBetween{
    "bill_between",
    "SELECT bill_id, bill_date FROM bill WHERE account_id = $1 AND state = 'POSTED' AND "
    "bill_date >= $2 AND bill_date <= $3 ORDER BY bill_date, bill_id"};

}  // namespace

std::optional<std::int64_t> FindBillBefore(db::Transaction& tx, const cycle::Bill& bill) {
  const db::Rows rows = tx.Select(kBefore, bill.account, bill.bill_date, bill.bill_id);
  return rows.empty() ? std::nullopt : std::optional(rows[0].Int(0));
}

std::optional<std::int64_t> FindBillOfLastYear(db::Transaction& tx, const cycle::Bill& bill,
                                               std::int32_t days_max) {
  const Date day = bill.bill_date.PlusMonths(-12);
  std::optional<std::int64_t> nearest;
  std::int32_t off = days_max + 1;
  for (const db::Rows::Row row :
       tx.Select(kBetween, bill.account, day.PlusDays(-days_max), day.PlusDays(days_max))) {
    const std::int32_t days = std::abs(row.Day(1) - day);
    if (days >= off) continue;
    nearest = row.Int(0);
    off = days;
  }
  return nearest;
}

}  // namespace reeve::billing::bill
