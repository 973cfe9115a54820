// Late fees on the wire: requests become commands, rows become messages.
#pragma once

#include "reeve/billing/v1/late_fee_service.pb.h"
#include "services/billing/late_fee/late_fee_store.h"
#include "shared/core/canonical.h"
#include "shared/core/result.h"

namespace reeve::billing::late_fee {

struct LoadPolicyCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/LoadLateFeePolicy";
  std::string request_id;
  Policy policy;
  std::int64_t home() const { return 0; }
  Canonical canonical() const;
};
struct StartCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/StartLateFeeRun";
  std::string request_id;
  std::string policy_code;
  std::int64_t home() const { return 0; }
  Canonical canonical() const;
};
struct AdvanceCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/AdvanceLateFeeRun";
  std::string request_id;
  std::int64_t run_id = 0;
  std::int64_t home() const { return run_id; }
  Canonical canonical() const;
};
struct PostCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/PostLateFeeRun";
  std::string request_id;
  std::int64_t run_id = 0;
  std::int64_t home() const { return run_id; }
  Canonical canonical() const;
};
struct WithdrawCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/WithdrawLateFeeRun";
  std::string request_id;
  std::int64_t run_id = 0;
  std::string reason;
  std::int64_t home() const { return run_id; }
  Canonical canonical() const;
};
struct OfFee {
  std::int64_t run_id = 0;
  AccountId account;
  std::int64_t bill_id = 0;
  int step_no = 0;
};
struct AssignCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/AssignLateFee";
  std::string request_id;
  OfFee of;
  PersonId owner;
  std::int64_t home() const { return of.run_id; }
  Canonical canonical() const;
};
struct DecideCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/DecideLateFee";
  std::string request_id;
  OfFee of;
  Event decision = Event::kCharge;
  std::string reason;
  std::int64_t home() const { return of.run_id; }
  Canonical canonical() const;
};
struct AcknowledgeCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.LateFeeService/AcknowledgeLateFeeFinding";
  std::string request_id;
  std::int64_t run_id = 0;
  std::string rule;
  std::string acknowledgement;
  std::int64_t home() const { return run_id; }
  Canonical canonical() const;
};
struct SignCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.LateFeeService/SignLateFeeRun";
  std::string request_id;
  std::int64_t run_id = 0;
  std::int64_t count = 0;
  std::int64_t cents = 0;
  std::int64_t reversed_cents = 0;
  std::int64_t home() const { return run_id; }
  Canonical canonical() const;
};
struct RecordExemptionCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.LateFeeService/RecordLateFeeExemption";
  std::string request_id;
  Exemption exemption;
  std::int64_t home() const { return exemption.account.value(); }
  Canonical canonical() const;
};
struct DecideExemptionCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.LateFeeService/DecideLateFeeExemption";
  std::string request_id;
  AccountId account;
  std::int64_t exemption_no = 0;
  bool approve = false;
  std::string decision;
  std::int64_t home() const { return account.value(); }
  Canonical canonical() const;
};

Result<LoadPolicyCommand> Parse(const v1::LoadLateFeePolicyRequest& request);
Result<StartCommand> Parse(const v1::StartLateFeeRunRequest& request);
Result<AdvanceCommand> Parse(const v1::AdvanceLateFeeRunRequest& request);
Result<PostCommand> Parse(const v1::PostLateFeeRunRequest& request);
Result<WithdrawCommand> Parse(const v1::WithdrawLateFeeRunRequest& request);
Result<AssignCommand> Parse(const v1::AssignLateFeeRequest& request);
Result<DecideCommand> Parse(const v1::DecideLateFeeRequest& request);
Result<AcknowledgeCommand> Parse(const v1::AcknowledgeLateFeeFindingRequest& request);
Result<SignCommand> Parse(const v1::SignLateFeeRunRequest& request);
Result<RecordExemptionCommand> Parse(const v1::RecordLateFeeExemptionRequest& request);
Result<DecideExemptionCommand> Parse(const v1::DecideLateFeeExemptionRequest& request);

v1::LateFeePolicy ToProto(const Policy& policy);
v1::LateFeeRun ToProto(const Run& run, const Totals& totals, std::span<const Finding> findings);
// `policy` is the version that it names.
v1::LateFee ToProto(const Fee& fee, const Policy* policy);
v1::LateFeeExemption ToProto(const Exemption& exemption);

}  // namespace reeve::billing::late_fee
