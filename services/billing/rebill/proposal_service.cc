#include "services/billing/rebill/proposal_service.h"

#include <utility>

#include "services/billing/audit_row.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rebill/preview_service.h"
#include "services/billing/rebill/proposal_store.h"
#include "services/billing/rebill/proposal_wire_service.h"
#include "services/billing/receivable/books_store.h"
#include "shared/rpc/paging.h"
#include "shared/rpc/reasons.h"

namespace reeve::billing::rebill {
namespace {

constexpr std::string_view kMayRebill = "bill.rebill";

const Policy* PointerTo(const std::optional<Policy>& policy) { return policy ? &*policy : nullptr; }

Error ProposalUnknown() {
  return NotFound(reason::kProposalUnknown, "The bill has no such proposal.");
}
Error NotProposed() {
  return FailedPrecondition(reason::kNotProposed, "It does not wait for a second person.");
}

std::string TextOf(const Proposal& proposal) {
  return RowText(kKeptProposal, CellsOfProposal(proposal));
}

RebillCommand RebillOf(const Correction& correction, Date due_date) {
  RebillCommand command;
  command.correction = correction;
  command.due_date = due_date;
  return command;
}

// The act as it would be carried out now: one of the plans.
struct Prepared {
  Subject subject;
  std::optional<CancelPlan> cancel;
  std::optional<RebillPlan> rebill;

