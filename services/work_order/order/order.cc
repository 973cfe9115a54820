#include "services/work_order/order/order.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace reeve::work_order {
namespace {

constexpr std::array<std::string_view, kStates> kStateNames{
    "DRAFT",    "READY",   "SCHEDULED",   "DISPATCHED",    "ACCEPTED",
    "EN_ROUTE", "ON_SITE", "IN_PROGRESS", "SUSPENDED",     "WORK_DONE",
    "NOT_DONE", "CLOSED",  "CANCELLED",   "RECALL_PENDING"};
constexpr std::array<std::string_view, kEvents> kEventNames{
    "release", "schedule",   "dispatch",          "accept",   "start-travel",
    "arrive",  "start-work", "suspend",           "complete", "report-not-done",
    "close",   "recall",     "acknowledge-recall"};
constexpr std::array<std::string_view, kOrigins> kOriginNames{"CLERK", "APPLICATION", "COLLECTIONS",
                                                              "PAYMENT", "CONTINUATION"};
constexpr std::array<std::string_view, kNotDoneReasons> kNotDoneNames{
    "NO_ACCESS", "DOG", "UNSAFE", "WRONG_METER", "CUSTOMER_PAID"};

struct Transition {
  State from;
  Event event;
  State to;
};

// Every other pair is refused. A recalled order may still be completed or reported not done: what
// happened in the field is the truth.
constexpr Transition kTransitions[] = {
    {State::kDraft, Event::kRelease, State::kReady},
    {State::kDraft, Event::kRecall, State::kCancelled},
    {State::kReady, Event::kSchedule, State::kScheduled},
    {State::kReady, Event::kDispatch, State::kDispatched},
    {State::kReady, Event::kRecall, State::kCancelled},
    {State::kScheduled, Event::kSchedule, State::kScheduled},
    {State::kScheduled, Event::kDispatch, State::kDispatched},
    {State::kScheduled, Event::kRecall, State::kCancelled},
    {State::kDispatched, Event::kDispatch, State::kDispatched},
    {State::kDispatched, Event::kAccept, State::kAccepted},
    {State::kDispatched, Event::kReportNotDone, State::kNotDone},
    {State::kDispatched, Event::kRecall, State::kRecallPending},
    {State::kAccepted, Event::kTravel, State::kEnRoute},
    {State::kAccepted, Event::kReportNotDone, State::kNotDone},
    {State::kAccepted, Event::kRecall, State::kRecallPending},
    {State::kEnRoute, Event::kArrive, State::kOnSite},
    {State::kEnRoute, Event::kReportNotDone, State::kNotDone},
    {State::kEnRoute, Event::kRecall, State::kRecallPending},
    {State::kOnSite, Event::kStart, State::kInProgress},
    {State::kOnSite, Event::kReportNotDone, State::kNotDone},
    {State::kOnSite, Event::kRecall, State::kRecallPending},
    {State::kInProgress, Event::kSuspend, State::kSuspended},
    {State::kInProgress, Event::kComplete, State::kWorkDone},
    {State::kInProgress, Event::kReportNotDone, State::kNotDone},
    {State::kInProgress, Event::kRecall, State::kRecallPending},
    {State::kRecallPending, Event::kAcknowledge, State::kCancelled},
    {State::kRecallPending, Event::kComplete, State::kWorkDone},
    {State::kRecallPending, Event::kReportNotDone, State::kCancelled},
    {State::kWorkDone, Event::kClose, State::kClosed},
    {State::kNotDone, Event::kClose, State::kClosed},
};

template <class Enum, std::size_t Size>
Enum Parse(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw std::logic_error("work_order: nothing is named " + std::string(name));
  }
  return static_cast<Enum>(found - names.begin());
}

Result<Order> Step(const Order& order, Event event, Instant now) {
  const std::optional<State> next = Next(order.state, event);
  if (!next) {
    return FailedPrecondition(reason::kOrderState, "The order's state does not allow this.")
        .With("state", std::string(Name(order.state)))
        .With("step", std::string(Name(event)));
  }
  Order after = order;
  after.state = *next;
  after.state_time = now;
  ++after.version;
  return after;
}

Result<Order> FieldStep(const Order& order, Assignee by, Event event, Instant now) {
  if (order.technician != by.technician) {
    return PermissionDenied(reason::kNotYourOrder, "The order is not with this technician.");
  }
  if (order.assignment_epoch != by.assignment_epoch) {
    return FailedPrecondition(reason::kAssignmentMoved, "The order was dispatched again since.")
        .With("assignment_epoch", order.assignment_epoch);
  }
  if (order.state == State::kRecallPending && !Next(order.state, event)) {
    return FailedPrecondition(reason::kOrderRecalled, "The order is called off; acknowledge it.");
  }
  return Step(order, event, now);
}

