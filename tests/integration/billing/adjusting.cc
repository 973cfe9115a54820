#include "tests/integration/billing/adjusting.h"

#include "reeve/billing/v1/adjustment_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.pb.h"

namespace reeve::billing {

namespace {

using Stub = v1::AdjustmentService::Stub;

template <class Request>
Request Of(const v1::Adjustment& adjustment) {
  Request request;
  request.set_account_id(adjustment.account_id());
  request.set_adjustment_no(adjustment.adjustment_no());
  return request;
}

}  // namespace

v1::AdjustmentType Adjusting::WaterCredit(const std::string& date) {
  v1::AdjustmentType type;
  type.set_code("LEAK-W");
  type.set_effective_date(date);
  type.set_title("Leak adjustment, water");
  type.set_citation("Ordinance 12");
  type.set_effect(v1::ADJUSTMENT_EFFECT_CREDIT);
  type.set_service("water");
  type.set_charge_kind(v1::CHARGE_KIND_USAGE);
  type.set_ledger_account("adjustments-water");
  type.add_reasons("LEAK_REPAIRED");
  type.add_reasons("COURTESY");
  type.set_needs_document(true);
  AddLimit(type, "adjustment.limit_clerk", 50'00);
  AddLimit(type, "adjustment.limit_supervisor", 500'00);
  type.set_limit_days(30);
  type.set_taker_days(14);
  return type;
}

v1::AdjustmentType Adjusting::ElectricFee() {
  v1::AdjustmentType type = WaterCredit();
  type.set_code("TAMPER-FEE");
  type.set_title("Broken seal");
  type.set_effect(v1::ADJUSTMENT_EFFECT_CHARGE);
  type.set_service("electric");
  type.set_charge_kind(v1::CHARGE_KIND_FEE);
  type.set_ledger_account("revenue-fees-electric");
  type.set_needs_document(false);
  type.set_due_days(10);
  return type;
}

v1::AdjustmentType Adjusting::Leak() {
  v1::AdjustmentType type = WaterCredit();
  type.set_code("LEAK-RULE");
  v1::LeakRule& leak = *type.mutable_leak();
  leak.set_normal(v1::LEAK_NORMAL_PERIODS_BEFORE);
  leak.set_normal_count(3);
  leak.set_trigger_percent(150);
  leak.set_above_percent(100);
  leak.set_credit_percent(50);
  leak.set_periods_max(1);
  leak.set_periods_credited_max(1);
  leak.set_step_thousandths(1'000);
  leak.set_rounding(v1::LEAK_ROUNDING_UP);
  leak.set_again(v1::LEAK_AGAIN_AFTER_MONTHS);
  leak.set_again_months(12);
  return type;
}

v1::AdjustmentType Adjusting::Deployment() {
  v1::AdjustmentType type = WaterCredit();
  type.set_code("MILITARY");
  type.set_title("Military adjustment");
  type.mutable_monthly()->set_amount_cents(25'00);
  type.mutable_monthly()->set_after_months(2);
  return type;
}

void Adjusting::AddLimit(v1::AdjustmentType& type, const std::string& permission,
                         std::int64_t cents) {
  v1::AdjustmentLimit& limit = *type.add_limits();
  limit.set_permission(permission);
  limit.set_amount_cents(cents);
}

void Adjusting::LoadType(const v1::AdjustmentType& type, const std::string& reason) {
  v1::LoadAdjustmentTypeRequest request;
  request.set_request_id(Key());
  *request.mutable_type() = type;
  Send<v1::AdjustmentService>(&Stub::LoadAdjustmentType, steward_, request, reason);
}

v1::AdjustmentSpec Adjusting::Spec(std::int64_t account_id, std::int64_t cents,
                                   const std::string& code) {
  v1::AdjustmentSpec spec;
  spec.set_account_id(account_id);
  spec.set_type_code(code);
  spec.set_amount_cents(cents);
  spec.set_reason_code("LEAK_REPAIRED");
  spec.set_note("the service line was repaired");
  spec.set_document("plumber's invoice 8841");
  return spec;
}

v1::AdjustmentPreview Adjusting::Preview(const std::string& token, const v1::AdjustmentSpec& spec,
                                         const std::string& reason) {
  v1::PreviewAdjustmentRequest request;
  *request.mutable_adjustment() = spec;
  return Send<v1::AdjustmentService>(&Stub::PreviewAdjustment, token, request, reason);
}

v1::PostAdjustmentRequest Adjusting::PostRequest(const v1::AdjustmentSpec& spec,
                                                 const std::string& digest) {
  v1::PostAdjustmentRequest request;
  request.set_request_id(Key());
  *request.mutable_adjustment() = spec;
  request.set_digest(digest);
  return request;
}

v1::Adjustment Adjusting::Adjust(const std::string& token, const v1::AdjustmentSpec& spec) {
  return Send<v1::AdjustmentService>(&Stub::PostAdjustment, token,
                                     PostRequest(spec, Preview(token, spec).digest()));
}

v1::AdjustmentPreview Adjusting::PreviewApproval(const std::string& token,
                                                 const v1::Adjustment& adjustment,
                                                 const std::string& reason) {
  return Send<v1::AdjustmentService>(&Stub::PreviewApproval, token,
                                     Of<v1::PreviewApprovalRequest>(adjustment), reason);
}

v1::Adjustment Adjusting::Approve(const std::string& token, const v1::Adjustment& adjustment,
                                  const std::string& digest, const std::string& reason) {
  auto request = Of<v1::ApproveAdjustmentRequest>(adjustment);
  request.set_request_id(Key());
  request.set_digest(digest);
  return Send<v1::AdjustmentService>(&Stub::ApproveAdjustment, token, request, reason);
}

v1::Adjustment Adjusting::Decline(const std::string& token, const v1::Adjustment& adjustment,
                                  const std::string& reason) {
  auto request = Of<v1::DeclineAdjustmentRequest>(adjustment);
  request.set_request_id(Key());
  request.set_decision("not a leak");
  return Send<v1::AdjustmentService>(&Stub::DeclineAdjustment, token, request, reason);
}

v1::Adjustment Adjusting::Withdraw(const std::string& token, const v1::Adjustment& adjustment,
                                   const std::string& reason) {
  auto request = Of<v1::WithdrawAdjustmentRequest>(adjustment);
  request.set_request_id(Key());
  request.set_decision("entered twice");
  return Send<v1::AdjustmentService>(&Stub::WithdrawAdjustment, token, request, reason);
}

v1::AdjustmentPreview Adjusting::PreviewReversal(const std::string& token,
                                                 const v1::Adjustment& adjustment,
                                                 const std::string& reason) {
  return Send<v1::AdjustmentService>(&Stub::PreviewReversal, token,
                                     Of<v1::PreviewReversalRequest>(adjustment), reason);
}

v1::Adjustment Adjusting::Reverse(const std::string& token, const v1::Adjustment& adjustment,
                                  const std::string& digest, const std::string& reason) {
  auto request = Of<v1::ReverseAdjustmentRequest>(adjustment);
  request.set_request_id(Key());
  request.set_reason("the wrong account");
  request.set_digest(digest);
  return Send<v1::AdjustmentService>(&Stub::ReverseAdjustment, token, request, reason);
}

}  // namespace reeve::billing
