#include "tests/integration/billing/winters.h"

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"
#include "reeve/billing/v1/winter_service.grpc.pb.h"

namespace reeve::billing {

void Winters::LoadSewer(const std::string& from) {
  Load("S1", "sewer", "", [&](v1::RateSchedule& schedule) {
    schedule.set_effective_date(from);
    v1::RateComponent& sewer = *schedule.add_components();
    sewer.set_kind(v1::RATE_COMPONENT_KIND_WINTER_AVERAGE);
    sewer.set_name("Sewer");
    sewer.set_unit("kgal");
    sewer.set_default_quantity("5");
    AddTier(sewer, "", "3.00");
  });
}

v1::WinterRule Winters::WinterRuleOf(const std::string& from) {
  v1::WinterRule rule;
  rule.set_schedule_code("S1");
  rule.set_effective_date(from);
  rule.set_citation("Sewer ordinance 12 of " + from);
  rule.set_source_service("water");
  rule.set_first_month(10);
  rule.set_last_month(11);
  rule.set_day_count_min(25);
  rule.set_step_thousandths(1'000);
  rule.set_vacant_thousandths(0);
  rule.set_leak_hundredths(400);
  rule.set_rise_hundredths(300);
  return rule;
}

void Winters::LoadWinterRule(const v1::WinterRule& rule, const std::string& reason) {
  v1::LoadWinterRuleRequest request;
  request.set_request_id(Key());
  *request.mutable_rule() = rule;
  Send<v1::WinterAverageService>(&v1::WinterAverageService::Stub::LoadWinterRule, analyst_, request,
                                 reason);
}

account::v1::AccountOpened Winters::SewerAccount(std::int64_t account_id, int cycle,
                                                 const std::string& start, std::int64_t kgal) {
  account::v1::AccountOpened opened = Account(account_id, cycle, start);
  account::v1::AgreementSpec& sewer = *opened.mutable_agreements(2);
  sewer.set_service("sewer");
  sewer.set_schedule_code("S1");
  sewer.set_quantity_thousandths(kgal * 1'000);
  return opened;
}

v1::WinterRun Winters::StartWinter(const std::string& effective_date, int year,
                                   const std::string& reason) {
  v1::StartWinterRunRequest request;
  request.set_request_id(Key());
  request.set_schedule_code("S1");
  request.set_winter_year(year);
  request.set_effective_date(effective_date);
  return Send<v1::WinterAverageService>(&v1::WinterAverageService::Stub::StartWinterRun, analyst_,
                                        request, reason);
}

v1::WinterRun Winters::Advance(std::int64_t run_id, const std::string& reason) {
  v1::AdvanceWinterRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  return Send<v1::WinterAverageService>(&v1::WinterAverageService::Stub::AdvanceWinterRun, analyst_,
                                        request, reason);
}

std::vector<v1::WinterAverage> Winters::Averages(std::int64_t run_id, bool held_only) {
  v1::ListWinterAveragesRequest request;
  request.set_run_id(run_id);
  request.set_held_only(held_only);
  request.set_page_size(2);
  std::vector<v1::WinterAverage> averages;
  do {
    const auto answer = Send<v1::WinterAverageService>(
        &v1::WinterAverageService::Stub::ListWinterAverages, analyst_, request);
    averages.insert(averages.end(), answer.averages().begin(), answer.averages().end());
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return averages;
}

v1::WinterAverage Winters::Decide(const v1::WinterAverage& average, std::int64_t run_id,
                                  v1::WinterDecision decision, std::int64_t thousandths,
                                  const std::string& token, const std::string& reason) {
  v1::DecideWinterAverageRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  request.set_account_id(average.account_id());
  request.set_agreement_id(average.agreement_id());
  request.set_decision(decision);
  request.set_quantity_thousandths(thousandths);
  request.set_reason("looked at the house");
  return Send<v1::WinterAverageService>(&v1::WinterAverageService::Stub::DecideWinterAverage, token,
                                        request, reason);
}

v1::WinterRun Winters::Sign(std::int64_t run_id, std::int64_t total, const std::string& token,
                            const std::string& reason) {
  v1::SignWinterRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  request.set_total_thousandths(total);
  return Send<v1::WinterAverageService>(&v1::WinterAverageService::Stub::SignWinterRun, token,
                                        request, reason);
}

}  // namespace reeve::billing