  Money credit() const { return rebill ? CreditOf(*rebill) : CreditOf(*cancel); }
  std::string digest(Date today) const {
    return rebill ? DigestOf(subject, *rebill, today) : DigestOf(subject, *cancel, today);
  }
};

// `call` is that of whoever proposes it: the act is theirs.
Result<Prepared> Prepare(command::Change& change, const Call& call, const Correction& correction,
                         std::optional<Date> due_date, const TimeZone& zone) {
  REEVE_ASSIGN_OR_RETURN(Subject subject, LoadSubject(change.tx(), correction, Hold::kRows));
  Prepared prepared{std::move(subject), std::nullopt, std::nullopt};
  if (!due_date) {
    REEVE_ASSIGN_OR_RETURN(prepared.cancel,
                           PlanCancel(change.tx(), call, correction, prepared.subject));
    return prepared;
  }
  std::optional<rate::Tariff> tariff;
  REEVE_ASSIGN_OR_RETURN(prepared.rebill, PlanHeld(change, call, RebillOf(correction, *due_date),
                                                   prepared.subject, zone, tariff));
  return prepared;
}

Result<v1::CorrectionProposal> Propose(command::Change& change, const ProposeCommand& command,
                                       const TimeZone& zone) {
  const Call& call = change.call();
  db::Transaction& tx = change.tx();
  Fields fields;
  RefuseUntimely(fields, command, call.today);
  if (!fields.ok()) return fields.error();
  if (command.due_date && !call.May(kMayRebill)) {
    return PermissionDenied(rpc::reason::kPermissionMissing, "It bills again, too.")
        .With("permission", std::string(kMayRebill));
  }
  REEVE_ASSIGN_OR_RETURN(const Prepared prepared,
                         Prepare(change, call, command.correction, command.due_date, zone));
  const AccountId account = command.correction.account;
  const std::optional<Policy> policy = PolicyInForce(tx, call.today);
  REEVE_RETURN_IF_ERROR(ExamineProposer(ActorOf(tx, call, account, PointerTo(policy))));
  const std::optional<Proposal> newest = NewestProposal(tx, account, command.correction.bill_id);
  if (newest && newest->state == ProposalState::kProposed) {
    return FailedPrecondition(reason::kAlreadyProposed, "A proposal of this bill waits.")
        .With("proposal_no", newest->proposal_no);
  }
  if (prepared.digest(call.today) != command.digest) return Stale();
  // After this point it must succeed.
  Proposal proposal;
  proposal.correction = command.correction;
  proposal.proposal_no = newest ? newest->proposal_no + 1 : 1;
  proposal.due_date = command.due_date;
  proposal.credit = prepared.credit();
  proposal.proposed_date = call.today;
  proposal.proposed_by = call.caller.person;
  InsertProposal(tx, proposal);
  AuditRow(change, kKeptProposal, "propose", "", CellsOfProposal(proposal));
  return ToProto(proposal);
}

// A proposal, if the event leads somewhere.
Result<Proposal> FindWaiting(db::Transaction& tx, const OfProposal& of, ProposalEvent event) {
  std::optional<Proposal> found = FindProposal(tx, of.account, of.bill_id, of.proposal_no);
  if (!found) return ProposalUnknown();
  if (!After(found->state, event)) return NotProposed();
  return *std::move(found);
}

// As whoever proposed it.
Call CallOf(const Call& call, const Proposal& proposal) {
  Call theirs = call;
  theirs.caller.person = proposal.proposed_by;
  return theirs;
}

Result<> CheckDueDate(const Proposal& proposal, Date today) {
  if (!proposal.due_date || *proposal.due_date > today) return Ok();
  return FailedPrecondition(reason::kDueDatePassed, "Its due date has come: propose it anew.");
}

Result<> CheckApproval(db::Transaction& tx, const Call& call, const Proposal& proposal,
                       Money credit) {
  const AccountId account = proposal.correction.account;
  const std::optional<Policy> policy = PolicyInForce(tx, call.today);
  return ExamineApproval(
      PointerTo(policy), proposal, credit, ActorOf(tx, call, account, PointerTo(policy)),
      TookPayment(tx, account, proposal.proposed_by, PointerTo(policy), call.today));
}

Result<v1::CorrectionProposal> Approve(command::Change& change, const ApproveCommand& command,
                                       const TimeZone& zone, Meters& meters) {
  const Call& call = change.call();
  db::Transaction& tx = change.tx();
  const std::optional<Proposal> asked =
      FindProposal(tx, command.of.account, command.of.bill_id, command.of.proposal_no);
  if (!asked) return ProposalUnknown();
  REEVE_ASSIGN_OR_RETURN(Prepared prepared, Prepare(change, CallOf(call, *asked), asked->correction,
                                                    asked->due_date, zone));
  // The books are held now, and with them what becomes of proposals of the account.
  REEVE_ASSIGN_OR_RETURN(Proposal proposal, FindWaiting(tx, command.of, ProposalEvent::kApprove));
  REEVE_RETURN_IF_ERROR(CheckDueDate(proposal, call.today));
  REEVE_RETURN_IF_ERROR(CheckApproval(tx, call, proposal, prepared.credit()));
  if (prepared.digest(call.today) != command.digest) return Stale();
  // After this point it must succeed.
  std::string before = TextOf(proposal);
  proposal.state = After(proposal.state, ProposalEvent::kApprove).value();
  proposal.credit = prepared.credit();
  proposal.decided_date = call.today;
  proposal.decided_by = call.caller.person;
  REEVE_RETURN_IF_ERROR(SaveProposal(tx, proposal));
  AuditRow(change, kKeptProposal, "approve", std::move(before), CellsOfProposal(proposal));
  v1::CorrectionProposal answer = ToProto(proposal);
  CancelPlan* cancel = nullptr;
  if (prepared.cancel) cancel = &*prepared.cancel;
  if (prepared.rebill && prepared.rebill->cancel) cancel = &*prepared.rebill->cancel;
  if (cancel != nullptr) cancel->cancellation.approved_by = proposal.decided_by;
  if (prepared.rebill) {
    prepared.rebill->row.approved_by = proposal.decided_by;
    answer.set_rebill_cycle_id(prepared.rebill->run.cycle_id);
    CarryOut(change, prepared.subject, *prepared.rebill, meters);
  } else {
    CarryOut(change, prepared.subject, *prepared.cancel, meters);
  }
  return answer;
}

Result<v1::CorrectionProposal> Drop(command::Change& change, const DropCommand& command) {
  const Call& call = change.call();
  db::Transaction& tx = change.tx();
  if (!receivable::LockBooksFor(tx, command.of.account, {})) return ProposalUnknown();
  REEVE_ASSIGN_OR_RETURN(Proposal proposal, FindWaiting(tx, command.of, command.event));
  const bool own = call.caller.person == proposal.proposed_by;
  const bool declined = command.event == ProposalEvent::kDecline;
  if (declined && own) {
    return PermissionDenied(reason::kSamePerson, "Whoever proposed it may withdraw it.");
  }
  if (!declined && !own) {
    return PermissionDenied(reason::kNotYourProposal, "Somebody else proposed it.");
  }
  std::string before = TextOf(proposal);
  proposal.state = After(proposal.state, command.event).value();
  proposal.decided_date = call.today;
  proposal.decided_by = call.caller.person;
  proposal.decision = command.decision;
  REEVE_RETURN_IF_ERROR(SaveProposal(tx, proposal));
  AuditRow(change, kKeptProposal, declined ? "decline" : "withdraw", std::move(before),
           CellsOfProposal(proposal));
  return ToProto(proposal);
}

Result<v1::ProposalPreview> Look(db::Transaction& tx, const Call& call, const OfProposal& of,
                                 const TimeZone& zone) {
  REEVE_ASSIGN_OR_RETURN(const Proposal proposal, FindWaiting(tx, of, ProposalEvent::kApprove));
  REEVE_RETURN_IF_ERROR(CheckDueDate(proposal, call.today));
  const Call theirs = CallOf(call, proposal);
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  REEVE_ASSIGN_OR_RETURN(const Subject subject,
                         LoadSubject(tx, proposal.correction, Hold::kNothing));
  v1::ProposalPreview preview;
  *preview.mutable_proposal() = ToProto(proposal);
  // It takes two, whatever the limits are.
  if (proposal.due_date) {
    REEVE_ASSIGN_OR_RETURN(const RebillPlan plan,
                           PlanRebill(tx, theirs, RebillOf(proposal.correction, *proposal.due_date),
                                      subject, tariff, zone));
    *preview.mutable_rebill() = ToPreview(subject, plan, tariff, call.today, Money());
    preview.set_digest(preview.rebill().digest());
    return preview;
  }
  REEVE_ASSIGN_OR_RETURN(const CancelPlan plan,
                         PlanCancel(tx, theirs, proposal.correction, subject));
  *preview.mutable_cancellation() = ToPreview(subject, plan, tariff, call.today, Money());
  preview.set_digest(preview.cancellation().digest());
  return preview;
}

}  // namespace

grpc::ServerUnaryReactor* ProposalService::ProposeCorrection(
    grpc::CallbackServerContext* context, const v1::ProposeCorrectionRequest* request,
    v1::CorrectionProposal* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ProposeCorrectionRequest& request) -> Result<v1::CorrectionProposal> {
        REEVE_ASSIGN_OR_RETURN(const ProposeCommand command, Parse(request, call.today));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Propose(change, command, zone_);
        });
      });
}

