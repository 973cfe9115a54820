#include "services/billing/rate/rate_service.h"

#include <algorithm>

#include "services/billing/rate/rate_store.h"
#include "shared/core/decimal.h"

namespace reeve::billing::rate {
namespace {

constexpr int kComponentsMax = 50;
constexpr int kTiersMax = 20;
constexpr std::int64_t kRatioMax = 1'000'000;
constexpr std::size_t kServiceNameMax = 20;

constexpr std::pair<ComponentKind, v1::RateComponentKind> kKinds[] = {
    {ComponentKind::kFixed, v1::RATE_COMPONENT_KIND_FIXED},
    {ComponentKind::kTiers, v1::RATE_COMPONENT_KIND_TIERS},
    {ComponentKind::kPerUnit, v1::RATE_COMPONENT_KIND_PER_UNIT},
    {ComponentKind::kPercent, v1::RATE_COMPONENT_KIND_PERCENT},
    {ComponentKind::kNotLoaded, v1::RATE_COMPONENT_KIND_NOT_LOADED},
};

struct LoadScheduleCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.RateService/LoadSchedule";
  std::string request_id;
  Schedule schedule;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    Canonical form(kMethod, 1);
    form.Add("code", schedule.code)
        .Add("effective_date", schedule.effective_date.ToString())
        .Add("service", schedule.service)
        .Add("title", schedule.title)
        .Add("citation", schedule.citation)
        .Add("usage_unit", schedule.usage_unit ? UnitName(*schedule.usage_unit) : "")
        .Add("ratio_max", schedule.guard.usage_ratio_max_hundredths)
        .Add("per_day_max", schedule.guard.usage_per_day_max_thousandths)
        .List("components", schedule.components.size());
    for (const Component& component : schedule.components) {
      form.Add("kind", static_cast<std::int64_t>(component.kind))
          .Add("name", component.name)
          .Add("rate_nanos", component.rate.nanos())
          .Add("unit", component.unit ? UnitName(*component.unit) : "")
          .List("tiers", component.tiers.size());
      for (const Tier& tier : component.tiers) {
        form.Add("up_to", tier.up_to_thousandths.value_or(-1)).Add("rate_nanos", tier.rate.nanos());
      }
    }
    return form;
  }
};

Rate ParseRate(Fields& fields, const std::string& field, const std::string& text) {
  const Result<Rate> rate = Rate::Parse(text);
  if (!rate.ok()) fields.Refuse(field, "is not dollars with at most nine decimals");
  return rate.ok() ? *rate : Rate();
}

std::optional<Unit> ParseMaybeUnit(Fields& fields, const std::string& field,
                                   const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<Unit> unit = ParseUnit(text);
  if (!unit.ok()) fields.Refuse(field, "is not a unit");
  return unit.ok() ? std::optional(*unit) : std::nullopt;
}

Tier ParseTier(Fields& fields, const std::string& field, const v1::RateTier& message) {
  Tier tier{std::nullopt, ParseRate(fields, field + ".rate", message.rate())};
  if (message.up_to().empty()) return tier;
  const Result<Quantity> up_to = Quantity::Parse(Unit::kMonth, message.up_to());
  if (!up_to.ok()) {
    fields.Refuse(field + ".up_to", "is not a quantity with at most three decimals");
  } else {
    tier.up_to_thousandths = up_to->thousandths();
  }
  return tier;
}

Component ParseComponent(Fields& fields, const std::string& field,
                         const v1::RateComponent& message) {
  Component component;
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const auto& entry) { return entry.second == message.kind(); });
  if (kind == std::end(kKinds)) {
    fields.Refuse(field + ".kind", "is required");
    return component;
  }
  component.kind = kind->first;
  component.name = fields.Text(field + ".name", message.name(), 1, 60);
  const bool priced =
      component.kind != ComponentKind::kTiers && component.kind != ComponentKind::kNotLoaded;
  if (priced) {
    component.rate = ParseRate(fields, field + ".rate", message.rate());
  } else if (!message.rate().empty()) {
    fields.Refuse(field + ".rate", "belongs to the tiers, or is not known");
  }
  component.unit = ParseMaybeUnit(fields, field + ".unit", message.unit());
  if (message.tiers_size() > kTiersMax) fields.Refuse(field + ".tiers", "are more than 20");
  for (int i = 0; i < std::min(message.tiers_size(), kTiersMax); ++i) {
    component.tiers.push_back(
        ParseTier(fields, field + ".tiers[" + std::to_string(i) + "]", message.tiers(i)));
  }
  return component;
}

std::string ParseService(Fields& fields, const std::string& text) {
  const bool word =
      !text.empty() && text.size() <= kServiceNameMax &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!word) fields.Refuse("schedule.service", "is not 1 to 20 lower case letters");
  return text;
}

