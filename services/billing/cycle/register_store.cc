#include "services/billing/cycle/register_store.h"

namespace reeve::billing::cycle {
namespace {

using db::ColumnType;

const db::InsertInto kInsertRegister{"cycle_register_insert",
                                     "cycle_register",
                                     {{"cycle_id"},
                                      {"page_no"},
                                      {"service", ColumnType::kText},
                                      {"agreement_count"},
                                      {"quantity_thousandths"},
                                      {"amount_cents"},
                                      {"held_agreement_count"},
                                      {"held_quantity_thousandths"},
                                      {"held_amount_cents"}}};
constexpr db::Query kLoadRegister{
    "cycle_register_load",
    "SELECT service, CAST(sum(agreement_count) AS BIGINT), "
    "CAST(sum(quantity_thousandths) AS BIGINT), CAST(sum(amount_cents) AS BIGINT), "
    "CAST(coalesce(sum(held_agreement_count), 0) AS BIGINT), "
    "CAST(coalesce(sum(held_quantity_thousandths), 0) AS BIGINT), "
    "CAST(coalesce(sum(held_amount_cents), 0) AS BIGINT) "
    "FROM cycle_register WHERE cycle_id = $1 GROUP BY service ORDER BY service"};
constexpr db::Query kLoadTotals{
    "cycle_totals",
    "SELECT CASE WHEN state = 'HELD' THEN 1 ELSE 0 END, count(*), "
    "CAST(coalesce(sum(total_cents), 0) AS BIGINT) FROM bill WHERE cycle_id = $1 AND "
    "state <> 'CANCELLED' GROUP BY 1 ORDER BY 1"};

}  // namespace

void InsertRegister(db::Transaction& tx, std::int64_t cycle_id, const Page& page,
                    const Register& reg) {
  db::NewRows rows(kInsertRegister);
  for (const auto& [service, line] : reg) {
    rows.Add(cycle_id, page.page_no, service, line.agreement_count, line.quantity_thousandths,
             line.amount_cents, line.held_agreement_count, line.held_quantity_thousandths,
             line.held_amount_cents);
  }
  if (!rows.empty()) tx.InsertRows(rows);
}

Register LoadRegister(db::Transaction& tx, std::int64_t cycle_id) {
  Register reg;
  for (const db::Rows::Row row : tx.Select(kLoadRegister, cycle_id)) {
    reg[row.Text(0)] = {row.Int(1), row.Int(2), row.Int(3), row.Int(4), row.Int(5), row.Int(6)};
  }
  return reg;
}

Totals LoadTotals(db::Transaction& tx, std::int64_t cycle_id) {
  Totals totals;
  for (const db::Rows::Row row : tx.Select(kLoadTotals, cycle_id)) {
    const bool held = row.Bool(0);
    (held ? totals.held_count : totals.bill_count) = row.Int(1);
    (held ? totals.held_cents : totals.total_cents) = row.Int(2);
  }
  return totals;
}

}  // namespace reeve::billing::cycle