grpc::ServerUnaryReactor* ProposalService::PreviewProposal(
    grpc::CallbackServerContext* context, const v1::PreviewProposalRequest* request,
    v1::ProposalPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewProposalRequest& request) -> Result<v1::ProposalPreview> {
        REEVE_ASSIGN_OR_RETURN(const OfProposal of, Parse(request));
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) { return Look(tx, call, of, zone_); });
      });
}

grpc::ServerUnaryReactor* ProposalService::ApproveProposal(
    grpc::CallbackServerContext* context, const v1::ApproveProposalRequest* request,
    v1::CorrectionProposal* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ApproveProposalRequest& request) -> Result<v1::CorrectionProposal> {
        REEVE_ASSIGN_OR_RETURN(const ApproveCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Approve(change, command, zone_, meters_);
        });
      });
}

grpc::ServerUnaryReactor* ProposalService::DeclineProposal(
    grpc::CallbackServerContext* context, const v1::DeclineProposalRequest* request,
    v1::CorrectionProposal* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::DeclineProposalRequest& request) -> Result<v1::CorrectionProposal> {
        REEVE_ASSIGN_OR_RETURN(const DeclineCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Drop(change, command); });
      });
}

grpc::ServerUnaryReactor* ProposalService::WithdrawProposal(
    grpc::CallbackServerContext* context, const v1::WithdrawProposalRequest* request,
    v1::CorrectionProposal* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::WithdrawProposalRequest& request) -> Result<v1::CorrectionProposal> {
        REEVE_ASSIGN_OR_RETURN(const WithdrawCommand command, Parse(request));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Drop(change, command); });
      });
}

grpc::ServerUnaryReactor* ProposalService::ListProposals(grpc::CallbackServerContext* context,
                                                         const v1::ListProposalsRequest* request,
                                                         v1::ListProposalsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListProposalsRequest& request) -> Result<v1::ListProposalsResponse> {
        constexpr std::string_view kQuery = "correction-proposals";
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), kQuery, 2);
        if (!fields.ok()) return fields.error();
        v1::ListProposalsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const Proposal& proposal : rebill::ListProposals(tx, AccountId(page.AfterInt(0)),
                                                                page.AfterInt(1), page.size)) {
            *answer.add_proposals() = ToProto(proposal);
          }
        });
        if (answer.proposals_size() == page.size) {
          const v1::Correction& last = answer.proposals(page.size - 1).correction();
          answer.set_next_page_token(rpc::NextPageToken(
              kQuery, {std::to_string(last.account_id()), std::to_string(last.bill_id())}));
        }
        return answer;
      });
}

}  // namespace reeve::billing::rebill
