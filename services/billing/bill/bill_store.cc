#include "services/billing/bill/bill_store.h"

#include <cstdlib>

namespace reeve::billing::bill {
namespace {

// A rebill stands where the cancelled bill stood.
#define PLACE \
  "coalesce((SELECT r.priced_date FROM cycle_run r WHERE r.cycle_id = bill.cycle_id), bill_date) "
constexpr db::Query kBefore{
    "bill_before",
    "SELECT bill_id FROM bill WHERE account_id = $1 AND state = 'POSTED' AND (" PLACE
    "< $2 OR (" PLACE "= $2 AND bill_id < $3)) ORDER BY " PLACE "DESC, bill_id DESC LIMIT 1"};
constexpr db::Query kBetween{"bill_between",
                             "SELECT bill_id, " PLACE
                             "FROM bill WHERE account_id = $1 AND state = 'POSTED' AND " PLACE
                             ">= $2 AND " PLACE "<= $3 ORDER BY 2, bill_id"};
#undef PLACE

}  // namespace

std::optional<std::int64_t> FindBillBefore(db::Transaction& tx, const cycle::Bill& bill) {
  const db::Rows rows = tx.Select(kBefore, bill.account, bill.PricedOn(), bill.bill_id);
  return rows.empty() ? std::nullopt : std::optional(rows[0].Int(0));
}

std::optional<std::int64_t> FindBillOfLastYear(db::Transaction& tx, const cycle::Bill& bill,
                                               std::int32_t days_max) {
  const Date day = bill.PricedOn().PlusMonths(-12);
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
