#include "services/work_order/order/order_changes_service.h"

#include <vector>

#include "services/work_order/appointment/appointment_store.h"

namespace reeve::work_order {
namespace {

std::vector<std::string> StateNames() {
  std::vector<std::string> names;
  for (int i = 0; i < kStates; ++i) names.emplace_back(Name(static_cast<State>(i)));
  return names;
}

std::vector<std::string> NotDoneNames() {
  std::vector<std::string> names;
  for (int i = 0; i < kNotDoneReasons; ++i) names.emplace_back(Name(static_cast<NotDoneReason>(i)));
  return names;
}

std::string Describe(const Order& order) {
  std::string text = "type=" + std::string(Name(order.type));
  text.append(",state=").append(Name(order.state));
  text.append(",technician=").append(order.technician.ToString());
  text.append(",epoch=").append(std::to_string(order.assignment_epoch));
  text.append(",slot=").append(order.slot.ToString());
  text.append(",version=").append(std::to_string(order.version));
  if (order.completion && order.completion->read_thousandths) {
    text.append(",read=").append(std::to_string(*order.completion->read_thousandths));
  }
  if (order.not_done_reason) text.append(",not_done=").append(Name(*order.not_done_reason));
  return text;
}

bool IsRecalled(const Order& order) { return order.state == State::kCancelled; }

}  // namespace

Error OrderUnknown() { return NotFound(reason::kOrderUnknown, "There is no such order there."); }

OrderChanges::OrderChanges(command::Frame& frame, Random& random, const TimeZone& zone,
                           obs::Metrics& metrics)
    : frame_(frame),
      random_(random),
      zone_(zone),
      transitions_(metrics.NewCounterByLabel("transitions_total",
                                             "Orders that entered a state, since the start.", "to",
                                             StateNames())),
      not_done_(metrics.NewCounterByLabel(
          "not_done_total", "Orders that a technician could not do.", "reason", NotDoneNames())) {}

v1::Order OrderChanges::Save(command::Change& change, const Order& before, const Order& after,
                             std::string_view action) {
  UpdateOrder(change.tx(), before, after);
  if (after.state == State::kCancelled) {
    const Places places = FindPlacesForUpdate(change.tx(), after.premise, after.id);
    GiveBack(change.tx(), places.held);
    GiveBack(change.tx(), places.confirmed);
  }
  Record(change, &before, after, action);
  TellNeighbours(change, before, after);
  if (after.not_done_reason && !before.not_done_reason) {
    change.AfterCommit([&counter = not_done_.For(Name(*after.not_done_reason))] { counter.Add(); });
  }
  return ToWire(after);
}

v1::Order OrderChanges::Add(command::Change& change, Order order, std::string_view action) {
  order.id = OrderId(NewId(change.call().now, random_));
  InsertOrder(change.tx(), order);
  Record(change, nullptr, order, action);
  return ToWire(order);
}

void OrderChanges::Record(command::Change& change, const Order* before, const Order& after,
                          std::string_view action) {
  change.Audit({"work-order", after.premise.ToString() + "/" + after.id.ToString(),
                std::string(action), before != nullptr ? Describe(*before) : "", Describe(after)});
  v1::OrderChanged changed;
  *changed.mutable_order() = ToWire(after);
  if (before != nullptr) changed.set_previous_technician_id(before->technician.value());
  command::Emit(change, after.premise.value(), changed);
  change.AfterCommit([&counter = transitions_.For(Name(after.state))] { counter.Add(); });
}

void OrderChanges::TellNeighbours(command::Change& change, const Order& before,
                                  const Order& after) {
  const std::int64_t home = after.premise.value();
  if (after.state == State::kWorkDone) {
    v1::OrderCompleted completed;
    *completed.mutable_result() = ToResult(after, zone_);
    command::Emit(change, home, completed);
  } else if (after.state == State::kClosed) {
    v1::OrderClosed closed;
    *closed.mutable_result() = ToResult(after, zone_);
    command::Emit(change, home, closed);
  } else if (IsRecalled(after) && !IsRecalled(before)) {
    v1::OrderRecalled recalled;
    recalled.set_order_id(after.id.value());
    recalled.set_premise_id(home);
    recalled.set_account_id(after.account.value());
    recalled.set_type(ToWire(after).type());
    recalled.set_service(after.service);
    recalled.set_disconnect_id(after.disconnect);
    command::Emit(change, home, recalled);
  }
}

}  // namespace reeve::work_order
