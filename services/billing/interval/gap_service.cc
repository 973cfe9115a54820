// The methods of IntervalService about days: what is known of them, and what is estimated.
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/derived_id.h"
#include "services/billing/interval/interval_service.h"
#include "services/billing/interval/interval_store.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/read/served_store.h"
#include "shared/core/canonical.h"
#include "shared/core/fields.h"

namespace reeve::billing::interval {
namespace {

using agreement::Agreement;

constexpr int kListedDaysMax = 62;
constexpr int kEstimatedDaysMax = 45;
constexpr std::int64_t kTenThousand = 10'000;

struct LoadPolicyCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.IntervalService/LoadIntervalPolicy";
  std::string request_id;
  Policy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("schedule_code", policy.schedule_code)
                         .Add("effective_date", policy.effective_date.ToString())
                         .Add("citation", policy.citation)
                         .Add("tolerance_basis_points", policy.tolerance_basis_points)
                         .Add("tolerance_thousandths", policy.tolerance_thousandths)
                         .Add("load_minutes", policy.load_minutes)
                         .Add("bridge_minutes_max", policy.bridge_minutes_max)
                         .Add("like_day_count", policy.like_day_count));
  }
};

Result<LoadPolicyCommand> Parse(const v1::LoadIntervalPolicyRequest& request) {
  Fields fields;
  LoadPolicyCommand command{fields.RequestId(request.request_id()), {}};
  const v1::IntervalPolicy& message = request.policy();
  Policy& policy = command.policy;
  policy.schedule_code = fields.Text("policy.schedule_code", message.schedule_code(), 0, 40);
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  policy.tolerance_basis_points = fields.Range("policy.tolerance_basis_points",
                                               message.tolerance_basis_points(), 0, kTenThousand);
  policy.tolerance_thousandths =
      fields.Range("policy.tolerance_thousandths", message.tolerance_thousandths(), 0,
                   Quantity::kMaxThousandths);
  policy.load_minutes = static_cast<int>(message.load_minutes());
  if (policy.load_minutes != 15 && policy.load_minutes != 30 && policy.load_minutes != 60) {
    fields.Refuse("policy.load_minutes", "are not 15, 30 or 60");
  }
  policy.bridge_minutes_max = static_cast<int>(
      fields.Range("policy.bridge_minutes_max", message.bridge_minutes_max(), 0, 1'440));
  policy.like_day_count =
      static_cast<int>(fields.Range("policy.like_day_count", message.like_day_count(), 1, 20));
  if (!fields.ok()) return fields.error();
  return command;
}

struct EstimateCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.IntervalService/EstimateIntervals";
  std::string request_id;
  DaysWanted days;
  std::string reason;

  std::int64_t home() const { return days.account.value(); }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("account_id", days.account.value())
                         .Add("agreement_id", days.agreement_id)
                         .Add("from_date", days.first_day.ToString())
                         .Add("to_date", days.last_day.ToString())
                         .Add("reason", reason));
  }
};

template <class Request>
DaysWanted ParseDays(Fields& fields, const Request& request, int days_max) {
  DaysWanted days;
  days.account = AccountId(fields.Id("account_id", request.account_id()));
  days.agreement_id = fields.Id("agreement_id", request.agreement_id());
  Fields dates;
  days.first_day = dates.CivilDate("from_date", request.from_date());
  days.last_day = dates.CivilDate("to_date", request.to_date());
  if (!dates.ok()) {
    for (const FieldViolation& one : dates.error().violations()) {
      fields.Refuse(one.field, one.description);
    }
  } else if (days.last_day < days.first_day) {
    fields.Refuse("to_date", "is before from_date");
  } else if (days.last_day - days.first_day >= days_max) {
    fields.Refuse("to_date", "is more than " + std::to_string(days_max - 1) + " days later");
  }
  return days;
}

Result<EstimateCommand> Parse(const v1::EstimateIntervalsRequest& request, Date today) {
  Fields fields;
  EstimateCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.days = ParseDays(fields, request, kEstimatedDaysMax);
  if (command.days.last_day >= today) fields.Refuse("to_date", "is not over");
  command.reason = fields.Text("reason", request.reason(), 1, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

v1::IntervalDay ToProto(const MeterDay& day) {
  v1::IntervalDay message;
  message.set_day(day.clock.day.ToString());
  message.set_minutes(day.minutes);
  message.set_interval_count(
      static_cast<std::int32_t>(day.clock.SlotCount(day.minutes == 0 ? 60 : day.minutes)));
  message.set_missing_count(static_cast<std::int32_t>(day.missing_count()));
  message.set_estimated_count(static_cast<std::int32_t>(day.estimated_count()));
  message.set_usage_millionths(day.sum());
  for (const Slot& slot : day.slots) message.add_amounts_millionths(slot.millionths);
  return message;
}

std::vector<MeterDay> LoadAgreementDays(db::Transaction& tx, const TimeZone& zone,
                                        const DaysWanted& wanted) {
  return AgreementDays(zone, wanted, LoadKept(tx, {&wanted, 1}).front());
}

v1::ListIntervalDaysResponse ListDays(db::Transaction& tx, const TimeZone& zone,
                                      const DaysWanted& wanted) {
  v1::ListIntervalDaysResponse answer;
  for (const MeterDay& day : LoadAgreementDays(tx, zone, wanted)) *answer.add_days() = ToProto(day);
  return answer;
}

Error BeforeService() {
  Fields fields;
  fields.Refuse("from_date", "is before the service began");
  return fields.error();
}

// The estimates as they are kept: of each day at the meter that it belongs to.
std::vector<DayPart> ToParts(db::Transaction& tx, const EstimateCommand& command,
                             std::span<const MeterDay> days,
                             std::span<const std::vector<std::int64_t>> filled) {
  const std::vector<meter::Installation> installations =
      meter::LoadInstallations(tx, command.days.account);
  std::vector<DayPart> parts;
  std::vector<DayKey> keys;
  for (std::size_t i = 0; i < days.size(); ++i) {
    const std::string amounts = Encode(filled[i]);
    if (amounts.empty()) continue;
    const Date day = days[i].clock.day;
    const meter::Installation* in_place =
        meter::MeasuredOn(installations, command.days.agreement_id, day);
    parts.push_back({command.days.account, command.days.agreement_id, in_place->meter.meter_number,
                     day, 0, 0, true, DerivedId("interval-estimate", command.request_id), 0,
                     amounts});
    const std::size_t hours = days[i].clock.hours.size();
    parts.back().minutes = static_cast<int>(hours * 60 / filled[i].size());
    keys.push_back(
        {command.days.account, command.days.agreement_id, parts.back().meter_number, day});
  }
  const std::vector<std::vector<Stored>> stored = LoadDays(tx, keys);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].part_no = static_cast<std::int64_t>(stored[i].size()) + 1;
  }
  return parts;
}

