// Case: what was asked of the city, from the opening to the outcome.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/case311/case_type/case_type.h"
#include "services/case311/channel.h"
#include "services/case311/ids.h"
#include "shared/core/calendar.h"
#include "shared/core/call.h"
#include "shared/core/canonical.h"
#include "shared/core/result.h"
#include "shared/core/spelling.h"

namespace reeve::case311 {

namespace reason {
inline constexpr Reason kCaseUnknown{"CASE_UNKNOWN"};    // NOT_FOUND
inline constexpr Reason kCaseImported{"CASE_IMPORTED"};  // FAILED_PRECONDITION, and so are these
inline constexpr Reason kCaseStateWrong{"CASE_STATE_WRONG"};
inline constexpr Reason kSameDepartment{"SAME_DEPARTMENT"};
inline constexpr Reason kNotResolved{"NOT_RESOLVED"};
inline constexpr Reason kStatusNoteMissing{"STATUS_NOTE_MISSING"};
}  // namespace reason

enum class State { kRouted, kAccepted, kResolved, kClosed };
inline constexpr Spelling<State, 4> kStates{{"ROUTED", "ACCEPTED", "RESOLVED", "CLOSED"}};

enum class Outcome { kFixed, kNoAction, kDuplicate, kReferred, kWithdrawn };
inline constexpr Spelling<Outcome, 5> kOutcomes{
    {"FIXED", "NO_ACTION", "DUPLICATE", "REFERRED", "WITHDRAWN"}};

// What happens to a case. The first five are the moves that a state may or may not allow.
enum class Event { kRouted, kAccepted, kResolved, kReopened, kClosed, kNoted, kOpened, kImported };
inline constexpr Spelling<Event, 8> kEvents{
    {"ROUTED", "ACCEPTED", "RESOLVED", "REOPENED", "CLOSED", "NOTED", "OPENED", "IMPORTED"}};

// The state behind the event; nothing if the state does not allow it. Opening and importing are
// allowed in no state: they begin.
std::optional<State> Next(State from, Event event);

// Open and closed are all that a caller sees: the department's word ends a case for them, and what
// the counter does afterwards changes nothing.
constexpr bool IsClosedForCaller(State state) {
  return state == State::kResolved || state == State::kClosed;
}

struct Case {
  CaseId id;
  std::string case_type_code;  // for an imported case the name that its source gives it
  State state = State::kRouted;
  std::optional<Outcome> outcome;
  std::string department;
  std::string address;
  std::int64_t district = 0;  // 0 if not known
  std::string description;
  Channel channel = Channel::kOther;
  InteractionId interaction;  // not set if it came from none
  PersonId assignee;          // not set if nobody has accepted it
  Instant opened_time;
  std::optional<Instant> target_time;
  std::optional<Instant> closed_time;  // for its caller
  std::string source;                  // of an imported case
  std::string source_id;
  std::int64_t version = 0;  // of its last history entry

  bool operator==(const Case&) const = default;
};

struct HistoryEntry {
  CaseId id;
  std::int64_t sequence = 0;  // 1, 2, 3, ... of the case
  Event event = Event::kNoted;
  State state = State::kRouted;  // behind the event
  std::string department;        // behind the event
  std::string note;
  bool note_is_public = false;
  PersonId person;  // not set for a service
  Instant recorded_time;

  bool operator==(const HistoryEntry&) const = default;
};

// A case behind a change, and the history entry of the change.
struct Changed {
  Case after;
  HistoryEntry entry;
};

// Who changes it, and when.
struct Actor {
  PersonId person;
  Instant now;
};

struct OpenCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/OpenCase";
  std::string request_id;
  CaseId id;
  std::string case_type_code;
  std::string address;
  std::int64_t district = 0;
  std::string description;
  Channel channel = Channel::kOther;
  InteractionId interaction;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct RouteCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/RouteCase";
  std::string request_id;
  CaseId id;
  std::string department;
  std::string note;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct AcceptCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/AcceptCase";
  std::string request_id;
  CaseId id;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct ResolveCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/ResolveCase";
  std::string request_id;
  CaseId id;
  std::string status_note;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct ReopenCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/ReopenCase";
  std::string request_id;
  CaseId id;
  std::string note;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct CloseCase {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/CloseCase";
  std::string request_id;
  CaseId id;
  Outcome outcome = Outcome::kNoAction;
  std::string status_note;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

struct AddCaseNote {
  static constexpr std::string_view kMethod = "reeve.case311.v1.CaseService/AddCaseNote";
  std::string request_id;
  CaseId id;
  std::string note;
  bool note_is_public = false;

  std::int64_t home() const { return id.value(); }
  Canonical canonical() const;
};

// The number of the case that `caller` opens with this request.
CaseId CaseOf(const Caller& caller, std::string_view request_id);

// Routed by type and place, with the target that the type promises from now on.
Changed Apply(const OpenCase& command, const CaseType& type, const BusinessCalendar& calendar,
              const Actor& actor);
// Refusals in order of precedence: CASE_IMPORTED, CASE_STATE_WRONG, then those named here.
Result<Changed> Apply(const Case& before, const RouteCase& command,
                      const Actor& actor);  // SAME_DEPARTMENT
Result<Changed> Apply(const Case& before, const AcceptCase& command, const Actor& actor);
Result<Changed> Apply(const Case& before, const ResolveCase& command, const Actor& actor);
Result<Changed> Apply(const Case& before, const ReopenCase& command, const Actor& actor);
Result<Changed> Apply(const Case& before, const CloseCase& command,
                      const Actor& actor);  // NOT_RESOLVED, STATUS_NOTE_MISSING
Result<Changed> Apply(const Case& before, const AddCaseNote& command, const Actor& actor);

struct StatusNote {
  Instant time;
  std::string text;
  bool operator==(const StatusNote&) const = default;
};

// All that the caller of a case may see of it.
struct PublicCase {
  CaseId id;
  std::string type_name;
  bool closed = false;
  std::vector<StatusNote> status_notes;  // oldest first
  std::string department;
  std::string address;
  Instant opened_time;
  std::optional<Instant> expected_time;
  Instant updated_time;  // of the last change that shows here
};

// Nothing for a case that has no public view: of a confidential type, or imported.
std::optional<PublicCase> PublicView(const Case& record, const CaseType& type,
                                     std::span<const HistoryEntry> history);

// SHA-256 over all of it, in hexadecimal: the audit trail holds both, so that a change shows.
std::string Digest(const Case& record);
std::string Digest(const HistoryEntry& entry);

// What the audit trail says about a case behind a change.
std::string AuditText(const Changed& changed);

// Why the history cannot have led to this case; nothing if it can.
std::optional<std::string> HistoryFault(const Case& record, std::span<const HistoryEntry> history);

}  // namespace reeve::case311
