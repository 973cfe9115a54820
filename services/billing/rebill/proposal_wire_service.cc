#include "services/billing/rebill/proposal_wire_service.h"

#include <utility>

#include "services/billing/on_wire.h"

namespace reeve::billing::rebill {
namespace {

constexpr std::int64_t kProposalNoMax = 1'000'000;

constexpr std::pair<ProposalState, v1::ProposalState> kStates[] = {
    {ProposalState::kProposed, v1::PROPOSAL_STATE_PROPOSED},
    {ProposalState::kApproved, v1::PROPOSAL_STATE_APPROVED},
    {ProposalState::kDeclined, v1::PROPOSAL_STATE_DECLINED},
    {ProposalState::kWithdrawn, v1::PROPOSAL_STATE_WITHDRAWN},
};

template <class Request>
OfProposal ParseOf(const Request& request, Fields& fields) {
  return {AccountId(fields.Id("account_id", request.account_id())),
          fields.Id("bill_id", request.bill_id()),
          fields.Range("proposal_no", request.proposal_no(), 1, kProposalNoMax)};
}

Canonical FormOf(std::string_view method, const OfProposal& of) {
  return std::move(Canonical(method, 1)
                       .Add("account_id", of.account.value())
                       .Add("bill_id", of.bill_id)
                       .Add("proposal_no", of.proposal_no));
}

template <class Command, class Request>
Result<Command> ParseDrop(const Request& request, ProposalEvent event) {
  Fields fields;
  Command command;
  command.event = event;
  command.request_id = fields.RequestId(request.request_id());
  command.of = ParseOf(request, fields);
  command.decision = fields.Text("decision", request.decision(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

}  // namespace

Canonical ProposeCommand::canonical() const {
  return std::move(FormOf(kMethod, correction)
                       .Add("due_date", due_date ? due_date->ToString() : "")
                       .Add("digest", digest));
}

Canonical ApproveCommand::canonical() const {
  return std::move(FormOf(kMethod, of).Add("digest", digest));
}

Canonical DropCommand::canonical() const {
  const std::string_view method =
      event == ProposalEvent::kDecline ? DeclineCommand::kMethod : WithdrawCommand::kMethod;
  return std::move(FormOf(method, of).Add("decision", decision));
}

void RefuseUntimely(Fields& fields, const ProposeCommand& command, Date today) {
  RefuseUntimely(fields, command.correction, today);
  if (command.due_date && *command.due_date <= today) {
    fields.Refuse("due_date", "is not after today");
  }
}

Result<ProposeCommand> Parse(const v1::ProposeCorrectionRequest& request, Date today) {
  Fields fields;
  ProposeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.correction = ParseCorrection(request.correction(), fields);
  if (!request.due_date().empty()) {
    RefuseMisread(command.correction, fields);
    command.due_date = fields.CivilDate("due_date", request.due_date());
  }
  command.digest = ParseDigest(request.digest(), fields);
  if (!fields.ok()) {
    RefuseUntimely(fields, command, today);
    return fields.error();
  }
  return command;
}

Result<OfProposal> Parse(const v1::PreviewProposalRequest& request) {
  Fields fields;
  const OfProposal of = ParseOf(request, fields);
  if (!fields.ok()) return fields.error();
  return of;
}

Result<ApproveCommand> Parse(const v1::ApproveProposalRequest& request) {
  Fields fields;
  ApproveCommand command{fields.RequestId(request.request_id()), ParseOf(request, fields),
                         ParseDigest(request.digest(), fields)};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<DeclineCommand> Parse(const v1::DeclineProposalRequest& request) {
  return ParseDrop<DeclineCommand>(request, ProposalEvent::kDecline);
}

Result<WithdrawCommand> Parse(const v1::WithdrawProposalRequest& request) {
  return ParseDrop<WithdrawCommand>(request, ProposalEvent::kWithdraw);
}

v1::CorrectionProposal ToProto(const Proposal& proposal) {
  v1::CorrectionProposal message;
  *message.mutable_correction() = ToProto(proposal.correction);
  message.set_proposal_no(static_cast<std::int32_t>(proposal.proposal_no));
  if (proposal.due_date) message.set_due_date(proposal.due_date->ToString());
  message.set_credit_cents(proposal.credit.cents());
  message.set_state(OnWire(kStates, proposal.state));
  message.set_proposed_date(proposal.proposed_date.ToString());
  message.set_proposed_by_person_id(proposal.proposed_by.value());
  if (proposal.decided_date) message.set_decided_date(proposal.decided_date->ToString());
  message.set_decided_by_person_id(proposal.decided_by.value());
  message.set_decision(proposal.decision);
  return message;
}

}  // namespace reeve::billing::rebill
