// Shutoff: when service may be cut for non-payment. Due process first: the notices are on record,
// nothing is disputed, the amount is worth it, and the day is one on which crews cut.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/calendar.h"
#include "shared/core/date.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::billing::collections {

namespace reason {
inline constexpr Reason kPolicyNotLoaded{"POLICY_NOT_LOADED"};
inline constexpr Reason kBelowThreshold{"BELOW_THRESHOLD"};
inline constexpr Reason kDisputeOpen{"DISPUTE_OPEN"};
inline constexpr Reason kNoticeMissing{"NOTICE_MISSING"};
inline constexpr Reason kNoticeTooYoung{"NOTICE_TOO_YOUNG"};
inline constexpr Reason kNoCutDay{"NO_CUT_DAY"};
}  // namespace reason

enum class NoticeKind { kPastDue, kShutoff, kDoorTag };
std::string_view NoticeKindName(NoticeKind kind);  // "PAST_DUE"
NoticeKind ParseNoticeKind(std::string_view name);

struct Notice {
  std::int64_t notice_id = 0;
  NoticeKind kind = NoticeKind::kPastDue;
  Date delivered_date;
  std::string delivery_proof;
};

struct NoticeRule {
  NoticeKind kind = NoticeKind::kPastDue;
  int days_min = 0;  // between delivery and cut
  bool operator==(const NoticeRule&) const = default;
};

struct ShutoffPolicy {
  Date effective_date;
  std::string citation;
  Money threshold;
  std::vector<NoticeRule> notices;
  std::set<int> closed_weekdays;  // 1 Monday .. 7 Sunday
  bool closed_before_holiday = false;
  int first_minute = 0;  // of the day, local time
  int last_minute = 0;   // the first at which nothing is cut any more
  bool operator==(const ShutoffPolicy&) const = default;
};

// How an account stands on the day.
struct Standing {
  Money past_due;
  Date owed_since;  // the oldest due date of what is past due
  bool dispute_open = false;
  std::vector<Notice> notices;
};

bool IsCutDay(const ShutoffPolicy& policy, const BusinessCalendar& calendar, Date day);

// The delivered notices that a cut on `cut_date` may rest on, one for each rule, the newest that is
// old enough. A notice counts if it was delivered after what is owed fell due. Refusals in this
// order: BELOW_THRESHOLD, DISPUTE_OPEN, NOTICE_MISSING, NOTICE_TOO_YOUNG, NO_CUT_DAY.
Result<std::vector<std::int64_t>> CheckRequest(const ShutoffPolicy& policy,
                                               const BusinessCalendar& calendar,
                                               const Standing& standing, Date cut_date);

enum class DisconnectState { kRequested, kSatisfied, kCut };
enum class DisconnectEvent { kPay, kCut };
std::string_view DisconnectStateName(DisconnectState state);
DisconnectState ParseDisconnectState(std::string_view name);
// Where an event leads; the same state if it has no effect there. A cut that crossed with the
// payment stays satisfied: whoever has paid comes back on.
DisconnectState After(DisconnectState state, DisconnectEvent event);

struct Disconnect {
  std::int64_t disconnect_id = 0;
  std::string service;
  std::string meter_number;
  DisconnectState state = DisconnectState::kRequested;
  Money amount_to_avoid;
  Money paid;  // since the request
  Date cut_date;
  std::vector<std::int64_t> notice_ids;
};

// What is still to be paid for service to stay on: the stated amount less what was paid since, and
// never more than what is past due. Zero is enough.
Money LeftToAvoid(const Disconnect& disconnect, Money past_due);

// The last answer before a cut, by a closed list of words; kMayCut is the only yes.
namespace answer {
inline constexpr std::string_view kMayCut = "PAST_DUE";
inline constexpr std::string_view kNoRequest = "NO_REQUEST";
inline constexpr std::string_view kPaymentsUnknown = "PAYMENTS_UNKNOWN";
inline constexpr std::string_view kNotCaughtUp = "NOT_CAUGHT_UP";
inline constexpr std::string_view kSatisfied = "SATISFIED";
inline constexpr std::string_view kNoCutHour = "NO_CUT_HOUR";
}  // namespace answer
std::string_view MayCut(const ShutoffPolicy& policy, const BusinessCalendar& calendar,
                        const Disconnect& disconnect, const Standing& standing, LocalTime now);

}  // namespace reeve::billing::collections