Result<v1::ListIntervalDaysResponse> Estimate(command::Change& change, const TimeZone& zone,
                                              const EstimateCommand& command) {
  db::Transaction& tx = change.tx();
  const DaysWanted& wanted = command.days;
  REEVE_ASSIGN_OR_RETURN(const Agreement agreement,
                         read::LockServed(tx, wanted.account, wanted.agreement_id));
  if (wanted.first_day < agreement.start_date) return BeforeService();
  const std::vector<Policy> policies = LoadPolicies(tx);
  const Policy* policy = InForce(policies, agreement.schedule_code, wanted.last_day);
  if (policy == nullptr) {
    return FailedPrecondition(reason::kPolicyMissing, "No method of filling gaps is in force.");
  }
  const std::vector<MeterDay> days = LoadAgreementDays(tx, zone, wanted);
  std::size_t missing = 0;
  for (const MeterDay& day : days) missing += day.missing_count();
  if (missing == 0) {
    return FailedPrecondition(reason::kNoGap, "Nothing is missing on these days.");
  }
  const DaysWanted before{wanted.account, wanted.agreement_id,
                          wanted.first_day.PlusDays(-kLikeDaysBack), wanted.first_day.PlusDays(-1)};
  REEVE_ASSIGN_OR_RETURN(const std::vector<std::vector<std::int64_t>> filled,
                         FillGaps(*policy, LoadAgreementDays(tx, zone, before), days));
  // After this point it must succeed.
  const std::vector<DayPart> parts = ToParts(tx, command, days, filled);
  InsertDays(tx, parts);
  for (const DayPart& part : parts) AuditRow(change, kKeptDay, "estimate", "", CellsOfDay(part));
  change.Audit({"interval-estimate-reason",
                wanted.account.ToString() + "/" + std::to_string(parts.front().import_id),
                "estimate", "",
                "policy=" + policy->schedule_code + "/" + policy->effective_date.ToString() +
                    ",reason_digest=" + HexEncode(Sha256(command.reason))});
  return ListDays(tx, zone, wanted);
}

}  // namespace

grpc::ServerUnaryReactor* IntervalService::ListIntervalDays(
    grpc::CallbackServerContext* context, const v1::ListIntervalDaysRequest* request,
    v1::ListIntervalDaysResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListIntervalDaysRequest& request) -> Result<v1::ListIntervalDaysResponse> {
        Fields fields;
        const DaysWanted wanted = ParseDays(fields, request, kListedDaysMax);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListIntervalDaysResponse> {
              if (!agreement::HasAccount(tx, wanted.account)) {
                return NotFound(read::reason::kAccountUnknown,
                                "Billing does not know the account.");
              }
              return ListDays(tx, zone_, wanted);
            });
      });
}

grpc::ServerUnaryReactor* IntervalService::EstimateIntervals(
    grpc::CallbackServerContext* context, const v1::EstimateIntervalsRequest* request,
    v1::ListIntervalDaysResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::EstimateIntervalsRequest& request) -> Result<v1::ListIntervalDaysResponse> {
        REEVE_ASSIGN_OR_RETURN(const EstimateCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Estimate(change, zone_, command);
        });
      });
}

grpc::ServerUnaryReactor* IntervalService::LoadIntervalPolicy(
    grpc::CallbackServerContext* context, const v1::LoadIntervalPolicyRequest* request,
    v1::IntervalPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadIntervalPolicyRequest& request) -> Result<v1::IntervalPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicyCommand command, Parse(request));
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::IntervalPolicy> {
              const Policy& policy = command.policy;
              if (HasPolicy(change.tx(), policy.schedule_code, policy.effective_date)) {
                return AlreadyExists(reason::kPolicyExists,
                                     "A policy for these from that day on is loaded.");
              }
              InsertPolicy(change.tx(), policy);
              AuditRow(change, kKeptPolicy, "load", "", CellsOfPolicy(policy));
              return request.policy();
            });
      });
}

}  // namespace reeve::billing::interval