// A new order for the same work at the same place.
Order Follower(const Order& order, Origin origin, Instant now) {
  Order follower;
  follower.premise = order.premise;
  follower.type = order.type;
  follower.origin = origin;
  follower.account = order.account;
  follower.service = order.service;
  follower.meter_number = order.meter_number;
  follower.application = order.application;
  follower.agreement = order.agreement;
  follower.disconnect = order.disconnect;
  follower.amount_to_avoid = order.amount_to_avoid;
  follower.no_fee = order.no_fee;
  follower.instructions = order.instructions;
  follower.override_reason = order.override_reason;
  follower.earlier = order.id;
  follower.created_time = now;
  follower.state_time = now;
  return follower;
}

}  // namespace

std::optional<State> Next(State state, Event event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

std::string_view Name(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::string_view Name(Event event) { return kEventNames[static_cast<std::size_t>(event)]; }
std::string_view Name(Origin origin) { return kOriginNames[static_cast<std::size_t>(origin)]; }
std::string_view Name(NotDoneReason reason) {
  return kNotDoneNames[static_cast<std::size_t>(reason)];
}
State ParseState(std::string_view name) { return Parse<State>(kStateNames, name); }
Origin ParseOrigin(std::string_view name) { return Parse<Origin>(kOriginNames, name); }
NotDoneReason ParseNotDoneReason(std::string_view name) {
  return Parse<NotDoneReason>(kNotDoneNames, name);
}

bool IsWithTechnician(const Order& order) {
  switch (order.state) {
    case State::kDispatched:
    case State::kAccepted:
    case State::kEnRoute:
    case State::kOnSite:
    case State::kInProgress:
    case State::kRecallPending:
      return true;
    default:
      return false;
  }
}

bool IsOnSite(const Order& order) {
  return order.state == State::kOnSite || order.state == State::kInProgress;
}

Result<Order> Release(const Order& order, Instant now) { return Step(order, Event::kRelease, now); }

Result<Order> Schedule(const Order& order, SlotId slot, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, Step(order, Event::kSchedule, now));
  after.slot = slot;
  return after;
}

Result<Order> Dispatch(const Order& order, PersonId technician, CrewId crew, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, Step(order, Event::kDispatch, now));
  after.technician = technician;
  after.crew = crew;
  ++after.assignment_epoch;
  return after;
}

Result<Order> Recall(const Order& order, std::string why, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, Step(order, Event::kRecall, now));
  after.reason = std::move(why);
  return after;
}

Result<Order> Close(const Order& order, Instant now) { return Step(order, Event::kClose, now); }

Result<Order> Accept(const Order& order, Assignee by, Instant now) {
  return FieldStep(order, by, Event::kAccept, now);
}

Result<Order> StartTravel(const Order& order, Assignee by, Instant now) {
  return FieldStep(order, by, Event::kTravel, now);
}

Result<Order> Arrive(const Order& order, Assignee by, bool on_site_elsewhere, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, FieldStep(order, by, Event::kArrive, now));
  if (on_site_elsewhere) {
    return FailedPrecondition(reason::kTechnicianBusy,
                              "Another order of this technician is on site.");
  }
  return after;
}

Result<Order> StartWork(const Order& order, Assignee by, std::string_view meter_number,
                        bool shutoff_confirmed, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, FieldStep(order, by, Event::kStart, now));
  if (meter_number != order.meter_number) {
    return FailedPrecondition(reason::kMeterMismatch, "This is not the meter of the order.");
  }
  if (order.type == OrderType::kDisconnectNonpay && !shutoff_confirmed) {
    return FailedPrecondition(reason::kShutoffNotConfirmed, "Billing has not confirmed the cut.");
  }
  return after;
}

Result<Order> Suspend(const Order& order, Assignee by, std::string why, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, FieldStep(order, by, Event::kSuspend, now));
  after.reason = std::move(why);
  return after;
}

Result<Order> Complete(const Order& order, Assignee by, Completion completion,
                       const std::optional<Meter>& meter, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, FieldStep(order, by, Event::kComplete, now));
  REEVE_RETURN_IF_ERROR(CheckCompletion(order.type, order.meter_number, completion, meter));
  after.completion = std::move(completion);
  return after;
}

Result<Order> ReportNotDone(const Order& order, Assignee by, NotDoneReason why,
                            std::string next_action, Instant now) {
  REEVE_ASSIGN_OR_RETURN(Order after, FieldStep(order, by, Event::kReportNotDone, now));
  after.not_done_reason = why;
  after.reason = std::move(next_action);
  return after;
}

Result<Order> AcknowledgeRecall(const Order& order, Assignee by, Instant now) {
  return FieldStep(order, by, Event::kAcknowledge, now);
}

Order Continuation(const Order& suspended, Instant now) {
  return Follower(suspended, Origin::kContinuation, now);
}

Order Reconnection(const Order& cut, Instant now) {
  Order reconnection = Follower(cut, Origin::kPayment, now);
  reconnection.type = OrderType::kReconnect;
  reconnection.no_fee = true;
  reconnection.instructions = "Paid. Turn the service on again.";
  return reconnection;
}

bool WasCut(const Order& order) {
  return order.type == OrderType::kDisconnectNonpay && order.completion.has_value();
}

bool CameTooLate(const Order& before, const Order& after) {
  return before.state == State::kRecallPending && WasCut(after);
}

}  // namespace reeve::work_order
