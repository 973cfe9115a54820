#include "services/work_order/field/field_service.h"

namespace reeve::work_order {
namespace {

constexpr std::size_t kReasonMax = 200;

// Each is idempotent per request_id and is a step of the technician who calls.
struct FieldStep : OrderKey {
  std::string request_id;
  Assignee by;
  std::int64_t home() const { return premise.value(); }
  Canonical Named(std::string_view name) const {
    return Canonical(name, 1)
        .Add("premise", premise.value())
        .Add("order", order.value())
        .Add("assignment_epoch", by.assignment_epoch);
  }
};

struct AcceptOrderCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/AcceptOrder";
  Canonical canonical() const { return Named("AcceptOrder"); }
};

struct StartTravelCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/StartTravel";
  Canonical canonical() const { return Named("StartTravel"); }
};

struct ArriveCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/Arrive";
  Canonical canonical() const { return Named("Arrive"); }
};

struct StartWorkCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/StartWork";
  std::string meter_number;
  Canonical canonical() const { return Named("StartWork").Add("meter_number", meter_number); }
};

struct SuspendWorkCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/SuspendWork";
  std::string reason;
  Canonical canonical() const { return Named("SuspendWork").Add("reason", reason); }
};

struct CompleteOrderCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/CompleteOrder";
  Completion completion;
  // Without the date: asked again after midnight it is the same request.
  // What was not asked for before is there only if it is given: a request of then is the same now.
  Canonical canonical() const {
    Canonical form = Named("CompleteOrder")
                         .Add("meter_number", completion.meter_number)
                         .Add("read_thousandths", completion.read_thousandths.value_or(-1))
                         .Add("lower_read_confirmed", std::int64_t{completion.lower_read_confirmed})
                         .Add("supply_on", std::int64_t{completion.supply_on})
                         .Add("seal_number", completion.seal_number)
                         .Add("door_hanger_left", std::int64_t{completion.door_hanger_left})
                         .Add("tag_serial", completion.tag_serial)
                         .Add("photo_sha256", completion.photo_sha256)
                         .Add("remark", completion.remark);
    if (completion.high_read_confirmed) form.Add("high_read_confirmed", std::int64_t{1});
    return form;
  }
};

struct ReportNotDoneCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/ReportNotDone";
  NotDoneReason why = NotDoneReason::kNoAccess;
  std::string next_action;
  Canonical canonical() const {
    return Named("ReportNotDone").Add("why", Name(why)).Add("next_action", next_action);
  }
};

struct AcknowledgeRecallCommand : FieldStep {
  static constexpr std::string_view kMethod = "reeve.work_order.v1.FieldService/AcknowledgeRecall";
  Canonical canonical() const { return Named("AcknowledgeRecall"); }
};

template <class Command, class Request>
Command ParseStep(Fields& fields, const Call& call, const Request& request) {
  Command command;
  const v1::Assignment& assignment = request.assignment();
  command.request_id = fields.RequestId(request.request_id());
  command.premise = PremiseId(fields.Id("assignment.premise_id", assignment.premise_id()));
  command.order = OrderId(fields.Id("assignment.order_id", assignment.order_id()));
  command.by = {call.caller.person,
                fields.Id("assignment.assignment_epoch", assignment.assignment_epoch())};
  return command;
}

template <class Command, class Request>
Result<Command> ParseStep(const Call& call, const Request& request) {
  Fields fields;
  const auto command = ParseStep<Command>(fields, call, request);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<StartWorkCommand> Parse(const Call& call, const v1::StartWorkRequest& request) {
  Fields fields;
  auto command = ParseStep<StartWorkCommand>(fields, call, request);
  command.meter_number = ParseMeterNumber(fields, "meter_number", request.meter_number());
  if (!fields.ok()) return fields.error();
  return command;
}

Result<SuspendWorkCommand> Parse(const Call& call, const v1::SuspendWorkRequest& request) {
  Fields fields;
  auto command = ParseStep<SuspendWorkCommand>(fields, call, request);
  command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CompleteOrderCommand> Parse(const Call& call, const v1::CompleteOrderRequest& request) {
  Fields fields;
  auto command = ParseStep<CompleteOrderCommand>(fields, call, request);
  command.completion = ParseCompletion(fields, request.completion(), call.today);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ReportNotDoneCommand> Parse(const Call& call, const v1::ReportNotDoneRequest& request) {
  Fields fields;
  auto command = ParseStep<ReportNotDoneCommand>(fields, call, request);
  command.why = ParseReason(fields, "not_done_reason", request.not_done_reason());
  command.next_action = fields.Text("next_action", request.next_action(), 0, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

}  // namespace

grpc::ServerUnaryReactor* FieldService::AcceptOrder(grpc::CallbackServerContext* context,
                                                    const v1::AcceptOrderRequest* request,
                                                    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::AcceptOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command, ParseStep<AcceptOrderCommand>(call, request));
        return orders_.Write(call, command, Name(Event::kAccept),
                             [&](command::Change&, const Order& order) {
                               return Accept(order, command.by, call.now);
                             });
      });
}

grpc::ServerUnaryReactor* FieldService::StartTravel(grpc::CallbackServerContext* context,
                                                    const v1::StartTravelRequest* request,
                                                    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::StartTravelRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command, ParseStep<StartTravelCommand>(call, request));
        return orders_.Write(call, command, Name(Event::kTravel),
                             [&](command::Change&, const Order& order) {
                               return work_order::StartTravel(order, command.by, call.now);
                             });
      });
}

