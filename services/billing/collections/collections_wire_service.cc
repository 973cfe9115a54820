#include "services/billing/collections/collections_wire_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "shared/core/fields.h"

namespace reeve::billing::collections {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kNoticeDaysMax = 365;
constexpr int kNoticesMax = 20;
constexpr int kWeekdays = 7;

constexpr std::pair<NoticeKind, v1::NoticeKind> kNoticeKinds[] = {
    {NoticeKind::kPastDue, v1::NOTICE_KIND_PAST_DUE},
    {NoticeKind::kShutoff, v1::NOTICE_KIND_SHUTOFF},
    {NoticeKind::kDoorTag, v1::NOTICE_KIND_DOOR_TAG},
};
constexpr std::pair<DisputeState, v1::DisputeState> kDisputeStates[] = {
    {DisputeState::kOpen, v1::DISPUTE_STATE_OPEN},
    {DisputeState::kUpheld, v1::DISPUTE_STATE_UPHELD},
    {DisputeState::kDenied, v1::DISPUTE_STATE_DENIED},
};
constexpr std::pair<DisconnectState, v1::DisconnectState> kDisconnectStates[] = {
    {DisconnectState::kRequested, v1::DISCONNECT_STATE_REQUESTED},
    {DisconnectState::kSatisfied, v1::DISCONNECT_STATE_SATISFIED},
    {DisconnectState::kCut, v1::DISCONNECT_STATE_CUT},
};

template <class Table, class T>
auto OnWire(const Table& table, T value) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

NoticeKind ParseKind(Fields& fields, const std::string& field, v1::NoticeKind kind) {
  for (const auto& [known, wire] : kNoticeKinds) {
    if (wire == kind) return known;
  }
  fields.Refuse(field, "is required");
  return NoticeKind::kPastDue;
}

}  // namespace

Canonical RecordNoticeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", account.value())
                       .Add("kind", NoticeKindName(notice.kind))
                       .Add("delivered_date", notice.delivered_date.ToString())
                       .Add("delivery_proof", notice.delivery_proof));
}

Result<RecordNoticeCommand> Parse(const v1::RecordNoticeRequest& request, Date today) {
  Fields fields;
  RecordNoticeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.notice.kind = ParseKind(fields, "kind", request.kind());
  command.notice.delivered_date = fields.CivilDate("delivered_date", request.delivered_date());
  if (command.notice.delivered_date > today) {
    fields.Refuse("delivered_date", "lies in the future");
  }
  command.notice.delivery_proof = fields.Text("delivery_proof", request.delivery_proof(), 3, 200);
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical OpenDisputeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1).Add("account_id", account.value()).Add("reason", reason));
}

Result<OpenDisputeCommand> Parse(const v1::OpenDisputeRequest& request) {
  Fields fields;
  OpenDisputeCommand command{fields.RequestId(request.request_id()),
                             AccountId(fields.Id("account_id", request.account_id())),
                             fields.Text("reason", request.reason(), 3, 500)};
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical DecideDisputeCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", account.value())
                       .Add("dispute_id", dispute_id)
                       .Add("upheld", state == DisputeState::kUpheld ? 1 : 0)
                       .Add("decision", decision));
}

