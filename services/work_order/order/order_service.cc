#include "services/work_order/order/order_service.h"

#include <limits>

#include "services/work_order/crew/crew_store.h"
#include "shared/core/service.h"
#include "shared/rpc/paging.h"

namespace reeve::work_order {
namespace {

constexpr std::size_t kInstructionsMax = 500;
constexpr std::size_t kReasonMax = 200;

// Each is idempotent per request_id and changes one order.
struct OfOrder : OrderKey {
  std::string request_id;
  std::int64_t home() const { return premise.value(); }
  Canonical Named(std::string_view name) const {
    return Canonical(name, 1).Add("premise", premise.value()).Add("order", order.value());
  }
};

struct CreateOrderCommand {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.OrderService/CreateOrder";
  std::string request_id;
  Order order;
  std::int64_t home() const { return order.premise.value(); }
  Canonical canonical() const {
    return Canonical("CreateOrder", 1)
        .Add("premise", order.premise.value())
        .Add("type", Name(order.type))
        .Add("account", order.account.value())
        .Add("service", order.service)
        .Add("meter_number", order.meter_number)
        .Add("instructions", order.instructions)
        .Add("wanted_date", order.wanted_date ? order.wanted_date->ToString() : "")
        .Add("state", Name(order.state))
        .Add("override_reason", order.override_reason);
  }
};

struct ReleaseOrderCommand : OfOrder {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.OrderService/ReleaseOrder";
  Canonical canonical() const { return Named("ReleaseOrder"); }
};

struct DispatchOrderCommand : OfOrder {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.OrderService/DispatchOrder";
  PersonId technician;  // exactly one of the two is set
  CrewId crew;
  Canonical canonical() const {
    return Named("DispatchOrder").Add("technician", technician.value()).Add("crew", crew.value());
  }
};

struct RecallOrderCommand : OfOrder {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.OrderService/RecallOrder";
  std::string reason;
  Canonical canonical() const { return Named("RecallOrder").Add("reason", reason); }
};

struct CloseOrderCommand : OfOrder {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.OrderService/CloseOrder";
  Canonical canonical() const { return Named("CloseOrder"); }
};

template <class Command, class Request>
Command ParseOfOrder(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.premise = PremiseId(fields.Id("premise_id", request.premise_id()));
  command.order = OrderId(fields.Id("order_id", request.order_id()));
  return command;
}

void CheckCreated(Fields& fields, const Order& order) {
  if (order.type == OrderType::kDisconnectNonpay) {
    fields.Refuse("type", "is asked for by billing only");
  }
  if (!MayBeMetered(order.service) && !(order.service.empty() && order.type == OrderType::kTag)) {
    fields.Refuse("service", "is not a service with a meter");
  }
  if (order.meter_number.empty() && order.type != OrderType::kTag) {
    fields.Refuse("meter_number", "is required");
  }
}

Result<CreateOrderCommand> Parse(const Call& call, const v1::CreateOrderRequest& request) {
  Fields fields;
  CreateOrderCommand command;
  command.request_id = fields.RequestId(request.request_id());
  Order& order = command.order;
  order.premise = PremiseId(fields.Id("premise_id", request.premise_id()));
  order.type = ParseType(fields, "type", request.type());
  order.account = AccountId(fields.Range("account_id", request.account_id(), 0,
                                         std::numeric_limits<std::int64_t>::max()));
  order.service = request.service();
  order.meter_number = ParseMeterNumber(fields, "meter_number", request.meter_number());
  CheckCreated(fields, order);
  order.instructions = fields.Text("instructions", request.instructions(), 0, kInstructionsMax);
  if (!request.wanted_date().empty()) {
    order.wanted_date = fields.CivilDate("wanted_date", request.wanted_date());
  }
  order.state = request.draft() ? State::kDraft : State::kReady;
  order.override_reason = fields.Text("override_reason", request.override_reason(), 0, kReasonMax);
  order.created_time = call.now;
  order.state_time = call.now;
  if (!fields.ok()) return fields.error();
  return command;
}

Result<DispatchOrderCommand> Parse(const v1::DispatchOrderRequest& request) {
  Fields fields;
  auto command = ParseOfOrder<DispatchOrderCommand>(fields, request);
  if ((request.technician_id() == 0) == (request.crew_id() == 0)) {
    fields.Refuse("technician_id", "exactly one of technician_id and crew_id is required");
  }
  if (request.technician_id() != 0) {
    command.technician = PersonId(fields.Id("technician_id", request.technician_id()));
  }
  if (request.crew_id() != 0) command.crew = CrewId(fields.Id("crew_id", request.crew_id()));
  if (!fields.ok()) return fields.error();
  return command;
}

template <class Command, class Request>
Result<Command> ParseKey(const Request& request) {
  Fields fields;
  const auto command = ParseOfOrder<Command>(fields, request);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RecallOrderCommand> Parse(const v1::RecallOrderRequest& request) {
  Fields fields;
  auto command = ParseOfOrder<RecallOrderCommand>(fields, request);
  command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* OrderService::CreateOrder(grpc::CallbackServerContext* context,
                                                    const v1::CreateOrderRequest* request,
                                                    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CreateOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const CreateOrderCommand command, Parse(call, request));
        return orders_.frame().Write(
            call, command, [&](command::Change& change) -> Result<v1::Order> {
              const Order& order = command.order;
              if (order.override_reason.empty() &&
                  HasOpenOrder(change.tx(), order.premise, order.type, order.service)) {
                return FailedPrecondition(reason::kOrderConflict,
                                          "An open order of this type stands for this service.");
              }
              return orders_.Add(change, order, "create");
            });
      });
}

grpc::ServerUnaryReactor* OrderService::ReleaseOrder(grpc::CallbackServerContext* context,
                                                     const v1::ReleaseOrderRequest* request,
                                                     v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ReleaseOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command, ParseKey<ReleaseOrderCommand>(request));
        return orders_.Write(
            call, command, Name(Event::kRelease),
            [&](command::Change&, const Order& order) { return Release(order, call.now); });
      });
}

