#include "services/billing/rate/rate_service.h"

#include "services/billing/rate/component_term.h"
#include "services/billing/rate/price.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/rate_wire_service.h"
#include "services/billing/rate/urdb.h"
#include "services/billing/rate/withdrawal_store.h"

namespace reeve::billing::rate {
namespace {

struct LoadScheduleCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.RateService/LoadSchedule";
  std::string request_id;
  Schedule schedule;
  bool validate_only = false;
  std::vector<RiderShape> riders_to_come;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    Canonical form(kMethod, 2);
    form.Add("code", schedule.code)
        .Add("effective_date", schedule.effective_date.ToString())
        .Add("service", schedule.service)
        .Add("title", schedule.title)
        .Add("citation", schedule.citation)
        .Add("usage_unit", schedule.usage_unit ? UnitName(*schedule.usage_unit) : "")
        .Add("ratio_max", schedule.guard.usage_ratio_max_hundredths)
        .Add("per_day_max", schedule.guard.usage_per_day_max_thousandths);
    AddTerms(form);
    form.List("components", schedule.components.size());
    for (const Component& component : schedule.components) AddComponent(form, component);
    // As long as there are none, the form is what it was before there were any.
    if (schedule.use_times) AddTimes(form, "use_times", *schedule.use_times);
    if (schedule.load_times) AddTimes(form, "load_times", *schedule.load_times);
    if (schedule.last_date) form.Add("last_date", schedule.last_date->ToString());
    if (!schedule.metered_by.empty()) form.Add("metered_by", schedule.metered_by);
    return form;
  }

 private:
  void AddTerms(Canonical& form) const {
    const Terms& terms = schedule.terms;
    form.Add("effect", static_cast<std::int64_t>(terms.effect))
        .Add("day_count", static_cast<std::int64_t>(terms.day_count))
        .Add("season_by", static_cast<std::int64_t>(terms.season_by))
        .Add("prorated_when", static_cast<std::int64_t>(terms.proration.when))
        .Add("days_min", terms.proration.days_min)
        .Add("days_max", terms.proration.days_max)
        .Add("month_days", terms.proration.month_days)
        .Add("month_divisor", terms.proration.month_divisor)
        .Add("rounding", static_cast<std::int64_t>(terms.rounding))
        .Add("round_to_cents", terms.round_to_cents)
        .Add("split_step", terms.split_step_thousandths);
  }
  // Of each hour, or of each half where they are not alike.
  static std::string HoursOf(const std::array<std::uint8_t, DayTimes::kSlots>& month) {
    std::string hours = LettersOf(month);
    for (char& hour : hours) hour = static_cast<char>(hour - 'a');
    return hours;
  }
  static void AddTimes(Canonical& form, std::string_view field, const DayTimes& times) {
    form.List(field, times.names.size());
    for (const std::string& name : times.names) form.Add("name", name);
    for (const DayTimes::Table* table : {&times.weekdays, &times.weekends}) {
      for (const auto& month : *table) {
        form.Add("hours", HoursOf(month));
      }
    }
    // As long as there are none, the form is what it was before there were any.
    if (times.saturdays) {
      for (const auto& month : *times.saturdays) form.Add("saturday", HoursOf(month));
    }
    if (times.holidays.empty()) return;
    form.Add("observed", static_cast<std::int64_t>(times.holidays.observed))
        .List("holidays", times.holidays.days.size());
    for (const std::string& day : times.holidays.days) form.Add("day", day);
  }
  static void AddComponent(Canonical& form, const Component& component) {
    form.Add("kind", static_cast<std::int64_t>(component.kind))
        .Add("name", component.name)
        .Add("rate_nanos", component.rate.nanos())
        .Add("unit", component.unit ? UnitName(*component.unit) : "")
        .List("tiers", component.tiers.size());
    for (const Tier& tier : component.tiers) {
      form.Add("up_to", tier.up_to_thousandths.value_or(-1)).Add("rate_nanos", tier.rate.nanos());
    }
    form.List("sizes", component.sizes.size());
    for (const SizePrice& size : component.sizes) {
      form.Add("size", size.size).Add("rate_nanos", size.rate.nanos());
    }
    const Season season = component.season.value_or(Season{});
    const Ratchet ratchet = component.ratchet.value_or(Ratchet{});
    form.Add("per", static_cast<std::int64_t>(component.per))
        .Add("widths", static_cast<std::int64_t>(component.widths))
        .Add("season_from", season.from)
        .Add("season_to", season.to)
        .Add("period", component.period)
        .Add("ratchet_nanos", ratchet.fraction.nanos())
        .Add("ratchet_months", ratchet.month_count)
        .Add("cap", component.cap_thousandths.value_or(-1))
        .Add("default", component.default_thousandths.value_or(-1))
        .Add("at_most_use", component.at_most_use ? 1 : 0)
        .List("of", component.of.size());
    for (const std::int64_t of : component.of) form.Add("component", of);
    for (const ComponentTerm& term : TermsOf(component)) {
      form.Add("term", term.term).Add("no", term.no).Add("number", term.number);
      form.Add("word", term.word);
    }
  }
};

