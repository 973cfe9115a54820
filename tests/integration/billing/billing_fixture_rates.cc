// Schedules of rates: loading, looking at and activating them.
#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

void Billing::LoadTariff() {
  Load("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
    AddFixed(schedule, "Customer charge", "13.92");
    v1::RateComponent& energy = *schedule.add_components();
    energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    energy.set_name("Energy");
    AddTier(energy, "500", "0.0734");
    AddTier(energy, "1000", "0.1019");
    AddTier(energy, "", "0.1209");
    schedule.mutable_guard()->set_usage_ratio_max_hundredths(400);
  });
  Load("W1", "water", "kgal", [](v1::RateSchedule& schedule) {
    AddFixed(schedule, "Base charge", "16.50");
    v1::RateComponent& water = *schedule.add_components();
    water.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
    water.set_name("Water");
    AddTier(water, "10", "1.25");
    AddTier(water, "", "2.375");
  });
  Load("ST1", "storm", "", [](v1::RateSchedule& schedule) {
    v1::RateComponent& storm = *schedule.add_components();
    storm.set_kind(v1::RATE_COMPONENT_KIND_PER_UNIT);
    storm.set_name("Storm water");
    storm.set_rate("8.05");
    storm.set_unit("ESU");
  });
}

v1::SchedulesPreview Billing::Preview(const std::vector<std::string>& versions) {
  v1::PreviewSchedulesRequest request;
  request.mutable_versions()->Assign(versions.begin(), versions.end());
  for (;;) {
    v1::SchedulesPreview preview = Send<v1::RateActivationService>(
        &v1::RateActivationService::Stub::PreviewSchedules, supervisor_, request);
    if (preview.next_page_token().empty()) return preview;
    request.set_page_token(preview.next_page_token());
  }
}

void Billing::Activate(const v1::SchedulesPreview& preview, const std::string& token,
                       const std::string& reason) {
  v1::ActivateSchedulesRequest request;
  request.set_request_id(Key());
  *request.mutable_versions() = preview.versions();
  request.set_preview_digest(preview.digest());
  *request.mutable_acknowledged_not_loaded() = preview.not_loaded();
  Send<v1::RateActivationService>(&v1::RateActivationService::Stub::ActivateSchedules, token,
                                  request, reason);
}

void Billing::Load(const std::string& code, const std::string& service, const std::string& unit,
                   const FillSchedule& fill) {
  const std::string effective_date = LoadDraft(code, service, unit, fill);
  Activate(Preview({code + "/" + effective_date}), supervisor_);
}

std::string Billing::LoadDraft(const std::string& code, const std::string& service,
                               const std::string& unit, const FillSchedule& fill,
                               const std::string& reason) {
  v1::LoadScheduleRequest request;
  request.set_request_id(Key());
  v1::RateSchedule& schedule = *request.mutable_schedule();
  schedule.set_code(code);
  schedule.set_effective_date("2026-07-01");
  schedule.set_service(service);
  schedule.set_title("Schedule " + code);
  schedule.set_citation("Fee schedule of the test city");
  schedule.set_usage_unit(unit);
  fill(schedule);
  Send<v1::RateService>(&v1::RateService::Stub::LoadSchedule, analyst_, request, reason);
  return schedule.effective_date();
}

void Billing::AddFixed(v1::RateSchedule& schedule, const std::string& name,
                       const std::string& rate) {
  v1::RateComponent& component = *schedule.add_components();
  component.set_kind(v1::RATE_COMPONENT_KIND_FIXED);
  component.set_name(name);
  component.set_rate(rate);
}

void Billing::AddTier(v1::RateComponent& component, const std::string& up_to,
                      const std::string& rate) {
  v1::RateTier& tier = *component.add_tiers();
  tier.set_up_to(up_to);
  tier.set_rate(rate);
}

}  // namespace reeve::billing
