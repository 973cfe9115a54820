#include "tests/integration/billing/intervals.h"

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/interval_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"

namespace reeve::billing {

void Intervals::LoadTimes(bool demand, const std::string& from) {
  Load("T1", "electric", "kWh", [&](v1::RateSchedule& schedule) {
    schedule.set_effective_date(from);
    v1::DayTimes& times = *schedule.mutable_use_times();
    for (const char* name : {"off", "on"}) times.add_names(name);
    times.add_weekdays("aaaaaaaabbbbbbbbbbbbaaaa");
    times.add_weekends("aaaaaaaaaaaaaaaaaaaaaaaa");
    for (const auto& [period, rate] : {std::pair("off", "0.10"), std::pair("on", "0.30")}) {
      v1::RateComponent& energy = *schedule.add_components();
      energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
      energy.set_name(std::string("Energy ") + period);
      energy.set_period(period);
      AddTier(energy, "", rate);
    }
    if (!demand) return;
    v1::RateComponent& load = *schedule.add_components();
    load.set_kind(v1::RATE_COMPONENT_KIND_DEMAND);
    load.set_name("Demand");
    load.mutable_ratchet()->set_fraction("0.8");
    load.mutable_ratchet()->set_month_count(3);
    AddTier(load, "", "8.00");
  });
}

v1::IntervalPolicy Intervals::PolicyOf(int load_minutes, const std::string& from,
                                       const std::string& schedule_code) {
  v1::IntervalPolicy policy;
  policy.set_schedule_code(schedule_code);
  policy.set_effective_date(from);
  policy.set_citation("Metering rule 4 of " + from);
  policy.set_tolerance_basis_points(100);
  policy.set_load_minutes(load_minutes);
  policy.set_bridge_minutes_max(120);
  policy.set_like_day_count(1);
  return policy;
}

void Intervals::LoadIntervalPolicy(const v1::IntervalPolicy& policy, const std::string& reason) {
  v1::LoadIntervalPolicyRequest request;
  request.set_request_id(Key());
  *request.mutable_policy() = policy;
  Send<v1::IntervalService>(&v1::IntervalService::Stub::LoadIntervalPolicy, analyst_, request,
                            reason);
}

account::v1::AccountOpened Intervals::TimedAccount(std::int64_t account_id,
                                                   const std::string& start) {
  account::v1::AccountOpened opened = Account(account_id, 7, start);
  opened.mutable_agreements()->DeleteSubrange(1, 2);
  opened.mutable_agreements(0)->set_schedule_code("T1");
  return opened;
}

v1::ImportIntervalsRequest Intervals::FileOf(const std::string& rows, int attempt) {
  const std::string text = "meter_number,start_time,minutes,unit,amounts\n" + rows;
  v1::ImportIntervalsRequest request;
  request.set_request_id(Key());
  request.set_file_name("head-end");
  request.set_file_sha256(Sha256(text));
  request.set_attempt(attempt);
  request.set_first_line(1);
  request.set_lines(text);
  request.set_last_part(true);
  return request;
}

v1::IntervalImport Intervals::ImportIntervals(const v1::ImportIntervalsRequest& request,
                                              const std::string& reason) {
  return Send<v1::IntervalService>(&v1::IntervalService::Stub::ImportIntervals, analyst_, request,
                                   reason);
}

v1::IntervalImport Intervals::ImportIntervals(const std::string& rows) {
  return ImportIntervals(FileOf(rows));
}

std::vector<std::string> Intervals::Refused(std::int64_t import_id) {
  v1::ListIntervalExceptionsRequest request;
  request.set_import_id(import_id);
  const auto answer = Send<v1::IntervalService>(&v1::IntervalService::Stub::ListIntervalExceptions,
                                                analyst_, request);
  std::vector<std::string> refused;
  for (const v1::IntervalException& one : answer.exceptions()) {
    refused.push_back(std::to_string(one.line()) + " " + one.field() + " " + one.reason());
  }
  return refused;
}

std::string Intervals::Days(const std::string& meter, const std::string& from,
                            const std::string& to, const std::string& amount) {
  const TimeZone& zone = server_.service().zone();
  std::string rows;
  for (Date day = *Date::Parse(from); day <= *Date::Parse(to); day = day.PlusDays(1)) {
    const Instant midnight = zone.ToInstant({day, 0});
    const Instant end = zone.ToInstant({day.PlusDays(1), 0});
    const std::int64_t hours = (end - midnight).micros() / Duration::Hours(1).micros();
    rows += meter + "," + zone.Format(midnight) + ",60,kWh," + amount;
    for (std::int64_t hour = 1; hour < hours; ++hour) rows += " " + amount;
    rows += "\n";
  }
  return rows;
}

v1::ListIntervalDaysResponse Intervals::ListDays(std::int64_t account_id, const std::string& from,
                                                 const std::string& to) {
  v1::ListIntervalDaysRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(account_id * 10 + 1);
  request.set_from_date(from);
  request.set_to_date(to);
  return Send<v1::IntervalService>(&v1::IntervalService::Stub::ListIntervalDays, analyst_, request);
}

v1::EstimateIntervalsRequest Intervals::GapOf(std::int64_t account_id, const std::string& from,
                                              const std::string& to) {
  v1::EstimateIntervalsRequest request;
  request.set_request_id(Key());
  request.set_account_id(account_id);
  request.set_agreement_id(account_id * 10 + 1);
  request.set_from_date(from);
  request.set_to_date(to);
  request.set_reason("the collector was down");
  return request;
}

v1::ListIntervalDaysResponse Intervals::EstimateIntervals(
    const v1::EstimateIntervalsRequest& request, const std::string& reason) {
  return Send<v1::IntervalService>(&v1::IntervalService::Stub::EstimateIntervals, analyst_, request,
                                   reason);
}

}  // namespace reeve::billing