LoadScheduleCommand Parse(Fields& fields, const v1::LoadScheduleRequest& request) {
  LoadScheduleCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.schedule = ParseSchedule(fields, request.schedule());
  command.validate_only = request.validate_only();
  command.riders_to_come = ParseRiders(fields, request);
  return command;
}

// Each component charges a rider that is loaded, or comes, and counts what it does; a rider counts
// what they do who charge it already.
void CheckRiders(const std::vector<LoadedVersion>& loaded, const LoadScheduleCommand& command,
                 Fields& fields) {
  const Schedule& schedule = command.schedule;
  std::vector<RiderShape> riders = command.riders_to_come;
  const bool is_rider = schedule.service == kRiderService && !schedule.components.empty();
  for (const LoadedVersion& version : loaded) {
    const Schedule& other = version.schedule;
    if (other.service == kRiderService && !other.components.empty())
      riders.push_back(ShapeOf(other));
    if (!is_rider) continue;
    for (const Component& component : other.components) {
      if (component.rider != schedule.code) continue;
      if (!Mismatch(other, component, ShapeOf(schedule)).empty()) {
        fields.Refuse("schedule.components[0]", "is not of the kind and unit of " +
                                                    VersionKey(other.code, other.effective_date) +
                                                    ": " + component.name);
      }
    }
  }
  CheckRiders(schedule, riders, fields);
}

// What a code means in all of its versions.
bool MeansTheSame(const Schedule& one, const Schedule& other) {
  return one.service == other.service && one.usage_unit == other.usage_unit &&
         one.metered_by == other.metered_by && QuantityUnit(one) == QuantityUnit(other) &&
         (one.service != kRiderService || one.components.empty() || other.components.empty() ||
          one.components[0].kind == other.components[0].kind);
}

// The version of the same code and date, if any; refused if it is in force and says something else,
// or if the code means something else in another version.
Result<std::optional<LoadedVersion>> FindReplaced(std::vector<LoadedVersion> loaded,
                                                  const Schedule& schedule) {
  std::optional<LoadedVersion> replaced;
  for (LoadedVersion& version : loaded) {
    const Schedule& other = version.schedule;
    if (other.code != schedule.code) continue;
    if (other.effective_date == schedule.effective_date) {
      if (version.standing.state == VersionState::kActive && !(other == schedule)) {
        return AlreadyExists(reason::kScheduleExists,
                             "The version of this date is in force already.");
      }
      replaced = std::move(version);
    } else if (!MeansTheSame(other, schedule)) {
      return FailedPrecondition(reason::kScheduleChangesService,
                                "Another version of the schedule has another service or unit.")
          .With("effective_date", other.effective_date.ToString());
    }
  }
  return replaced;
}

// All that would be refused, of the fields and of what is loaded, at once.
Result<std::optional<LoadedVersion>> Judge(db::Transaction& tx, const LoadScheduleCommand& command,
                                           Fields fields) {
  std::vector<LoadedVersion> loaded = LoadVersions(tx);
  CheckRiders(loaded, command, fields);
  if (!fields.ok()) return fields.error();
  return FindReplaced(std::move(loaded), command.schedule);
}

Result<v1::RateSchedule> Load(command::Change& change, const LoadScheduleCommand& command) {
  db::Transaction& tx = change.tx();
  const Schedule& schedule = command.schedule;
  LockTariff(tx);  // against an activation
  REEVE_ASSIGN_OR_RETURN(const std::optional<LoadedVersion> replaced, Judge(tx, command, Fields()));
  const std::string key = VersionKey(schedule.code, schedule.effective_date);
  const std::string before = replaced ? VersionText(replaced->rows, replaced->standing) : "";
  if (replaced && replaced->schedule == schedule) {  // it is there, and stays as it is
    change.Audit({std::string(kScheduleEntity), key, "load", before, before});
    return ToProto(schedule);
  }
  Standing standing;
  standing.loaded_by = change.call().caller.person;
  standing.revision = LastWithdrawn(tx, schedule.code, schedule.effective_date) + 1;
  if (replaced) {
    standing.revision = replaced->standing.revision + 1;
    REEVE_RETURN_IF_ERROR(DeleteDraft(tx, schedule));
  }
  const RowDigest rows = InsertSchedule(tx, schedule, standing);
  change.Audit(
      {std::string(kScheduleEntity), key, "load", before, VersionText(rows.hex(), standing)});
  return ToProto(schedule);
}