Result<DecideDisputeCommand> Parse(const v1::DecideDisputeRequest& request) {
  Fields fields;
  DecideDisputeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.dispute_id = fields.Id("dispute_id", request.dispute_id());
  if (request.state() != v1::DISPUTE_STATE_UPHELD && request.state() != v1::DISPUTE_STATE_DENIED) {
    fields.Refuse("state", "is neither upheld nor denied");
  }
  command.state =
      request.state() == v1::DISPUTE_STATE_UPHELD ? DisputeState::kUpheld : DisputeState::kDenied;
  command.decision = fields.Text("decision", request.decision(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical RequestDisconnectCommand::canonical() const {
  return std::move(Canonical(kMethod, 1)
                       .Add("account_id", account.value())
                       .Add("service", service)
                       .Add("cut_date", cut_date ? cut_date->ToString() : ""));
}

Result<RequestDisconnectCommand> Parse(const v1::RequestDisconnectRequest& request) {
  Fields fields;
  RequestDisconnectCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.account = AccountId(fields.Id("account_id", request.account_id()));
  command.service = fields.Text("service", request.service(), 1, 20);
  if (!request.cut_date().empty()) {
    command.cut_date = fields.CivilDate("cut_date", request.cut_date());
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Canonical LoadShutoffPolicyCommand::canonical() const {
  Canonical form(kMethod, 1);
  form.Add("effective_date", policy.effective_date.ToString())
      .Add("citation", policy.citation)
      .Add("threshold_cents", policy.threshold.cents())
      .Add("closed_before_holiday", policy.closed_before_holiday ? 1 : 0)
      .Add("first_minute", policy.first_minute)
      .Add("last_minute", policy.last_minute)
      .List("notices", policy.notices.size());
  for (const NoticeRule& rule : policy.notices) {
    form.Add("kind", NoticeKindName(rule.kind)).Add("days_min", rule.days_min);
  }
  form.List("closed_weekdays", policy.closed_weekdays.size());
  for (const int weekday : policy.closed_weekdays) form.Add("weekday", weekday);
  return form;
}

Result<LoadShutoffPolicyCommand> Parse(const v1::LoadShutoffPolicyRequest& request) {
  Fields fields;
  const v1::ShutoffPolicy& message = request.policy();
  LoadShutoffPolicyCommand command{fields.RequestId(request.request_id()), {}};
  ShutoffPolicy& policy = command.policy;
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  policy.threshold =
      fields.Cents("policy.threshold_cents", message.threshold_cents(), 0, Money::kMaxCents);
  for (int i = 0; i < std::min(message.notices_size(), kNoticesMax); ++i) {
    const v1::NoticeRule& rule = message.notices(i);
    const std::string at = "policy.notices[" + std::to_string(i) + "].";
    const NoticeKind kind = ParseKind(fields, at + "kind", rule.kind());
    const bool twice = std::any_of(policy.notices.begin(), policy.notices.end(),
                                   [&](const NoticeRule& known) { return known.kind == kind; });
    if (twice) fields.Refuse("policy.notices", "names a kind twice");
    policy.notices.push_back({kind, static_cast<int>(fields.Range(at + "days_min", rule.days_min(),
                                                                  0, kNoticeDaysMax))});
  }
  if (policy.notices.empty()) fields.Refuse("policy.notices", "are required");
  if (message.notices_size() > kNoticesMax) fields.Refuse("policy.notices", "are more than 20");
  if (message.closed_weekdays_size() > kWeekdays) {
    fields.Refuse("policy.closed_weekdays", "are more than 7");
  }
  for (int i = 0; i < std::min(message.closed_weekdays_size(), kWeekdays); ++i) {
    policy.closed_weekdays.insert(
        static_cast<int>(fields.Range("policy.closed_weekdays[" + std::to_string(i) + "]",
                                      message.closed_weekdays(i), 1, kWeekdays)));
  }
  policy.closed_before_holiday = message.closed_before_holiday();
  policy.first_minute = static_cast<int>(
      fields.Range("policy.first_minute", message.first_minute(), 0, kMinutesOfDay));
  policy.last_minute =
      static_cast<int>(fields.Range("policy.last_minute", message.last_minute(),
                                    std::max(policy.first_minute, 0), kMinutesOfDay));
  if (!fields.ok()) return fields.error();
  return command;
}

v1::Notice ToProto(AccountId account, const Notice& notice) {
  v1::Notice message;
  message.set_notice_id(notice.notice_id);
  message.set_account_id(account.value());
  message.set_kind(OnWire(kNoticeKinds, notice.kind));
  message.set_delivered_date(notice.delivered_date.ToString());
  message.set_delivery_proof(notice.delivery_proof);
  return message;
}

v1::Dispute ToProto(const Dispute& dispute) {
  v1::Dispute message;
  message.set_dispute_id(dispute.dispute_id);
  message.set_account_id(dispute.account.value());
  message.set_state(OnWire(kDisputeStates, dispute.state));
  message.set_reason(dispute.reason);
  message.set_decision(dispute.decision);
  message.set_opened_date(dispute.opened_date.ToString());
  return message;
}

v1::Disconnect ToProto(AccountId account, const Disconnect& disconnect) {
  v1::Disconnect message;
  message.set_disconnect_id(disconnect.disconnect_id);
  message.set_account_id(account.value());
  message.set_service(disconnect.service);
  message.set_meter_number(disconnect.meter_number);
  message.set_state(OnWire(kDisconnectStates, disconnect.state));
  message.set_amount_to_avoid_cents(disconnect.amount_to_avoid.cents());
  message.set_paid_cents(disconnect.paid.cents());
  message.set_cut_date(disconnect.cut_date.ToString());
  for (const std::int64_t id : disconnect.notice_ids) message.add_notice_ids(id);
  return message;
}

v1::ShutoffPolicy ToProto(const ShutoffPolicy& policy) {
  v1::ShutoffPolicy message;
  message.set_effective_date(policy.effective_date.ToString());
  message.set_citation(policy.citation);
  message.set_threshold_cents(policy.threshold.cents());
  for (const NoticeRule& rule : policy.notices) {
    v1::NoticeRule& added = *message.add_notices();
    added.set_kind(OnWire(kNoticeKinds, rule.kind));
    added.set_days_min(rule.days_min);
  }
  for (const int weekday : policy.closed_weekdays) message.add_closed_weekdays(weekday);
  message.set_closed_before_holiday(policy.closed_before_holiday);
  message.set_first_minute(policy.first_minute);
  message.set_last_minute(policy.last_minute);
  return message;
}

}  // namespace reeve::billing::collections
