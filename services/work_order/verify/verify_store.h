// What verify reads, besides whole orders.
#pragma once

#include <string>
#include <vector>

#include "services/work_order/order/order.h"
#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::work_order {

// Orders by place and number, behind the last one of an earlier page.
std::vector<Order> ListAllOrders(db::Transaction& tx, PremiseId after_premise, OrderId after_order,
                                 std::int64_t limit);

// Payloads of the events of a type in one partition, behind a position.
struct Payload {
  std::int64_t position = 0;
  std::string bytes;
};
std::vector<Payload> ListPayloads(db::Transaction& tx, std::string_view type, int partition,
                                  std::int64_t after, std::int64_t limit);

// "completions": orders have what their state says. "slots": places taken equal appointments.
// "asked-once": each request of a neighbour made one order.
std::vector<Finding> CheckTables(db::Transaction& tx);

// "crews-as-audited" and "slots-as-audited": each is what was written last, and none is missing.
// "appointments-as-audited": each was held so, and one that is confirmed is the order's.
std::vector<Finding> CheckAudited(db::Transaction& tx);

}  // namespace reeve::work_order
