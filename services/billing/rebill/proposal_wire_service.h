// Requests about proposed corrections as commands, and proposals on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reeve/billing/v1/correction_proposal_service.pb.h"
#include "services/billing/rebill/proposal.h"
#include "services/billing/rebill/rebill_wire_service.h"

namespace reeve::billing::rebill {

struct ProposeCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CorrectionProposalService/ProposeCorrection";
  std::string request_id;
  Correction correction;
  std::optional<Date> due_date;
  std::string digest;

  std::int64_t home() const { return correction.account.value(); }
  Canonical canonical() const;
};

// Which proposal.
struct OfProposal {
  AccountId account;
  std::int64_t bill_id = 0;
  std::int64_t proposal_no = 0;
};

struct ApproveCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CorrectionProposalService/ApproveProposal";
  std::string request_id;
  OfProposal of;
  std::string digest;

  std::int64_t home() const { return of.account.value(); }
  Canonical canonical() const;
};

// Declined by somebody else, or withdrawn by whoever proposed it.
struct DropCommand {
  ProposalEvent event = ProposalEvent::kDecline;
  std::string request_id;
  OfProposal of;
  std::string decision;

  std::int64_t home() const { return of.account.value(); }
  Canonical canonical() const;
};
struct DeclineCommand : DropCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CorrectionProposalService/DeclineProposal";
};
struct WithdrawCommand : DropCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CorrectionProposalService/WithdrawProposal";
};

// As for rebills: days are judged by `today` here only if something else is bad, too.
void RefuseUntimely(Fields& fields, const ProposeCommand& command, Date today);
Result<ProposeCommand> Parse(const v1::ProposeCorrectionRequest& request, Date today);
Result<OfProposal> Parse(const v1::PreviewProposalRequest& request);
Result<ApproveCommand> Parse(const v1::ApproveProposalRequest& request);
Result<DeclineCommand> Parse(const v1::DeclineProposalRequest& request);
Result<WithdrawCommand> Parse(const v1::WithdrawProposalRequest& request);

v1::CorrectionProposal ToProto(const Proposal& proposal);

}  // namespace reeve::billing::rebill
