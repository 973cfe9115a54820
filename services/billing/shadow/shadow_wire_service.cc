#include "services/billing/shadow/shadow_wire_service.h"

#include "services/billing/derived_id.h"

namespace reeve::billing::shadow {
namespace {

constexpr std::int64_t kDifferencesMax = 1'000'000'000;
constexpr int kCycleMax = 31;
constexpr std::size_t kServiceMax = 30;

v1::ShadowState ToProto(State state) {
  return static_cast<v1::ShadowState>(static_cast<int>(state) + 1);
}
v1::ShadowDifferenceCause ToProto(Cause cause) {
  return static_cast<v1::ShadowDifferenceCause>(static_cast<int>(cause) + 1);
}
static_assert(v1::SHADOW_STATE_LIVE == static_cast<int>(State::kLive) + 1);
static_assert(v1::SHADOW_DIFFERENCE_CAUSE_UNEXPLAINED == static_cast<int>(Cause::kUnexplained) + 1);

}  // namespace

Result<LoadPart> Parse(const v1::LoadOldBillsRequest& request) {
  Fields fields;
  LoadPart part;
  part.request_id = fields.RequestId(request.request_id());
  Shadow& shadow = part.first;
  shadow.cycle = static_cast<int>(fields.Range("cycle", request.cycle(), 1, kCycleMax));
  shadow.period_end = fields.CivilDate("period_end_date", request.period_end_date());
  shadow.bill_date = fields.CivilDate("bill_date", request.bill_date());
  if (fields.ok() && shadow.bill_date < shadow.period_end) {
    fields.Refuse("bill_date", "is before period_end_date");
  }
  part.file = file::ParsePart(fields, request, kLinesMax);
  shadow.file_name = part.file.name;
  if (!fields.ok()) return fields.error();
  shadow.shadow_id =
      DerivedId("shadow", request.file_sha256() + std::to_string(shadow.cycle) + "/" +
                              shadow.period_end.ToString() + "/" + shadow.bill_date.ToString());
  return part;
}

Result<Compare> Parse(const v1::AdvanceShadowRequest& request) {
  Fields fields;
  Compare command{fields.RequestId(request.request_id()),
                  fields.Id("shadow_id", request.shadow_id()), request.again()};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<Acknowledge> Parse(const v1::AcknowledgeCauseRequest& request) {
  Fields fields;
  Acknowledge command;
  command.request_id = fields.RequestId(request.request_id());
  command.shadow_id = fields.Id("shadow_id", request.shadow_id());
  if (request.cause() == v1::SHADOW_DIFFERENCE_CAUSE_UNSPECIFIED ||
      !v1::ShadowDifferenceCause_IsValid(request.cause())) {
    fields.Refuse("cause", "is no cause");
  } else {
    command.cause = static_cast<Cause>(request.cause() - 1);
  }
  command.service = fields.Text("service", request.service(), 1, kServiceMax);
  command.difference_count =
      fields.Range("difference_count", request.difference_count(), 1, kDifferencesMax);
  command.effect_cents =
      fields.Range("effect_cents", request.effect_cents(), -Money::kMaxCents, Money::kMaxCents);
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<LetLive> Parse(const v1::GoLiveRequest& request) {
  Fields fields;
  LetLive command{fields.RequestId(request.request_id()),
                  fields.Id("shadow_id", request.shadow_id())};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::Shadow ToProto(const Shadow& shadow) {
  v1::Shadow message;
  message.set_shadow_id(shadow.shadow_id);
  message.set_state(ToProto(shadow.state));
  message.set_cycle(shadow.cycle);
  message.set_period_end_date(shadow.period_end.ToString());
  message.set_bill_date(shadow.bill_date.ToString());
  message.set_file_name(shadow.file_name);
  message.set_next_line(shadow.next_line);
  message.set_comparison_no(shadow.comparison_no);
  if (shadow.compared_date) message.set_compared_date(shadow.compared_date->ToString());
  message.set_account_count(shadow.account_count);
  message.set_same_account_count(shadow.same_account_count);
  message.set_loaded_by_person_id(shadow.loaded_by.value());
  message.set_live_by_person_id(shadow.live_by.value());
  return message;
}

v1::ShadowDifference ToProto(const AccountDifference& one) {
  v1::ShadowDifference message;
  message.set_account_id(one.account.value());
  message.set_difference_no(one.difference_no);
  message.set_service(one.difference.service);
  message.set_line(one.difference.name);
  message.set_cause(ToProto(one.difference.cause));
  message.set_effect_cents(one.difference.effect_cents);
  message.set_evidence(one.difference.evidence);
  return message;
}

v1::ShadowCause ToProto(const CauseGroup& group, const std::vector<AccountDifference>& examples) {
  v1::ShadowCause message;
  message.set_cause(ToProto(group.cause));
  message.set_service(group.service);
  message.set_difference_count(group.difference_count);
  message.set_effect_cents(group.effect_cents);
  for (const AccountDifference& example : examples) *message.add_examples() = ToProto(example);
  for (std::size_t i = 0; i < group.persons.size(); ++i) {
    if (group.persons[i] == PersonId()) break;
    message.add_acknowledged_by_person_ids(group.persons[i].value());
    message.add_acknowledgements(group.reasons[i]);
  }
  return message;
}

void AddTotals(const Totals& old_totals, const Totals& totals, v1::Shadow& message) {
  Totals services = old_totals;
  services.insert(totals.begin(), totals.end());
  const auto of = [](const Totals& side, const std::string& service) {
    const auto found = side.find(service);
    return found == side.end() ? Total() : found->second;
  };
  for (const auto& [service, unused] : services) {
    const Total old_total = of(old_totals, service);
    const Total total = of(totals, service);
    v1::ShadowTotal& added = *message.add_totals();
    added.set_service(service);
    added.set_unit(old_total.unit);
    added.set_old_account_count(old_total.account_count);
    added.set_old_usage_thousandths(old_total.usage_thousandths);
    added.set_old_amount_cents(old_total.amount_cents);
    added.set_reeve_unit(total.unit);
    added.set_reeve_account_count(total.account_count);
    added.set_reeve_usage_thousandths(total.usage_thousandths);
    added.set_reeve_amount_cents(total.amount_cents);
    added.set_agrees(Agree(old_total, total));
  }
}

}  // namespace reeve::billing::shadow
