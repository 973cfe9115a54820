// Cycles, their guard and what they post.
#include <algorithm>

#include "reeve/billing/v1/bill_service.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_policy_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.grpc.pb.h"
#include "reeve/billing/v1/hold_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

v1::CycleRun Billing::StartCycle(const std::string& reason, int cycle,
                                 const std::string& period_end) {
  return StartCycle(reason, cycle, period_end, v1::CYCLE_KIND_PRODUCTION);
}

v1::CycleRun Billing::StartCycle(const std::string& reason, int cycle,
                                 const std::string& period_end, v1::CycleKind kind) {
  v1::StartCycleRequest request;
  request.set_request_id(Key());
  request.set_cycle(cycle);
  request.set_kind(kind);
  request.set_period_end_date(period_end);
  const std::string due = Date::Parse(period_end)->PlusDays(25).ToString();
  request.set_due_date(std::max(due, std::string("2026-12-15")));
  return Send<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request, reason);
}

v1::CycleRun Billing::GetCycle(std::int64_t cycle_id) {
  v1::GetCycleRequest request;
  request.set_cycle_id(cycle_id);
  return Send<v1::CycleService>(&v1::CycleService::Stub::GetCycle, analyst_, request);
}

v1::CycleRun Billing::SignOff(const v1::CycleRun& run, const std::string& token,
                              const std::string& reason) {
  v1::SignOffCycleRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(run.cycle_id());
  request.set_total_cents(run.total_cents());
  return Send<v1::CycleService>(&v1::CycleService::Stub::SignOffCycle, token, request, reason);
}

v1::ListCycleFindingsResponse Billing::Findings(std::int64_t cycle_id) {
  v1::ListCycleFindingsRequest request;
  request.set_cycle_id(cycle_id);
  return Send<v1::GuardService>(&v1::GuardService::Stub::ListCycleFindings, analyst_, request);
}

v1::CycleFinding Billing::Acknowledge(std::int64_t cycle_id, std::int64_t finding_no,
                                      const std::string& token, const std::string& reason) {
  v1::AcknowledgeFindingRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(cycle_id);
  request.set_finding_no(finding_no);
  request.set_reason("as the council decided");
  return Send<v1::GuardService>(&v1::GuardService::Stub::AcknowledgeFinding, token, request,
                                reason);
}

v1::ControlTotal Billing::RecordControl(const std::string& service, std::int64_t thousandths,
                                        const std::string& period_end, const std::string& reason,
                                        const std::string& token) {
  v1::RecordControlTotalRequest request;
  request.set_request_id(Key());
  v1::ControlTotal& control = *request.mutable_control_total();
  control.set_cycle(7);
  control.set_period_end_date(period_end);
  control.set_service(service);
  control.set_quantity_thousandths(thousandths);
  control.set_source("plant log of November");
  return Send<v1::GuardService>(&v1::GuardService::Stub::RecordControlTotal,
                                token.empty() ? analyst_ : token, request, reason);
}

v1::HeldBill Billing::AssignHold(const v1::Bill& bill, std::int64_t owner,
                                 const std::string& deadline, const std::string& reason) {
  v1::AssignHoldRequest request;
  request.set_request_id(Key());
  request.set_account_id(bill.account_id());
  request.set_bill_id(bill.bill_id());
  request.set_owner_person_id(owner);
  request.set_deadline_date(deadline);
  return Send<v1::HoldService>(&v1::HoldService::Stub::AssignHold, reviewer_, request, reason);
}

v1::MassRelease Billing::ProposeRelease(std::int64_t cycle_id, const std::string& rule,
                                        std::int64_t at_stake_max_cents, const std::string& token,
                                        const std::string& reason) {
  v1::ProposeReleaseRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(cycle_id);
  request.set_rule(rule);
  request.set_at_stake_max_cents(at_stake_max_cents);
  request.set_reason("looked at ten of them");
  return Send<v1::HoldService>(&v1::HoldService::Stub::ProposeRelease, token, request, reason);
}

v1::MassRelease Billing::ApproveRelease(const v1::MassRelease& release, const std::string& token,
                                        const std::string& reason) {
  v1::ApproveReleaseRequest request;
  request.set_request_id(Key());
  request.set_release_id(release.release_id());
  request.set_total_cents(release.total_cents());
  return Send<v1::HoldService>(&v1::HoldService::Stub::ApproveRelease, token, request, reason);
}

v1::GuardPolicy Billing::LoadGuardDraft(const std::string& date, const std::string& limit,
                                        std::int64_t value, const std::string& reason) {
  v1::LoadGuardPolicyRequest request;
  request.set_request_id(Key());
  v1::GuardPolicy& policy = *request.mutable_policy();
  policy.set_effective_date(date);
  policy.set_citation("Billing manual of the test city");
  for (v1::GuardLimit* added : {policy.add_residential(), policy.add_non_residential()}) {
    added->set_name(limit);
    added->set_value(value);
  }
  return Send<v1::GuardService>(&v1::GuardService::Stub::LoadGuardPolicy, analyst_, request,
                                reason);
}

v1::GuardPolicyVersion Billing::ActivateGuardPolicy(const std::string& date, std::int64_t revision,
                                                    const std::string& token,
                                                    const std::string& reason) {
  v1::ActivateGuardPolicyRequest request;
  request.set_request_id(Key());
  request.set_effective_date(date);
  request.set_revision(revision);
  return Send<v1::GuardPolicyService>(&v1::GuardPolicyService::Stub::ActivateGuardPolicy, token,
                                      request, reason);
}

void Billing::LoadGuardPolicy(const std::string& date, const std::string& limit,
                              std::int64_t value) {
  const Instant now = clock_.Now();
  SetMorning(Date::Parse(date)->PlusDays(-1).ToString());
  LoadGuardDraft(date, limit, value);
  ActivateGuardPolicy(date, 1, supervisor_);
  clock_.Set(now);
}

v1::CycleRun Billing::PostCycle(std::int64_t cycle_id, const std::string& reason) {
  v1::PostCycleRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(cycle_id);
  return Send<v1::CycleService>(&v1::CycleService::Stub::PostCycle, analyst_, request, reason);
}

void Billing::AcknowledgeAll(std::int64_t cycle_id) {
  const v1::ListCycleFindingsResponse findings = Findings(cycle_id);
  for (const v1::CycleFinding& finding : findings.findings()) {
    Acknowledge(cycle_id, finding.finding_no(), supervisor_);
  }
}

v1::CycleRun Billing::RunCycle(int cycle, const std::string& period_end) {
  const v1::CycleRun started = StartCycle({}, cycle, period_end);
  Work();
  AcknowledgeAll(started.cycle_id());
  SignOff(GetCycle(started.cycle_id()), supervisor_);
  PostCycle(started.cycle_id());
  Work();
  return GetCycle(started.cycle_id());
}

v1::Balance Billing::GetBalance(std::int64_t account_id) {
  v1::GetBalanceRequest request;
  request.set_account_id(account_id);
  return Send<v1::ReceivableService>(&v1::ReceivableService::Stub::GetBalance, analyst_, request);
}

}  // namespace reeve::billing