grpc::ServerUnaryReactor* OrderService::DispatchOrder(grpc::CallbackServerContext* context,
                                                      const v1::DispatchOrderRequest* request,
                                                      v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::DispatchOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const DispatchOrderCommand command, Parse(request));
        return orders_.Write(call, command, Name(Event::kDispatch),
                             [&](command::Change& change, const Order& order) -> Result<Order> {
                               PersonId technician = command.technician;
                               if (command.crew.is_set()) {
                                 const std::optional<Crew> crew =
                                     FindCrew(change.tx(), command.crew);
                                 if (!crew) return CrewUnknown();
                                 technician = crew->lead;
                               }
                               return Dispatch(order, technician, command.crew, call.now);
                             });
      });
}

grpc::ServerUnaryReactor* OrderService::RecallOrder(grpc::CallbackServerContext* context,
                                                    const v1::RecallOrderRequest* request,
                                                    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RecallOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const RecallOrderCommand command, Parse(request));
        return orders_.Write(call, command, Name(Event::kRecall),
                             [&](command::Change&, const Order& order) {
                               return Recall(order, command.reason, call.now);
                             });
      });
}

grpc::ServerUnaryReactor* OrderService::CloseOrder(grpc::CallbackServerContext* context,
                                                   const v1::CloseOrderRequest* request,
                                                   v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CloseOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command, ParseKey<CloseOrderCommand>(request));
        return orders_.Write(
            call, command, Name(Event::kClose),
            [&](command::Change& change, const Order& order) -> Result<Order> {
              REEVE_ASSIGN_OR_RETURN(Order closed, Close(order, call.now));
              if (closed.completion && closed.completion->read_thousandths) {
                SaveLastRead(change.tx(), order.premise, closed.completion->meter_number,
                             *closed.completion->read_thousandths, closed.completion->work_date);
              }
              return closed;
            });
      });
}

grpc::ServerUnaryReactor* OrderService::GetOrder(grpc::CallbackServerContext* context,
                                                 const v1::GetOrderRequest* request,
                                                 v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetOrderRequest& request) -> Result<v1::Order> {
        Fields fields;
        const PremiseId premise(fields.Id("premise_id", request.premise_id()));
        const OrderId id(fields.Id("order_id", request.order_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Order> {
          const std::optional<Order> order = FindOrder(tx, premise, id);
          if (!order) return OrderUnknown();
          return ToWire(*order);
        });
      });
}

grpc::ServerUnaryReactor* OrderService::ListOrders(grpc::CallbackServerContext* context,
                                                   const v1::ListOrdersRequest* request,
                                                   v1::ListOrdersResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListOrdersRequest& request) -> Result<v1::ListOrdersResponse> {
        constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
        Fields fields;
        OrderFilter filter;
        filter.premise = PremiseId(fields.Range("premise_id", request.premise_id(), 0, kMax));
        filter.account = AccountId(fields.Range("account_id", request.account_id(), 0, kMax));
        filter.technician =
            PersonId(fields.Range("technician_id", request.technician_id(), 0, kMax));
        filter.state = ParseMaybeState(fields, "state", request.state());
        filter.type = ParseMaybeType(fields, "type", request.type());
        const std::string query = "ListOrders/" + filter.premise.ToString() + "/" +
                                  filter.account.ToString() + "/" + filter.technician.ToString() +
                                  "/" + std::to_string(request.state()) + "/" +
                                  std::to_string(request.type());
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListOrdersResponse> {
              const OrderId before(page.AfterInt(0, kMax));
              const std::vector<Order> found =
                  work_order::ListOrders(tx, filter, before, page.size + 1);
              v1::ListOrdersResponse response;
              for (const Order& order : found) {
                if (response.orders_size() == page.size) {
                  const std::string last =
                      std::to_string(response.orders(page.size - 1).order_id());
                  response.set_next_page_token(rpc::NextPageToken(query, {last}));
                  break;
                }
                *response.add_orders() = ToWire(order);
              }
              return response;
            });
      });
}

}  // namespace reeve::work_order
