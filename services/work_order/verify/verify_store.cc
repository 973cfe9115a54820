#include "services/work_order/verify/verify_store.h"

#include "services/work_order/order/order_store.h"

namespace reeve::work_order {
namespace {

constexpr db::Query kListKeys{
    "verify_list_orders",
    "SELECT premise_id, order_id FROM work_order WHERE premise_id > $1 "
    "OR (premise_id = $1 AND order_id > $2) ORDER BY premise_id, order_id LIMIT $3"};
constexpr db::Query kListPayloads{
    "verify_list_payloads",
    "SELECT position, payload FROM feed_event WHERE type = $1 AND partition_id = $2 "
    "AND position > $3 ORDER BY position LIMIT $4"};

// The first row that does not hold, and how many were looked at.
struct TableCheck {
  const char* name;
  db::Query count;
  db::Query violation;
};
constexpr TableCheck kChecks[] = {
    {"completions",
     {"verify_count_orders", "SELECT COUNT(*) FROM work_order"},
     {"verify_completions",
      "SELECT o.premise_id, o.order_id FROM work_order o LEFT JOIN completion c "
      "ON c.premise_id = o.premise_id AND c.order_id = o.order_id "
      "WHERE (CASE WHEN o.state = 'WORK_DONE' OR (o.state = 'CLOSED' AND o.not_done_reason IS "
      "NULL) "
      "THEN 1 ELSE 0 END) <> (CASE WHEN c.order_id IS NULL THEN 0 ELSE 1 END) "
      "OR (o.state = 'NOT_DONE' AND o.not_done_reason IS NULL) "
      "ORDER BY o.premise_id, o.order_id LIMIT 1"}},
    {"slots",
     {"verify_count_slots", "SELECT COUNT(*) FROM slot"},
     {"verify_slots",
      "SELECT s.home, s.taken FROM slot s WHERE s.taken <> "
      "(SELECT COUNT(*) FROM appointment a WHERE a.slot_id = s.home) ORDER BY s.home LIMIT 1"}},
    {"asked-once",
     {"verify_count_asked",
      "SELECT COUNT(*) FROM work_order WHERE origin IN ('APPLICATION', 'COLLECTIONS')"},
     {"verify_asked_once",
      "SELECT premise_id, MIN(order_id) FROM work_order "
      "WHERE origin IN ('APPLICATION', 'COLLECTIONS') "
      "GROUP BY premise_id, origin, agreement_id, disconnect_id HAVING COUNT(*) > 1 "
      "ORDER BY premise_id LIMIT 1"}},
};

}  // namespace

std::vector<Order> ListAllOrders(db::Transaction& tx, PremiseId after_premise, OrderId after_order,
                                 std::int64_t limit) {
  std::vector<Order> orders;
  const db::Rows keys = tx.Select(kListKeys, after_premise, after_order, limit);
  for (const db::Rows::Row key : keys) {
    orders.push_back(*FindOrder(tx, PremiseId(key.Int(0)), OrderId(key.Int(1))));
  }
  return orders;
}

std::vector<Payload> ListPayloads(db::Transaction& tx, std::string_view type, int partition,
                                  std::int64_t after, std::int64_t limit) {
  std::vector<Payload> payloads;
  const db::Rows rows = tx.Select(kListPayloads, type, partition, after, limit);
  for (const db::Rows::Row row : rows) {
    payloads.push_back({row.Int(0), db::ToText(row.Blob(1))});
  }
  return payloads;
}

std::vector<Finding> CheckTables(db::Transaction& tx) {
  std::vector<Finding> findings;
  for (const TableCheck& check : kChecks) {
    Finding& finding = findings.emplace_back(Finding{check.name});
    finding.examined = tx.Select(check.count)[0].Int(0);
    const db::Rows rows = tx.Select(check.violation);
    if (rows.empty()) continue;
    finding.violation =
        std::to_string(rows[0].Int(0)) + "/" + std::to_string(rows[0].Int(1)) + " does not hold";
  }
  return findings;
}

}  // namespace reeve::work_order
