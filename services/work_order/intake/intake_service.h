// Intake: what the neighbours' feeds mean for orders. Handlers never refuse: an event that was
// applied before, or that no order answers to, changes nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/work_order/order/order_changes_service.h"
#include "shared/feed/feed.h"

namespace reeve::work_order {

class Intake {
 public:
  // The types that are wanted of each feed.
  static std::vector<std::string> AccountEvents();
  static std::vector<std::string> BillingEvents();

  explicit Intake(OrderChanges& orders) : orders_(orders) {}

  // Meters become known; an application whose charges are paid makes a connect order.
  Result<> ApplyAccount(command::Change& change, std::span<const feed::Event> events);
  // Billing's request makes a cut; what was paid calls it off, or brings the service back.
  Result<> ApplyBilling(command::Change& change, std::span<const feed::Event> events);

 private:
  OrderChanges& orders_;
};

}  // namespace reeve::work_order
