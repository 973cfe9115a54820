#include "tests/integration/billing/overdue.h"

#include "reeve/billing/v1/late_fee_service.grpc.pb.h"

namespace reeve::billing {

using Stub = v1::LateFeeService::Stub;

v1::LateFeePolicy Overdue::Mesa(const std::string& from) {
  v1::LateFeePolicy policy;
  policy.set_code("LATE");
  policy.set_effective_date(from);
  policy.set_citation("Mesa City Code, utilities, of " + from);
  policy.set_percent_hundredths(2'00);
  policy.set_minimum_cents(5'00);
  policy.set_tax_hundredths(8'30);
  policy.set_owed_min_cents(25'00);
  policy.set_repeats(v1::LATE_FEE_REPEATS_ONCE);
  policy.set_days_to_pay_min(10);
  policy.set_due_day_count(20);
  policy.set_rise_hundredths(150);
  policy.set_backdating("Council resolution 114");
  return policy;
}

v1::LateFeePolicy Overdue::LoadLateFees(const v1::LateFeePolicy& policy,
                                        const std::string& reason) {
  v1::LoadLateFeePolicyRequest request;
  request.set_request_id(Key());
  *request.mutable_policy() = policy;
  return Send<v1::LateFeeService>(&Stub::LoadLateFeePolicy, loader_, request, reason);
}

v1::LateFeeRun Overdue::StartLateFees(const std::string& code, const std::string& reason) {
  v1::StartLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_policy_code(code);
  return Send<v1::LateFeeService>(&Stub::StartLateFeeRun, analyst_, request, reason);
}

v1::LateFeeRun Overdue::AdvanceLateFees(std::int64_t run_id, const std::string& reason) {
  v1::AdvanceLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  return Send<v1::LateFeeService>(&Stub::AdvanceLateFeeRun, analyst_, request, reason);
}

v1::LateFeeRun Overdue::GetLateFees(std::int64_t run_id, const std::string& reason) {
  v1::GetLateFeeRunRequest request;
  request.set_run_id(run_id);
  return Send<v1::LateFeeService>(&Stub::GetLateFeeRun, analyst_, request, reason);
}

std::vector<v1::LateFee> Overdue::LateFees(std::int64_t run_id, bool held_only) {
  v1::ListLateFeesRequest request;
  request.set_run_id(run_id);
  request.set_held_only(held_only);
  request.set_page_size(2);
  std::vector<v1::LateFee> fees;
  do {
    const auto answer = Send<v1::LateFeeService>(&Stub::ListLateFees, analyst_, request);
    fees.insert(fees.end(), answer.fees().begin(), answer.fees().end());
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return fees;
}

std::vector<v1::LateFee> Overdue::LateFeesOf(std::int64_t account_id) {
  v1::ListAccountLateFeesRequest request;
  request.set_account_id(account_id);
  request.set_page_size(1);
  std::vector<v1::LateFee> fees;
  do {
    const auto answer = Send<v1::LateFeeService>(&Stub::ListAccountLateFees, analyst_, request);
    fees.insert(fees.end(), answer.fees().begin(), answer.fees().end());
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return fees;
}

v1::LateFee Overdue::Assign(const v1::LateFee& fee, std::int64_t owner, const std::string& reason) {
  v1::AssignLateFeeRequest request;
  request.set_request_id(Key());
  request.set_run_id(fee.run_id());
  request.set_account_id(fee.account_id());
  request.set_bill_id(fee.bill_id());
  request.set_step_no(fee.step_no());
  request.set_owner_person_id(owner);
  return Send<v1::LateFeeService>(&Stub::AssignLateFee, analyst_, request, reason);
}

v1::LateFee Overdue::DecideFee(const v1::LateFee& fee, v1::LateFeeDecision decision,
                               const std::string& token, const std::string& reason) {
  v1::DecideLateFeeRequest request;
  request.set_request_id(Key());
  request.set_run_id(fee.run_id());
  request.set_account_id(fee.account_id());
  request.set_bill_id(fee.bill_id());
  request.set_step_no(fee.step_no());
  request.set_decision(decision);
  request.set_reason("looked at the account");
  return Send<v1::LateFeeService>(&Stub::DecideLateFee, token, request, reason);
}

v1::LateFeeRun Overdue::AcknowledgeLateFees(std::int64_t run_id, const std::string& rule,
                                            const std::string& token, const std::string& reason) {
  v1::AcknowledgeLateFeeFindingRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  request.set_rule(rule);
  request.set_acknowledgement("as it should be");
  return Send<v1::LateFeeService>(&Stub::AcknowledgeLateFeeFinding, token, request, reason);
}

v1::LateFeeRun Overdue::SignLateFees(const v1::LateFeeRun& run, const std::string& token,
                                     const std::string& reason) {
  v1::SignLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run.run_id());
  request.set_fee_count(run.fee_count());
  request.set_total_cents(run.total_cents());
  request.set_reversed_cents(run.reversed_cents());
  return Send<v1::LateFeeService>(&Stub::SignLateFeeRun, token, request, reason);
}

v1::LateFeeRun Overdue::PostLateFees(std::int64_t run_id, const std::string& reason) {
  v1::PostLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  return Send<v1::LateFeeService>(&Stub::PostLateFeeRun, analyst_, request, reason);
}

v1::LateFeeRun Overdue::WithdrawLateFees(std::int64_t run_id, const std::string& reason) {
  v1::WithdrawLateFeeRunRequest request;
  request.set_request_id(Key());
  request.set_run_id(run_id);
  request.set_reason("the mail came late");
  return Send<v1::LateFeeService>(&Stub::WithdrawLateFeeRun, analyst_, request, reason);
}

v1::LateFeeRun Overdue::ChargeLate(const std::string& code) {
  v1::LateFeeRun run = StartLateFees(code);
  while (run.state() == v1::LATE_FEE_RUN_STATE_CALCULATING) run = AdvanceLateFees(run.run_id());
  for (const v1::LateFeeFinding& finding : run.findings()) {
    AcknowledgeLateFees(run.run_id(), finding.rule(), approver_);
  }
  for (const v1::LateFee& fee : LateFees(run.run_id(), /*held_only=*/true)) {
    DecideFee(fee, v1::LATE_FEE_DECISION_CHARGE, decider_);
  }
  run = SignLateFees(GetLateFees(run.run_id()), approver_);
  while (run.state() == v1::LATE_FEE_RUN_STATE_SIGNED ||
         run.state() == v1::LATE_FEE_RUN_STATE_POSTING) {
    run = PostLateFees(run.run_id());
  }
  return run;
}

v1::LateFeeExemption Overdue::Exempt(std::int64_t account_id, const std::string& from,
                                     const std::string& to, const std::string& reason) {
  v1::RecordLateFeeExemptionRequest request;
  request.set_request_id(Key());
  request.set_account_id(account_id);
  request.set_cause(v1::LATE_FEE_EXEMPTION_CAUSE_ASSISTANCE);
  request.set_from_date(from);
  request.set_to_date(to);
  request.set_document("HEAT approval 12");
  return Send<v1::LateFeeService>(&Stub::RecordLateFeeExemption, excuser_, request, reason);
}

v1::LateFeeExemption Overdue::DecideExemption(const v1::LateFeeExemption& exemption, bool approve,
                                              const std::string& token, const std::string& reason) {
  v1::DecideLateFeeExemptionRequest request;
  request.set_request_id(Key());
  request.set_account_id(exemption.account_id());
  request.set_exemption_no(exemption.exemption_no());
  request.set_approve(approve);
  request.set_decision("the document was seen");
  return Send<v1::LateFeeService>(&Stub::DecideLateFeeExemption, token, request, reason);
}

}  // namespace reeve::billing
