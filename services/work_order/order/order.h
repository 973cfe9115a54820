// Order: the life of a work order, and what each step of it asks for. Every step takes the order as
// it stands and answers the order as it will stand, or says why not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/work_order/order/completion.h"
#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::work_order {

using OrderId = Id<struct OrderTag>;
using SlotId = Id<struct SlotTag>;
using CrewId = Id<struct CrewTag>;

namespace reason {
// In order of precedence.
inline constexpr Reason kOrderUnknown{"ORDER_UNKNOWN"};
inline constexpr Reason kNotYourOrder{"NOT_YOUR_ORDER"};
inline constexpr Reason kAssignmentMoved{"ASSIGNMENT_MOVED"};
inline constexpr Reason kOrderRecalled{"ORDER_RECALLED"};
inline constexpr Reason kOrderState{"ORDER_STATE"};
inline constexpr Reason kTechnicianBusy{"TECHNICIAN_BUSY"};
inline constexpr Reason kMeterMismatch{"METER_MISMATCH"};
inline constexpr Reason kShutoffNotConfirmed{"SHUTOFF_NOT_CONFIRMED"};
inline constexpr Reason kOrderConflict{"ORDER_CONFLICT"};
}  // namespace reason

enum class State {
  kDraft,
  kReady,
  kScheduled,
  kDispatched,
  kAccepted,
  kEnRoute,
  kOnSite,
  kInProgress,
  kSuspended,
  kWorkDone,
  kNotDone,
  kClosed,
  kCancelled,
  kRecallPending,
};
inline constexpr int kStates = 14;

enum class Event {
  kRelease,
  kSchedule,
  kDispatch,
  kAccept,
  kTravel,
  kArrive,
  kStart,
  kSuspend,
  kComplete,
  kReportNotDone,
  kClose,
  kRecall,
  kAcknowledge,
};
inline constexpr int kEvents = 13;

// Where the event leads from this state; nothing if it may not happen there.
std::optional<State> Next(State state, Event event);

enum class Origin { kClerk, kApplication, kCollections, kPayment, kContinuation };
inline constexpr int kOrigins = 5;
enum class NotDoneReason { kNoAccess, kDog, kUnsafe, kWrongMeter, kCustomerPaid };
inline constexpr int kNotDoneReasons = 5;

// The spelling in the database and in metrics, e.g. "EN_ROUTE".
std::string_view Name(State state);
std::string_view Name(Event event);
std::string_view Name(Origin origin);
std::string_view Name(NotDoneReason reason);
// The inverse of Name; the text comes from a column that a CHECK has bounded.
State ParseState(std::string_view name);
Origin ParseOrigin(std::string_view name);
NotDoneReason ParseNotDoneReason(std::string_view name);

struct Order {
  PremiseId premise;
  OrderId id;
  OrderType type = OrderType::kRead;
  State state = State::kReady;
  Origin origin = Origin::kClerk;
  AccountId account;             // not set if none
  std::string service;           // empty if none is concerned
  std::string meter_number;      // empty if none is concerned
  std::int64_t application = 0;  // ids of the services that asked, 0 for none
  std::int64_t agreement = 0;
  std::int64_t disconnect = 0;
  Money amount_to_avoid;
  bool no_fee = false;
  std::string instructions;
  std::optional<Date> wanted_date;
  std::string override_reason;
  SlotId slot;
  PersonId technician;
  CrewId crew;
  std::int64_t assignment_epoch = 0;
  OrderId earlier;  // the cut of a reconnection, the suspended order of a continuation
  std::optional<Completion> completion;
  std::optional<NotDoneReason> not_done_reason;
  std::string reason;
  std::int64_t version = 1;
  Instant created_time;
  Instant state_time;

  bool operator==(const Order&) const = default;
};

// Whose step it is, and under which dispatch.
struct Assignee {
  PersonId technician;
  std::int64_t assignment_epoch = 0;
};

// Whether the order is on its technician's list: dispatched, and not over.
bool IsWithTechnician(const Order& order);
bool IsOnSite(const Order& order);

// The office's steps. ORDER_STATE where the state does not allow one.
Result<Order> Release(const Order& order, Instant now);
Result<Order> Schedule(const Order& order, SlotId slot, Instant now);
Result<Order> Dispatch(const Order& order, PersonId technician, CrewId crew, Instant now);
Result<Order> Recall(const Order& order, std::string why, Instant now);
Result<Order> Close(const Order& order, Instant now);

// The technician's steps. Refused, in this order, with NOT_YOUR_ORDER, ASSIGNMENT_MOVED,
// ORDER_RECALLED, ORDER_STATE, and then with what is said at the step.
Result<Order> Accept(const Order& order, Assignee by, Instant now);
Result<Order> StartTravel(const Order& order, Assignee by, Instant now);
// TECHNICIAN_BUSY while another order of the technician is on site.
Result<Order> Arrive(const Order& order, Assignee by, bool on_site_elsewhere, Instant now);
// METER_MISMATCH; SHUTOFF_NOT_CONFIRMED for a cut for non-payment that billing has not confirmed.
Result<Order> StartWork(const Order& order, Assignee by, std::string_view meter_number,
                        bool shutoff_confirmed, Instant now);
Result<Order> Suspend(const Order& order, Assignee by, std::string why, Instant now);
// The completion's own refusals. `meter` is what is known about the order's meter, if anything is.
Result<Order> Complete(const Order& order, Assignee by, Completion completion,
                       const std::optional<Meter>& meter, Instant now);
Result<Order> ReportNotDone(const Order& order, Assignee by, NotDoneReason why,
                            std::string next_action, Instant now);
Result<Order> AcknowledgeRecall(const Order& order, Assignee by, Instant now);

// What follows from a step, as a new order without an id; nothing in most cases.
//
// A suspended order is continued by another.
Order Continuation(const Order& suspended, Instant now);
// A cut that was made, though it was called off or paid for: whoever is off comes back at no fee.
Order Reconnection(const Order& cut, Instant now);
bool WasCut(const Order& order);  // a cut for non-payment whose work was done
// True for a cut whose completion came after its recall.
bool CameTooLate(const Order& before, const Order& after);

}  // namespace reeve::work_order