grpc::ServerUnaryReactor* FieldService::Arrive(grpc::CallbackServerContext* context,
                                               const v1::ArriveRequest* request,
                                               v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ArriveRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command, ParseStep<ArriveCommand>(call, request));
        return orders_.Write(call, command, Name(Event::kArrive),
                             [&](command::Change& change, const Order& order) {
                               const bool elsewhere =
                                   IsOnSiteElsewhere(change.tx(), command.by.technician, order.id);
                               return work_order::Arrive(order, command.by, elsewhere, call.now);
                             });
      });
}

// The order's own refusals come first, and a repeated request is answered as it was, whatever
// billing would say now. No call is made inside a transaction: if only billing's word is missing,
// billing is asked, and the step is taken again with the answer.
grpc::ServerUnaryReactor* FieldService::StartWork(grpc::CallbackServerContext* context,
                                                  const v1::StartWorkRequest* request,
                                                  v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::StartWorkRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const StartWorkCommand command, Parse(call, request));
        std::optional<Order> cut;
        const auto start = [&](bool confirmed) {
          return orders_.Write(call, command, Name(Event::kStart),
                               [&](command::Change&, const Order& order) {
                                 cut = order;
                                 return work_order::StartWork(
                                     order, command.by, command.meter_number, confirmed, call.now);
                               });
        };
        Result<v1::Order> started = start(false);
        if (started.ok() || started.error().reason() != reason::kShutoffNotConfirmed.name) {
          return started;
        }
        REEVE_RETURN_IF_ERROR(gate_.MayDisconnect(call, *cut));
        return start(true);
      });
}

grpc::ServerUnaryReactor* FieldService::SuspendWork(grpc::CallbackServerContext* context,
                                                    const v1::SuspendWorkRequest* request,
                                                    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SuspendWorkRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const SuspendWorkCommand command, Parse(call, request));
        return orders_.Write(call, command, Name(Event::kSuspend),
                             [&](command::Change& change, const Order& order) -> Result<Order> {
                               REEVE_ASSIGN_OR_RETURN(
                                   const Order after,
                                   Suspend(order, command.by, command.reason, call.now));
                               orders_.Add(change, Continuation(after, call.now), "continue");
                               return after;
                             });
      });
}

grpc::ServerUnaryReactor* FieldService::CompleteOrder(grpc::CallbackServerContext* context,
                                                      const v1::CompleteOrderRequest* request,
                                                      v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CompleteOrderRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const CompleteOrderCommand command, Parse(call, request));
        return orders_.Write(
            call, command, Name(Event::kComplete),
            [&](command::Change& change, const Order& order) -> Result<Order> {
              const auto meter =
                  FindMeter(change.tx(), order.premise, command.completion.meter_number);
              REEVE_ASSIGN_OR_RETURN(
                  const Order after,
                  Complete(order, command.by, command.completion, meter, call.now));
              if (CameTooLate(order, after)) {
                orders_.Add(change, Reconnection(after, call.now), "reconnect");
              }
              return after;
            });
      });
}

grpc::ServerUnaryReactor* FieldService::ReportNotDone(grpc::CallbackServerContext* context,
                                                      const v1::ReportNotDoneRequest* request,
                                                      v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ReportNotDoneRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const ReportNotDoneCommand command, Parse(call, request));
        return orders_.Write(call, command, Name(Event::kReportNotDone),
                             [&](command::Change&, const Order& order) {
                               return work_order::ReportNotDone(order, command.by, command.why,
                                                                command.next_action, call.now);
                             });
      });
}

grpc::ServerUnaryReactor* FieldService::AcknowledgeRecall(
    grpc::CallbackServerContext* context, const v1::AcknowledgeRecallRequest* request,
    v1::Order* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::AcknowledgeRecallRequest& request) -> Result<v1::Order> {
        REEVE_ASSIGN_OR_RETURN(const auto command,
                               ParseStep<AcknowledgeRecallCommand>(call, request));
        return orders_.Write(call, command, Name(Event::kAcknowledge),
                             [&](command::Change&, const Order& order) {
                               return work_order::AcknowledgeRecall(order, command.by, call.now);
                             });
      });
}

}  // namespace reeve::work_order
