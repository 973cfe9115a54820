#include "tests/integration/billing/drafts.h"

#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.pb.h"

namespace reeve::billing {

v1::WithdrawnDraft Drafts::WithdrawDraft(const std::string& version, std::int64_t revision,
                                         const std::string& token, const std::string& reason) {
  v1::WithdrawDraftRequest request;
  request.set_request_id(Key());
  request.set_version(version);
  request.set_revision(revision);
  request.set_reason("table B of the old ordinance");
  return Send<v1::RateActivationService>(&v1::RateActivationService::Stub::WithdrawDraft, token,
                                         request, reason);
}

void Drafts::WithdrawDrafts() {
  for (const std::string code : {"ST3", "ST4", "ST5"}) {
    LoadDraft(code, "storm", "", [](v1::RateSchedule& schedule) {
      AddFixed(schedule, "Storm water", "9.00");
      v1::RateComponent& rider = *schedule.add_components();
      rider.set_kind(v1::RATE_COMPONENT_KIND_NOT_LOADED);
      rider.set_name("Storm rider");
    });
  }
  WithdrawDraft("ST3/2026-07-01", 1, analyst_);
  WithdrawDraft("ST4/2026-07-01", 1, supervisor_);
  Activate(Preview({"ST5/2026-07-01"}), supervisor_);
}

}  // namespace reeve::billing