Result<LoadScheduleCommand> Parse(const v1::LoadScheduleRequest& request) {
  Fields fields;
  LoadScheduleCommand command;
  command.request_id = fields.RequestId(request.request_id());
  const v1::RateSchedule& message = request.schedule();
  Schedule& schedule = command.schedule;
  schedule.code = fields.Text("schedule.code", message.code(), 1, 20);
  schedule.effective_date = fields.CivilDate("schedule.effective_date", message.effective_date());
  schedule.service = ParseService(fields, message.service());
  schedule.title = fields.Text("schedule.title", message.title(), 1, 100);
  schedule.citation = fields.Text("schedule.citation", message.citation(), 3, 300);
  schedule.usage_unit = ParseMaybeUnit(fields, "schedule.usage_unit", message.usage_unit());
  if (message.components_size() > kComponentsMax) {
    fields.Refuse("schedule.components", "are more than 50");
  }
  for (int i = 0; i < std::min(message.components_size(), kComponentsMax); ++i) {
    schedule.components.push_back(ParseComponent(
        fields, "schedule.components[" + std::to_string(i) + "]", message.components(i)));
  }
  schedule.guard.usage_ratio_max_hundredths =
      fields.Range("schedule.guard.usage_ratio_max_hundredths",
                   message.guard().usage_ratio_max_hundredths(), 0, kRatioMax);
  schedule.guard.usage_per_day_max_thousandths =
      fields.Range("schedule.guard.usage_per_day_max_thousandths",
                   message.guard().usage_per_day_max_thousandths(), 0, Quantity::kMaxThousandths);
  if (fields.ok()) Validate(schedule, fields);
  if (!fields.ok()) return fields.error();
  return command;
}

v1::RateSchedule ToProto(const Schedule& schedule) {
  v1::RateSchedule message;
  message.set_code(schedule.code);
  message.set_effective_date(schedule.effective_date.ToString());
  message.set_service(schedule.service);
  message.set_title(schedule.title);
  message.set_citation(schedule.citation);
  if (schedule.usage_unit) message.set_usage_unit(std::string(UnitName(*schedule.usage_unit)));
  for (const Component& component : schedule.components) {
    v1::RateComponent& added = *message.add_components();
    added.set_kind(kKinds[static_cast<int>(component.kind)].second);
    added.set_name(component.name);
    if (component.kind != ComponentKind::kTiers && component.kind != ComponentKind::kNotLoaded) {
      added.set_rate(component.rate.ToString());
    }
    if (component.unit) added.set_unit(std::string(UnitName(*component.unit)));
    for (const Tier& tier : component.tiers) {
      v1::RateTier& block = *added.add_tiers();
      if (tier.up_to_thousandths) block.set_up_to(PrintDecimal(*tier.up_to_thousandths, 3, 0));
      block.set_rate(tier.rate.ToString());
    }
  }
  message.mutable_guard()->set_usage_ratio_max_hundredths(
      schedule.guard.usage_ratio_max_hundredths);
  message.mutable_guard()->set_usage_per_day_max_thousandths(
      schedule.guard.usage_per_day_max_thousandths);
  return message;
}

}  // namespace

grpc::ServerUnaryReactor* RateService::LoadSchedule(grpc::CallbackServerContext* context,
                                                    const v1::LoadScheduleRequest* request,
                                                    v1::RateSchedule* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadScheduleRequest& request) -> Result<v1::RateSchedule> {
        REEVE_ASSIGN_OR_RETURN(const LoadScheduleCommand command, Parse(request));
        const Schedule& schedule = command.schedule;
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::RateSchedule> {
              if (HasSchedule(change.tx(), schedule.code, schedule.effective_date)) {
                return AlreadyExists(reason::kScheduleExists,
                                     "This version of the schedule is loaded already.");
              }
              InsertSchedule(change.tx(), schedule);
              change.Audit({"rate-schedule",
                            schedule.code + "/" + schedule.effective_date.ToString(), "load", "",
                            "digest=" + HexEncode(Sha256(command.canonical().bytes()))});
              return ToProto(schedule);
            });
      });
}

grpc::ServerUnaryReactor* RateService::ListSchedules(grpc::CallbackServerContext* context,
                                                     const v1::ListSchedulesRequest* request,
                                                     v1::ListSchedulesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListSchedulesRequest& request) -> Result<v1::ListSchedulesResponse> {
        v1::ListSchedulesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.clear_schedules();
          for (const Schedule& schedule : LoadSchedules(tx)) {
            if (request.code().empty() || request.code() == schedule.code) {
              *answer.add_schedules() = ToProto(schedule);
            }
          }
        });
        return answer;
      });
}

}  // namespace reeve::billing::rate