Result<v1::ConvertedUrdb> Convert(const v1::ConvertUrdbRequest& request) {
  Fields fields;
  UrdbNames names;
  names.code = fields.Text("code", request.code(), 1, kCodeMax);
  if (!request.effective_date().empty()) {
    names.effective_date = fields.CivilDate("effective_date", request.effective_date());
  }
  names.title = fields.Text("title", request.title(), 0, 100);
  names.citation = fields.Text("citation", request.citation(), 0, 300);
  const UrdbReading reading = ReadUrdb(request.json(), names, fields);
  if (!fields.ok()) return fields.error();
  v1::ConvertedUrdb answer;
  *answer.mutable_schedule() = ToProto(reading.schedule);
  ParseSchedule(fields, answer.schedule());  // what a load of it would refuse
  if (!fields.ok()) return fields.error();
  for (const std::string& field : reading.left_out) answer.add_left_out(field);
  return answer;
}

struct FeeQuestion {
  std::string code;
  std::string name;
  Date day;
};

Result<FeeQuestion> Parse(const Call& call, const v1::GetFeeRequest& request) {
  Fields fields;
  FeeQuestion question;
  question.code = fields.Text("code", request.code(), 1, kCodeMax);
  question.name = fields.Text("name", request.name(), 1, 60);
  question.day = request.date().empty() ? call.today : fields.CivilDate("date", request.date());
  if (!fields.ok()) return fields.error();
  return question;
}

Result<v1::Fee> FindFee(db::Transaction& tx, const FeeQuestion& question) {
  const Tariff tariff(LoadSchedules(tx));
  const Schedule* version = tariff.InForce(question.code, question.day);
  if (version == nullptr) {
    return FailedPrecondition(reason::kVersionMissing, "No version is in force on that day.");
  }
  REEVE_ASSIGN_OR_RETURN(const Money amount, FeeOf(*version, question.name));
  v1::Fee fee;
  fee.set_version(VersionKey(version->code, version->effective_date));
  fee.set_name(question.name);
  fee.set_amount_cents(amount.cents());
  fee.set_citation(version->citation);
  return fee;
}

}  // namespace

grpc::ServerUnaryReactor* RateService::GetFee(grpc::CallbackServerContext* context,
                                              const v1::GetFeeRequest* request, v1::Fee* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetFeeRequest& request) -> Result<v1::Fee> {
        REEVE_ASSIGN_OR_RETURN(const FeeQuestion question, Parse(call, request));
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) { return FindFee(tx, question); });
      });
}

grpc::ServerUnaryReactor* RateService::ConvertUrdb(grpc::CallbackServerContext* context,
                                                   const v1::ConvertUrdbRequest* request,
                                                   v1::ConvertedUrdb* response) {
  return server_.Handle(
      context, request, response,
      [](const Call&, const v1::ConvertUrdbRequest& request) { return Convert(request); });
}

grpc::ServerUnaryReactor* RateService::LoadSchedule(grpc::CallbackServerContext* context,
                                                    const v1::LoadScheduleRequest* request,
                                                    v1::RateSchedule* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadScheduleRequest& request) -> Result<v1::RateSchedule> {
        Fields fields;
        const LoadScheduleCommand command = Parse(fields, request);
        if (command.validate_only) {
          return database_.ReadResult(call.deadline,
                                      [&](db::Transaction& tx) -> Result<v1::RateSchedule> {
                                        REEVE_RETURN_IF_ERROR(Judge(tx, command, fields));
                                        return ToProto(command.schedule);
                                      });
        }
        if (!fields.ok()) return fields.error();
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Load(change, command); });
      });
}

grpc::ServerUnaryReactor* RateService::ListSchedules(grpc::CallbackServerContext* context,
                                                     const v1::ListSchedulesRequest* request,
                                                     v1::ListSchedulesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListSchedulesRequest& request) -> Result<v1::ListSchedulesResponse> {
        Fields fields;
        fields.Text("code", request.code(), 0, kCodeMax);
        if (!fields.ok()) return fields.error();
        v1::ListSchedulesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const LoadedVersion& version : LoadVersions(tx)) {
            if (!request.code().empty() && request.code() != version.schedule.code) continue;
            *answer.add_schedules() = ToProto(version.schedule);
            *answer.add_standings() = ToProto(version);
          }
        });
        return answer;
      });
}

}  // namespace reeve::billing::rate
