// Requests about adjustments as commands, and adjustments on the wire.
#pragma once

#include <string>

#include "reeve/billing/v1/adjustment_service.pb.h"
#include "services/billing/adjustment/adjustment.h"
#include "services/billing/adjustment/leak_price.h"

namespace reeve::billing::adjustment {

struct LoadTypeCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.AdjustmentService/LoadAdjustmentType";
  std::string request_id;
  Type type;

  std::int64_t home() const { return 0; }
  Canonical canonical() const;
};
Result<LoadTypeCommand> Parse(const v1::LoadAdjustmentTypeRequest& request);

// What a person fills in.
struct Entered {
  Adjustment adjustment;  // account, type's code, amount (0 if it follows), reason, note, document
  std::vector<std::int64_t> leak_bill_ids;
  std::optional<ProvenTime> proven;
};
Result<Entered> Parse(const v1::PreviewAdjustmentRequest& request);

struct PostCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.AdjustmentService/PostAdjustment";
  std::string request_id;
  Entered entered;
  std::string digest;

  std::int64_t home() const { return entered.adjustment.account.value(); }
  Canonical canonical() const;
};
Result<PostCommand> Parse(const v1::PostAdjustmentRequest& request);

// One adjustment of an account.
struct OfAdjustment {
  AccountId account;
  std::int64_t adjustment_no = 0;

  std::int64_t home() const { return account.value(); }
};
Result<OfAdjustment> Parse(const v1::PreviewApprovalRequest& request);
Result<OfAdjustment> Parse(const v1::PreviewReversalRequest& request);

struct ApproveCommand : OfAdjustment {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.AdjustmentService/ApproveAdjustment";
  std::string request_id;
  std::string digest;

  Canonical canonical() const;
};
Result<ApproveCommand> Parse(const v1::ApproveAdjustmentRequest& request);

struct DeclineCommand : OfAdjustment {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.AdjustmentService/DeclineAdjustment";
  std::string request_id;
  std::string decision;

  Canonical canonical() const;
};
Result<DeclineCommand> Parse(const v1::DeclineAdjustmentRequest& request);

struct WithdrawCommand : OfAdjustment {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.AdjustmentService/WithdrawAdjustment";
  std::string request_id;
  std::string decision;

  Canonical canonical() const;
};
Result<WithdrawCommand> Parse(const v1::WithdrawAdjustmentRequest& request);

struct ReverseCommand : OfAdjustment {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.AdjustmentService/ReverseAdjustment";
  std::string request_id;
  std::string reason;
  std::string digest;

  Canonical canonical() const;
};
Result<ReverseCommand> Parse(const v1::ReverseAdjustmentRequest& request);

v1::AdjustmentType ToProto(const Type& type);
v1::Adjustment ToProto(const Adjustment& adjustment);
v1::LeakCredit ToProto(const LeakLine& line);
v1::MonthlyCredit ToProto(const MonthlyLine& line);
// `before` are the books without the plan.
v1::AdjustmentPreview ToProto(const Plan& plan, const receivable::Books& before, Date today);

}  // namespace reeve::billing::adjustment
