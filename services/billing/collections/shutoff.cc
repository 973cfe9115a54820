#include "services/billing/collections/shutoff.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "shared/core/spelling.h"

namespace reeve::billing::collections {
namespace {

constexpr Spelling<NoticeKind, 3> kNoticeKinds{{"PAST_DUE", "SHUTOFF", "DOOR_TAG"}};
constexpr Spelling<DisconnectState, 3> kDisconnectStates{{"REQUESTED", "SATISFIED", "CUT"}};

struct Transition {
  DisconnectState from;
  DisconnectEvent event;
  DisconnectState to;
};
constexpr Transition kTransitions[] = {
    {DisconnectState::kRequested, DisconnectEvent::kPay, DisconnectState::kSatisfied},
    {DisconnectState::kRequested, DisconnectEvent::kCut, DisconnectState::kCut},
    {DisconnectState::kCut, DisconnectEvent::kPay, DisconnectState::kSatisfied},
};

Error Refusal(Reason reason, std::string message) {
  return FailedPrecondition(reason, std::move(message));
}

// The newest notice of the kind that was delivered in [first, last].
std::optional<std::int64_t> NewestIn(std::span<const Notice> notices, NoticeKind kind, Date first,
                                     Date last) {
  const Notice* newest = nullptr;
  for (const Notice& notice : notices) {
    if (notice.kind != kind || notice.delivered_date < first || notice.delivered_date > last)
      continue;
    if (newest == nullptr || newest->delivered_date < notice.delivered_date) newest = &notice;
  }
  return newest == nullptr ? std::nullopt : std::optional(newest->notice_id);
}

}  // namespace

std::string_view NoticeKindName(NoticeKind kind) { return kNoticeKinds(kind); }
NoticeKind ParseNoticeKind(std::string_view name) { return kNoticeKinds.Read(name); }
std::string_view DisconnectStateName(DisconnectState state) { return kDisconnectStates(state); }
DisconnectState ParseDisconnectState(std::string_view name) { return kDisconnectStates.Read(name); }

DisconnectState After(DisconnectState state, DisconnectEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return state;
}

bool IsCutDay(const ShutoffPolicy& policy, const BusinessCalendar& calendar, Date day) {
  if (!calendar.IsBusinessDay(day) || policy.closed_weekdays.contains(day.weekday())) return false;
  const Date next = day.PlusDays(1);
  const bool before_holiday = next.weekday() < 6 && !calendar.IsBusinessDay(next);
  return !(policy.closed_before_holiday && before_holiday);
}

Result<std::vector<std::int64_t>> CheckRequest(const ShutoffPolicy& policy,
                                               const BusinessCalendar& calendar,
                                               const Standing& standing, Date cut_date) {
  if (standing.past_due <= Money() || standing.past_due < policy.threshold) {
    return Refusal(reason::kBelowThreshold, "Too little is past due for a cut.")
        .With("past_due_cents", standing.past_due.cents())
        .With("threshold_cents", policy.threshold.cents());
  }
  if (standing.dispute_open) {
    return Refusal(reason::kDisputeOpen, "The customer's request for review is not decided.");
  }
  const Date first = standing.owed_since.PlusDays(1);
  std::vector<std::int64_t> notice_ids;
  const NoticeRule* too_young = nullptr;
  for (const NoticeRule& rule : policy.notices) {
    if (!NewestIn(standing.notices, rule.kind, first, cut_date)) {
      return Refusal(reason::kNoticeMissing, "A notice that a cut needs is not on record.")
          .With("notice", std::string(NoticeKindName(rule.kind)));
    }
    const auto old_enough =
        NewestIn(standing.notices, rule.kind, first, cut_date.PlusDays(-rule.days_min));
    if (old_enough) {
      notice_ids.push_back(*old_enough);
    } else if (too_young == nullptr) {
      too_young = &rule;
    }
  }
  if (too_young != nullptr) {
    return Refusal(reason::kNoticeTooYoung, "A notice was delivered too short before the cut.")
        .With("notice", std::string(NoticeKindName(too_young->kind)))
        .With("days_min", too_young->days_min);
  }
  if (!IsCutDay(policy, calendar, cut_date)) {
    return Refusal(reason::kNoCutDay, "Crews do not cut on that day.");
  }
  return notice_ids;
}

Money LeftToAvoid(const Disconnect& disconnect, Money past_due) {
  const std::int64_t stated = disconnect.amount_to_avoid.cents() - disconnect.paid.cents();
  return Money::Cents(std::clamp<std::int64_t>(stated, 0, past_due.cents()));
}

std::string_view MayCut(const ShutoffPolicy& policy, const BusinessCalendar& calendar,
                        const Disconnect& disconnect, const Standing& standing, LocalTime now) {
  if (disconnect.state != DisconnectState::kRequested) return answer::kSatisfied;
  if (LeftToAvoid(disconnect, standing.past_due).is_zero()) return answer::kSatisfied;
  if (standing.past_due < policy.threshold) return reason::kBelowThreshold.name;
  if (standing.dispute_open) return reason::kDisputeOpen.name;
  if (now.date < disconnect.cut_date || !IsCutDay(policy, calendar, now.date)) {
    return reason::kNoCutDay.name;
  }
  if (now.minute_of_day < policy.first_minute || now.minute_of_day >= policy.last_minute) {
    return answer::kNoCutHour;
  }
  return answer::kMayCut;
}

}  // namespace reeve::billing::collections
