#include "reeve/work_order/v1/field_service.pb.h"
#include "reeve/work_order/v1/order_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/commands/order_line.h"

namespace reeve::reevectl {
namespace {

namespace pb = work_order::v1;

void ShowOrder(Screen& screen, const pb::Order& order) {
  screen.Line(OrderLine(order));
  if (!order.instructions().empty()) screen.Pair("instructions", order.instructions(), 2);
  if (order.amount_to_avoid_cents() > 0) {
    screen.Pair("amount to avoid", Dollars(order.amount_to_avoid_cents()), 2);
  }
  if (order.technician_id() != 0) {
    screen.Pair("technician",
                screen.Person(order.technician_id()) + ", assignment " +
                    std::to_string(order.assignment_epoch()),
                2);
  }
  if (order.has_completion()) {
    const pb::Completion& completion = order.completion();
    screen.Pair(
        "done",
        "meter " + completion.meter_number() +
            (completion.has_read() ? ", read " + Decimal(completion.read_thousandths()) : "") +
            ", supply " + (completion.supply_on() ? "on" : "off"),
        2);
  }
  if (!order.reason().empty()) screen.Pair("reason", order.reason(), 2);
}

void ShowOrders(Screen& screen, const pb::ListOrdersResponse& response) {
  for (const pb::Order& order : response.orders()) screen.Line(OrderLine(order));
  if (response.orders().empty()) screen.Line("No orders.");
}

std::vector<Option> Assigned(std::vector<Option> more = {}) {
  std::vector<Option> options{
      {"--premise", "assignment.premise_id", "The premise", kRequired},
      {"--order", "assignment.order_id", "The order", kRequired},
      {"--assignment", "assignment.assignment_epoch", "Number of the assignment", kRequired}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace

std::string OrderLine(const pb::Order& order) {
  std::string line = "Order " + std::to_string(order.order_id()) + ", " + Word(order.type()) +
                     ": " + Word(order.state());
  line += "   premise " + std::to_string(order.premise_id());
  if (!order.service().empty()) line += ", " + order.service();
  if (!order.meter_number().empty()) line += " meter " + order.meter_number();
  if (!order.wanted_date().empty()) line += ", " + order.wanted_date();
  return line;
}

Noun Orders() {
  const Option premise{"--premise", "premise_id", "The premise", kRequired};
  const Option order{"--order", "order_id", "The order", kRequired};
  return {"order",
          "Work orders, as the office sees them.",
          {{"create",
            "Writes an order.",
            "reeve.work_order.v1.OrderService/CreateOrder",
            {premise,
             {"--type", "type", "connect, disconnect-request, tag, read, ...", kRequired},
             {"--account", "account_id", "The account"},
             {"--service", "service", "e.g. electric"},
             {"--meter", "meter_number", "Number of the meter"},
             {"--instructions", "instructions", "What the technician should know"},
             {"--wanted", "wanted_date", "Day on which it should be done"}},
            As(ShowOrder)},
           {"release",
            "Releases a draft.",
            "reeve.work_order.v1.OrderService/ReleaseOrder",
            {premise, order},
            As(ShowOrder)},
           {"dispatch",
            "Gives it to a technician or a crew.",
            "reeve.work_order.v1.OrderService/DispatchOrder",
            {premise,
             order,
             {"--technician", "technician_id", "The technician"},
             {"--crew", "crew_id", "The crew"}},
            As(ShowOrder)},
           {"recall",
            "Stops the truck.",
            "reeve.work_order.v1.OrderService/RecallOrder",
            {premise, order, {"--reason", "reason", "Why", kRequired}},
            As(ShowOrder)},
           {"close",
            "Closes out what the technician has completed.",
            "reeve.work_order.v1.OrderService/CloseOrder",
            {premise, order},
            As(ShowOrder)},
           {"show",
            "One order.",
            "reeve.work_order.v1.OrderService/GetOrder",
            {premise, order},
            As(ShowOrder)},
           {"list",
            "Orders of a premise, an account or a technician.",
            "reeve.work_order.v1.OrderService/ListOrders",
            {{"--premise", "premise_id", "The premise"},
             {"--account", "account_id", "The account"},
             {"--technician", "technician_id", "The technician"},
             {"--state", "state", "e.g. ready"},
             {"--type", "type", "e.g. connect"}},
            As(ShowOrders)}}};
}

Noun FieldWork() {
  return {
      "field",
      "Work orders, as the technician works on them.",
      {{"accept", "Takes the order on.", "reeve.work_order.v1.FieldService/AcceptOrder", Assigned(),
        As(ShowOrder)},
       {"travel", "On the way.", "reeve.work_order.v1.FieldService/StartTravel", Assigned(),
        As(ShowOrder)},
       {"arrive", "On site.", "reeve.work_order.v1.FieldService/Arrive", Assigned(), As(ShowOrder)},
       {"start", "Begins to work at the meter; before a cut billing is asked.",
        "reeve.work_order.v1.FieldService/StartWork",
        Assigned({{"--meter", "meter_number", "Number on the meter", kRequired}}), As(ShowOrder)},
       {"suspend", "Interrupts the work.", "reeve.work_order.v1.FieldService/SuspendWork",
        Assigned({{"--reason", "reason", "Why", kRequired}}), As(ShowOrder)},
       {"complete",
        "Hands in what was done, e.g. --done "
        "meter_number=E1,has_read=true,read=4711,supply_on=true",
        "reeve.work_order.v1.FieldService/CompleteOrder",
        Assigned({{"--done", "completion", "Meter, read, supply, seal", kRequired}}),
        As(ShowOrder)},
       {"not-done", "Reports why it was not done.",
        "reeve.work_order.v1.FieldService/ReportNotDone",
        Assigned({{"--reason", "not_done_reason", "no-access, dog, unsafe, ...", kRequired},
                  {"--next", "next_action", "What should happen next", kRequired}}),
        As(ShowOrder)},
       {"acknowledge", "Confirms that the truck was stopped in time.",
        "reeve.work_order.v1.FieldService/AcknowledgeRecall", Assigned(), As(ShowOrder)}}};
}

}  // namespace reeve::reevectl
