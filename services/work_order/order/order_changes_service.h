// OrderChanges: the one way in which a feature changes an order: found for update, a step taken,
// saved, audited, told to the watchers, counted.
#pragma once

#include <optional>
#include <string_view>

#include "services/work_order/order/order.h"
#include "services/work_order/order/order_store.h"
#include "services/work_order/order/order_wire_service.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/obs/metrics.h"

namespace reeve::work_order {

// The order that a command is about.
struct OrderKey {
  PremiseId premise;
  OrderId order;
};

Error OrderUnknown();

// Thread-safe.
class OrderChanges {
 public:
  OrderChanges(command::Frame& frame, Random& random, const TimeZone& zone, obs::Metrics& metrics);

  // Runs the command's step in the frame. `step` is Result<Order>(command::Change&, const Order&).
  // NOT_FOUND ORDER_UNKNOWN comes before what the step refuses. Command is a command whose base is
  // OrderKey.
  template <class Command, class Step>
  Result<v1::Order> Write(const Call& call, const Command& command, std::string_view action,
                          const Step& step) {
    return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Order> {
      const std::optional<Order> before =
          FindOrderForUpdate(change.tx(), command.premise, command.order);
      if (!before) return OrderUnknown();
      REEVE_ASSIGN_OR_RETURN(const Order after, step(change, *before));
      return Save(change, *before, after, action);
    });
  }

  // Within a change, with the order found for update.
  v1::Order Save(command::Change& change, const Order& before, const Order& after,
                 std::string_view action);
  // Writes a new order under a new id.
  v1::Order Add(command::Change& change, Order order, std::string_view action);

  command::Frame& frame() { return frame_; }

 private:
  void Record(command::Change& change, const Order* before, const Order& after,
              std::string_view action);
  void TellNeighbours(command::Change& change, const Order& before, const Order& after);

  command::Frame& frame_;
  Random& random_;
  const TimeZone& zone_;
  obs::CounterByLabel& transitions_;
  obs::CounterByLabel& not_done_;
};

}  // namespace reeve::work_order
